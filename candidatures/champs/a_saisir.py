"""Les champs de formulaire des rubriques : ils acceptent ce qu'on tape, et disent en une phrase ce qui ne va pas."""

from __future__ import annotations

import unicodedata
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from candidatures.champs.fourchettes import Fourchette, Unite
from candidatures.champs.montants import dire_decimal, lire_montant, lire_part
from candidatures.champs.textes import LIGNES, normaliser


def verifier_texte(texte: str, maximum: int) -> None:
    """Lève ValidationError au-delà de `maximum` points de code ou de 1 000 lignes."""
    if len(texte) > maximum:
        trop = len(texte) - maximum
        raise ValidationError(
            f"Ce texte compte {_nombre(len(texte))} caractères ; le maximum est {_nombre(maximum)} : retirez-en {_nombre(trop)}.",
            code="trop_long",
        )
    if (lignes := texte.count("\n") + 1) > LIGNES:
        raise ValidationError(
            f"Ce texte compte {_nombre(lignes)} lignes ; le maximum est {_nombre(LIGNES)}.", code="trop_de_lignes"
        )


def _nombre(n: int) -> str:
    return f"{n:,}".replace(",", "\u00a0")


class ZoneDeTexte(forms.Textarea):
    """Une zone de texte dont le compteur connaît la borne (pas d'attribut `maxlength` : il tronque un collage en silence)."""

    def __init__(self, lignes: int, maximum: int) -> None:
        super().__init__({"rows": lignes, "data-maximum": maximum})


class TexteField(forms.CharField):
    """Un texte normalisé (CRLF→LF, NFC, sans caractère de contrôle), compté après normalisation."""

    lignes_maximum = LIGNES

    def __init__(self, *, maximum: int, lignes: int = 2, **kwargs: Any) -> None:
        self.maximum = maximum
        kwargs.pop("max_length", None)
        kwargs["widget"] = ZoneDeTexte(lignes, maximum)
        kwargs["strip"] = False
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        """Normalise avant tout contrôle."""
        return normaliser(super().to_python(value) or "")

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare après normalisation : un navigateur envoie CRLF."""
        return bool(self.to_python(data) != (initial or ""))

    def clean(self, value: Any) -> str:
        """Normalise (les caractères nuls compris) puis contrôle la longueur."""
        texte = self.to_python(value)
        verifier_texte(texte, self.maximum)
        return texte


class EntierField(forms.Field):
    """Un nombre entier ; accepte les espaces (« 1 200 »), refuse le reste par une phrase."""

    widget = forms.TextInput

    def __init__(self, *, mini: int, maxi: int, unite: str, **kwargs: Any) -> None:
        self.mini, self.maxi, self.unite = mini, maxi, unite
        super().__init__(**kwargs)
        self.widget.attrs.update({"inputmode": "numeric", "autocomplete": "off"})

    def to_python(self, value: Any) -> int | None:
        """Lit l'entier ; None si vide."""
        if value in self.empty_values:
            return None
        lu = "".join(unicodedata.normalize("NFKC", str(value)).split())
        if not lu:
            return None
        if not (lu.isascii() and lu.isdigit() and len(lu) <= 9):
            raise ValidationError(
                f"« {str(value).strip()[:60]} » n'est pas un nombre entier. Écrivez le nombre seul (par exemple 30) et le reste dans la précision.",
                code="illisible",
            )
        return int(lu)

    def validate(self, value: Any) -> None:
        """Contrôle les bornes."""
        super().validate(value)
        if value is not None and not self.mini <= value <= self.maxi:
            raise ValidationError(f"Le nombre attendu va de {self.mini} à {_nombre(self.maxi)} {self.unite}.", code="hors_bornes")

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare les nombres, pas leurs écritures."""
        try:
            return bool(self.to_python(data) != initial)
        except ValidationError:
            return True


class MontantField(forms.Field):
    """Un montant en euros, tel qu'on l'écrit."""

    widget = forms.TextInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.attrs.update({"inputmode": "decimal", "autocomplete": "off"})

    def lire(self, texte: str) -> Decimal | None:
        """Lit la frappe ; lève ValidationError."""
        return lire_montant(texte)

    def to_python(self, value: Any) -> Decimal | None:
        """Lit le montant ; None si vide."""
        return None if value in self.empty_values else self.lire(str(value))

    def prepare_value(self, value: Any) -> Any:
        """Affiche « 1 705,50 » pour un Decimal, la frappe telle quelle sinon."""
        return dire_decimal(value) if isinstance(value, Decimal) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare les nombres, pas leurs écritures."""
        try:
            return bool(self.to_python(data) != initial)
        except ValidationError:
            return True


class PartField(MontantField):
    """Une part de 0 à 100 %."""

    def lire(self, texte: str) -> Decimal | None:
        """Lit la frappe ; lève ValidationError."""
        return lire_part(texte)


class SaisieCout(forms.MultiWidget):
    """Trois champs côte à côte : de, à, unité."""

    libelles = ("De (en euros)", "À (en euros)", "Unité")
    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        montant = {"inputmode": "decimal", "autocomplete": "off"}
        unites = [("", "Choisir une unité"), *Unite.choices]
        super().__init__(
            {"min": forms.TextInput(montant), "max": forms.TextInput(montant), "unite": forms.Select(choices=unites)}, attrs
        )

    def decompress(self, value: Any) -> list[Any]:
        """Éclate une fourchette en trois saisies."""
        if not isinstance(value, Fourchette):
            return ["", "", ""]
        return [*("" if m is None else dire_decimal(m) for m in (value.min, value.max)), value.unite or ""]

    def id_for_label(self, id_: str) -> str:
        """Un lien d'erreur mène au premier champ."""
        return f"{id_}_0"


class CoutField(forms.MultiValueField):
    """De … à … €, unité : rend une `Fourchette`, ou None si tout est vide."""

    widget = SaisieCout

    def __init__(self, **kwargs: Any) -> None:
        kwargs.update(required=False, require_all_fields=False)
        kwargs.pop("encoder", None)
        kwargs.pop("decoder", None)
        champs = (
            MontantField(required=False),
            MontantField(required=False),
            forms.ChoiceField(required=False, choices=[("", ""), *Unite.choices]),
        )
        super().__init__(fields=champs, **kwargs)

    def compress(self, data_list: list[Any]) -> Fourchette | None:
        """Assemble et valide la fourchette."""
        minimum, maximum, unite = data_list or (None, None, None)
        fourchette = Fourchette(minimum, maximum, unite or None)
        fourchette.valider()
        return fourchette or None

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare les fourchettes, pas leurs écritures."""
        try:
            return bool(self.clean(data) != initial)
        except ValidationError:
            return True


class OuiNonField(forms.TypedChoiceField):
    """Oui, non, ou non renseigné : trois boutons radio."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.update(
            required=False,
            choices=[("oui", "oui"), ("non", "non"), ("", "non renseigné")],
            coerce=lambda mot: {"oui": True, "non": False}[mot],
            empty_value=None,
            widget=forms.RadioSelect,
        )
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Traduit True / False / None en choix."""
        return {True: "oui", False: "non", None: ""}.get(value, value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare les réponses."""
        return bool(self.prepare_value(initial) != (data or ""))


class CaseField(forms.BooleanField):
    """Une case du papier : laissée vide, elle vaut « non » dès que la section est enregistrée."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs["required"] = False
        super().__init__(**kwargs)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Jamais enregistrée (None) et vide (False) ne sont pas la même réponse."""
        return bool(initial is not self.to_python(data))
