"""L'historique des saisies : noter ce qui change, dire si une page se dispute elle-même, borner ce qui est gardé."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from enum import Enum
from functools import lru_cache
from typing import Any

from django.core.cache import cache
from django.db.models import Case, F, Model, QuerySet, Subquery, Sum, TextField, When, Window
from django.db.models.functions import Cast, Coalesce, Length, RowNumber

from candidatures.models import Candidature, Changement
from candidatures.models.historique import Trace
from comptes.models import Utilisateur
from hlm_projets.composees import COMPOSEES, Composee, Valeur, inserer, une_insertion

LIGNES = 50
"""Changements gardés par rubrique."""
CARACTERES = 400_000
"""Caractères gardés par rubrique, avant et après confondus ; le dernier changement l'est toujours."""
INTERVALLE = timedelta(minutes=5)
RANG_MAXIMUM = 2**31 - 1
CLE = ("candidature", "rubrique", "par", "page", "tranche")


class PageDeSaisie(str):
    """La clé d'une page de saisie, et le rang de cet envoi parmi les siens ; None si la page n'en dit rien."""

    rang: int | None = None

    @classmethod
    def de(cls, cle: str, rang: str) -> PageDeSaisie:
        """La page dont voici la clé ; un rang illisible n'en est pas un."""
        page = cls(cle)
        page.rang = min(int(rang), RANG_MAXIMUM) if rang.isascii() and rang.isdecimal() and len(rang) < 12 else None
        return page


class Verdict(Enum):
    """Qui a écrit en dernier une réponse que la page ne montre plus telle qu'elle est gardée."""

    AUTRUI = "autrui"
    SIENNE = "sienne"
    """Cette page, dans un envoi dont la réponse s'est perdue (F-03) : elle ne se dispute pas elle-même."""
    DEPASSEE = "depassee"
    """Cette page, dans un envoi plus récent arrivé avant celui-ci : ce texte est déjà vieux."""


def noter(
    candidature: Candidature,
    avant: Mapping[str, Any],
    apres: Mapping[str, Any],
    *,
    par: Utilisateur,
    page: str,
    le: datetime,
    modele: Any = Changement,
    **cle: str,
) -> bool:
    """Ajoute une ligne par rubrique changée, ou prolonge la dernière si c'est la même page qui continue ; valeurs d'échange.

    Rend vrai s'il y en avait. Une requête quel qu'en soit le nombre ; `cle` : ce que `modele` demande de plus que la candidature.
    """
    changees = [nom for nom, valeur in apres.items() if avant[nom] != valeur]
    if changees:
        commun = _commun(page, par, le) | {"candidature": candidature.pk, "depuis": le - timedelta(seconds=Trace.DUREE), **cle}
        par_rubrique: dict[str, Any] = {}
        for place, nom in enumerate(changees):
            lue = {"rubrique": nom, "neuve": secrets.randbits(62), "avant": avant[nom], "apres": apres[nom]}
            par_rubrique |= {f"{colonne}_{place}": valeur for colonne, valeur in lue.items()}
        _a_noter(modele, tuple(cle), len(changees), bool(page)).ecrire(**commun, **par_rubrique)
    return bool(changees)


def _commun(page: str, par: Utilisateur, le: datetime) -> dict[str, Any]:
    """Ce que disent de même toutes les lignes d'un envoi."""
    rang = getattr(page, "rang", None) or 0
    return {"page": str(page), "par": par.pk, "par_nom": str(par), "commence_le": le, "le": le, "rang": rang}


@lru_cache(maxsize=COMPOSEES)
def _a_noter(modele: Any, cle: tuple[str, ...], combien: int, continuable: bool) -> Composee:
    """L'insertion d'autant de lignes ; `continuable` : la page qui envoie a une clé."""

    def place(nom: str, rang: int | None = None) -> Valeur:
        colonne = {"depuis": "commence_le", "neuve": "tranche"}.get(nom, nom)
        return Valeur(nom if rang is None else f"{nom}_{rang}", modele._meta.get_field(colonne))

    def ligne(rang: int) -> dict[str, Any]:
        commun = {nom: place(nom) for nom in ("candidature", "page", "par", "par_nom", "commence_le", "le", "rang", *cle)}
        sienne = {nom: place(nom, rang) for nom in ("rubrique", "avant", "apres")}
        suite = {nom: place(nom) for nom in ("candidature", *cle)} | {"rubrique": place("rubrique", rang)}
        neuve = place("neuve", rang)
        tranche = _tranche(modele, suite, neuve, place) if continuable else neuve
        return commun | sienne | {"tranche": tranche}

    lignes = [ligne(rang) for rang in range(combien)]
    return Composee(lambda: une_insertion(modele, lignes, (*CLE, *cle), ("apres", "le", "rang")))


def noter_le_rang(modele: Any, *, page: str, par: Utilisateur, le: datetime, **ou: Any) -> None:
    """Note qu'un envoi de cette page est arrivé sans rien changer : un plus ancien, arrivé après lui, n'écrira rien.

    Une ligne par page, sous la rubrique que dit `ou` avec la candidature : aucune réponse ne porte ce nom, l'historique ne la montre
    pas. Sans rang, rien. Une requête.
    """
    if getattr(page, "rang", None) is None or not page:
        return
    ligne = _commun(page, par, le) | {"tranche": 0, "avant": None, "apres": None, **ou}
    cle = (*CLE, *(nom for nom in ou if nom not in CLE))
    inserer(modele, [ligne], unique=cle, sinon=("le", "rang"))


def _tranche(modele: Any, suite: Mapping[str, Valeur], neuve: Valeur, place: Callable[[str], Valeur]) -> Any:
    """La tranche que cette page continue, ou une neuve ; `place` : celle d'une valeur commune à tout l'envoi.

    Une page ne continue que la dernière ligne, si elle est d'elle et de ce quart d'heure : prolonger une ligne qu'un autre a suivie
    effacerait le texte qui les sépare. Lu par la base en écrivant, sous le verrou de la candidature.
    """
    derniere = modele._default_manager.filter(**suite).order_by("-le", "-pk")
    sienne = When(page=place("page"), par=place("par"), commence_le__gt=place("depuis"), then=F("tranche"))
    return Coalesce(Subquery(derniere.values(continuee=Case(sienne))[:1]), neuve)


def verdict(traces: QuerySet[Any], rubrique: str, page: str) -> Verdict:
    """À qui se dispute cette réponse, d'après son dernier changement ; une requête."""
    derniere = traces.filter(rubrique=rubrique).order_by("-le", "-pk").values_list("page", "rang").first()
    if not page or derniere is None or derniere[0] != page:
        return Verdict.AUTRUI
    rang = getattr(page, "rang", None)
    return Verdict.DEPASSEE if rang is not None and derniere[1] > rang else Verdict.SIENNE


def derniers(traces: QuerySet[Any], rubriques: Iterable[str]) -> dict[str, Trace]:
    """Le dernier changement de chacune de ces rubriques, sans les textes : qui, quand, de quelle page ; une requête."""
    legeres = traces.filter(rubrique__in=list(rubriques)).defer("avant", "apres").order_by("le", "pk")
    return {trace.rubrique: trace for trace in legeres}


def est_l_heure_d_elaguer(modele: Any) -> bool:
    """Vrai toutes les cinq minutes au plus, tous travailleurs confondus : mesurer chaque texte coûte à la base."""
    return cache.add(f"historique:elaguer:{modele._meta.label}", True, INTERVALLE.total_seconds())


def elaguer(modele: Any, maintenant: datetime, *partition: str) -> bool:
    """Efface les changements au-delà des bornes, dans les dossiers touchés depuis une heure ; rend vrai s'il y en avait.

    `partition` : ce qui, avec la candidature et la rubrique, fait une suite de changements.
    """
    recents = modele._default_manager.filter(le__gt=maintenant - timedelta(hours=1)).values("candidature")
    suite: dict[str, Any] = {
        "partition_by": [F("candidature"), F("rubrique"), *map(F, partition)],
        "order_by": [F("le").desc(), F("pk").desc()],
    }
    taille = _longueur("avant") + _longueur("apres")
    rangees = modele._default_manager.filter(candidature__in=recents).annotate(
        place=Window(RowNumber(), **suite), cumul=Window(Sum(taille), **suite)
    )
    perimees = [ligne.pk for ligne in rangees.only("pk") if _deborde(ligne)]
    modele._default_manager.filter(pk__in=perimees).delete()
    return bool(perimees)


def _longueur(colonne: str) -> Any:
    return Coalesce(Length(Cast(colonne, TextField())), 0)


def _deborde(ligne: Model) -> bool:
    place, cumul = vars(ligne)["place"], vars(ligne)["cumul"]
    return bool(place > LIGNES or (place > 1 and cumul > CARACTERES))
