"""Rendre à la personne ce qu'elle vient de taper, quand l'envoi n'a pas pu être reçu : session finie, ou jeton périmé (F-01, F-02, V-18).

La page renvoie le même envoi à la même adresse ; les mots de passe et les jetons n'y sont jamais remis.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

SECRETS = re.compile(r"password|mot_de_passe|jeton|token", re.IGNORECASE)
TECHNIQUES = re.compile(r"lu|lu-.*|page|rang|champs|dispute|choix-.*|.*-(TOTAL|INITIAL|MIN_NUM|MAX_NUM)_FORMS")
RANGEE = re.compile(r"(?P<tableau>\w+)-(?P<rang>\d+)-(?P<cellule>\w+)")
BOUTONS = {"1", "on"}
APPLICATIONS = ("comptes", "pilotage", "avis", "candidatures")


@dataclass(frozen=True, slots=True)
class Rendu:
    """Une valeur envoyée ; `intitule` vide : elle repart avec le reste, mais ne se lit pas."""

    nom: str
    texte: str
    intitule: str


class ConnexionExigee(LoginRequiredMiddleware):
    """Tout est fermé par défaut ; un envoi qui arrive sans session n'est pas perdu : il est rendu, à refaire une fois reconnecté."""

    def process_view(self, request: HttpRequest, view_func: Any, view_args: Any, view_kwargs: Any) -> HttpResponseBase | None:
        """401 et la saisie, s'il y en a une à rendre ; la page de connexion sinon."""
        renvoi = super().process_view(request, view_func, view_args, view_kwargs)
        return renvoi and (session_finie(request) or renvoi)


def session_finie(request: HttpRequest) -> HttpResponse | None:
    """La réponse à un envoi sans session ; None s'il n'y a rien à rendre."""
    if request.method != "POST":
        return None
    if est_une_saisie(request):
        return JsonResponse({"erreur": "session"}, status=HTTPStatus.UNAUTHORIZED)
    return page(request, "session", HTTPStatus.UNAUTHORIZED) if a_rendre(request) else None


def jeton_perime(request: HttpRequest) -> HttpResponse | None:
    """La réponse à un jeton périmé venu de notre propre page ; None si l'envoi vient d'ailleurs, ou s'il n'y a rien à rendre."""
    if not vient_de_chez_nous(request):
        return None
    if est_une_saisie(request):
        return JsonResponse({"erreur": "jeton", "jeton": get_token(request)}, status=HTTPStatus.FORBIDDEN)
    return page(request, "jeton", HTTPStatus.FORBIDDEN) if a_rendre(request) else None


def est_une_saisie(request: HttpRequest) -> bool:
    """Vrai pour un enregistrement au fil de la frappe, qui attend du JSON."""
    return "X-Saisie" in request.headers


def vient_de_chez_nous(request: HttpRequest) -> bool:
    """Vrai si la page qui envoie est l'une des nôtres, d'après `Origin`, à défaut `Referer` ; sans l'un ni l'autre, non."""
    d_ou = urlsplit(request.headers.get("Origin") or request.headers.get("Referer", ""))
    origine = f"{d_ou.scheme}://{d_ou.netloc}"
    return origine in {f"{request.scheme}://{request.get_host()}", *settings.CSRF_TRUSTED_ORIGINS}


def a_rendre(request: HttpRequest) -> bool:
    """Vrai si quelque chose a été envoyé, et qu'aucun mot de passe ne manquerait au second essai."""
    noms = [nom for nom in (*request.POST, *request.FILES) if nom != "csrfmiddlewaretoken"]
    return bool(noms) and not any(map(SECRETS.search, noms))


def page(request: HttpRequest, cause: str, statut: HTTPStatus) -> HttpResponse:
    """La page qui rend la saisie ; elle n'est gardée nulle part."""
    app = request.resolver_match.app_name if request.resolver_match else ""
    contexte = {
        "cause": cause,
        "adresse": request.get_full_path(),
        "rendus": [Rendu(nom, texte, intitule(nom, texte, app)) for nom, texte in envoyes(request)],
        "fichiers": [fichier.name for nom in request.FILES for fichier in request.FILES.getlist(nom)],
    }
    reponse = render(request, "saisie_rendue.html", contexte, status=statut)
    add_never_cache_headers(reponse)
    return reponse


def envoyes(request: HttpRequest) -> list[tuple[str, str]]:
    """Chaque valeur envoyée, avec son nom ; ni jeton, ni mot de passe."""
    return [(nom, str(texte)) for nom, textes in request.POST.lists() if not SECRETS.search(nom) for texte in textes]


# --- Sous quel nom une valeur se relit -------------------------------------------------------------------------------------
def intitule(nom: str, texte: str, app: str) -> str:
    """L'intitulé sous lequel la personne reconnaît ce qu'elle a tapé ; vide pour ce qui n'est pas d'elle."""
    if not texte.strip() or TECHNIQUES.fullmatch(nom):
        return ""
    if rangee := RANGEE.fullmatch(nom):
        return f"{_dire(rangee['tableau'])}, ligne {int(rangee['rang']) + 1}, {rangee['cellule']}"
    connus = _intitules(app)
    if not (champ := next((essai for essai in (nom, re.sub(r"_\d+\Z", "", nom)) if essai in connus), "")):
        return "" if texte in BOUTONS else _dire(nom)
    precise = connus.get(champ.removesuffix("_precision"), "")
    return f"{precise} : précision" if champ.endswith("_precision") and precise else connus[champ]


def _dire(nom: str) -> str:
    return nom.replace("_", " ").capitalize()


@cache
def _intitules(app: str) -> dict[str, str]:
    """Les intitulés de nos champs par nom ; l'application que sert l'adresse l'emporte, et d'elle, le plus grand modèle."""
    modeles = [modele._meta for modele in apps.get_models() if modele._meta.app_label in APPLICATIONS]
    ranges = sorted(modeles, key=lambda meta: (meta.app_label == app, len(meta.local_fields)))
    champs = [champ for meta in ranges for champ in (*meta.local_fields, *meta.local_many_to_many)]
    return {champ.name: str(champ.verbose_name) for champ in champs}
