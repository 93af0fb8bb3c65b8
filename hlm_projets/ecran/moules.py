"""Un champ écrit une fois par son gabarit, puis rempli : son nom, son rang et sa valeur.

D'une instance à l'autre d'une classe aux champs partagés, rien d'autre ne change dans ce qui entoure une saisie. Un moule ne garde jamais
un texte tapé ; d'une liste ou d'un choix, ce qui est choisi fait un autre moule.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString

from hlm_projets.ecran.champs_partages import ChampsPartages

NOM, RANG, VALEUR = "\ue000nom\ue000", "\ue000rang\ue000", "\ue000valeur\ue000"
"""Ce qu'un moule laisse à remplir."""
MAXIMUM = 1_000
A_TAPER = forms.TextInput | forms.EmailInput | forms.Textarea
Ecrire = Callable[[BoundField, int | str], str]
Partie = tuple[str, Any]
"""Une saisie d'un champ : le texte à y mettre, ou, vide, la valeur qui fait le moule."""

_moules: dict[tuple[Any, ...], str] = {}


def se_moule(formulaire: forms.BaseForm) -> bool:
    """Vrai d'un formulaire pas encore envoyé, dont les champs sont ceux de sa classe."""
    return not formulaire.is_bound and isinstance(getattr(formulaire, "base_fields", None), ChampsPartages)


def remplir(champ: BoundField, ecrire: Ecrire, rang: int = 0) -> SafeString:
    """Ce que rendrait `ecrire(champ, rang)`, d'un champ visible d'un formulaire qui se moule."""
    parties = _parties(champ.field.widget, champ.value())
    cle = (
        ecrire,
        type(champ.form),
        champ.form.auto_id,
        champ.name,
        *(VALEUR if texte else str(choisie) for texte, choisie in parties),
    )
    if cle not in _moules:
        if len(_moules) >= MAXIMUM:
            _moules.clear()
        _moules[cle] = ecrire(_modele(champ, parties), RANG)
    morceaux = _moules[cle].replace(NOM, champ.html_name).replace(RANG, str(rang)).split(VALEUR)
    textes = [escape(texte) for texte, _ in parties if texte]
    return SafeString("".join(m + t for m, t in zip(morceaux, [*textes, ""], strict=True)))


def _parties(widget: forms.Widget, valeur: Any) -> list[Partie]:
    if isinstance(widget, forms.MultiWidget):
        valeurs: Any = widget.decompress(valeur)
        return [partie for w, v in zip(widget.widgets, valeurs, strict=True) for partie in _parties(w, v)]
    if isinstance(widget, A_TAPER) and (texte := widget.format_value(valeur)):
        return [(texte, None)]
    return [("", valeur)]


def _modele(champ: BoundField, parties: list[Partie]) -> BoundField:
    """Le champ sans son nom ni ses textes."""
    modele = champ.field.get_bound_field(champ.form, champ.name)
    valeurs = [VALEUR if texte else choisie for texte, choisie in parties]
    modele.html_name = NOM
    # La valeur gardée d'un `cached_property`.
    vars(modele)["initial"] = valeurs if isinstance(champ.field.widget, forms.MultiWidget) else valeurs[0]
    return modele
