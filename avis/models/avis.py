"""Les avis : la huitième section du formulaire, déclarée comme les autres (rubriques 34 à 39)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from candidatures.champs import Choix, TexteLong
from candidatures.models import Candidature
from candidatures.models.historique import Trace
from comptes.models import Service
from hlm_projets.journal import LigneDeJournal
from territoires.models import Departement, Region


class Avis(models.Model):
    """Ce que les deux niveaux partagent. Un brouillon (`rendu_le` vide) appartient à son service, pas à son auteur.

    `service_nom` et `auteur_nom` sont recopiés au rendu : le service se lit comme il s'appelait ce jour-là.
    """

    service = models.ForeignKey(Service, models.PROTECT, null=True, related_name="+", verbose_name="service")
    service_nom = models.CharField("nom du service au moment du rendu", max_length=250, blank=True)
    auteur = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="auteur")
    auteur_nom = models.CharField("nom de l'auteur", max_length=250, blank=True)
    modifie_le = models.DateTimeField("modifié le", auto_now=True)
    rendu_le = models.DateTimeField("rendu le", null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def est_rendu(self) -> bool:
        """Vrai une fois l'avis rendu, jusqu'à sa réouverture."""
        return self.rendu_le is not None


RENDU_SIGNE = Q(rendu_le__isnull=True) | (Q(service__isnull=False, auteur__isnull=False) & ~Q(service_nom=""))


class AvisDepartemental(Avis):
    """Rubriques 34 à 37 : un avis par candidature et par département concerné."""

    class Reproductibilite(models.TextChoices):
        FAIBLE = "faible", "Faible"
        MOYEN = "moyen", "Moyen"
        FORT = "fort", "Fort"

    candidature = models.ForeignKey(Candidature, models.PROTECT, related_name="avis_departementaux", verbose_name="candidature")
    departement = models.ForeignKey(Departement, models.PROTECT, related_name="avis", verbose_name="département")
    champ_libre = TexteLong("(champ libre)")
    pertinence = TexteLong("Pertinence du projet au regard des objectifs visés par l'appel à projets")
    reproductibilite = Choix("Caractère reproductible de la démarche", choices=Reproductibilite.choices)
    conditions = TexteLong("Conditions jugées nécessaires", lignes=5)

    class Meta:
        verbose_name = "Avis du service départemental en charge des politiques sociales du logement (DDCS ou DDT)"
        constraints = (
            models.UniqueConstraint("candidature", "departement", name="avis_departemental_unique"),
            models.CheckConstraint(condition=RENDU_SIGNE, name="avis_departemental_rendu_signe"),
        )

    def __str__(self) -> str:
        return f"avis départemental – {self.departement}"

    @property
    def territoire_id(self) -> str:
        """Le code du département."""
        return self.departement_id


class AvisRegional(Avis):
    """Rubriques 38 et 39 : un avis par candidature et par région concernée.

    `motif_passer_outre` : écrit quand la région a rendu son avis sans attendre tous ceux de ses départements.
    """

    class Sens(models.TextChoices):
        FAVORABLE = "favorable", "Favorable"
        DEFAVORABLE = "defavorable", "Défavorable"

    candidature = models.ForeignKey(Candidature, models.PROTECT, related_name="avis_regionaux", verbose_name="candidature")
    region = models.ForeignKey(Region, models.PROTECT, related_name="avis", verbose_name="région")
    sens = Choix("Sens de l'avis", choices=Sens.choices, sans_intitule=True)
    champ_libre = TexteLong("(champ libre)")
    motif_passer_outre = models.TextField("motif pour passer outre les avis manquants", blank=True)

    class Meta:
        verbose_name = "Avis global formulé par le niveau régional (DREAL en collaboration avec DRJSCS)"
        constraints = (
            models.UniqueConstraint("candidature", "region", name="avis_regional_unique"),
            models.CheckConstraint(condition=RENDU_SIGNE, name="avis_regional_rendu_signe"),
            models.CheckConstraint(condition=Q(rendu_le__isnull=True) | ~Q(sens=""), name="avis_regional_rendu_a_un_sens"),
        )

    def __str__(self) -> str:
        return f"avis régional – {self.region}"

    @property
    def territoire_id(self) -> str:
        """Le code de la région."""
        return self.region_id


class AvisFige(LigneDeJournal):
    """Un avis tel que rendu, en ajout seul : il reste lisible si l'avis est rouvert."""

    candidature = models.ForeignKey(Candidature, models.PROTECT, related_name="avis_figes", verbose_name="candidature")
    niveau = models.CharField("niveau", max_length=20)
    territoire = models.CharField("territoire", max_length=3)
    contenu = models.JSONField("contenu")

    class Meta:
        verbose_name = "avis figé"
        ordering = ("-pk",)


class Report(models.Model):
    """Une échéance déplacée pour un dossier et un territoire, avec son motif ; le dernier report vaut."""

    candidature = models.ForeignKey(Candidature, models.PROTECT, related_name="reports", verbose_name="candidature")
    departement = models.ForeignKey(
        Departement, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="département"
    )
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="région")
    echeance = models.DateTimeField("nouvelle échéance")
    motif = models.TextField("motif")
    par = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="par")
    le = models.DateTimeField("le")

    class Meta:
        verbose_name = "report d'échéance"
        ordering = ("le", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(departement__isnull=True, region__isnull=False) | Q(departement__isnull=False, region__isnull=True),
                name="report_un_seul_territoire",
            ),
        )

    def __str__(self) -> str:
        return f"report au {self.echeance:%d/%m/%Y}"


class ChangementDAvis(Trace):
    """Un changement d'une rubrique d'un brouillon d'avis ; lu de son service seul."""

    candidature = models.ForeignKey(Candidature, models.CASCADE, related_name="changements_des_avis", verbose_name="candidature")
    niveau = models.CharField("niveau", max_length=20)
    territoire = models.CharField("territoire", max_length=3)

    class Meta:
        verbose_name = "changement d'un avis"
        verbose_name_plural = "changements des avis"
        ordering = ("-le", "-pk")
        constraints = (
            models.UniqueConstraint(
                *("candidature", "niveau", "territoire", "rubrique", "par", "page", "tranche"),
                name="changement_d_avis_une_ligne_par_tranche",
            ),
        )
        indexes = (models.Index(fields=["candidature", "niveau", "territoire", "rubrique"], name="changement_d_avis_rubrique"),)
