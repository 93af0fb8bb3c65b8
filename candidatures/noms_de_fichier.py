"""Un nom de fichier sûr sur tous les systèmes (fiabilité, G5)."""

from __future__ import annotations

import re
import unicodedata

LONGUEUR = 100
_INTERDITS = re.compile(r"""[<>:"/\\|?*;%]""")


def nom_de_fichier(texte: str) -> str:
    """« 2026-77-003 Nom du projet » : NFC, sans caractère invisible ni interdit, 100 caractères au plus, sans extension."""
    visible = "".join(
        c for c in unicodedata.normalize("NFC", texte) if c.isspace() or not unicodedata.category(c).startswith("C")
    )
    propre = " ".join(_INTERDITS.sub(" ", visible).split())
    return propre[:LONGUEUR].strip(" .") or "sans nom"
