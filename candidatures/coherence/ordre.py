"""Dans quel ordre les constats se lisent, et dans quelle section."""

from __future__ import annotations

from collections.abc import Iterable

from candidatures.avancement.completude import champs_de, code_de
from candidatures.coherence.constat import Constat, Niveau
from candidatures.fiche import SECTIONS, MontageFinancier, Projet

SECTION_DE = {champ.name: code_de(section) for section in SECTIONS for champ in champs_de(section)} | {
    "departements": code_de(Projet),
    "organismes": code_de(Projet),
    "lignes": code_de(MontageFinancier),
}
ORDRE = [Niveau.BLOQUANT, Niveau.A_JUSTIFIER, Niveau.INFORMATION]


def par_gravite(constats: Iterable[Constat]) -> list[Constat]:
    """Les bloquants, puis ceux à justifier, puis les informations."""
    return sorted(constats, key=lambda constat: ORDRE.index(constat.niveau))


def de_la_section(constats: Iterable[Constat], code: str) -> list[Constat]:
    """Ceux dont une rubrique au moins est dans cette section."""
    return [c for c in par_gravite(constats) if code in {SECTION_DE.get(nom) for nom in c.rubriques}]
