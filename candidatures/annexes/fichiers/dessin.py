"""Dessiner la première page d'un PDF (PDFium). À n'appeler que dans la liseuse."""

from __future__ import annotations

from typing import IO

import pypdfium2
from PIL import Image

from candidatures.annexes.fichiers.images import COTE, en_jpeg


def apercu(fichier: IO[bytes]) -> bytes:
    """Un JPEG de la première page. Lève PdfiumError si elle ne se dessine pas."""
    page = pypdfium2.PdfDocument(fichier)[0]
    largeur, hauteur = page.get_size()
    image: Image.Image = page.render(scale=COTE / max(largeur, hauteur, 1), may_draw_forms=False).to_pil()
    return en_jpeg(image)
