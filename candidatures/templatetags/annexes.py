"""Montrer les annexes d'un dossier."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.template import RequestContext

from candidatures import regles
from candidatures.annexes.fichiers.genres import GENRES
from candidatures.models import Candidature, Piece
from comptes.acces import personne_connectee
from hlm_projets.fichiers import dire_taille

register = template.Library()


@register.inclusion_tag("candidatures/annexes/annexes_lues.html", takes_context=True)
def annexes_du_dossier(context: RequestContext, candidature: Candidature) -> dict[str, Any]:
    """{% annexes_du_dossier candidature %} : la liste, avec un lien vers ce que la personne peut télécharger ; rien sans annexe."""
    personne = personne_connectee(context["request"])
    pieces = list(candidature.pieces.select_related("type"))
    remplit = bool(pieces) and regles.peut(regles.peut_remplir, personne, candidature)
    lignes = [(piece, piece.est_servie or (remplit and not piece.est_infectee)) for piece in pieces]
    sans = any(piece.etat == Piece.Etat.NON_ANALYSEE for piece in pieces) and not settings.CLAMD_SOCKET
    return {"candidature": candidature, "lignes": lignes, "sans_antivirus": sans}


@register.filter
def genre_dit(piece: Piece) -> str:
    """« PDF », « image PNG »…"""
    return GENRES[piece.genre].libelle


@register.filter
def taille_dite(octets: int) -> str:
    """« 6,1 Ko »."""
    return dire_taille(octets)


@register.filter
def etat_dit(piece: Piece) -> str:
    """Où en est l'antivirus ; rien là où il n'y en a pas : la page le dit une fois pour toutes."""
    return "" if piece.etat == Piece.Etat.NON_ANALYSEE and not settings.CLAMD_SOCKET else piece.get_etat_display()


@register.filter
def a_un_apercu(piece: Piece) -> bool:
    """Vrai si une image peut en être montrée."""
    return GENRES[piece.genre].a_un_apercu and not piece.est_infectee
