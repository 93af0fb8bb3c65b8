"""Justifier un constat de cohérence : au fil de la frappe, ou par le bouton."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from candidatures import regles, verrou
from candidatures.avancement.completude import manques
from candidatures.chercher import chercher
from candidatures.coherence import CONTROLE_PAR_CODE, constats, sans_justification
from candidatures.coherence.forms import LU, PREFIXE, FormulaireDeJustifications
from candidatures.coherence.justifier import JUSTIFICATION
from candidatures.coherence.justifier import justifier as justifier_les_constats
from candidatures.dossier.resume import resumer
from candidatures.dossier.views.verifier import page_de_verification
from candidatures.models import Candidature
from candidatures.plusieurs_mains.disputes import Dispute
from candidatures.plusieurs_mains.page import page_de
from candidatures.plusieurs_mains.views.reponse import fragment, plus_modifiable, reponse
from comptes.acces import personne_connectee
from hlm_projets.requete.middleware import recu_le


@require_POST
def justifier(request: HttpRequest, pk: int) -> HttpResponse:
    """Écrit les justifications tapées dans « Vérifier et déposer » ; en JSON au fil de la frappe."""
    candidature = chercher(request, pk)
    if not regles.peut(regles.peut_remplir, personne_connectee(request), candidature):
        raise Http404
    form = FormulaireDeJustifications(candidature, constats(candidature), request.POST)
    try:
        disputes = enregistrer(request, candidature, form)
    except verrou.PlusModifiable:
        return plus_modifiable(pk) if "X-Saisie" in request.headers else redirect("candidatures:fiche", pk)
    if "X-Saisie" in request.headers:
        return _en_json(request, form, disputes)
    form.disputer(disputes)
    if form.errors:
        return page_de_verification(request, chercher(request, pk), justifications=form)
    messages.success(request, "Vos justifications sont enregistrées.")
    return redirect("candidatures:verifier", pk)


def enregistrer(request: HttpRequest, candidature: Candidature, form: FormulaireDeJustifications) -> dict[str, str]:
    """Écrit ce qui est juste et changé ; rend, par code, le texte du collègue là où il y a dispute. Lève PlusModifiable."""
    par, le, page = personne_connectee(request), recu_le(request), page_de(request.POST)
    fait = justifier_les_constats(candidature, form.textes(), lues=form.lues(), par=par, le=le, page=page)
    form.tenues = {nom.removeprefix(JUSTIFICATION): texte or "" for nom, texte in fait.tenues.items()}
    return {code: form.tenues[code] for code in (nom.removeprefix(JUSTIFICATION) for nom in fait.disputees)}


def _en_json(request: HttpRequest, form: FormulaireDeJustifications, disputes: dict[str, str]) -> JsonResponse:
    libelles = {code: controle.libelle for code, controle in CONTROLE_PAR_CODE.items()}
    libelles |= {constat.code: constat.phrase for constat in form.constats}
    envoyes = {nom: texte for nom, texte in form.cleaned_data.items() if nom in request.POST}
    conflits = [Dispute(f"{PREFIXE}{c}", libelles[c], texte, envoyes[f"{PREFIXE}{c}"]) for c, texte in disputes.items()]
    ecrits = [nom for nom in envoyes if nom.removeprefix(PREFIXE) not in disputes]
    memoire = {f"{LU}{nom}": envoyes[nom] for nom in ecrits if form.tient(nom, envoyes[nom])}
    memoire |= {f"{LU}{conflit.nom}": conflit.sien for conflit in conflits}
    erreurs = {nom: list(map(str, phrases)) for nom, phrases in form.errors.items()}
    return reponse(request, ecrits=ecrits, memoire=memoire, erreurs=erreurs, conflits=conflits)


@require_POST
def etat(request: HttpRequest, pk: int) -> JsonResponse:
    """Ce que « Vérifier et déposer » apprend d'un enregistrement : le bouton du dépôt, ouvert ou non."""
    candidature = chercher(request, pk)
    if not regles.peut(regles.peut_remplir, personne_connectee(request), candidature):
        raise Http404
    if not regles.fiche_ouverte(candidature):
        return plus_modifiable(pk)
    return JsonResponse({"fragments": {"depot": fragment("dossier/deposer", **contexte_du_depot(request, candidature))}})


def contexte_du_depot(request: HttpRequest, candidature: Candidature) -> dict[str, Any]:
    """Ce que lit le gabarit du dépôt."""
    passage = resumer(candidature, personne_connectee(request)).depot(recu_le(request))
    restants = len(sans_justification(candidature, constats(candidature)))
    return {"passage": passage, "manques": manques(candidature), "candidature": candidature, "a_justifier": restants}
