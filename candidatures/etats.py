"""Les états d'une candidature."""

from __future__ import annotations

from django.db import models


class Etat(models.TextChoices):
    """Du brouillon à la décision (architecture, « Le circuit »)."""

    BROUILLON = "brouillon", "Brouillon"
    DEPOSEE = "deposee", "Déposée"
    AVIS_REGIONAUX = "avis_regionaux", "Avis régionaux"
    COMITE = "comite", "Au comité"
    RETENUE = "retenue", "Retenue"
    LISTE_COMPLEMENTAIRE = "liste_complementaire", "Liste complémentaire"
    NON_RETENUE = "non_retenue", "Non retenue"
    RETIREE = "retiree", "Retirée"


EN_INSTRUCTION = (Etat.DEPOSEE, Etat.AVIS_REGIONAUX, Etat.COMITE)
DECIDES = (Etat.RETENUE, Etat.LISTE_COMPLEMENTAIRE, Etat.NON_RETENUE)
EXAMINES = (*EN_INSTRUCTION, *DECIDES)
"""Du dépôt à la publication : ce que le bailleur peut encore retirer, ce dont un avis se lit."""
