"""Le reçu d'un dépôt : numéro, instant à la seconde, empreinte, et ce qui se passe ensuite."""

from __future__ import annotations

from candidatures.documents.recu import Recu
from candidatures.models import Candidature
from territoires.heures import dire_a_la_seconde

SUITE = (
    "Le service départemental de chaque département concerné lit le dossier et rend son avis.",
    "Puis le niveau régional de chaque région concernée formule un avis global.",
    "Le comité national décide ; la décision vous est dite à sa publication, sur cette page et par courriel.",
    "Jusqu'à cette publication, la candidature peut être retirée par une personne habilitée à déposer.",
)


def recu_de(candidature: Candidature) -> Recu:
    """Le reçu d'une candidature déposée."""
    version = candidature.version
    if version is None:
        raise ValueError("Un reçu n'existe que d'une candidature déposée.")
    return Recu(
        numero=candidature.reference,
        nom=candidature.titre,
        campagne=candidature.campagne.titre,
        organisme=candidature.organisme.nom,
        depose_le=dire_a_la_seconde(version.evenement.le),
        depose_par=version.evenement.par_nom,
        empreinte=version.empreinte,
        suite=SUITE,
    )
