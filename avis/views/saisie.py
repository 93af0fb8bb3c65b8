"""Lire un dossier et écrire son avis : le brouillon du service, puis le rendu, qui est définitif."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from http import HTTPStatus
from typing import cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from avis import actions
from avis.actions import MODELES
from avis.attendus import Niveau
from avis.forms import Avis, FormulaireDAvis, formulaire_d_avis, formulaire_tranche
from avis.lecture import AvisLu, avis_lu
from avis.manques import manques
from avis.views.conflits import disputes, enregistrer
from candidatures.chercher import chercher_un_dossier
from candidatures.lecture.avis_lus import DEPARTEMENTAUX, REGIONAUX, visibles
from candidatures.lecture.composition import a_lire
from candidatures.models import Candidature
from candidatures.plusieurs_mains.disputes import DISPUTE, Dispute
from candidatures.verrou import PlusModifiable, Refus
from comptes.acces import personne_connectee
from comptes.ecriture import Conflit
from hlm_projets.requete.middleware import recu_le
from territoires.heures import dire

CONTRIBUTEUR = "Votre service contribue à ce brouillon, il ne rend pas l'avis : prévenez {service} quand il est prêt."


@require_http_methods(["GET", "HEAD", "POST"])
def avis(request: HttpRequest, pk: int, niveau: str, territoire: str) -> HttpResponse:
    """La fiche, et à côté l'avis : à écrire par son service, à lire par ceux qui le peuvent."""
    if request.method == "POST" and _est_ecrit(request, pk, niveau, territoire):
        return _enregistre(request)
    lu = chercher_l_avis(request, pk, niveau, territoire)
    if request.method != "POST":
        return _page(request, lu, formulaire_de(lu) if lu.est_a_ecrire else None)
    if not lu.est_du_service:
        raise Http404
    form = formulaire_tranche(lu.avis, request.POST, passe_outre=_avec_motif(lu))
    try:
        return _recevoir(request, lu, form)
    except actions.DejaRendu as deja:
        return _deja_rendu(request, lu, form, deja)
    except Conflit as conflit:
        return _page_de_conflit(request, form, cast(Avis, conflit.objet), conflit.champs, lu)
    except Refus as refus:
        return _refuse(request, chercher_l_avis(request, pk, niveau, territoire), form, refus)
    except PermissionDenied as refuse:
        raise Http404 from refuse


def chercher_l_avis(request: HttpRequest, pk: int, niveau: str, territoire: str) -> AvisLu:
    """L'avis, sur une candidature que la personne peut lire ; 404 sinon."""
    candidature = chercher_un_dossier(request, pk, DEPARTEMENTAUX, REGIONAUX, "reports")
    return avis_lu(candidature, niveau, territoire, personne_connectee(request), recu_le(request))


def formulaire_de(lu: AvisLu) -> FormulaireDAvis:
    """Le formulaire, tel que la page le montre."""
    return formulaire_d_avis(lu.avis, passe_outre=_avec_motif(lu))


def _avec_motif(lu: AvisLu) -> bool:
    return lu.niveau == Niveau.REGION and lu.passe_outre


# --- Recevoir ----------------------------------------------------------------------------------------------------------
RELISENT = ("rendre", "motif_passer_outre", DISPUTE)
"""Ce qui, dans un envoi, demande de relire le dossier : rendre, passer outre des départements, trancher un conflit."""


def _est_ecrit(request: HttpRequest, pk: int, niveau: str, territoire: str) -> bool:
    """Écrit un brouillon tout juste, sans relire le dossier qu'aucune page ne montrera : l'action contrôle les droits sous son verrou.

    Faux si quelque chose est à dire. L'envoi se reçoit alors en entier, comme s'il arrivait : écrire deux fois la même chose n'est
    l'écrire qu'une.
    """
    if niveau not in Niveau or any(nom in request.POST for nom in RELISENT):
        return False
    form = formulaire_d_avis(MODELES[Niveau(niveau)](), request.POST)
    if not form.is_valid():
        return False
    try:
        brouillon = actions.Brouillon(Candidature(pk=pk), Niveau(niveau), territoire)
        _, disputees = enregistrer(request, brouillon, form, form.valeurs())
    except (actions.DejaRendu, PermissionDenied, PlusModifiable, Refus):
        return False
    return not disputees


def _enregistre(request: HttpRequest) -> HttpResponse:
    messages.success(request, "Le brouillon est enregistré : vos collègues du service peuvent le continuer.")
    return redirect(request.path)


def _recevoir(request: HttpRequest, lu: AvisLu, form: FormulaireDAvis) -> HttpResponse:
    """Enregistre ce qui est juste ; puis, si on le demande et que rien ne manque, rend l'avis."""
    valeurs = form.valeurs()
    brouillon = actions.Brouillon(lu.candidature, lu.niveau, lu.territoire)
    garde, disputees = enregistrer(request, brouillon, form, valeurs)
    form.retenir(garde, valeurs)  # réaffichée, la page sait ce qui est écrit
    if disputees or form.indecis:
        return _page_de_conflit(request, form, garde, {*disputees, *form.indecis}, lu)
    if "rendre" in request.POST and form.is_valid():
        for champ, phrase in manques(garde).items():
            form.add_error(champ, phrase)
    if not form.is_valid():
        return _page(request, lu, form)
    if "rendre" not in request.POST:
        return _enregistre(request)
    return _rendre(request, lu, form)


def _rendre(request: HttpRequest, lu: AvisLu, form: FormulaireDAvis) -> HttpResponse:
    if not lu.peut_rendre:
        raise Refus([phrase_du_contributeur(lu)])
    vu = form.reponses()
    motif = vu.pop("motif_passer_outre", "")
    rendu = actions.rendre(
        lu.candidature, lu.niveau, lu.territoire, par=lu.personne, maintenant=lu.maintenant, vu=vu, motif_passer_outre=motif
    )
    messages.success(request, f"L'avis est rendu, le {dire(lu.maintenant)}, au nom de {rendu.service_nom}.")
    return redirect(request.path)


def phrase_du_contributeur(lu: AvisLu) -> str:
    """Pourquoi cette personne ne rend pas l'avis, et qui le rend."""
    return CONTRIBUTEUR.format(service=lu.service_qui_rend or "le service désigné")


# --- Ce qui n'a pas pu être écrit : le texte revient toujours à l'écran ---------------------------------------------------
def _refuse(request: HttpRequest, lu: AvisLu, form: FormulaireDAvis, refus: Refus) -> HttpResponse:
    if not lu.est_a_ecrire:
        return _rendre_le_texte(request, lu, form, refus.raisons)
    for raison in refus.raisons:
        form.add_error("motif_passer_outre" if "motif" in raison and lu.passe_outre else None, raison)
    return _page(request, lu, form, status=HTTPStatus.CONFLICT)


def _deja_rendu(request: HttpRequest, lu: AvisLu, form: FormulaireDAvis, deja: actions.DejaRendu) -> HttpResponse:
    """Un second clic mène à l'avis rendu ; un texte différent est d'abord rendu à qui l'a tapé."""
    autres = {nom: v for nom, v in form.reponses().items() if nom != "motif_passer_outre" and v != getattr(deja.avis, nom)}
    if autres or form.errors:
        return _rendre_le_texte(request, lu, form, [str(deja)])
    messages.info(request, str(deja))
    return redirect(request.path)


def _rendre_le_texte(request: HttpRequest, lu: AvisLu, form: FormulaireDAvis, raisons: list[str]) -> HttpResponse:
    tape = [(champ.label, champ.data) for champ in form if champ.data and champ.data.strip()]
    contexte = {"lu": lu, "candidature": lu.candidature, "raisons": raisons, "tape": tape}
    return render(request, "avis/non_enregistre.html", contexte, status=HTTPStatus.CONFLICT)


def _page_de_conflit(request: HttpRequest, form: FormulaireDAvis, garde: Avis, noms: Collection[str], lu: AvisLu) -> HttpResponse:
    """Les deux textes de chaque champ disputé, dans le formulaire ; la personne choisit. Le reste est écrit."""
    conflits = disputes(form, garde, noms, lu.personne)
    return _page(request, chercher_l_avis(request, *lu.cle), form, HTTPStatus.CONFLICT, conflits)


# --- La page -------------------------------------------------------------------------------------------------------------
def _page(
    request: HttpRequest, lu: AvisLu, form: FormulaireDAvis | None, status: int = HTTPStatus.OK, conflits: Sequence[Dispute] = ()
) -> HttpResponse:
    contexte = {
        "lu": lu,
        "candidature": lu.candidature,
        "document": a_lire(lu.candidature, avis=visibles(lu.candidature, lu.personne)),
        "form": form,
        "conflits": conflits,
        "contributeur": "" if form is None or lu.peut_rendre else phrase_du_contributeur(lu),
    }
    return render(request, "avis/avis.html", contexte, status=status)
