"""Ce que le porteur répond aux constats de cohérence : écrit au fil de la frappe comme le reste, jamais sur le texte d'un collègue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from candidatures.models import Candidature, Justification
from candidatures.plusieurs_mains.ecrire import Ecrit, ecrire
from candidatures.plusieurs_mains.empreintes import empreinte_ecrite
from candidatures.plusieurs_mains.sujet import DuBrouillon
from comptes.models import Utilisateur

MAXIMUM = 2_000
"""Caractères d'une justification."""
JUSTIFICATION = "justification:"
"""Ce qui précède, dans l'historique, le code du contrôle auquel on répond."""


class Justifications(DuBrouillon):
    """Ce que l'on répond aux constats ; le nom d'une réponse est celui de sa rubrique dans l'historique."""

    rangs = JUSTIFICATION

    def traces_de(self, candidature: Any) -> QuerySet[Any]:
        """Elles seules."""
        return super().traces_de(candidature).filter(rubrique__startswith=JUSTIFICATION)

    def lire(self, gardee: Any, noms: Iterable[str]) -> dict[str, Any]:
        """D'un trait."""
        textes = textes_de(gardee)
        return {nom: textes.get(nom.removeprefix(JUSTIFICATION)) or None for nom in noms}

    def poser(self, gardee: Any, valeurs: Mapping[str, Any], par: Utilisateur, le: datetime) -> None:
        """Une ligne par constat, et qui l'a écrite."""
        lignes = [
            Justification(candidature=gardee, controle=nom.removeprefix(JUSTIFICATION), texte=texte, par=par, le=le)
            for nom, texte in valeurs.items()
        ]
        Justification.objects.bulk_create(
            lignes, update_conflicts=True, unique_fields=["candidature", "controle"], update_fields=["texte", "par", "le"]
        )


def justifier(
    candidature: Candidature,
    textes: Mapping[str, str],
    *,
    lues: Mapping[str, str],
    par: Utilisateur,
    le: datetime,
    page: str = "",
) -> Ecrit:
    """Écrit les justifications données, par code de contrôle ; `lues` : celles que la page montrait (à défaut, rien).

    Rend ce qui en est fait, par nom (`JUSTIFICATION` puis le code). Lève PermissionDenied, PlusModifiable.
    """
    voulues = {f"{JUSTIFICATION}{code}": texte for code, texte in textes.items()}
    montrees = {f"{JUSTIFICATION}{code}": empreinte_ecrite(lues.get(code) or None) for code in textes}
    return ecrire(Justifications(candidature), voulues, montrees, page=page, par=par, le=le)


def textes_de(candidature: Candidature) -> dict[str, str]:
    """Les justifications gardées, par code de contrôle."""
    return {justification.controle: justification.texte for justification in candidature.justifications.all()}
