"""Les personnes qui ont un compte."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

COURRIEL_FAUX = "Cette adresse n'est pas complète. Elle s'écrit comme prenom.nom@organisme.fr."
"""Ce que dit tout formulaire qui demande une adresse électronique."""


class Utilisateurs(BaseUserManager["Utilisateur"]):
    """Création des comptes ; le courriel, en minuscules, est l'identifiant."""

    def creer(self, courriel: str, *, prenom: str = "", nom: str = "", mot_de_passe: str | None = None) -> Utilisateur:
        """Crée un compte ; sans mot de passe, il ne peut se connecter qu'après son invitation."""
        personne = self.model(courriel=courriel.strip().lower(), prenom=prenom, nom=nom)
        personne.set_password(mot_de_passe)
        personne.save(using=self._db)
        return personne

    def get_by_natural_key(self, username: str | None) -> Utilisateur:
        """Retrouve un compte par son courriel, sans égard à la casse."""
        return self.get(courriel=(username or "").strip().lower())


class Utilisateur(AbstractBaseUser):
    """Une personne : courriel, prénom, nom. Ses droits sont ses habilitations."""

    courriel = models.EmailField("adresse électronique", max_length=254, unique=True)
    prenom = models.CharField("prénom", max_length=100, blank=True)
    nom = models.CharField("nom", max_length=100, blank=True)
    is_active = models.BooleanField("compte ouvert", default=True)
    cree_le = models.DateTimeField("créé le", auto_now_add=True)

    objects: ClassVar[Utilisateurs] = Utilisateurs()

    USERNAME_FIELD = "courriel"
    EMAIL_FIELD = "courriel"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = "personne"
        ordering = ("nom", "prenom", "pk")
        constraints = (
            models.CheckConstraint(condition=models.Q(courriel=Lower("courriel")), name="utilisateur_courriel_en_minuscules"),
        )

    def __str__(self) -> str:
        return f"{self.prenom} {self.nom}".strip() or self.courriel
