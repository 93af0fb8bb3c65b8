"""Les organismes : la liste, en créer un, en modifier un."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from comptes import actions
from comptes.acces import personne_connectee, reserve_au_national
from comptes.forms.organismes import TRIS, FiltreDesOrganismes, FormulaireDOrganisme
from comptes.forms.partage import tenter
from comptes.models import Organisme
from comptes.models.organisme import STATUTS_CONNUS
from comptes.views.listes import contient, page_de
from hlm_projets.requete.middleware import recu_le
from territoires.heures import heure_locale


@dataclass(frozen=True, slots=True)
class Colonne:
    """Un en-tête qui range la liste ; `sens` : ascending, descending, ou vide."""

    libelle: str
    adresse: str
    sens: str
    chiffre: bool


@require_safe
@reserve_au_national
def organismes(request: HttpRequest) -> HttpResponse:
    """La liste : chercher, ranger, aller à l'un d'eux."""
    filtre = FiltreDesOrganismes(request.GET)
    filtre.is_valid()
    q, tri = filtre.cleaned_data.get("q", ""), filtre.cleaned_data.get("tri") or "nom"
    page = page_de(request, _requete(q, tri, request))
    contexte = {"filtre": filtre, "page": page, "colonnes": _colonnes(q, tri), "cherche": q}
    return render(request, "comptes/organismes.html", contexte)


def _requete(q: str, tri: str, request: HttpRequest) -> QuerySet[Organisme]:
    """Les organismes, leur nombre de candidatures et de personnes habilitées ce jour : une seule requête."""
    jour = heure_locale(recu_le(request)).date()
    en_cours = (
        (Q(habilitations__debut=None) | Q(habilitations__debut__lte=jour))
        & (Q(habilitations__fin=None) | Q(habilitations__fin__gte=jour))
        & Q(habilitations__utilisateur__is_active=True)
    )
    return (
        Organisme.objects.filter(contient(q, ("nom", "statut", "siren")))
        .annotate(
            nombre_de_candidatures=Count("candidatures", distinct=True),
            nombre_de_personnes=Count("habilitations__utilisateur", filter=en_cours, distinct=True),
        )
        .order_by(_ordre(tri), "nom", "pk")
    )


def _ordre(tri: str) -> str:
    nom = tri.removeprefix("-")
    champ = f"nombre_de_{nom}" if nom in ("candidatures", "personnes") else nom
    return tri.replace(nom, champ)


def _colonnes(q: str, tri: str) -> list[Colonne]:
    sens = {tri: "descending" if tri.startswith("-") else "ascending"}
    colonnes = []
    for nom, libelle in TRIS:
        oppose = f"-{nom}" if tri == nom else nom
        adresse = "?" + urlencode({"q": q, "tri": oppose} if q else {"tri": oppose})
        colonnes.append(
            Colonne(libelle.capitalize(), adresse, sens.get(nom) or sens.get(f"-{nom}", ""), nom in ("candidatures", "personnes"))
        )
    return colonnes


@require_http_methods(["GET", "HEAD", "POST"])
@reserve_au_national
def organisme_creer(request: HttpRequest) -> HttpResponse:
    """Créer un organisme."""
    form = FormulaireDOrganisme(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        acte = partial(actions.creer_organisme, form.instance, par=personne_connectee(request), le=recu_le(request))
        if tenter(acte, form):
            messages.success(request, f"« {form.instance} » est créé. Invitez maintenant ses personnes.")
            return redirect("comptes:organismes")
    return _page(request, form, "Créer un organisme")


@require_http_methods(["GET", "HEAD", "POST"])
@reserve_au_national
def organisme_modifier(request: HttpRequest, pk: int) -> HttpResponse:
    """Modifier un organisme."""
    organisme = get_object_or_404(Organisme, pk=pk)
    titre = f"Modifier {organisme}"
    form = FormulaireDOrganisme(request.POST if request.method == "POST" else None, instance=organisme)
    if request.method == "POST" and form.is_valid():
        par, le = personne_connectee(request), recu_le(request)
        if tenter(lambda: actions.modifier_organisme(organisme, form.changements(), par=par, le=le), form):
            messages.success(request, f"« {organisme} » est enregistré.")
            return redirect("comptes:organismes")
    return _page(request, form, titre)


def _page(request: HttpRequest, form: FormulaireDOrganisme, titre: str) -> HttpResponse:
    return render(request, "comptes/organisme.html", {"form": form, "titre": titre, "statuts": STATUTS_CONNUS})
