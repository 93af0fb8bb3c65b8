"""L'organisme, et ce qui filtre leur liste."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator

from comptes.forms.partage import FormulairePartage
from comptes.models import Organisme

neuf_chiffres = RegexValidator(r"^[0-9]{9}\Z", "Le SIREN compte 9 chiffres.")
TRIS = (("nom", "nom"), ("statut", "statut"), ("candidatures", "candidatures"), ("personnes", "personnes"))


class ChampSiren(forms.CharField):
    """Neuf chiffres ; les espaces qu'on y met pour lire sont retirés."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validators=[neuf_chiffres], empty_value=None, **kwargs)

    def to_python(self, value: Any) -> str | None:
        """« 552 081 317 » vaut « 552081317 »."""
        return super().to_python("".join(str(value or "").split()))


class FormulaireDOrganisme(FormulairePartage[Organisme]):
    """Nom, statut, SIREN, département du siège."""

    siren = ChampSiren(label="SIREN", required=False)

    class Meta:
        model = Organisme
        fields = ("nom", "statut", "siren", "departement")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["nom"].error_messages["required"] = "Écrivez le nom de l'organisme."
        self.fields["statut"].widget.attrs["list"] = "statuts-connus"
        siege: Any = self.fields["departement"]
        siege.empty_label = "Non précisé"
        self.fields["siren"].widget.attrs.update({"inputmode": "numeric", "autocomplete": "off"})
        aides = {
            "nom": "Tel qu'il figure sur ses courriers : c'est lui que liront les services de l'État.",
            "statut": "Choisissez dans la liste proposée, ou écrivez-en un autre.",
            "siren": "9 chiffres, facultatif. Par exemple 123 456 789.",
            "departement": "Facultatif ; outre-mer, les dates de la campagne sont aussi dites à son heure.",
        }
        for nom, aide in aides.items():
            vars(self.fields[nom])["aide"] = aide  # lu par le gabarit des champs

    def clean_siren(self) -> str | None:
        """Dit quel organisme porte déjà ce SIREN."""
        siren: str | None = self.cleaned_data["siren"]
        autre = Organisme.objects.filter(siren=siren).exclude(pk=self.instance.pk).first() if siren else None
        if autre:
            raise forms.ValidationError(
                f"« {autre} » porte déjà ce SIREN : modifiez cet organisme plutôt que d'en créer un second."
            )
        return siren


class FiltreDesOrganismes(forms.Form):
    """Ce qu'on cherche dans la liste, et comment la ranger."""

    q = forms.CharField(label="Nom, statut ou SIREN", required=False, max_length=100, widget=forms.TextInput({"type": "search"}))
    tri = forms.ChoiceField(
        required=False, widget=forms.HiddenInput, choices=[(sens + nom, libelle) for nom, libelle in TRIS for sens in ("", "-")]
    )
