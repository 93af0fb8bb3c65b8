"""Les besognes des candidatures : préparer les archives demandées, effacer les anciennes."""

from candidatures import archives
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
