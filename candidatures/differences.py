"""Deux textes comparés mot à mot : ce qui est commun, ce que l'un a de plus, ce que l'autre a de plus."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

MOTS_MAXIMUM = 6_000
"""Au-delà, la comparaison se fait ligne à ligne : mot à mot, elle prendrait des secondes."""


@dataclass(frozen=True, slots=True)
class Ecart:
    """Un morceau ; `genre` : « commun », « ote » (dans le premier seul) ou « ajoute » (dans le second seul)."""

    genre: str
    texte: str


def differences(premier: str, second: str) -> list[Ecart]:
    """Les morceaux, dans l'ordre : ceux du premier sans les ajouts, ceux du second sans les ôtés, redonnent chaque texte."""
    coupe = r"\s+|[^\s]+" if max(len(premier), len(second)) < 6 * MOTS_MAXIMUM else r"[^\n]*\n|[^\n]+"
    avant, apres = re.findall(coupe, premier), re.findall(coupe, second)
    ecarts: list[Ecart] = []
    for genre, a, b, c, d in difflib.SequenceMatcher(None, avant, apres, autojunk=False).get_opcodes():
        if genre == "equal":
            ecarts.append(Ecart("commun", "".join(avant[a:b])))
            continue
        ecarts += [Ecart(g, "".join(m)) for g, m in (("ote", avant[a:b]), ("ajoute", apres[c:d])) if m]
    return ecarts
