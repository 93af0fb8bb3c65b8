"""Les contrôles de cohérence : chacun rend None, ou un constat en français avec ses rubriques, ses chiffres et son niveau."""

from candidatures.coherence.constat import Constat, Controle, Niveau, intitule
from candidatures.coherence.controles import (
    AUCUN,
    CONTROLE_PAR_CODE,
    CONTROLES,
    EXIGEES,
    JUSTIFICATIONS,
    PERSONNELLES,
    a_traiter,
    constats,
    constats_a_figer,
    justifications,
    justifications_exigees,
    niveau_de,
    sans_justification,
)

__all__ = [
    "AUCUN",
    "CONTROLES",
    "CONTROLE_PAR_CODE",
    "EXIGEES",
    "JUSTIFICATIONS",
    "PERSONNELLES",
    "Constat",
    "Controle",
    "Niveau",
    "a_traiter",
    "constats",
    "constats_a_figer",
    "intitule",
    "justifications",
    "justifications_exigees",
    "niveau_de",
    "sans_justification",
]
