"""L'enregistrement au fil de la frappe d'une section, et ce que sa page apprend des autres : deux adresses, en JSON."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from candidatures import regles, verrou
from candidatures.avancement.parcours import Parcours
from candidatures.avancement.plan import Equilibre
from candidatures.chercher import chercher
from candidatures.coherence import constats
from candidatures.coherence.ordre import de_la_section
from candidatures.models import Candidature, LigneDuPlan
from candidatures.plusieurs_mains.empreintes import ecrire
from candidatures.plusieurs_mains.views import collegues
from candidatures.plusieurs_mains.views.reponse import fragment, plus_modifiable, reponse
from candidatures.saisie.forms.envoi import Envoi
from candidatures.saisie.forms.section import Saisie, remplir
from candidatures.sections import EN_TABLEAUX, LISTE_DU_TABLEAU, SECTION_PAR_CODE
from comptes.acces import personne_connectee
from hlm_projets.requete.middleware import recu_le
from territoires.heures import dire

PARTIE = re.compile(r"_(min|max|unite)\Z")
RANGEE = re.compile(rf"({'|'.join(LISTE_DU_TABLEAU)})-.*")


@require_POST
def saisie(request: HttpRequest, pk: int, code: str) -> JsonResponse:
    """Écrit les réponses envoyées, les justes même si d'autres sont fausses ; cinq requêtes pour une réponse."""
    if code not in SECTION_PAR_CODE:
        raise Http404
    envoi = Envoi(Candidature(pk=pk), SECTION_PAR_CODE[code], request.POST, _champs(request.POST.get("champs", "")))
    try:
        ecrits = envoi.enregistrer(personne_connectee(request), recu_le(request))
    except verrou.PlusModifiable:
        return plus_modifiable(chercher(request, pk).pk)  # supprimée : 404, comme si elle n'avait jamais été
    except PermissionDenied as refus:
        raise Http404 from refus
    memoire = {"lu": ecrire({nom: envoi.lues[nom] for nom in envoi.champs or () if nom in envoi.lues})}
    return reponse(request, ecrits=ecrits, memoire=memoire, erreurs=_erreurs(envoi.saisie), conflits=envoi.conflits)


def _champs(noms: str) -> frozenset[str]:
    """Les réponses que nomme la page : noms de champs, de parties d'un champ (« cout_diagnostic_min ») ou de cellules d'un tableau."""
    return frozenset(_champ(nom) for nom in noms.split())


def _champ(nom: str) -> str:
    if tableau := RANGEE.fullmatch(nom):
        nom = tableau[1]
    liste = LISTE_DU_TABLEAU.get(nom)
    return liste.nom if liste else PARTIE.sub("", nom)


def _erreurs(saisie: Saisie) -> dict[str, list[str]]:
    """Les phrases, par nom de saisie ; celles d'un tableau entier, sous le nom du tableau."""
    phrases = {nom: list(map(str, erreurs)) for nom, erreurs in saisie.form.errors.items() if nom in (saisie.champs or ())}
    for nom, tableau in saisie.tableaux.items():
        if ensemble := list(map(str, tableau.non_form_errors())):
            phrases[nom] = ensemble
        for rangee in tableau.forms:
            phrases |= {rangee.add_prefix(cellule): list(map(str, erreurs)) for cellule, erreurs in rangee.errors.items()}
    return phrases


@require_POST
def etat(request: HttpRequest, pk: int, code: str) -> JsonResponse:
    """Ce que la page de saisie montre à côté des champs : qui est là, ce qui a changé, l'avancement, les totaux."""
    candidature = chercher(request, pk)
    if code not in SECTION_PAR_CODE or not regles.peut(regles.peut_remplir, personne_connectee(request), candidature):
        raise Http404
    if not regles.fiche_ouverte(candidature):
        return plus_modifiable(pk)
    trouves = de_la_section(constats(candidature, rapproches=False), code)
    fragments = {
        "cote": fragment("saisie/cote", candidature=candidature, parcours=Parcours(candidature, code)),
        "constats": fragment("coherence/constats_section", constats=trouves, candidature=candidature),
    }
    fragments["presents"] = collegues.presents(request, candidature, code)
    if SECTION_PAR_CODE[code] is LigneDuPlan.section:
        fragments["equilibre"] = fragment("saisie/equilibre", equilibre=Equilibre.de(candidature.lignes.all()))
    changees = _changees(request, candidature, code)
    return JsonResponse({"fragments": fragments, "changees": changees, "cloture": dire(candidature.campagne.cloture)})


def _changees(request: HttpRequest, candidature: Candidature, code: str) -> list[dict[str, Any]]:
    """Les réponses de la section changées par un autre depuis que la page les a lues."""
    vierge = remplir(candidature, SECTION_PAR_CODE[code])
    noms = {*vierge.fields, *EN_TABLEAUX}
    adresse = reverse("candidatures:section", args=[candidature.pk, code])
    return collegues.annonces(request, candidature, noms, vierge, candidature.changements.all(), adresse)
