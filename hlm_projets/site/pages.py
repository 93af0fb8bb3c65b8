"""Les pages ouvertes à tous : accueil, aide, contact, mentions, et la sonde."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from hlm_projets.requete.middleware import maintenant
from hlm_projets.site.context_processors import navigation

Vue = Callable[[HttpRequest], HttpResponse]


def page(nom: str) -> Vue:
    """Une page de texte, lisible sans compte."""

    @login_not_required
    @require_safe
    def vue(request: HttpRequest) -> HttpResponse:
        return render(request, f"pages/{nom}.html")

    return vue


mentions_legales = page("mentions_legales")
donnees_personnelles = page("donnees_personnelles")
accessibilite = page("accessibilite")
plan_du_site = page("plan_du_site")
aide = page("aide")
contact = page("contact")


@login_not_required
@require_safe
def accueil(request: HttpRequest) -> HttpResponse:
    """L'accueil public ; une personne habilitée va droit à sa première page."""
    entrees = navigation(request)
    return redirect(entrees[0].url) if entrees else render(request, "pages/accueil.html")


@login_not_required
@never_cache
@require_safe
def sante(request: HttpRequest) -> HttpResponse:
    """La sonde : 200 quand la base répond, 503 sinon, sans autre détail."""
    try:
        with connection.cursor() as curseur:
            curseur.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("indisponible\n", content_type="text/plain; charset=utf-8", status=503)
    return HttpResponse("en service\n", content_type="text/plain; charset=utf-8")


@login_not_required
@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """À qui signaler une faille (RFC 9116) ; 404 tant qu'aucun contact n'est réglé."""
    courriel = settings.SITE["contact_courriel"]
    if not courriel:
        return HttpResponse("Aucun contact n’est réglé.\n", content_type="text/plain; charset=utf-8", status=404)
    fin = (maintenant() + timedelta(days=180)).astimezone(UTC)
    lignes = (
        f"Contact: mailto:{courriel}",
        f"Expires: {fin:%Y-%m-%dT00:00:00Z}",
        "Preferred-Languages: fr, en",
        f"Canonical: {settings.SITE['url']}/.well-known/security.txt",
    )
    return HttpResponse("\n".join(lignes) + "\n", content_type="text/plain; charset=utf-8")
