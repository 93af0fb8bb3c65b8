"""À qui une vue s'ouvre. Une page réservée n'existe pas (404) pour qui n'y a pas droit."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from comptes.models import Utilisateur
from comptes.portees import portee_de

Parametres = ParamSpec("Parametres")
Vue = Callable[Concatenate[HttpRequest, Parametres], HttpResponse]


def personne_connectee(request: HttpRequest) -> Utilisateur:
    """La personne connectée : LoginRequiredMiddleware n'en laisse passer aucune autre."""
    return cast(Utilisateur, request.user)


def reserve_au_national(vue: Vue[Parametres]) -> Vue[Parametres]:
    """Ouvre la vue aux administrateurs nationaux ; 404 pour les autres, même si le droit se perd pendant l'acte."""

    @wraps(vue)
    def enveloppe(request: HttpRequest, /, *args: Parametres.args, **kwargs: Parametres.kwargs) -> HttpResponse:
        if not portee_de(personne_connectee(request)).administre:
            raise Http404
        try:
            return vue(request, *args, **kwargs)
        except PermissionDenied:
            raise Http404 from None

    return enveloppe
