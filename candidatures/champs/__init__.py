"""Les types de champ de la fiche, et deux conversions inverses : `en_texte` et `depuis_texte`."""

from candidatures.champs.champs import (
    Case,
    Champ,
    Choix,
    Cout,
    Entier,
    Montant,
    OuiNon,
    Part,
    Precision,
    Texte,
    TexteCourt,
    TexteLong,
    depuis_texte,
    en_texte,
)

__all__ = [
    "Case",
    "Champ",
    "Choix",
    "Cout",
    "Entier",
    "Montant",
    "OuiNon",
    "Part",
    "Precision",
    "Texte",
    "TexteCourt",
    "TexteLong",
    "depuis_texte",
    "en_texte",
]
