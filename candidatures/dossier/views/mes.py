"""« Mes candidatures »."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from candidatures.dossier.resume import resumer
from candidatures.models import Campagne, Candidature
from comptes.acces import personne_connectee
from comptes.models import Organisme
from comptes.portees import portee_de
from hlm_projets.requete.middleware import recu_le


@require_safe
def mes(request: HttpRequest) -> HttpResponse:
    """« Mes candidatures » : la campagne ouverte, les dossiers de mes organismes, ceux qu'on partage avec moi."""
    portee = portee_de(personne_connectee(request))
    if not (portee.est_bailleur or portee.est_invite):
        raise Http404
    candidatures = Candidature.objects.filter(organisme__in=portee.organismes).pour_lecture()
    partagees = Candidature.objects.partagees_avec(personne_connectee(request)).pour_lecture()
    contexte = {
        "campagnes": Campagne.objects.ouvertes(recu_le(request)) if portee.est_bailleur else [],
        "resumes": [resumer(candidature, personne_connectee(request)) for candidature in candidatures],
        "partagees": [resumer(candidature, personne_connectee(request)) for candidature in partagees],
        "portee": portee,
        "fuseaux": {*_fuseaux_des_sieges(portee.organismes)}.union(*(c.fuseaux for c in candidatures)),
        "plusieurs_organismes": len(portee.organismes) > 1,
    }
    return render(request, "candidatures/dossier/mes.html", contexte)


def _fuseaux_des_sieges(organismes: Iterable[int]) -> QuerySet[Organisme, str]:
    """Les fuseaux des organismes de la personne : outre-mer, la clôture est aussi dite à leur heure (F-20)."""
    return Organisme.objects.filter(pk__in=organismes, departement__isnull=False).values_list("departement__fuseau", flat=True)
