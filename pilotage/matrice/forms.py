"""Le filtre de la matrice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, When
from django.db.models.functions import Lower
from django.http import QueryDict
from django_filters import ChoiceFilter

from avis.attendus import Etape
from avis.models import AvisAttendu
from candidatures.dossier.forms.liste import FiltreDesCandidatures
from candidatures.etats import EXAMINES
from candidatures.models import Campagne
from candidatures.models.candidature import Candidatures
from comptes.models import Utilisateur
from comptes.portees import Portee, portee_de
from pilotage.matrice.releve import avec_retards, avis_connus, phrase, phrase_tenue
from pilotage.matrice.requetes import candidatures_suivies, regions_montrees, voit_la_france

AVANCEMENT = Case(*(When(etat_lu=etat, then=rang) for rang, etat in enumerate(EXAMINES)))
TRIS: dict[str, tuple[str, tuple[Any, ...]]] = {
    "": ("Numéro", (F("numero").asc(),)),
    "retard": ("Le plus d'avis en retard", (F("retards").desc(), F("numero").asc())),
    "nom": ("Nom du projet", (Lower("nom"),)),
    "etat": ("État du dossier", (AVANCEMENT, F("numero").asc())),
    "depot": ("Dépôt le plus récent", (F("deposee_le").desc(),)),
}

TENUS = {"campagne", "region", "tri"}
"""Les filtres dont les totaux sont tenus."""


class FiltreDeLaMatrice(FiltreDesCandidatures):
    """Ceux de la liste, et l'étape d'un avis ; sans campagne demandée, la plus récente."""

    departement = None
    etape = ChoiceFilter(label="Au moins un avis", empty_label="Tous", method="filtrer_par_etape", choices=[])
    tri = ChoiceFilter(label="Trier par", empty_label=TRIS[""][0], method="trier")

    def __init__(self, donnees: QueryDict, personne: Utilisateur, maintenant: datetime) -> None:
        self.portee, self.maintenant = portee_de(personne), maintenant
        demandees = donnees.copy()
        if "campagne" not in donnees:
            demandees["campagne"] = str(_derniere_campagne(personne) or "")
        suivies = candidatures_suivies(personne)
        super().__init__(demandees, personne, suivies)
        self.queryset = suivies.order_by(*TRIS[""][1], "-pk")
        self.filters["etape"].extra["choices"] = [(etape.value, etape.label) for etape in etapes_dites(self.portee)]
        self.filters["tri"].extra["choices"] = [(nom, libelle) for nom, (libelle, _) in TRIS.items() if nom]
        for nom, permis in (("etat", EXAMINES), ("region", _regions(personne))):
            choix = self.filters[nom].extra["choices"]
            self.filters[nom].extra["choices"] = [
                (valeur, libelle) for valeur, libelle in choix if permis is None or valeur in permis
            ]

    @property
    def avis(self) -> QuerySet[AvisAttendu]:
        """Les avis que la matrice montre, tels que cette personne peut les connaître."""
        return avis_connus(self.portee, self.maintenant, regions_montrees(self.portee, self.retenus.get("region", "")))

    @cached_property
    def nombre(self) -> int:
        """Combien de dossiers répondent au filtre."""
        nombre: int = self.qs.count()
        return nombre

    @property
    def totaux(self) -> str:
        """La phrase en tête : d'après les totaux tenus si rien d'autre ne filtre que la campagne et la région."""
        retenus = self.retenus
        if retenus.keys() <= TENUS:
            regions = regions_montrees(self.portee, retenus.get("region", ""))
            return phrase_tenue(self.nombre, retenus.get("campagne", ""), regions, self.maintenant)
        return phrase(self.nombre, self.qs, self.avis, self.maintenant)

    def filtrer_par_etape(self, queryset: Candidatures, nom: str, valeur: str) -> Candidatures:
        """Les dossiers dont un avis montré au moins en est là."""
        return queryset.filter(pk__in=self.avis.filter(Q(dite=valeur)).values("candidature"))

    def trier(self, queryset: Candidatures, nom: str, valeur: str) -> Candidatures:
        """Un tri de la liste `TRIS` ; la clé départage."""
        triees = avec_retards(queryset, self.avis) if valeur == "retard" else queryset
        return triees.order_by(*TRIS[valeur][1], "-pk")


def _derniere_campagne(personne: Utilisateur) -> int | None:
    """La plus récente de celles dont la personne suit un dossier."""
    suivies = candidatures_suivies(personne).filter(campagne=OuterRef("pk"))
    return Campagne.objects.filter(Exists(suivies)).values_list("pk", flat=True).first()


def etapes_dites(portee: Portee) -> list[Etape]:
    """Celles qu'une case peut dire à cette personne : « brouillon », seulement à un service."""
    tues = {Etape.SANS_OBJET} if portee.est_agent else {Etape.SANS_OBJET, Etape.BROUILLON}
    return [etape for etape in Etape if etape not in tues]


def _regions(personne: Utilisateur) -> Mapping[str, Any] | frozenset[str] | None:
    portee = portee_de(personne)
    return None if voit_la_france(portee) else portee.regions
