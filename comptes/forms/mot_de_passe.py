"""Le premier mot de passe, depuis le lien d'invitation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from comptes.connexion.forms import SansTexteFantome
from comptes.models import Utilisateur

LONGUEUR_MAXIMALE = 128


class FormulaireDePremierMotDePasse(SansTexteFantome, forms.Form):
    """Deux fois le mot de passe ; il peut être collé."""

    password1 = forms.CharField(strip=False, widget=forms.PasswordInput)
    password2 = forms.CharField(strip=False, widget=forms.PasswordInput)

    def __init__(self, *args: Any, personne: Utilisateur, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.personne = personne
        self.nommer_le_nouveau()
        self.fields["password1"].label = "Mot de passe"
        self.fields["password2"].label = "Mot de passe, une seconde fois"

    def clean_password1(self) -> str:
        """Applique les règles du site."""
        mot_de_passe: str = self.cleaned_data["password1"]
        if len(mot_de_passe) > LONGUEUR_MAXIMALE:
            raise ValidationError(f"{LONGUEUR_MAXIMALE} caractères au plus.")
        validate_password(mot_de_passe, self.personne)
        return mot_de_passe

    def clean(self) -> dict[str, Any]:
        """Les deux doivent être les mêmes."""
        premier, second = self.cleaned_data.get("password1"), self.cleaned_data.get("password2")
        if premier and second and premier != second:
            self.add_error("password2", "Les deux mots de passe ne sont pas les mêmes.")
        return self.cleaned_data
