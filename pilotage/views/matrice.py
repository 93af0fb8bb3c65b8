"""La matrice : qui a rendu son avis, sur quel dossier."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from comptes.acces import personne_connectee
from comptes.portees import portee_de
from comptes.views.listes import PAR_PAGE
from hlm_projets.middleware import recu_le
from pilotage.forms import FiltreDeLaMatrice, etapes_dites
from pilotage.requetes import Totaux, suivis, voit_la_france, voit_la_matrice
from territoires.models import Region


@require_safe
def matrice(request: HttpRequest) -> HttpResponse:
    """Candidatures × services : pour la région d'un agent régional, pour la France du national et du comité."""
    personne = personne_connectee(request)
    portee = portee_de(personne)
    if not voit_la_matrice(portee):
        raise Http404
    filtre = FiltreDeLaMatrice(request.GET, personne)
    lignes = filtre.garder(suivis(filtre.qs, personne, recu_le(request), region=filtre.retenus.get("region", "")))
    page = Paginator(lignes, PAR_PAGE).get_page(request.GET.get("page"))
    contexte = {
        "page": page,
        "lignes": page.object_list,
        "totaux": Totaux.de(lignes),
        "filtre": filtre.form,
        "retenus": filtre.retenus,
        "ou": "France" if voit_la_france(portee) else _noms(portee.regions),
        "legende": etapes_dites(portee),
    }
    return render(request, "pilotage/matrice.html", contexte)


def _noms(regions: frozenset[str]) -> str:
    return ", ".join(map(str, Region.objects.filter(pk__in=regions)))
