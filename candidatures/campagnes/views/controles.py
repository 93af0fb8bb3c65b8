"""Régler les contrôles de cohérence d'une campagne."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from candidatures.campagnes import actions
from candidatures.campagnes.forms.controles import FormulaireDesControles
from candidatures.models import Campagne
from comptes.acces import personne_connectee, reserve_au_national
from comptes.ecriture import Conflit
from hlm_projets.requete.middleware import recu_le


@require_http_methods(["GET", "HEAD", "POST"])
@reserve_au_national
def campagne_controles(request: HttpRequest, pk: int) -> HttpResponse:
    """Le niveau de chaque contrôle : bloquant, à justifier, information, ou aucun."""
    campagne = get_object_or_404(Campagne, pk=pk)
    form = FormulaireDesControles(campagne, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        par, le = personne_connectee(request), recu_le(request)
        try:
            actions.regler_les_controles(campagne, form.niveaux(), lus=form.cleaned_data["lu"], par=par, le=le)
        except Conflit as conflit:
            campagne.refresh_from_db()
            form.disputer(campagne, conflit.champs)
        else:
            messages.success(request, f"Les contrôles de la campagne « {campagne} » sont enregistrés.")
            return redirect("candidatures:campagne_controles", pk)
    return render(request, "candidatures/campagnes/campagne_controles.html", {"campagne": campagne, "form": form})
