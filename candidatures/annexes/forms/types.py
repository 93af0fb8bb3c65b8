"""Les types d'annexe d'une campagne : un tableau, une ligne vide pour en ajouter un."""

from __future__ import annotations

from typing import Any, cast

from django import forms

from candidatures.annexes.types import CHAMPS_DU_TYPE, TypesVoulus
from candidatures.champs.a_saisir import EntierField
from candidatures.champs.textes import en_une_ligne
from candidatures.models import Campagne, TypeDAnnexe
from comptes.forms.partage import FormulairePartage

MAXIMUM = 20


class FormulaireDeType(FormulairePartage[TypeDAnnexe]):
    """Un libellé, exigé ou non, son ordre."""

    rang = EntierField(mini=0, maxi=99, unite="", label="Ordre", required=False)

    class Meta:
        model = TypeDAnnexe
        fields = CHAMPS_DU_TYPE

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["libelle"].error_messages["required"] = "Écrivez le libellé, ou cochez « Retirer »."
        vars(self.fields["libelle"])["exige"] = False  # la ligne à ajouter peut rester vide

    def clean_libelle(self) -> str:
        """Sur une ligne."""
        return en_une_ligne(self.cleaned_data["libelle"])

    def clean_rang(self) -> int:
        """Vide : à la fin."""
        rang = self.cleaned_data["rang"]
        return 99 if rang is None else int(rang)


class JeuDeTypes(forms.BaseInlineFormSet[TypeDAnnexe, Campagne, FormulaireDeType]):
    """Les types d'une campagne."""

    titre = "Types d'annexe"

    def add_fields(self, form: FormulaireDeType, index: int | None) -> None:
        """Une clé d'une autre campagne n'est pas admise ; « Retirer » se dit comme il est."""
        super().add_fields(form, index)
        cle = form.fields["id"]
        cle.error_messages["invalid_choice"] = "Ce type vient d'être retiré par une autre personne : rechargez la page."
        if isinstance(cle, forms.ModelChoiceField):
            cle.queryset = self.instance.types_d_annexe.all()
        form.fields["DELETE"].label = "Retirer"

    def clean(self) -> None:
        """Deux types ne portent pas le même libellé."""
        vus: set[str] = set()
        for form in self._remplies():
            libelle = form.cleaned_data["libelle"].casefold()
            if libelle in vus:
                form.add_error("libelle", "Ce libellé figure deux fois : changez l'un des deux.")
            vus.add(libelle)

    def _remplies(self) -> list[FormulaireDeType]:
        justes = [form for form in self.forms if form.is_valid() and form.cleaned_data.get("libelle")]
        return [form for form in justes if not form.cleaned_data.get("DELETE")]

    def voulus(self) -> TypesVoulus:
        """Ce que la personne a demandé, une fois le jeu valide."""
        remplies = self._remplies()
        return TypesVoulus(
            ajoutes=[f.instance for f in remplies if not f.instance.pk],
            changes=[(f.instance, c) for f in remplies if f.instance.pk and (c := f.changements())],
            retires=[f.instance for f in self.forms if f.instance.pk and f.cleaned_data.get("DELETE")],
        )


_Jeu = forms.inlineformset_factory(
    Campagne,
    TypeDAnnexe,
    form=FormulaireDeType,
    formset=JeuDeTypes,
    fields=CHAMPS_DU_TYPE,
    extra=2,
    max_num=MAXIMUM,
    absolute_max=2 * MAXIMUM,  # sinon mille de plus
    validate_max=True,
)


def jeu_de_types(campagne: Campagne, donnees: Any = None) -> JeuDeTypes:
    """Le jeu d'une campagne."""
    return cast(JeuDeTypes, _Jeu(donnees, instance=campagne, prefix="types"))
