"""Le courriel d'une annexe écartée."""

from __future__ import annotations

from django.urls import reverse

from candidatures import regles
from candidatures.destinataires import adresses_du_bailleur
from candidatures.models import Annexe, Candidature
from hlm_projets.envoi.courriels import Valeur, inscrire, lien


def annexe_ecartee(candidature: Candidature, annexe: Annexe) -> None:
    """L'antivirus a trouvé quelque chose : à qui a joint le fichier ; s'il n'a plus accès au dossier, au porteur."""
    ouverte = regles.fiche_ouverte(candidature)
    contexte: dict[str, Valeur] = {
        "numero": candidature.reference,
        "titre": candidature.titre,
        "fichier": annexe.nom,
        "type": annexe.type.libelle,
        "trouve": annexe.analyse,
        "ouverte": int(ouverte),
        "adresse": lien(reverse("candidatures:annexes" if ouverte else "candidatures:fiche", args=[candidature.pk])),
    }
    y_est_encore = regles.peut(regles.peut_lire_en_porteur, annexe.jointe_par, candidature)
    for adresse in [annexe.jointe_par.courriel] if y_est_encore else adresses_du_bailleur(candidature):
        inscrire("annexe_ecartee", adresse, contexte, cle=f"piece:{annexe.pk}")
