"""Lire un dossier : la fiche, la lecture, le PDF, le reçu. Le faire avancer : `passages`."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from candidatures import regles
from candidatures.chercher import chercher, chercher_un_dossier
from candidatures.circuit.decision import decision_lue
from candidatures.circuit.franchir import DejaFranchi
from candidatures.documents.pdf import PdfImpossible, produire_pdf, produire_recu
from candidatures.documents.reponses import pdf_impossible, telecharger
from candidatures.dossier.chronologie import chronologie
from candidatures.dossier.contenu_du_recu import recu_de
from candidatures.dossier.resume import resumer
from candidatures.lecture.avis_lus import DEPARTEMENTAUX, REGIONAUX, visibles
from candidatures.lecture.composition import a_lire, document_de
from candidatures.lecture.document import Document, Scelle
from candidatures.models import Candidature, Partage
from comptes.acces import personne_connectee
from comptes.portees import portee_de
from hlm_projets.requete import relations
from hlm_projets.requete.middleware import recu_le


@require_safe
def fiche(request: HttpRequest, pk: int) -> HttpResponse:
    """Le dossier : son état, sa chronologie, ce qu'on peut en faire, et la fiche à lire ou le sommaire du brouillon."""
    candidature = chercher_un_dossier(request, pk)
    if not candidature.est_brouillon:
        relations.lire(candidature, DEPARTEMENTAUX, REGIONAUX, "reports")  # la page les montre deux fois
    contexte = {
        "candidature": candidature,
        "resume": (resume := resumer(candidature, personne_connectee(request))),
        "passages": resume.passages(recu_le(request)),
        "decision": decision_lue(candidature, personne_connectee(request)),
        "evenements": chronologie(candidature, personne_connectee(request)),
        "est_bailleur": regles.peut(regles.est_de_l_organisme, personne_connectee(request), candidature),
        "remplit": regles.peut(regles.peut_remplir, personne_connectee(request), candidature),
        "partage": _mon_partage(request, candidature),
        "document": None if candidature.est_brouillon else _a_lire(request, candidature),
    }
    return render(request, "candidatures/dossier/fiche.html", contexte)


def _mon_partage(request: HttpRequest, candidature: Candidature) -> Partage | None:
    """L'invitation par laquelle la personne lit ce dossier, si elle n'est pas de l'organisme."""
    if not portee_de(personne_connectee(request)).est_invite or regles.peut(
        regles.est_de_l_organisme, personne_connectee(request), candidature
    ):
        return None
    return Partage.objects.de(personne_connectee(request)).filter(candidature=candidature).select_related("invite_par").first()


def _a_lire(request: HttpRequest, candidature: Candidature) -> Document | Scelle:
    """La fiche, avec les avis que la personne peut lire."""
    return a_lire(candidature, avis=visibles(candidature, personne_connectee(request)))


@require_safe
def lecture(request: HttpRequest, pk: int) -> HttpResponse:
    """La fiche entière en une page, comme au PDF : la version accessible, et imprimable."""
    candidature = chercher_un_dossier(request, pk)
    lu = _a_lire(request, candidature)
    contexte = {"candidature": candidature, "document": lu, "tete": lu.fige if isinstance(lu, Scelle) else lu}
    return render(request, "candidatures/dossier/lecture.html", contexte)


@require_safe
def pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """Le PDF officiel, marqué « BROUILLON » avant le dépôt."""
    candidature = chercher_un_dossier(request, pk)
    try:
        return telecharger(
            produire_pdf(document_de(candidature, avis=visibles(candidature, personne_connectee(request)))),
            f"{candidature.reference}.pdf",
        )
    except PdfImpossible as echec:
        return pdf_impossible(request, echec, candidature)


def page_du_recu(request: HttpRequest, candidature: Candidature, deja: DejaFranchi | None = None) -> HttpResponse:
    """Le reçu du dépôt ; `deja` : on vient de le redemander."""
    contexte = {"candidature": candidature, "recu": recu_de(candidature), "deja": deja}
    return render(request, "candidatures/dossier/recu.html", contexte)


def _chercher_deposee(request: HttpRequest, pk: int) -> Candidature:
    candidature = chercher(request, pk)
    if candidature.est_brouillon:
        raise Http404
    return candidature


@require_safe
def recu(request: HttpRequest, pk: int) -> HttpResponse:
    """Le reçu du dépôt."""
    return page_du_recu(request, _chercher_deposee(request, pk))


@require_safe
def recu_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """Le reçu du dépôt, en PDF."""
    candidature = _chercher_deposee(request, pk)
    try:
        return telecharger(produire_recu(recu_de(candidature)), f"recu-{candidature.reference}.pdf")
    except PdfImpossible as echec:
        return pdf_impossible(request, echec, candidature)
