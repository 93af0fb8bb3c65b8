"""Une annexe d'un brouillon : la modifier, la ranger, la confirmer, la retirer."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from candidatures import regles, verrou
from candidatures.annexes import actions
from candidatures.annexes.fichiers.refus import FichierRefuse
from candidatures.annexes.forms.annexes import ModificationDAnnexe
from candidatures.annexes.views.joindre import DEPOSEE, a_remplir, plus_modifiable
from candidatures.models import Annexe, Candidature
from comptes.acces import personne_connectee
from hlm_projets.requete.middleware import recu_le


def _d_une_fiche_ouverte(vue: Callable[[HttpRequest, Candidature, Annexe], HttpResponse]) -> Callable[..., HttpResponse]:
    """Une annexe d'une fiche ouverte que la personne remplit : 404 pour les autres, et rien ne change plus après le dépôt."""

    @wraps(vue)
    def enveloppe(request: HttpRequest, pk: int, cle: UUID) -> HttpResponse:
        candidature = a_remplir(request, pk)
        annexe = get_object_or_404(candidature.annexes.select_related("type"), pk=cle)
        return vue(request, candidature, annexe) if regles.fiche_ouverte(candidature) else plus_modifiable(request, candidature)

    return enveloppe


@require_http_methods(["GET", "HEAD", "POST"])
@_d_une_fiche_ouverte
def annexe_modifier(request: HttpRequest, candidature: Candidature, annexe: Annexe) -> HttpResponse:
    """Changer le type d'une annexe, ou son fichier."""
    donnees = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ModificationDAnnexe(candidature, annexe, *donnees)
    rempli = request.method == "POST" and form.is_valid()
    if rempli and _faire(request, lambda: _modifier(request, candidature, annexe, form), form):
        return redirect("candidatures:annexes", candidature.pk)
    contexte = {"candidature": candidature, "annexe": annexe, "form": form}
    return render(request, "candidatures/annexes/annexe_modifier.html", contexte)


def _modifier(request: HttpRequest, candidature: Candidature, annexe: Annexe, form: ModificationDAnnexe) -> None:
    """Le type d'abord : l'annexe qui la remplace le garde."""
    actions.changer_de_type(candidature, annexe.pk, form.cleaned_data["type"], **_qui(request))
    for fichier in form.cleaned_data["fichier"]:
        neuve = actions.remplacer(candidature, annexe.pk, fichier.open(), fichier.name or "", **_qui(request))
        messages.success(request, f"« {neuve.nom} » remplace « {annexe.nom} ».")


@require_http_methods(["GET", "HEAD", "POST"])
@_d_une_fiche_ouverte
def annexe_retirer(request: HttpRequest, candidature: Candidature, annexe: Annexe) -> HttpResponse:
    """Retirer une annexe, après confirmation."""
    if request.method != "POST":
        return render(request, "candidatures/annexes/annexe_retirer.html", {"candidature": candidature, "annexe": annexe})
    if _faire(request, lambda: actions.retirer(candidature, annexe.pk, **_qui(request))):
        messages.success(request, f"« {annexe.nom} » est retiré.")
    return redirect("candidatures:annexes", candidature.pk)


@require_POST
@_d_une_fiche_ouverte
def annexe_ranger(request: HttpRequest, candidature: Candidature, annexe: Annexe) -> HttpResponse:
    """Mettre une annexe à un autre rang."""
    rang = request.POST.get("rang", "")
    if rang.isascii() and rang.isdigit() and len(rang) <= 3:
        _faire(request, lambda: actions.ordonner(candidature, annexe.pk, int(rang), **_qui(request)))
    return redirect(f"{reverse('candidatures:annexes', args=[candidature.pk])}#annexe-{annexe.pk}")


@require_POST
@_d_une_fiche_ouverte
def annexe_confirmer(request: HttpRequest, candidature: Candidature, annexe: Annexe) -> HttpResponse:
    """Garder une annexe reprise d'une édition antérieure."""
    if _faire(request, lambda: actions.confirmer(candidature, annexe.pk, **_qui(request))):
        messages.success(request, f"« {annexe.nom} » est confirmé.")
    return redirect("candidatures:annexes", candidature.pk)


def _qui(request: HttpRequest) -> dict[str, Any]:
    return {"par": personne_connectee(request), "maintenant": recu_le(request)}


def _faire(request: HttpRequest, acte: Callable[[], object], form: ModificationDAnnexe | None = None) -> bool:
    """Fait l'acte ; ce qui l'empêche est dit dans le formulaire s'il y en a un, en haut de la page suivante sinon."""
    try:
        acte()
    except (FichierRefuse, actions.StockageImpossible) as refus:
        if form is None:
            messages.error(request, refus.phrase)
        else:
            form.add_error("fichier", refus.phrase)
        return False
    except verrou.PlusModifiable:
        messages.error(request, DEPOSEE)
        return form is not None
    except PermissionDenied as refuse:
        raise Http404 from refuse
    return True
