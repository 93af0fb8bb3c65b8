"""Le lien à usage unique par lequel une personne choisit son mot de passe."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import models

from comptes.models.utilisateur import Utilisateur

VALIDITE = timedelta(days=7)


def condensat(jeton: str) -> str:
    """SHA-256 du jeton : la base ne garde jamais le jeton lui-même."""
    return hashlib.sha256(jeton.encode()).hexdigest()


class Invitation(models.Model):
    """Une invitation, valable sept jours, utilisable une fois."""

    utilisateur = models.ForeignKey(Utilisateur, models.CASCADE, related_name="invitations", verbose_name="personne")
    empreinte = models.CharField("empreinte du jeton", max_length=64, unique=True)
    creee_le = models.DateTimeField("créée le")
    utilisee_le = models.DateTimeField("utilisée le", null=True, blank=True)

    class Meta:
        verbose_name = "invitation"
        ordering = ("-creee_le", "-pk")

    def __str__(self) -> str:
        return f"invitation de {self.utilisateur}"

    @staticmethod
    def nouveau_jeton() -> str:
        """Un jeton imprévisible de 256 bits."""
        return secrets.token_urlsafe(32)

    def est_valable(self, maintenant: datetime) -> bool:
        """Vrai si l'invitation n'a pas servi et date de moins de sept jours."""
        return self.utilisee_le is None and maintenant < self.creee_le + VALIDITE
