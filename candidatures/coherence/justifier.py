"""Ce que le porteur répond aux constats de cohérence : écrit au fil de la frappe comme le reste, jamais sur le texte d'un collègue."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from candidatures import regles
from candidatures.models import Candidature, Justification
from candidatures.plusieurs_mains import historique
from candidatures.plusieurs_mains.verdicts import AUTRUI, SIENNE
from candidatures.verrou import Conflit, PlusModifiable, verrouiller
from comptes.models import Utilisateur

MAXIMUM = 2_000
"""Caractères d'une justification."""


def justifier(
    candidature: Candidature,
    textes: Mapping[str, str],
    *,
    lues: Mapping[str, str],
    par: Utilisateur,
    le: datetime,
    page: str = "",
) -> Candidature:
    """Écrit les justifications données, par code de contrôle ; `lues` : celles que la page montrait.

    Lève PermissionDenied, PlusModifiable, ou Conflit si un collègue en a changé une entre-temps (les autres sont écrites).
    """
    with transaction.atomic():
        gardee = verrouiller(candidature, Candidature.objects.all())
        if not regles.peut(regles.peut_remplir, par, gardee):
            raise PermissionDenied
        if not regles.fiche_ouverte(gardee):
            raise PlusModifiable
        anciennes = textes_de(gardee)
        douteuses = {
            code: historique.verdict(gardee.changements.all(), _rubrique(code), page)
            for code in textes
            if anciennes.get(code, "") not in (lues.get(code, ""), textes[code])
        }
        ecrites = {code: texte for code, texte in textes.items() if douteuses.get(code, SIENNE) == SIENNE}
        _ecrire(gardee, ecrites, par, le)
        avant = {_rubrique(code): anciennes.get(code) or None for code in ecrites}
        apres = {_rubrique(code): texte or None for code, texte in ecrites.items()}
        historique.noter(gardee, avant, apres, par=par, page=page, le=le)
    if disputes := [code for code, verdict in douteuses.items() if verdict == AUTRUI and textes[code] != lues.get(code, "")]:
        raise Conflit(gardee, disputes)
    return gardee


def textes_de(candidature: Candidature) -> dict[str, str]:
    """Les justifications gardées, par code de contrôle."""
    return {justification.controle: justification.texte for justification in candidature.justifications.all()}


def _rubrique(code: str) -> str:
    return f"justification:{code}"


def _ecrire(candidature: Candidature, textes: Mapping[str, str], par: Utilisateur, le: datetime) -> None:
    lignes = [
        Justification(candidature=candidature, controle=code, texte=texte, par=par, le=le) for code, texte in textes.items()
    ]
    Justification.objects.bulk_create(
        lignes, update_conflicts=True, unique_fields=["candidature", "controle"], update_fields=["texte", "par", "le"]
    )
