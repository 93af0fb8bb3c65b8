"""Une faute : où, quoi, à la place de quoi, et qui doit la voir."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mutant:
    """`module` : un nom de `lieux.MODULES` ; `avant` : un fragment qui n'y est qu'une fois, remplacé par `apres`.

    `essais` : ceux qui doivent tomber, par leur nom dans `lieux.ESSAIS`, au besoin « nom -k mots » ; joués dans l'ordre, jusqu'au premier
    qui échoue. `nom` : la faute, en français.
    """

    nom: str
    module: str
    avant: str
    apres: str
    essais: tuple[str, ...]
