"""Lier ou délier une fiche jumelle, depuis le dossier."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from candidatures.chercher import chercher
from candidatures.dossier import jumelage
from candidatures.models import Candidature
from candidatures.verrou import Refus
from comptes.acces import personne_connectee, reserve_au_national
from hlm_projets.requete.middleware import recu_le

NUMERO_MAXIMUM = 60


@require_POST
@reserve_au_national
def jumeler(request: HttpRequest, pk: int) -> HttpResponse:
    """Lie ce dossier à celui dont le numéro est écrit, ou le délie."""
    candidature, par, le = chercher(request, pk), personne_connectee(request), recu_le(request)
    numero = request.POST.get("numero", "").strip()[:NUMERO_MAXIMUM]
    try:
        if "delier" in request.POST:
            jumelage.delier(candidature, par=par, le=le)
            messages.success(request, f"{candidature.reference} n'est plus lié à un autre dossier.")
        else:
            autre = Candidature.objects.visibles_par(par).par_reference(numero)
            jumelage.lier(candidature, autre, par=par, le=le)
            messages.success(
                request, f"{candidature.reference} et {autre.reference} sont liés : leurs ménages se comptent une fois."
            )
    except Candidature.DoesNotExist:
        messages.error(request, f"Aucun dossier ne porte le numéro « {numero} » : vérifiez-le, par exemple 2026-77-003.")
    except Refus as refus:
        messages.error(request, str(refus))
    return redirect("candidatures:fiche", pk)
