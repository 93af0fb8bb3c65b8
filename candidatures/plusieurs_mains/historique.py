"""L'historique des saisies : noter ce qui change, dire si une page se dispute elle-même, borner ce qui est gardé."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from django.core.cache import cache
from django.db.models import (
    BigIntegerField,
    Case,
    F,
    Max,
    Model,
    QuerySet,
    Subquery,
    Sum,
    TextField,
    Value,
    When,
    Window,
)
from django.db.models.functions import Cast, Coalesce, Length, RowNumber

from candidatures.models import Candidature, Changement
from candidatures.models.historique import Trace
from comptes.models import Utilisateur

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


def avec_le_rang(candidatures: QuerySet[Candidature], traces: QuerySet[Any], page: str) -> QuerySet[Candidature]:
    """Ajoute `rang_connu`, le rang le plus haut que cette page a fait écrire ; sans requête de plus que celle du verrou.

    `traces` : l'historique du sujet, dit pour la candidature de chaque ligne (`OuterRef("pk")`).
    """
    siennes = traces.filter(page=page or None).order_by().values("candidature")
    return candidatures.annotate(rang_connu=Subquery(siennes.annotate(rang_connu=Max("rang")).values("rang_connu")))


def est_depasse(candidature: Candidature, page: str) -> bool:
    """Vrai d'un envoi arrivé après un plus récent de la même page, qui disait déjà tout ce que dit celui-ci."""
    rang = getattr(page, "rang", None)
    return rang is not None and rang < (vars(candidature).get("rang_connu") or 0)


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
    lignes = [
        modele(
            candidature=candidature,
            rubrique=nom,
            page=page,
            tranche=_tranche(modele, {"candidature": candidature, "rubrique": nom, **cle}, par, page, le),
            par=par,
            par_nom=str(par),
            commence_le=le,
            le=le,
            rang=getattr(page, "rang", None) or 0,
            avant=avant[nom],
            apres=valeur,
            **cle,
        )
        for nom, valeur in apres.items()
        if avant[nom] != valeur
    ]
    if lignes:
        modele._default_manager.bulk_create(
            lignes, update_conflicts=True, unique_fields=[*CLE, *cle], update_fields=["apres", "le", "rang"]
        )
    return bool(lignes)


def noter_le_rang(modele: Any, *, page: str, par: Utilisateur, le: datetime, **ou: Any) -> None:
    """Note qu'un envoi de cette page est arrivé sans rien changer : un plus ancien, arrivé après lui, n'écrira rien.

    Une ligne par page, sous la rubrique que dit `ou` avec la candidature : aucune réponse ne porte ce nom, l'historique ne la montre
    pas. Sans rang, rien. Une requête.
    """
    if (rang := getattr(page, "rang", None)) is None or not page:
        return
    ligne = modele(page=page, tranche=0, par=par, par_nom=str(par), commence_le=le, le=le, rang=rang, **ou)
    cle = [*CLE, *(nom for nom in ou if nom not in CLE)]
    modele._default_manager.bulk_create([ligne], update_conflicts=True, unique_fields=cle, update_fields=["le", "rang"])


def _tranche(modele: Any, suite: Mapping[str, Any], par: Utilisateur, page: str, le: datetime) -> Any:
    """La tranche que cette page continue, ou une neuve.

    Une page ne continue que la dernière ligne, si elle est d'elle et de ce quart d'heure : prolonger une ligne qu'un autre a suivie
    effacerait le texte qui les sépare. Lu par la base en écrivant, sous le verrou de la candidature.
    """
    neuve = Value(secrets.randbits(62), BigIntegerField())
    if not page:
        return neuve
    depuis = le - timedelta(seconds=Trace.DUREE)
    derniere = modele._default_manager.filter(**suite).order_by("-le", "-pk")
    continuee = Case(When(page=page, par=par, commence_le__gt=depuis, then=F("tranche")))
    return Coalesce(Subquery(derniere.values(continuee=continuee)[:1]), neuve)


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
