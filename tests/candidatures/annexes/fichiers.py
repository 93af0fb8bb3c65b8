"""Des fichiers honnêtes et des fichiers hostiles, faits sur-le-champ : rien d'hostile n'est gardé dans le dépôt."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import pikepdf
from PIL import Image

MEGA = 1024 * 1024
OFFICE = "application/vnd.openxmlformats-officedocument"
TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/{partie}" ContentType="{contenu}"/></Types>'
)


# --- Zip -----------------------------------------------------------------------------------------------------------------
def un_zip(entrees: dict[str, bytes | str], *, stockees: tuple[str, ...] = ()) -> bytes:
    """Un zip de ces entrées, dans l'ordre."""
    sortie = io.BytesIO()
    with zipfile.ZipFile(sortie, "w", zipfile.ZIP_DEFLATED) as zip_:
        for nom, contenu in entrees.items():
            zip_.writestr(nom, contenu, zipfile.ZIP_STORED if nom in stockees else None)
    return sortie.getvalue()


def un_docx(**autres: bytes | str) -> bytes:
    """Un document Word ; `autres` : des entrées de plus, « word/x » écrit `word__x`."""
    contenu = f"{OFFICE}.wordprocessingml.document.main+xml"
    entrees: dict[str, bytes | str] = {
        "[Content_Types].xml": TYPES.format(partie="word/document.xml", contenu=contenu),
        "word/document.xml": "<w:document>Le projet.</w:document>",
    }
    return un_zip(entrees | {nom.replace("__", "/"): contenu for nom, contenu in autres.items()})


def un_xlsx(contenu: str = f"{OFFICE}.spreadsheetml.sheet.main+xml", **autres: bytes | str) -> bytes:
    """Un classeur Excel."""
    entrees: dict[str, bytes | str] = {
        "[Content_Types].xml": TYPES.format(partie="xl/workbook.xml", contenu=contenu),
        "xl/workbook.xml": "<workbook/>",
    }
    return un_zip(entrees | {nom.replace("__", "/"): valeur for nom, valeur in autres.items()})


def un_odf(genre: str = "text", manifeste: str = "<manifest:manifest/>", autres: dict[str, bytes | str] | None = None) -> bytes:
    """Un document OpenDocument : « text » ou « spreadsheet »."""
    entrees: dict[str, bytes | str] = {
        "mimetype": f"application/vnd.oasis.opendocument.{genre}",
        "META-INF/manifest.xml": manifeste,
        "content.xml": "<office:document-content/>",
    }
    return un_zip(entrees | (autres or {}), stockees=("mimetype",))


def marquer_chiffre(contenu: bytes) -> bytes:
    """Le même zip, dont la table des matières dit les entrées protégées par un mot de passe."""
    neuf = bytearray(contenu)
    ou = neuf.find(b"PK\x01\x02")
    while ou >= 0:
        neuf[ou + 8] |= 1
        ou = neuf.find(b"PK\x01\x02", ou + 4)
    return bytes(neuf)


def une_bombe(octets: int = 300 * MEGA) -> bytes:
    """Un docx de moins de 300 Ko qui se déploie en 300 Mo (F-38)."""
    return un_docx(word__media__image1_bmp=b"\0" * octets)


def une_bombe_menteuse() -> bytes:
    """Un docx dont une entrée déclare 100 octets et en contient 50 millions."""
    contenu = bytearray(un_docx(word__gros_xml=b"\0" * 50 * MEGA))
    for signature, decalage in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        ou = contenu.find(b"word/gros_xml" if signature == b"PK\x03\x04" else signature)
        while ou >= 0:
            debut = ou if signature == b"PK\x01\x02" else ou - 30
            if contenu[debut + (46 if signature == b"PK\x01\x02" else 30) :].startswith(b"word/gros_xml"):
                contenu[debut + decalage : debut + decalage + 4] = struct.pack("<L", 100)
            ou = contenu.find(b"word/gros_xml" if signature == b"PK\x03\x04" else signature, ou + 4)
    return bytes(contenu)


def un_docx_de_dix_mille_entrees() -> bytes:
    """Dix mille entrées vides."""
    return un_docx(**{f"word__x{n}": b"" for n in range(10_000)})


def des_entrees_superposees() -> bytes:
    """Mille entrées de la table qui désignent le même contenu : chacune le déploierait à son tour."""
    base = un_docx(word__noyau=b"\0" * MEGA)
    debut = base.find(b"PK\x01\x02")
    fin = base.rfind(b"PK\x05\x06")
    table, queue = base[debut:fin], bytearray(base[fin:])
    ou = table.rfind(b"PK\x01\x02")
    noyau = table[ou:]
    ajoutes = b"".join(noyau.replace(b"word/noyau", b"word/%05d" % n) for n in range(1000))
    total = struct.unpack_from("<H", queue, 10)[0] + 1000
    struct.pack_into("<HH", queue, 8, total, total)
    struct.pack_into("<L", queue, 12, len(table) + len(ajoutes))
    return base[:debut] + table + ajoutes + bytes(queue)


def un_commentaire(contenu: bytes, commentaire: bytes) -> bytes:
    """Le même zip, suivi de ce commentaire, que sa fin déclare."""
    return contenu[:-2] + struct.pack("<H", len(commentaire)) + commentaire


def un_doublon() -> bytes:
    """Un docx qui a deux fois son document : un logiciel lit le premier, un autre le second."""
    sortie = io.BytesIO(un_docx())
    with zipfile.ZipFile(sortie, "a") as zip_, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile le signale, et l'écrit
        zip_.writestr("word/document.xml", "<w:document>Un autre.</w:document>")
    return sortie.getvalue()


def une_fin(contenu: bytes, ou: int, format_: str, *valeurs: int) -> bytes:
    """Le même zip, dont la fin dit autre chose à ce décalage."""
    neuf = bytearray(contenu)
    struct.pack_into(format_, neuf, len(neuf) - 22 + ou, *valeurs)
    return bytes(neuf)


def un_zip64_menteur() -> bytes:
    """Un docx dont la fin ordinaire tient debout, et la fin zip64, que lisent les logiciels, désigne une autre table."""
    contenu = un_docx()
    corps, fin = contenu[:-22], bytearray(contenu[-22:])
    entrees, octets, debut = struct.unpack_from("<HLL", fin, 10)
    zip64 = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, entrees, entrees, octets, debut)
    renvoi = struct.pack("<4sLQL", b"PK\6\7", 0, len(corps), 1)
    struct.pack_into("<L", fin, 12, octets + len(zip64) + len(renvoi))
    return corps + zip64 + renvoi + bytes(fin)


# --- PDF -----------------------------------------------------------------------------------------------------------------
def un_pdf(preparer: Callable[[pikepdf.Pdf], None] | None = None, texte: str = "", **options: Any) -> bytes:
    """Un PDF d'une page ; `preparer` y ajoute ce qu'on veut, `texte` le rend différent d'un autre."""
    pdf, sortie = pikepdf.new(), io.BytesIO()
    pdf.add_blank_page()
    pdf.docinfo["/Subject"] = texte
    if preparer:
        preparer(pdf)
    pdf.save(sortie, **options)
    return sortie.getvalue()


def un_pdf_a_javascript() -> bytes:
    """Il lance un programme à l'ouverture."""

    def preparer(pdf: pikepdf.Pdf) -> None:
        pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")

    return un_pdf(preparer)


def un_pdf_qui_lance() -> bytes:
    """Il lance un programme du poste."""

    def preparer(pdf: pikepdf.Pdf) -> None:
        pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe")

    return un_pdf(preparer)


def un_pdf_qui(**entrees: Any) -> bytes:
    """Un PDF dont la racine a ces entrées ; `page` : celles de sa page."""
    de_la_page = entrees.pop("page", {})

    def preparer(pdf: pikepdf.Pdf) -> None:
        for porteur, valeurs in ((pdf.Root, entrees), (pdf.pages[0].obj, de_la_page)):
            for nom, valeur in valeurs.items():
                porteur[f"/{nom}"] = valeur

    return un_pdf(preparer)


def une_action(genre: str, **suite: Any) -> pikepdf.Dictionary:
    """Une action de PDF : « JavaScript », « GoTo », « URI »…"""
    return pikepdf.Dictionary(S=pikepdf.Name(f"/{genre}"), JS="app.alert(1)", **suite)


def un_pdf_sans_page() -> bytes:
    """Il s'ouvre, et ne montre rien."""
    sortie = io.BytesIO()
    pikepdf.new().save(sortie)
    return sortie.getvalue()


def un_pdf_a_fichier_joint() -> bytes:
    """Il emporte un autre fichier."""

    def preparer(pdf: pikepdf.Pdf) -> None:
        pdf.attachments["charge.exe"] = b"MZ"

    return un_pdf(preparer)


def une_bombe_pdf(octets: int = 2000 * MEGA) -> bytes:
    """Un PDF dont la table d'objets, un mégaoctet comprimé, en fait deux mille dépaquetée."""
    compresseur = zlib.compressobj(9)
    zeros = b"\0" * MEGA
    flux = b"".join(compresseur.compress(zeros) for _ in range(octets // MEGA)) + compresseur.flush()
    tete = b"%PDF-1.5\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    table = b"3 0 obj<</Type/XRef/Size %d/W[1 4 2]/Root 1 0 R/Filter/FlateDecode/Length %d>>stream\n" % (octets // 7, len(flux))
    return tete + table + flux + b"\nendstream endobj\nstartxref\n%d\n%%%%EOF" % len(tete)


def un_pdf_html() -> bytes:
    """Un vrai PDF qui est aussi une page : son commentaire d'en-tête contient un script."""
    entete, _, suite = un_pdf().partition(b"\n")
    return entete + b"\n%<script>alert(document.cookie)</script>\n" + suite


# --- Images --------------------------------------------------------------------------------------------------------------
def une_image(format_: str = "PNG", taille: tuple[int, int] = (60, 40), couleur: str = "navy") -> bytes:
    """Une image d'une couleur."""
    sortie = io.BytesIO()
    Image.new("RGB", taille, couleur).save(sortie, format_)
    return sortie.getvalue()


def un_png_geant() -> bytes:
    """Un PNG de quelques octets qui annonce 50 000 × 50 000 pixels."""

    def morceau(nom: bytes, contenu: bytes) -> bytes:
        return struct.pack(">I", len(contenu)) + nom + contenu + struct.pack(">I", zlib.crc32(nom + contenu))

    entete = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + morceau(b"IHDR", entete) + morceau(b"IDAT", zlib.compress(b"\0" * 1000)) + morceau(b"IEND", b"")


# Coupée en deux : le fichier d'essai lui-même ne doit alerter aucun antivirus.
EICAR = ("X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*").encode()
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"
