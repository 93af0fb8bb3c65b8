"""Écrire un acte de gestion au journal."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from comptes.models import Acte, Utilisateur
from hlm_projets.journal import poser_declencheurs


def consigner(acte: str, objet: object, *, par: Utilisateur | None, le: datetime, **detail: Any) -> Acte:
    """Ajoute une ligne, dans la transaction de l'appelant. `detail` ne contient jamais de texte de dossier ni de jeton."""
    return Acte.objects.create(acte=acte, objet=str(objet)[:350], par=par, par_nom=str(par or ""), le=le, detail=detail)


def proteger(**_: object) -> None:
    """Pose les déclencheurs (après migration)."""
    poser_declencheurs(Acte)
