"""Inviter sur une candidature, changer ce qu'un invité peut faire, et ouvrir son compte d'invité."""

from __future__ import annotations

from typing import Any

from django import forms

from candidatures.models import Partage
from comptes.forms.mot_de_passe import FormulaireDePremierMotDePasse
from comptes.models import Utilisateur
from comptes.models.utilisateur import COURRIEL_FAUX

AIDE_DU_DROIT = "Lire : la fiche et son PDF. Déposer : engager l'organisme ; la personne ne peut ni retirer ni supprimer."


def _droit() -> forms.ChoiceField:
    champ = forms.ChoiceField(label="Ce que la personne pourra faire", choices=Partage.Droit.choices, widget=forms.RadioSelect)
    champ.error_messages["required"] = "Choisissez ce que la personne pourra faire."
    vars(champ)["aide"] = AIDE_DU_DROIT  # lu par le gabarit des champs
    return champ


class FormulaireDInvite(forms.Form):
    """Qui inviter, et pour quoi faire."""

    courriel = forms.EmailField(label="Adresse électronique", max_length=254)
    droit = _droit()

    def __init__(self, donnees: Any = None) -> None:
        super().__init__(donnees, initial={"droit": Partage.Droit.ECRIRE})
        courriel = self.fields["courriel"]
        courriel.error_messages |= {"required": "Écrivez l'adresse de la personne à inviter.", "invalid": COURRIEL_FAUX}
        courriel.widget.attrs["autocomplete"] = "off"  # ce ne sont pas les coordonnées de qui remplit
        vars(courriel)["aide"] = "Le lien y est envoyé ; seul un compte à cette adresse pourra l'utiliser."


class FormulaireDuDroit(forms.Form):
    """Ce que l'invité peut faire."""

    droit = _droit()


class FormulaireDOuverture(FormulaireDePremierMotDePasse):
    """Le compte d'un invité : prénom, nom, mot de passe. L'adresse est celle de l'invitation."""

    prenom = forms.CharField(label="Prénom", max_length=100, widget=forms.TextInput({"autocomplete": "given-name"}))
    nom = forms.CharField(label="Nom", max_length=100, widget=forms.TextInput({"autocomplete": "family-name"}))
    field_order = ("prenom", "nom", "password1", "password2")

    def __init__(self, *args: Any, courriel: str, **kwargs: Any) -> None:
        super().__init__(*args, personne=Utilisateur(courriel=courriel), **kwargs)
        self.fields["prenom"].error_messages["required"] = "Écrivez votre prénom."
        self.fields["nom"].error_messages["required"] = "Écrivez votre nom."

    def clean_password1(self) -> str:
        """Le mot de passe ne ressemble pas non plus au nom qui vient d'être écrit."""
        for nom in ("prenom", "nom"):
            setattr(self.personne, nom, self.cleaned_data.get(nom, ""))
        return super().clean_password1()
