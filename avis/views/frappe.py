"""L'avis enregistré au fil de la frappe, et ce que sa page apprend des collègues du service : deux adresses, en JSON."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_POST

from avis import actions
from avis.actions import MODELES
from avis.attendus import Niveau
from avis.forms import LU, Avis, FormulaireDAvis, formulaire_d_avis
from avis.views.saisie import chercher_l_avis, dire_la_reponse
from candidatures import presence
from candidatures.actions import PlusModifiable, Refus
from candidatures.forms.disputes import Dispute
from candidatures.forms.section import cle_de_page
from candidatures.models import Candidature
from candidatures.views.enregistre import enregistre
from comptes.acces import personne_connectee
from hlm_projets.middleware import recu_le

PLUS_ENREGISTRE = "Ce que vous tapez maintenant n'est plus enregistré : copiez-le si besoin."


@require_POST
def saisie(request: HttpRequest, pk: int, niveau: str, territoire: str) -> JsonResponse:
    """Écrit les réponses nommées par `champs`, les justes même si d'autres sont fausses ; huit requêtes au plus.

    Le motif pour passer outre se garde dans le brouillon dès qu'il est tapé ; il n'est lu de personne d'autre avant le rendu.
    """
    form = _formulaire(niveau, request)
    noms = frozenset(request.POST.get("champs", "").split())
    envoyees = {nom: valeur for nom, valeur in form.reponses().items() if nom in noms}
    page, par = cle_de_page(request.POST.get("page", "")), personne_connectee(request)
    candidature, lues, disputes = Candidature(pk=pk), form.lues(), []
    try:
        avis = actions.enregistrer(
            candidature, Niveau(niveau), territoire, envoyees, lues=lues, par=par, page=page, le=recu_le(request)
        )
    except actions.Conflit as conflit:
        avis, disputes = conflit.avis, conflit.champs
    except (actions.DejaRendu, Refus) as fini:
        return _fini(str(fini), pk, niveau, territoire)
    except (PermissionDenied, PlusModifiable) as refus:
        raise Http404 from refus
    return enregistre(
        request,
        ecrits=[nom for nom in envoyees if nom not in disputes],
        memoire=_memoire(avis, envoyees, disputes),
        erreurs={nom: list(map(str, phrases)) for nom, phrases in form.errors.items() if nom in noms},
        conflits=[_dispute(form, avis, nom, envoyees[nom]) for nom in disputes],
    )


def _formulaire(niveau: str, request: HttpRequest) -> FormulaireDAvis:
    """Le formulaire de ce niveau, sur un avis vide : sans mémoire de la page, tout texte déjà gardé est disputé, aucun n'est perdu."""
    if niveau not in Niveau:
        raise Http404
    return formulaire_d_avis(MODELES[Niveau(niveau)](), request.POST, passe_outre=niveau == Niveau.REGION)


def _memoire(avis: Avis, envoyees: dict[str, Any], disputes: list[str]) -> dict[str, str]:
    """Ce que la page doit retenir : ce qui est écrit, et le texte du collègue, réputé lu."""
    return {LU + nom: getattr(avis, nom) for nom, valeur in envoyees.items() if nom in disputes or getattr(avis, nom) == valeur}


def _dispute(form: FormulaireDAvis, avis: Avis, nom: str, mien: Any) -> Dispute:
    gardee = getattr(avis, nom)
    return Dispute(
        nom,
        str(form[nom].label),
        dire_la_reponse(avis, nom, gardee),
        dire_la_reponse(avis, nom, mien),
        saisies={nom: [gardee]},
        est_texte=not getattr(form.fields[nom], "choices", None),
    )


def _fini(phrase: str, pk: int, niveau: str, territoire: str) -> JsonResponse:
    """L'avis ne s'écrit plus : la phrase le dit, le texte reste à l'écran."""
    contenu = {
        "erreur": "deposee",
        "phrase": f"{phrase} {PLUS_ENREGISTRE}",
        "url": reverse("avis:avis", args=[pk, niveau, territoire]),
    }
    return JsonResponse(contenu, status=HTTPStatus.CONFLICT)


@require_POST
def etat(request: HttpRequest, pk: int, niveau: str, territoire: str) -> JsonResponse:
    """Pour le service seul : qui d'autre rédige cet avis, et quand son brouillon a été enregistré."""
    lu = chercher_l_avis(request, pk, niveau, territoire)
    if not lu.est_du_service:
        raise Http404
    if not lu.est_a_ecrire:
        return _fini(lu.fin, pk, niveau, territoire)
    presence.signaler(lu.candidature, lu.personne, lu.cle_de_presence, lu.maintenant)
    presents = presence.presents_a(lu.candidature, lu.cle_de_presence, sauf=lu.personne, le=lu.maintenant)
    fragments = {"presents": _fragment("presents", presents=presents), "brouillon": _fragment("brouillon", lu=lu)}
    return JsonResponse({"fragments": fragments})


def _fragment(nom: str, **contexte: Any) -> str:
    return render_to_string(f"avis/{nom}.html", contexte)
