"""Décider, puis publier : l'enveloppe sous les yeux."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from candidatures.coherence.rapprochements import menages_comptes_une_fois
from candidatures.etats import Etat
from candidatures.models import Campagne, Candidature
from candidatures.verrou import Refus
from comptes.acces import personne_connectee, reserve_au_national
from comptes.portees import portee_de
from comptes.views.listes import PAR_PAGE
from hlm_projets.requete.middleware import recu_le
from pilotage.decisions import actions
from pilotage.decisions.dossiers import (
    Bilan,
    cumuls,
    de_la_campagne,
    devant_le_comite,
    empreinte_des_decisions,
    lignes,
    raisons_de_ne_pas_publier,
)
from pilotage.decisions.forms import FiltreDesDecisions, FormulaireDePublication

DEJA = "Les décisions de cette campagne sont déjà publiées : rien n'a été refait."


@require_safe
def decisions(request: HttpRequest) -> HttpResponse:
    """Les dossiers devant le comité, une campagne à la fois ; le lecteur du comité lit, l'administrateur décide."""
    portee = portee_de(personne_connectee(request))
    if not portee.connait_les_decisions:
        raise Http404
    filtre = FiltreDesDecisions(request.GET)
    campagne = filtre.choisie
    if campagne is None:
        return render(request, "pilotage/decisions.html", {"campagne": None, "filtre": filtre})
    decide = portee.administre and campagne.publiee_le is None
    dossiers = devant_le_comite(campagne, filtre.valeur("tri"), filtre.valeur("decision"))
    page = Paginator(dossiers, PAR_PAGE).get_page(request.GET.get("page"))
    contexte = {
        "campagne": campagne,
        "filtre": filtre,
        "page": page,
        "lignes": lignes(cumuls(page.object_list, campagne.enveloppe), decide=decide),
        "bilan": Bilan.de_la_campagne(campagne),
        "menages": menages_comptes_une_fois(Candidature.objects.filter(campagne=campagne, etat=Etat.RETENUE)),
        "decide": decide,
        "ici": request.get_full_path(),
    }
    return render(request, "pilotage/decisions.html", contexte)


@require_http_methods(["GET", "HEAD", "POST"])
@reserve_au_national
def publier(request: HttpRequest, pk: int) -> HttpResponse:
    """Relire le bilan (GET), publier (POST) : toutes les décisions de la campagne, une seule fois."""
    campagne = get_object_or_404(Campagne, pk=pk)
    if campagne.publiee_le:
        messages.info(request, DEJA)
        return redirect(_adresse(campagne))
    if request.method != "POST":
        return _relire(request, campagne)
    form = FormulaireDePublication(request.POST)
    if not form.is_valid():
        return _relire(request, campagne, form)
    try:
        bilan = actions.publier(
            campagne, par=personne_connectee(request), maintenant=recu_le(request), relue=form.cleaned_data["relue"]
        )
    except actions.DejaPubliee:
        messages.info(request, DEJA)
        return redirect(_adresse(campagne))
    except Refus as refus:
        return _relire(request, campagne, refus=refus.raisons)
    messages.success(request, f"{bilan.decidees} décision{'s' if bilan.decidees > 1 else ''} : publié. Les courriels partent.")
    return redirect(_adresse(campagne))


def _relire(
    request: HttpRequest, campagne: Campagne, form: FormulaireDePublication | None = None, *, refus: list[str] | None = None
) -> HttpResponse:
    """La page de relecture ; la confirmation vaut pour ce qui y est montré, et n'y est jamais cochée d'avance."""
    dossiers = list(de_la_campagne(campagne))
    form = form or FormulaireDePublication(initial={"relue": empreinte_des_decisions(dossiers)})
    raisons = raisons_de_ne_pas_publier(campagne, dossiers, recu_le(request))
    contexte = {
        "campagne": campagne,
        "bilan": Bilan.de(campagne, dossiers),
        "raisons": raisons,
        "refus": [raison for raison in refus or [] if raison not in raisons],
        "form": form,
        "retour": _adresse(campagne),
    }
    status = HTTPStatus.CONFLICT if refus or form.errors else HTTPStatus.OK
    return render(request, "pilotage/publier.html", contexte, status=status)


def _adresse(campagne: Campagne) -> str:
    return f"{reverse('pilotage:decisions')}?campagne={campagne.pk}"
