"""Les fichiers qu'on donne : un nom sûr sur tous les systèmes (fiabilité, G5), une taille dite."""

from __future__ import annotations

import re
import unicodedata

LONGUEUR = 100
MEGAOCTET = 1024 * 1024
_INTERDITS = re.compile(r"""[<>:"/\\|?*;%]""")


def nom_de_fichier(texte: str) -> str:
    """« 2026-77-003 Nom du projet » : NFC, sans caractère invisible ni interdit, 100 caractères au plus, sans extension."""
    visible = "".join(
        c for c in unicodedata.normalize("NFC", texte) if c.isspace() or not unicodedata.category(c).startswith("C")
    )
    propre = " ".join(_INTERDITS.sub(" ", visible).split())
    return propre[:LONGUEUR].strip(" .") or "sans nom"


def dire_taille(octets: int) -> str:
    """« 6,1 Ko », « 20 Mo » : des multiples de 1 024, comme les montrent les postes."""
    for unite, pas in (("Mo", MEGAOCTET), ("Ko", 1024)):
        if octets >= pas:
            nombre = f"{octets / pas:.1f}".removesuffix(".0").replace(".", ",")
            return f"{nombre}\u00a0{unite}"
    return f"{octets}\u00a0octet{'s' if octets > 1 else ''}"
