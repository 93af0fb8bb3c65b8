"""Aller chercher, c'est autoriser."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from candidatures.models import Candidature
from candidatures.models.candidature import Candidatures
from comptes.acces import personne_connectee
from hlm_projets.requete import relations
from territoires.connus import departements_de


def chercher(
    request: HttpRequest, pk: int, lire: Callable[[Candidatures], Candidatures] = Candidatures.pour_lecture
) -> Candidature:
    """La candidature si la personne peut la lire, 404 sinon ; `lire` dit ce que la page demande de plus que ses colonnes."""
    return get_object_or_404(lire(Candidature.objects.visibles_par(personne_connectee(request))), pk=pk)


def chercher_un_dossier(request: HttpRequest, pk: int, *avec: str) -> Candidature:
    """De même, pour une page qui n'en lit qu'une : son en-tête (`Candidatures.pour_entete`), et ces clés étrangères inverses."""
    candidature = chercher(request, pk, Candidatures.avec_organisme)
    codes = [lien.departement_id for lien in relations.lignes(Candidature.departements.through, "candidature", pk)]
    relations.retenir(candidature, "departements", departements_de(codes).values())
    relations.lire(candidature, *avec)
    return candidature
