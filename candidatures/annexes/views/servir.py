"""Lire une annexe : la télécharger, en voir une image. Rien n'est servi sous son propre nom ni sous son propre type."""

from __future__ import annotations

import logging
from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from candidatures import regles
from candidatures.annexes.fichiers.genres import GENRES
from candidatures.annexes.fichiers.reconnaitre import ApercuImpossible, dessiner
from candidatures.chercher import chercher
from candidatures.models import Annexe
from candidatures.models.candidature import Candidatures
from comptes.acces import personne_connectee

EN_BAC_A_SABLE = {"Content-Security-Policy": "sandbox; default-src 'none'", "X-Content-Type-Options": "nosniff"}

journal = logging.getLogger(__name__)


@require_safe
def annexe(request: HttpRequest, pk: int, cle: UUID) -> FileResponse:
    """Le fichier, à enregistrer : jamais affiché, sous le type que nous avons reconnu (V-16, F-39)."""
    annexe = _lisible(request, pk, cle)
    try:
        contenu = annexe.fichier.open("rb")
    except FileNotFoundError:
        journal.error("Le fichier de l'annexe %s n'est plus là", annexe.pk)
        raise Http404 from None
    mime = GENRES[annexe.genre].mime
    return FileResponse(contenu, as_attachment=True, filename=annexe.nom, content_type=mime, headers=EN_BAC_A_SABLE)


@require_safe
def annexe_apercu(request: HttpRequest, pk: int, cle: UUID) -> HttpResponse:
    """Une image neuve, dessinée à part : la première page d'un PDF, ou la photographie réduite."""
    annexe = _lisible(request, pk, cle)
    if not GENRES[annexe.genre].a_un_apercu:
        raise Http404
    try:
        with annexe.fichier.open("rb") as contenu:
            image = dessiner(contenu.file, annexe.genre)
    except (FileNotFoundError, ApercuImpossible):
        raise Http404 from None
    return HttpResponse(image, content_type="image/jpeg", headers=EN_BAC_A_SABLE)


def _lisible(request: HttpRequest, pk: int, cle: UUID) -> Annexe:
    """Une annexe d'un dossier que la personne lit ; avant le verdict de l'antivirus, pour ceux qui le remplissent seulement (F-26)."""
    candidature = chercher(request, pk, Candidatures.all)
    annexe = get_object_or_404(candidature.annexes, pk=cle)
    remplit = regles.peut(regles.peut_remplir, personne_connectee(request), candidature)
    if annexe.est_infectee or not (annexe.est_servie or remplit):
        raise Http404
    return annexe
