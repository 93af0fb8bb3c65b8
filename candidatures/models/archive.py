"""Un ZIP de PDF demandé, préparé par le travailleur, gardé un temps court."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models


class Archive(models.Model):
    """La demande de tous les PDF d'une liste.

    - `parametres` : les filtres de la liste, rejoués avec les droits du demandeur quand la préparation commence ;
    - `contenu` : ce qu'ils ont alors donné, un triplet (clé, nom de fichier, avis imprimés) par dossier ;
    - `manquants` : une phrase par dossier dont le PDF n'a pas été produit.
    """

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
    contenu = models.JSONField("dossiers retenus", default=list)
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

    @property
    def est_en_cours(self) -> bool:
        """Vrai tant que le travailleur a encore à faire."""
        return self.etat == self.Etat.DEMANDEE

    @property
    def est_prete(self) -> bool:
        """Vrai si le fichier est là ; une archive prête perd le sien au bout de `archives.GARDE`."""
        return self.etat == self.Etat.PRETE and bool(self.fichier) and self.fichier.storage.exists(str(self.fichier))
