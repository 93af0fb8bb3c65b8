"""Les genres de fichier permis, et les limites (fiabilité, A-10, V-27). Rien d'autre n'entre."""

from __future__ import annotations

from dataclasses import dataclass

from hlm_projets.fichiers import MEGAOCTET

TAILLE_MAXIMALE = 20 * MEGAOCTET
"""Octets d'un fichier."""
FICHIERS_MAXIMUM = 15
"""Annexes d'un dossier."""
TOTAL_MAXIMAL = 150 * MEGAOCTET
"""Octets de toutes les annexes d'un dossier."""
NOM_MAXIMAL = 110
"""Caractères d'un nom montré, extension comprise."""

# Ce qu'un fichier en zip (docx, xlsx, odt, ods) peut déclarer, compté avant d'en lire le contenu.
DEPAQUETE_MAXIMAL = 200 * MEGAOCTET
ENTREES_MAXIMUM = 2_000
RAPPORT_MAXIMAL = 100
SOMMAIRE_MAXIMAL = 1 * MEGAOCTET
"""Octets de la table des matières du zip."""

COTE_MAXIMAL = 20_000
PIXELS_MAXIMUM = 64_000_000
"""Pixels d'une image : au-delà, un appareil photo n'en produit pas."""


@dataclass(frozen=True, slots=True)
class Genre:
    """Un genre permis.

    - `libelle` : son nom à l'écran ; `article` : « un PDF » ; `extensions` : sans point, la première sert au nom montré ;
    - `mime` : le type sous lequel il est servi, jamais déduit du nom ; `a_un_apercu` : la page peut en montrer une image.
    """

    code: str
    libelle: str
    article: str
    extensions: tuple[str, ...]
    mime: str
    a_un_apercu: bool = False


_OFFICE = "application/vnd.openxmlformats-officedocument"
_ODF = "application/vnd.oasis.opendocument"
GENRES = {
    genre.code: genre
    for genre in (
        Genre("pdf", "PDF", "un PDF", ("pdf",), "application/pdf", a_un_apercu=True),
        Genre("docx", "Word", "un document Word (.docx)", ("docx",), f"{_OFFICE}.wordprocessingml.document"),
        Genre("xlsx", "Excel", "un classeur Excel (.xlsx)", ("xlsx",), f"{_OFFICE}.spreadsheetml.sheet"),
        Genre("odt", "texte OpenDocument", "un texte OpenDocument (.odt)", ("odt",), f"{_ODF}.text"),
        Genre("ods", "classeur OpenDocument", "un classeur OpenDocument (.ods)", ("ods",), f"{_ODF}.spreadsheet"),
        Genre("png", "image PNG", "une image PNG", ("png",), "image/png", a_un_apercu=True),
        Genre("jpeg", "image JPEG", "une image JPEG", ("jpg", "jpeg"), "image/jpeg", a_un_apercu=True),
    )
}
GENRE_PAR_EXTENSION = {extension: genre for genre in GENRES.values() for extension in genre.extensions}
EXTENSIONS = tuple(f".{extension}" for extension in GENRE_PAR_EXTENSION)
"""« .pdf », « .docx »… : ce que propose le choix de fichier du navigateur."""
FORMATS_ADMIS = "Formats admis : PDF, Word (.docx), Excel (.xlsx), OpenDocument (.odt, .ods), images PNG et JPEG."
