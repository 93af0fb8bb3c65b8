"""Les ménages, les logements, la durée : entre eux, avec la campagne, et avec ce que dit le texte."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from candidatures.coherence.constat import Trouve, intitule
from candidatures.coherence.nombres import Compte, comptes, dire, en_chiffres
from candidatures.models import Candidature

DOUZE = Decimal(12)


def annees(candidature: Candidature) -> Decimal | None:
    """La durée en années ; None si elle n'est pas dite."""
    return candidature.duree_mois / DOUZE if candidature.duree_mois else None


def duree_dans_les_bornes(candidature: Candidature) -> Trouve | None:
    """La durée tient dans les bornes de la campagne."""
    campagne, duree = candidature.campagne, candidature.duree_mois
    if duree is None or campagne.duree_minimum <= duree <= campagne.duree_maximum:
        return None
    bornes = f"de {campagne.duree_minimum} à {campagne.duree_maximum} mois"
    return Trouve(
        f"La durée ({duree} mois) n'est pas dans les bornes de la campagne : {bornes}.",
        ("duree_mois",),
        {"Durée": f"{duree} mois", "Bornes de la campagne": bornes},
    )


def menages_et_logements(candidature: Candidature) -> Trouve | None:
    """Un logement par ménage, ou une explication."""
    menages, logements = candidature.nombre_menages, candidature.nombre_logements
    if not menages or logements is None or menages == logements:
        return None
    ecart = "logements de plus que de ménages" if logements > menages else "logements de moins que de ménages"
    return Trouve(
        f"{dire(logements)} logements pour {dire(menages)} ménages, soit {dire(abs(logements - menages))} {ecart} : "
        "vérifiez les deux nombres, ou dites pourquoi dans la précision (logement glissant, ménages déjà logés…).",
        ("nombre_logements", "nombre_menages"),
        {"Ménages": dire(menages), "Logements": dire(logements)},
    )


# --- Un nombre et sa précision ---------------------------------------------------------------------------------------------
_SANS_COMPTER = re.compile(
    r"^\s*(?:%|€|euros?\b|ans\b|an\b|années?\b|mois\b|semaines?\b|jours?\b|heures?\b|h\b|personnes?\b|m²|km\b|ETP\b)",
    re.IGNORECASE,
)
_PAR_AN = re.compile(r"^\s*(?:\w+\s+){0,2}(?:par an|/\s*an|chaque année|l'an|par année)\b", re.IGNORECASE)
_TOTAL = re.compile(r"^\s*(?:\w+\s+){0,2}(?:au total|en tout|sur\s+\d+\s+(?:ans|mois))\b", re.IGNORECASE)
_ANNONCE = re.compile(r"(?:\bsoit|\btotal(?: de)?\s*:?|=)\s*$", re.IGNORECASE)
_PARTIE = re.compile(r"(?:\bdont|\bparmi|\bplus de|\bmoins de|\bsur|\bn°)\s+(?:\w+\s+)?$", re.IGNORECASE)
_NU = re.compile(
    r"^\s*(?:$|[.,;:)(+]|(?:en|pour|au|aux|à|dans|sur|et|par|soit|environ|la|le|les|du|de|maximum|minimum)\b)", re.IGNORECASE
)
_AGE = re.compile(r"^\s*(?:ans|an)\b", re.IGNORECASE)
MENAGE = r"(?:ménages?|familles?|foyers?|mesures?|situations?|locataires)"
LOGEMENT = r"(?:logements?|appartements?|pavillons?|maisons?)"


@dataclass(frozen=True, slots=True)
class Dits:
    """Les nombres qu'une précision donne : chaque année, en tout, et sans le dire."""

    par_an: list[Compte]
    totaux: list[Compte]
    autres: list[Compte]

    @property
    def tous(self) -> list[Compte]:
        """Ceux qui comptent la même chose que le champ."""
        return [*self.totaux, *self.autres]


def lire(texte: str, unite: str) -> Dits:
    """Range les nombres d'une précision ; `unite` : l'expression de ce que compte le champ."""
    dits = Dits([], [], [])
    for compte in comptes(en_chiffres(texte)):
        if _est_hors_sujet(compte, unite):
            continue
        if _PAR_AN.match(compte.apres):
            dits.par_an.append(compte)
        elif _est_un_total(compte, unite):
            dits.totaux.append(compte)
        else:
            dits.autres.append(compte)
    return dits


def _est_hors_sujet(compte: Compte, unite: str) -> bool:
    """Un millésime, une durée, une part, un prix, ou ce qui compte autre chose."""
    if 1900 <= compte.mini <= 2100 and not re.match(rf"\s*{unite}\b", compte.apres):
        return True
    if _SANS_COMPTER.match(compte.apres):
        return True
    compte_l_unite = re.match(rf"\s*(?:[a-zéè]+\s+)?{unite}\b", compte.apres, re.IGNORECASE)
    return not (compte_l_unite or _NU.match(compte.apres) or _PAR_AN.match(compte.apres) or _TOTAL.match(compte.apres))


def _est_un_total(compte: Compte, unite: str) -> bool:
    if _PARTIE.search(compte.avant):
        return False
    seul = not compte.avant.strip() and re.match(rf"\s*(?:{unite})?\s*[.;]?\s*$", compte.apres, re.IGNORECASE)
    return bool(seul or _ANNONCE.search(compte.avant) or _TOTAL.match(compte.apres))


def _s_explique(valeur: int, dits: Dits, duree: Decimal | None) -> bool:
    """Vrai si un nombre du texte, un nombre par an sur la durée, ou une somme de parties, donne la valeur."""
    if any(compte.contient(valeur) for compte in dits.tous):
        return True
    if any(compte.contient(valeur, duree) for compte in dits.par_an) if duree else dits.par_an:
        return True
    parties = dits.tous[:8]
    sommes = (groupe for taille in range(2, len(parties) + 1) for groupe in combinations(parties, taille))
    return any(sum(c.mini for c in groupe) <= valeur <= sum(c.maxi for c in groupe) for groupe in sommes)


def contredit(valeur: int, dits: Dits, duree: Decimal | None) -> bool:
    """Vrai si le texte donne un total, et qu'aucune lecture ne donne la valeur."""
    if _s_explique(valeur, dits, duree):
        return False
    return bool(dits.totaux or (dits.par_an and duree)) or sum(compte.mini for compte in dits.autres) > valeur


def nombre_et_precision(candidature: Candidature) -> Trouve | None:
    """Ce que dit la précision d'un nombre n'en contredit pas le champ."""
    for nom, unite, quoi in (("nombre_menages", MENAGE, "ménages"), ("nombre_logements", LOGEMENT, "logements")):
        valeur, precision = getattr(candidature, nom), getattr(candidature, f"{nom}_precision")
        if valeur is None or not precision:
            continue
        dits, duree = lire(precision, unite), annees(candidature)
        if contredit(valeur, dits, duree):
            return _contradiction(nom, f"{dire(valeur)} {quoi}", _resume(precision) + _calcul(dits, duree, quoi), valeur)
    return _duree_et_precision(candidature)


def _calcul(dits: Dits, duree: Decimal | None, quoi: str) -> str:
    """« , ce qui fait 30 ménages sur 24 mois » ; vide si rien n'est dit par an."""
    if not duree or not dits.par_an:
        return ""
    compte = dits.par_an[0]
    bornes = sorted({round(compte.mini * duree), round(compte.maxi * duree)})
    return f", ce qui fait {' à '.join(map(dire, bornes))} {quoi} sur {dire(round(duree * 12))} mois"


def _resume(texte: str) -> str:
    ligne = " ".join(texte.split())
    return f"« {ligne if len(ligne) <= 80 else ligne[:79].rstrip() + '…'} »"


def _contradiction(nom: str, ecrit: str, dit: str, valeur: int) -> Trouve:
    return Trouve(
        f"« {intitule(nom)} » : le champ dit {ecrit}, la précision dit {dit}. Corrigez l'un des deux, ou expliquez l'écart.",
        (nom,),
        {"Champ": ecrit, "Précision": dit},
    )


# --- La durée ----------------------------------------------------------------------------------------------------------------
_DUREE = re.compile(
    r"(?<![\w/.,-])(?P<n>\d+)(?:\s*(?:à|-|/)\s*(?P<m>\d+))?\s*(?P<unite>ans?|années?|mois)\b(?:\s+et\s+(?P<demi>demie?)|\s+et\s+(?P<plus>\d+)\s+mois)?",
    re.IGNORECASE,
)
_TETE = re.compile(r"(?:^|\bdurée(?: totale)?(?: de)?\s*:?|\bsoit|\bpour|\bsur|\bpendant|\btotal(?: de)?)\s*$", re.IGNORECASE)


def durees(texte: str) -> Iterator[tuple[range, str, str]]:
    """Les durées d'un texte, en mois (une plage), avec ce qui précède et ce qui suit."""
    dit = en_chiffres(texte)
    for trouve in _DUREE.finditer(dit):
        mois = 1 if trouve["unite"].lower() == "mois" else 12
        plus = 6 if trouve["demi"] else int(trouve["plus"] or 0)
        debut, fin = (int(nombre) * mois + plus for nombre in (trouve["n"], trouve["m"] or trouve["n"]))
        yield range(debut, max(debut, fin) + 1), dit[: trouve.start()], dit[trouve.end() :]


def _duree_et_precision(candidature: Candidature) -> Trouve | None:
    valeur, precision = candidature.duree_mois, candidature.duree_mois_precision
    if valeur is None or not precision:
        return None
    dites = list(durees(precision))
    affirmees = [d for d, avant, apres in dites if _TETE.search(avant) and not re.match(r"\s*renouvel", apres)]
    possibles = {sum(groupe) for groupe in _paires([d.start for d, _, _ in dites])}
    if not affirmees or valeur in possibles or any(valeur in d for d, _, _ in dites):
        return None
    return _contradiction("duree_mois", f"{valeur} mois", _resume(precision), valeur)


def _paires(nombres: list[int]) -> Iterable[tuple[int, ...]]:
    return combinations(nombres[:8], 2)
