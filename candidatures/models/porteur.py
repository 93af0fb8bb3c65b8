"""Les organismes nommés sur la fiche (rubrique 3) : des noms écrits, pas des comptes."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models


class Porteur(models.Model):
    """Un organisme porteur : nom, statut, SIREN, dans l'ordre de saisie."""

    candidature = models.ForeignKey(
        "candidatures.Candidature", models.CASCADE, related_name="organismes", verbose_name="candidature"
    )
    rang = models.PositiveSmallIntegerField("rang", default=0)
    nom = models.CharField("Nom de l'organisme", max_length=300)
    statut = models.CharField(
        "Statut", max_length=100, blank=True, help_text="OPH, ESH, coopérative, SEM, association, collectivité, groupement…"
    )
    siren = models.CharField(
        "SIREN",
        max_length=9,
        blank=True,
        validators=[RegexValidator(r"^[0-9]{9}\Z", "Le SIREN compte 9 chiffres, sans espace.")],
    )

    class Meta:
        verbose_name = "organisme porteur"
        verbose_name_plural = "organismes porteurs"
        ordering = ("rang", "pk")

    def __str__(self) -> str:
        return f"{self.nom} ({self.statut})" if self.statut else self.nom
