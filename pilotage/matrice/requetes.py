"""Ce que lit une page de la matrice : une ligne par candidature, une case par avis attendu."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import cast

from django.urls import reverse

from avis.attendus import Attendu, Etape, Niveau, attendus, avec_attendus
from avis.regles import etape_lue
from candidatures.etats import EXAMINES, Etat
from candidatures.models import Candidature
from candidatures.models.candidature import Candidatures
from comptes.models import Utilisateur
from comptes.portees import Portee, portee_de
from territoires.models import Departement, Region

COLONNES = ("numero", "nom", "etat", "deposee_le", "campagne", "organisme__nom")
"""Ce qu'une ligne montre d'une candidature, et rien de ses longs textes."""


def voit_la_matrice(portee: Portee) -> bool:
    """Le niveau national, le comité, et les services régionaux ; personne d'autre."""
    return voit_la_france(portee) or bool(portee.regions)


def voit_la_france(portee: Portee) -> bool:
    """Vrai pour qui lit tous les dossiers : l'administrateur, le lecteur du comité."""
    return portee.lit_tout


def candidatures_suivies(personne: Utilisateur) -> Candidatures:
    """Du dépôt à la décision, retraits exclus ; un service régional n'y voit que sa région."""
    portee = portee_de(personne)
    suivies = Candidature.objects.consultables_par(personne).filter(etat__in=EXAMINES).avec_etat_lu(personne)
    if voit_la_france(portee):
        return suivies
    concernees = Candidature.departements.through.objects.filter(departement__region__in=portee.regions)
    return suivies.filter(pk__in=concernees.values("candidature"))


# --- Les cases -----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Case:
    """Un avis attendu, tel que cette personne peut le connaître ; `url` : l'avis s'il s'ouvre à elle, le dossier sinon."""

    territoire: Departement | Region
    etape: Etape
    url: str

    @property
    def code(self) -> str:
        """« 77 » ; vide pour une région, que sa ligne nomme déjà."""
        return self.territoire.pk if isinstance(self.territoire, Departement) else ""


@dataclass(frozen=True, slots=True)
class LigneDeRegion:
    """Une région d'un dossier : les cases de ses départements, puis la sienne."""

    region: Region
    departements: list[Case]
    regionale: Case


@dataclass(frozen=True, slots=True)
class Suivi:
    """Une ligne de la matrice ; `etat` : celui que cette personne peut connaître."""

    candidature: Candidature
    etat: Etat
    regions: list[LigneDeRegion]

    @property
    def cases(self) -> Iterator[Case]:
        """Toutes les cases de la ligne."""
        for region in self.regions:
            yield from region.departements
            yield region.regionale


def suivis(cles: list[int], personne: Utilisateur, maintenant: datetime, *, region: str = "") -> list[Suivi]:
    """Une ligne par candidature, dans l'ordre des clés, en un nombre constant de requêtes ; `region` : elle seule."""
    suivies = candidatures_suivies(personne).filter(pk__in=cles).select_related("organisme").only(*COLONNES)
    lues = {candidature.pk: candidature for candidature in avec_attendus(suivies)}
    vue = _Vue(portee_de(personne), region)
    presentes = [lues[cle] for cle in cles if cle in lues]
    return [Suivi(c, Etat(vars(c)["etat_lu"]), vue.regions(attendus(c, maintenant))) for c in presentes]


def regions_montrees(portee: Portee, region: str) -> frozenset[str] | None:
    """Celle qu'on demande, celles de la personne ; None : toutes."""
    if region:
        return frozenset({region})
    return None if voit_la_france(portee) else portee.regions


class _Vue:
    """Ce qu'une personne connaît des avis attendus."""

    def __init__(self, portee: Portee, region: str) -> None:
        self.portee, self.region = portee, region

    def regions(self, liste: list[Attendu]) -> list[LigneDeRegion]:
        montres = sorted((a for a in liste if self._est_montre(_region_de(a))), key=lambda a: (_region_de(a), a.niveau))
        return [self._ligne(list(groupe)) for _, groupe in groupby(montres, key=_region_de)]

    def _est_montre(self, region: str) -> bool:
        permise = voit_la_france(self.portee) or region in self.portee.regions
        return permise and self.region in ("", region)

    def _ligne(self, groupe: list[Attendu]) -> LigneDeRegion:
        regionale = next(a for a in groupe if a.niveau == Niveau.REGION)
        departements = [self._case(a) for a in groupe if a.niveau == Niveau.DEPARTEMENT]
        return LigneDeRegion(cast(Region, regionale.territoire), departements, self._case(regionale))

    def _case(self, attendu: Attendu) -> Case:
        siens = self.portee.regions if attendu.niveau == Niveau.REGION else self.portee.departements_instruits
        ouvre = self.portee.administre or attendu.territoire.pk in siens or attendu.etape == Etape.RENDU
        return Case(attendu.territoire, etape_lue(self.portee, attendu), _adresse(attendu, ouvre=ouvre))


def _region_de(attendu: Attendu) -> str:
    territoire = attendu.territoire
    return territoire.region_id if isinstance(territoire, Departement) else territoire.pk


def _adresse(attendu: Attendu, *, ouvre: bool) -> str:
    pk = attendu.candidature.pk
    if ouvre:
        return reverse("avis:avis", args=[pk, attendu.niveau.value, attendu.territoire.pk])
    return reverse("candidatures:fiche", args=[pk])
