"""Un texte saisi, lu comme une suite de paragraphes et de listes.

Rien n'est deviné ni réécrit : un marqueur (« · », « 1) ») reste tel que saisi, un retour simple à la ligne reste un retour
à la ligne. Sert au PDF et à la page de lecture.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar, TypeAlias

PAS_DE_COUPE = 40
"""Longueur, en caractères, au-delà de laquelle un mot peut être coupé par une fin de ligne (fiabilité, §0 n° 4)."""

LIGNE_COURTE = 80
"""Longueur, en caractères, d'un texte qui tient sur une ligne."""

RETRAIT = 2
"""Espaces de plus à partir desquels un marqueur de même sorte n'est plus un frère : sa liste dépend de l'élément qui précède."""

_FINS_DE_LIGNE = re.compile(r"\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
# Les caractères de contrôle et les demi-codets (Cc, Cs), le trait d'union conditionnel (pas de césure) et les renversements de sens
# (un texte ne doit pas s'imprimer à l'envers de sa saisie). Une expression régulière : un texte entier coûte quelques microsecondes.
_A_RETIRER = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u00ad\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
# Puces de la fonte Wingdings, collées d'un traitement de texte : sans dessin ailleurs.
_PUCES = {"\uf0b7": "•", "\uf0a7": "▪", "\uf0d8": "➢", "\uf0fc": "✓", "\uf02d": "-", "\uf0a8": "☐", "\uf0fe": "☒"}
_PUCES_PRIVEES = re.compile(f"[{''.join(_PUCES)}]")

_TIRETS, _POINTS = "-–—", "·•∙▪■●○◦‣➢➤✓✔"
_MARQUEUR = re.compile(rf"(?P<puce>[{_TIRETS}{_POINTS}*o]|\d{{1,2}}[.)]|[a-z]\))[ \t\u00a0]+(?=\S)")
_MOT_LONG = re.compile(rf"\S{{{PAS_DE_COUPE}}}(?=\S)")


@dataclass(frozen=True, slots=True)
class Paragraphe:
    """Des lignes qui se suivent ; `annonce` : une liste la suit, qu'elle introduit (« … comprend : », « Objectifs »)."""

    est_liste: ClassVar[bool] = False
    lignes: tuple[str, ...]
    annonce: bool = False


@dataclass(frozen=True, slots=True)
class Element:
    """Un élément de liste : son marqueur tel que saisi, ses lignes, puis les listes qui en dépendent."""

    marqueur: str
    lignes: tuple[str, ...]
    blocs: tuple[Bloc, ...] = ()


@dataclass(frozen=True, slots=True)
class Liste:
    """Une liste ; `numerotee` quand ses marqueurs portent un rang (« 1) », « a) »)."""

    est_liste: ClassVar[bool] = True
    numerotee: bool
    elements: tuple[Element, ...]


Bloc: TypeAlias = Paragraphe | Liste


@dataclass(slots=True)
class _Niveau:
    """Une liste en cours de lecture."""

    sorte: str
    retrait: int
    elements: list[_Brouillon] = field(default_factory=list)


@dataclass(slots=True)
class _Brouillon:
    """Un élément en cours de lecture."""

    marqueur: str
    lignes: list[str]
    niveaux: list[_Niveau] = field(default_factory=list)


def nettoyer(texte: str) -> str:
    """Le même texte sans caractère de contrôle ; toute fin de ligne devient « \\n »."""
    texte = _PUCES_PRIVEES.sub(lambda puce: _PUCES[puce[0]], _FINS_DE_LIGNE.sub("\n", texte))
    return _A_RETIRER.sub("", texte)


def secable(texte: str) -> str:
    """Le même texte, où un mot de plus de quarante caractères peut passer à la ligne (U+200B ; pour le PDF seulement)."""
    return _MOT_LONG.sub(lambda mot: f"{mot[0]}\u200b", texte)


def blocs(texte: str) -> tuple[Bloc, ...]:
    """Les paragraphes et les listes d'un texte saisi, dans l'ordre ; vide si rien de visible."""
    return tuple(_Lecture().lire(nettoyer(texte).split("\n")))


def _sorte(marqueur: str) -> str:
    """Deux marqueurs de même sorte sont frères : « - » et « – », « 1) » et « 2) »."""
    if marqueur in _TIRETS:
        return "-"
    if marqueur in _POINTS:
        return "•"
    if marqueur[0].isdigit():
        return f"1{marqueur[-1]}"
    return "a)" if marqueur.endswith(")") else marqueur


def _est_numerotee(sorte: str) -> bool:
    return sorte[0] in "1a"


def _retrait(ligne: str) -> int:
    """La largeur du blanc en tête de ligne, une tabulation valant quatre espaces."""
    return len(ligne.expandtabs(4)) - len(ligne.expandtabs(4).lstrip())


class _Lecture:
    """Lit les lignes une à une : un paragraphe ou une pile de listes est ouvert, jamais les deux."""

    def __init__(self) -> None:
        self.paragraphe: list[str] = []
        self.pile: list[_Niveau] = []
        self.racines: list[_Niveau] = []
        self.vide_avant = True

    def lire(self, lignes: list[str]) -> Iterator[Bloc]:
        for ligne in lignes:
            if not ligne.strip():
                self.vide_avant = True
                continue
            yield from self._une(ligne)
            self.vide_avant = False
        yield from self._clore()

    def _une(self, ligne: str) -> Iterator[Bloc]:
        nue = ligne.strip()
        if trouve := _MARQUEUR.match(nue):
            if self.paragraphe:
                yield self._clore_paragraphe(annonce=True)
            self._ajouter(trouve["puce"], nue[trouve.end() :], _retrait(ligne))
        elif self.pile and self._continue(ligne):
            self.pile[-1].elements[-1].lignes.append(nue)
        else:
            if self.pile or self.vide_avant:
                yield from self._clore()
            self.paragraphe.append(nue)

    def _continue(self, ligne: str) -> bool:
        """Une ligne sans marqueur prolonge l'élément si elle est en retrait ou commence par une minuscule."""
        return not self.vide_avant and (ligne[0].isspace() or ligne[0].islower())

    def _ajouter(self, marqueur: str, texte: str, retrait: int) -> None:
        sorte = _sorte(marqueur)
        freres = (i for i, niveau in enumerate(self.pile, 1) if niveau.sorte == sorte and retrait < niveau.retrait + RETRAIT)
        if rang := next(freres, 0):
            del self.pile[rang:]
        else:
            self._ouvrir(_Niveau(sorte, retrait))
        self.pile[-1].elements.append(_Brouillon(marqueur, [texte]))

    def _ouvrir(self, niveau: _Niveau) -> None:
        """Une sorte nouvelle dépend de l'élément qui précède, sauf une numérotation sans retrait, qui se pose à côté."""
        while (
            self.pile
            and _est_numerotee(niveau.sorte)
            and niveau.retrait <= self.pile[-1].retrait
            and not _est_numerotee(self.pile[-1].sorte)
        ):
            self.pile.pop()
        (self.pile[-1].elements[-1].niveaux if self.pile else self.racines).append(niveau)
        self.pile.append(niveau)

    def _clore(self) -> Iterator[Bloc]:
        if self.paragraphe:
            yield self._clore_paragraphe(annonce=False)
        yield from map(_en_liste, self.racines)
        self.pile, self.racines = [], []

    def _clore_paragraphe(self, *, annonce: bool) -> Paragraphe:
        lignes, self.paragraphe = tuple(self.paragraphe), []
        return Paragraphe(lignes, annonce and _introduit(lignes))


def _introduit(lignes: tuple[str, ...]) -> bool:
    """Vrai d'une ligne qui finit par « : », ou d'un intertitre : une ligne courte qui n'est pas une phrase."""
    return lignes[-1].endswith(":") or (len(lignes) == 1 and len(lignes[0]) <= LIGNE_COURTE and lignes[0][-1] not in ".;!?…")


def _en_liste(niveau: _Niveau) -> Liste:
    return Liste(
        _est_numerotee(niveau.sorte),
        tuple(Element(e.marqueur, tuple(e.lignes), tuple(map(_en_liste, e.niveaux))) for e in niveau.elements),
    )
