"""Les formulaires d'allauth avec nos mots : étiquettes, exemples et erreurs en français, sans texte dans les champs vides."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as allauth
from django import forms

from comptes.models.utilisateur import COURRIEL_FAUX

ADRESSE = "Adresse électronique"
EXEMPLE = "Par exemple : prenom.nom@organisme.fr"


class SansTexteFantome:
    """Retire les textes posés dans les champs vides : ils disparaissent quand on tape, et se lisent mal."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for champ in self.fields.values():
            champ.widget.attrs.pop("placeholder", None)

    def nommer(self, nom: str, libelle: str, vide: str, aide: str = "") -> None:
        """Donne à un champ son étiquette, ce qu'on dit quand il est vide, et notre aide."""
        champ = self.fields[nom]
        champ.label, champ.help_text = libelle, ""
        vars(champ)["aide"] = aide  # lu par le gabarit des champs
        champ.error_messages["required"] = vide

    def nommer_l_adresse(self, nom: str, autocompletion: str) -> None:
        """Un champ d'adresse électronique."""
        self.nommer(nom, ADRESSE, "Indiquez votre adresse électronique.", EXEMPLE)
        self.fields[nom].error_messages["invalid"] = COURRIEL_FAUX
        self.fields[nom].widget.attrs["autocomplete"] = autocompletion

    def nommer_le_nouveau(self) -> None:
        """Les deux champs d'un nouveau mot de passe."""
        self.nommer(
            "password1", "Nouveau mot de passe", "Choisissez un mot de passe.", "14 caractères au moins. Vous pouvez le coller."
        )
        self.nommer("password2", "Nouveau mot de passe, une seconde fois", "Écrivez-le une seconde fois.")
        for nom in ("password1", "password2"):
            self.fields[nom].widget.attrs["autocomplete"] = "new-password"


class FormulaireDeConnexion(SansTexteFantome, allauth.LoginForm):
    """Adresse et mot de passe."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.nommer_l_adresse("login", "username")
        self.nommer("password", "Mot de passe", "Indiquez votre mot de passe.")


class FormulaireDOubli(SansTexteFantome, allauth.ResetPasswordForm):
    """L'adresse où envoyer le lien."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.nommer_l_adresse("email", "username")


class FormulaireDeChangement(SansTexteFantome, allauth.ChangePasswordForm):
    """L'ancien mot de passe, et deux fois le nouveau."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.nommer("oldpassword", "Mot de passe actuel", "Indiquez votre mot de passe actuel.")
        self.nommer_le_nouveau()


class FormulaireDeRemplacement(SansTexteFantome, allauth.ResetPasswordKeyForm):
    """Deux fois le nouveau mot de passe, depuis le lien reçu."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.nommer_le_nouveau()
