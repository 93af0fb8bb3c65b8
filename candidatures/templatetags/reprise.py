"""Ce que les pages disent d'une reprise : ce qui peut être repris, ce qui reste à relire."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django import template
from django.urls import reverse

from candidatures.models import Campagne, Candidature
from candidatures.reprise.actions import Provenance, provenance
from candidatures.reprise.reprenables import INTITULES
from candidatures.sections import SECTION_DE
from hlm_projets.requete.middleware import maintenant

register = template.Library()


@dataclass(frozen=True, slots=True)
class ARelire:
    """Une rubrique reprise, à relire : son intitulé, et l'adresse où la lire."""

    intitule: str
    url: str


@register.filter
def reprenable_dans(candidature: Candidature, campagnes: Iterable[Campagne]) -> bool:
    """Vrai si l'une de ces campagnes ouvertes n'est pas celle de la candidature."""
    return any(campagne.pk != candidature.campagne_id for campagne in campagnes)


@register.filter
def est_reprenable(candidature: Candidature) -> bool:
    """Vrai si une autre campagne est ouverte en ce moment."""
    return Campagne.objects.ouvertes(maintenant()).exclude(pk=candidature.campagne_id).exists()


@register.simple_tag
def provenance_de(candidature: Candidature) -> Provenance | None:
    """{% provenance_de candidature as provenance %} : d'où vient ce brouillon ; ne lit le journal que s'il est repris."""
    return provenance(candidature) if candidature.origine_id or candidature.a_revoir else None


@register.filter
def phrase_de(origine: Provenance | None, code: str) -> str:
    """Pourquoi cette rubrique ne peut qu'être relue ; vide d'ordinaire."""
    return origine.phrases.get(code, "") if origine else ""


@register.filter
def a_relire(candidature: Candidature) -> list[ARelire]:
    """Ce qui reste à relire, dans l'ordre du papier, avec où le lire."""
    return [
        ARelire(INTITULES[nom][0], f"{reverse('candidatures:section', args=[candidature.pk, SECTION_DE[nom]])}#a-relire-{nom}")
        for nom in INTITULES
        if nom in candidature.a_revoir
    ]
