"""Ce que les essais des annexes partagent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.utils import timezone

from comptes.models import Utilisateur


def sur_le_disque(stockage: Path) -> list[str]:
    """Les fichiers gardés, par leur nom dans le stockage."""
    return sorted(str(chemin.relative_to(stockage)) for chemin in stockage.rglob("*") if chemin.is_file())


def agir(par: Utilisateur) -> dict[str, Any]:
    """Qui, et quand."""
    return {"par": par, "maintenant": timezone.now()}
