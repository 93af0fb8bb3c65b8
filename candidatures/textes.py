"""Une seule façon de normaliser et de compter un texte saisi, à l'écran comme au serveur (formulaire, « Bornes »)."""

from __future__ import annotations

import re
import unicodedata

TEXTE_COURT = 300
PRECISION = 1_000
TEXTE_LONG = 20_000
LIGNES = 1_000

_CONTROLES = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_CONDUITE = re.compile(r"[\s.…·_/\-–—\u200b\u200c\u200d\u2060\ufeff\u00ad]*\Z")


def normaliser(texte: str) -> str:
    """CRLF et CR → LF, forme NFC, caractères de contrôle ôtés ; rien d'autre ne change (F-07)."""
    texte = texte.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return unicodedata.normalize("NFC", _CONTROLES.sub("", texte))


def est_vide(texte: str) -> bool:
    """Vrai pour un texte d'espaces ou de points de conduite (« …….. », « / »)."""
    return _CONDUITE.match(texte) is not None


def en_une_ligne(texte: str, longueur: int = TEXTE_COURT) -> str:
    """Le texte sur une ligne, espaces regroupées, coupé à `longueur` : pour un titre, un objet de courriel."""
    ligne = " ".join(texte.split())
    return ligne if len(ligne) <= longueur else ligne[: longueur - 1].rstrip() + "…"
