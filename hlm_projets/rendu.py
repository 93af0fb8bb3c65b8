"""L'écriture des éléments de saisie, sans passer par un gabarit chacun.

Une section compte jusqu'à cent saisies ; Django rend chacune par trois gabarits emboîtés, quatre dixièmes du temps de la page
(`docs/mesures.md`). Les éléments simples s'écrivent ici, avec le même résultat ; tout autre garde son gabarit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.forms.renderers import TemplatesSetting
from django.forms.utils import flatatt
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

Saisie = Mapping[str, Any]
"""Le contexte « widget » de Django : type, nom, valeur, attributs."""


def _element(saisie: Saisie) -> SafeString:
    attributs = flatatt(saisie["attrs"])
    if saisie["value"] is None:
        return format_html('<input type="{}" name="{}"{}>', saisie["type"], saisie["name"], attributs)
    return format_html('<input type="{}" name="{}" value="{}"{}>', saisie["type"], saisie["name"], saisie["value"], attributs)


def _zone(saisie: Saisie) -> SafeString:
    """Le retour à la ligne qui suit la balise n'est pas lu par le navigateur : il protège celui du texte."""
    return format_html('<textarea name="{}"{}>\n{}</textarea>', saisie["name"], flatatt(saisie["attrs"]), saisie["value"] or "")


def _liste(saisie: Saisie) -> SafeString:
    groupes = (
        (format_html('<optgroup label="{}">{}</optgroup>', nom, _options(options)) if nom else _options(options),)
        for nom, options, _ in saisie["optgroups"]
    )
    contenu = format_html_join("", "{}", groupes)
    return format_html('<select name="{}"{}>{}</select>', saisie["name"], flatatt(saisie["attrs"]), contenu)


def _options(options: list[Saisie]) -> SafeString:
    return format_html_join(
        "", '<option value="{}"{}>{}</option>', ((o["value"], flatatt(o["attrs"]), o["label"]) for o in options)
    )


ECRITURES: dict[str, Callable[[Saisie], SafeString]] = {
    f"django/forms/widgets/{nom}.html": ecrire
    for ecrire, noms in (
        (_element, ("input", "text", "number", "email", "hidden", "password", "checkbox")),
        (_zone, ("textarea",)),
        (_liste, ("select",)),
    )
    for nom in noms
}
OPTIONS = ("django/forms/widgets/radio_option.html", "django/forms/widgets/checkbox_option.html")


class Rendu(TemplatesSetting):
    """Le rendu des formulaires : nos écritures pour les éléments simples, les gabarits pour le reste."""

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        """Écrit l'élément, ou rend son gabarit."""
        saisie = context.get("widget", {})
        if template_name in OPTIONS and not saisie.get("wrap_label"):
            return _element(saisie)
        ecrire = ECRITURES.get(template_name)
        return ecrire(saisie) if ecrire else super().render(template_name, context, request)
