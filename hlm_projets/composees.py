"""Des requêtes que l'ORM compose une fois, et qu'on rejoue avec d'autres valeurs.

Composer une requête coûte à Django de 0,5 à 2 ms de processeur ; la jouer, 0,1 à 0,2. Le SQL reste le sien, champ par champ et base par
base : il n'est écrit nulle part ici, et une colonne ajoutée à un modèle s'y trouve d'elle-même.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import DatabaseError, connection
from django.db.models import Expression, Field, Model, QuerySet
from django.db.models.constants import OnConflict
from django.db.models.sql import InsertQuery, UpdateQuery

Champ = Field[Any, Any]
COMPOSEES = 512
"""Requêtes gardées par sorte d'écriture : chaque suite de colonnes, chaque nombre de lignes a la sienne."""


class Valeur(Expression):
    """La place d'une valeur, donnée sous ce nom quand la requête est jouée ; `champ` : celui du modèle dont elle est."""

    def __init__(self, nom: str, champ: Champ) -> None:
        super().__init__(output_field=champ)
        self.nom, self.champ = nom, champ

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """Une place, et elle-même pour paramètre."""
        return "%s", [self]

    def pour(self, valeurs: dict[str, Any]) -> Any:
        """La valeur, comme l'ORM la donne à la base."""
        return self.champ.get_db_prep_save(valeurs[self.nom], connection)


class _Faite(NamedTuple):
    """Le SQL d'une sorte de base, ses paramètres, et comment se lit une ligne rendue."""

    sql: str
    parametres: Sequence[Any]
    convertir: dict[int, Any]
    modele: type[Model] | None = None
    colonnes: Sequence[str] = ()
    annotations: dict[str, int] | None = None


class Composee:
    """Une requête ; `faire` la dit à l'ORM, une fois par sorte de base : une suite d'objets d'une seule table, ou une écriture.

    Rien de ce qui change d'une fois à l'autre n'y est écrit, sauf par `Valeur` ; None n'y est pas une valeur à comparer.
    """

    def __init__(self, faire: Callable[[], Any]) -> None:
        self._faire = faire
        self._faites: dict[str, _Faite] = {}

    def lire(self, **valeurs: Any) -> list[Any]:
        """Les objets que rend la requête, leurs annotations avec eux."""
        faite = self._faite()
        with connection.cursor() as curseur:
            curseur.execute(faite.sql, _remplis(faite, valeurs))
            return [_objet(faite, list(ligne)) for ligne in curseur.fetchall()]

    def ecrire(self, **valeurs: Any) -> int:
        """Joue l'écriture ; rend le nombre de lignes touchées."""
        faite = self._faite()
        with connection.cursor() as curseur:
            curseur.execute(faite.sql, _remplis(faite, valeurs))
            return int(curseur.rowcount)

    def _faite(self) -> _Faite:
        if connection.vendor not in self._faites:
            self._faites[connection.vendor] = _composer(self._faire())
        return self._faites[connection.vendor]


def _composer(requete: Any) -> _Faite:
    query = requete.query if isinstance(requete, QuerySet) else requete
    compiler = query.get_compiler(connection=connection)
    if isinstance(query, InsertQuery):
        [(sql, parametres)] = compiler.as_sql()
        return _Faite(sql, parametres, {})
    sql, parametres = compiler.as_sql()
    if isinstance(query, UpdateQuery):
        return _Faite(sql, parametres, {})
    selection, quoi = compiler.select, compiler.klass_info
    if quoi["select_fields"] != list(range(len(quoi["select_fields"]))) or quoi.get("related_klass_infos"):
        raise ValueError("Une requête composée lit les objets d'une seule table.")
    colonnes = [selection[place][0].target.attname for place in quoi["select_fields"]]
    convertir = compiler.get_converters([lue[0] for lue in selection])
    return _Faite(sql, parametres, convertir, quoi["model"], colonnes, compiler.annotation_col_map or {})


def _remplis(faite: _Faite, valeurs: dict[str, Any]) -> list[Any]:
    return [p.pour(valeurs) if isinstance(p, Valeur) else p for p in faite.parametres]


def _objet(faite: _Faite, ligne: list[Any]) -> Any:
    for place, (fonctions, expression) in faite.convertir.items():
        for convertir in fonctions:
            ligne[place] = convertir(ligne[place], expression, connection)
    modele: Any = faite.modele
    objet = modele.from_db(connection.alias, faite.colonnes, ligne[: len(faite.colonnes)])
    for nom, place in (faite.annotations or {}).items():
        setattr(objet, nom, ligne[place])
    return objet


# --- Écrire --------------------------------------------------------------------------------------------------------------
def enregistrer(objet: Model, noms: Iterable[str]) -> None:
    """`objet.save(update_fields=noms)`, signaux exceptés ; lève DatabaseError si la ligne n'est plus là."""
    suite = frozenset(noms)
    champs = [champ for champ in objet._meta.concrete_fields if champ.name in suite]
    valeurs = {champ.name: champ.pre_save(objet, False) for champ in champs}
    if not _mise_a_jour(type(objet), tuple(valeurs)).ecrire(pk=objet.pk, **valeurs):
        raise DatabaseError("La ligne à écrire n'existe plus.")


@lru_cache(maxsize=COMPOSEES)
def _mise_a_jour(modele: type[Model], noms: tuple[str, ...]) -> Composee:
    def faire() -> UpdateQuery:
        requete: Any = modele._default_manager.filter(pk=Valeur("pk", _champ(modele, "pk"))).query.chain(UpdateQuery)
        requete.add_update_values({nom: Valeur(nom, _champ(modele, nom)) for nom in noms})
        mise_a_jour: UpdateQuery = requete
        return mise_a_jour

    return Composee(faire)


def _champ(modele: type[Model], nom: str) -> Champ:
    champ: Any = modele._meta.pk if nom == "pk" else modele._meta.get_field(nom)
    trouve: Champ = champ
    return trouve


def inserer(
    modele: type[Model], lignes: Sequence[dict[str, Any]], *, unique: tuple[str, ...] = (), sinon: tuple[str, ...] = ()
) -> None:
    """Ajoute ces lignes, toutes des mêmes colonnes ; ou, s'il y en a une des mêmes `unique`, en change les colonnes `sinon`."""
    if lignes:
        valeurs = {f"{nom}_{rang}": valeur for rang, ligne in enumerate(lignes) for nom, valeur in ligne.items()}
        insertion(modele, tuple(lignes[0]), len(lignes), unique, sinon).ecrire(**valeurs)


@lru_cache(maxsize=COMPOSEES)
def insertion(
    modele: type[Model], noms: tuple[str, ...], combien: int, unique: tuple[str, ...], sinon: tuple[str, ...]
) -> Composee:
    """L'insertion de `combien` lignes ; la valeur d'une colonne s'y nomme comme elle, suivie du rang de sa ligne."""
    lignes = [{nom: Valeur(f"{nom}_{rang}", _champ(modele, nom)) for nom in noms} for rang in range(combien)]
    return Composee(lambda: une_insertion(modele, lignes, unique, sinon))


def une_insertion(
    modele: type[Model], lignes: Sequence[dict[str, Any]], unique: Iterable[str], sinon: Iterable[str]
) -> InsertQuery:
    """L'insertion de lignes faites d'expressions, par colonne."""
    requete: Any = InsertQuery(
        modele,
        on_conflict=OnConflict.UPDATE if sinon else None,
        unique_fields=[_champ(modele, nom) for nom in unique],
        update_fields=[_champ(modele, nom) for nom in sinon],
    )
    champs = [_champ(modele, nom) for nom in lignes[0]]
    objets = [modele(**{champ.attname: ligne[champ.name] for champ in champs}) for ligne in lignes]
    requete.insert_values(champs, objets)
    inseree: InsertQuery = requete
    return inseree
