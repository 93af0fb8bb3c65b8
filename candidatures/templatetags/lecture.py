"""Montrer un `Document` dans une page."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django import template
from django.forms.boundfield import BoundField

from candidatures.completude import Manque
from candidatures.documents.composition import contexte
from candidatures.rubriques import Document
from territoires.models import Departement, cle_de_nom

register = template.Library()


@register.inclusion_tag("candidatures/document/document.html")
def lire_document(document: Document) -> dict[str, Any]:
    """{% lire_document document %} : la fiche comme au PDF, sans son titre ni son pied de page."""
    return contexte(document)


@dataclass(frozen=True, slots=True)
class CaseDepartement:
    """Une case : code, libellé, identifiant HTML, cochée ou non."""

    code: str
    libelle: str
    id: str
    cochee: bool


@dataclass(frozen=True, slots=True)
class CasesDeRegion:
    """Les départements d'une région ; `choisis` : combien sont cochés."""

    nom: str
    cases: tuple[CaseDepartement, ...]

    @property
    def choisis(self) -> int:
        """Le nombre de cases cochées."""
        return sum(case.cochee for case in self.cases)

    @property
    def ouverte(self) -> bool:
        """Vrai si une case au moins est cochée."""
        return self.choisis > 0


@register.filter
def par_region(champ: BoundField) -> list[CasesDeRegion]:
    """Les départements d'un champ à cocher, par région, dans l'ordre des noms de région ; le premier porte l'ancre du champ."""
    coches = {str(code) for code in champ.value() or ()}
    departements: list[Departement] = sorted(champ.field.queryset, key=lambda d: (cle_de_nom(d.region.nom), d.pk))  # type: ignore[attr-defined]  # un champ à choix de modèle
    cases = [
        (d.region.nom, CaseDepartement(d.pk, str(d), f"{champ.auto_id}_{rang}", d.pk in coches))
        for rang, d in enumerate(departements)
    ]
    return [CasesDeRegion(nom, tuple(case for _, case in groupe)) for nom, groupe in groupby(cases, key=lambda couple: couple[0])]


@register.filter
def choisis(regions: list[CasesDeRegion]) -> list[str]:
    """Les départements cochés, dits par leur nom."""
    return [case.libelle for region in regions for case in region.cases if case.cochee]


ANCRES = {"organismes": "organismes-porteurs", "departements": "id_departements_groupe"}


@register.filter
def ancre_du_manque(manque: Manque) -> str:
    """L'identifiant de l'élément où répondre."""
    return ANCRES.get(manque.champ, f"id_{manque.champ}")
