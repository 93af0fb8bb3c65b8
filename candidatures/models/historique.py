"""L'historique d'une saisie, rubrique par rubrique : qui, quand, de quoi à quoi (le journal, lui, garde les actes)."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Trace(models.Model):
    """Ce qu'une personne a changé d'une rubrique, depuis une page, en quelques minutes.

    - `rubrique` : le nom du champ (ou de la liste) ; `avant`, `apres` : sa valeur au format d'échange, None si rien ;
    - `page` : la clé tirée au sort par la page de saisie, vide sans JavaScript ; `rang` : celui de son dernier envoi ;
    - `tranche` : un nombre tiré au sort, le même pour
      une suite ininterrompue d'enregistrements de cette page, qui ne font qu'une ligne.
    """

    DUREE = 900
    """Secondes que dure une tranche, au plus."""

    rubrique = models.CharField("rubrique", max_length=60)
    page = models.CharField("page de saisie", max_length=36, blank=True)
    tranche = models.BigIntegerField("tranche")
    par = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="par")
    par_nom = models.CharField("nom au moment de la saisie", max_length=250)
    commence_le = models.DateTimeField("commencé le")
    le = models.DateTimeField("dernier enregistrement le")
    rang = models.PositiveIntegerField("rang de l'envoi", default=0)
    avant = models.JSONField("avant", null=True)
    apres = models.JSONField("après", null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.rubrique} – {self.par_nom} – {self.le:%d/%m/%Y %H:%M}"


class Changement(Trace):
    """Un changement d'une rubrique de la fiche ; il disparaît avec le brouillon."""

    candidature = models.ForeignKey(
        "candidatures.Candidature", models.CASCADE, related_name="changements", verbose_name="candidature"
    )

    class Meta:
        verbose_name = "changement"
        ordering = ("-le", "-pk")
        constraints = (
            models.UniqueConstraint("candidature", "rubrique", "par", "page", "tranche", name="changement_une_ligne_par_tranche"),
        )
        indexes = (models.Index(fields=["candidature", "rubrique", "-le"], name="changement_par_rubrique"),)
