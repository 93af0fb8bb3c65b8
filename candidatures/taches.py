"""Les besognes des candidatures : préparer les archives demandées, effacer les anciennes ; oublier qui remplissait une fiche."""

from candidatures.annexes import analyse
from candidatures.archives import actions as archives
from candidatures.models import Changement
from candidatures.plusieurs_mains import historique, presence
from hlm_projets.envoi.travailleur import besogne
from hlm_projets.requete.middleware import maintenant


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
    return historique.est_l_heure_d_elaguer(Changement) and historique.elaguer(Changement, maintenant())


@besogne
def analyser_une_annexe() -> bool:
    """Soumet une annexe à l'antivirus."""
    return analyse.analyser_la_prochaine(maintenant())


@besogne
def alerter_si_l_antivirus_tarde() -> bool:
    """Une ligne au journal technique si une annexe attend depuis plus de 15 minutes."""
    return analyse.alerter_si_l_antivirus_tarde(maintenant())


_menage = analyse.Menage()


@besogne
def effacer_les_fichiers_sans_annexe() -> bool:
    """Efface les fichiers que plus rien ne nomme."""
    return _menage.faire(maintenant())
