"""Les modèles de l'application « candidatures »."""

from candidatures.models.annexe import Annexe, TypeDAnnexe
from candidatures.models.archive import Archive
from candidatures.models.campagne import Campagne
from candidatures.models.candidature import Candidature
from candidatures.models.evenement import Evenement
from candidatures.models.financement import LigneDuPlan
from candidatures.models.historique import Changement
from candidatures.models.justification import Justification
from candidatures.models.numerotation import Compteur
from candidatures.models.partage import Partage, Presence
from candidatures.models.porteur import Porteur
from candidatures.models.rapprochement import SuiteDeMots, TexteCompare
from candidatures.models.version import Version

__all__ = [
    "Annexe",
    "Archive",
    "Campagne",
    "Candidature",
    "Changement",
    "Compteur",
    "Evenement",
    "Justification",
    "LigneDuPlan",
    "Partage",
    "Porteur",
    "Presence",
    "SuiteDeMots",
    "TexteCompare",
    "TypeDAnnexe",
    "Version",
]
