"""Commencer une candidature, la remplir section par section, supprimer un brouillon."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from candidatures import regles, verrou
from candidatures.avancement.parcours import Parcours
from candidatures.avancement.plan import Equilibre
from candidatures.chercher import chercher
from candidatures.models import Candidature
from candidatures.models.candidature import Candidatures
from candidatures.saisie import actions
from candidatures.saisie.forms.creer import FormulaireDeCreation
from candidatures.saisie.forms.envoi import Envoi
from candidatures.sections import SECTION_PAR_CODE
from comptes.acces import personne_connectee
from comptes.portees import portee_de
from hlm_projets.requete.middleware import recu_le
from hlm_projets.requete.saisie_rendue import envoyes, intitule


@require_http_methods(["GET", "HEAD", "POST"])
def creer(request: HttpRequest) -> HttpResponse:
    """Commencer une candidature : pour quelle campagne, pour quel organisme."""
    if not portee_de(personne_connectee(request)).est_bailleur:
        raise Http404
    form = FormulaireDeCreation(request.POST or None, par=personne_connectee(request), maintenant=recu_le(request))
    if request.method == "POST" and form.is_valid():
        try:
            nouvelle = actions.creer(**form.cleaned_data, par=personne_connectee(request), maintenant=recu_le(request))
        except verrou.Refus as refus:
            form.add_error(None, refus.raisons)
        else:
            return redirect("candidatures:section", nouvelle.pk, "projet")
    return render(request, "candidatures/saisie/creer.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def section(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Une section de la fiche : montrer, enregistrer ce qui est juste, continuer."""
    candidature = chercher(request, pk, Candidatures.all)
    if code not in SECTION_PAR_CODE or not regles.peut(regles.peut_remplir, personne_connectee(request), candidature):
        raise Http404
    if not regles.fiche_ouverte(candidature):
        return _plus_modifiable(request, candidature) if request.method == "POST" else redirect("candidatures:fiche", pk)
    parcours = Parcours(candidature, code)
    envoi = Envoi(candidature, SECTION_PAR_CODE[code], request.POST if request.method == "POST" else None)
    if request.method == "POST":
        try:
            envoi.enregistrer(personne_connectee(request), recu_le(request))
        except verrou.PlusModifiable:
            return _plus_modifiable(request, candidature)
        if envoi.saisie.est_juste() and not envoi.conflits:
            messages.success(request, f"Section « {envoi.section._meta.verbose_name} » enregistrée.")
            return redirect(parcours.suite(rester="rester" in request.POST))
        parcours = Parcours(chercher(request, pk, Candidatures.all), code)  # l'avancement d'après l'enregistrement
    return _page_de_section(request, candidature, parcours, envoi)


def _page_de_section(request: HttpRequest, candidature: Candidature, parcours: Parcours, envoi: Envoi) -> HttpResponse:
    contexte = {
        "candidature": candidature,
        "parcours": parcours,
        "envoi": envoi,
        "saisie": envoi.saisie,
        "form": envoi.saisie.form,
        "en_erreur": envoi.saisie.form.is_bound,
        "equilibre": Equilibre.de(candidature.lignes.all()) if "depenses" in envoi.saisie.tableaux else None,
    }
    return render(request, "candidatures/saisie/section.html", contexte)


def _plus_modifiable(request: HttpRequest, candidature: Candidature) -> HttpResponse:
    """La candidature est déposée : ce qui vient d'être tapé est rendu à l'écran, jamais jeté (F-16)."""
    tape = [(dit, texte) for nom, texte in envoyes(request) if (dit := intitule(nom, texte, "candidatures"))]
    contexte = {"candidature": candidature, "tape": tape}
    return render(request, "candidatures/saisie/plus_modifiable.html", contexte, status=HTTPStatus.CONFLICT)


@require_http_methods(["GET", "HEAD", "POST"])
def supprimer(request: HttpRequest, pk: int) -> HttpResponse:
    """Supprimer un brouillon, après confirmation."""
    candidature = chercher(request, pk)
    if not regles.peut(regles.peut_supprimer, personne_connectee(request), candidature):
        raise Http404
    if request.method == "POST":
        try:
            actions.supprimer(candidature, par=personne_connectee(request), maintenant=recu_le(request))
        except verrou.PlusModifiable:
            messages.error(request, f"« {candidature.titre} » vient d'être déposée ou supprimée : rien n'a été fait.")
        else:
            messages.success(request, f"Le brouillon « {candidature.titre} » est supprimé.")
        return redirect(reverse("candidatures:mes"))
    return render(request, "candidatures/saisie/supprimer.html", {"candidature": candidature})
