"""Ce qui est arrivé à une candidature : la piste d'audit, la chronologie à l'écran et la source des délais."""

from __future__ import annotations

from django.db import models

from hlm_projets.journal import LigneDeJournal


class Evenement(LigneDeJournal):
    """Un acte sur une candidature, en ajout seul.

    Le lien n'est pas contraint par la base : le journal d'un brouillon supprimé reste.
    """

    candidature = models.ForeignKey(
        "candidatures.Candidature", models.DO_NOTHING, db_constraint=False, related_name="evenements", verbose_name="candidature"
    )
    depuis = models.CharField("état avant", max_length=30, blank=True)
    vers = models.CharField("état après", max_length=30, blank=True)
    motif = models.TextField("motif", blank=True)

    class Meta:
        verbose_name = "évènement"
        ordering = ("le", "pk")
        indexes = (models.Index(fields=["candidature", "le"], name="evenement_chronologie"),)
