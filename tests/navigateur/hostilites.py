"""Ce qu'une personne malveillante, ou un collage malheureux, met dans un champ ou dans une adresse."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin
from xml.etree.ElementTree import Element

import html5lib

from candidatures.champs import Precision, TexteCourt, TexteLong
from candidatures.sections import CHAMPS

ATTAQUE = (
    "<script>window.pris = 1</script><img src=x onerror='window.pris = 1'><b style=color:red>gras</b> {{ 7|add:7 }} &eacute;"
)

GRAVES = ("\x00a\x00", "99999999999999999999", ATTAQUE)
"""Essayées une à une dans chaque champ, les autres gardant leur valeur."""

HOSTILES = (
    *GRAVES,
    "é" * 30_000,
    *("", " ", "-1", "0", "1e999", "NaN", "Infinity", "１２３", "1_000", "on", "[]"),
    *("31/02/2026", "2026-02-31", "9999-99-99T99:99", "0000-00-00", "25:61"),
    "\u202etxt.exe\u2066\u200b\ufeff",
    "\N{WOMAN}\u200d\N{WOMAN}\u200d\N{GIRL}" * 200,
    "nom\r\nBcc: autrui@exemple.fr\r\n\r\ncorps",
    "=cmd|' /C calc'!A0",
    "'; DROP TABLE comptes_utilisateur; --",
    "../../../../etc/passwd",
    "%00%ff%n%s",
)
"""Essayées dans tous les champs à la fois."""

LIGNE_SUIVANTE = re.compile(r"-[1-9]\d*-")
"""Les lignes d'un tableau se valent : la première suffit."""

CLES_FOLLES = ("0", "-1", "999999999999999999999999", "abc", "1.5", "%00", "%2e%2e", "é", "1;2", "<script>")


def fiche_hostile() -> dict[str, Any]:
    """Une attaque dans chaque texte de la fiche, dans ses bornes, avec un mot qui n'en finit pas."""
    longs = {nom: f"{ATTAQUE}\n- {ATTAQUE}\n{'x' * 400}" for nom, champ in CHAMPS.items() if isinstance(champ, TexteLong)}
    courts = {nom: ATTAQUE + "y" * 100 for nom, champ in CHAMPS.items() if isinstance(champ, (TexteCourt, Precision))}
    return longs | courts


def avis_hostile() -> dict[str, Any]:
    """Une attaque dans chaque texte d'un avis départemental."""
    texte = f"{ATTAQUE}\n- {ATTAQUE}\n{'x' * 400}"
    return {"champ_libre": texte, "pertinence": texte, "conditions": texte, "reproductibilite": "fort"}


@dataclass(frozen=True)
class Formulaire:
    """Un formulaire d'une page : où il va, et ce qu'il enverrait tel quel."""

    methode: str
    action: str
    champs: dict[str, list[str]]

    @property
    def noms(self) -> list[str]:
        """Les champs à attaquer."""
        return [nom for nom in self.champs if nom != "csrfmiddlewaretoken"]

    def envois(self) -> Iterator[dict[str, Any]]:
        """Tous les champs hostiles à la fois, puis un seul à la fois."""
        for valeur in HOSTILES if self.noms else ("",):
            yield dict.fromkeys(self.noms, valeur)
        for nom in (nom for nom in self.noms if not LIGNE_SUIVANTE.search(nom)):
            for valeur in GRAVES:
                yield self.champs | {nom: valeur}


def formulaires(html: str, adresse: str) -> Iterator[Formulaire]:
    """Les formulaires d'une page."""
    arbre: Element = html5lib.parse(html, namespaceHTMLElements=False)
    for form in arbre.iter("form"):
        champs: dict[str, list[str]] = {}
        for element in form.iter():
            if element.tag in {"input", "textarea", "select"} and (nom := element.get("name")):
                champs.setdefault(nom, []).extend(_valeurs(element))
        yield Formulaire((form.get("method") or "get").lower(), urljoin(adresse, form.get("action") or adresse), champs)


def _valeurs(element: Element) -> list[str]:
    """Ce qu'un champ enverrait."""
    if element.tag == "textarea":
        return [element.text or ""]
    if element.tag == "select":
        return [option.get("value") or "" for option in element.iter("option") if option.get("selected") is not None][:1]
    if element.get("type") in {"checkbox", "radio"} and element.get("checked") is None:
        return []
    return [element.get("value") or ""]
