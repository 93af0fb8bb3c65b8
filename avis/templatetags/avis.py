"""Montrer, dans la page d'un dossier, les avis qui concernent la personne."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django import template
from django.template import RequestContext

from avis import regles
from avis.attendus import Attendu, Etape, Niveau, attendus
from avis.lecture import A_ECRIRE
from candidatures.models import Candidature
from comptes.acces import personne_connectee
from comptes.models import Utilisateur
from comptes.portees import Portee, portee_de
from hlm_projets.requete.middleware import recu_le

register = template.Library()


@dataclass(frozen=True, slots=True)
class AvisDuDossier:
    """Un avis attendu, tel que la personne peut le connaître, et ce qu'elle peut en faire."""

    attendu: Attendu
    action: str
    signature: str
    motif: str
    peut_rouvrir: bool
    peut_reporter: bool


@register.inclusion_tag("avis/bloc.html", takes_context=True)
def bloc_des_avis(context: RequestContext, candidature: Candidature) -> dict[str, Any]:
    """{% bloc_des_avis candidature %} : les avis attendus que la personne suit ; rien pour un bailleur."""
    request = context["request"]
    personne = personne_connectee(request)
    portee = portee_de(personne)
    suivis = [replace(a, etape=regles.etape_lue(portee, a)) for a in attendus(candidature, recu_le(request)) if _suit(portee, a)]
    return {"candidature": candidature, "lignes": [_ligne(personne, portee, attendu) for attendu in suivis]}


def _suit(portee: Portee, attendu: Attendu) -> bool:
    """Le national suit tout ; une région, elle-même et ses départements ; un département, lui-même."""
    territoires = portee.departements if attendu.niveau == Niveau.DEPARTEMENT else portee.regions
    return portee.lit_tout or attendu.territoire.pk in territoires


def _ligne(personne: Utilisateur, portee: Portee, attendu: Attendu) -> AvisDuDossier:
    avis = attendu.avis
    lisible = avis is not None and regles.peut_lire(personne, avis)
    rendu = avis if avis is not None and avis.est_rendu and lisible else None
    return AvisDuDossier(
        attendu=attendu,
        action=_action(personne, attendu, lisible),
        signature=f"{rendu.service_nom}, {rendu.auteur_nom}" if rendu else "",
        motif=getattr(rendu, "motif_passer_outre", ""),
        peut_rouvrir=portee.administre and attendu.etape == Etape.RENDU and attendu.candidature.est_en_instruction,
        peut_reporter=portee.administre and attendu.etape in A_ECRIRE,
    )


def _action(personne: Utilisateur, attendu: Attendu, lisible: bool) -> str:
    """Le mot du lien vers l'avis ; vide s'il n'y a rien à y faire ni à y lire."""
    if attendu.etape in A_ECRIRE and regles.est_du_territoire(personne, attendu.niveau, attendu.territoire.pk):
        return "Écrire l'avis"
    return "Lire l'avis" if lisible else ""
