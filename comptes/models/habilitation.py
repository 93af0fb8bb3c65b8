"""Qui peut quoi, où, et quand."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from comptes.models.organisme import Organisme
from comptes.models.service import Service
from comptes.models.utilisateur import Utilisateur


class Role(models.TextChoices):
    """Les rôles ; chacun a une portée : un organisme, un service, ou toute la France."""

    REDACTEUR = "redacteur", "Bailleur – saisie"
    DEPOSANT = "deposant", "Bailleur – saisie et dépôt"
    AGENT = "agent", "Agent d'un service de l'État"
    INVITE = "invite", "Invité sur une candidature"
    LECTEUR = "lecteur", "Lecteur du comité national"
    ADMINISTRATEUR = "administrateur", "Administrateur national"


ROLES_ORGANISME = (Role.REDACTEUR, Role.DEPOSANT)
ROLES_NATIONAUX = (Role.LECTEUR, Role.ADMINISTRATEUR)
ROLES_A_DONNER = [(role.value, role.label) for role in Role if role != Role.INVITE]
"""Ceux que donne un administrateur ; on n'est invité que par le porteur d'une candidature."""


class Habilitations(models.QuerySet["Habilitation"]):
    """Le vocabulaire des habilitations."""

    def en_cours(self, jour: date | None = None) -> Habilitations:
        """Celles qui valent au `jour` donné (aujourd'hui, heure de Paris)."""
        jour = jour or timezone.localdate()
        return self.filter(
            Q(debut__isnull=True) | Q(debut__lte=jour), Q(fin__isnull=True) | Q(fin__gte=jour), utilisateur__is_active=True
        )


class Habilitation(models.Model):
    """Un rôle donné à une personne, sur une portée, entre deux dates facultatives (comprises)."""

    utilisateur = models.ForeignKey(Utilisateur, models.CASCADE, related_name="habilitations", verbose_name="personne")
    role = models.CharField("rôle", max_length=20, choices=Role.choices)
    organisme = models.ForeignKey(
        Organisme, models.CASCADE, null=True, blank=True, related_name="habilitations", verbose_name="organisme"
    )
    service = models.ForeignKey(
        Service, models.CASCADE, null=True, blank=True, related_name="habilitations", verbose_name="service"
    )
    debut = models.DateField("à partir du", null=True, blank=True)
    fin = models.DateField("jusqu'au", null=True, blank=True)

    objects = Habilitations.as_manager()

    class Meta:
        verbose_name = "habilitation"
        ordering = ("utilisateur", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(role__in=ROLES_ORGANISME, organisme__isnull=False, service__isnull=True)
                | Q(role=Role.AGENT, organisme__isnull=True, service__isnull=False)
                | Q(role__in=(*ROLES_NATIONAUX, Role.INVITE), organisme__isnull=True, service__isnull=True),
                name="habilitation_portee_du_role",
            ),
            models.CheckConstraint(
                condition=Q(debut__isnull=True) | Q(fin__isnull=True) | Q(debut__lte=F("fin")),
                name="habilitation_dates_dans_l_ordre",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_role_display()} – {self.organisme or self.service}" if self.portee else self.get_role_display()

    @property
    def portee(self) -> Organisme | Service | None:
        """Ce sur quoi porte le rôle ; None : toute la France."""
        return self.organisme or self.service

    def clean(self) -> None:
        """Refuse un rôle sans sa portée, en disant laquelle choisir."""
        if self.role in ROLES_ORGANISME and not self.organisme_id:
            raise ValidationError({"organisme": "Ce rôle s'exerce pour un organisme : choisissez lequel."})
        if self.role == Role.AGENT and not self.service_id:
            raise ValidationError({"service": "Ce rôle s'exerce dans un service de l'État : choisissez lequel."})
        if self.role not in ROLES_ORGANISME:
            self.organisme = None
        if self.role != Role.AGENT:
            self.service = None
        if self.debut and self.fin and self.fin < self.debut:
            raise ValidationError({"fin": "La fin précède le début : corrigez l'une des deux dates."})
