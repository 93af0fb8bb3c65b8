"""Dans quel ordre les constats se lisent, et dans quelle section."""

from __future__ import annotations

from collections.abc import Iterable

from candidatures.coherence.constat import Constat, Niveau
from candidatures.sections import SECTION_DE

ORDRE = [Niveau.BLOQUANT, Niveau.A_JUSTIFIER, Niveau.INFORMATION]


def par_gravite(constats: Iterable[Constat]) -> list[Constat]:
    """Les bloquants, puis ceux à justifier, puis les informations."""
    return sorted(constats, key=lambda constat: ORDRE.index(constat.niveau))


def de_la_section(constats: Iterable[Constat], code: str) -> list[Constat]:
    """Ceux dont une rubrique au moins est dans cette section."""
    return [c for c in par_gravite(constats) if code in {SECTION_DE.get(nom) for nom in c.rubriques}]
