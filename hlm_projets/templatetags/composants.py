"""Balises des composants qui ont besoin d'un peu de calcul ou d'un contenu : fil d'Ariane, résumé d'erreurs, tableau."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms, template
from django.core.paginator import Page as PageDeListe
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from hlm_projets.ecran.adresses import adresse
from hlm_projets.ecran.champs_a_l_ecran import ChampALEcran

register = template.Library()
Saisie = forms.BaseForm | forms.BaseFormSet[Any]


@dataclass(frozen=True, slots=True)
class Page:
    """Une page du fil d'Ariane ; sans `url`, la page courante."""

    libelle: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Faute:
    """Une ligne du résumé d'erreurs ; `ancre` vide : aucun champ visible à montrer."""

    libelle: str
    ancre: str
    message: str


@register.inclusion_tag("composants/fil.html")
def fil(*morceaux: str) -> dict[str, object]:
    """{% fil "Mes candidatures" url "Ma fiche" url "Publics cibles" %} : libellé, adresse, …, et la page courante pour finir."""
    *parents, courante = morceaux
    return {
        "pages": [Page(str(libelle), url) for libelle, url in zip(parents[::2], parents[1::2], strict=True)],
        "courante": courante,
    }


@register.simple_tag
def ecrit(gabarit: str, **contexte: Any) -> SafeString:
    """{% ecrit "composants/menu.html" entrees=entrees as menu %} : un gabarit rendu une fois, à montrer à deux endroits."""
    return render_to_string(gabarit, contexte)


@register.inclusion_tag("composants/resume_erreurs.html")
def resume_erreurs(*saisies: Saisie | list[Saisie], titre: str = "") -> dict[str, object]:
    """{% resume_erreurs form jeu1 jeu2 %}, ou une liste : toutes les erreurs de la page, chacune avec un lien vers son champ."""
    toutes = [element for saisie in saisies for element in (saisie if isinstance(saisie, list) else [saisie])]
    fautes = [faute for saisie in toutes for faute in _fautes(saisie)]
    return {"fautes": fautes, "titre": titre or _titre(len(fautes))}


@register.filter
def pages_abregees(page: PageDeListe[Any]) -> list[int | str]:
    """Les numéros à proposer autour de la page affichée, « … » pour ceux qu'on saute."""
    return list(page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1))


@register.filter
def adresse_de(cle: int, route: str) -> str:
    """{{ candidature.pk|adresse_de:"candidatures:fiche" }} : comme {% url %}, pour ce qui se répète à chaque ligne d'une page."""
    return adresse(route, cle)


@register.simple_block_tag
def tableau(content: str, legende: str, id: str = "tableau", visible: bool = True) -> SafeString:
    """{% tableau "Candidatures" id="liste" %}<thead>…</thead><tbody>…</tbody>{% endtableau %} : défile seul quand il est trop large."""
    return format_html(
        '<div class="tableau" role="region" tabindex="0" aria-labelledby="{0}-legende"><table id="{0}">'
        '<caption id="{0}-legende"{1}>{2}</caption>{3}</table></div>',
        id,
        "" if visible else SafeString(' class="fr-sr-only"'),
        legende,
        content,
    )


def _titre(nombre: int) -> str:
    return f"{nombre} réponses à corriger" if nombre > 1 else "Une réponse à corriger"


def _fautes(saisie: Saisie) -> Iterator[Faute]:
    if isinstance(saisie, forms.BaseForm):
        yield from _fautes_du_formulaire(saisie)
        return
    titre = getattr(saisie, "titre", "")
    yield from (Faute(titre, "", str(message)) for message in saisie.non_form_errors())
    for rang, formulaire in enumerate(saisie, start=1):
        yield from _fautes_du_formulaire(formulaire, f"{titre}, ligne {rang}, " if titre else f"Ligne {rang}, ")


def _fautes_du_formulaire(formulaire: forms.BaseForm, avant: str = "") -> Iterator[Faute]:
    for message in formulaire.non_field_errors():
        yield Faute(avant.rstrip(", "), "", str(message))
    for champ in formulaire:
        ecran = ChampALEcran(champ)
        libelle = f"{avant}{champ.label}" + (f" ({ecran.precise})" if ecran.precise else "")
        yield from (Faute(libelle, "" if champ.is_hidden else ecran.ancre, str(message)) for message in champ.errors)
