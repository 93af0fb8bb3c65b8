"""Ce qui est lié à un objet, lu par une requête composée une seule fois.

Composer une requête prend à l'ORM trois fois le temps que la base met à y répondre ; celle d'une relation ne change que par sa clé.
Le SQL reste le sien : il est demandé à l'ORM, puis gardé.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from django.db.models import Model


def lignes(modele: Any, colonne: str, cle: Any, *, au_plus: int | None = None) -> list[Any]:
    """Les lignes de ce modèle dont la clé étrangère `colonne` vaut `cle`, dans l'ordre du modèle."""
    fin = "" if au_plus is None else f" LIMIT {au_plus:d}"
    return list(modele._default_manager.raw(_sql(modele, colonne) + fin, [cle]))


@cache
def _sql(modele: Any, colonne: str) -> str:
    """« SELECT … WHERE colonne = %s ORDER BY … », tel que l'ORM l'écrit."""
    sql, parametres = modele._default_manager.filter(**{colonne: 0}).query.sql_with_params()
    if len(parametres) != 1:
        raise ValueError(f"{modele.__name__} : son gestionnaire filtre déjà, la requête ne tient pas à la seule clé.")
    return str(sql)


def lire(objet: Model, *noms: str) -> None:
    """Comme `prefetch_related_objects([objet], *noms)`, pour des clés étrangères inverses : une requête chacune."""
    for nom in noms:
        gestionnaire: Any = getattr(objet, nom)
        trouvees = lignes(gestionnaire.model, gestionnaire.field.name, objet.pk)
        for ligne in trouvees:
            setattr(ligne, gestionnaire.field.name, objet)
        retenir(objet, nom, trouvees)


def retenir(objet: Model, nom: str, trouves: Iterable[Any]) -> None:
    """`objet.nom.all()` rendra ceux-ci ; `filter` interroge encore la base."""
    requete = getattr(objet, nom).get_queryset()
    requete._result_cache, requete._prefetch_done = list(trouves), True
    vars(objet).setdefault("_prefetched_objects_cache", {})[nom] = requete
