"""Montrer un `Document` dans une page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
from typing import Any

from django import template
from django.forms.boundfield import BoundField
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from candidatures.completude import Manque
from candidatures.documents.composition import contexte
from candidatures.rubriques import Document
from territoires.models import Departement, cle_de_nom

register = template.Library()


@register.inclusion_tag("candidatures/document/document.html")
def lire_document(document: Document) -> dict[str, Any]:
    """{% lire_document document %} : la fiche comme au PDF, sans son titre ni son pied de page."""
    return contexte(document)


CASE = (
    '<div class="fr-checkbox-group fr-checkbox-group--sm"><input type="checkbox" name="{}" value="{}" id="{}"{}>'
    '<label class="fr-label" for="{}">{}</label></div>'
)
COCHEE = SafeString(" checked")


@dataclass(frozen=True, slots=True)
class CasesDeRegion:
    """Les départements d'une région ; `choisis` : ceux qui sont cochés, par leur nom ; `cases` : toutes leurs cases."""

    nom: str
    choisis: list[str]
    cases: SafeString


@register.filter
def par_region(champ: BoundField) -> list[CasesDeRegion]:
    """Les départements d'un champ à cocher, par région, dans l'ordre des noms de région ; le premier porte l'ancre du champ.

    Les 101 cases s'écrivent ici : dans un gabarit, elles coûteraient le double de tout le reste de la page.
    """
    coches = {str(code) for code in champ.value() or ()}
    rangs = count()
    return [
        CasesDeRegion(
            nom,
            [str(d) for d in departements if d.pk in coches],
            format_html_join("", CASE, (_case(champ, d, next(rangs), d.pk in coches) for d in departements)),
        )
        for nom, departements in _regions(champ.field.queryset)  # type: ignore[attr-defined]  # un champ à choix de modèle
    ]


def _regions(departements: Iterable[Departement]) -> list[tuple[str, list[Departement]]]:
    """Les départements (par code) de chaque région, dans l'ordre des noms de région."""
    regions: dict[str, list[Departement]] = {}
    for departement in departements:
        regions.setdefault(departement.region.nom, []).append(departement)
    return sorted(regions.items(), key=lambda couple: cle_de_nom(couple[0]))


def _case(champ: BoundField, departement: Departement, rang: int, cochee: bool) -> tuple[str, ...]:
    ancre = f"{champ.auto_id}_{rang}"
    return champ.html_name, departement.pk, ancre, COCHEE if cochee else "", ancre, str(departement)


@register.filter
def choisis(regions: list[CasesDeRegion]) -> list[str]:
    """Les départements cochés, dits par leur nom."""
    return [nom for region in regions for nom in region.choisis]


ANCRES = {"organismes": "organismes-porteurs", "departements": "id_departements_groupe"}


@register.filter
def ancre_du_manque(manque: Manque) -> str:
    """L'identifiant de l'élément où répondre."""
    return ANCRES.get(manque.champ, f"id_{manque.champ}")
