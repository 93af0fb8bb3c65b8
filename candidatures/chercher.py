"""Aller chercher, c'est autoriser."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from candidatures.models import Candidature
from candidatures.models.candidature import Candidatures
from comptes.acces import personne_connectee


def chercher(
    request: HttpRequest, pk: int, lire: Callable[[Candidatures], Candidatures] = Candidatures.pour_lecture
) -> Candidature:
    """La candidature si la personne peut la lire, 404 sinon ; `lire` dit ce que la page demande de plus que ses colonnes."""
    return get_object_or_404(lire(Candidature.objects.visibles_par(personne_connectee(request))), pk=pk)
