"""Le plan de financement : son équilibre, ses parts, et l'aide demandée à l'appel à projets."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from candidatures.avancement.plan import CENT, Equilibre, Total, aide_demandee
from candidatures.champs.montants import dire_montant, dire_part
from candidatures.coherence.constat import Trouve
from candidatures.models import Candidature, LigneDuPlan

EURO = Decimal(1)
"""L'arrondi permis par ligne du plan."""
DIXIEME = Decimal("0.1")
"""L'arrondi permis par ligne, pour une part : « 33,3 % » trois fois font 99,9 %."""
DEMI = Decimal("0.5")
NOMS = {LigneDuPlan.Nature.DEPENSE: "dépenses", LigneDuPlan.Nature.RESSOURCE: "ressources"}


def _lignes(candidature: Candidature, nature: str) -> list[LigneDuPlan]:
    return [ligne for ligne in candidature.lignes.all() if ligne.nature == nature]


def total_du_plan(candidature: Candidature) -> Decimal | None:
    """Le total des dépenses, à défaut celui des ressources ; None si le plan n'est pas chiffré."""
    plan = Equilibre.de(candidature.lignes.all())
    return plan.depenses.montant or plan.ressources.montant or None


def ressources_et_depenses(candidature: Candidature) -> Trouve | None:
    """Les ressources couvrent les dépenses, à un euro près par ligne."""
    lignes = list(candidature.lignes.all())
    plan = Equilibre.de(lignes)
    chiffrees = [ligne for ligne in lignes if ligne.montant is not None]
    if plan.ecart is None or abs(plan.ecart) <= EURO * len(chiffrees):
        return None
    depenses, ressources = dire_montant(plan.depenses.montant), dire_montant(plan.ressources.montant)
    return Trouve(
        f"{plan.phrase.rstrip('.')} : {depenses} de dépenses, {ressources} de ressources."
        + _sans_montant(len(lignes) - len(chiffrees))
        + " Corrigez le plan, ou dites d'où viendra la différence.",
        ("lignes",),
        {"Dépenses": depenses, "Ressources": ressources, "Écart": dire_montant(abs(plan.ecart))},
    )


def _sans_montant(nombre: int) -> str:
    if not nombre:
        return ""
    return " Une ligne n'a pas de montant." if nombre == 1 else f" {nombre} lignes n'ont pas de montant."


def parts_a_cent(candidature: Candidature) -> Trouve | None:
    """Les parts des dépenses, et celles des ressources, font 100 %."""
    for nature, nom in NOMS.items():
        lignes = _lignes(candidature, nature)
        parts = [ligne.part for ligne in lignes if ligne.part is not None]
        ecart, tolere = sum(parts, Decimal(0)) - CENT, DIXIEME * len(parts)
        if parts and (ecart > tolere or (len(parts) == len(lignes) and ecart < -tolere)):
            total = dire_part(ecart + CENT)
            return Trouve(
                f"Les parts des {nom} font {total}, et non 100 % : corrigez-les, ou complétez le tableau.",
                ("lignes",),
                {f"Parts des {nom}": total},
            )
    return None


def parts_et_montants(candidature: Candidature) -> Trouve | None:
    """La part d'une ligne est celle de son montant dans le total, au demi-point près."""
    for nature, nom in NOMS.items():
        lignes = _lignes(candidature, nature)
        total = Total.de(lignes).montant
        if not total or any(ligne.montant is None for ligne in lignes):
            continue
        for ligne in lignes:
            vraie = (ligne.montant or Decimal(0)) * CENT / total
            if ligne.part is not None and abs(ligne.part - vraie) > DEMI:
                return _part_fausse(ligne, nom, vraie.quantize(Decimal("0.01")))
    return None


def _part_fausse(ligne: LigneDuPlan, nom: str, vraie: Decimal) -> Trouve:
    qui = ligne.libelle or ligne.get_financeur_display() or "Une ligne"
    return Trouve(
        f"« {qui} » : la part écrite est {dire_part(ligne.part)}, mais {dire_montant(ligne.montant)} font {dire_part(vraie)} "
        f"des {nom}. Corrigez la part ou le montant.",
        ("lignes",),
        {"Part écrite": dire_part(ligne.part), "Part calculée": dire_part(vraie)},
    )


# --- L'aide demandée -------------------------------------------------------------------------------------------------------
_APPEL = (
    r"appels?\s+[àa]\s+projets?(?:\s+(?:[«\"]\s*)?(?:10\s?000\s+)?logements?(?:\s+hlm)?\s+accompagnée?s?(?:\s*[»\"])?)?"
    r"(?:\s*\([^)\n]{0,30}\))?\s*(?::|=|–|-|à hauteur de|pour(?: un montant de)?|d['’]un montant de)?\s*"
)
_SUBVENTION = (
    r"(?:subvention|aide|montant|somme|participation)\s+(?:demandée?|sollicitée?)(?:\s+(?:à|au|auprès)\s[^\n.;:\d€%]{0,40}?)?"
    r"\s*(?::|=|–|-|de|est de|s['’]élève à|est fixée à)?\s*"
)
_AIDE_DITE = re.compile(
    rf"\b(?:{_APPEL}|{_SUBVENTION})(?P<n>\d[\d \u00a0\u202f.]*(?:,\d{{1,2}})?)\s*(?:€|euros?\b)(?!\s*(?:/|par\b|chaque\b))",
    re.IGNORECASE,
)


def aide_dans_le_plan(candidature: Candidature) -> Trouve | None:
    """L'aide demandée est une ressource du plan, et la seule que dit le texte."""
    ressources = _lignes(candidature, LigneDuPlan.Nature.RESSOURCE)
    if Total.de(ressources) == Total(None, None):
        return None
    appel = [ligne for ligne in ressources if ligne.financeur == LigneDuPlan.Financeur.APPEL_A_PROJETS]
    if not appel:
        return Trouve(
            "Aucune ressource du plan n'a pour financeur l'appel à projets : l'aide demandée n'y est pas dite. "
            "Ajoutez sa ligne, ou choisissez ce financeur sur la ligne qui la porte.",
            ("lignes",),
        )
    return _aide_contredite(candidature, Total.de(appel).montant, len(appel))


def _aide_contredite(candidature: Candidature, aide: Decimal | None, lignes: int) -> Trouve | None:
    for nom in ("cofinancements", "montage_financier"):
        dites = list(_aides_dites(getattr(candidature, nom)))
        if aide is None or not dites or any(abs(dite - aide) <= EURO * lignes for dite in dites):
            continue
        dit, ligne = dire_montant(dites[0]), dire_montant(aide)
        return Trouve(
            f"Le texte dit une aide demandée de {dit}, la ligne « Appel à projets » du plan {ligne} : corrigez l'un des deux.",
            ("lignes", nom),
            {"Dans le texte": dit, "Dans le plan": ligne},
        )
    return None


def _aides_dites(texte: str) -> Iterable[Decimal]:
    for trouve in _AIDE_DITE.finditer(texte):
        entier, _, decimales = trouve["n"].partition(",")
        chiffres = re.sub(r"\D", "", entier)
        if len(chiffres) <= 9:
            yield Decimal(f"{chiffres}.{decimales or '0'}")


def _aide(candidature: Candidature) -> Decimal | None:
    """Le montant demandé, à défaut la part demandée du total."""
    demandee, total = aide_demandee(candidature), total_du_plan(candidature)
    if demandee.montant is not None:
        return demandee.montant
    return demandee.part * total / CENT if demandee.part is not None and total else None


def aide_sous_le_plafond(candidature: Candidature) -> Trouve | None:
    """L'aide demandée ne dépasse pas l'aide maximale par projet de la campagne."""
    aide, plafond = _aide(candidature), candidature.campagne.plafond
    if aide is None or plafond is None or aide <= plafond:
        return None
    dit, maximum = dire_montant(aide), dire_montant(plafond)
    return Trouve(
        f"L'aide demandée ({dit}) dépasse l'aide maximale par projet ({maximum}) de {dire_montant(aide - plafond)} : "
        "réduisez-la, ou dites pourquoi le projet le demande.",
        ("lignes",),
        {"Aide demandée": dit, "Aide maximale": maximum},
    )


def aide_sous_le_taux(candidature: Candidature) -> Trouve | None:
    """L'aide demandée ne dépasse pas le taux maximal de la campagne, à un euro près."""
    maximum, taux = candidature.campagne.taux_maximum, _taux(candidature)
    if maximum is None or taux is None or taux <= maximum:
        return None
    arrondi = taux.quantize(Decimal("0.01"))
    dit = dire_part(arrondi if arrondi > maximum else taux.quantize(Decimal("0.01"), rounding="ROUND_CEILING"))
    borne = dire_part(maximum)
    return Trouve(
        f"L'aide demandée couvre {dit} du total du plan ; la campagne admet {borne} au plus. "
        "Réduisez-la, ajoutez un cofinancement, ou dites pourquoi.",
        ("lignes",),
        {"Taux demandé": dit, "Taux maximal": borne},
    )


def _taux(candidature: Candidature) -> Decimal | None:
    """La part de l'aide dans le total, l'arrondi d'un euro par ligne ôté ; à défaut la part écrite."""
    demandee, total = aide_demandee(candidature), total_du_plan(candidature)
    if demandee.montant is None or not total:
        return demandee.part
    exact = demandee.montant * CENT / total
    maximum = candidature.campagne.taux_maximum or CENT
    return maximum if abs(demandee.montant - total * maximum / CENT) <= EURO else exact
