"""Le plan de financement (rubrique 30) : des lignes de dépenses et de ressources."""

from __future__ import annotations

from django.db import models

from candidatures.champs import Montant, Part
from candidatures.fiche import MontageFinancier


class LigneDuPlan(models.Model):
    """Une dépense (par volet) ou une ressource (par financeur), en montant ou en part."""

    section = MontageFinancier
    rubrique = "lignes"

    class Nature(models.TextChoices):
        DEPENSE = "depense", "Dépense"
        RESSOURCE = "ressource", "Ressource"

    class Financeur(models.TextChoices):
        APPEL_A_PROJETS = "appel_a_projets", "Appel à projets"
        PORTEUR = "porteur", "Porteur du projet"
        DEPARTEMENT = "departement", "Département"
        COLLECTIVITE = "collectivite", "Autre collectivité"
        ETAT = "etat", "État"
        AUTRE = "autre", "Autre"

    class Etat(models.TextChoices):
        ACQUIS = "acquis", "acquis"
        DEMANDE = "demande", "demandé"
        A_CONFIRMER = "a_confirmer", "à confirmer"

    candidature = models.ForeignKey("candidatures.Candidature", models.CASCADE, related_name="lignes", verbose_name="candidature")
    rang = models.PositiveSmallIntegerField("rang", default=0)
    nature = models.CharField("nature", max_length=10, choices=Nature.choices)
    libelle = models.CharField("Libellé", max_length=300, blank=True)
    financeur = models.CharField("Financeur", max_length=20, choices=Financeur.choices, blank=True)
    montant = Montant("Montant (€)")
    part = Part("Part (%)")
    etat = models.CharField("État", max_length=20, choices=Etat.choices, blank=True)

    class Meta:
        verbose_name = "ligne du plan de financement"
        ordering = ("rang", "pk")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(montant__isnull=True) | models.Q(montant__gte=0, montant__lte=5_000_000),
                name="ligne_montant_borne",
            ),
            models.CheckConstraint(
                condition=models.Q(part__isnull=True) | models.Q(part__gte=0, part__lte=100), name="ligne_part_bornee"
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_nature_display()} – {self.libelle}"
