"""Les invités d'une candidature, et qui la remplit en ce moment."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q

from comptes.models import Utilisateur

VALIDITE = timedelta(days=14)
"""Le temps laissé pour accepter une invitation."""


class Partages(models.QuerySet["Partage"]):
    """Le vocabulaire des partages."""

    def en_cours(self) -> Partages:
        """Acceptés, et non révoqués."""
        return self.filter(accepte_le__isnull=False, revoque_le__isnull=True)

    def de(self, personne: Utilisateur) -> Partages:
        """Ceux qui ouvrent une candidature à cette personne."""
        return self.en_cours().filter(personne=personne)


class Partage(models.Model):
    """Une personne invitée sur une seule candidature, par un lien à usage unique dont la base ne garde que l'empreinte."""

    class Droit(models.TextChoices):
        LIRE = "lire", "Lire"
        ECRIRE = "ecrire", "Lire et remplir"
        DEPOSER = "deposer", "Lire, remplir et déposer"

    candidature = models.ForeignKey(
        "candidatures.Candidature", models.CASCADE, related_name="partages", verbose_name="candidature"
    )
    courriel = models.EmailField("courriel", max_length=254)
    droit = models.CharField("droit", max_length=10, choices=Droit.choices, default=Droit.ECRIRE)
    personne = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="partages", verbose_name="personne"
    )
    empreinte = models.CharField("empreinte du jeton", max_length=64, unique=True)
    invite_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="invitée par")
    invite_le = models.DateTimeField("invitée le")
    expire_le = models.DateTimeField("expire le")
    accepte_le = models.DateTimeField("acceptée le", null=True, blank=True)
    revoque_le = models.DateTimeField("révoquée le", null=True, blank=True)

    objects = Partages.as_manager()

    class Meta:
        verbose_name = "partage"
        ordering = ("invite_le", "pk")
        constraints = (
            models.UniqueConstraint(
                "candidature", "courriel", condition=Q(revoque_le__isnull=True), name="partage_un_par_courriel"
            ),
            models.CheckConstraint(
                condition=Q(accepte_le__isnull=True) | Q(personne__isnull=False), name="partage_accepte_par_quelqu_un"
            ),
        )
        indexes = (models.Index(fields=["personne", "candidature"], name="partage_par_personne"),)

    def __str__(self) -> str:
        return f"{self.courriel} – {self.get_droit_display()}"

    @property
    def est_accepte(self) -> bool:
        """Vrai si la personne a accès à la candidature."""
        return self.accepte_le is not None and self.revoque_le is None

    def est_valable(self, maintenant: datetime) -> bool:
        """Vrai si le lien n'a pas servi, n'est pas révoqué et n'a pas expiré."""
        return self.accepte_le is None and self.revoque_le is None and maintenant < self.expire_le


class Presence(models.Model):
    """Qui remplit quelle section, et quand sa page l'a dit pour la dernière fois."""

    candidature = models.ForeignKey(
        "candidatures.Candidature", models.CASCADE, related_name="presences", verbose_name="candidature"
    )
    personne = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="personne")
    section = models.CharField("section", max_length=40)
    vue_le = models.DateTimeField("vue le")

    class Meta:
        verbose_name = "présence"
        constraints = (models.UniqueConstraint("candidature", "personne", name="presence_une_par_personne"),)

    def __str__(self) -> str:
        return f"{self.personne} – {self.section}"
