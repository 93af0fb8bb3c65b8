"""Ce que les listes partagent : chercher mot à mot, paginer."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from typing import Any, TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

M = TypeVar("M", bound=Model)
PAR_PAGE = 25


def contient(recherche: str, champs: Iterable[str]) -> Q:
    """Chaque mot de la recherche se trouve dans l'un des champs."""
    noms = list(champs)
    par_mot = (reduce(Q.__or__, (Q(**{f"{nom}__icontains": mot}) for nom in noms)) for mot in recherche.split())
    return reduce(Q.__and__, par_mot, Q())


def page_de(request: HttpRequest, requete: QuerySet[M, Any], nombre: int | None = None) -> Page[Any]:
    """La page demandée ; la première ou la dernière si le numéro ne dit rien. `nombre` : celui des lignes, s'il est déjà compté."""
    pages = Paginator(requete, PAR_PAGE)
    if nombre is not None:
        vars(pages)["count"] = nombre  # la valeur gardée d'un `cached_property`
    return pages.get_page(request.GET.get("page"))
