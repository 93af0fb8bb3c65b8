"""Une session de l'appel à projets."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q


class Campagnes(models.QuerySet["Campagne"]):
    """Le vocabulaire des campagnes."""

    def ouvertes(self, maintenant: datetime) -> Campagnes:
        """Celles où l'on peut commencer une candidature à cet instant."""
        return self.filter(ouverture__lte=maintenant, cloture__gte=maintenant)


class Campagne(models.Model):
    """Tout ce qui change d'une édition à l'autre (domaine, § 1) : dates, enveloppe, plafond, taux, bornes."""

    code = models.CharField(
        "code",
        max_length=20,
        unique=True,
        help_text="Il commence le numéro des dossiers : « 2026 » donne « 2026-77-003 ». Il ne change plus après le premier dépôt.",
        validators=[RegexValidator(r"^[A-Za-z0-9]+\Z", "Le code ne compte que des lettres sans accent et des chiffres.")],
    )
    titre = models.CharField("titre", max_length=200)
    edition = models.CharField("édition", max_length=100, blank=True, help_text="Par exemple « 5e édition ».")
    ouverture = models.DateTimeField("ouverture", help_text="Date et heure de Paris.")
    cloture = models.DateTimeField("clôture", help_text="Date et heure de Paris ; un dépôt reçu après cet instant est refusé.")
    tolerance_minutes = models.PositiveSmallIntegerField(
        "tolérance après la clôture (minutes)",
        default=0,
        help_text="0 en temps normal ; le dépôt hors délai toléré est noté au journal.",
    )
    enveloppe = models.DecimalField(
        "enveloppe (€)", max_digits=12, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    plafond = models.DecimalField(
        "aide maximale par projet (€)", max_digits=9, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    taux_maximum = models.DecimalField(
        "taux d'aide maximal (%)",
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    duree_minimum = models.PositiveSmallIntegerField(
        "durée minimale (mois)", default=1, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    duree_maximum = models.PositiveSmallIntegerField(
        "durée maximale (mois)", default=60, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    echeance_departementale = models.DateTimeField(
        "avis départementaux attendus", null=True, blank=True, help_text="Date et heure de Paris."
    )
    echeance_regionale = models.DateTimeField(
        "avis régionaux attendus", null=True, blank=True, help_text="Date et heure de Paris."
    )
    avis_communiques = models.BooleanField(
        "le bailleur lit les avis après la publication",
        default=False,
        help_text="Sinon il lit la décision, et son motif, sans les avis.",
    )
    niveaux = models.JSONField("niveaux des contrôles", default=dict, blank=True, editable=False)  # {code : niveau} choisis
    publiee_le = models.DateTimeField("décisions publiées le", null=True, blank=True, editable=False)

    objects = Campagnes.as_manager()

    class Meta:
        verbose_name = "campagne"
        ordering = ("-cloture", "-pk")
        constraints = (
            models.CheckConstraint(condition=Q(ouverture__lt=F("cloture")), name="campagne_ouverture_avant_cloture"),
            models.CheckConstraint(condition=Q(duree_minimum__lte=F("duree_maximum")), name="campagne_durees_dans_l_ordre"),
        )

    def __str__(self) -> str:
        return self.titre

    def clean(self) -> None:
        """Refuse des dates ou des bornes à l'envers."""
        if None not in (self.ouverture, self.cloture) and self.ouverture >= self.cloture:
            raise ValidationError({"cloture": "La clôture précède l'ouverture : corrigez l'une des deux."})
        departementale, regionale = self.echeance_departementale, self.echeance_regionale
        if departementale and regionale and regionale < departementale:
            raise ValidationError({"echeance_regionale": "Les avis régionaux seraient attendus avant les départementaux."})
        if (self.duree_minimum or 0) > (self.duree_maximum or 60):
            raise ValidationError({"duree_maximum": "La durée maximale est plus courte que la durée minimale."})

    def est_ouverte(self, maintenant: datetime) -> bool:
        """Vrai de l'ouverture à la clôture comprise."""
        return self.ouverture <= maintenant <= self.cloture

    def accepte_un_depot(self, maintenant: datetime) -> bool:
        """Vrai jusqu'à la clôture comprise, tolérance ajoutée."""
        return self.ouverture <= maintenant <= self.cloture + timedelta(minutes=self.tolerance_minutes)
