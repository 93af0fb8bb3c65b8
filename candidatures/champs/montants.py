"""Lire et dire un montant en euros, comme on l'écrit en français (fiabilité, G6)."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from django.core.exceptions import ValidationError

MAXIMUM = Decimal("5000000.00")
_ESPACES = re.compile(r"[\s\u00a0\u202f\u2009\u2007]+")
_SIMPLE = re.compile(r"\d{1,12}([.,]\d{1,2})?\Z", re.ASCII)
_EXPOSANTS = re.compile(r"[\u00b2\u00b3\u00b9\u2070-\u209f\u2460-\u24ff]")
_AMBIGU = re.compile(r"\d{1,3}(\.\d{3})+(,\d{1,2})?\Z", re.ASCII)


def lire_decimal(texte: str, signe: str = "€", mots: str = "eur") -> Decimal | None:
    """Lit « 390 760,50 € », « 41,37€ », « 1705 » ; rend None pour un texte vide.

    Lève ValidationError, avec un exemple, pour ce qui n'est pas un nombre positif, et demande ce qui est voulu quand le
    point peut séparer les milliers (« 390.760 »).
    """
    lu = _ESPACES.sub("", unicodedata.normalize("NFKC", texte))
    lu = re.sub(f"^{signe}|({signe}|{mots}(os?)?)\\Z", "", lu, flags=re.IGNORECASE)
    if not lu:
        return None
    if _AMBIGU.match(lu):
        propose = dire_decimal(Decimal(lu.replace(".", "").replace(",", ".")))
        raise ValidationError(
            f"« {texte.strip()} » peut se lire de deux façons. Voulez-vous dire {propose} {signe} ? Récrivez-le sans point.",
            code="ambigu",
        )
    if not _SIMPLE.match(lu) or _EXPOSANTS.search(texte):
        raise ValidationError(
            f"« {texte.strip()[:60]} » n'est pas un nombre. Écrivez-le en chiffres, par exemple 1 705,50.", code="illisible"
        )
    return Decimal(lu.replace(",", ".")).quantize(Decimal("0.01"))


def lire_montant(texte: str, maximum: Decimal = MAXIMUM) -> Decimal | None:
    """Lit un montant de 0 à `maximum` (5 000 000 €) ; lève ValidationError au-delà (rien n'est tronqué)."""
    montant = lire_decimal(texte)
    if montant is not None and montant > maximum:
        raise ValidationError(f"Le montant dépasse {dire_montant(maximum)} : vérifiez le nombre de zéros.", code="trop_grand")
    return montant


def lire_part(texte: str) -> Decimal | None:
    """Lit une part de 0 à 100 % (« 50 », « 33,33 % »)."""
    part = lire_decimal(texte, signe="%", mots="pourcent")
    if part is not None and part > 100:
        raise ValidationError("Une part va de 0 à 100 %.", code="trop_grand")
    return part


def dire_decimal(nombre: Decimal) -> str:
    """« 1 705,50 », « 160 430 » : espaces insécables entre les milliers, décimales seulement s'il y en a."""
    entier, _, decimales = f"{nombre:.2f}".partition(".")
    groupes = f"{int(entier):,}".replace(",", "\u00a0")
    return groupes if decimales == "00" else f"{groupes},{decimales}"


def dire_montant(montant: Decimal | None) -> str:
    """« 1 705,50 € » ; vide pour None."""
    return "" if montant is None else f"{dire_decimal(montant)}\u00a0€"


def dire_part(part: Decimal | None) -> str:
    """« 33,33 % » ; vide pour None."""
    return "" if part is None else f"{dire_decimal(part)}\u00a0%"
