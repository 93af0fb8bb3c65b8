"""Ce que les vues partagent : aller chercher, c'est autoriser."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from candidatures.documents.pdf import PdfImpossible
from candidatures.models import Candidature
from candidatures.models.candidature import Candidatures
from comptes.acces import personne_connectee


def chercher(
    request: HttpRequest, pk: int, lire: Callable[[Candidatures], Candidatures] = Candidatures.pour_lecture
) -> Candidature:
    """La candidature si la personne peut la lire, 404 sinon ; `lire` dit ce que la page demande de plus que ses colonnes."""
    return get_object_or_404(lire(Candidature.objects.visibles_par(personne_connectee(request))), pk=pk)


def telecharger(contenu: bytes, nom: str) -> HttpResponse:
    """Un PDF à ouvrir ou à garder ; `nom` est un nom de fichier sûr, sans chemin."""
    return HttpResponse(
        contenu,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'inline; filename="{nom}"',
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "X-Content-Type-Options": "nosniff",
        },
    )


def pdf_impossible(request: HttpRequest, echec: PdfImpossible, candidature: Candidature) -> HttpResponse:
    """La phrase, et un lien vers la même fiche en page web."""
    contexte = {"phrase": echec.phrase, "candidature": candidature}
    return render(request, "candidatures/pdf_impossible.html", contexte, status=HTTPStatus.SERVICE_UNAVAILABLE)
