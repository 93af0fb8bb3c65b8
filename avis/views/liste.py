"""« À traiter » : l'accueil d'un agent d'un service de l'État."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from avis.a_traiter import Comptes, avis_a_traiter, en_lignes, territoires_de
from avis.forms import FiltreATraiter
from comptes.acces import personne_connectee
from comptes.portees import portee_de
from comptes.views.listes import PAR_PAGE
from hlm_projets.requete.middleware import recu_le


@require_safe
def a_traiter(request: HttpRequest) -> HttpResponse:
    """Les avis de ses territoires, en retard d'abord ; 404 pour qui n'appartient à aucun service."""
    personne, maintenant = personne_connectee(request), recu_le(request)
    if not portee_de(personne).est_agent:
        raise Http404
    territoires = territoires_de(personne)
    tous = avis_a_traiter(territoires, maintenant)
    filtre = FiltreATraiter(request.GET, territoires)
    page = Paginator(filtre.filtrer(tous), PAR_PAGE).get_page(request.GET.get("page"))
    contexte = {
        "territoires": territoires,
        "plusieurs": len(territoires) > 1,
        "comptes": Comptes.de(tous),
        "filtre": filtre,
        "page": page,
        "lignes": en_lignes(page, territoires, maintenant),
    }
    return render(request, "avis/a_traiter.html", contexte)
