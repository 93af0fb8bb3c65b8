"""La page publique du lien d'invitation."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from comptes import invitations
from comptes.forms.mot_de_passe import FormulaireDePremierMotDePasse
from hlm_projets.requete.middleware import recu_le


@login_not_required
@never_cache
@sensitive_variables("jeton")
@sensitive_post_parameters("password1", "password2")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, jeton: str) -> HttpResponse:
    """Choisir son mot de passe, une fois, puis entrer. Un lien qui ne vaut plus ne dit rien d'aucun compte."""
    try:
        personne = invitations.lire(jeton, le=recu_le(request))
        form = FormulaireDePremierMotDePasse(request.POST if request.method == "POST" else None, personne=personne)
        if request.method == "POST" and form.is_valid():
            personne = invitations.accepter(jeton, form.cleaned_data["password1"], le=recu_le(request))
            login(request, personne)
            messages.success(request, "Votre compte est ouvert. Gardez votre mot de passe : il vous servira à revenir.")
            return redirect("accueil")
    except invitations.LienRefuse:
        return render(request, "comptes/invitation_refusee.html", status=HTTPStatus.GONE)
    return render(request, "comptes/invitation.html", {"form": form, "invitee": personne})
