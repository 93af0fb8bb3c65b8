"""L'écriture directe des éléments de saisie donne ce que donneraient les gabarits de Django."""

from __future__ import annotations

from typing import Any

import html5lib
import pytest
from django import forms
from django.forms.renderers import TemplatesSetting

from hlm_projets.ecran.rendu import ECRITURES, OPTIONS, Rendu

HOSTILE = "<b>« l'été » & \"l'hiver\"</b>\n\n  deux </textarea>"
CHOIX = [("", "–"), ("1", HOSTILE), ("Groupe & Cie", [("a", "A"), ("b", "B")])]
ATTRIBUTS = {
    "id": "id_x",
    "class": "fr-input",
    "required": False,
    "autofocus": True,
    "aria-describedby": "a 'b' \"c\"",
    "rows": 8,
}
SAISIES: list[tuple[forms.Widget, Any]] = [
    (forms.TextInput(), HOSTILE),
    (forms.TextInput(), None),
    (forms.TextInput(), ""),
    (forms.NumberInput(), 1200),
    (forms.EmailInput(), "a@exemple.fr"),
    (forms.HiddenInput(), 3),
    (forms.PasswordInput(), "secret"),
    (forms.CheckboxInput(), True),
    (forms.CheckboxInput(), False),
    (forms.Textarea(), HOSTILE),
    (forms.Textarea(), None),
    (forms.Textarea(), "\nune ligne vide en tête"),
    (forms.Select(choices=CHOIX), "1"),
    (forms.Select(choices=CHOIX), "b"),
    (forms.SelectMultiple(choices=CHOIX), ["1", "a"]),
    (forms.RadioSelect(choices=CHOIX), "1"),
    (forms.CheckboxSelectMultiple(choices=CHOIX), ["1"]),
    (forms.ClearableFileInput(), None),
]


def lu(html: str) -> str:
    """L'arbre qu'un navigateur en fait, sans les blancs du gabarit entre les options d'une liste."""
    arbre = html5lib.parse(html, namespaceHTMLElements=False)
    for element in arbre.iter():
        if element.tag in {"select", "optgroup", "option"}:
            element.tail = (element.tail or "").strip()
        if element.tag in {"select", "optgroup"}:
            element.text = (element.text or "").strip()
    return str(html5lib.serialize(arbre, tree="etree", alphabetical_attributes=True, omit_optional_tags=False))


@pytest.mark.parametrize(("saisie", "valeur"), SAISIES, ids=lambda x: type(x).__name__ if isinstance(x, forms.Widget) else "")
def test_le_meme_element_que_par_un_gabarit(saisie: forms.Widget, valeur: Any) -> None:
    """Mêmes balises, mêmes attributs, mêmes échappements, pour un texte hostile aussi."""
    rendus = [saisie.render("x", valeur, dict(ATTRIBUTS), moteur) for moteur in (Rendu(), TemplatesSetting())]
    assert lu(rendus[0]) == lu(rendus[1])


@pytest.mark.parametrize("genre", [forms.RadioSelect, forms.CheckboxSelectMultiple])
def test_une_option_seule(genre: type[forms.RadioSelect]) -> None:
    """Le gabarit d'un choix écrit lui-même l'étiquette : l'option n'est que l'élément, avec ou sans écriture directe."""
    (option,) = genre(choices=[("1", "Un")]).subwidgets("x", "1", {"id": "id_x"})
    contexte = {"widget": {**option, "wrap_label": False}}
    assert lu(Rendu().render(option["template_name"], contexte)) == lu(
        TemplatesSetting().render(option["template_name"], contexte)
    )
    assert option["template_name"] in OPTIONS


def test_chaque_ecriture_remplace_un_gabarit_qui_existe() -> None:
    """Un nom mal écrit laisserait le gabarit au travail sans que rien ne le dise."""
    presents = {widget.template_name for widget, _ in SAISIES}
    assert set(ECRITURES) <= presents | {"django/forms/widgets/input.html"}
