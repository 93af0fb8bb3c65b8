"""Lire une image par son propre lecteur (Pillow), ses dimensions bornées avant tout pixel. À n'appeler que dans la liseuse."""

from __future__ import annotations

import io
import os
import struct
from typing import IO

from PIL import Image, ImageOps

from candidatures.annexes.fichiers.genres import COTE_MAXIMAL, PIXELS_MAXIMUM
from candidatures.annexes.fichiers.refus import FichierRefuse

PNG = b"\x89PNG\r\n\x1a\n"
COTE = 1000
"""Pixels du plus grand côté d'un aperçu."""
_MORCEAU = struct.Struct(">I4s")

ABIMEE = FichierRefuse("abime", "Cette image est abîmée, elle ne s'ouvre pas. Enregistrez-la de nouveau.")
DEMESUREE = FichierRefuse("demesure", "Cette image a trop de pixels. Réduisez-la, à moins de 64 millions de pixels.")
DOUBLE = FichierRefuse("polyglotte", "Cette image cache un autre fichier. Enregistrez-la de nouveau depuis votre logiciel.")


def reconnaitre(fichier: IO[bytes]) -> str:
    """« png » ou « jpeg » : une image de dimensions raisonnables, lisible jusqu'au bout. Lève FichierRefuse."""
    genre = _genre(fichier)
    try:
        with _ouvrir(fichier, genre) as image:
            _borner(image)
            image.verify()
        if genre == "png":
            _finir_avec_le_png(fichier)
        else:
            _parcourir_le_jpeg(fichier)
    except (OSError, SyntaxError, ValueError, EOFError, struct.error) as erreur:
        raise ABIMEE from erreur
    return genre


def apercu(fichier: IO[bytes]) -> bytes:
    """Un JPEG neuf : ni la position, ni l'auteur qu'une photographie emporte n'y passent."""
    with _ouvrir(fichier, _genre(fichier)) as image:
        _borner(image)
        image.draft("RGB", (COTE, COTE))
        image.thumbnail((COTE, COTE))
        return en_jpeg(ImageOps.exif_transpose(image))


def en_jpeg(image: Image.Image) -> bytes:
    """L'image sur fond blanc, sans autre donnée qu'elle-même."""
    couleurs = image.convert("RGBA")
    fond = Image.new("RGB", couleurs.size, "white")
    fond.paste(couleurs, mask=couleurs)
    sortie = io.BytesIO()
    fond.save(sortie, "JPEG", quality=82)
    return sortie.getvalue()


def _genre(fichier: IO[bytes]) -> str:
    fichier.seek(0)
    return "png" if fichier.read(len(PNG)) == PNG else "jpeg"


def _ouvrir(fichier: IO[bytes], genre: str) -> Image.Image:
    Image.MAX_IMAGE_PIXELS = None  # nos bornes sont plus étroites, et se disent autrement
    fichier.seek(0)
    return Image.open(fichier, formats=[genre.upper()])


def _borner(image: Image.Image) -> None:
    if max(image.size) > COTE_MAXIMAL or image.width * image.height > PIXELS_MAXIMUM:
        raise DEMESUREE


def _finir_avec_le_png(fichier: IO[bytes]) -> None:
    """Le dernier morceau d'un PNG finit le fichier : rien n'est caché derrière."""
    taille, ou = fichier.seek(0, os.SEEK_END), len(PNG)
    while ou < taille:
        fichier.seek(ou)
        longueur, nom = _MORCEAU.unpack(fichier.read(_MORCEAU.size))
        ou += _MORCEAU.size + longueur + 4
        if nom == b"IEND":
            break
    if ou != taille:
        raise DOUBLE


def _parcourir_le_jpeg(fichier: IO[bytes]) -> None:
    """Décode un huitième de l'image : de quoi en lire tous les octets sans en garder tous les pixels."""
    with _ouvrir(fichier, "jpeg") as image:
        image.draft("RGB", (max(1, image.width // 8), max(1, image.height // 8)))
        image.load()
