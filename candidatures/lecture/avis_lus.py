"""Lire les avis sans connaître leur application : par l'accesseur inverse, et selon qui les lit (architecture, « Qui lit quel avis »)."""

from __future__ import annotations

from typing import Any

from candidatures.models import Candidature
from comptes.models import Utilisateur
from comptes.portees import portee_de
from territoires.models import Departement, Region

Avis = dict[str, list[Any]]
"""Des avis par accesseur : « avis_departementaux », « avis_regionaux »."""

DEPARTEMENTAUX, REGIONAUX = "avis_departementaux", "avis_regionaux"


def rendus(candidature: Candidature) -> Avis:
    """Tous les avis rendus ; aucune requête s'ils sont préchargés (`Candidatures.avec_avis`)."""
    return {nom: [a for a in getattr(candidature, nom).all() if a.rendu_le] for nom in (DEPARTEMENTAUX, REGIONAUX)}


def visibles(candidature: Candidature, utilisateur: Utilisateur) -> Avis:
    """Les avis rendus que cette personne peut lire : un département, le sien ; une région, les siens ; le national, tous ;
    le bailleur, rien avant la publication, puis selon la campagne."""
    portee, tous = portee_de(utilisateur), rendus(candidature)
    if portee.lit_tout or communiques(candidature, utilisateur):
        return tous
    return {
        DEPARTEMENTAUX: [a for a in tous[DEPARTEMENTAUX] if a.departement_id in portee.departements],
        REGIONAUX: [a for a in tous[REGIONAUX] if a.region_id in portee.regions],
    }


def communiques(candidature: Candidature, utilisateur: Utilisateur) -> bool:
    """La personne lit ce que lit le porteur (son organisme, ses invités), et la campagne publiée lui communique les avis."""
    campagne = candidature.campagne
    if not campagne.publiee_le or not campagne.avis_communiques:
        return False
    return candidature.organisme_id in portee_de(utilisateur).organismes or candidature.est_partagee_avec(utilisateur)


def departements_attendus(candidature: Candidature) -> list[Departement]:
    """Les départements dont l'avis manque encore, par code ; ceux d'une région qui a rendu le sien en passant outre n'y sont plus."""
    avis = rendus(candidature)
    faits, regions = {a.departement_id for a in avis[DEPARTEMENTAUX]}, {a.region_id for a in avis[REGIONAUX]}
    departements = sorted(candidature.departements.all(), key=lambda d: d.pk)
    return [d for d in departements if d.pk not in faits and d.region_id not in regions]


def regions_attendues(candidature: Candidature) -> list[Region]:
    """Les régions dont l'avis manque encore, par code."""
    faites = {a.region_id for a in rendus(candidature)[REGIONAUX]}
    regions = {d.region_id: d.region for d in candidature.departements.all()}
    return [regions[pk] for pk in sorted(regions) if pk not in faites]
