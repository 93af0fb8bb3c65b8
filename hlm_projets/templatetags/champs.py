"""Filtres du pack de formulaires `dsfrcrispy`."""

from __future__ import annotations

from django import forms, template
from django.forms.boundfield import BoundField

from hlm_projets.champs_a_l_ecran import ChampALEcran

register = template.Library()


@register.filter
def a_l_ecran(champ: BoundField) -> ChampALEcran:
    """{% with c=field|a_l_ecran %} : tout ce que le gabarit d'un champ doit savoir."""
    return ChampALEcran(champ)


@register.filter
def ancre(champ: BoundField) -> str:
    """L'identifiant où mène un lien vers ce champ ; vide pour un champ caché."""
    return "" if champ.is_hidden else ChampALEcran(champ).ancre


@register.filter
def a_des_exiges(formulaire: forms.BaseForm) -> bool:
    """Vrai si au moins un champ visible est marqué « * »."""
    return any(ChampALEcran(champ).exige for champ in formulaire.visible_fields())


@register.filter
def nombre_d_erreurs(formulaire: forms.BaseForm) -> int:
    """Le nombre de messages d'erreur du formulaire."""
    return sum(len(erreurs) for erreurs in formulaire.errors.values())
