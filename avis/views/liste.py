"""« À traiter » : l'accueil d'un agent d'un service de l'État."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from avis.a_traiter import Comptes, avis_a_traiter, en_lignes, lire, ranger, territoires_de
from avis.forms import FiltreATraiter
from comptes.acces import personne_connectee
from comptes.portees import portee_de
from comptes.views.listes import page_de
from hlm_projets.requete.middleware import recu_le


@require_safe
def a_traiter(request: HttpRequest) -> HttpResponse:
    """Les avis de ses territoires, en retard d'abord ; 404 pour qui n'appartient à aucun service."""
    personne, maintenant = personne_connectee(request), recu_le(request)
    if not portee_de(personne).est_agent:
        raise Http404
    territoires = territoires_de(personne)
    tous = avis_a_traiter(territoires)
    filtre = FiltreATraiter(request.GET, territoires, maintenant)
    comptes = Comptes.de(tous, maintenant)
    trouves = ranger(filtre.filtrer(tous), maintenant).values_list("pk", flat=True)
    page = page_de(request, trouves, None if filtre.est_pose else comptes.recus)
    contexte = {
        "territoires": territoires,
        "plusieurs": len(territoires) > 1,
        "comptes": comptes,
        "filtre": filtre,
        "page": page,
        "lignes": en_lignes(lire(page), territoires, maintenant),
    }
    return render(request, "avis/a_traiter.html", contexte)
