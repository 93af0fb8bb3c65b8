"""« Vérifier et déposer »."""

from __future__ import annotations

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from candidatures import regles
from candidatures.avancement.completude import avancement, manques
from candidatures.avancement.parcours import Parcours
from candidatures.chercher import chercher
from candidatures.coherence import constats, sans_justification
from candidatures.coherence.forms import FormulaireDeJustifications
from candidatures.dossier.resume import resumer
from candidatures.lecture.composition import document_vivant
from candidatures.models import Candidature
from comptes.acces import personne_connectee
from hlm_projets.requete.middleware import recu_le


@require_safe
def verifier(request: HttpRequest, pk: int) -> HttpResponse:
    """« Vérifier et déposer » : la fiche comme au PDF, ce qui manque, qui peut déposer, jusqu'à quand."""
    candidature = chercher(request, pk)
    if not regles.peut(regles.peut_remplir, personne_connectee(request), candidature):
        raise Http404
    if not regles.fiche_ouverte(candidature):
        return redirect("candidatures:fiche", pk)
    return page_de_verification(request, candidature)


def page_de_verification(
    request: HttpRequest,
    candidature: Candidature,
    refus: list[str] | None = None,
    justifications: FormulaireDeJustifications | None = None,
) -> HttpResponse:
    """La page de relecture ; `refus` : pourquoi un dépôt vient d'être refusé ; `justifications` : ce qui n'a pas pu être écrit."""
    trouves = constats(candidature)
    contexte = {
        "constats": trouves,
        "a_justifier": len(sans_justification(candidature, trouves)),
        "form": justifications or FormulaireDeJustifications(candidature, trouves),
        "candidature": candidature,
        "parcours": Parcours(candidature, "verifier"),
        "document": document_vivant(candidature),
        "manques": manques(candidature),
        "passage": resumer(candidature, personne_connectee(request)).depot(recu_le(request)),
        "refus": refus or [],
        "avancement": avancement(candidature),
    }
    return render(request, "candidatures/dossier/verifier.html", contexte, status=HTTPStatus.CONFLICT if refus else HTTPStatus.OK)
