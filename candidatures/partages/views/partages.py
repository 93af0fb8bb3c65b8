"""Qui a accès à une candidature : inviter, changer un droit, renvoyer, retirer ; et la page publique du lien d'invitation."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from candidatures import regles, verrou
from candidatures.chercher import chercher
from candidatures.models import Candidature, Partage
from candidatures.models.candidature import Candidatures
from candidatures.partages import actions as partages
from candidatures.partages.forms import FormulaireDInvite, FormulaireDOuverture, FormulaireDuDroit
from candidatures.partages.views.acces import lignes_des_invites, membres_de
from comptes.acces import personne_connectee
from comptes.models import Utilisateur
from hlm_projets.requete.middleware import recu_le

DEPOSEE = "Cette candidature vient d'être déposée ou supprimée : rien n'a été fait."


# --- Du côté de l'organisme ----------------------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
def acces(request: HttpRequest, pk: int) -> HttpResponse:
    """Qui a accès : les membres de l'organisme, les invités ; et en inviter, tant que c'est un brouillon."""
    candidature = _la_sienne(request, pk)
    form = FormulaireDInvite(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _inviter(request, candidature, form):
        return redirect("candidatures:partages", pk)
    contexte = {
        "candidature": candidature,
        "membres": membres_de(candidature),
        "invites": lignes_des_invites(candidature, recu_le(request)),
        "form": form if regles.peut(regles.peut_inviter, personne_connectee(request), candidature) else None,
    }
    return render(request, "candidatures/partages/partages.html", contexte)


def _la_sienne(request: HttpRequest, pk: int) -> Candidature:
    candidature = chercher(request, pk, _avec_l_organisme)
    if not regles.peut(regles.est_de_l_organisme, personne_connectee(request), candidature):
        raise Http404
    return candidature


def _avec_l_organisme(requete: Candidatures) -> Candidatures:
    return requete.select_related("organisme")


def _inviter(request: HttpRequest, candidature: Candidature, form: FormulaireDInvite) -> bool:
    """Vrai si la page peut être relue ; un refus se dit dans le formulaire."""
    try:
        partage = partages.inviter(candidature, **form.cleaned_data, par=personne_connectee(request), le=recu_le(request))
    except verrou.Refus as refus:
        form.add_error("courriel", refus.raisons)
        return False
    except verrou.PlusModifiable:
        messages.error(request, DEPOSEE)
    else:
        messages.success(request, f"L'invitation part à {partage.courriel}. Le lien sert une fois, pendant 14 jours.")
    return True


@require_http_methods(["GET", "HEAD", "POST"])
def partage(request: HttpRequest, pk: int, partage: int) -> HttpResponse:
    """Un invité : changer ce qu'il peut faire, ou lui renvoyer son invitation."""
    candidature, invite = _invite(request, pk, partage)
    if not regles.peut(regles.peut_inviter, personne_connectee(request), candidature):
        messages.error(request, "La candidature est déposée : un accès peut seulement être retiré.")
        return redirect("candidatures:partages", pk)
    envoi = request.POST if request.method == "POST" and "renvoyer" not in request.POST else None
    form = FormulaireDuDroit(envoi, initial={"droit": invite.droit})
    if request.method == "POST" and (envoi is None or form.is_valid()):
        _ecrire(request, invite, form.cleaned_data["droit"] if envoi is not None else None)
        return redirect("candidatures:partages", pk)
    return render(request, "candidatures/partages/partage.html", {"candidature": candidature, "partage": invite, "form": form})


def _ecrire(request: HttpRequest, invite: Partage, droit: str | None) -> None:
    """Change le droit ; None : renvoie l'invitation. Ce qui a été fait, ou pourquoi rien ne l'a été, est dit en tête de page."""
    qui: dict[str, Any] = {"par": personne_connectee(request), "le": recu_le(request)}
    try:
        if droit is not None:
            change = partages.changer_le_droit(invite, droit, **qui)
            messages.success(request, "Ce que peut faire l'invité est changé." if change else "Rien n'a changé.")
        elif partages.renvoyer(invite, **qui):
            messages.success(request, f"Un nouveau lien part à {invite.courriel} ; le précédent ne vaut plus.")
        else:
            messages.info(request, f"Un lien vient de partir à {invite.courriel} : laissez-lui quelques minutes.")
    except verrou.Refus as refus:
        messages.error(request, " ".join(refus.raisons))
    except verrou.PlusModifiable:
        messages.error(request, DEPOSEE)


@require_http_methods(["GET", "HEAD", "POST"])
def retirer(request: HttpRequest, pk: int, partage: int) -> HttpResponse:
    """Retirer un accès, ou éteindre une invitation, après confirmation."""
    candidature, invite = _invite(request, pk, partage)
    if request.method == "POST":
        retire = partages.revoquer(invite, par=personne_connectee(request), le=recu_le(request))
        messages.success(request, f"{invite.courriel} n'a plus accès à cette candidature." if retire else "C'était déjà fait.")
        return redirect("candidatures:partages", pk)
    return render(request, "candidatures/partages/partage_retirer.html", {"candidature": candidature, "partage": invite})


def _invite(request: HttpRequest, pk: int, partage: int) -> tuple[Candidature, Partage]:
    candidature = _la_sienne(request, pk)
    return candidature, get_object_or_404(candidature.partages.select_related("personne"), pk=partage)


# --- Du côté de la personne invitée --------------------------------------------------------------------------------------
@login_not_required
@never_cache
@sensitive_variables("jeton")
@sensitive_post_parameters("password1", "password2")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, jeton: str) -> HttpResponse:
    """Le lien reçu : accepter avec son compte, se connecter, ou ouvrir un compte. Rien n'est consommé avant l'envoi."""
    try:
        if isinstance(request.user, Utilisateur):
            return _accepter(request, jeton, request.user)
        return _ouvrir_un_compte(request, jeton)
    except partages.LienRefuse:
        return render(request, "candidatures/partages/invitation_refusee.html", status=HTTPStatus.GONE)


def _accepter(request: HttpRequest, jeton: str, invitee: Utilisateur) -> HttpResponse:
    """Connecté : un bouton, et avec quel compte. À un autre compte, la page ne dit rien de la candidature."""
    if deja := partages.deja_accepte(jeton, invitee):
        return redirect("candidatures:fiche", deja.candidature_id)
    partage, autre = partages.lire(jeton, le=recu_le(request)), False
    try:
        if request.method == "POST":
            partage = partages.accepter(jeton, invitee, le=recu_le(request))
            messages.success(request, "Vous avez accès à cette candidature, et à elle seule.")
            return redirect("candidatures:fiche", partage.candidature_id)
        autre = partage.courriel != invitee.courriel
    except partages.AutreCompte:
        autre = True
    contexte = {"partage": partage, "invitee": invitee, "autre": autre}
    statut = HTTPStatus.CONFLICT if autre and request.method == "POST" else HTTPStatus.OK
    return render(request, "candidatures/partages/invitation.html", contexte, status=statut)


def _ouvrir_un_compte(request: HttpRequest, jeton: str) -> HttpResponse:
    """Sans compte, l'ouvrir ici ; avec un compte, s'y connecter d'abord."""
    partage = partages.lire(jeton, le=recu_le(request))
    compte = partages.compte_de(partage)
    if compte is not None:
        contexte = {"partage": partage, "sans_mot_de_passe": not compte.has_usable_password()}
        return render(request, "candidatures/partages/invitation_connexion.html", contexte)
    form = FormulaireDOuverture(request.POST if request.method == "POST" else None, courriel=partage.courriel)
    if request.method == "POST" and form.is_valid():
        try:
            ouvert = partages.ouvrir_un_compte(jeton, form.personne, form.cleaned_data["password1"], le=recu_le(request))
        except partages.CompteExistant:
            return redirect("candidatures:invitation", jeton)
        login(request, ouvert)
        messages.success(request, "Votre compte est ouvert. Gardez votre mot de passe : il vous servira à revenir.")
        return redirect("candidatures:fiche", partage.candidature_id)
    return render(request, "candidatures/partages/invitation_compte.html", {"partage": partage, "form": form})
