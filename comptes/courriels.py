"""Les courriels des comptes : un courriel = une fonction = une paire de gabarits du même nom."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from comptes.models import Habilitation, Invitation, Utilisateur
from comptes.models.invitation import VALIDITE
from hlm_projets.envoi.courriels import inscrire, lien
from territoires.heures import dire


def invitation(invitation: Invitation, jeton: str, *, par: Utilisateur) -> None:
    """Le lien à usage unique. Secret : le jeton ne reste nulle part une fois le courriel parti."""
    personne = invitation.utilisateur
    contexte = {
        "nom": str(personne),
        "par": str(par),
        "adresse": personne.courriel,
        "habilitations": [
            str(h) for h in personne.habilitations.select_related("organisme", "service__departement", "service__region")
        ],
        "jusqu_au": dire(invitation.creee_le + VALIDITE),
        "lien": lien(reverse("comptes:invitation", args=[jeton])),
    }
    inscrire("invitation", personne.courriel, contexte, cle=f"invitation:{invitation.pk}", secret=True)


def invitation_acces(habilitation: Habilitation, *, par: Utilisateur, le: datetime) -> None:
    """Une habilitation de plus, à une personne qui a déjà son mot de passe."""
    personne = habilitation.utilisateur
    contexte = {
        "nom": str(personne),
        "par": str(par),
        "habilitation": str(habilitation),
        "instant": dire(le),
        "lien": lien(reverse("account_login")),
    }
    inscrire("invitation_acces", personne.courriel, contexte, cle=f"habilitation:{habilitation.pk}")
