"""Régler les types d'annexe d'une campagne."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from candidatures.annexes.forms.types import jeu_de_types
from candidatures.annexes.types import regler_les_types
from candidatures.models import Campagne
from comptes.acces import personne_connectee, reserve_au_national
from comptes.forms.partage import tenter
from hlm_projets.requete.middleware import recu_le


@require_http_methods(["GET", "HEAD", "POST"])
@reserve_au_national
def campagne_annexes(request: HttpRequest, pk: int) -> HttpResponse:
    """Quels fichiers cette campagne demande ou permet, lesquels sont exigés, dans quel ordre."""
    campagne = get_object_or_404(Campagne, pk=pk)
    donnees = request.POST if request.method == "POST" else None
    jeu, form = jeu_de_types(campagne, donnees), forms.Form(donnees)
    if request.method == "POST" and form.is_valid() and jeu.is_valid():
        par, le = personne_connectee(request), recu_le(request)
        if tenter(lambda: regler_les_types(campagne, jeu.voulus(), par=par, le=le), form, *jeu.forms):
            messages.success(request, f"Les types d'annexe de « {campagne} » sont enregistrés.")
            return redirect("candidatures:campagne_annexes", pk)
    return render(request, "candidatures/annexes/campagne_annexes.html", {"campagne": campagne, "jeu": jeu, "form": form})
