"""Les adresses d'une liste : la même route cent fois, résolue une fois.

`reverse` cherche la route, essaie chaque motif et échappe : vingt-cinq microsecondes, cent fois dans une page de la matrice. Le chemin
d'une route ne change pas tant que le site tourne ; seuls changent ses arguments.
"""

from __future__ import annotations

from functools import cache

from django.urls import reverse

EXEMPLE = 987654321


def adresse(route: str, *arguments: int | str) -> str:
    """Comme `reverse(route, args=arguments)` ; lève NoReverseMatch si la route n'en admet pas de cette sorte."""
    if not all(str(argument).isalnum() for argument in arguments):
        return reverse(route, args=arguments)
    return _moule(route, *(type(argument) is int for argument in arguments)).format(*arguments)


@cache
def _moule(route: str, *entiers: bool) -> str:
    """« /avis/{0}/{1}/ » : l'adresse d'exemples, que rien d'autre n'y écrit."""
    exemples = [EXEMPLE + rang if entier else f"x{EXEMPLE + rang}" for rang, entier in enumerate(entiers)]
    chemin = reverse(route, args=exemples).replace("{", "{{").replace("}", "}}")
    for rang, exemple in enumerate(exemples):
        chemin = chemin.replace(str(exemple), f"{{{rang}}}")
    return chemin
