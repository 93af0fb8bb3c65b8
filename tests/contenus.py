"""Tout ce qu'une réponse donne à lire : la page, mais aussi le texte d'un PDF et ses pièces jointes, les entrées d'un ZIP, un flux."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile

import pikepdf
import pypdfium2

PROFONDEUR = 3
"""Un fichier dans un fichier dans un fichier : au-delà, ses octets sont lus tels quels."""


def contenu_de(reponse: Any) -> bytes:
    """Les octets d'une réponse ; un flux est lu jusqu'au bout, et reste à lire."""
    if not reponse.streaming:
        return bytes(reponse.content)
    contenu = b"".join(reponse.streaming_content)
    reponse.streaming_content = iter([contenu])
    return contenu


def textes_de(contenu: bytes, profondeur: int = PROFONDEUR) -> Iterator[str]:
    """Les textes que porte un fichier ; ceux d'un PDF ou d'un ZIP illisible sont ses octets."""
    yield contenu.decode(errors="replace")
    if profondeur and contenu.startswith(b"%PDF-"):
        yield from _textes_d_un_pdf(contenu, profondeur - 1)
    elif profondeur and contenu.startswith(b"PK"):
        yield from _textes_d_un_zip(contenu, profondeur - 1)


def _textes_d_un_pdf(contenu: bytes, profondeur: int) -> Iterator[str]:
    """Ses pages, ses métadonnées, ses pièces jointes."""
    try:
        pdf = pikepdf.open(BytesIO(contenu))
    except pikepdf.PdfError:
        return
    with pdf:
        yield " ".join(str(valeur) for valeur in pdf.docinfo.values())
        for nom, jointe in pdf.attachments.items():
            yield nom
            yield from textes_de(jointe.get_file().read_bytes(), profondeur)
    document = pypdfium2.PdfDocument(contenu)
    for page in document:
        yield recoller(page.get_textpage().get_text_range())
    document.close()


def recoller(texte: str) -> str:
    """Sans les coupures de fin de ligne : un mot coupé se lit d'un seul tenant."""
    return texte.replace("\ufffe", "").replace("\u00ad", "").replace("\r\n", "\n").replace("-\n", "")


def _textes_d_un_zip(contenu: bytes, profondeur: int) -> Iterator[str]:
    """Ses noms, et ses entrées."""
    try:
        with ZipFile(BytesIO(contenu)) as archive:
            for entree in archive.infolist():
                yield entree.filename
                yield from textes_de(archive.read(entree), profondeur)
    except (BadZipFile, RuntimeError):  # RuntimeError : une entrée chiffrée
        return
