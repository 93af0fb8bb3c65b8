"""La personne : l'inviter, la modifier, la retrouver dans la liste."""

from __future__ import annotations

from typing import Any

from django import forms

from comptes.forms.partage import FormulairePartage
from comptes.models import Role, Utilisateur
from comptes.models.utilisateur import COURRIEL_FAUX


class FormulaireDInvitation(forms.Form):
    """Qui inviter. Un courriel déjà connu n'est pas une faute : l'habilitation s'ajoute à son compte."""

    prenom = forms.CharField(label="Prénom", max_length=100)
    nom = forms.CharField(label="Nom", max_length=100)
    courriel = forms.EmailField(label="Adresse électronique", max_length=254)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["prenom"].error_messages["required"] = "Écrivez le prénom."
        self.fields["nom"].error_messages["required"] = "Écrivez le nom."
        courriel = self.fields["courriel"]
        courriel.error_messages |= {"required": "Écrivez l'adresse électronique.", "invalid": COURRIEL_FAUX}
        for nom in self.fields:
            self.fields[nom].widget.attrs["autocomplete"] = "off"  # ce ne sont pas les coordonnées de qui remplit
        vars(courriel)["aide"] = "Ce sera son identifiant. Le lien d'invitation y est envoyé."  # lu par le gabarit des champs

    def personne(self) -> Utilisateur:
        """La personne saisie, hors de la base."""
        return Utilisateur(**{nom: self.cleaned_data[nom] for nom in ("prenom", "nom", "courriel")})


class FormulaireDePersonne(FormulairePartage[Utilisateur]):
    """Le nom, et l'ouverture du compte. L'adresse, qui est l'identifiant, ne change pas."""

    class Meta:
        model = Utilisateur
        fields = ("prenom", "nom", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["is_active"].label = "Compte ouvert"
        aide = "Décoché : la personne est déconnectée aussitôt et ne peut plus entrer. Ses actes et ses dossiers restent."
        vars(self.fields["is_active"])["aide"] = aide  # lu par le gabarit des champs
        for nom in ("prenom", "nom"):
            self.fields[nom].widget.attrs["autocomplete"] = "off"


class FiltreDesPersonnes(forms.Form):
    """Ce qu'on cherche dans la liste."""

    q = forms.CharField(
        label="Nom, adresse ou organisme", required=False, max_length=100, widget=forms.TextInput({"type": "search"})
    )
    role = forms.ChoiceField(label="Rôle", required=False, choices=[("", "Tous les rôles"), *Role.choices])
