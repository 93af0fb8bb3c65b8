"""Les personnes : la liste, inviter, modifier, renvoyer une invitation."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comptes import actions, invitations
from comptes.acces import personne_connectee, reserve_au_national
from comptes.ecriture import EcritureRefusee
from comptes.forms.habilitations import FormulaireDHabilitation, Portees, RechercheDOrganisme, jeu_de
from comptes.forms.partage import tenter
from comptes.forms.personnes import FiltreDesPersonnes, FormulaireDePersonne, FormulaireDInvitation
from comptes.invitations import Suite
from comptes.models import Habilitation, Utilisateur
from comptes.views.listes import contient, page_de
from comptes.views.presentation import presenter
from hlm_projets.requete.middleware import recu_le
from territoires.heures import heure_locale

CHERCHES = ("nom", "prenom", "courriel", "habilitations__organisme__nom")
AVEC_LEUR_PORTEE = Habilitation.objects.select_related("organisme", "service__departement", "service__region")
A_PRESENTER: tuple[Prefetch[str] | str, ...] = (Prefetch("habilitations", AVEC_LEUR_PORTEE), "invitations")
DITS = {
    Suite.INVITEE: "L'invitation part à {courriel}. Le lien sert une fois, pendant 7 jours.",
    Suite.PREVENUE: "{nom} avait déjà un compte : l'habilitation y est ajoutée, un courriel l'en prévient.",
    Suite.DEJA: "{nom} avait déjà cette habilitation : rien n'a changé, et aucun courriel n'est parti.",
}


@require_safe
@reserve_au_national
def personnes(request: HttpRequest) -> HttpResponse:
    """La liste : chercher, filtrer par rôle, aller à l'une d'elles."""
    filtre = FiltreDesPersonnes(request.GET)
    filtre.is_valid()
    q, role = filtre.cleaned_data.get("q", ""), filtre.cleaned_data.get("role", "")
    page = page_de(request, _requete(q, role, request))
    lignes = [presenter(personne, recu_le(request)) for personne in page]
    return render(request, "comptes/personnes.html", {"filtre": filtre, "page": page, "lignes": lignes, "cherche": q or role})


def _requete(q: str, role: str, request: HttpRequest) -> QuerySet[Utilisateur]:
    trouvees = Utilisateur.objects.filter(contient(q, CHERCHES)).values("pk")
    requete = Utilisateur.objects.filter(pk__in=trouvees).prefetch_related(*A_PRESENTER)
    if role:
        jour = heure_locale(recu_le(request)).date()
        tenues = Habilitation.objects.en_cours(jour).filter(role=role, utilisateur=OuterRef("pk"))
        requete = requete.filter(Exists(tenues))
    return requete


@require_http_methods(["GET", "HEAD", "POST"])
@reserve_au_national
def personne_inviter(request: HttpRequest) -> HttpResponse:
    """Inviter une personne, avec sa première habilitation."""
    cherche, portees = "chercher" in request.POST, Portees.trouver(request.POST)
    donnees = request.POST if request.method == "POST" and not cherche else None
    tape = request.POST.dict() if cherche else {}  # une recherche rend la page telle qu'elle était remplie
    form = FormulaireDInvitation(donnees, initial=tape)
    habilitation = FormulaireDHabilitation(donnees, initial=tape, portees=portees)
    if donnees and form.is_valid() & habilitation.is_valid():
        par, le = personne_connectee(request), recu_le(request)
        resultats: list[invitations.Resultat] = []
        acte = partial(invitations.inviter, form.personne(), habilitation.instance, par=par, le=le)
        if tenter(lambda: resultats.append(acte()), form, habilitation):
            _dire(request, resultats[0])
            return redirect("comptes:personnes")
    recherche = RechercheDOrganisme(initial=request.POST.dict()) if portees.a_chercher else None
    contexte = {"form": form, "habilitation": habilitation, "recherche": recherche, "vaine": cherche and not portees.organismes}
    return render(request, "comptes/personne_inviter.html", contexte)


def _dire(request: HttpRequest, resultat: invitations.Resultat) -> None:
    texte = DITS[resultat.suite].format(courriel=resultat.personne.courriel, nom=resultat.personne)
    messages.success(request, texte)


@require_http_methods(["GET", "HEAD", "POST"])
@reserve_au_national
def personne_modifier(request: HttpRequest, pk: int) -> HttpResponse:
    """Modifier une personne : son nom, l'ouverture de son compte, ses habilitations."""
    donnees = request.POST if request.method == "POST" else None
    personne = get_object_or_404(Utilisateur.objects.prefetch_related(*A_PRESENTER), pk=pk)
    fiche = presenter(personne, recu_le(request))
    form = FormulaireDePersonne(donnees, instance=personne)
    jeu = jeu_de(personne, donnees)
    if request.method == "POST" and form.is_valid() & jeu.is_valid():
        par, le = personne_connectee(request), recu_le(request)
        acte = partial(actions.modifier_personne, personne, form.changements(), jeu.habilitations(), par=par, le=le)
        if tenter(acte, form, *jeu.forms):
            messages.success(request, f"Le compte de {personne} est enregistré.")
            return redirect("comptes:personne_modifier", pk)
    return render(request, "comptes/personne_modifier.html", {"form": form, "jeu": jeu, "fiche": fiche})


@require_POST
@reserve_au_national
def personne_reinviter(request: HttpRequest, pk: int) -> HttpResponse:
    """Envoyer un nouveau lien d'invitation."""
    personne = get_object_or_404(Utilisateur, pk=pk)
    try:
        suite = invitations.reinviter(personne, par=personne_connectee(request), le=recu_le(request))
    except EcritureRefusee as refus:
        messages.error(request, str(refus))
    else:
        deja = f"Une invitation vient de partir à {personne.courriel}, il y a moins d'une minute."
        messages.success(request, deja if suite == Suite.DEJA else DITS[suite].format(courriel=personne.courriel, nom=personne))
    return redirect("comptes:personne_modifier", pk)
