"""Ce que l'administrateur national fait d'un avis : le rouvrir, déplacer son échéance ; toujours avec un motif."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from avis import actions
from avis.attendus import Etape, dire_l_echeance
from avis.forms import FormulaireDeMotif, FormulaireDeReport
from avis.lecture import AvisLu
from avis.views.saisie import chercher_l_avis
from candidatures.verrou import Refus
from comptes.acces import reserve_au_national


@require_http_methods(["GET", "HEAD", "POST"])
@reserve_au_national
def rouvrir(request: HttpRequest, pk: int, niveau: str, territoire: str) -> HttpResponse:
    """Rend la main au service : l'avis redevient son brouillon."""
    lu = chercher_l_avis(request, pk, niveau, territoire)
    if request.method != "POST" and lu.attendu.etape != Etape.RENDU:
        raise Http404
    form = FormulaireDeMotif(request.POST if request.method == "POST" else None)

    def agir(valeurs: dict[str, Any]) -> str:
        actions.rouvrir(lu.candidature, lu.niveau, lu.territoire, par=lu.personne, maintenant=lu.maintenant, **valeurs)
        return "L'avis est rouvert : son service en est prévenu, avec le motif."

    return _agir(request, lu, form, "Rouvrir l'avis", agir)


@require_http_methods(["GET", "HEAD", "POST"])
@reserve_au_national
def reporter(request: HttpRequest, pk: int, niveau: str, territoire: str) -> HttpResponse:
    """Déplace la date à laquelle cet avis est attendu, pour ce dossier."""
    lu = chercher_l_avis(request, pk, niveau, territoire)
    form = FormulaireDeReport(request.POST if request.method == "POST" else None, initial={"echeance": lu.attendu.echeance})

    def agir(valeurs: dict[str, Any]) -> str:
        report = actions.reporter(lu.candidature, lu.niveau, lu.territoire, par=lu.personne, maintenant=lu.maintenant, **valeurs)
        quand = dire_l_echeance(lu.candidature, lu.niveau, lu.territoire, report.echeance)
        return f"L'avis est maintenant attendu le {quand} : son service en est prévenu, avec le motif."

    return _agir(request, lu, form, "Reporter l'échéance", agir)


def _agir(
    request: HttpRequest, lu: AvisLu, form: FormulaireDeMotif, titre: str, agir: Callable[[dict[str, Any]], str]
) -> HttpResponse:
    """Demande le motif, agit, dit ce qui est fait ; un refus est dit dans la page."""
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, agir(form.cleaned_data))
            return redirect("candidatures:fiche", lu.candidature.pk)
        except Refus as refus:
            form.add_error(None, refus.raisons)
            status = 409
    contexte = {"lu": lu, "candidature": lu.candidature, "form": form, "titre": titre}
    return render(request, "avis/national.html", contexte, status=status)
