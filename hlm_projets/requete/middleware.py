"""Deux couches minces : l'instant de réception, et l'interdiction de garder les pages d'une personne connectée."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

Reponse = Callable[[HttpRequest], HttpResponse]


def maintenant() -> datetime:
    """L'heure du serveur, lue à un seul endroit pour que les tests puissent la déplacer."""
    return timezone.now()


def recu_le(requete: HttpRequest) -> datetime:
    """L'instant d'arrivée de la requête, lu une fois (F-19)."""
    instant: datetime = getattr(requete, "recu_le", None) or maintenant()
    return instant


def instant_de_reception(suite: Reponse) -> Reponse:
    """Note l'instant d'arrivée avant tout traitement."""

    def couche(requete: HttpRequest) -> HttpResponse:
        vars(requete)["recu_le"] = maintenant()  # relu par recu_le()
        return suite(requete)

    return couche


def jamais_en_cache(suite: Reponse) -> Reponse:
    """Aucune page d'une personne connectée n'est gardée par le navigateur ni par un mandataire (V-53)."""

    def couche(requete: HttpRequest) -> HttpResponse:
        reponse = suite(requete)
        if requete.user.is_authenticated:
            add_never_cache_headers(reponse)
        return reponse

    return couche
