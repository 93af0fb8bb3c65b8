"""Les besognes des candidatures : préparer les archives demandées, effacer les anciennes ; oublier qui remplissait une fiche."""

from candidatures import archives, historique, presence
from candidatures.models import Changement
from hlm_projets.middleware import maintenant
from hlm_projets.travailleur import besogne


@besogne
def preparer_une_archive() -> bool:
    """Un pas : choisir les dossiers, faire un PDF, ou assembler."""
    return archives.avancer(maintenant())


@besogne
def effacer_les_archives() -> bool:
    """Efface les archives de plus de 32 heures."""
    return archives.effacer_les_perimees(maintenant())


@besogne
def effacer_les_presences() -> bool:
    """Efface les présences de plus d'une heure."""
    return presence.effacer_les_anciennes(maintenant())


@besogne
def elaguer_l_historique() -> bool:
    """Efface les changements au-delà de ce que l'on garde par rubrique."""
    return historique.elaguer(Changement, maintenant())
