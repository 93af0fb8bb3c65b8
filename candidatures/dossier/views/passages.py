"""Tous les passages du circuit, par une seule vue et une seule adresse : confirmer, franchir."""

from __future__ import annotations

import logging
from contextlib import suppress
from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from candidatures import regles, verrou
from candidatures.chercher import chercher
from candidatures.circuit import PASSAGES, Transition, raisons
from candidatures.circuit.decision import constats as constats_du_montant
from candidatures.circuit.decision import reperes
from candidatures.circuit.franchir import DejaFranchi, Devance
from candidatures.circuit.franchir import franchir as franchir_
from candidatures.coherence import constats
from candidatures.coherence.forms import FormulaireDeJustifications
from candidatures.dossier.forms.passage import FormulaireDePassage
from candidatures.dossier.views.justifier import enregistrer as enregistrer_les_justifications
from candidatures.dossier.views.lire import page_du_recu
from candidatures.dossier.views.verifier import page_de_verification
from candidatures.models import Candidature, Evenement
from comptes.acces import personne_connectee
from hlm_projets.requete.middleware import recu_le

DEJA = "C'était déjà fait : rien n'a été refait."


journal = logging.getLogger("hlm_projets.securite")


@require_http_methods(["GET", "HEAD", "POST"])
def franchir(request: HttpRequest, pk: int, transition: str) -> HttpResponse:
    """Tous les passages du circuit : confirmer (GET), franchir (POST)."""
    candidature, passage = chercher(request, pk), PASSAGES.get(transition)
    if passage is None or not regles.peut(regles.ACTEURS[passage.acteur], personne_connectee(request), candidature):
        journal.warning("transition_refusee %s candidature=%s personne=%s", transition, pk, personne_connectee(request).pk)
        raise Http404
    donnees = request.POST if request.method == "POST" else None
    form = FormulaireDePassage(passage, candidature, donnees, suite=request.GET.get("suite", ""))
    if donnees is None:
        return _confirmer(request, candidature, passage, form)
    if passage.fige and (refusees := _justifier(request, candidature)):
        return page_de_verification(request, chercher(request, pk), justifications=refusees)
    if not form.is_valid():
        return _confirmer(request, candidature, passage, form, status=HTTPStatus.CONFLICT)
    try:
        franchir_(candidature, passage, par=personne_connectee(request), maintenant=recu_le(request), **form.valeurs)
    except DejaFranchi as deja:
        return _apres(request, chercher(request, pk), passage, form, deja)
    except (verrou.Refus, Devance) as refus:
        return _refuser(request, chercher(request, pk), passage, form, refus)
    except (PermissionDenied, verrou.PlusModifiable) as refuse:
        raise Http404 from refuse
    return _apres(request, chercher(request, pk), passage, form)


def _justifier(request: HttpRequest, candidature: Candidature) -> FormulaireDeJustifications | None:
    """Écrit d'abord les justifications tapées au-dessus du bouton ; le formulaire s'il en reste qui n'ont pas pu l'être."""
    if not candidature.est_brouillon:
        return None
    form = FormulaireDeJustifications(candidature, constats(candidature), request.POST)
    if form.textes():
        with suppress(verrou.PlusModifiable):  # le dépôt lui-même dira que c'est déjà fait
            form.disputer(enregistrer_les_justifications(request, candidature, form))
    return form if form.errors else None


def _refuser(
    request: HttpRequest,
    candidature: Candidature,
    passage: Transition,
    form: FormulaireDePassage,
    refus: verrou.Refus | Devance,
) -> HttpResponse:
    """Rend la page avec ce qui a été tapé, et pourquoi rien n'a été fait."""
    if isinstance(refus, Devance):
        form.devancer(refus.evenement)
        return _confirmer(request, candidature, passage, form, status=HTTPStatus.CONFLICT, devance=refus.evenement)
    return _confirmer(request, candidature, passage, form, status=HTTPStatus.CONFLICT, refus=refus.raisons)


def _confirmer(
    request: HttpRequest,
    candidature: Candidature,
    passage: Transition,
    form: FormulaireDePassage,
    *,
    status: int = HTTPStatus.OK,
    refus: list[str] | None = None,
    devance: Evenement | None = None,
) -> HttpResponse:
    if candidature.etat not in passage.depuis:
        return _trop_tard(request, form.ensuite or _adresse(candidature), refus or [], devance)
    if passage.fige:
        return page_de_verification(request, candidature, refus)
    contexte = {
        "candidature": candidature,
        "passage": passage,
        "form": form,
        "raisons": raisons(passage, candidature, recu_le(request)),
        "reperes": reperes(candidature) if passage.interne else [],
        "devance": devance,
        "retour": form.ensuite or _adresse(candidature),
    }
    return render(request, "candidatures/dossier/franchir.html", contexte, status=status)


def _trop_tard(request: HttpRequest, retour: str, refus: list[str], devance: Evenement | None) -> HttpResponse:
    """Le passage ne part plus de l'état présent : dire pourquoi, et revenir."""
    for raison in refus:
        messages.error(request, raison)
    if devance:
        messages.error(request, f"Entre-temps, {devance.par_nom} a changé l'état de ce dossier : rien n'a été refait.")
    return redirect(retour)


def _apres(
    request: HttpRequest,
    candidature: Candidature,
    passage: Transition,
    form: FormulaireDePassage,
    deja: DejaFranchi | None = None,
) -> HttpResponse:
    """Après un dépôt, le reçu dans la même réponse ; après un autre passage, le dossier, ou la page d'où l'on venait."""
    if passage.fige:
        return page_du_recu(request, candidature, deja)
    messages.success(request, f"{passage.fait} : {candidature}." if deja is None else DEJA)
    for phrase in constats_du_montant(candidature, candidature.montant_accorde) if passage.montant_exige else []:
        messages.warning(request, f"{candidature.reference} – {phrase}")
    return redirect(form.ensuite or _adresse(candidature))


def _adresse(candidature: Candidature) -> str:
    return reverse("candidatures:fiche", args=[candidature.pk])
