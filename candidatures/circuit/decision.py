"""La décision du comité : ce qui l'éclaire, ce qu'elle dépasse, et ce qu'une personne peut en connaître."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from candidatures.avancement.plan import CENT, Equilibre, aide_demandee
from candidatures.champs.montants import dire_montant, dire_part
from candidatures.etats import DECIDES, Etat
from candidatures.lecture.avis_lus import REGIONAUX, rendus
from candidatures.models import Candidature
from comptes.models import Utilisateur


@dataclass(frozen=True, slots=True)
class DecisionLue:
    """Une décision que la personne peut connaître ; `publiee_le` vide : elle ne l'est pas encore."""

    etat: Etat
    montant: str
    motif: str
    publiee_le: datetime | None


def decision_lue(candidature: Candidature, utilisateur: Utilisateur) -> DecisionLue | None:
    """La décision, si elle est prise et que cette personne peut la connaître."""
    etat = candidature.etat_lu_par(utilisateur)
    if etat not in DECIDES:
        return None
    montant, publiee_le = dire_montant(candidature.montant_accorde), candidature.campagne.publiee_le
    return DecisionLue(etat, montant, candidature.motif_de_la_decision, publiee_le)


def dire_aide(candidature: Candidature) -> str:
    """« 21 000 € », à défaut « 50 % » ; vide si le plan ne le dit pas."""
    montant, part = aide_demandee(candidature).textes
    return montant or part


def depassements(candidature: Candidature, montant: Decimal | None) -> list[str]:
    """Ce que ce montant dépasse : le plafond, le taux de la campagne ; des phrases, vides si tout va."""
    if montant is None:
        return []
    campagne, phrases = candidature.campagne, []
    if campagne.plafond is not None and montant > campagne.plafond:
        phrases.append(f"Aide maximale par projet dépassée ({dire_montant(campagne.plafond)}).")
    taux = taux_de(candidature, montant)
    if taux is not None and campagne.taux_maximum is not None and taux > campagne.taux_maximum:
        phrases.append(f"Taux dépassé : {dire_part(taux)} des dépenses, pour {dire_part(campagne.taux_maximum)} au plus.")
    return phrases


def taux_de(candidature: Candidature, montant: Decimal) -> Decimal | None:
    """La part des dépenses du plan que couvre ce montant, arrondie vers le haut au centième ; None s'il n'est pas chiffré."""
    depenses = Equilibre.de(candidature.lignes.all()).depenses.montant
    if not depenses:
        return None
    return (montant * CENT / depenses).quantize(Decimal("0.01"), rounding="ROUND_CEILING")


def avis_regionaux(candidature: Candidature) -> list[tuple[str, str]]:
    """Chaque région qui a rendu son avis, et son sens ; aucune requête si les avis et les départements sont préchargés."""
    regions = {d.region_id: str(d.region) for d in candidature.departements.all()}
    avis = sorted(rendus(candidature)[REGIONAUX], key=lambda a: a.region_id)
    return [(regions.get(a.region_id, a.region_id), a.get_sens_display()) for a in avis]


def reperes(candidature: Candidature) -> list[tuple[str, str]]:
    """Ce qu'on a sous les yeux en décidant : l'état présent, l'aide demandée, les bornes de la campagne, les avis régionaux."""
    campagne, plan = candidature.campagne, Equilibre.de(candidature.lignes.all())
    lus = (
        ("État présent", " – ".join(filter(None, (candidature.get_etat_display(), dire_montant(candidature.montant_accorde))))),
        ("Aide demandée", dire_aide(candidature)),
        ("Dépenses du plan", dire_montant(plan.depenses.montant)),
        ("Aide maximale par projet", dire_montant(campagne.plafond)),
        ("Taux maximal", dire_part(campagne.taux_maximum)),
        ("Avis régionaux", " ; ".join(f"{region} : {sens}" for region, sens in avis_regionaux(candidature))),
    )
    return [(quoi, dit) for quoi, dit in lus if dit]
