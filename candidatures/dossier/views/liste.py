"""La liste des candidatures, pour qui en lit d'autres que celles de son organisme."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from candidatures.dossier.forms.liste import FiltreDesCandidatures, codes_des_departements, lire
from candidatures.etats import Etat
from candidatures.models import Candidature
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
    personne = personne_connectee(request)
    filtre = FiltreDesCandidatures(request.GET, personne)
    page = page_de(request, filtre.qs.values_list("pk", flat=True))
    lues = lire(Candidature.objects.avec_etat_lu(personne), page)
    codes = codes_des_departements(lues)
    contexte = {
        "page": page,
        "lignes": [(c, Etat(vars(c)["etat_lu"]), codes[c.pk]) for c in lues],  # annoté par `avec_etat_lu`
        "filtre": filtre.form,
        "retenus": filtre.retenus,
    }
    return render(request, "candidatures/dossier/liste.html", contexte)
