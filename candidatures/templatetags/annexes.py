"""Montrer les annexes d'un dossier."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.db.models import prefetch_related_objects
from django.template import RequestContext

from candidatures import regles
from candidatures.annexes.fichiers.genres import GENRES
from candidatures.models import Annexe, Candidature
from comptes.acces import personne_connectee
from hlm_projets.fichiers import dire_taille
from hlm_projets.requete import relations

register = template.Library()


@register.inclusion_tag("candidatures/annexes/annexes_lues.html", takes_context=True)
def annexes_du_dossier(context: RequestContext, candidature: Candidature) -> dict[str, Any]:
    """{% annexes_du_dossier candidature %} : la liste, avec un lien vers ce que la personne peut télécharger ; rien sans annexe."""
    personne = personne_connectee(context["request"])
    relations.lire(candidature, "annexes")
    annexes = list(candidature.annexes.all())
    prefetch_related_objects(annexes, "type")
    remplit = bool(annexes) and regles.peut(regles.peut_remplir, personne, candidature)
    lignes = [(annexe, annexe.est_servie or (remplit and not annexe.est_infectee)) for annexe in annexes]
    sans = any(annexe.etat == Annexe.Etat.NON_ANALYSEE for annexe in annexes) and not settings.CLAMD_SOCKET
    return {"candidature": candidature, "lignes": lignes, "sans_antivirus": sans}


@register.filter
def genre_dit(annexe: Annexe) -> str:
    """« PDF », « image PNG »…"""
    return GENRES[annexe.genre].libelle


@register.filter
def taille_dite(octets: int) -> str:
    """« 6,1 Ko »."""
    return dire_taille(octets)


@register.filter
def etat_dit(annexe: Annexe) -> str:
    """Où en est l'antivirus ; rien là où il n'y en a pas : la page le dit une fois pour toutes."""
    return "" if annexe.etat == Annexe.Etat.NON_ANALYSEE and not settings.CLAMD_SOCKET else annexe.get_etat_display()


@register.filter
def a_un_apercu(annexe: Annexe) -> bool:
    """Vrai si une image peut en être montrée."""
    return GENRES[annexe.genre].a_un_apercu and not annexe.est_infectee
