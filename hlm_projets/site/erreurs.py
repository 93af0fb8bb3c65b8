"""Les pages d'erreur. Celles qui suivent une panne s'affichent sans lire la base."""

from __future__ import annotations

import sys

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from hlm_projets.requete.saisie_rendue import jeton_perime
from hlm_projets.site.context_processors import site_sans_base

TROP = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
PANNES_DE_BASE = (OperationalError, InterfaceError)


def requete_invalide(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400, ou 413 quand l'envoi est trop gros. Sans la base : la requête elle-même est douteuse."""
    return _sans_base(413 if isinstance(exception, TROP) else 400)


def acces_refuse(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403 : la page existe, mais pas pour cette personne."""
    return render(request, "403.html", status=403)


def introuvable(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404 : rien à cette adresse, ou rien que cette personne puisse voir."""
    return render(request, "404.html", status=404)


def trop_de_requetes(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """429 : trop d'essais, par exemple de connexion."""
    reponse = render(request, "429.html", status=429)
    reponse["Retry-After"] = "900"
    return reponse


def erreur_serveur(request: HttpRequest) -> HttpResponse:
    """500, ou 503 quand c'est la base qui ne répond pas."""
    panne = isinstance(sys.exc_info()[1], PANNES_DE_BASE)
    reponse = _sans_base(503 if panne else 500)
    if panne:
        reponse["Retry-After"] = "30"
    return reponse


def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 : le jeton ne correspond plus à la session. Venu de chez nous, l'envoi est rendu ; d'ailleurs, rien n'en est repris."""
    return jeton_perime(request) or render(request, "403_csrf.html", status=403)


def _sans_base(statut: int) -> HttpResponse:
    return HttpResponse(render_to_string(f"{statut}.html", site_sans_base()), status=statut)
