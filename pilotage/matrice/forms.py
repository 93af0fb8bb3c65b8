"""Le filtre de la matrice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Case, F, When
from django.db.models.functions import Lower
from django.http import QueryDict
from django_filters import ChoiceFilter

from avis.attendus import Etape
from candidatures.dossier.forms.liste import FiltreDesCandidatures
from candidatures.etats import EXAMINES
from candidatures.models import Campagne
from candidatures.models.candidature import Candidatures
from comptes.models import Utilisateur
from comptes.portees import Portee, portee_de
from pilotage.matrice.requetes import candidatures_suivies, voit_la_france

AVANCEMENT = Case(*(When(etat_lu=etat, then=rang) for rang, etat in enumerate(EXAMINES)))
TRIS: dict[str, tuple[str, tuple[Any, ...]]] = {
    "": ("Numéro", (F("numero").asc(),)),
    "retard": ("Le plus d'avis en retard", (F("numero").asc(),)),
    "nom": ("Nom du projet", (Lower("nom"),)),
    "etat": ("État du dossier", (AVANCEMENT, F("numero").asc())),
    "depot": ("Dépôt le plus récent", (F("deposee_le").desc(),)),
}


class FiltreDeLaMatrice(FiltreDesCandidatures):
    """Ceux de la liste, et l'étape d'un avis ; sans campagne demandée, la plus récente."""

    departement = None
    etape = ChoiceFilter(label="Au moins un avis", empty_label="Tous", method="filtrer_par_etape", choices=[])
    tri = ChoiceFilter(label="Trier par", empty_label=TRIS[""][0], method="trier")

    def __init__(self, donnees: QueryDict, personne: Utilisateur) -> None:
        demandees = donnees.copy()
        if "campagne" not in donnees:
            demandees["campagne"] = str(_derniere_campagne(personne) or "")
        super().__init__(demandees, personne)
        self.queryset = candidatures_suivies(personne).order_by(*TRIS[""][1], "-pk")
        self.filters["etape"].extra["choices"] = [(etape.value, etape.label) for etape in etapes_dites(portee_de(personne))]
        self.filters["tri"].extra["choices"] = [(nom, libelle) for nom, (libelle, _) in TRIS.items() if nom]
        for nom, permis in (("etat", EXAMINES), ("region", _regions(personne))):
            choix = self.filters[nom].extra["choices"]
            self.filters[nom].extra["choices"] = [
                (valeur, libelle) for valeur, libelle in choix if permis is None or valeur in permis
            ]

    def filtrer_par_etape(self, queryset: Candidatures, nom: str, valeur: str) -> Candidatures:
        """Rien ici : l'étape se calcule (`releve`)."""
        return queryset

    def trier(self, queryset: Candidatures, nom: str, valeur: str) -> Candidatures:
        """Un tri de la liste `TRIS` ; la clé départage."""
        return queryset.order_by(*TRIS[valeur][1], "-pk")


def _derniere_campagne(personne: Utilisateur) -> int | None:
    """La plus récente de celles dont la personne suit un dossier."""
    suivies = candidatures_suivies(personne).order_by().values("campagne")
    return Campagne.objects.filter(pk__in=suivies).values_list("pk", flat=True).first()


def etapes_dites(portee: Portee) -> list[Etape]:
    """Celles qu'une case peut dire à cette personne : « brouillon », seulement à un service."""
    tues = {Etape.SANS_OBJET} if portee.est_agent else {Etape.SANS_OBJET, Etape.BROUILLON}
    return [etape for etape in Etape if etape not in tues]


def _regions(personne: Utilisateur) -> Mapping[str, Any] | frozenset[str] | None:
    portee = portee_de(personne)
    return None if voit_la_france(portee) else portee.regions
