"""Un coût de la section 6 : de … à … €, par unité (formulaire, rubriques 26 à 29)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from candidatures.champs.montants import MAXIMUM, dire_decimal, lire_montant

_NOMBRE = re.compile(r"\d{1,12}(\.\d{1,6})?", re.ASCII)


class Unite(models.TextChoices):
    """Les unités du format d'échange."""

    MENAGE = "menage", "par ménage"
    MENAGE_MOIS = "menage_mois", "par ménage et par mois"
    MENAGE_AN = "menage_an", "par ménage et par an"
    LOGEMENT_MOIS = "logement_mois", "par logement et par mois"
    LOGEMENT_AN = "logement_an", "par logement et par an"
    MESURE_MOIS = "mesure_mois", "par mesure et par mois"


@dataclass(frozen=True, slots=True)
class Fourchette:
    """Montants en euros, à deux décimales ; `max` vide : un montant unique ; `unite` vide : non précisée."""

    min: Decimal | None = None
    max: Decimal | None = None
    unite: str | None = None

    def __bool__(self) -> bool:
        return self.min is not None or self.max is not None or bool(self.unite)

    def valider(self) -> None:
        """Lève ValidationError hors de 0–5 000 000 €, si le minimum dépasse le maximum, ou pour une unité inconnue."""
        for montant in (self.min, self.max):
            if montant is not None and not 0 <= montant <= MAXIMUM:
                raise ValidationError("Un montant va de 0 à 5 000 000 € : vérifiez le nombre de zéros.")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValidationError("Le premier montant dépasse le second : échangez-les, ou corrigez l'un des deux.")
        if self.unite and self.unite not in Unite.values:
            raise ValidationError(f"L'unité « {self.unite} » n'est pas connue (attendu : {', '.join(Unite.values)}).")

    def en_json(self) -> dict[str, str | None]:
        """La forme du format d'échange : `{"min": "1500.00", "max": "1750.00", "unite": "menage_an"}`."""
        return {"min": _texte(self.min), "max": _texte(self.max), "unite": self.unite or None}

    @classmethod
    def depuis_json(cls, valeur: Any) -> Fourchette | None:
        """Relit la forme d'échange ; lève ValidationError si ce n'en est pas une."""
        if valeur is None:
            return None
        if not isinstance(valeur, dict) or set(valeur) - {"min", "max", "unite"}:
            raise ValidationError('Un coût s\'écrit {"min": "1500.00", "max": "1750.00", "unite": "menage_an"}.')
        unite = valeur.get("unite")
        if unite is not None and not isinstance(unite, str):
            raise ValidationError("L'unité d'un coût est un texte, ou null.")
        return cls(decimal_json(valeur.get("min")), decimal_json(valeur.get("max")), unite or None) or None

    def en_texte(self) -> str:
        """« de 1 500 à 1 750 € par ménage et par an », « 400 € », « jusqu'à 500 € »."""
        return " ".join(mot for mot in (self._montants(), Unite(self.unite).label if self.unite else "") if mot)

    def _montants(self) -> str:
        if self.min is not None and self.max is not None:
            return f"de {dire_decimal(self.min)} à {dire_decimal(self.max)}\u00a0€"
        if self.max is not None:
            return f"jusqu'à {dire_decimal(self.max)}\u00a0€"
        return f"{dire_decimal(self.min)}\u00a0€" if self.min is not None else ""

    @classmethod
    def depuis_texte(cls, texte: str) -> Fourchette | None:
        """L'inverse de `en_texte` ; lève ValidationError pour un montant illisible."""
        reste, unite = texte.strip(), None
        for candidate in sorted(Unite, key=lambda u: -len(u.label)):
            if reste.endswith(candidate.label):
                reste, unite = reste.removesuffix(candidate.label).strip(), candidate.value
                break
        if m := re.fullmatch(r"de (.+) à (.+)", reste):
            return cls(lire_montant(m[1]), lire_montant(m[2]), unite)
        if reste.startswith("jusqu'à "):
            return cls(None, lire_montant(reste.removeprefix("jusqu'à ")), unite)
        return cls(lire_montant(reste), None, unite) or None


def decimal_json(valeur: Any) -> Decimal | None:
    """Relit un montant du format d'échange (« "1500.00" », ou un nombre JSON) à deux décimales au plus."""
    if valeur is None or valeur == "":
        return None
    if isinstance(valeur, bool) or not isinstance(valeur, (str, int, float)):
        raise ValidationError('Un montant s\'écrit "1500.00".')
    if not _NOMBRE.fullmatch(str(valeur)):
        raise ValidationError(f"« {' '.join(str(valeur)[:60].split())} » n'est pas un montant ; il s'écrit \"1500.00\".")
    montant = Decimal(str(valeur))
    arrondi = montant.quantize(Decimal("0.01"))
    if montant != arrondi:
        raise ValidationError(f"« {str(valeur)[:60]} » : deux décimales au plus.")
    return arrondi


def _texte(montant: Decimal | None) -> str | None:
    return None if montant is None else f"{montant:.2f}"
