"""Les modèles de l'application « candidatures »."""

from candidatures.models.archive import Archive
from candidatures.models.campagne import Campagne
from candidatures.models.candidature import Candidature
from candidatures.models.evenement import Evenement
from candidatures.models.financement import LigneDuPlan
from candidatures.models.numerotation import Compteur
from candidatures.models.porteur import Porteur
from candidatures.models.version import Version

__all__ = ["Archive", "Campagne", "Candidature", "Compteur", "Evenement", "LigneDuPlan", "Porteur", "Version"]
