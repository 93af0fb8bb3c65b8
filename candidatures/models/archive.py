"""Un ZIP de PDF demandé, préparé par le travailleur, gardé un temps court."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models


class Archive(models.Model):
    """La demande de tous les PDF d'une liste ; `parametres` : les filtres de la liste, rejoués avec les droits du demandeur."""

    class Etat(models.TextChoices):
        DEMANDEE = "demandee", "demandée"
        PRETE = "prete", "prête"
        ECHOUEE = "echouee", "non aboutie"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    demandee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="archives", verbose_name="demandée par"
    )
    demandee_le = models.DateTimeField("demandée le")
    parametres = models.JSONField("filtres", default=dict)
    etat = models.CharField("état", max_length=10, choices=Etat.choices, default=Etat.DEMANDEE)
    reservee_le = models.DateTimeField("réservée le", null=True, blank=True)
    prete_le = models.DateTimeField("prête le", null=True, blank=True)
    total = models.PositiveIntegerField("dossiers", default=0)
    faits = models.PositiveIntegerField("dossiers traités", default=0)
    manquants = models.JSONField("dossiers sans PDF", default=list)
    fichier = models.FileField("fichier", upload_to="archives/", blank=True)

    class Meta:
        verbose_name = "archive de PDF"
        verbose_name_plural = "archives de PDF"
        ordering = ("-demandee_le",)

    def __str__(self) -> str:
        return f"archive du {self.demandee_le:%d/%m/%Y %H:%M}"
