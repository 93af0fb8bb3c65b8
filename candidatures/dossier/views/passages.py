"""Les passages du circuit qui se confirment : une seule vue, une seule adresse. Le dépôt a les siennes (`deposer`)."""

from __future__ import annotations

import logging
from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from candidatures import regles, verrou
from candidatures.chercher import chercher
from candidatures.circuit import PASSAGES, Ecran, Transition, raisons
from candidatures.circuit.decision import depassements, reperes
from candidatures.circuit.franchir import DejaFranchi, Devance
from candidatures.circuit.franchir import franchir as franchir_
from candidatures.dossier.forms.passage import FormulaireDePassage
from candidatures.models import Candidature, Evenement
from comptes.acces import personne_connectee
from hlm_projets.requete.middleware import recu_le

DEJA = "C'était déjà fait : rien n'a été refait."


journal = logging.getLogger("hlm_projets.securite")


@require_http_methods(["GET", "HEAD", "POST"])
def franchir(request: HttpRequest, pk: int, transition: str) -> HttpResponse:
    """Confirmer un passage (GET), le franchir (POST)."""
    candidature, passage = ouvrir(request, pk, transition)
    donnees = request.POST if request.method == "POST" else None
    form = FormulaireDePassage(passage, candidature, donnees, suite=request.GET.get("suite", ""))
    if donnees is None:
        return _confirmer(request, candidature, passage, form)
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


def ouvrir(request: HttpRequest, pk: int, transition: str) -> tuple[Candidature, Transition]:
    """Le dossier et le passage, si la personne en est l'acteur ; 404 sinon."""
    candidature, passage = chercher(request, pk), PASSAGES.get(transition)
    if passage is None or not regles.peut(regles.ACTEURS[passage.acteur], personne_connectee(request), candidature):
        journal.warning("transition_refusee %s candidature=%s personne=%s", transition, pk, personne_connectee(request).pk)
        raise Http404
    return candidature, passage


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
    contexte = {
        "candidature": candidature,
        "passage": passage,
        "form": form,
        "raisons": raisons(passage, candidature, recu_le(request)),
        "reperes": reperes(candidature) if passage.ecran is Ecran.DECISION else [],
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
    """Le dossier, ou la page d'où l'on venait."""
    messages.success(request, f"{passage.fait} : {candidature}." if deja is None else DEJA)
    for phrase in depassements(candidature, candidature.montant_accorde) if passage.montant_exige else []:
        messages.warning(request, f"{candidature.reference} – {phrase}")
    return redirect(form.ensuite or _adresse(candidature))


def _adresse(candidature: Candidature) -> str:
    return reverse("candidatures:fiche", args=[candidature.pk])
