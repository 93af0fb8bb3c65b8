"""La chronologie d'un dossier, telle que chacun peut la connaître.

Le national lit tout ; un service, les avis de ses territoires ; le bailleur, ni les avis, ni leurs allers et retours. Une décision
ne se lit qu'à sa publication, et seule la dernière : ses corrections ne regardent que le national.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from candidatures import regles
from candidatures.circuit import PASSAGES
from candidatures.etats import DU_COMITE
from candidatures.models import Candidature, Evenement
from comptes.models import Utilisateur
from comptes.portees import Portee, portee_de
from hlm_projets.composees import Composee, Valeur
from hlm_projets.ecran.colonnes import colonne

AVIS = {
    "rendre_avis": "Avis {} rendu",
    "rouvrir_avis": "Avis {} rouvert",
    "reporter_avis": "Échéance de l'avis {} déplacée",
}
NIVEAUX = {"departement": "départemental", "region": "régional"}
ACTES_D_AVIS = {
    f"{acte}_{niveau}": (niveau, phrase.format(nom)) for acte, phrase in AVIS.items() for niveau, nom in NIVEAUX.items()
}
PUBLIER = "publier_decision"
JUMELAGE = {"lier_jumelle": "Liée à une fiche jumelle", "delier_jumelle": "Déliée de sa fiche jumelle"}
FAITS = {
    "creer": "Candidature commencée",
    "reprendre": "Reprise d'une candidature antérieure",
    **JUMELAGE,
    **{nom: passage.fait for nom, passage in PASSAGES.items()},
}


@dataclass(frozen=True, slots=True)
class Fait:
    """Une ligne, pour le composant « chronologie »."""

    instant: datetime
    libelle: str
    auteur: str
    motif: str


def chronologie(candidature: Candidature, utilisateur: Utilisateur) -> list[Fait]:
    """Ce que la personne peut connaître, du plus récent au plus ancien."""
    evenements = _EVENEMENTS.lire(candidature=candidature.pk)
    portee = portee_de(utilisateur)
    if not regles.peut(regles.peut_consulter, utilisateur, candidature):
        evenements = list(_pour_un_bailleur(candidature, evenements))
    return [_fait(candidature, portee, e) for e in evenements if _connait(portee, e)]


_EVENEMENTS = Composee(
    lambda: Evenement.objects.filter(
        candidature=Valeur("candidature", colonne(Evenement, "candidature")), acte__in=[*FAITS, *ACTES_D_AVIS, PUBLIER]
    ).order_by("-le", "-pk")
)


def _pour_un_bailleur(candidature: Candidature, evenements: list[Evenement]) -> Iterator[Evenement]:
    """Des passages que le circuit franchit seul, le bailleur ne connaît que le dernier vers le comité, si le dossier y est resté."""
    au_comite = candidature.etat in DU_COMITE
    dernier = next((e for e in evenements if au_comite and e.acte == "ouvrir_comite"), None)
    for evenement in evenements:
        if evenement.acte in JUMELAGE:
            continue  # l'autre dossier n'est pas le sien
        passage = PASSAGES.get(evenement.acte)
        if passage is None or not passage.est_automatique or evenement is dernier:
            yield evenement


def _connait(portee: Portee, evenement: Evenement) -> bool:
    if evenement.acte in ACTES_D_AVIS:
        niveau, _ = ACTES_D_AVIS[evenement.acte]
        return portee.lit_tout or evenement.detail.get("territoire") in (
            portee.departements if niveau == "departement" else portee.regions
        )
    passage = PASSAGES.get(evenement.acte)
    return passage is None or not passage.interne or portee.connait_les_decisions


def _fait(candidature: Candidature, portee: Portee, evenement: Evenement) -> Fait:
    """Qui a rendu le dernier avis ne se lit pas dans le passage qui s'ensuit."""
    passage = PASSAGES.get(evenement.acte)
    tu = passage is not None and passage.est_automatique and not portee.lit_tout
    libelle, motif = _libelle(candidature, evenement), evenement.motif
    if evenement.acte == PUBLIER:
        motif = candidature.motif_de_la_decision
    return Fait(evenement.le, libelle, "" if tu else evenement.par_nom, motif)


def _libelle(candidature: Candidature, evenement: Evenement) -> str:
    if evenement.acte == PUBLIER:
        return f"Décision publiée : {candidature.get_etat_display()}"
    if evenement.acte not in ACTES_D_AVIS:
        return FAITS[evenement.acte]
    niveau, phrase = ACTES_D_AVIS[evenement.acte]
    code = evenement.detail.get("territoire")
    noms = {d.pk if niveau == "departement" else d.region_id: d for d in candidature.departements.all()}
    lieu = noms.get(code)
    return f"{phrase} : {lieu if niveau == 'departement' or lieu is None else lieu.region}"
