"""Les services régionaux : lequel rend l'avis, région par région."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from comptes import actions
from comptes.acces import personne_connectee, reserve_au_national
from comptes.forms.services import FormulaireDesServices
from hlm_projets.requete.middleware import recu_le


@require_http_methods(["GET", "HEAD", "POST"])
@reserve_au_national
def services(request: HttpRequest) -> HttpResponse:
    """Une région par ligne, un choix parmi ses services."""
    form = FormulaireDesServices(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            changes = actions.designer_services(form.choix, par=personne_connectee(request), le=recu_le(request))
        except actions.ConflitDeServices as conflit:
            form.signaler(conflit.presents)
        else:
            messages.success(request, _fait(changes))
            return redirect("comptes:services")
    status = HTTPStatus.CONFLICT if form.errors else HTTPStatus.OK
    return render(request, "comptes/services.html", {"form": form}, status=status)


def _fait(changes: list[str]) -> str:
    return f"Enregistré : {', '.join(changes)}." if changes else "Rien n'a changé."
