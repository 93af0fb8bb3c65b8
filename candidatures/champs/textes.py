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
# Les puces des fontes Symbol et Wingdings, collées d'un traitement de texte : sans dessin dans toute autre fonte.
_PRIVEES = str.maketrans(
    {
        **dict.fromkeys("\uf0b7\uf0a7\uf0d8\uf076\uf06e", "•"),
        **dict.fromkeys("\uf0e0\uf0e8\uf0f0", "→"),
        "\uf0fc": "✓",
        "\uf02d": "-",
        "\uf0be": "–",
        "\uf0a8": "☐",
        "\uf0fe": "☒",
    }
)
_A_TRADUIRE = re.compile(f"[{''.join(map(chr, _PRIVEES))}]")
# Les mêmes, copiées sans leur fonte : une lettre seule en tête de ligne, puis une tabulation.
_LETTRES = re.compile(r"^([ \t\u00a0]*)[o§·Øüvq]\t(?=\S)", re.MULTILINE)


def normaliser(texte: str) -> str:
    """CRLF et CR → LF, caractères de contrôle ôtés, puces des traitements de texte rendues lisibles, NFC (F-07).

    Rien d'autre ne change. Une puce en remplace une autre, signe pour signe : le compteur de l'écran n'a pas à les connaître.
    Deux fois vaut une fois.
    """
    texte = texte.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    texte = _CONTROLES.sub("", texte)
    if _A_TRADUIRE.search(texte):  # chercher coûte dix fois moins que traduire, et presque aucun texte n'en a
        texte = texte.translate(_PRIVEES)
    texte = unicodedata.normalize("NFC", texte)
    return _LETTRES.sub(r"\1•\t", texte)


def est_vide(texte: str) -> bool:
    """Vrai pour un texte d'espaces ou de points de conduite (« …….. », « / »)."""
    return _CONDUITE.match(texte) is not None


def en_une_ligne(texte: str, longueur: int = TEXTE_COURT) -> str:
    """Le texte sur une ligne, espaces regroupées, coupé à `longueur` : pour un titre, un objet de courriel."""
    ligne = " ".join(texte.split())
    return ligne if len(ligne) <= longueur else ligne[: longueur - 1].rstrip() + "…"
