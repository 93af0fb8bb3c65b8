"""Les campagnes : la liste, en créer une, en modifier une."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from candidatures.campagnes import actions
from candidatures.campagnes.forms.campagnes import FormulaireDeCampagne
from candidatures.coherence import CONTROLE_PAR_CODE, JUSTIFICATIONS
from candidatures.etats import Etat
from candidatures.models import Campagne
from comptes.acces import personne_connectee, reserve_au_national
from comptes.forms.partage import tenter
from comptes.models import Acte
from comptes.views.listes import page_de
from hlm_projets.requete.middleware import recu_le

ETATS = {"a_venir": "à venir", "ouverte": "ouverte", "close": "close"}
ACTES = {
    "creer_campagne": "Création",
    "modifier_campagne": "Modification",
    "regler_les_controles": "Contrôles de cohérence",
    "regler_les_annexes": "Types d'annexe",
    "publier_les_decisions": "Décisions publiées",
}
DERNIERS = 20


@dataclass(frozen=True, slots=True)
class Modification:
    """Une ligne de l'historique, pour le composant « chronologie »."""

    instant: datetime
    libelle: str
    auteur: str
    motif: str


@require_safe
@reserve_au_national
def campagnes(request: HttpRequest) -> HttpResponse:
    """Toutes les campagnes, de la plus récente à la plus ancienne."""
    brouillon = Q(candidatures__etat=Etat.BROUILLON)
    comptees = Campagne.objects.annotate(
        brouillons=Count("candidatures", filter=brouillon), deposees=Count("candidatures", filter=~brouillon)
    )
    page = page_de(request, comptees.order_by("-cloture", "-pk"))
    lignes = [(campagne, etat, ETATS[etat]) for campagne in page if (etat := _etat(campagne, recu_le(request)))]
    return render(request, "candidatures/campagnes/campagnes.html", {"page": page, "lignes": lignes})


def _etat(campagne: Campagne, maintenant: datetime) -> str:
    if maintenant < campagne.ouverture:
        return "a_venir"
    return "ouverte" if campagne.est_ouverte(maintenant) else "close"


@require_http_methods(["GET", "HEAD", "POST"])
@reserve_au_national
def campagne_creer(request: HttpRequest) -> HttpResponse:
    """Créer une campagne."""
    form = FormulaireDeCampagne(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        acte = partial(actions.creer_campagne, form.instance, par=personne_connectee(request), le=recu_le(request))
        if tenter(acte, form):
            messages.success(request, f"La campagne « {form.instance} » est créée.")
            return redirect("candidatures:campagnes")
    return render(
        request, "candidatures/campagnes/campagne.html", {"form": form, "titre": "Créer une campagne", "historique": []}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@reserve_au_national
def campagne_modifier(request: HttpRequest, pk: int) -> HttpResponse:
    """Modifier une campagne ; son historique est sous le formulaire."""
    campagne = get_object_or_404(Campagne, pk=pk)
    titre = f"Modifier {campagne}"
    form = FormulaireDeCampagne(request.POST if request.method == "POST" else None, instance=campagne)
    if request.method == "POST" and form.is_valid():
        par, le = personne_connectee(request), recu_le(request)
        if tenter(lambda: actions.modifier_campagne(campagne, form.changements(), par=par, le=le), form):
            messages.success(request, f"La campagne « {campagne} » est enregistrée.")
            return redirect("candidatures:campagnes")
    contexte = {"form": form, "campagne": campagne, "titre": titre, "historique": _historique(pk)}
    return render(request, "candidatures/campagnes/campagne.html", contexte)


def _historique(pk: int) -> list[Modification]:
    """Les derniers actes sur cette campagne, du plus récent au plus ancien."""
    actes = Acte.objects.filter(acte__in=ACTES, detail__campagne=pk)[:DERNIERS]
    return [Modification(a.le, ACTES[a.acte], a.par_nom, _dire(a.detail)) for a in actes]


def _dire(detail: Mapping[str, object]) -> str:
    changements = detail.get("changements")
    if not isinstance(changements, Mapping):
        return ""
    lignes = [f"{_intitule(nom)} : {avant or 'vide'} → {apres or 'vide'}" for nom, (avant, apres) in changements.items()]
    return "\n".join(lignes)


def _intitule(nom: str) -> str:
    if nom in CONTROLE_PAR_CODE:
        return CONTROLE_PAR_CODE[nom].libelle
    if nom == JUSTIFICATIONS:
        return "Justifications"
    libelle = FormulaireDeCampagne.base_fields[nom].label if nom in FormulaireDeCampagne.base_fields else nom
    return str(libelle).capitalize() if libelle else nom
