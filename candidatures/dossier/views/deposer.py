"""Déposer : la page est « Vérifier et déposer », la réponse est le reçu."""

from __future__ import annotations

from contextlib import suppress

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from candidatures import regles, verrou
from candidatures.chercher import chercher
from candidatures.circuit import Transition
from candidatures.circuit.franchir import DejaFranchi, franchir
from candidatures.coherence import constats
from candidatures.coherence.forms import FormulaireDeJustifications
from candidatures.dossier.views.justifier import enregistrer as enregistrer_les_justifications
from candidatures.dossier.views.lire import page_du_recu
from candidatures.dossier.views.passages import ouvrir
from candidatures.dossier.views.verifier import page_de_verification
from candidatures.models import Candidature
from comptes.acces import personne_connectee
from hlm_projets.requete.middleware import recu_le


@require_http_methods(["GET", "HEAD", "POST"])
def deposer(request: HttpRequest, pk: int, transition: str) -> HttpResponse:
    """La page de relecture (GET) ; le dépôt, et son reçu dans la même réponse (POST)."""
    candidature, passage = ouvrir(request, pk, transition)
    if request.method != "POST":
        return _relire(request, candidature, passage)
    if refusees := _justifier(request, candidature):
        return page_de_verification(request, chercher(request, pk), justifications=refusees)
    try:
        franchir(candidature, passage, par=personne_connectee(request), maintenant=recu_le(request))
    except DejaFranchi as deja:
        return page_du_recu(request, chercher(request, pk), deja)
    except verrou.Refus as refus:
        return _relire(request, chercher(request, pk), passage, refus.raisons)
    except (PermissionDenied, verrou.PlusModifiable) as refuse:
        raise Http404 from refuse
    return page_du_recu(request, chercher(request, pk))


def _justifier(request: HttpRequest, candidature: Candidature) -> FormulaireDeJustifications | None:
    """Écrit d'abord les justifications tapées au-dessus du bouton ; le formulaire s'il en reste qui n'ont pas pu l'être."""
    if not regles.fiche_ouverte(candidature):
        return None
    form = FormulaireDeJustifications(candidature, constats(candidature), request.POST)
    if form.textes():
        with suppress(verrou.PlusModifiable):  # le dépôt lui-même dira que c'est déjà fait
            form.disputer(enregistrer_les_justifications(request, candidature, form))
    return form if form.errors else None


def _relire(request: HttpRequest, candidature: Candidature, passage: Transition, refus: list[str] | None = None) -> HttpResponse:
    """La page de relecture, et pourquoi le dépôt n'a pas eu lieu ; le dossier, s'il n'est plus à déposer."""
    if candidature.etat in passage.depuis:
        return page_de_verification(request, candidature, refus)
    for raison in refus or []:
        messages.error(request, raison)
    return redirect("candidatures:fiche", candidature.pk)
