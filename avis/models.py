"""Les avis : la huitième section du formulaire, déclarée comme les autres (rubriques 34 à 39)."""

from __future__ import annotations

from django.db import models

from candidatures.champs import Choix, TexteLong
from candidatures.models import Candidature
from comptes.models import Service
from territoires.models import Departement, Region


class AvisDepartemental(models.Model):
    """Rubriques 34 à 37 : un avis par candidature et par département concerné."""

    class Reproductibilite(models.TextChoices):
        FAIBLE = "faible", "Faible"
        MOYEN = "moyen", "Moyen"
        FORT = "fort", "Fort"

    candidature = models.ForeignKey(Candidature, models.PROTECT, related_name="avis_departementaux", verbose_name="candidature")
    departement = models.ForeignKey(Departement, models.PROTECT, related_name="avis", verbose_name="département")
    service = models.ForeignKey(Service, models.PROTECT, related_name="avis_departementaux", null=True, verbose_name="service")
    champ_libre = TexteLong("(champ libre)")
    pertinence = TexteLong("Pertinence du projet au regard des objectifs visés par l'appel à projets")
    reproductibilite = Choix("Caractère reproductible de la démarche", choices=Reproductibilite.choices)
    conditions = TexteLong("Conditions jugées nécessaires")
    rendu_le = models.DateTimeField("rendu le", null=True, blank=True)

    class Meta:
        verbose_name = "Avis du service départemental en charge des politiques sociales du logement (DDCS ou DDT)"
        constraints = (models.UniqueConstraint("candidature", "departement", name="avis_departemental_unique"),)

    def __str__(self) -> str:
        return f"avis {self.departement_id}"


class AvisRegional(models.Model):
    """Rubriques 38 et 39 : un avis par candidature et par région concernée."""

    class Sens(models.TextChoices):
        FAVORABLE = "favorable", "Favorable"
        DEFAVORABLE = "defavorable", "Défavorable"

    candidature = models.ForeignKey(Candidature, models.PROTECT, related_name="avis_regionaux", verbose_name="candidature")
    region = models.ForeignKey(Region, models.PROTECT, related_name="avis", verbose_name="région")
    service = models.ForeignKey(Service, models.PROTECT, related_name="avis_regionaux", null=True, verbose_name="service")
    sens = Choix("Sens de l'avis", choices=Sens.choices, sans_intitule=True)
    champ_libre = TexteLong("(champ libre)")
    rendu_le = models.DateTimeField("rendu le", null=True, blank=True)

    class Meta:
        verbose_name = "Avis global formulé par le niveau régional (DREAL en collaboration avec DRJSCS)"
        constraints = (models.UniqueConstraint("candidature", "region", name="avis_regional_unique"),)

    def __str__(self) -> str:
        return f"avis {self.region_id}"
