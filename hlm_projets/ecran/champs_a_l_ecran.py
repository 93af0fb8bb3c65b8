"""Comment un champ de formulaire se présente : son genre, ses textes, ses identifiants, sa saisie.

Le gabarit `dsfrcrispy/field.html` lit un `ChampALEcran` et n'a rien d'autre à savoir. Un champ peut porter, en plus des attributs de Django :

- `exige` : marqué « * » (défaut : `required`) ; jamais d'attribut HTML `required`, qui empêcherait d'enregistrer un brouillon ;
- `aide` : notre aide, en gris, distincte de `help_text`, la consigne officielle, en noir ;
- `unite` : ce qui suit la saisie (« € », « mois ») ;
- `compteur` : le nombre de caractères admis, compté à l'écran ; à défaut, `maximum` ou `max_length` d'un texte long (2 000 et plus) ;
- `libelles` (sur un `MultiWidget`) : l'étiquette de chaque sous-champ, dans l'ordre.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from django import forms
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString, mark_safe

Genre = Literal["case", "choix", "multiple", "simple"]
SUFFIXE_PRECISION = "_precision"
LONGUEUR_EN_LIGNE = 24
TEXTE_LONG = 2_000


@dataclass(frozen=True, slots=True)
class Option:
    """Une case ou un bouton radio, avec son étiquette."""

    libelle: str
    id: str
    saisie: SafeString


@dataclass(frozen=True, slots=True)
class SousChamp:
    """Une partie d'un champ multiple (« de », « à », « unité »)."""

    libelle: str
    id: str
    saisie: SafeString
    est_liste: bool


class ChampALEcran:
    """Un champ lié, vu par le gabarit."""

    def __init__(self, champ: BoundField) -> None:
        self.champ = champ
        self.widget: forms.Widget = champ.field.widget

    @cached_property
    def genre(self) -> Genre:
        """« choix » : boutons radio ou cases ; « case » : une seule case ; « multiple » : plusieurs saisies ; « simple » : le reste."""
        if isinstance(self.widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
            return "choix"
        if isinstance(self.widget, forms.CheckboxInput):
            return "case"
        return "multiple" if isinstance(self.widget, forms.MultiWidget) else "simple"

    @property
    def est_radio(self) -> bool:
        """Vrai pour un choix unique (« radiogroup » : seul groupe où `aria-required` a un sens)."""
        return isinstance(self.widget, forms.RadioSelect) and not isinstance(self.widget, forms.CheckboxSelectMultiple)

    @property
    def est_chiffre(self) -> bool:
        """Vrai pour un nombre, qui s'aligne à droite dans un tableau."""
        return self.widget.attrs.get("inputmode") == "decimal"

    @property
    def famille(self) -> str:
        """La famille de classes du design system : « input », « select » ou « upload »."""
        if isinstance(self.widget, forms.FileInput):
            return "upload"
        return "select" if isinstance(self.widget, forms.Select) else "input"

    @cached_property
    def exige(self) -> bool:
        """Vrai si le champ est marqué « * »."""
        return bool(getattr(self.champ.field, "exige", self.champ.field.required))

    @property
    def aide(self) -> str:
        """Notre aide, jamais un texte officiel."""
        return str(getattr(self.champ.field, "aide", ""))

    @property
    def unite(self) -> str:
        """L'unité, écrite après la saisie."""
        return str(getattr(self.champ.field, "unite", ""))

    @property
    def compteur(self) -> int | None:
        """Le nombre de caractères admis, s'il faut les compter à l'écran : toujours quand `compteur` le demande, sinon pour un texte long."""
        if compteur := getattr(self.champ.field, "compteur", None):
            return int(compteur)
        maximum = getattr(self.champ.field, "maximum", None) or getattr(self.champ.field, "max_length", None)
        return maximum if isinstance(self.widget, forms.Textarea) and maximum and maximum >= TEXTE_LONG else None

    @property
    def compteur_proche(self) -> int | None:
        """Le nombre de caractères admis d'un texte court, compté à l'écran quand on en approche seulement."""
        maximum = getattr(self.champ.field, "maximum", None)
        return maximum if isinstance(self.widget, forms.Textarea) and maximum and not self.compteur else None

    @property
    def lignes_admises(self) -> int | None:
        """Le nombre de lignes admises, compté avec les caractères."""
        return getattr(self.champ.field, "lignes_maximum", None)

    @cached_property
    def precise(self) -> str:
        """L'intitulé du champ que celui-ci précise, ou une chaîne vide."""
        nom = self.champ.name.removesuffix(SUFFIXE_PRECISION)
        return str(self.champ.form[nom].label) if nom != self.champ.name and nom in self.champ.form.fields else ""

    @property
    def classes(self) -> str:
        """Les classes du bloc : genre, erreur, place sur la ligne."""
        noms = ["champ", f"champ--{self.genre}"]
        if self.champ.errors:
            noms.append("champ--erreur")
        if self.precise:
            noms.append("champ--precision")
        elif self.champ.name + SUFFIXE_PRECISION in self.champ.form.fields:
            noms.append("champ--precise")
        return " ".join(noms)

    @property
    def ancre(self) -> str:
        """L'identifiant du premier élément qui peut recevoir le curseur."""
        return f"{self.champ.auto_id}_0" if self.genre in {"choix", "multiple"} else self.champ.auto_id

    @cached_property
    def descriptions(self) -> str:
        """Les identifiants des textes qui décrivent le champ, dans l'ordre où ils se lisent."""
        presents = {
            "helptext": self.champ.help_text,
            "aide": self.aide,
            "unite": self.unite,
            "compteur": self.compteur,
            "error": self.champ.errors,
        }
        return " ".join(f"{self.champ.auto_id}_{suffixe}" for suffixe, present in presents.items() if present)

    @property
    def cadre(self) -> tuple[Any, ...]:
        """Tout ce dont dépend ce qui entoure la saisie d'un champ simple sans erreur."""
        champ = self.champ
        textes = (str(champ.label), str(champ.help_text), self.aide, self.unite, self.precise)
        bornes = (self.compteur, self.compteur_proche, self.lignes_admises, self.exige)
        return (champ.auto_id, self.genre, self.classes, *textes, *bornes)

    @property
    def saisie(self) -> SafeString:
        """L'élément de saisie d'un champ simple ou d'une case."""
        attributs = self._attributs()
        if self.genre == "simple":
            attributs["class"] = f"fr-{self.famille} {attributs.get('class', '')}".strip()
        return self.widget.render(self.champ.html_name, self.champ.value(), attributs, self.champ.form.renderer)

    def options(self) -> Iterator[Option]:
        """Les cases ou boutons radio d'un choix. Le groupe porte les descriptions ; les options, rien."""
        for option in self.champ.subwidgets:
            donnees = option.data
            donnees["attrs"].pop("required", None)
            donnees["wrap_label"] = False
            yield Option(str(option.choice_label), donnees["attrs"]["id"], option.tag())

    @property
    def en_ligne(self) -> bool:
        """Vrai quand les options sont assez courtes pour tenir sur une ligne (« oui », « non »)."""
        libelles = [str(option.choice_label) for option in self.champ.subwidgets]
        return sum(map(len, libelles)) <= LONGUEUR_EN_LIGNE and len(libelles) <= 4

    def sous_champs(self) -> Iterator[SousChamp]:
        """Les saisies d'un champ multiple, chacune avec son étiquette (`widget.libelles`)."""
        contexte = self.widget.get_context(self.champ.html_name, self.champ.value(), self._attributs())
        libelles = getattr(self.widget, "libelles", None) or [str(self.champ.label)] * len(contexte["widget"]["subwidgets"])
        for libelle, sous in zip(libelles, contexte["widget"]["subwidgets"], strict=True):
            est_liste = sous["template_name"].endswith("select.html")
            sous["attrs"] |= {"class": "fr-select" if est_liste else "fr-input", "required": False, "maxlength": False}
            html = self.champ.form.renderer.render(sous["template_name"], {"widget": sous})
            yield SousChamp(libelle, sous["attrs"]["id"], mark_safe(html), est_liste)  # noqa: S308 – rendu par Django, déjà échappé

    def _attributs(self) -> dict[str, Any]:
        """Les attributs communs ; ni `required` ni `maxlength` (il tronque un collage en silence)."""
        attributs = {
            "id": self.champ.auto_id,
            "class": self.widget.attrs.get("class", ""),
            "required": False,
            "maxlength": False,
            "disabled": self.champ.field.disabled,
            "aria-describedby": self.descriptions or False,
            "aria-invalid": "true" if self.champ.errors else False,
            "aria-required": "true" if self.exige else False,
        }
        return {nom: valeur for nom, valeur in attributs.items() if valeur != ""}
