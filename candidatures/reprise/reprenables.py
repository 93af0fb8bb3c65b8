"""Ce qu'une candidature a à reprendre, rubrique par rubrique : la réponse d'alors, et ce qu'on propose d'en faire.

Lue dans sa version figée si elle a été déposée. Une réponse que le formulaire d'aujourd'hui n'admet plus (borne changée, choix
retiré) n'est pas jetée : elle reste, sous la forme de texte, et une phrase dit qu'elle est à relire, et pourquoi.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from candidatures.avancement.plan import Total
from candidatures.champs import Choix, OuiNon, Texte, TexteCourt, en_texte
from candidatures.champs.textes import TEXTE_COURT, en_une_ligne, normaliser
from candidatures.echange.ecrire import AVIS, FORMAT, en_fiche
from candidatures.echange.lire import CLES, FicheLue, FicheRefusee, lire_fiche, montrer
from candidatures.fiche import SECTIONS
from candidatures.models import Campagne, Candidature, LigneDuPlan, Porteur
from candidatures.sections import CHAMPS, LISTE_APRES, LISTES, precisee, rubriques_de
from territoires.models import Departement

EXTRAIT = 220
"""Caractères montrés de la réponse d'alors."""
ORDRE = (*(colonne for liste in reversed(LISTES) for colonne in liste.colonnes), "min", "max", "unite")
"""Dans quel ordre se disent les parties d'une ligne, d'un organisme, d'un coût."""


class Sort(models.TextChoices):
    """Ce que devient une réponse d'alors."""

    GARDER = "garder", "garder"
    REVOIR = "revoir", "garder, à relire"
    EFFACER = "effacer", "laisser vide"


@dataclass(frozen=True, slots=True)
class Reprenable:
    """Une rubrique répondue : `code` (nom du champ ou de la liste), `extrait` de la réponse, ce qui est proposé.

    `phrase` : pourquoi elle ne peut qu'être relue ; vide d'ordinaire.
    """

    code: str
    intitule: str
    section: str
    extrait: str
    propose: Sort
    phrase: str


@dataclass(slots=True)
class Ancienne:
    """Une fiche relue ; `phrases` : {code: pourquoi sa réponse n'est plus lisible telle quelle}."""

    lue: FicheLue
    phrases: dict[str, str] = field(default_factory=dict)


# --- Lire, sans rien perdre --------------------------------------------------------------------------------------------
def relire(candidature: Candidature) -> Ancienne:
    """La fiche d'alors : figée si elle a été déposée, sinon telle qu'elle est."""
    version = candidature.version
    contenu = version.fiche if version else en_fiche(candidature)
    return lire_ce_qui_se_lit({cle: valeur for cle, valeur in contenu.items() if cle not in AVIS})


def lire_ce_qui_se_lit(contenu: dict[str, Any]) -> Ancienne:
    """Relit d'un trait ; si quelque chose n'est plus admis, rubrique par rubrique, et le dit."""
    try:
        return Ancienne(lire_fiche(contenu))
    except FicheRefusee:
        pass
    ancienne = Ancienne(FicheLue())
    _lire_les_reponses(ancienne, contenu)
    _lire_les_departements(ancienne, contenu.get("departements"))
    ancienne.lue.organismes = [_porteur(ancienne, objet) for objet in contenu.get("organismes") or ()]
    ancienne.lue.lignes = [_ligne(ancienne, objet) for objet in contenu.get("lignes") or ()]
    for cle in sorted(contenu.keys() - CLES):
        ancienne.phrases[cle] = f"« {montrer(cle)} » n'existe plus au formulaire ; la réponse se relit dans le dossier d'origine."
    return ancienne


def _lire_les_reponses(ancienne: Ancienne, contenu: dict[str, Any]) -> None:
    """Un texte trop long reste entier et se raccourcit à l'écran ; ce qui n'est pas du texte passe dans la précision."""
    valeurs, recueillis = ancienne.lue.valeurs, {}
    for code, champ in CHAMPS.items():
        valeur = contenu.get(code)
        try:
            valeurs[code] = lire_fiche({"format": FORMAT, code: valeur}).valeurs[code]
        except FicheRefusee as refus:
            ancienne.phrases[precisee(code)] = refus.erreurs[0].partition(" : ")[2]
            if isinstance(champ, Texte) and isinstance(valeur, str):
                valeurs[code] = normaliser(valeur)
            else:
                valeurs[code] = lire_fiche({"format": FORMAT}).valeurs[code]
                recueillis[f"{code}_precision"] = _en_mots(valeur)
                ancienne.phrases[code] = f"« {montrer(_en_mots(valeur))} » : {ancienne.phrases[code]}"
    for code, mots in recueillis.items():
        if code in CHAMPS:
            valeurs[code] = " — ".join(filter(None, (mots, valeurs[code])))


def _lire_les_departements(ancienne: Ancienne, codes: Any) -> None:
    voulus = [str(code) for code in codes or ()]
    ancienne.lue.departements = list(Departement.objects.filter(pk__in=voulus))
    perdus = sorted(set(voulus) - {departement.pk for departement in ancienne.lue.departements})
    if perdus:
        ancienne.phrases["departements"] = f"Ces codes de département n'existent plus : {', '.join(map(montrer, perdus))}."


def _porteur(ancienne: Ancienne, objet: Any) -> Porteur:
    try:
        return lire_fiche({"format": FORMAT, "organismes": [objet]}).organismes[0]
    except FicheRefusee as refus:
        ancienne.phrases["organismes"] = refus.erreurs[0].partition(" : ")[2]
        return Porteur(nom=_en_mots(objet)[:TEXTE_COURT])


def _ligne(ancienne: Ancienne, objet: Any) -> LigneDuPlan:
    """Une ligne devenue illisible garde sa nature et dit tout dans son libellé."""
    try:
        return lire_fiche({"format": FORMAT, "lignes": [objet]}).lignes[0]
    except FicheRefusee as refus:
        ancienne.phrases[LigneDuPlan.rubrique] = refus.erreurs[0].partition(" : ")[2]
        est_ressource = isinstance(objet, dict) and objet.get("nature") == LigneDuPlan.Nature.RESSOURCE
        nature = LigneDuPlan.Nature.RESSOURCE if est_ressource else LigneDuPlan.Nature.DEPENSE
        return LigneDuPlan(nature=nature, libelle=_en_mots(objet)[:TEXTE_COURT])


def _en_mots(valeur: Any) -> str:
    """Une valeur d'échange, dite en texte : « 2500 », « 1500.00, 1750.00, menage_an » ; la base n'en garde pas l'ordre des clés."""
    if isinstance(valeur, dict):
        parties = sorted(valeur.items(), key=lambda couple: ORDRE.index(couple[0]) if couple[0] in ORDRE else len(ORDRE))
        return ", ".join(str(partie) for _, partie in parties if partie not in (None, ""))
    return normaliser(str(valeur))


# --- Proposer ------------------------------------------------------------------------------------------------------------
def reprenables(ancienne: Ancienne, campagne: Campagne | None = None) -> list[Reprenable]:
    """Les rubriques répondues, dans l'ordre du papier ; `campagne` : celle d'aujourd'hui, dont les bornes comptent."""
    phrases = ancienne.phrases | (_hors_bornes(ancienne, campagne) if campagne else {})
    extraits = {code: _extrait(ancienne.lue, code) for code in INTITULES}
    return [
        Reprenable(code, intitule, section, extraits[code], _propose(code, phrases), phrases.get(code, ""))
        for code, (intitule, section) in INTITULES.items()
        if extraits[code] or code in phrases
    ]


def _intitules() -> Iterator[tuple[str, tuple[str, str]]]:
    """Chaque rubrique, et la liste qui la suit : code, intitulé, titre de la section."""
    for section in SECTIONS:
        titre = str(section._meta.verbose_name)
        for champ in rubriques_de(section):
            yield champ.name, (str(champ.verbose_name), titre)
            if liste := LISTE_APRES.get(champ.name):
                yield liste.nom, (f"{liste.titre}, ligne à ligne" if liste.nom == LigneDuPlan.rubrique else liste.titre, titre)


INTITULES = dict(_intitules())
"""{code: (intitulé, titre de la section)}, listes comprises, dans l'ordre du papier."""


def _propose(code: str, phrases: dict[str, str]) -> Sort:
    """Ce qui identifie le projet et les cases, on le garde ; les textes de fond, les nombres et l'argent se relisent."""
    if code in phrases or code == LigneDuPlan.rubrique:
        return Sort.REVOIR
    champ = CHAMPS.get(code)
    suivie = LISTE_APRES.get(code)
    identifie = champ is None or bool(suivie and suivie.demande) or isinstance(champ, TexteCourt)
    return Sort.GARDER if identifie or isinstance(champ, (OuiNon, Choix)) else Sort.REVOIR


def _hors_bornes(ancienne: Ancienne, campagne: Campagne) -> dict[str, str]:
    """La durée d'alors, quand la campagne d'aujourd'hui ne l'admet plus."""
    duree, bornes = ancienne.lue.valeurs.get("duree_mois"), (campagne.duree_minimum, campagne.duree_maximum)
    if duree is None or bornes[0] <= duree <= bornes[1]:
        return {}
    return {"duree_mois": f"{duree} mois : cette campagne admet de {bornes[0]} à {bornes[1]} mois."}


def _extrait(lue: FicheLue, code: str) -> str:
    if code == LigneDuPlan.rubrique:
        return _dire_le_plan(lue.lignes)
    if code not in CHAMPS:
        return ", ".join(map(str, getattr(lue, code)))
    morceaux = (en_texte(CHAMPS[nom], lue.valeurs.get(nom)) for nom in (code, f"{code}_precision") if nom in CHAMPS)
    return en_une_ligne(" — ".join(filter(None, morceaux)), EXTRAIT)


def _dire_le_plan(lignes: list[LigneDuPlan]) -> str:
    """« 3 lignes ; dépenses : 42 000 € ; ressources : 42 000 € »."""
    if not lignes:
        return ""
    textes = [f"{len(lignes)} ligne{'s' if len(lignes) > 1 else ''}"]
    for nature, nom in ((LigneDuPlan.Nature.DEPENSE, "dépenses"), (LigneDuPlan.Nature.RESSOURCE, "ressources")):
        total = next(filter(None, Total.de(ligne for ligne in lignes if ligne.nature == nature).textes), "")
        textes += [f"{nom} : {total}"] if total else []
    return " ; ".join(textes)
