"""« Mes candidatures »."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import F, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from candidatures.dossier.resume import resumer
from candidatures.models import Campagne, Candidature
from candidatures.models.candidature import Candidatures
from comptes.acces import personne_connectee
from comptes.models import Organisme
from comptes.portees import portee_de
from comptes.views.listes import page_de
from hlm_projets.requete.middleware import recu_le
from territoires.models import Departement


@require_safe
def mes(request: HttpRequest) -> HttpResponse:
    """« Mes candidatures » : la campagne ouverte, les dossiers de mes organismes page par page, ceux qu'on partage avec moi."""
    portee = portee_de(personne_connectee(request))
    if not (portee.est_bailleur or portee.est_invite):
        raise Http404
    personne, siennes = personne_connectee(request), Candidature.objects.filter(organisme__in=portee.organismes)
    partagees = _a_resumer(Candidature.objects.partagees_avec(personne)).prefetch_related("departements")
    page = page_de(request, _a_resumer(siennes))
    contexte = {
        "campagnes": Campagne.objects.ouvertes(recu_le(request)) if portee.est_bailleur else [],
        "page": page,
        "resumes": [resumer(candidature, personne) for candidature in page],
        "partagees": [resumer(candidature, personne) for candidature in partagees],
        "portee": portee,
        "fuseaux": {*_fuseaux_des_sieges(portee.organismes), *_fuseaux_des_projets(siennes)},
        "plusieurs_organismes": len(portee.organismes) > 1,
    }
    return render(request, "candidatures/dossier/mes.html", contexte)


def _a_resumer(candidatures: Candidatures) -> Candidatures:
    """Avec ce que dit un résumé, et rien des listes : l'avancement demande seulement si elles sont vides.

    Ce qui reste à déposer d'abord : au-delà d'une page, un brouillon ne doit pas se chercher à la dernière.
    """
    ranges = candidatures.order_by(F("deposee_le").desc(nulls_first=True), "-pk")
    return ranges.select_related("campagne", "organisme").avec_presences()


def _fuseaux_des_projets(candidatures: Candidatures) -> QuerySet[Departement, str]:
    """Les fuseaux des départements que concernent ces candidatures."""
    liens = Candidature.departements.through.objects.filter(candidature__in=candidatures.order_by().values("pk"))
    concernes = Departement.objects.filter(pk__in=liens.values("departement"))
    return concernes.order_by().values_list("fuseau", flat=True).distinct()


def _fuseaux_des_sieges(organismes: Iterable[int]) -> QuerySet[Organisme, str]:
    """Les fuseaux des organismes de la personne : outre-mer, la clôture est aussi dite à leur heure (F-20)."""
    return Organisme.objects.filter(pk__in=organismes, departement__isnull=False).values_list("departement__fuseau", flat=True)
