"""Reprendre une candidature d'une édition antérieure ; dire relue une rubrique reprise."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from candidatures import regles, verrou
from candidatures.chercher import chercher
from candidatures.models import Campagne, Candidature
from candidatures.reprise import actions as reprise
from candidatures.reprise.annexes import annexes_reprenables
from candidatures.reprise.forms import FormulaireDeReprise
from candidatures.reprise.reprenables import INTITULES, relire, reprenables
from candidatures.saisie.views import section as bailleur
from candidatures.sections import SECTION_PAR_CODE, ancre_de
from comptes.acces import personne_connectee
from hlm_projets.requete.middleware import recu_le

MONTREES = 5
"""Candidatures de l'organisme déjà là, montrées avant de reprendre ; les autres sont comptées."""


@require_http_methods(["GET", "HEAD", "POST"])
def reprendre(request: HttpRequest, pk: int) -> HttpResponse:
    """Choisir ce qu'on reprend, pour quelle campagne ; puis le brouillon."""
    ancienne = chercher(request, pk)
    if not regles.peut(regles.est_de_l_organisme, personne_connectee(request), ancienne):
        raise Http404
    campagnes = Campagne.objects.ouvertes(recu_le(request)).exclude(pk=ancienne.campagne_id)
    form = _formulaire(request, ancienne, campagnes)
    if request.method == "POST" and form.is_valid():
        try:
            nouvelle = _reprendre(request, ancienne, form)
        except reprise.DejaReprise as deja:
            messages.info(request, "Ce dossier vient d'être repris : voici le brouillon qui en est né.")
            return redirect("candidatures:fiche", deja.nouvelle.pk)
        except verrou.Refus as refus:
            form.add_error(None, refus.raisons)
        else:
            _annoncer(request, nouvelle)
            return redirect("candidatures:fiche", nouvelle.pk)
    return render(request, "candidatures/reprise/reprendre.html", _contexte(ancienne, campagnes, form))


def _formulaire(request: HttpRequest, ancienne: Candidature, campagnes: QuerySet[Campagne]) -> FormulaireDeReprise:
    ouvertes = list(campagnes)
    return FormulaireDeReprise(
        request.POST if request.method == "POST" else None,
        campagnes=campagnes,
        rubriques=reprenables(relire(ancienne), ouvertes[0] if len(ouvertes) == 1 else None),
        annexes=annexes_reprenables(ancienne),
        connues=Candidature.objects.filter(origine=ancienne).values_list("pk", flat=True),
    )


def _reprendre(request: HttpRequest, ancienne: Candidature, form: FormulaireDeReprise) -> Candidature:
    try:
        return reprise.reprendre(
            ancienne,
            form.cleaned_data["campagne"],
            form.sorts(),
            annexes=form.annexes_voulues(),
            connues=form.reprises_connues(),
            par=personne_connectee(request),
            maintenant=recu_le(request),
        )
    except (PermissionDenied, verrou.PlusModifiable) as perdue:
        raise Http404 from perdue


def _annoncer(request: HttpRequest, nouvelle: Candidature) -> None:
    """Ce qui est fait, et ce qui n'a pas pu l'être tel quel."""
    comptes = (len(nouvelle.a_revoir), "rubrique", "relire"), (nouvelle.annexes.count(), "annexe", "confirmer")
    suites = [f"{nombre} {nom}{'s' if nombre > 1 else ''} à {verbe}" for nombre, nom, verbe in comptes if nombre]
    messages.success(request, " ; ".join(["Un brouillon est créé à partir de votre dossier", *suites]) + ".")
    provenance = reprise.provenance(nouvelle)
    for code, phrase in provenance.phrases.items() if provenance else ():
        messages.warning(request, f"{INTITULES[code][0]} : {phrase}" if code in INTITULES else phrase)


def _contexte(ancienne: Candidature, campagnes: QuerySet[Campagne], form: FormulaireDeReprise) -> dict[str, object]:
    """Ce que l'organisme a déjà dans ces campagnes est dit d'abord (F-18), sans rien interdire."""
    deja = Candidature.objects.filter(organisme=ancienne.organisme_id, campagne__in=list(campagnes)).select_related("campagne")
    toutes = sorted(deja, key=lambda candidature: candidature.origine_id != ancienne.pk)
    return {
        "candidature": ancienne,
        "campagnes": campagnes,
        "form": form,
        "deja": toutes[:MONTREES],
        "autres": len(toutes) - len(toutes[:MONTREES]),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def relu(request: HttpRequest, pk: int, code: str, champ: str) -> HttpResponse:
    """« C'est relu » : ôte la marque, enregistre la section comme le ferait son bouton, revient à la rubrique."""
    if code not in SECTION_PAR_CODE or champ not in INTITULES:
        raise Http404
    candidature = chercher(request, pk)
    if request.method != "POST":
        return redirect("candidatures:section", pk, code)
    try:
        reprise.marquer_relue(candidature, champ, par=personne_connectee(request))
    except PermissionDenied as refus:
        raise Http404 from refus
    except verrou.PlusModifiable:
        pass  # la section le dit, et rend ce qui était tapé
    reponse = bailleur.section(request, pk, code)
    return redirect(f"{reponse['Location']}#{ancre_de(champ)}") if reponse.status_code == HTTPStatus.FOUND else reponse
