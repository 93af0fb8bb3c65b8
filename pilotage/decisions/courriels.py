"""Les courriels du pilotage ; celui d'une décision, à son porteur, est dans `candidatures.courriels`."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q
from django.urls import reverse

from candidatures.models import Campagne, Candidature
from comptes.models import Habilitation, Role
from hlm_projets.envoi.courriels import inscrire, lien
from territoires.models import Departement


def decisions_publiees(campagne: Campagne, decides: Iterable[Candidature]) -> None:
    """Aux agents des territoires concernés : les décisions se lisent ; un courriel chacun, qui n'en dit aucune."""
    adresse = lien(f"{reverse('candidatures:liste')}?campagne={campagne.pk}")
    for destinataire in _agents(decides):
        contexte = {"campagne": campagne.titre, "adresse": adresse}
        inscrire("decisions_publiees", destinataire, contexte, cle=f"campagne:{campagne.pk}:publication")


def _agents(decides: Iterable[Candidature]) -> list[str]:
    departements = Departement.objects.filter(candidatures__in=[d.pk for d in decides])
    territoire = Q(service__departement__in=departements) | Q(service__region__departements__in=departements)
    agents = Habilitation.objects.en_cours().filter(territoire, role=Role.AGENT)
    return sorted(set(agents.values_list("utilisateur__courriel", flat=True)))
