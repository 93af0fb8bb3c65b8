"""Où en est une fiche : ce qui est répondu par section, et ce qui manque pour déposer (formulaire, « Exigé »)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

from candidatures.champs import Case, Champ, OuiNon, Texte
from candidatures.champs.textes import est_vide
from candidatures.fiche import SECTIONS, Section
from candidatures.models import Candidature
from candidatures.sections import LISTE_APRES, champs_de, code_de, listes_de, rubriques_de


@dataclass(frozen=True, slots=True)
class Manque:
    """Ce qu'il reste à répondre avant de déposer : où (section, champ), quoi (intitulé officiel), comment (phrase)."""

    section: str
    champ: str
    intitule: str
    phrase: str


@dataclass(frozen=True, slots=True)
class Avancement:
    """L'état d'une section ; `etat` vaut « vide », « entamee » ou « complete »."""

    code: str
    titre: str
    titre_court: str
    remplies: int
    total: int
    manques: tuple[Manque, ...]

    @property
    def etat(self) -> str:
        """Complète : toutes ses rubriques sont répondues ; entamée : une au moins."""
        return "complete" if self.remplies == self.total else "entamee" if self.remplies else "vide"


def est_repondu(candidature: Candidature, champ: Champ) -> bool:
    """Vrai si la rubrique a une réponse, ou une précision qui en tient lieu."""
    precision = getattr(candidature, f"{champ.name}_precision", "")
    return _est_rempli(champ, getattr(candidature, champ.name)) or not est_vide(precision)


def _est_rempli(champ: Champ, valeur: Any) -> bool:
    if isinstance(champ, Texte):
        return not est_vide(valeur)
    if isinstance(champ, OuiNon) and not isinstance(champ, Case):
        return valeur is not None
    return valeur not in (None, "", ()) if not isinstance(champ, Case) else valeur is not None


def a_un(candidature: Candidature, relation: str) -> bool:
    """Vrai si la liste compte un élément au moins ; su d'avance (`releve.relever`), ou demandé à la liste."""
    su: bool | None = getattr(candidature, f"a_{relation}", None)
    return bool(getattr(candidature, relation).all()) if su is None else su


def manques(candidature: Candidature) -> list[Manque]:
    """Tout ce qui empêche de déposer, dans l'ordre du papier : réponses exigées, relations, valeurs hors bornes."""
    return [manque for section in SECTIONS for manque in manques_de(candidature, section)]


def manques_de(candidature: Candidature, section: type[Section]) -> list[Manque]:
    """Ce qui manque dans une section."""
    code, trouves = code_de(section), []
    for champ in champs_de(section):
        phrase = _invalide(candidature, champ)
        if phrase is None and not champ.blank and not est_repondu(candidature, champ):
            phrase = "Cette rubrique est exigée pour déposer."
        if phrase:
            trouves.append(Manque(code, champ.name, str(champ.verbose_name), phrase))
        liste = LISTE_APRES.get(champ.name)
        if liste and liste.demande and not a_un(candidature, liste.nom):
            trouves.append(Manque(code, liste.nom, str(champ.verbose_name), liste.demande))
    return trouves


def _invalide(candidature: Candidature, champ: Champ) -> str | None:
    """La phrase d'une valeur hors bornes (entrée autrement que par un formulaire), ou None."""
    valeur = getattr(candidature, champ.name)
    if valeur in (None, ""):
        return None
    try:
        champ.clean(valeur, candidature)
    except ValidationError as erreur:
        return " ".join(erreur.messages)
    return None


def avancement(candidature: Candidature) -> list[Avancement]:
    """L'état de chaque section ; ne fait aucune requête si les relations sont préchargées."""
    return [
        Avancement(
            code_de(section),
            str(section._meta.verbose_name),
            section.titre_court,
            sum(reponses := _reponses(candidature, section)),
            len(reponses),
            tuple(manques_de(candidature, section)),
        )
        for section in SECTIONS
    ]


def _reponses(candidature: Candidature, section: type[Section]) -> list[bool]:
    """Une réponse vraie ou fausse par rubrique numérotée ; une liste facultative (le plan) compte avec la rubrique qu'elle suit."""
    rubriques = [champ for champ in rubriques_de(section) if not getattr(champ, "suite", False)]
    reponses = {champ.name: est_repondu(candidature, champ) for champ in rubriques}
    reponses |= {liste.apres: True for liste in listes_de(section) if not liste.demande and a_un(candidature, liste.nom)}
    return list(reponses.values())
