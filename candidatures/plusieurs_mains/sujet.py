"""Ce que plusieurs mains écrivent : la fiche, ce qu'on répond à ses constats, l'avis d'un service."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from copy import copy
from datetime import datetime
from typing import Any, Self

from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet

from candidatures import regles
from candidatures.echange.ecrire import ecrire_la_reponse
from candidatures.models import Candidature, Changement
from candidatures.plusieurs_mains.empreintes import reponse
from candidatures.verrou import PlusModifiable
from comptes.models import Utilisateur
from hlm_projets.composees import Composee, Valeur
from hlm_projets.ecran.colonnes import colonne


class Sujet(ABC):
    """Une suite de réponses, chacune à son nom ; `candidature` : celle que l'on verrouille, et dont seule la clé compte.

    - `trace` : la table de l'historique ; `cle` : ce qui y désigne ce sujet, outre la candidature ;
    - `colonnes` : celles de la candidature que l'écriture lit, sous le verrou ; vide, toutes ;
    - `rangs` : la rubrique, qui n'en est pas une, où se note le rang des envois qui n'ont rien changé.
    """

    trace: type[Changement] | Any
    cle: Mapping[str, str] = {}
    colonnes: tuple[str, ...] = ()
    rangs = ""

    def __init__(self, candidature: Candidature) -> None:
        self.candidature = candidature

    @abstractmethod
    def autoriser(self, candidature: Candidature, par: Utilisateur) -> Model:
        """Ce qui garde les réponses, lu sous le verrou ; lève PermissionDenied, ou ce qui dit qu'on n'y écrit plus."""

    @abstractmethod
    def poser(self, gardee: Any, valeurs: Mapping[str, Any], par: Utilisateur, le: datetime) -> None:
        """Écrit ces valeurs, et elles seules."""

    def lire(self, gardee: Any, noms: Iterable[str]) -> dict[str, Any]:
        """Les réponses gardées, au format d'échange ; None là où il n'y en a pas."""
        return {nom: ecrire_la_reponse(nom, reponse(gardee, nom)) for nom in noms}

    def relire(self, nom: str, ecrite: Any) -> Any:
        """L'inverse : une réponse au format d'échange → la valeur à poser."""
        return ecrite or ""

    def traces_de(self, candidature: Any) -> QuerySet[Any]:
        """L'historique de ce sujet ; `candidature` : sa clé, ou de quoi l'exprimer dans une requête."""
        return self.trace._default_manager.filter(candidature=candidature, **self.cle)

    def moule(self) -> Self:
        """Le même, dont la clé reste à dire : de quoi composer une requête pour tous ceux de sa sorte."""
        moule: Any = copy(self)
        moule.cle = {nom: Valeur(nom, colonne(self.trace, nom)) for nom in self.cle}
        mis_en_forme: Self = moule
        return mis_en_forme

    def est_depasse(self, page: str) -> bool:
        """Vrai d'un envoi arrivé après un plus récent de la même page, qui disait déjà tout ce que dit celui-ci.

        À demander une fois la candidature retenue, et à part : la requête qui a attendu le verrou n'a pas vu ce qui s'est écrit pendant
        ce temps.
        """
        rang = getattr(page, "rang", None)
        if rang is None or not page:
            return False
        if type(self) not in _PLUS_HAUTS:
            _PLUS_HAUTS[type(self)] = _du_plus_haut_rang(self.moule())
        connus = _PLUS_HAUTS[type(self)].lire(candidature=self.candidature.pk, page=str(page), **self.cle)
        return any(rang < connu.rang for connu in connus)

    @property
    def traces(self) -> QuerySet[Any]:
        """L'historique de ce sujet, du plus récent au plus ancien."""
        return self.traces_de(self.candidature.pk)


def _du_plus_haut_rang(moule: Sujet) -> Composee:
    """La ligne du plus haut rang que cette page ait fait écrire."""
    candidature, page = (Valeur(nom, colonne(moule.trace, nom)) for nom in ("candidature", "page"))
    return Composee(lambda: moule.traces_de(candidature).filter(page=page).order_by("-rang").only("rang")[:1])


_PLUS_HAUTS: dict[type[Sujet], Composee] = {}


class DuBrouillon(Sujet):
    """Ce qu'écrit le porteur, tant que rien n'est déposé."""

    trace = Changement

    def autoriser(self, candidature: Candidature, par: Utilisateur) -> Model:
        """La candidature elle-même ; lève PermissionDenied, PlusModifiable."""
        if not regles.peut(regles.peut_remplir, par, candidature):
            raise PermissionDenied
        if not regles.fiche_ouverte(candidature):
            raise PlusModifiable
        return candidature
