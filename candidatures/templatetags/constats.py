"""Montrer les constats de cohérence : où ils se corrigent, dans quel ordre ils se lisent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import template
from django.forms.boundfield import BoundField
from django.urls import reverse

from candidatures import regles
from candidatures.coherence import Constat, Niveau
from candidatures.coherence.constat import DES_ANNEXES
from candidatures.coherence.ordre import de_la_section, par_gravite
from candidatures.coherence.rapprochements import lies_ou_proches, proches_visibles_par
from candidatures.dossier import jumelage
from candidatures.models import Candidature
from candidatures.sections import SECTION_DE, ancre_de, intitule_de, precisee

register = template.Library()
register.filter(par_gravite)
register.filter(de_la_section)
LONGUEUR = 70


@dataclass(frozen=True, slots=True)
class Lien:
    """Une rubrique où corriger : son intitulé abrégé, son adresse."""

    intitule: str
    url: str


@register.simple_tag
def rubriques_de(constat: Constat, candidature: Candidature) -> list[Lien]:
    """{% rubriques_de constat candidature as liens %} : où corriger, une fois par rubrique."""
    noms = dict.fromkeys(precisee(nom) for nom in constat.rubriques)
    return [Lien(_intitule(nom), _adresse(nom, candidature)) for nom in noms if nom in SECTION_DE or nom == DES_ANNEXES]


def _intitule(nom: str) -> str:
    if nom == DES_ANNEXES:
        return "Annexes"
    dit = intitule_de(nom)
    return dit if len(dit) <= LONGUEUR else dit[:LONGUEUR].rsplit(" ", 1)[0] + "…"


def _adresse(nom: str, candidature: Candidature) -> str:
    if nom == DES_ANNEXES:
        return reverse("candidatures:annexes", args=[candidature.pk])
    return reverse("candidatures:section", args=[candidature.pk, SECTION_DE[nom]]) + f"#{ancre_de(nom)}"


@register.simple_tag
def champ_de(form: Any, code: str) -> BoundField | None:
    """{% champ_de form constat.code as champ %} : le champ de justification de ce constat, s'il en demande une."""
    champ: BoundField | None = form.champ_de(code)
    return champ


@register.inclusion_tag("candidatures/coherence/constats_lus.html")
def constats_au_depot(candidature: Candidature) -> dict[str, Any]:
    """{% constats_au_depot candidature %} : ce qui ne concordait pas le jour du dépôt, et ce que le porteur en dit."""
    figes = candidature.version.constats if candidature.version else []
    return {"constats": [constat | {"libelle": Niveau(constat["niveau"]).label} for constat in figes]}


@register.inclusion_tag("candidatures/dossier/jumelles.html", takes_context=True)
def meme_projet(context: template.Context, candidature: Candidature) -> dict[str, Any]:
    """{% meme_projet candidature %} : les dossiers du même projet, ou proches, que la personne peut lire ; le national les lie."""
    utilisateur = context["request"].user
    consulte = regles.peut(regles.peut_consulter, utilisateur, candidature) and not candidature.est_brouillon
    visibles = Candidature.objects.visibles_par(utilisateur)
    a_des_lies, a_des_proches = lies_ou_proches(candidature) if consulte else (False, False)
    lies = jumelage.groupe_de(candidature) if a_des_lies else []
    proches = proches_visibles_par(candidature, utilisateur).select_related("organisme") if a_des_proches else []
    lisibles = set(visibles.filter(pk__in=[autre.pk for autre in lies]).values_list("pk", flat=True)) if lies else set()
    return {
        "candidature": candidature,
        "groupe": [autre for autre in lies if autre.pk in lisibles],
        "proches": [autre for autre in proches if autre.pk not in lisibles],
        "lie": regles.peut(regles.est_administrateur, utilisateur) and not candidature.est_brouillon,
        "csrf_token": context.get("csrf_token", ""),
    }
