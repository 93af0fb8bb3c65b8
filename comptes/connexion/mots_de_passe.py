"""Un contrôle de mot de passe de plus : pas de mots du contexte."""

from __future__ import annotations

from django.core.exceptions import ValidationError

MOTS = ("hlm", "bailleur", "motdepasse", "password", "azerty", "ddcs", "dreal")


class MotsDuContexte:
    """Refuse un mot de passe fait surtout des mots du site (V-34)."""

    def validate(self, password: str, user: object = None) -> None:
        """Lève ValidationError si, ces mots ôtés, il reste moins de 10 caractères."""
        reste = ecrit = password.casefold().replace(" ", "")
        for mot in MOTS:
            reste = reste.replace(mot, "")
        if len(reste) < 10 and reste != ecrit:
            raise ValidationError(
                "Ce mot de passe repose trop sur des mots attendus (« hlm », « bailleur »…). Ajoutez d'autres mots."
            )

    def get_help_text(self) -> str:
        """La consigne affichée sous le champ."""
        return "Évitez les mots du site (« hlm », « bailleur »…) : une phrase de quatre mots sans rapport convient très bien."
