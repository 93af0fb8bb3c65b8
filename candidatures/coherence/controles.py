"""La table des contrôles. En ajouter un : écrire sa fonction, ajouter sa ligne."""

from __future__ import annotations

from collections.abc import Iterable

from candidatures.champs.textes import est_vide
from candidatures.coherence.ailleurs import nombre_dans_le_texte
from candidatures.coherence.constat import Constat, Controle, Niveau, Trouve
from candidatures.coherence.couts import (
    accompagnement_et_total,
    cout_global_et_parties,
    cout_par_logement,
    cout_par_menage,
    couts_saisis,
)
from candidatures.coherence.dossiers import depose_deux_fois, fiche_jumelle
from candidatures.coherence.effectifs import (
    duree_dans_les_bornes,
    menages_et_logements,
    nombre_et_precision,
)
from candidatures.coherence.financement import (
    aide_dans_le_plan,
    aide_sous_le_plafond,
    aide_sous_le_taux,
    parts_a_cent,
    parts_et_montants,
    ressources_et_depenses,
)
from candidatures.coherence.redaction import annexe_annoncee, donnees_personnelles, region_nommee, texte_de_remplissage
from candidatures.models import Candidature

BLOQUANT, A_JUSTIFIER, INFORMATION = Niveau.BLOQUANT, Niveau.A_JUSTIFIER, Niveau.INFORMATION
AUCUN = "aucun"
"""Le niveau par lequel une campagne tait un contrôle."""
PERSONNELLES = "donnees_personnelles"
JUSTIFICATIONS, EXIGEES = "justifications", "exigees"
"""Par ce réglage, une campagne refuse un dépôt dont un constat reste à justifier ; sinon les services lisent qu'il ne l'est pas."""

CONTROLES: tuple[Controle, ...] = (
    Controle("region_nommee", "Région nommée hors des départements cochés", A_JUSTIFIER, region_nommee),
    Controle("depose_deux_fois", "Même projet déposé deux fois par l'organisme", A_JUSTIFIER, depose_deux_fois, rapproche=True),
    Controle("fiche_jumelle", "Fiche très proche d'un autre organisme", INFORMATION, fiche_jumelle, rapproche=True),
    Controle("nombre_et_precision", "Nombre contredit par sa précision", A_JUSTIFIER, nombre_et_precision),
    Controle("nombre_dans_le_texte", "Nombre contredit ailleurs dans le texte", INFORMATION, nombre_dans_le_texte),
    Controle("menages_et_logements", "Ménages et logements en nombres différents", INFORMATION, menages_et_logements),
    Controle("ressources_depenses", "Ressources égales aux dépenses", A_JUSTIFIER, ressources_et_depenses),
    Controle("aide_dans_le_plan", "Aide demandée dans le plan, et la même dans le texte", A_JUSTIFIER, aide_dans_le_plan),
    Controle("aide_plafond", "Aide demandée sous l'aide maximale par projet", A_JUSTIFIER, aide_sous_le_plafond),
    Controle("aide_taux", "Aide demandée sous le taux maximal", A_JUSTIFIER, aide_sous_le_taux),
    Controle("parts_a_cent", "Parts qui font 100 %", A_JUSTIFIER, parts_a_cent),
    Controle("parts_et_montants", "Parts accordées aux montants", INFORMATION, parts_et_montants),
    Controle("cout_par_menage", "Coût par ménage et par an plausible", A_JUSTIFIER, cout_par_menage),
    Controle("cout_par_logement", "Coût par logement et par an plausible", INFORMATION, cout_par_logement),
    Controle("couts_saisis", "Coûts unitaires plausibles", A_JUSTIFIER, couts_saisis),
    Controle("accompagnement_total", "Accompagnement de tous les ménages et total du plan", A_JUSTIFIER, accompagnement_et_total),
    Controle("cout_global_parties", "Coût global et somme de ses parties", INFORMATION, cout_global_et_parties),
    Controle("duree_bornes", "Durée dans les bornes de la campagne", BLOQUANT, duree_dans_les_bornes),
    Controle("annexe_annoncee", "Annexe annoncée et non jointe", A_JUSTIFIER, annexe_annoncee),
    Controle("texte_de_remplissage", "Blanc ou consigne du modèle resté dans le texte", A_JUSTIFIER, texte_de_remplissage),
    Controle(PERSONNELLES, "Donnée qui désigne une personne", INFORMATION, donnees_personnelles),
)
"""Dans l'ordre où les constats se montrent ; le niveau est celui d'une campagne qui n'en dit rien."""

CONTROLE_PAR_CODE = {controle.code: controle for controle in CONTROLES}


def constats(candidature: Candidature, *, rapproches: bool = True) -> list[Constat]:
    """Tout ce que les contrôles trouvent, dans l'ordre de la table ; sans `rapproches`, d'après ce seul dossier.

    La candidature est préchargée (`pour_lecture`) : seuls les deux rapprochements font une requête, chacun.
    """
    trouves = []
    for controle in (c for c in CONTROLES if rapproches or not c.rapproche):
        niveau = niveau_de(candidature, controle)
        trouve = controle.fonction(candidature) if niveau else None
        if niveau and trouve:
            trouves.append(_constat(controle, niveau, trouve))
    return trouves


def niveau_de(candidature: Candidature, controle: Controle) -> Niveau | None:
    """Celui que choisit la campagne, à défaut celui de la table ; None si elle tait le contrôle. Un rappel E-2 ne refuse jamais."""
    choisi = (candidature.campagne.niveaux or {}).get(controle.code)
    if choisi == AUCUN:
        return None
    if controle.code == PERSONNELLES or choisi not in Niveau.values:
        return controle.niveau
    return Niveau(choisi)


def _constat(controle: Controle, niveau: Niveau, trouve: Trouve) -> Constat:
    return Constat(controle.code, niveau, trouve.phrase, trouve.rubriques, trouve.chiffres, trouve.detail)


def justifications(candidature: Candidature) -> dict[str, str]:
    """Ce que le porteur répond à chaque constat, par code ; une justification blanche n'en est pas une."""
    return {j.controle: j.texte for j in candidature.justifications.all() if not est_vide(j.texte)}


def a_traiter(candidature: Candidature) -> tuple[list[Constat], list[Constat]]:
    """Les constats bloquants, puis ceux qui attendent une justification."""
    trouves = constats(candidature)
    return [c for c in trouves if c.niveau == BLOQUANT], sans_justification(candidature, trouves)


def sans_justification(candidature: Candidature, trouves: Iterable[Constat]) -> list[Constat]:
    """Ceux de ces constats qui attendent encore une justification."""
    repondus = justifications(candidature)
    return [c for c in trouves if c.niveau == A_JUSTIFIER and c.code not in repondus]


def justifications_exigees(candidature: Candidature) -> bool:
    """Vrai si la campagne refuse le dépôt tant qu'un constat « à justifier » ne l'est pas (formulaire : par défaut, rien de tel)."""
    return bool((candidature.campagne.niveaux or {}).get(JUSTIFICATIONS) == EXIGEES)


def constats_a_figer(candidature: Candidature) -> list[dict[str, object]]:
    """Les constats et leurs justifications, en JSON, pour la version figée ; jamais les données personnelles (E-2)."""
    repondus = justifications(candidature)
    return [
        {
            "code": c.code,
            "niveau": c.niveau.value,
            "phrase": c.phrase,
            "rubriques": list(c.rubriques),
            "chiffres": c.chiffres,
            "justification": repondus.get(c.code, ""),
        }
        for c in constats(candidature)
        if c.code != PERSONNELLES
    ]
