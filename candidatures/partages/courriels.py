"""Le courriel d'un invité."""

from __future__ import annotations

from django.urls import reverse

from candidatures.models import Partage
from hlm_projets.envoi.courriels import Valeur, inscrire, lien
from territoires.heures import dire


def invitation_partage(partage: Partage, jeton: str) -> None:
    """Le lien à usage unique d'un invité. Secret : le jeton ne reste nulle part une fois le courriel parti."""
    candidature = partage.candidature
    contexte: dict[str, Valeur] = {
        "par": str(partage.invite_par),
        "organisme": candidature.organisme.nom,
        "titre": candidature.titre,
        "droit": partage.get_droit_display().lower(),
        "adresse": partage.courriel,
        "jusqu_au": dire(partage.expire_le),
        "lien": lien(reverse("candidatures:invitation", args=[jeton])),
    }
    cle = f"partage:{partage.pk}:{partage.empreinte[:16]}"
    inscrire("invitation_partage", partage.courriel, contexte, cle=cle, secret=True)
