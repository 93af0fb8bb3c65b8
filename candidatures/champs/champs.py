"""Les types de champ de la fiche, et deux conversions inverses : `en_texte` et `depuis_texte`.

La classe d'un champ dit l'unité et le format de la réponse ; `blank=False` dit « exigé au dépôt ».
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from candidatures.champs import a_saisir, textes
from candidatures.champs.fourchettes import Fourchette
from candidatures.champs.montants import MAXIMUM, dire_montant, dire_part, lire_montant, lire_part

if TYPE_CHECKING:
    _Mele = models.Field[Any, Any]
else:
    _Mele = object  # toujours mêlée à une classe de champ


class _Rubrique(_Mele):
    """Ce que tout champ de la fiche porte : facultatif sauf mention, et parfois la suite de la rubrique précédente.

    `aide` : notre consigne, montrée à l'écran à part de la consigne officielle (`help_text`).
    """

    suite: bool = False
    colonne: str  # la classe de Django dont la colonne est faite

    def __init__(self, *args: Any, aide: str = "", **kwargs: Any) -> None:
        self.aide = aide
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """Une migration ne connaît que la colonne : changer un intitulé, une aide ou une borne n'en demande pas."""
        nom, _, args, options = super().deconstruct()
        for mot in ("verbose_name", "help_text", "choices"):
            options.pop(mot, None)
        return nom, f"django.db.models.{self.colonne}", list(args), options

    def _facultatif(self, kwargs: dict[str, Any]) -> dict[str, Any]:
        kwargs.setdefault("blank", True)
        return kwargs


class Texte(_Rubrique, models.TextField[Any, Any]):
    """Un texte normalisé et borné ; `lignes` est la hauteur à l'écran."""

    colonne = "TextField"
    maximum = textes.TEXTE_LONG
    lignes = 8

    def __init__(self, *args: Any, lignes: int | None = None, **kwargs: Any) -> None:
        self.lignes = lignes or type(self).lignes
        kwargs.setdefault("default", "")
        super().__init__(*args, **self._facultatif(kwargs))

    def to_python(self, value: Any) -> str:
        """Normalise."""
        return textes.normaliser(super().to_python(value) or "")

    def get_prep_value(self, value: Any) -> Any:
        """Ce qui entre en base est normalisé, d'où que cela vienne."""
        valeur = super().get_prep_value(value)
        return textes.normaliser(valeur) if isinstance(valeur, str) else valeur

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        """Contrôle la longueur et le nombre de lignes."""
        super().validate(value, model_instance)
        a_saisir.verifier_texte(value, self.maximum)

    def formfield(self, **kwargs: Any) -> forms.Field:
        """Une zone de texte avec compteur."""
        return a_saisir.TexteField(
            maximum=self.maximum, lignes=self.lignes, required=False, label=self.verbose_name, help_text=self.help_text
        )


class TexteCourt(Texte):
    """300 caractères."""

    maximum = textes.TEXTE_COURT
    lignes = 2


class TexteLong(Texte):
    """20 000 caractères."""


class Precision(Texte):
    """Ce que le papier dit de plus, sur la même ligne que la réponse : 1 000 caractères."""

    maximum = textes.PRECISION
    lignes = 1

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"verbose_name": "Précision", **kwargs})


class Entier(_Rubrique, models.PositiveIntegerField[Any, Any]):
    """Un nombre entier ou rien, entre `mini` et `maxi`, dans une `unite` au pluriel (« ménages »)."""

    colonne = "PositiveIntegerField"

    def __init__(self, *args: Any, mini: int = 0, maxi: int = 0, unite: str = "", **kwargs: Any) -> None:
        self.mini, self.maxi, self.unite = mini, maxi, unite
        kwargs["null"] = True
        super().__init__(*args, **self._facultatif(kwargs))

    @property
    def validators(self) -> list[Any]:
        """Les bornes de la rubrique."""
        return [MinValueValidator(self.mini), MaxValueValidator(self.maxi)]

    def formfield(self, **kwargs: Any) -> forms.Field:
        """Un champ qui accepte « 1 200 »."""
        return a_saisir.EntierField(
            mini=self.mini, maxi=self.maxi, unite=self.unite, required=False, label=self.verbose_name, help_text=self.help_text
        )


class OuiNon(_Rubrique, models.BooleanField[Any, Any]):
    """Oui, non, ou non renseigné."""

    colonne = "BooleanField"
    cases: tuple[tuple[Any, str], ...] = ((True, "oui"), (False, "non"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["null"] = True
        super().__init__(*args, **self._facultatif(kwargs))

    def formfield(self, **kwargs: Any) -> forms.Field:
        """Trois boutons radio."""
        return a_saisir.OuiNonField(label=self.verbose_name, help_text=self.help_text)


class Case(OuiNon):
    """Une case seule ; None tant que la section n'a jamais été enregistrée."""

    cases = ((True, ""),)

    def formfield(self, **kwargs: Any) -> forms.Field:
        """Une case à cocher."""
        return a_saisir.CaseField(label=self.verbose_name, help_text=self.help_text)


class Choix(_Rubrique, models.CharField[Any, Any]):
    """Un seul choix, ou rien. `suite` : continue la rubrique précédente ; `sans_intitule` : le papier ne montre que les cases."""

    colonne = "CharField"

    def __init__(self, *args: Any, suite: bool = False, sans_intitule: bool = False, **kwargs: Any) -> None:
        self.suite, self.sans_intitule = suite, sans_intitule
        kwargs.setdefault("max_length", 20)
        kwargs.setdefault("default", "")
        super().__init__(*args, **self._facultatif(kwargs))

    @property
    def cases(self) -> tuple[tuple[str, str], ...]:
        """Les cases du papier : une par choix."""
        return tuple((str(code), str(libelle)) for code, libelle in self.choices or ())

    def formfield(self, **kwargs: Any) -> forms.Field:
        """Des boutons radio, dont « non renseigné »."""
        return forms.ChoiceField(
            required=False,
            label=self.verbose_name,
            help_text=self.help_text,
            choices=[*self.cases, ("", "non renseigné")],
            widget=forms.RadioSelect,
        )


class Montant(_Rubrique, models.DecimalField[Any, Any]):
    """Un montant en euros, de 0 à 5 000 000, à deux décimales."""

    colonne = "DecimalField"
    saisie: type[forms.Field] = a_saisir.MontantField
    maximum = MAXIMUM

    @property
    def validators(self) -> list[Any]:
        """Les bornes, que la base contraint aussi."""
        return [*super().validators, MinValueValidator(0), MaxValueValidator(self.maximum)]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 9)
        kwargs.update(null=True, decimal_places=2)
        super().__init__(*args, **self._facultatif(kwargs))

    def formfield(self, **kwargs: Any) -> forms.Field:
        """Un champ qui accepte « 1 705,50 € »."""
        return self.saisie(required=False, label=self.verbose_name, help_text=self.help_text)


class Part(Montant):
    """Une part en %, de 0 à 100."""

    saisie = a_saisir.PartField
    maximum = Decimal(100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max_digits": 5, **kwargs})


class Cout(_Rubrique, models.JSONField):
    """De … à … €, par unité : une `Fourchette`, gardée en JSON dans sa forme d'échange, ou rien."""

    colonne = "JSONField"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["null"] = True
        super().__init__(*args, **self._facultatif(kwargs))

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Fourchette | None:
        """JSON → Fourchette."""
        return Fourchette.depuis_json(super().from_db_value(value, expression, connection))

    def to_python(self, value: Any) -> Fourchette | None:
        """Accepte une Fourchette ou sa forme d'échange."""
        return (value or None) if isinstance(value, Fourchette) else Fourchette.depuis_json(value)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """Fourchette → JSON."""
        return super().get_db_prep_value(value.en_json() if isinstance(value, Fourchette) else value, connection, prepared)

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        """Contrôle les bornes et l'ordre."""
        if isinstance(value, Fourchette):
            value.valider()

    def formfield(self, **kwargs: Any) -> forms.Field:
        """Trois champs : de, à, unité."""
        return a_saisir.CoutField(label=self.verbose_name, help_text=self.help_text)


Champ = models.Field[Any, Any]


def en_texte(champ: Champ, valeur: Any) -> str:
    """La réponse telle qu'on la lit ; vide si elle n'est pas renseignée. Inverse de `depuis_texte`."""
    if valeur is None or valeur == "":
        return ""
    if isinstance(champ, OuiNon):
        return "oui" if valeur else "non"
    if isinstance(champ, Choix):
        return dict(champ.cases)[valeur]
    if isinstance(champ, Cout):
        return str(valeur.en_texte())
    if isinstance(champ, Part):
        return dire_part(valeur)
    return dire_montant(valeur) if isinstance(champ, Montant) else str(valeur)


def depuis_texte(champ: Champ, texte: str) -> Any:
    """La réponse que dit ce texte ; lève ValidationError quand il ne la dit pas. Inverse de `en_texte`."""
    if isinstance(champ, Texte):
        return textes.normaliser(texte)
    if not texte.strip():
        return "" if isinstance(champ, Choix) else None
    if isinstance(champ, (OuiNon, Choix)):
        return _choisi(champ, texte.strip())
    if isinstance(champ, Cout):
        return Fourchette.depuis_texte(texte)
    if isinstance(champ, Part):
        return lire_part(texte)
    if isinstance(champ, Entier):
        return a_saisir.EntierField(mini=champ.mini, maxi=champ.maxi, unite=champ.unite).clean(texte)
    return lire_montant(texte) if isinstance(champ, Montant) else champ.to_python(texte)


def _choisi(champ: OuiNon | Choix, texte: str) -> Any:
    choix = {"oui": True, "non": False} if isinstance(champ, OuiNon) else {libelle: code for code, libelle in champ.cases}
    if texte not in choix:
        raise ValidationError(f"« {texte[:60]} » : attendu {' ou '.join(f'« {mot} »' for mot in choix)}.")
    return choix[texte]
