"""Les pages de connexion et de mot de passe d'allauth, dans notre page commune."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import views
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from comptes.connexion.demonstration import comptes


def dans_notre_page(vue: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Laisse voir `site`, le nôtre, qu'allauth masquerait par le sien dans le contexte de ses pages."""

    @require_http_methods(["GET", "HEAD", "POST"])  # allauth traiterait PUT comme POST
    @wraps(vue)
    def enveloppe(request: HttpRequest, **parametres: Any) -> HttpResponse:
        reponse = vue(request, **parametres)
        if isinstance(reponse, TemplateResponse) and reponse.context_data:
            reponse.context_data.pop("site", None)
        return reponse

    return enveloppe


@login_not_required
def connexion(request: HttpRequest) -> HttpResponse:
    """La page de connexion ; en démonstration, elle propose ses comptes."""
    reponse = dans_notre_page(views.login)(request)
    if isinstance(reponse, TemplateResponse) and reponse.context_data is not None:
        reponse.context_data["comptes_demonstration"] = comptes()
    return reponse


@login_not_required
@never_cache
@require_safe
def jeton(request: HttpRequest) -> JsonResponse:
    """Pour une page de saisie restée ouverte : la personne est-elle reconnectée, et avec quel jeton écrire."""
    return JsonResponse({"connecte": request.user.is_authenticated, "jeton": get_token(request)})


deconnexion = dans_notre_page(views.logout)
mot_de_passe = dans_notre_page(views.password_change)
mot_de_passe_oublie = dans_notre_page(views.password_reset)
lien_envoye = dans_notre_page(views.password_reset_done)
nouveau_mot_de_passe = dans_notre_page(views.password_reset_from_key)
mot_de_passe_choisi = dans_notre_page(views.password_reset_from_key_done)
