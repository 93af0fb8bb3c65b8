"""À qui on écrit au sujet d'une candidature."""

from __future__ import annotations

from django.db.models import QuerySet

from candidatures.models import Candidature
from comptes.models import Habilitation
from comptes.models.habilitation import ROLES_ORGANISME


def adresses_du_bailleur(candidature: Candidature) -> list[str]:
    """Les membres en cours de l'organisme et le contact du dossier, sans doublon."""
    membres = Habilitation.objects.en_cours().filter(role__in=ROLES_ORGANISME, organisme=candidature.organisme)
    contact = {candidature.contact_courriel.lower()} if candidature.contact_courriel else set()
    return sorted(set(adresses(membres)) | contact)


def adresses(habilitations: QuerySet[Habilitation]) -> list[str]:
    """Les adresses de ces personnes, sans doublon, dans l'ordre."""
    return sorted(set(habilitations.values_list("utilisateur__courriel", flat=True)))
