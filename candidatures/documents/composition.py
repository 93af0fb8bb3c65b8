"""D'un `Document` à ce que le gabarit imprime : niveaux de titre, textes lus en blocs, lignes à remplir.

Aucune rubrique n'est nommée ici : tout vient du document.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from candidatures.documents.texte import Bloc, Paragraphe, blocs, nettoyer, secable
from candidatures.lecture.document import BlocAvis, Document, Rubrique, SectionAvis, SectionLue, Tableau

LIGNES_D_AVIS = range(2)
"""Lignes laissées à la main sous une rubrique d'avis vide."""

LARGEUR = 95
"""Caractères d'une ligne de la page, intitulé gras compris, comptés au plus juste."""

COLONNE_COURTE = 16
"""Caractères en deçà desquels une colonne de texte n'a pas besoin de plus de trente millimètres."""


@dataclass(frozen=True, slots=True)
class TableauImprime:
    """Un tableau et la largeur de chaque colonne : « chiffre », « courte » ou « libre » (elles se partagent le reste)."""

    tableau: Tableau
    largeurs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RubriqueImprimee:
    """Une rubrique et la façon de l'imprimer.

    `niveau` : celui de son titre, 2 à 4, sans saut ; `suite` : la réponse courte, à la suite de l'intitulé ; `blocs` : la
    réponse longue, dessous ; `lignes_vides` : à tracer si elle est vide.
    """

    rubrique: Rubrique
    niveau: int
    suite: str
    blocs: tuple[Bloc, ...]
    tableaux: tuple[TableauImprime, ...]
    lignes_vides: range

    @property
    def breve(self) -> bool:
        """Vrai si tout tient à la suite de l'intitulé."""
        return not (self.blocs or self.tableaux)

    @property
    def deux_points(self) -> bool:
        """« : » après l'intitulé, sauf devant des cases et là où la phrase se poursuit (« sur une durée de »)."""
        return not self.rubrique.cases and not self.rubrique.intitule.endswith((":", " de"))


@dataclass(frozen=True, slots=True)
class SectionImprimee:
    section: SectionLue
    rubriques: tuple[RubriqueImprimee, ...]


@dataclass(frozen=True, slots=True)
class AvisImprime:
    """Un bloc d'avis ; le régional met sa première rubrique à gauche et les autres à droite."""

    bloc: BlocAvis
    gauche: tuple[RubriqueImprimee, ...]
    droite: tuple[RubriqueImprimee, ...]

    @property
    def vide(self) -> bool:
        """Vrai si aucun avis n'y est écrit : le bloc ne se coupe pas entre deux pages."""
        return all(rubrique.est_vide for rubrique in self.bloc.rubriques)


@dataclass(frozen=True, slots=True)
class SectionAvisImprimee:
    section: SectionAvis
    blocs: tuple[AvisImprime, ...]


def contexte(document: Document) -> dict[str, Any]:
    """Les variables de `templates/pdf/fiche.html`."""
    document = imprimable(document)
    titre = " – ".join(filter(None, (document.nom.strip() or document.titre, document.numero))).replace("\u200b", "")
    return {
        "titre": titre,
        "document": document,
        "sections": [_section(section) for section in document.sections],
        "organismes": _tableau(document.organismes),
        "annexes": _tableau(document.annexes),
        "avis": [_section_avis(section) for section in document.avis],
    }


def imprimable(objet: Any) -> Any:
    """Le même objet, où tout texte est sans caractère de contrôle et tout mot monstrueux sécable."""
    return _partout(objet, lambda texte: secable(nettoyer(texte)))


def _partout(valeur: Any, fonction: Callable[[str], str]) -> Any:
    if isinstance(valeur, str):
        return fonction(valeur) if valeur else valeur
    if isinstance(valeur, tuple):
        return tuple([_partout(element, fonction) for element in valeur])
    if is_dataclass(valeur) and not isinstance(valeur, type):
        return type(valeur)(*[_partout(getattr(valeur, champ.name), fonction) for champ in fields(valeur)])
    return valeur


def _section(section: SectionLue) -> SectionImprimee:
    niveau = 3 if section.titre else 2
    return SectionImprimee(section, tuple(_rubrique(rubrique, niveau) for rubrique in section.rubriques))


def _section_avis(section: SectionAvis) -> SectionAvisImprimee:
    return SectionAvisImprimee(section, tuple(_avis(bloc, regional=section.regional) for bloc in section.blocs))


def _avis(bloc: BlocAvis, *, regional: bool) -> AvisImprime:
    rubriques = tuple(_rubrique(rubrique, 4, LIGNES_D_AVIS) for rubrique in bloc.rubriques)
    gauches = 1 if regional else 0
    return AvisImprime(bloc, rubriques[:gauches], rubriques[gauches:])


def _rubrique(rubrique: Rubrique, niveau: int, lignes_vides: range = range(1)) -> RubriqueImprimee:
    suite, longs = _reponse(rubrique)
    tableaux = tuple(_tableau(tableau) for tableau in rubrique.tableaux if tableau.lignes)
    attendue = rubrique.est_vide and not rubrique.cases
    return RubriqueImprimee(rubrique, niveau, suite, longs, tableaux, lignes_vides if attendue else range(0))


def _reponse(rubrique: Rubrique) -> tuple[str, tuple[Bloc, ...]]:
    """Ce qui s'imprime à la suite de l'intitulé (valeur, texte d'une courte ligne, précision), et ce qui s'imprime dessous.

    La précision d'un texte long, sans valeur ni case à côté de laquelle se tenir, le suit.
    """
    valeur, precision, longs = rubrique.valeur, rubrique.precision, blocs(rubrique.texte)
    if not valeur and _tient_sur_la_ligne(rubrique, longs):
        valeur, longs = rubrique.texte.strip(), ()
    elif precision and longs and not valeur and not rubrique.cases:
        precision, longs = "", (*longs, *blocs(precision))
    return " — ".join(filter(None, (valeur, precision))), longs


def _tient_sur_la_ligne(rubrique: Rubrique, longs: tuple[Bloc, ...]) -> bool:
    """Vrai d'une seule ligne de texte qui tient à la suite de son intitulé."""
    seul = longs[0] if len(longs) == 1 else None
    place = LARGEUR - len(rubrique.intitule) - len(rubrique.consigne) - sum(len(case.libelle) + 5 for case in rubrique.cases)
    return isinstance(seul, Paragraphe) and len(seul.lignes) == 1 and len(seul.lignes[0]) <= place


def _tableau(tableau: Tableau) -> TableauImprime:
    textes = [rang for rang in range(len(tableau.colonnes)) if rang not in tableau.colonnes_chiffrees]
    courtes = {rang for rang in textes if max(map(len, _colonne(tableau, rang))) <= COLONNE_COURTE}
    if len(courtes) == len(textes):
        courtes.clear()
    largeurs = tuple(_largeur(rang, tableau.colonnes_chiffrees, courtes) for rang in range(len(tableau.colonnes)))
    return TableauImprime(tableau, largeurs)


def _colonne(tableau: Tableau, rang: int) -> tuple[str, ...]:
    """L'intitulé et les cellules d'une colonne."""
    return tableau.colonnes[rang], *(ligne[rang] for ligne in (*tableau.lignes, *tableau.pied))


def _largeur(rang: int, chiffrees: tuple[int, ...], courtes: set[int]) -> str:
    if rang in chiffrees:
        return "chiffre"
    return "courte" if rang in courtes else "libre"
