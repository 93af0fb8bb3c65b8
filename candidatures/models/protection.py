"""La protection du journal des candidatures et des versions figées."""

from __future__ import annotations

from candidatures.models import Evenement, Version
from hlm_projets.journal import poser_declencheurs


def proteger(**_: object) -> None:
    """Pose les déclencheurs (après migration)."""
    poser_declencheurs(Evenement, Version)
