"""Les adresses d'une liste : la même route cent fois, résolue une fois.

`reverse` cherche la route, essaie chaque motif et échappe : vingt-cinq microsecondes, cent fois dans une page de la matrice. Le chemin
d'une route ne change pas tant que le site tourne ; seuls changent ses arguments.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from django.conf import settings
from django.urls import NoReverseMatch, reverse

EXEMPLE = 987654321
SIMPLE = re.compile(r"[A-Za-z0-9_-]+")
"""Ce qu'une adresse porte sans rien y échapper."""


def adresse(route: str, *arguments: Any) -> str:
    """Comme `reverse(route, args=arguments)` ; lève NoReverseMatch si la route n'en admet pas de cette sorte."""
    if not all(isinstance(argument, int | str) and SIMPLE.fullmatch(str(argument)) for argument in arguments):
        return reverse(route, args=arguments)
    try:
        moule = _moule(settings.ROOT_URLCONF, route, *(type(argument) is int for argument in arguments))
    except NoReverseMatch:  # « 12 » là où la route veut un nombre, ou une route qui ne veut pas de ces arguments
        return reverse(route, args=arguments)
    return moule.format(*map(str, arguments))


@cache
def _moule(urlconf: str, route: str, *entiers: bool) -> str:
    """« /avis/{0}/{1}/ » : l'adresse d'exemples, que rien d'autre n'y écrit."""
    exemples = [EXEMPLE + rang if entier else f"x{EXEMPLE + rang}" for rang, entier in enumerate(entiers)]
    chemin = reverse(route, urlconf, args=exemples).replace("{", "{{").replace("}", "}}")
    for rang, exemple in enumerate(exemples):
        chemin = chemin.replace(str(exemple), f"{{{rang}}}")
    return chemin
