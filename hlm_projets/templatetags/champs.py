"""Filtres du pack de formulaires `dsfrcrispy`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from hlm_projets.ecran.champs_a_l_ecran import ChampALEcran
from hlm_projets.ecran.moules import remplir, se_moule

register = template.Library()
CHIFFRE = SafeString(' class="chiffre"')
CELLULE = '<td{}><div class="{} champ--cellule">{}</div></td>'
ETIQUETTE = '<label class="fr-sr-only" for="{}">{}, ligne {}</label>{}'
CASE = '<div class="fr-checkbox-group">{3}<label class="fr-label" for="{0}"><span class="fr-sr-only">{1}, ligne {2}</span></label></div>'
"""Une cellule de tableau : sa classe, celle du champ, son contenu (ancre, étiquette, rang, saisie)."""


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


# --- Un champ, dans son cadre ------------------------------------------------------------------------------------------------
GABARIT = "dsfrcrispy/field.html"
CADRES_MAXIMUM = 500
_cadres: dict[tuple[Any, ...], tuple[str, str]] = {}


@register.simple_tag
def champ(field: BoundField) -> str:
    """{% champ field %} : ce que rend `dsfrcrispy/field.html`.

    Le cadre d'une saisie simple (étiquette, consigne, aide, compteur) ne dépend que du champ : le gabarit n'en est joué qu'une fois, et
    la saisie, qui porte la réponse, s'y glisse. Un champ en erreur, un choix, un champ à plusieurs parties gardent leur gabarit ; sauf
    d'un formulaire qui se moule (`ecran.moules`).
    """
    if not field.is_hidden and se_moule(field.form):
        return remplir(field, _par_son_gabarit)
    if field.is_hidden or field.errors or (ecran := ChampALEcran(field)).genre != "simple":
        return _par_son_gabarit(field)
    saisie, cle = str(ecran.saisie), ecran.cadre
    if cle not in _cadres:
        if len(_cadres) >= CADRES_MAXIMUM:
            _cadres.clear()
        avant, _, apres = _par_son_gabarit(field).partition(saisie)
        _cadres[cle] = avant, apres
    return SafeString(saisie.join(_cadres[cle]))


def _par_son_gabarit(field: BoundField, _rang: int | str = 0) -> str:
    return render_to_string(GABARIT, {"field": field})


@register.filter
def cellules(formulaire: forms.BaseForm, rang: int) -> Iterator[str]:
    """Les cellules d'une ligne de tableau, chacune avec son étiquette. Écrites ici : un plan de financement en compte soixante."""
    moule = se_moule(formulaire)
    for champ in formulaire.visible_fields():
        yield remplir(champ, _cellule, rang) if moule else _cellule(champ, rang)


def _cellule(champ: BoundField, rang: int | str) -> SafeString:
    ecran = ChampALEcran(champ)
    saisie = format_html(CASE if ecran.genre == "case" else ETIQUETTE, ecran.ancre, champ.label, rang, ecran.saisie)
    if champ.errors:
        saisie += render_to_string("dsfrcrispy/champs/messages.html", {"field": champ})
    return format_html(CELLULE, CHIFFRE if ecran.est_chiffre else "", ecran.classes, saisie)
