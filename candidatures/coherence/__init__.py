"""Les contrôles de cohérence : chacun rend None, ou un constat en français avec ses rubriques, ses chiffres et son niveau."""

from candidatures.coherence.constat import Constat, Controle, Niveau, intitule
from candidatures.coherence.controles import (
    AUCUN,
    CONTROLE_PAR_CODE,
    CONTROLES,
    PERSONNELLES,
    a_traiter,
    constats,
    constats_a_figer,
    justifications,
    niveau_de,
)

__all__ = [
    "AUCUN",
    "CONTROLES",
    "CONTROLE_PAR_CODE",
    "PERSONNELLES",
    "Constat",
    "Controle",
    "Niveau",
    "a_traiter",
    "constats",
    "constats_a_figer",
    "intitule",
    "justifications",
    "niveau_de",
]
