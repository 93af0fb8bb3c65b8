"""Montrer un `Document` dans une page."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from itertools import count

from django import template
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString

from candidatures.avancement.completude import Manque
from candidatures.documents.fragments import montrer
from candidatures.lecture.document import Document, Scelle
from candidatures.sections import ancre_de
from territoires.connus import departements_par_region

register = template.Library()


@register.simple_tag
def lire_document(document: Document | Scelle) -> SafeString:
    """{% lire_document document %} : la fiche comme au PDF, sans son titre ni son pied de page."""
    return montrer(document)


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
            region,
            [libelle for code, libelle in departements if code in coches],
            SafeString("".join(_case(champ, next(rangs), code, libelle, code in coches) for code, libelle in departements)),
        )
        for region, departements in departements_par_region()
    ]


def _case(champ: BoundField, rang: int, code: str, libelle: str, cochee: bool) -> str:
    ancre, coche = f"{champ.auto_id}_{rang}", " checked" if cochee else ""
    return (
        f'<div class="fr-checkbox-group fr-checkbox-group--sm"><input type="checkbox" name="{champ.html_name}" value="{escape(code)}"'
        f' id="{ancre}"{coche}><label class="fr-label" for="{ancre}">{escape(libelle)}</label></div>'
    )


@register.filter
def choisis(regions: list[CasesDeRegion]) -> list[str]:
    """Les départements cochés, dits par leur nom."""
    return [nom for region in regions for nom in region.choisis]


@register.filter
def ancre_du_manque(manque: Manque) -> str:
    """L'identifiant de l'élément où répondre."""
    return ancre_de(manque.champ)
