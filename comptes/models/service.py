"""Les services de l'État qui instruisent."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from territoires.models import Departement, Region


class Service(models.Model):
    """Un service départemental ou régional ; son nom dépend de la date (`comptes.services.nom_au`)."""

    class Type(models.TextChoices):
        DEPARTEMENT_SOCIAL = "departement_social", "cohésion sociale (département)"
        DEPARTEMENT_LOGEMENT = "departement_logement", "logement (département)"
        REGION_LOGEMENT = "region_logement", "logement (région)"
        REGION_SOCIAL = "region_social", "cohésion sociale (région)"

    type = models.CharField("type", max_length=30, choices=Type.choices)
    departement = models.ForeignKey(
        Departement, models.PROTECT, null=True, blank=True, related_name="services", verbose_name="département"
    )
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="services", verbose_name="région")
    nom = models.CharField("nom actuel", max_length=200)
    rend_avis_regional = models.BooleanField(
        "rend l'avis régional",
        default=False,
        help_text="Un seul service par région rend l'avis ; les autres contribuent à son brouillon.",
    )

    class Meta:
        verbose_name = "service"
        ordering = ("region", "departement", "type")
        constraints = (
            models.CheckConstraint(
                condition=Q(departement__isnull=False, region__isnull=True, type__startswith="departement")
                | Q(departement__isnull=True, region__isnull=False, type__startswith="region"),
                name="service_un_seul_territoire",
            ),
            models.UniqueConstraint(
                "type", "departement", condition=Q(departement__isnull=False), name="service_unique_par_departement"
            ),
            models.UniqueConstraint("region", condition=Q(rend_avis_regional=True), name="service_un_seul_rend_l_avis"),
            models.CheckConstraint(
                condition=Q(rend_avis_regional=False) | Q(region__isnull=False), name="service_rendeur_regional"
            ),
            models.UniqueConstraint("type", "region", condition=Q(region__isnull=False), name="service_unique_par_region"),
        )

    def __str__(self) -> str:
        return f"{self.nom} – {self.departement or self.region}"
