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
from avis.forms import FormulaireDAvis, formulaire_d_avis
from avis.lecture import AvisLu
from avis.views.conflits import disputes, enregistrer
from avis.views.saisie import chercher_l_avis, formulaire_de
from candidatures.models import Candidature
from candidatures.plusieurs_mains import presence
from candidatures.plusieurs_mains.empreintes import ecrire
from candidatures.plusieurs_mains.views.collegues import annonces
from candidatures.plusieurs_mains.views.reponse import fragment, reponse
from candidatures.verrou import PlusModifiable, Refus
from comptes.acces import personne_connectee

PLUS_ENREGISTRE = "Ce que vous tapez maintenant n'est plus enregistré : copiez-le si besoin."


@require_POST
def saisie(request: HttpRequest, pk: int, niveau: str, territoire: str) -> JsonResponse:
    """Écrit les réponses nommées par `champs`, les justes même si d'autres sont fausses ; sept requêtes d'ordinaire.

    Le motif pour passer outre se garde dans le brouillon dès qu'il est tapé ; il n'est lu de personne d'autre avant le rendu.
    """
    form, noms = _formulaire(niveau, request), frozenset(request.POST.get("champs", "").split())
    envoyees = {nom: valeur for nom, valeur in form.reponses().items() if nom in noms}
    try:
        avis, disputees = enregistrer(request, actions.Brouillon(Candidature(pk=pk), Niveau(niveau), territoire), form, envoyees)
    except (actions.DejaRendu, Refus) as fini:
        return _fini(str(fini), pk, niveau, territoire)
    except (PermissionDenied, PlusModifiable) as refus:
        raise Http404 from refus
    retenues = [nom for nom, valeur in envoyees.items() if nom in disputees or getattr(avis, nom) == valeur]
    return reponse(
        request,
        ecrits=[nom for nom in envoyees if nom not in disputees],
        memoire={"lu": ecrire(form.retenir(avis, retenues))},
        erreurs={nom: list(map(str, phrases)) for nom, phrases in form.errors.items() if nom in noms},
        conflits=disputes(form, avis, disputees, personne_connectee(request)),
    )


def _formulaire(niveau: str, request: HttpRequest) -> FormulaireDAvis:
    """Le formulaire de ce niveau, sur un avis vide : l'action seule lit la base, sous son verrou."""
    if niveau not in Niveau:
        raise Http404
    return formulaire_d_avis(MODELES[Niveau(niveau)](), request.POST, passe_outre=niveau == Niveau.REGION)


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
        return _fini(lu.fin, *lu.cle)
    presence.signaler(lu.candidature, lu.personne, lu.cle_de_presence, lu.maintenant)
    presents = presence.presents_a(lu.candidature, lu.cle_de_presence, sauf=lu.personne, le=lu.maintenant)
    fragments: dict[str, str] = {nom: render_to_string(f"avis/{nom}.html", {"lu": lu}) for nom in ("etape", "brouillon")}
    fragments["presents"] = fragment("plusieurs_mains/presents", presents=[f"{nom} rédige cet avis" for nom in presents])
    return JsonResponse({"fragments": fragments, "changees": _changees(request, lu)})


def _changees(request: HttpRequest, lu: AvisLu) -> list[dict[str, Any]]:
    """Ce que des collègues ont écrit depuis que la page l'a lu."""
    vierge, traces = formulaire_de(lu), actions.Brouillon(lu.candidature, lu.niveau, lu.territoire).traces
    return annonces(request, lu.avis, vierge.fields, vierge, traces, reverse("avis:avis", args=lu.cle))
