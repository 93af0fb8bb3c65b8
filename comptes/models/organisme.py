"""Les organismes qui candidatent."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models

from territoires.cles import AvecCle, ChampCle
from territoires.models import Departement

STATUTS_CONNUS = (
    "OPH",
    "ESH",
    "Coopérative HLM",
    "SEM",
    "Association",
    "Collectivité territoriale",
    "Groupement de bailleurs",
)
"""Statuts proposés à la saisie (formulaire, rubrique 3) ; la liste est ouverte."""

siren_valide = RegexValidator(r"^[0-9]{9}\Z", "Le SIREN compte 9 chiffres, sans espace.")


class Organisme(AvecCle):
    """Un bailleur ou un partenaire qui a des comptes sur le site."""

    nom = models.CharField("nom", max_length=300)
    statut = models.CharField("statut", max_length=100, blank=True)
    # NULL : plusieurs organismes sans SIREN
    siren = models.CharField("SIREN", max_length=9, unique=True, null=True, blank=True, validators=[siren_valide])

    departement = models.ForeignKey(
        Departement, models.PROTECT, null=True, blank=True, related_name="organismes", verbose_name="département du siège"
    )

    cle = ChampCle(verbose_name="nom cherché", de=("nom",))

    class Meta:
        verbose_name = "organisme"
        ordering = ("nom", "pk")

    def __str__(self) -> str:
        return self.nom
