"""Les courriels d'une candidature : un courriel = une fonction = une paire de gabarits du même nom."""

from __future__ import annotations

from collections.abc import Callable

from django.urls import reverse

from candidatures.models import Candidature, Evenement
from comptes.models import Habilitation
from comptes.models.habilitation import ROLES_ORGANISME
from hlm_projets.courriels import inscrire, lien
from territoires.heures import dire


def annoncer(candidature: Candidature, evenement: Evenement) -> None:
    """Inscrit les courriels de ce passage dans la boîte d'envoi, par la même transaction."""
    if courriel := PAR_ACTE.get(evenement.acte):
        courriel(candidature, evenement)


def recu_depot(candidature: Candidature, evenement: Evenement) -> None:
    """Le reçu du dépôt, à chaque membre de l'organisme et au contact du dossier."""
    _inscrire_aux_membres("recu_depot", candidature, evenement, {"empreinte": evenement.version.empreinte})


def retrait(candidature: Candidature, evenement: Evenement) -> None:
    """La confirmation du retrait."""
    _inscrire_aux_membres("retrait", candidature, evenement, {"motif": evenement.motif})


PAR_ACTE: dict[str, Callable[[Candidature, Evenement], None]] = {"deposer": recu_depot, "retirer": retrait}


def destinataires(candidature: Candidature) -> list[str]:
    """Les membres en cours de l'organisme et le contact du dossier, sans doublon."""
    membres = Habilitation.objects.en_cours().filter(role__in=ROLES_ORGANISME, organisme=candidature.organisme)
    adresses = {adresse.lower() for adresse in membres.values_list("utilisateur__courriel", flat=True)}
    return sorted(adresses | ({candidature.contact_courriel.lower()} if candidature.contact_courriel else set()))


def _inscrire_aux_membres(nom: str, candidature: Candidature, evenement: Evenement, contexte: dict[str, str]) -> None:
    commun = {
        "numero": candidature.reference,
        "titre": candidature.titre,
        "organisme": candidature.organisme.nom,
        "campagne": candidature.campagne.titre,
        "instant": dire(evenement.le),
        "par": evenement.par_nom,
        "adresse": lien(reverse("candidatures:fiche", args=[candidature.pk])),
    }
    for adresse in destinataires(candidature):
        inscrire(nom, adresse, commun | contexte, cle=f"evenement:{evenement.pk}")
