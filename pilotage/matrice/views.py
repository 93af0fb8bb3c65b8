"""La matrice : qui a rendu son avis, sur quel dossier."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from comptes.acces import personne_connectee
from comptes.portees import portee_de
from comptes.views.listes import page_de
from hlm_projets.requete.middleware import recu_le
from pilotage.matrice.forms import FiltreDeLaMatrice, etapes_dites
from pilotage.matrice.requetes import suivis, voit_la_france, voit_la_matrice
from territoires.models import Region


@require_safe
def matrice(request: HttpRequest) -> HttpResponse:
    """Candidatures × services : pour la région d'un agent régional, pour la France du national et du comité."""
    personne = personne_connectee(request)
    portee = portee_de(personne)
    if not voit_la_matrice(portee):
        raise Http404
    maintenant = recu_le(request)
    filtre = FiltreDeLaMatrice(request.GET, personne, maintenant)
    page = page_de(request, filtre.qs.values_list("pk", flat=True), filtre.nombre)
    contexte = {
        "page": page,
        "lignes": suivis(list(page.object_list), personne, maintenant, region=filtre.retenus.get("region", "")),
        "totaux": filtre.totaux,
        "filtre": filtre.form,
        "retenus": filtre.retenus,
        "ou": "France" if voit_la_france(portee) else _noms(portee.regions),
        "legende": etapes_dites(portee),
    }
    return render(request, "pilotage/matrice.html", contexte)


def _noms(regions: frozenset[str]) -> str:
    return ", ".join(map(str, Region.objects.filter(pk__in=regions)))
