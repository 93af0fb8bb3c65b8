"""Lire un fichier bureautique (docx, xlsx, odt, ods) : un zip dont tout est compté avant qu'une seule entrée soit dépaquetée.

La table des matières est d'abord mesurée à la main : `zipfile` la lirait entière, si grosse soit-elle.
"""

from __future__ import annotations

import io
import os
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

from candidatures.annexes.fichiers.genres import (
    DEPAQUETE_MAXIMAL,
    ENTREES_MAXIMUM,
    RAPPORT_MAXIMAL,
    SOMMAIRE_MAXIMAL,
    TAILLE_MAXIMALE,
)
from candidatures.annexes.fichiers.refus import FichierRefuse

DEBUT = b"PK\x03\x04"
_FIN = struct.Struct("<4s4H2LH")
_SIGNATURE_DE_FIN, _SIGNATURE_ZIP64 = b"PK\x05\x06", b"PK\x06\x07"
_LU_MAXIMAL = 1024 * 1024
"""Octets lus d'une entrée de structure."""
_TRANCHE = 64 * 1024
_CHEVAUCHEMENT = 40
"""Octets : plus que n'en tient « <!DOCTYPE », même à quatre octets par caractère."""

_OFFICE = "application/vnd.openxmlformats-officedocument"
_CONTENU_OFFICE = {
    "docx": f"{_OFFICE}.wordprocessingml.document.main+xml",
    "xlsx": f"{_OFFICE}.spreadsheetml.sheet.main+xml",
}
_MIME_ODF = {"application/vnd.oasis.opendocument.text": "odt", "application/vnd.oasis.opendocument.spreadsheet": "ods"}

_MACROS = re.compile(r"(^|/)(vbaproject\.bin|vbadata\.xml|activex/.*\.bin|basic/.+/.+|scripts/.+|dialogs/.+/.+)$", re.IGNORECASE)
_EMBARQUES = re.compile(r"(^|/)embeddings/[^/]+\.(xlsx|docx)$", re.IGNORECASE)
_NOMS_XML = (".xml", ".rels")
_MARQUE = rb"\xef\xbb\xbf\xfe\xff"
"""Les octets par lesquels un texte dit son codage."""
_MARQUE_OU_BLANC = b"\xef\xbb\xbf\xfe\xff \t\r\n"
_ENTITES = re.compile(rb"<!(ENTITY|DOCTYPE(?! manifest:manifest PUBLIC))")
_ENTITES_D_UNE_IMAGE = re.compile(
    rb"<!(ENTITY|DOCTYPE(?!\s+html\s*>"
    rb"|\s+(?:svg|html)\s+PUBLIC\s+[\"']-//W3C//DTD [^\"'>]*[\"'](?:\s+[\"']http://www\.w3\.org/[^\"'>]*[\"'])?\s*>))",
    re.IGNORECASE,
)
"""De même dans une image SVG ou une page HTML, dont le type est celui de tous, et ne définit rien de plus."""
_AUTRE_CODAGE = re.compile(
    rb"Lo\xa7\x94"  # « <?xm » en EBCDIC
    rb"|[" + _MARQUE + rb"]*<\?xml(?:[^>]*\Z"  # une déclaration qui ne finit pas de sitôt : elle peut dire n'importe quoi ensuite
    rb"|[^>]*?\bencoding\s*=\s*[\"'](?!(?:utf-8|utf-16|us-ascii|iso-8859-\d+|windows-125\d)[\"']))",
    re.IGNORECASE,
)
"""Un XML dont le codage écrit « < » autrement qu'ASCII, UTF-16 ou UTF-32 : ce qu'il définit ne s'y verrait pas."""

ABIME = FichierRefuse("abime", "Ce fichier est abîmé, il ne s'ouvre pas. Enregistrez-le de nouveau depuis votre logiciel.")
DEMESURE = FichierRefuse("demesure", "Ce fichier se déploie en bien plus que sa taille : il n'est pas accepté.")
MACROS = FichierRefuse("macros", "Ce fichier contient des macros. Enregistrez-le sans macros, ou en PDF.")
CHIFFRE = FichierRefuse("chiffre", "Ce fichier est protégé par un mot de passe. Enregistrez-le sans mot de passe.")
DOUBLE = FichierRefuse("polyglotte", "Ce fichier en cache un autre. Enregistrez-le de nouveau depuis votre logiciel.")
EMBARQUE = FichierRefuse("imbrique", "Ce fichier en contient un autre, compressé. Joignez chaque document à part.")
ENTITES = FichierRefuse("entites", "Ce fichier contient des définitions qui ne sont pas d'un document. Enregistrez-le en PDF.")
INCONNU = FichierRefuse(
    "inconnu",
    "Ce fichier compressé n'est ni un document Word ou Excel, ni un document OpenDocument. Joignez les documents à part.",
)


def reconnaitre(fichier: IO[bytes], *, embarque: bool = False) -> str:
    """« docx », « xlsx », « odt » ou « ods », après l'avoir lu tout entier. Lève FichierRefuse."""
    _mesurer_le_sommaire(fichier)
    try:
        with zipfile.ZipFile(fichier) as zip_:
            _compter(zip_, _taille(fichier))
            genre = _genre(zip_)
            _lire_tout(zip_, embarque=embarque)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, UnicodeDecodeError, ValueError, OSError) as erreur:
        raise ABIME from erreur
    return genre


def _taille(fichier: IO[bytes]) -> int:
    return fichier.seek(0, os.SEEK_END)


def _mesurer_le_sommaire(fichier: IO[bytes]) -> None:
    """La fin du zip est à la fin du fichier, sa table à sa place et de taille bornée : ni zip64, ni fichier caché devant ou derrière."""
    taille = _taille(fichier)
    fichier.seek(max(0, taille - _FIN.size - 20))
    queue = fichier.read()
    if len(queue) < _FIN.size:
        raise ABIME
    signature, disque, disque_du_sommaire, ici, entrees, octets, debut, commentaire = _FIN.unpack(queue[-_FIN.size :])
    if signature != _SIGNATURE_DE_FIN or commentaire:
        raise DOUBLE
    if disque or disque_du_sommaire or ici != entrees or queue[:4] == _SIGNATURE_ZIP64:
        raise ABIME
    if entrees > ENTREES_MAXIMUM or octets > SOMMAIRE_MAXIMAL:
        raise DEMESURE
    if debut + octets + _FIN.size != taille:
        raise DOUBLE


def _compter(zip_: zipfile.ZipFile, taille: int) -> None:
    """Les totaux déclarés, avant toute lecture (F-38) : entrées, octets dépaquetés, rapport, et rien qui se recouvre."""
    entrees = zip_.infolist()
    if any(e.flag_bits & 0x1 for e in entrees):
        raise CHIFFRE
    noms = {e.filename for e in entrees}
    if len(noms) < len(entrees) or any(_sort_du_dossier(nom) for nom in noms):
        raise ABIME
    if len(entrees) > ENTREES_MAXIMUM or _se_recouvrent(entrees, taille) or _enflent(entrees):
        raise DEMESURE
    if any(_MACROS.search(nom) for nom in noms):
        raise MACROS


def _se_recouvrent(entrees: list[zipfile.ZipInfo], taille: int) -> bool:
    """Deux entrées au même endroit, ou plus d'octets que le fichier n'en a."""
    return len({e.header_offset for e in entrees}) < len(entrees) or sum(e.compress_size for e in entrees) > taille


def _enflent(entrees: list[zipfile.ZipInfo]) -> bool:
    """Trop d'octets une fois dépaquetés : en tout, pour ce qu'ils occupent, ou une entrée à elle seule."""
    depaquetes, paquetes = sum(e.file_size for e in entrees), sum(e.compress_size for e in entrees)
    rapport = max((e.file_size / max(1, e.compress_size) for e in entrees if e.file_size > _LU_MAXIMAL), default=0)
    trop = depaquetes > DEPAQUETE_MAXIMAL or depaquetes > RAPPORT_MAXIMAL * max(1, paquetes)
    return trop or rapport > 10 * RAPPORT_MAXIMAL


def _sort_du_dossier(nom: str) -> bool:
    return nom.startswith("/") or "\\" in nom or ":" in nom or ".." in nom.split("/")


def _genre(zip_: zipfile.ZipFile) -> str:
    noms = set(zip_.namelist())
    if "[Content_Types].xml" in noms:
        return _genre_office(_lire(zip_, "[Content_Types].xml"))
    if "mimetype" in noms and "META-INF/manifest.xml" in noms:
        return _genre_odf(zip_)
    raise INCONNU


def _genre_office(types: str) -> str:
    if "macroEnabled" in types or "vbaProject" in types:
        raise MACROS
    trouves = [genre for genre, contenu in _CONTENU_OFFICE.items() if f'"{contenu}"' in types]
    if len(trouves) != 1:
        raise INCONNU
    return trouves[0]


def _genre_odf(zip_: zipfile.ZipFile) -> str:
    if "encryption-data" in _lire(zip_, "META-INF/manifest.xml"):
        raise CHIFFRE
    try:
        return _MIME_ODF[_lire(zip_, "mimetype").strip()]
    except KeyError:
        raise INCONNU from None


def _lire(zip_: zipfile.ZipFile, nom: str) -> str:
    if zip_.getinfo(nom).file_size > _LU_MAXIMAL:
        raise DEMESURE
    contenu = zip_.read(nom)
    if b"\0" in contenu:
        raise ABIME  # en UTF-16 : ce qu'on y cherche ne s'y trouverait pas
    return contenu.decode("utf-8")


def _lire_tout(zip_: zipfile.ZipFile, *, embarque: bool) -> None:
    """Chaque entrée se dépaquette, à la taille et à la somme qu'elle a déclarées ; ce qu'elle commence par être est regardé."""
    for entree in zip_.infolist():
        debut, definitions = b"", _Definitions(entree.filename)
        for lu in _tranches(zip_, entree):
            definitions.lire(lu)
            debut = debut or lu
        if debut.startswith((DEBUT, b"7z\xbc\xaf", b"Rar!", b"\x1f\x8b")):
            _admettre_l_embarque(zip_, entree, deja_embarque=embarque)
        elif definitions.trouvees:
            raise ENTITES


class _Definitions:
    """Cherche, tranche après tranche, les entités que définit une entrée, si c'est du XML.

    C'en est à son nom, ou à son premier signe, « < », qu'aucun XML ne peut avoir autre : ni l'extension, ni le type que lui déclare
    `[Content_Types].xml` ou le manifeste, qu'un logiciel croit et qu'un hostile choisit, ne la font échapper.
    """

    def __init__(self, nom: str) -> None:
        self.nomme = nom.lower().endswith(_NOMS_XML)
        self.en_xml: bool | None = self.nomme or None
        """None tant que l'entrée n'a montré que des blancs."""
        self.commence, self.trouvees = False, False

    def lire(self, lu: bytes) -> None:
        """Sans ses octets nuls, l'UTF-16 ou l'UTF-32, dans un sens ou dans l'autre, se lit comme de l'ASCII."""
        lisible = lu.replace(b"\0", b"")
        premiere, self.commence = not self.commence, True
        if self.en_xml is None and (texte := lisible.lstrip(_MARQUE_OU_BLANC)):
            self.en_xml = texte.startswith(b"<")
        cherchees = _ENTITES if self.nomme else _ENTITES_D_UNE_IMAGE
        autre_codage = premiere and _AUTRE_CODAGE.match(lisible) is not None
        self.trouvees |= autre_codage or (self.en_xml is True and cherchees.search(lisible) is not None)


def _tranches(zip_: zipfile.ZipFile, entree: zipfile.ZipInfo) -> Iterator[bytes]:
    """Le contenu, tranche après tranche, chacune précédée de la fin de la précédente : rien ne se lit à cheval."""
    fin = b""
    with zip_.open(entree) as flux:
        while tranche := flux.read(_TRANCHE):
            yield fin + tranche
            fin = tranche[-_CHEVAUCHEMENT:]


def _admettre_l_embarque(zip_: zipfile.ZipFile, entree: zipfile.ZipInfo, *, deja_embarque: bool) -> None:
    """Un graphique de Word emporte son classeur Excel : lui seul est admis, lu de même, et n'en contient pas d'autre."""
    if deja_embarque or not _EMBARQUES.search(entree.filename) or entree.file_size > TAILLE_MAXIMALE:
        raise EMBARQUE
    reconnaitre(io.BytesIO(zip_.read(entree)), embarque=True)
