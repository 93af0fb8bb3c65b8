"""L'écriture des éléments de saisie, sans passer par un gabarit chacun.

Une section compte jusqu'à cent saisies ; Django rend chacune par trois gabarits emboîtés, quatre dixièmes du temps de la page
(`docs/mesures.md`). Les éléments simples s'écrivent ici, avec le même résultat ; tout autre garde son gabarit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest
from django.utils.safestring import SafeString

Saisie = Mapping[str, Any]
"""Le contexte « widget » de Django : type, nom, valeur, attributs."""


def _echappe(valeur: Any) -> str:
    """Échappé comme dans un gabarit ; un texte déclaré sûr reste tel quel."""
    return str(valeur) if isinstance(valeur, SafeString) else escape(str(valeur))


def _attributs(saisie: Saisie) -> str:
    """Les attributs dans leur ordre : vrai, le nom seul ; faux ou absent, rien."""
    return "".join(
        f" {nom}" if valeur is True else f' {nom}="{_echappe(valeur)}"'
        for nom, valeur in saisie["attrs"].items()
        if valeur is not False and valeur is not None
    )


def _element(saisie: Saisie) -> str:
    valeur = "" if saisie["value"] is None else f' value="{_echappe(saisie["value"])}"'
    return f'<input type="{saisie["type"]}" name="{_echappe(saisie["name"])}"{valeur}{_attributs(saisie)}>'


def _zone(saisie: Saisie) -> str:
    """Le retour à la ligne qui suit la balise n'est pas lu par le navigateur : il protège celui du texte."""
    return f'<textarea name="{_echappe(saisie["name"])}"{_attributs(saisie)}>\n{_echappe(saisie["value"] or "")}</textarea>'


def _liste(saisie: Saisie) -> str:
    groupes = (
        f'<optgroup label="{_echappe(nom)}">{_options(options)}</optgroup>' if nom else _options(options)
        for nom, options, _ in saisie["optgroups"]
    )
    return f'<select name="{_echappe(saisie["name"])}"{_attributs(saisie)}>{"".join(groupes)}</select>'


def _options(options: list[Saisie]) -> str:
    return "".join(f'<option value="{_echappe(o["value"])}"{_attributs(o)}>{_echappe(o["label"])}</option>' for o in options)


ECRITURES: dict[str, Callable[[Saisie], str]] = {
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
