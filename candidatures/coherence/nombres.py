"""Lire les nombres d'une phrase : « 15 par an », « 16/17 par an », « de 30 à 35 », « deux ans », « cent ménages »."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from candidatures.champs.montants import dire_decimal

_UNITES = (
    *("un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze", "treize", "quatorze"),
    *("quinze", "seize"),
)
_DIZAINES = {"vingt": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60}
_VALEURS = {mot: rang for rang, mot in enumerate(_UNITES, 1)} | _DIZAINES | {"vingts": 20, "une": 1}
_ENTRE = r"(?:-|\s+)"
_UNITE = "une|" + "|".join(_UNITES[:9])
_DIX = rf"dix(?:{_ENTRE}(?:sept|huit|neuf))?|" + "|".join(_UNITES[10:])
_ET_UN = rf"{_ENTRE}et{_ENTRE}(?:une?|onze)"
_SOUS_CENT = (
    rf"(?:quatre{_ENTRE}vingts?|soixante)(?:{_ET_UN}|{_ENTRE}(?:{_DIX}|{_UNITE}))?"
    rf"|(?:{'|'.join(_DIZAINES)})(?:{_ET_UN}|{_ENTRE}(?:{_UNITE}))?|{_DIX}|{_UNITE}"
)
_SOUS_MILLE = rf"(?:(?:{_UNITE}){_ENTRE})?cents?(?:{_ENTRE}(?:{_SOUS_CENT}))?|{_SOUS_CENT}"
_EN_LETTRES = re.compile(
    rf"\b(?:(?:(?:{_SOUS_MILLE}){_ENTRE})?mille(?:{_ENTRE}(?:{_SOUS_MILLE}))?|{_SOUS_MILLE})\b(?!-\w)", re.IGNORECASE
)
"""La grammaire, et non une suite de mots : « entre trente et quarante » sont deux nombres."""
_AMBIGUS = {"un", "une", "neuf"}
"""L'article, et l'adjectif : des nombres seulement devant ce qui se compte."""
_COMPTE = re.compile(r"\s+(?:ans?|années?|mois|ménages?|familles?|foyers?|mesures?|logements?)\b", re.IGNORECASE)

CHIFFRES = 18
"""Au-delà, ce n'est plus un nombre : Python refuse d'en lire plus de 4 300."""
NOMBRE = r"\d{1,3}(?:[ \u00a0\u202f.]\d{3})+|\d+"
_SEUL = re.compile(
    rf"(?<![\w.,/°-])(?:(?<=entre )({NOMBRE})\s+et\s+({NOMBRE})|({NOMBRE})(?:\s*(?:/|-|–|à)\s*({NOMBRE}))?)(?![\w/]|[.,]\d)"
)


def en_chiffres(texte: str) -> str:
    """Le même texte, les nombres écrits en lettres remplacés par des chiffres."""

    def remplacer(trouve: re.Match[str]) -> str:
        ambigu = trouve[0].lower() in _AMBIGUS and not _COMPTE.match(texte, trouve.end())
        return trouve[0] if ambigu else str(_valeur(trouve[0].lower()))

    return _EN_LETTRES.sub(remplacer, texte)


def _valeur(lettres: str) -> int:
    """« quatre-vingt-dix-sept » → 97, « deux cents » → 200."""
    total = groupe = 0
    for mot in re.split(r"[-\s]+", lettres):
        if mot in ("vingt", "vingts") and groupe % 100 == 4:
            groupe += 76
        elif mot in _VALEURS:
            groupe += _VALEURS[mot]
        elif mot in ("cent", "cents"):
            groupe = max(groupe, 1) * 100
        elif mot == "mille":
            total, groupe = max(groupe, 1) * 1000, 0
    return total + groupe


def entier(chiffres: str) -> int:
    """« 14 253 », « 14.253 » → 14253."""
    return int(re.sub(r"\D", "", chiffres)[:CHIFFRES])


def dire(nombre: int | Decimal) -> str:
    """« 1 200 »."""
    return dire_decimal(Decimal(nombre))


@dataclass(frozen=True, slots=True)
class Compte:
    """Un nombre, ou une plage, et ce qui l'entoure."""

    mini: int
    maxi: int
    avant: str
    apres: str

    def contient(self, valeur: int, fois: Decimal = Decimal(1)) -> bool:
        """Vrai si la valeur est dans la plage, multipliée au besoin, à l'unité près."""
        return self.mini * fois - 1 < valeur < self.maxi * fois + 1


def comptes(texte: str) -> Iterator[Compte]:
    """Les nombres d'un texte, dans l'ordre, une plage pour un."""
    for trouve in _SEUL.finditer(texte):
        bornes = sorted(entier(nombre) for nombre in trouve.groups() if nombre)
        yield Compte(bornes[0], bornes[-1], texte[: trouve.start()], texte[trouve.end() :])
