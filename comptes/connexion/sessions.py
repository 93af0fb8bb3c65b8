"""Fermer les sessions d'une personne : un droit retiré l'est partout, tout de suite (F-34)."""

from __future__ import annotations

from datetime import datetime

from comptes.models import Seance, Utilisateur


def fermer_les_sessions(personne: Utilisateur, *, le: datetime) -> int:
    """Efface les sessions ouvertes de cette personne ; rend leur nombre."""
    return Seance.objects.filter(utilisateur=personne, expire_date__gt=le).delete()[0]
