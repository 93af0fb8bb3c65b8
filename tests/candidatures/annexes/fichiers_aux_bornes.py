"""Des fichiers faits au plus juste : à la limite même, ou à un octet, une entrée, un pixel d'elle."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from candidatures.annexes.fichiers.genres import (
    DEPAQUETE_MAXIMAL,
    ENTREES_MAXIMUM,
    RAPPORT_MAXIMAL,
    SOMMAIRE_MAXIMAL,
    TAILLE_MAXIMALE,
)
from tests.candidatures.annexes import fichiers as f
from tests.candidatures.annexes.fichiers import MEGA

ENTREES_D_UN_DOCX = 2
"""Ce que compte `un_docx()` sans rien de plus."""
FIN = 22
"""Octets de la fin d'un zip sans commentaire."""


def au_hasard(octets: int) -> bytes:
    """Des octets qui ne se compriment pas, toujours les mêmes."""
    return random.Random(7).randbytes(octets)


def _ajuster(faire: Callable[[int], bytes], depart: int, ecart: Callable[[bytes], int]) -> bytes:
    """Le fichier dont l'écart est nul : un octet de plus en ajoute un, à peu de chose près."""
    combien = depart
    for _ in range(12):
        contenu = faire(combien)
        reste = ecart(contenu)
        if not reste:
            return contenu
        combien -= reste
    raise AssertionError(f"la limite n'a pas été atteinte : encore {reste}")


def _entrees(contenu: bytes) -> list[zipfile.ZipInfo]:
    with zipfile.ZipFile(io.BytesIO(contenu)) as zip_:
        return zip_.infolist()


def _complement(contenu: dict[str, bytes | str], stockees: tuple[str, ...] = ("word/media/hasard.bin",)) -> bytes:
    """Un document Word et ces entrées, celles de `stockees` sans compression."""
    types = f.TYPES.format(partie="word/document.xml", contenu=f"{f.OFFICE}.wordprocessingml.document.main+xml")
    structure: dict[str, bytes | str] = {"[Content_Types].xml": types, "word/document.xml": "<w:document/>"}
    return f.un_zip(structure | contenu, stockees=stockees)


# --- Les deux rapports -----------------------------------------------------------------------------------------------------
def au_rapport_du_tout(de_trop: int) -> bytes:
    """Un docx qui se déploie en cent fois sa taille, et `de_trop` octets ; aucune entrée n'y passe le mégaoctet."""

    def faire(zeros: int) -> bytes:
        return _complement({"word/media/x.bmp": b"\0" * zeros, "word/media/hasard.bin": au_hasard(8_900)})

    def ecart(contenu: bytes) -> int:
        entrees = _entrees(contenu)
        paquetes = sum(e.compress_size for e in entrees)
        return sum(e.file_size for e in entrees) - RAPPORT_MAXIMAL * paquetes - de_trop

    return _ajuster(faire, 1_000_000, ecart)


def au_rapport_d_une_entree(de_trop: int) -> bytes:
    """Un docx dont une entrée de deux mégaoctets se déploie en mille fois sa taille, et `de_trop` octets ; le tout, en bien moins."""

    def ecart(contenu: bytes) -> int:
        (grosse,) = (e for e in _entrees(contenu) if e.filename == "word/media/x.bmp")
        return grosse.file_size - 10 * RAPPORT_MAXIMAL * grosse.compress_size - de_trop

    for tete in range(20, 80):  # un octet au hasard en coûte un, et mille zéros aussi : toutes les têtes n'y mènent pas
        with suppress(AssertionError):
            return _ajuster(partial(_a_une_entree, au_hasard(tete)), 2_000_000, ecart)
    raise AssertionError("la limite n'a pas été atteinte")


def _a_une_entree(tete: bytes, zeros: int) -> bytes:
    return _complement({"word/media/x.bmp": tete + b"\0" * zeros, "word/media/hasard.bin": au_hasard(60_000)})


def une_entree_de_zeros(octets: int) -> bytes:
    """Un docx dont une entrée n'est que des zéros (plus de mille pour un) : c'est permis jusqu'au mégaoctet."""
    return _complement({"word/media/x.bmp": b"\0" * octets, "word/media/hasard.bin": au_hasard(60_000)})


# --- Les totaux ------------------------------------------------------------------------------------------------------------
def au_deploiement(de_trop: int) -> bytes:
    """Un docx qui se déploie en 200 Mo, et `de_trop` octets."""

    def faire(zeros: int) -> bytes:
        pleines: dict[str, bytes | str] = {f"word/media/{n}.bmp": b"\0" * MEGA for n in range(197)}
        return _complement(pleines | {"word/media/reste.bmp": b"\0" * zeros, "word/media/hasard.bin": au_hasard(5 * MEGA // 2)})

    return _ajuster(faire, MEGA // 2, lambda contenu: sum(e.file_size for e in _entrees(contenu)) - DEPAQUETE_MAXIMAL - de_trop)


def aux_entrees(de_trop: int) -> bytes:
    """Un docx de 2 000 entrées, et `de_trop`."""
    return f.un_docx(**{f"word__x{n}": b"" for n in range(ENTREES_MAXIMUM - ENTREES_D_UN_DOCX + de_trop)})


def un_compte_menteur() -> bytes:
    """Un docx de 2 001 entrées, dont la fin en annonce deux."""
    contenu = bytearray(aux_entrees(1))
    struct.pack_into("<HH", contenu, len(contenu) - FIN + 8, ENTREES_D_UN_DOCX, ENTREES_D_UN_DOCX)
    return bytes(contenu)


def au_sommaire(de_trop: int) -> bytes:
    """Un docx de vingt entrées, dont la table des matières fait un mégaoctet, et `de_trop` octets."""

    def faire(commentaire: int) -> bytes:
        sortie = io.BytesIO(f.un_docx())
        with zipfile.ZipFile(sortie, "a") as zip_:
            for rang in range(20):
                entree = zipfile.ZipInfo(f"word/x{rang}")
                entree.comment = b"c" * (commentaire if rang == 0 else 54_000)
                zip_.writestr(entree, b"")
        return sortie.getvalue()

    def ecart(contenu: bytes) -> int:
        (octets,) = struct.unpack_from("<L", contenu, len(contenu) - FIN + 12)
        return int(octets) - SOMMAIRE_MAXIMAL - de_trop

    return _ajuster(faire, 20_000, ecart)


def aux_types(octets: int) -> bytes:
    """Un docx dont l'entrée des types, stockée telle quelle, fait ce nombre d'octets."""
    types = f.TYPES.format(partie="word/document.xml", contenu=f"{f.OFFICE}.wordprocessingml.document.main+xml")
    rempli = types + " " * (octets - len(types))
    return f.un_zip({"[Content_Types].xml": rempli, "word/document.xml": "<w:document/>"}, stockees=("[Content_Types].xml",))


def a_la_taille(de_trop: int) -> bytes:
    """Un docx de 20 Mo, et `de_trop` octets, que rien ne comprime."""

    def faire(octets: int) -> bytes:
        return _complement({"word/media/hasard.bin": au_hasard(octets)})

    return _ajuster(faire, TAILLE_MAXIMALE - 1_000, lambda contenu: len(contenu) - TAILLE_MAXIMALE - de_trop)


def a_l_emporte(de_trop: int) -> bytes:
    """Un docx qui emporte un classeur de 20 Mo, et `de_trop` octets ; lui-même n'en fait que deux."""
    stockee = "xl/media/hasard.bin"

    def faire(zeros: int) -> bytes:
        types = f.TYPES.format(partie="xl/workbook.xml", contenu=f"{f.OFFICE}.spreadsheetml.sheet.main+xml")
        entrees: dict[str, bytes | str] = {"[Content_Types].xml": types, stockee: au_hasard(MEGA) + b"\0" * zeros}
        return f.un_zip(entrees, stockees=(stockee,))

    classeur = _ajuster(faire, 19 * MEGA, lambda contenu: len(contenu) - TAILLE_MAXIMALE - de_trop)
    return f.un_docx(**{"word/embeddings/x.xlsx": classeur})
