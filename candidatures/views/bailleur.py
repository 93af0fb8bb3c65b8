"""Les écrans du bailleur : ses candidatures, la fiche section par section, la relecture, la suppression d'un brouillon."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from candidatures import actions, regles
from candidatures.avancement.completude import SECTION_PAR_CODE, avancement, manques
from candidatures.avancement.parcours import Parcours
from candidatures.avancement.plan import Equilibre
from candidatures.circuit import PASSAGES
from candidatures.coherence import constats, sans_justification
from candidatures.coherence.forms import FormulaireDeJustifications
from candidatures.forms.creer import FormulaireDeCreation
from candidatures.forms.section import Saisie
from candidatures.lecture.composition import document_de
from candidatures.models import Campagne, Candidature
from candidatures.models.candidature import Candidatures
from candidatures.views.commun import chercher
from candidatures.views.resume import resumer
from comptes.acces import personne_connectee
from comptes.models import Organisme
from comptes.portees import portee_de
from hlm_projets.requete.middleware import recu_le
from hlm_projets.requete.saisie_rendue import envoyes, intitule


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
    return render(request, "candidatures/mes.html", contexte)


def _fuseaux_des_sieges(organismes: Iterable[int]) -> QuerySet[Organisme, str]:
    """Les fuseaux des organismes de la personne : outre-mer, la clôture est aussi dite à leur heure (F-20)."""
    return Organisme.objects.filter(pk__in=organismes, departement__isnull=False).values_list("departement__fuseau", flat=True)


@require_http_methods(["GET", "HEAD", "POST"])
def creer(request: HttpRequest) -> HttpResponse:
    """Commencer une candidature : pour quelle campagne, pour quel organisme."""
    if not portee_de(personne_connectee(request)).est_bailleur:
        raise Http404
    form = FormulaireDeCreation(request.POST or None, par=personne_connectee(request), maintenant=recu_le(request))
    if request.method == "POST" and form.is_valid():
        try:
            nouvelle = actions.creer(**form.cleaned_data, par=personne_connectee(request), maintenant=recu_le(request))
        except actions.Refus as refus:
            form.add_error(None, refus.raisons)
        else:
            return redirect("candidatures:section", nouvelle.pk, "projet")
    return render(request, "candidatures/creer.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def section(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Une section de la fiche : montrer, enregistrer ce qui est juste, continuer."""
    candidature = chercher(request, pk, Candidatures.avec_presences)
    if code not in SECTION_PAR_CODE or not regles.peut(regles.peut_remplir, personne_connectee(request), candidature):
        raise Http404
    if not candidature.est_brouillon:
        return _plus_modifiable(request, candidature) if request.method == "POST" else redirect("candidatures:fiche", pk)
    parcours = Parcours(candidature, code)
    saisie = Saisie(candidature, SECTION_PAR_CODE[code], request.POST if request.method == "POST" else None)
    if request.method == "POST":
        try:
            saisie.enregistrer(personne_connectee(request), recu_le(request))
        except actions.PlusModifiable:
            return _plus_modifiable(request, candidature)
        if saisie.est_juste() and not saisie.conflits:
            messages.success(request, f"Section « {saisie.section._meta.verbose_name} » enregistrée.")
            return redirect(parcours.suite(rester="rester" in request.POST))
        parcours = Parcours(chercher(request, pk, Candidatures.avec_presences), code)  # l'avancement d'après l'enregistrement
    return _page_de_section(request, candidature, parcours, saisie)


def _page_de_section(request: HttpRequest, candidature: Candidature, parcours: Parcours, saisie: Saisie) -> HttpResponse:
    contexte = {
        "candidature": candidature,
        "parcours": parcours,
        "saisie": saisie,
        "form": saisie.form,
        "en_erreur": saisie.form.is_bound,
        "equilibre": Equilibre.de(candidature.lignes.all()) if "depenses" in saisie.tableaux else None,
    }
    return render(request, "candidatures/section.html", contexte)


def _plus_modifiable(request: HttpRequest, candidature: Candidature) -> HttpResponse:
    """La candidature est déposée : ce qui vient d'être tapé est rendu à l'écran, jamais jeté (F-16)."""
    tape = [(dit, texte) for nom, texte in envoyes(request) if (dit := intitule(nom, texte, "candidatures"))]
    contexte = {"candidature": candidature, "tape": tape}
    return render(request, "candidatures/plus_modifiable.html", contexte, status=HTTPStatus.CONFLICT)


@require_safe
def verifier(request: HttpRequest, pk: int) -> HttpResponse:
    """« Vérifier et déposer » : la fiche comme au PDF, ce qui manque, qui peut déposer, jusqu'à quand."""
    candidature = chercher(request, pk)
    if not regles.peut(regles.peut_remplir, personne_connectee(request), candidature):
        raise Http404
    if not candidature.est_brouillon:
        return redirect("candidatures:fiche", pk)
    return page_de_verification(request, candidature)


def page_de_verification(
    request: HttpRequest,
    candidature: Candidature,
    refus: list[str] | None = None,
    justifications: FormulaireDeJustifications | None = None,
) -> HttpResponse:
    """La page de relecture ; `refus` : pourquoi un dépôt vient d'être refusé ; `justifications` : ce qui n'a pas pu être écrit."""
    trouves = constats(candidature)
    contexte = {
        "constats": trouves,
        "a_justifier": len(sans_justification(candidature, trouves)),
        "form": justifications or FormulaireDeJustifications(candidature, trouves),
        "candidature": candidature,
        "parcours": Parcours(candidature, "verifier"),
        "document": document_de(candidature),
        "manques": manques(candidature),
        "passage": resumer(candidature, personne_connectee(request)).passage(PASSAGES["deposer"], recu_le(request)),
        "refus": refus or [],
        "avancement": avancement(candidature),
    }
    return render(request, "candidatures/verifier.html", contexte, status=HTTPStatus.CONFLICT if refus else HTTPStatus.OK)


@require_http_methods(["GET", "HEAD", "POST"])
def supprimer(request: HttpRequest, pk: int) -> HttpResponse:
    """Supprimer un brouillon, après confirmation."""
    candidature = chercher(request, pk)
    if not regles.peut(regles.peut_supprimer, personne_connectee(request), candidature):
        raise Http404
    if request.method == "POST":
        try:
            actions.supprimer(candidature, par=personne_connectee(request), maintenant=recu_le(request))
        except actions.PlusModifiable:
            messages.error(request, f"« {candidature.titre} » vient d'être déposée ou supprimée : rien n'a été fait.")
        else:
            messages.success(request, f"Le brouillon « {candidature.titre} » est supprimé.")
        return redirect(reverse("candidatures:mes"))
    return render(request, "candidatures/supprimer.html", {"candidature": candidature})
