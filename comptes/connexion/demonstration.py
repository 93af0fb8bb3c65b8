"""La connexion de démonstration : un bouton par compte inventé, sans mot de passe. N'existe pas hors de la démonstration."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect

from comptes.connexion.domaine import DOMAINE
from comptes.models import Utilisateur


@dataclass(frozen=True, slots=True)
class Compte:
    """Un compte de la démonstration, tel que la page de connexion le propose."""

    courriel: str
    nom: str
    role: str


def comptes() -> list[Compte]:
    """Les comptes à proposer, dans l'ordre de leur création ; aucun hors de la démonstration."""
    if not settings.DEMONSTRATION:
        return []
    portees = ("habilitations__organisme", "habilitations__service__departement", "habilitations__service__region")
    personnes = _comptes().order_by("pk").prefetch_related(*portees)
    return [Compte(p.courriel, str(p), " ; ".join(map(str, p.habilitations.all()))) for p in personnes]


def _comptes() -> QuerySet[Utilisateur]:
    """Les seuls où l'on entre sans mot de passe : ouverts, et d'un domaine qui n'existe pas (RFC 2606)."""
    return Utilisateur.objects.filter(is_active=True, courriel__endswith=f"@{DOMAINE}")


@login_not_required
def demonstration(request: HttpRequest) -> HttpResponse:
    """Entre dans le compte demandé (POST) ; 404 hors de la démonstration, quelle que soit la méthode."""
    if not settings.DEMONSTRATION:
        raise Http404
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    login(request, get_object_or_404(_comptes(), courriel=request.POST.get("courriel", "").replace("\x00", "")))
    return redirect("accueil")
