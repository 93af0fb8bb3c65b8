"""Une borne : ce qu'elle vaut, et ce qui arrive un pas avant, tout juste, un pas après."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

ECARTS = (-1, 0, 1)
INSTANT = timedelta(microseconds=1)
"""Le plus petit pas d'une horloge."""


@dataclass(frozen=True, slots=True)
class Borne:
    """`lue` : la valeur de production ; `officielle` : la même, écrite en clair ; `a` : joue une valeur, et rend ce qu'on observe.

    `avant`, `juste`, `apres` : ce qui est attendu à un `pas` en deçà, à la borne, à un pas au-delà.
    """

    nom: str
    lue: Any
    officielle: Any
    a: Callable[[Any], Any]
    avant: Any
    juste: Any
    apres: Any
    pas: Any = 1

    def attendu(self, ecart: int) -> Any:
        """Ce qui doit être observé à −1, 0 ou +1."""
        return (self.avant, self.juste, self.apres)[ecart + 1]

    def observe(self, ecart: int) -> Any:
        """Ce qui l'est."""
        return self.a(self.lue + ecart * self.pas)


def a_trois_pas(bornes: Iterable[Borne]) -> pytest.MarkDecorator:
    """Chaque borne, trois fois."""
    lignes = [pytest.param(borne, ecart, id=f"{borne.nom} {ecart:+d}") for borne in bornes for ecart in ECARTS]
    return pytest.mark.parametrize(("borne", "ecart"), lignes)


def une_fois(bornes: Iterable[Borne]) -> pytest.MarkDecorator:
    """Chaque borne, par son nom."""
    return pytest.mark.parametrize("borne", [pytest.param(borne, id=borne.nom) for borne in bornes])
