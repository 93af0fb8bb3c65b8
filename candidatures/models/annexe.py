"""Les annexes : leurs types, que fixe la campagne, et les fichiers joints.

Tables, contraintes et dossier des fichiers gardent leur premier nom, « pièce » : les changer déplacerait des données pour un mot.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

if TYPE_CHECKING:
    from candidatures.models.campagne import Campagne


TYPES_HABITUELS = ("Note de présentation", "Plan de financement", "Rapport", "Lettre d'engagement", "Autre")
"""Ceux qu'une campagne reçoit à sa création ; elle les règle ensuite."""


class TypesDAnnexe(models.QuerySet["TypeDAnnexe"]):
    """Le vocabulaire des types d'annexe."""

    def creer_les_habituels(self, campagne: Campagne) -> list[TypeDAnnexe]:
        """Donne à une campagne les types habituels, aucun n'étant exigé."""
        return self.bulk_create(
            TypeDAnnexe(campagne=campagne, rang=rang, libelle=libelle) for rang, libelle in enumerate(TYPES_HABITUELS, 1)
        )


class TypeDAnnexe(models.Model):
    """Un genre d'annexe demandé ou permis par une campagne."""

    campagne = models.ForeignKey("candidatures.Campagne", models.CASCADE, related_name="types_d_annexe", verbose_name="campagne")
    rang = models.PositiveSmallIntegerField("rang", default=0)
    libelle = models.CharField("libellé", max_length=100)
    exige = models.BooleanField("exigé au dépôt", default=False)

    objects = TypesDAnnexe.as_manager()

    class Meta:
        db_table = "candidatures_typedepiece"
        verbose_name = "type d'annexe"
        verbose_name_plural = "types d'annexe"
        ordering = ("rang", "pk")
        constraints = (models.UniqueConstraint("campagne", "libelle", name="type_de_piece_unique"),)

    def __str__(self) -> str:
        return self.libelle


def chemin_de_l_annexe(annexe: Annexe, nom: str) -> str:
    """Un nom tiré au sort : rien du nom donné par la personne n'arrive sur le disque (F-39)."""
    tire = uuid.uuid4().hex
    return f"pieces/{tire[:2]}/{tire}"


class Annexe(models.Model):
    """Un fichier joint à une candidature.

    - `nom` : nettoyé pour être montré ; `genre` : « pdf », « docx »…, décidé par son contenu, jamais par son nom ;
    - `taille` : octets ; `sha256` : empreinte du contenu, 64 chiffres hexadécimaux ;
    - `prochain_essai_le` : avant cet instant, l'antivirus n'est pas relancé sur elle (un essai est en cours, ou vient d'échouer) ;
    - `a_confirmer` : reprise d'une édition antérieure, à confirmer ou à remplacer avant le dépôt.
    """

    class Etat(models.TextChoices):
        EN_ANALYSE = "en_analyse", "en cours d'analyse"
        SAINE = "saine", "analysée, saine"
        NON_ANALYSEE = "non_analysee", "non analysée (pas d'antivirus)"
        INFECTEE = "infectee", "infectée, mise à l'écart"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    candidature = models.ForeignKey(
        "candidatures.Candidature", models.CASCADE, related_name="annexes", verbose_name="candidature"
    )
    type = models.ForeignKey(TypeDAnnexe, models.PROTECT, related_name="annexes", verbose_name="type")
    rang = models.PositiveSmallIntegerField("rang", default=0)
    nom = models.CharField("nom du fichier", max_length=120)
    fichier = models.FileField("fichier", upload_to=chemin_de_l_annexe, max_length=120)
    genre = models.CharField("genre", max_length=10)
    taille = models.PositiveIntegerField("taille (octets)")
    sha256 = models.CharField("empreinte SHA-256", max_length=64)
    etat = models.CharField("état", max_length=20, choices=Etat.choices, default=Etat.EN_ANALYSE)
    analyse = models.CharField("ce qu'a dit l'antivirus", max_length=200, blank=True)
    essais = models.PositiveSmallIntegerField("essais d'analyse", default=0)
    prochain_essai_le = models.DateTimeField("prochain essai d'analyse", null=True, blank=True)
    analysee_le = models.DateTimeField("analysée le", null=True, blank=True)
    jointe_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="jointe par")
    jointe_le = models.DateTimeField("jointe le")
    a_confirmer = models.BooleanField("reprise d'une édition antérieure, à confirmer", default=False)

    class Meta:
        db_table = "candidatures_piece"
        verbose_name = "annexe"
        ordering = ("rang", "jointe_le", "pk")
        constraints = (models.UniqueConstraint("candidature", "sha256", name="piece_une_fois_par_dossier"),)
        indexes = (models.Index(fields=["etat", "jointe_le"], name="piece_a_analyser"),)

    def __str__(self) -> str:
        return self.nom

    @property
    def est_servie(self) -> bool:
        """Vrai si d'autres que ceux qui remplissent le dossier peuvent la télécharger."""
        return self.etat in (self.Etat.SAINE, self.Etat.NON_ANALYSEE)

    @property
    def est_infectee(self) -> bool:
        """Vrai si l'antivirus l'a mise à l'écart : nul ne la télécharge, et elle ne compte pas au dépôt."""
        return self.etat == self.Etat.INFECTEE

    def attend_depuis(self, maintenant: datetime) -> float:
        """Minutes écoulées depuis qu'elle attend l'antivirus."""
        return (maintenant - self.jointe_le).total_seconds() / 60
