"""Deux textes comparés mot à mot : ce qui est commun, ce que l'un a de plus, ce que l'autre a de plus.

L'algorithme est celui de Myers (« An O(ND) Difference Algorithm », 1986), borné : un temps qui ne dépend pas de ce qu'on lui donne.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

ECARTS_MAXIMUM = 900
"""Mots ajoutés ou ôtés au-delà desquels on compare phrase à phrase, puis en bloc : le temps croît comme leur carré."""
MOTS, PHRASES = r"\s*\S+|\s+", r"[^.!?;\n]*[.!?;\n]+\s*|[^.!?;\n]+"


@dataclass(frozen=True, slots=True)
class Ecart:
    """Un morceau ; `genre` : « commun », « ote » (dans le premier seul) ou « ajoute » (dans le second seul)."""

    genre: str
    texte: str


def differences(premier: str, second: str) -> list[Ecart]:
    """Les morceaux, dans l'ordre : ceux du premier sans les ajouts, ceux du second sans les ôtés, redonnent chaque texte."""
    for coupe in (MOTS, PHRASES):
        avant, apres = re.findall(coupe, premier), re.findall(coupe, second)
        communs = _communs(avant, apres)
        if communs is not None:
            return list(_ecarts(avant, apres, communs))
    return list(_ecarts([premier], [second], []))


def _ecarts(avant: Sequence[str], apres: Sequence[str], communs: Sequence[tuple[int, int]]) -> Iterator[Ecart]:
    """Les suites de mots communs, et ce qui les sépare : d'abord ce qui est ôté, puis ce qui est ajouté."""
    i = j = 0
    suite: list[str] = []
    for x, y in [*communs, (len(avant), len(apres))]:
        if (x, y) != (i, j):
            if suite:
                yield Ecart("commun", "".join(suite))
                suite = []
            if x > i:
                yield Ecart("ote", "".join(avant[i:x]))
            if y > j:
                yield Ecart("ajoute", "".join(apres[j:y]))
        suite += avant[x : x + 1]
        i, j = x + 1, y + 1
    if suite:
        yield Ecart("commun", "".join(suite))


def _communs(avant: Sequence[str], apres: Sequence[str]) -> list[tuple[int, int]] | None:
    """Les couples de rangs d'une plus longue suite commune, début et fin communs ôtés d'abord ; None au-delà de la borne."""
    debut, court = 0, min(len(avant), len(apres))
    while debut < court and avant[debut] == apres[debut]:
        debut += 1
    fin = 0
    while fin < court - debut and avant[-1 - fin] == apres[-1 - fin]:
        fin += 1
    milieu = _myers(avant[debut : len(avant) - fin], apres[debut : len(apres) - fin])
    if milieu is None:
        return None
    tete = [(rang, rang) for rang in range(debut)]
    queue = [(len(avant) - rang, len(apres) - rang) for rang in range(fin, 0, -1)]
    return [*tete, *((x + debut, y + debut) for x, y in milieu), *queue]


def _myers(avant: Sequence[str], apres: Sequence[str]) -> list[tuple[int, int]] | None:
    """Avance de `d` écarts en `d + 1` sur chaque diagonale, jusqu'au bout des deux suites ; garde le chemin pour le remonter."""
    n, m = len(avant), len(apres)
    loin, chemin = {1: 0}, []
    for d in range(min(n + m, ECARTS_MAXIMUM) + 1):
        chemin.append(dict(loin))
        for k in range(-d, d + 1, 2):
            x = loin[k + 1] if _descend(loin, k, d) else loin[k - 1] + 1
            while x < n and x - k < m and avant[x] == apres[x - k]:
                x += 1
            loin[k] = x
            if x >= n and x - k >= m:
                return _remonter(chemin, n, m)
    return None


def _descend(loin: dict[int, int], k: int, d: int) -> bool:
    """Vrai si le plus loin sur la diagonale `k` vient d'un ajout, faux s'il vient d'un retrait."""
    return k == -d or (k != d and loin[k - 1] < loin[k + 1])


def _remonter(chemin: list[dict[int, int]], x: int, y: int) -> list[tuple[int, int]]:
    """Les couples communs, relus de la fin au début."""
    communs = []
    for d in range(len(chemin) - 1, -1, -1):
        loin, k = chemin[d], x - y
        precedente = k + 1 if _descend(loin, k, d) else k - 1
        depart = loin[precedente]
        while x > max(depart, 0) and y > max(depart - precedente, 0):
            x, y = x - 1, y - 1
            communs.append((x, y))
        if d:
            x, y = depart, depart - precedente
    return communs[::-1]
