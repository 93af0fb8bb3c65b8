"""Les réponses qui portent un PDF, et celle qui dit pourquoi il n'y en a pas."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from candidatures.documents.pdf import PdfImpossible
from candidatures.models import Candidature


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
    return render(request, "candidatures/dossier/pdf_impossible.html", contexte, status=HTTPStatus.SERVICE_UNAVAILABLE)
