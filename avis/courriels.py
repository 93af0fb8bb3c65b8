"""Les courriels des avis : à chacun ce qui le concerne, rien d'autre."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse

from avis.attendus import Niveau, dire_l_echeance
from candidatures.lecture.avis_lus import departements_attendus, rendus
from candidatures.models import Candidature, Evenement
from comptes.models import Habilitation, Role
from hlm_projets.envoi.courriels import inscrire, lien
from hlm_projets.models import Courriel
from territoires.models import Departement, Region


def apres_rendu(candidature: Candidature, niveau: Niveau, territoire: str, evenement: Evenement) -> None:
    """Après le dernier avis départemental d'une région, prévient cette région que c'est son tour."""
    if niveau == Niveau.DEPARTEMENT and (region := _region_prete(candidature, territoire)):
        avis_regional_attendu(candidature, region, evenement)


def avis_regional_attendu(candidature: Candidature, region: Region, evenement: Evenement) -> None:
    """C'est au tour de la région."""
    _aux_agents("avis_regional_attendu", candidature, Niveau.REGION, region.pk, evenement, {"region": str(region)})


def tour_de_la_region(candidature: Candidature, region: str, nom: str) -> bool:
    """La date de ses départements est passée : la région peut rendre, en passant outre. Vrai si un courriel est inscrit."""
    avant = Courriel.objects.count()
    _inscrire("avis_regional_en_retard", candidature, Niveau.REGION, region, f"tour:{candidature.pk}:{region}", {"region": nom})
    return Courriel.objects.count() > avant


def avis_rouvert(candidature: Candidature, niveau: Niveau, territoire: str, evenement: Evenement) -> None:
    """L'avis revient à son service, avec le motif ; l'autre niveau apprend ce que cela change pour lui."""
    _aux_agents("avis_rouvert", candidature, niveau, territoire, evenement, {"motif": evenement.motif})
    candidature = Candidature.objects.pour_instruction().get(pk=candidature.pk)
    attendus = departements_attendus(candidature)
    if niveau == Niveau.REGION:
        for departement in (d for d in attendus if d.region_id == territoire):
            _aux_agents("avis_de_nouveau_attendu", candidature, Niveau.DEPARTEMENT, departement.pk, evenement, {})
        return
    region = next(d.region for d in candidature.departements.all() if d.pk == territoire)
    if [d.pk for d in attendus if d.region_id == region.pk] == [territoire]:  # c'était son tour, ce ne l'est plus
        contexte = {"departement": next(str(d) for d in attendus if d.pk == territoire)}
        _aux_agents("avis_departemental_rouvert", candidature, Niveau.REGION, region.pk, evenement, contexte)


def echeance_deplacee(
    candidature: Candidature, niveau: Niveau, territoire: str, echeance: datetime, evenement: Evenement
) -> None:
    """La date attendue change, avec le motif."""
    contexte = {"motif": evenement.motif, "echeance": dire_l_echeance(candidature, niveau, territoire, echeance)}
    _aux_agents("echeance_deplacee", candidature, niveau, territoire, evenement, contexte)


def avis_passe_outre(candidature: Candidature, territoires: Iterable[Departement | Region], evenement: Evenement) -> None:
    """La région a rendu son avis sans attendre celui de ces départements."""
    for territoire in territoires:
        _aux_agents(
            "avis_passe_outre", candidature, Niveau.DEPARTEMENT, territoire.pk, evenement, {"departement": str(territoire)}
        )


def _region_prete(candidature: Candidature, departement: str) -> Region | None:
    """La région de ce département si tous ses départements ont rendu, et pas elle."""
    departements: list[Departement] = list(candidature.departements.all())
    region = next(d.region for d in departements if d.pk == departement)
    candidature = Candidature.objects.avec_avis().get(pk=candidature.pk)
    avis = rendus(candidature)
    faits = {a.departement_id for a in avis["avis_departementaux"]}
    pret = all(d.pk in faits for d in departements if d.region_id == region.pk)
    return region if pret and region.pk not in {a.region_id for a in avis["avis_regionaux"]} else None


def agents(niveau: Niveau, territoire: str) -> list[str]:
    """Les adresses des agents en cours des services de ce territoire."""
    habilites = Habilitation.objects.en_cours().filter(role=Role.AGENT, **{f"service__{niveau.value}": territoire})
    return sorted(set(habilites.values_list("utilisateur__courriel", flat=True)))


def _aux_agents(
    nom: str, candidature: Candidature, niveau: Niveau, territoire: str, evenement: Evenement, contexte: dict[str, str]
) -> None:
    _inscrire(nom, candidature, niveau, territoire, f"evenement:{evenement.pk}:{territoire}", contexte)


def _inscrire(nom: str, candidature: Candidature, niveau: Niveau, territoire: str, cle: str, contexte: dict[str, str]) -> None:
    commun = {
        "numero": candidature.reference,
        "titre": candidature.titre,
        "organisme": candidature.organisme.nom,
        "adresse": lien(reverse("avis:avis", args=[candidature.pk, niveau.value, territoire])),
    }
    for adresse in agents(niveau, territoire):
        inscrire(nom, adresse, commun | contexte, cle=cle)
