"""La protection des avis figés."""

from __future__ import annotations

from avis.models import AvisFige
from hlm_projets.journal import poser_declencheurs


def proteger(**_: object) -> None:
    """Pose les déclencheurs (après migration)."""
    poser_declencheurs(AvisFige)
