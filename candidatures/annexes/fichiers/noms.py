"""Le nom montré d'une annexe : ce qu'une personne a écrit, moins tout ce qui tromperait un lecteur ou un système (G5, F-39)."""

from __future__ import annotations

import unicodedata
from pathlib import PurePosixPath

from candidatures.annexes.fichiers.genres import NOM_MAXIMAL, Genre
from hlm_projets.fichiers import nom_de_fichier

_RESERVES = {"CON", "PRN", "AUX", "NUL", *(f"{nom}{n}" for nom in ("COM", "LPT") for n in range(1, 10))}
"""Noms que Windows refuse, quelle que soit l'extension."""


def nom_montre(recu: str, genre: Genre) -> str:
    """« ..\\..\\Rapport.PDF » devient « Rapport.pdf » ; l'extension est celle du contenu."""
    base = PurePosixPath(_dernier_segment(recu))
    souche = base.stem if extension_de(recu) else base.name
    propre = nom_de_fichier(souche)
    if propre.partition(".")[0].strip().upper() in _RESERVES:
        propre = f"_{propre}"
    extension = f".{genre.extensions[0]}"
    return propre[: NOM_MAXIMAL - len(extension)].rstrip(" .") + extension


def extension_de(recu: str) -> str:
    """« pdf » de « Rapport.PDF » : telle qu'un système la lirait, caractères invisibles ôtés."""
    return PurePosixPath(_dernier_segment(recu)).suffix.removeprefix(".").lower()


def _dernier_segment(recu: str) -> str:
    visible = "".join(c for c in unicodedata.normalize("NFC", recu) if not unicodedata.category(c).startswith("C"))
    return visible.replace("\\", "/").rstrip("/. ").rpartition("/")[2].strip()
