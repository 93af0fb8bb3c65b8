"""Les modèles de l'application « candidatures »."""

from candidatures.models.archive import Archive
from candidatures.models.campagne import Campagne
from candidatures.models.candidature import Candidature
from candidatures.models.evenement import Evenement
from candidatures.models.financement import LigneDuPlan
from candidatures.models.historique import Changement
from candidatures.models.justification import Justification
from candidatures.models.numerotation import Compteur
from candidatures.models.partage import Partage, Presence
from candidatures.models.piece import Piece, TypeDePiece
from candidatures.models.porteur import Porteur
from candidatures.models.rapprochement import SuiteDeMots, TexteCompare
from candidatures.models.version import Version

__all__ = [
    "Archive",
    "Campagne",
    "Candidature",
    "Changement",
    "Compteur",
    "Evenement",
    "Justification",
    "LigneDuPlan",
    "Partage",
    "Piece",
    "Porteur",
    "Presence",
    "SuiteDeMots",
    "TexteCompare",
    "TypeDePiece",
    "Version",
]
