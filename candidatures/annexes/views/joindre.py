"""Joindre des annexes à un brouillon : la page, un envoi, ce qu'il devient."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from candidatures import regles, verrou
from candidatures.annexes import actions
from candidatures.annexes.fichiers.genres import FICHIERS_MAXIMUM, GENRES, TAILLE_MAXIMALE, TOTAL_MAXIMAL
from candidatures.annexes.fichiers.refus import FichierRefuse
from candidatures.annexes.forms.annexes import EnvoiDAnnexes
from candidatures.avancement.annexes_attendues import annexes_attendues
from candidatures.avancement.parcours import Parcours
from candidatures.chercher import chercher
from candidatures.models import Candidature, TypeDAnnexe
from candidatures.models.candidature import Candidatures
from comptes.acces import personne_connectee
from hlm_projets.fichiers import MEGAOCTET, nom_de_fichier
from hlm_projets.requete.middleware import recu_le

DEPOSEE = "Cette candidature n'est plus un brouillon : ses annexes ne changent plus, et rien n'y a été ajouté."


@dataclass(frozen=True, slots=True)
class Rejet:
    """Un fichier qui n'est pas entré ; `reessayer` : le même envoi peut réussir plus tard."""

    nom: str
    phrase: str
    reessayer: bool


@dataclass(slots=True)
class Bilan:
    """Ce que sont devenus les fichiers d'un envoi."""

    jointes: list[str] = field(default_factory=list)
    rejets: list[Rejet] = field(default_factory=list)


@require_http_methods(["GET", "HEAD", "POST"])
def annexes(request: HttpRequest, pk: int) -> HttpResponse:
    """La page des annexes ; un envoi y ajoute un ou plusieurs fichiers, chacun pour soi."""
    candidature = a_remplir(request, pk)
    if not regles.fiche_ouverte(candidature):
        return plus_modifiable(request, candidature) if request.method == "POST" else redirect("candidatures:fiche", pk)
    if request.method != "POST":
        return _page(request, candidature, EnvoiDAnnexes(candidature, attendu=_type_attendu(candidature)))
    form = EnvoiDAnnexes(candidature, request.POST, request.FILES)
    if not form.is_valid():
        return _mal_rempli(request, candidature, form)
    try:
        bilan = _joindre(request, candidature, **form.cleaned_data)
    except verrou.PlusModifiable:
        return plus_modifiable(request, candidature)
    if "X-Saisie" in request.headers:
        return _reponse(request, candidature, bilan)
    if bilan.rejets:
        return _page(request, candidature, EnvoiDAnnexes(candidature, attendu=form.cleaned_data["type"]), bilan)
    messages.success(request, _dire_les_jointes(bilan))
    return redirect("candidatures:annexes", pk)


def a_remplir(request: HttpRequest, pk: int) -> Candidature:
    """La candidature, pour qui la remplit ; 404 sinon."""
    candidature = chercher(request, pk, Candidatures.all)
    if not regles.peut(regles.peut_remplir, personne_connectee(request), candidature):
        raise Http404
    return candidature


def _joindre(request: HttpRequest, candidature: Candidature, type: TypeDAnnexe, fichiers: list[UploadedFile[Any]]) -> Bilan:
    """Chaque fichier entre, ou est refusé avec sa phrase, sans empêcher les autres."""
    bilan = Bilan()
    for fichier in fichiers:
        nom = fichier.name or ""
        try:
            annexe = actions.joindre(
                candidature, type, fichier.open(), nom, par=personne_connectee(request), maintenant=recu_le(request)
            )
        except (FichierRefuse, actions.StockageImpossible) as refus:
            encore = isinstance(refus, actions.StockageImpossible) or refus.code == "occupe"
            bilan.rejets.append(Rejet(nom_de_fichier(nom), refus.phrase, encore))
        except PermissionDenied as refuse:
            raise Http404 from refuse
        else:
            bilan.jointes.append(annexe.nom)
    return bilan


def _dire_les_jointes(bilan: Bilan) -> str:
    if len(bilan.jointes) == 1:
        return f"« {bilan.jointes[0]} » est joint."
    return f"{len(bilan.jointes)} fichiers sont joints."


def _page(
    request: HttpRequest, candidature: Candidature, form: EnvoiDAnnexes, bilan: Bilan | None = None, status: int = HTTPStatus.OK
) -> HttpResponse:
    contexte = {
        "candidature": candidature,
        "parcours": Parcours(candidature, "annexes"),
        "form": form,
        "bilan": bilan,
        "genres": GENRES.values(),
        "bornes": {"taille": TAILLE_MAXIMALE // MEGAOCTET, "fichiers": FICHIERS_MAXIMUM, "total": TOTAL_MAXIMAL // MEGAOCTET},
        **_liste(candidature),
    }
    return render(request, "candidatures/annexes/annexes.html", contexte, status=HTTPStatus.CONFLICT if bilan else status)


def _liste(candidature: Candidature) -> dict[str, Any]:
    """Ce que montre la liste : elle est aussi rendue seule, après chaque fichier."""
    gardees = list(candidature.annexes.select_related("type"))
    return {
        "candidature": candidature,
        "annexes": gardees,
        "total": sum(annexe.taille for annexe in gardees),
        "attendues": annexes_attendues(candidature),
        "sans_antivirus": not settings.CLAMD_SOCKET,
    }


def _type_attendu(candidature: Candidature) -> TypeDAnnexe | None:
    """Le premier type exigé qui n'a pas encore de fichier : proposé d'abord."""
    joints = set(candidature.annexes.values_list("type", flat=True))
    return next((type_ for type_ in candidature.campagne.types_d_annexe.all() if type_.exige and type_.pk not in joints), None)


def _reponse(request: HttpRequest, candidature: Candidature, bilan: Bilan) -> HttpResponse:
    """La réponse à un envoi au fil de l'eau : ce que sont devenus les fichiers, et la liste à remettre dans la page."""
    return JsonResponse(
        {
            "jointes": bilan.jointes,
            "rejets": [{"nom": r.nom, "phrase": r.phrase, "reessayer": r.reessayer} for r in bilan.rejets],
            "nombre": candidature.annexes.count(),
            "html": render_to_string("candidatures/annexes/annexes_liste.html", _liste(candidature), request),
        }
    )


def _mal_rempli(request: HttpRequest, candidature: Candidature, form: EnvoiDAnnexes) -> HttpResponse:
    if "X-Saisie" not in request.headers:
        return _page(request, candidature, form)
    phrases = [str(phrase) for erreurs in form.errors.values() for phrase in erreurs]
    return JsonResponse({"erreur": "formulaire", "phrase": " ".join(phrases)}, status=HTTPStatus.BAD_REQUEST)


def plus_modifiable(request: HttpRequest, candidature: Candidature) -> HttpResponse:
    """La candidature a été déposée ou supprimée entre-temps : le fichier n'y est pas."""
    existe = Candidature.objects.filter(pk=candidature.pk).exists()
    url = reverse("candidatures:fiche", args=[candidature.pk]) if existe else reverse("accueil")
    if "X-Saisie" in request.headers:
        return JsonResponse({"erreur": "deposee", "phrase": DEPOSEE, "url": url}, status=HTTPStatus.CONFLICT)
    messages.error(request, DEPOSEE)
    return redirect(url)
