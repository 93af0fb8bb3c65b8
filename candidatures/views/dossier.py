"""Lire un dossier et le faire avancer : la fiche, la lecture, le PDF, les passages, le reçu."""

from __future__ import annotations

import logging

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from candidatures import actions, regles
from candidatures.circuit import PASSAGES, Transition
from candidatures.documents.pdf import PdfImpossible, produire_pdf, produire_recu
from candidatures.lecture import document_de
from candidatures.models import Candidature
from candidatures.models.candidature import Candidatures
from candidatures.recu import recu_de
from candidatures.textes import normaliser
from candidatures.views.bailleur import page_de_verification
from candidatures.views.commun import chercher, pdf_impossible, personne, telecharger
from candidatures.views.resume import resumer
from hlm_projets.middleware import recu_le

journal = logging.getLogger("hlm_projets.securite")


@require_safe
def fiche(request: HttpRequest, pk: int) -> HttpResponse:
    """Le dossier : son état, sa chronologie, ce qu'on peut en faire, et la fiche à lire ou le sommaire du brouillon."""
    candidature = chercher(request, pk, Candidatures.pour_entete)
    contexte = {
        "candidature": candidature,
        "resume": (resume := resumer(candidature, personne(request))),
        "passages": resume.passages(recu_le(request)) if not candidature.est_brouillon else [],
        "evenements": _chronologie(candidature),
        "est_bailleur": regles.peut(regles.est_de_l_organisme, personne(request), candidature),
        "document": None if candidature.est_brouillon else document_de(candidature),
    }
    return render(request, "candidatures/fiche.html", contexte)


def _chronologie(candidature: Candidature) -> list[dict[str, object]]:
    libelles = {nom: transition.fait for nom, transition in PASSAGES.items()} | {"creer": "Candidature commencée"}
    evenements = candidature.evenements.filter(acte__in=libelles).order_by("-le", "-pk")
    return [{"instant": e.le, "libelle": libelles[e.acte], "auteur": e.par_nom, "motif": e.motif} for e in evenements]


@require_safe
def lecture(request: HttpRequest, pk: int) -> HttpResponse:
    """La fiche entière en une page, comme au PDF : la version accessible, et imprimable."""
    candidature = chercher(request, pk, Candidatures.pour_entete)
    return render(request, "candidatures/lecture.html", {"candidature": candidature, "document": document_de(candidature)})


@require_safe
def pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """Le PDF officiel, marqué « BROUILLON » avant le dépôt."""
    candidature = chercher(request, pk, Candidatures.pour_entete)
    try:
        return telecharger(produire_pdf(document_de(candidature)), f"{candidature.reference}.pdf")
    except PdfImpossible as echec:
        return pdf_impossible(request, echec, candidature)


@require_http_methods(["GET", "HEAD", "POST"])
def franchir(request: HttpRequest, pk: int, transition: str) -> HttpResponse:
    """Tous les passages du circuit : confirmer (GET), franchir (POST)."""
    candidature, passage = chercher(request, pk), PASSAGES.get(transition)
    if passage is None or not regles.peut(regles.ACTEURS[passage.acteur], personne(request), candidature):
        journal.warning("transition_refusee %s candidature=%s personne=%s", transition, pk, personne(request).pk)
        raise Http404
    if request.method != "POST":
        return _confirmer(request, candidature, passage, [])
    try:
        actions.franchir(
            candidature, passage, par=personne(request), maintenant=recu_le(request), motif=request.POST.get("motif", "")
        )
    except actions.DejaFranchi as deja:
        return _apres(request, chercher(request, pk), passage, deja=deja)
    except actions.Refus as refus:
        return _confirmer(request, chercher(request, pk), passage, refus.raisons)
    except (PermissionDenied, actions.PlusModifiable) as refuse:
        raise Http404 from refuse
    return _apres(request, chercher(request, pk), passage)


def _confirmer(request: HttpRequest, candidature: Candidature, passage: Transition, refus: list[str]) -> HttpResponse:
    if candidature.etat not in passage.depuis:
        for raison in refus:
            messages.error(request, raison)
        return redirect("candidatures:fiche", candidature.pk)
    if passage.fige:
        return page_de_verification(request, candidature, refus)
    contexte = {
        "candidature": candidature,
        "passage": passage,
        "refus": refus,
        "motif": normaliser(request.POST.get("motif", "")),
    }
    return render(request, "candidatures/franchir.html", contexte, status=409 if refus else 200)


def _apres(
    request: HttpRequest, candidature: Candidature, passage: Transition, deja: actions.DejaFranchi | None = None
) -> HttpResponse:
    """Après un dépôt, le reçu dans la même réponse ; après un autre passage, le dossier."""
    if passage.fige:
        return _page_du_recu(request, candidature, deja)
    messages.success(request, f"{passage.fait}." if deja is None else "C'était déjà fait : rien n'a été refait.")
    return redirect("candidatures:fiche", candidature.pk)


def _page_du_recu(request: HttpRequest, candidature: Candidature, deja: actions.DejaFranchi | None = None) -> HttpResponse:
    contexte = {"candidature": candidature, "recu": recu_de(candidature), "deja": deja}
    return render(request, "candidatures/recu.html", contexte)


def _chercher_deposee(request: HttpRequest, pk: int) -> Candidature:
    candidature = chercher(request, pk)
    if candidature.est_brouillon:
        raise Http404
    return candidature


@require_safe
def recu(request: HttpRequest, pk: int) -> HttpResponse:
    """Le reçu du dépôt."""
    return _page_du_recu(request, _chercher_deposee(request, pk))


@require_safe
def recu_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """Le reçu du dépôt, en PDF."""
    candidature = _chercher_deposee(request, pk)
    try:
        return telecharger(produire_recu(recu_de(candidature)), f"recu-{candidature.reference}.pdf")
    except PdfImpossible as echec:
        return pdf_impossible(request, echec, candidature)
