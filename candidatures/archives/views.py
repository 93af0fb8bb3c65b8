"""Demander le ZIP d'une liste, suivre sa préparation, le télécharger. Chacun ne voit que les siens."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from candidatures.archives import actions as archives
from candidatures.dossier.forms.liste import FiltreDesCandidatures
from candidatures.models import Archive
from comptes.acces import personne_connectee
from comptes.journal import consigner
from comptes.portees import portee_de
from hlm_projets.requete.middleware import recu_le
from territoires.heures import heure_locale

TROP = "Vous avez déjà plusieurs archives en préparation : attendez que l'une soit prête."
RIEN = "Cette liste est vide : il n'y a rien à télécharger."


@require_POST
def archive_creer(request: HttpRequest) -> HttpResponse:
    """Demande le ZIP de la liste affichée ; un second clic mène à la même demande."""
    if not portee_de(personne_connectee(request)).consulte:
        raise Http404
    filtre = FiltreDesCandidatures(request.POST, personne_connectee(request))
    parametres = filtre.retenus
    try:
        if filtre.qs.exists():
            return redirect(
                "candidatures:archive", archives.demander(personne_connectee(request), parametres, maintenant=recu_le(request)).pk
            )
        messages.warning(request, RIEN)
    except archives.TropDArchives:
        messages.warning(request, TROP)
    return redirect(f"{reverse('candidatures:liste')}?{urlencode(parametres)}")


@require_safe
def archive(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Où en est la préparation ; la page se relit toute seule avec JavaScript, et d'un clic sans lui."""
    demande = _la_sienne(request, pk)
    filtre = FiltreDesCandidatures(demande.parametres, personne_connectee(request))
    retour = f"{reverse('candidatures:liste')}?{urlencode(demande.parametres)}"
    contexte = {"archive": demande, "filtres": filtre.en_mots, "retour": retour, "garde": archives.GARDE}
    return render(request, "candidatures/archives/archive.html", contexte)


@require_safe
def archive_telecharger(request: HttpRequest, pk: UUID) -> HttpResponse | FileResponse:
    """Le ZIP, à son demandeur, tant qu'il peut lire tout ce qu'il contient."""
    demande = _la_sienne(request, pk)
    if not demande.est_prete:
        raise Http404
    try:
        fichier = demande.fichier.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    consigner("telecharger_archive", demande, par=personne_connectee(request), le=recu_le(request), archive=str(demande.pk))
    nom = f"candidatures-{heure_locale(demande.demandee_le):%Y-%m-%d}.zip"
    reponse = FileResponse(fichier, as_attachment=True, filename=nom)
    reponse["Content-Security-Policy"] = "sandbox; default-src 'none'"
    reponse["X-Content-Type-Options"] = "nosniff"
    return reponse


def _la_sienne(request: HttpRequest, pk: UUID) -> Archive:
    """L'archive demandée par cette personne, si ses droits la couvrent encore ; 404 sinon."""
    demande = get_object_or_404(Archive, pk=pk, demandee_par=personne_connectee(request))
    if not archives.est_encore_permise(demande, personne_connectee(request)):
        raise Http404
    return demande
