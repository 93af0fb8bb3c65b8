"""La liste des candidatures, pour qui en lit d'autres que celles de son organisme."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from candidatures.dossier.forms.liste import FiltreDesCandidatures, colonnes_de_la_liste
from candidatures.etats import Etat
from comptes.acces import personne_connectee
from comptes.portees import portee_de
from comptes.views.listes import page_de


@require_safe
def liste(request: HttpRequest) -> HttpResponse:
    """Toutes les candidatures que la personne peut lire ; un bailleur a sa propre page, les autres n'en ont pas."""
    portee = portee_de(personne_connectee(request))
    if not portee.consulte:
        if portee.est_bailleur or portee.est_invite:
            return redirect("candidatures:mes")
        raise Http404
    filtre = FiltreDesCandidatures(request.GET, personne_connectee(request))
    page = page_de(request, colonnes_de_la_liste(filtre.qs))
    contexte = {
        "page": page,
        "lignes": [(candidature, Etat(vars(candidature)["etat_lu"])) for candidature in page],  # annoté par le filtre
        "filtre": filtre.form,
        "retenus": filtre.retenus,
    }
    return render(request, "candidatures/dossier/liste.html", contexte)
