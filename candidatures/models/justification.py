"""Ce que le porteur répond à un constat de cohérence."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Justification(models.Model):
    """L'explication d'un constat, lue des services avec lui ; `controle` : le code d'un contrôle de `coherence`."""

    candidature = models.ForeignKey(
        "candidatures.Candidature", models.CASCADE, related_name="justifications", verbose_name="candidature"
    )
    controle = models.CharField("contrôle", max_length=60)
    texte = models.TextField("justification", blank=True)
    par = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="par")
    le = models.DateTimeField("le")

    class Meta:
        verbose_name = "justification"
        constraints = (models.UniqueConstraint("candidature", "controle", name="justification_une_par_controle"),)

    def __str__(self) -> str:
        return f"{self.controle} – {self.texte[:40]}"
