"""Les coûts écrits (rubriques 26 à 29) : dans la plage plausible, entre eux, et contre le total du plan.

Plages : celles que les éditions passées ont montrées, élargies (coût par ménage et par an, diagnostic).
"""

from __future__ import annotations

import re
from decimal import Decimal

from candidatures.champs.fourchettes import Fourchette, Unite
from candidatures.champs.montants import dire_montant
from candidatures.coherence.constat import Trouve, intitule
from candidatures.coherence.effectifs import annees
from candidatures.coherence.financement import EURO, total_du_plan
from candidatures.coherence.nombres import dire
from candidatures.models import Candidature, LigneDuPlan

PAR_AN = (Decimal(200), Decimal(10_000))
"""Euros par ménage, ou par logement, et par an."""
DIAGNOSTIC_MAXIMUM = Decimal(2_000)
"""Euros par ménage, une fois."""
DOUZE = Decimal(12)
MOITIE = Decimal("0.5")
CENTIME = Decimal("0.01")
MENSUELLES = (Unite.MENAGE_MOIS, Unite.MESURE_MOIS, Unite.LOGEMENT_MOIS)
ANNUELLES = (Unite.MENAGE_AN, Unite.LOGEMENT_AN)
Bornes = tuple[Decimal, Decimal]
_ACCOMPAGNEMENT = re.compile(r"accompagnement|suivi social|diagnostic", re.IGNORECASE)
VERIFIEZ = "vérifiez le montant et son unité, ou dites pourquoi."


def bornes(cout: Fourchette | None) -> Bornes | None:
    """Le plus petit et le plus grand montant ; None si le coût n'est pas chiffré."""
    if not isinstance(cout, Fourchette) or (cout.min is None and cout.max is None):
        return None
    connus = [montant for montant in (cout.min, cout.max) if montant is not None]
    return min(connus), max(connus)


def par_an(cout: Fourchette | None, duree: Decimal | None) -> Bornes | None:
    """Le coût annuel d'un ménage ou d'un logement ; un coût pour tout le projet se dépense en un an au moins, en `duree` au plus."""
    lues = bornes(cout)
    if lues is None or cout is None or not cout.unite:
        return None
    if cout.unite in MENSUELLES:
        return lues[0] * DOUZE, lues[1] * DOUZE
    return lues if cout.unite in ANNUELLES else (lues[0] / max(duree or Decimal(1), Decimal(1)), lues[1])


def pour_le_projet(cout: Fourchette | None, duree: Decimal | None) -> Bornes | None:
    """Ce que coûte un ménage (un logement) en tout : un an ou un mois au moins, toute la durée au plus."""
    lues = bornes(cout)
    if lues is None or cout is None or not cout.unite:
        return None
    if cout.unite == Unite.MENAGE:
        return lues
    if duree is None:
        return None
    if cout.unite in ANNUELLES:
        return lues[0] * min(duree, Decimal(1)), lues[1] * duree
    return lues[0], lues[1] * duree * DOUZE


def _chaque_annee(montant: Decimal, duree: Decimal) -> Decimal:
    """Au centime : sept mois font 0,5833… an, et 10 000 € tout juste en dépassaient d'un rien."""
    return (montant / duree).quantize(CENTIME)


def _dire(plage: Bornes) -> str:
    mini, maxi = (valeur.quantize(EURO) for valeur in plage)
    return dire_montant(mini) if mini == maxi else f"de {dire(mini)} à {dire_montant(maxi)}"


def _hors_de_la_plage(annuel: Decimal) -> bool:
    return not PAR_AN[0] <= annuel <= PAR_AN[1]


# --- La plage plausible ----------------------------------------------------------------------------------------------------
def cout_par_menage(candidature: Candidature) -> Trouve | None:
    """Le total du plan, par ménage et par an, est dans la plage plausible."""
    return _du_plan(candidature, candidature.nombre_menages, "ménage", "nombre_menages")


def cout_par_logement(candidature: Candidature) -> Trouve | None:
    """Le total du plan par logement et par an, s'il diffère de celui par ménage ; le coût de la gestion locative."""
    gestion = par_an(candidature.cout_gestion_locative, annees(candidature))
    if gestion and gestion[0] > PAR_AN[1]:
        return _saisi("cout_gestion_locative", gestion, "par logement et par an", f"{dire_montant(PAR_AN[1])} au plus")
    logements = candidature.nombre_logements
    return None if logements == candidature.nombre_menages else _du_plan(candidature, logements, "logement", "nombre_logements")


def _du_plan(candidature: Candidature, nombre: int | None, quoi: str, champ: str) -> Trouve | None:
    total, duree = total_du_plan(candidature), annees(candidature)
    if not total or not nombre or not duree:
        return None
    annuel = _chaque_annee(total / nombre, duree)
    if not _hors_de_la_plage(annuel):
        return None
    mois = f"{candidature.duree_mois} mois"
    return Trouve(
        f"Le plan fait {_dire((annuel, annuel))} par {quoi} et par an ({dire_montant(total)} pour {dire(nombre)} {quoi}"
        f"{'s' if nombre > 1 else ''} sur {mois}) ; on attend {_dire(PAR_AN)}. Vérifiez ces trois nombres, ou expliquez.",
        ("lignes", champ, "duree_mois"),
        {"Total du plan": dire_montant(total), f"Par {quoi} et par an": _dire((annuel, annuel))},
    )


def couts_saisis(candidature: Candidature) -> Trouve | None:
    """Le diagnostic, l'accompagnement et le coût global, par ménage, sont dans la plage plausible."""
    diagnostic = bornes(candidature.cout_diagnostic)
    if diagnostic and diagnostic[0] > DIAGNOSTIC_MAXIMUM:
        return _saisi("cout_diagnostic", diagnostic, "par ménage", f"{dire_montant(DIAGNOSTIC_MAXIMUM)} au plus")
    for nom in ("cout_accompagnement", "cout_global"):
        annuel = par_an(getattr(candidature, nom), annees(candidature))
        if annuel and (annuel[0] > PAR_AN[1] or annuel[1] < PAR_AN[0]):
            return _saisi(nom, annuel, "par ménage et par an", _dire(PAR_AN))
    return None


def _saisi(nom: str, plage: Bornes, unite: str, attendu: str) -> Trouve:
    return Trouve(
        f"« {intitule(nom)} » : {_dire(plage)} {unite} ; on attend {attendu}. Le montant paraît "
        f"{'élevé' if plage[0] > PAR_AN[0] else 'faible'} : {VERIFIEZ}",
        (nom,),
        {"Coût écrit": f"{_dire(plage)} {unite}"},
    )


# --- Contre le total, et entre eux -------------------------------------------------------------------------------------------
def accompagnement_et_total(candidature: Candidature) -> Trouve | None:
    """Le coût de l'accompagnement, pour tous les ménages, tient dans le total du plan, et en est une part visible."""
    total, menages = total_du_plan(candidature), candidature.nombre_menages
    par_menage = pour_le_projet(candidature.cout_accompagnement, annees(candidature))
    if not total or not menages or par_menage is None:
        return None
    mini, maxi = par_menage[0] * menages, (par_menage[1] + _le_reste(candidature)) * menages
    if mini <= total + EURO * menages and maxi >= _lignes_d_accompagnement(candidature, total) * MOITIE:
        return None
    trop = mini > total
    calcul = f"{_dire((par_menage[0] if trop else par_menage[1],) * 2)} par ménage pour {dire(menages)} ménages"
    suite = (
        f"font au moins {_dire((mini, mini))}, plus que le total du plan ({dire_montant(total)})"
        if trop
        else f"et les autres coûts écrits font au plus {_dire((maxi, maxi))}, moins de la moitié de ce qu'y met le plan"
    )
    return Trouve(
        f"L'accompagnement : {calcul} {suite}. Vérifiez le coût, son unité et le nombre de ménages, ou expliquez l'écart.",
        ("cout_accompagnement", "nombre_menages", "lignes"),
        {"Accompagnement": _dire((mini, mini) if trop else (maxi, maxi)), "Total du plan": dire_montant(total)},
    )


def _lignes_d_accompagnement(candidature: Candidature, total: Decimal) -> Decimal:
    """Les dépenses que le plan nomme « accompagnement » ; à défaut, tout le plan."""
    depenses = [ligne for ligne in candidature.lignes.all() if ligne.nature == LigneDuPlan.Nature.DEPENSE]
    nommees = [ligne.montant or Decimal(0) for ligne in depenses if _ACCOMPAGNEMENT.search(ligne.libelle)]
    return min(sum(nommees, Decimal(0)), total) or total


def _le_reste(candidature: Candidature) -> Decimal:
    """Ce que le diagnostic, la gestion locative et l'offre intégrée ajoutent au plus, par ménage."""
    duree = annees(candidature)
    noms = ("cout_diagnostic", "cout_gestion_locative", "cout_global")
    plages = [pour_le_projet(getattr(candidature, nom), duree) or bornes(getattr(candidature, nom)) for nom in noms]
    return sum((plage[1] for plage in plages if plage), Decimal(0))


def cout_global_et_parties(candidature: Candidature) -> Trouve | None:
    """Le coût global est la somme de l'accompagnement et de la gestion locative, diagnostic compris ou non."""
    duree = annees(candidature)
    noms = ("cout_global", "cout_accompagnement", "cout_gestion_locative")
    lus = [_comparable(getattr(candidature, nom), duree) for nom in noms]
    if any(plage is None for plage in lus):
        return None
    (mini, maxi), (bas, haut), (bas_gestion, haut_gestion) = [plage for plage in lus if plage]
    bas, haut = bas + bas_gestion, haut + haut_gestion
    diagnostic = _comparable(candidature.cout_diagnostic, duree) or (Decimal(0), Decimal(0))
    if maxi >= bas - DOUZE and mini <= haut + diagnostic[1] + DOUZE:
        return None
    sens = "inférieur" if maxi < bas else "supérieur"
    return Trouve(
        f"Le coût global ({_dire((mini, maxi))} par ménage et par an) est {sens} à la somme de l'accompagnement et de la gestion "
        f"locative ({_dire((bas, haut))}) : vérifiez les unités, ou dites ce que l'offre intégrée {'économise' if maxi < bas else 'ajoute'}.",
        ("cout_global", "cout_accompagnement", "cout_gestion_locative"),
        {"Coût global": _dire((mini, maxi)), "Somme des parties": _dire((bas, haut))},
    )


def _comparable(cout: Fourchette | None, duree: Decimal | None) -> Bornes | None:
    """Le coût ramené à un ménage et à un an ; un coût « par ménage » se répartit sur toute la durée."""
    lues = bornes(cout)
    if lues is None or cout is None or cout.unite != Unite.MENAGE:
        return par_an(cout, duree)
    return (_chaque_annee(lues[0], duree), _chaque_annee(lues[1], duree)) if duree else None
