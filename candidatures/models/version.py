"""La version figée d'une candidature, telle que déposée."""

from __future__ import annotations

from django.db import models


class Version(models.Model):
    """Le contenu au moment d'un dépôt ; en ajout seul.

    - `fiche` : le format d'échange « hlm-fiche/1 » ;
    - `document` : la lecture (`rubriques.Document`), avec les intitulés de ce jour-là ;
    - `constats` : les constats de cohérence de ce jour-là, avec leurs justifications ;
    - `empreinte` : SHA-256 de la fiche en JSON canonique, imprimée sur le reçu.
    """

    candidature = models.ForeignKey(
        "candidatures.Candidature", models.PROTECT, related_name="versions", verbose_name="candidature"
    )
    evenement = models.OneToOneField("candidatures.Evenement", models.PROTECT, related_name="version", verbose_name="évènement")
    fiche = models.JSONField("fiche")
    document = models.JSONField("document")
    constats = models.JSONField("constats", default=list)
    empreinte = models.CharField("empreinte SHA-256", max_length=64)

    class Meta:
        verbose_name = "version figée"
        verbose_name_plural = "versions figées"
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"version {self.empreinte[:12]}"
