"""Chaque garde de la lecture d'une annexe a son fichier, et chaque limite les siens : juste en deçà, à la limite, juste au-delà.

Les verdicts du corpus ordinaire sont dans `test_annexes_fichiers`.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from io import BytesIO

import pikepdf
import pytest
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict

from candidatures.annexes import actions
from candidatures.annexes.fichiers.genres import COTE_MAXIMAL, FICHIERS_MAXIMUM, PIXELS_MAXIMUM, TAILLE_MAXIMALE, TOTAL_MAXIMAL
from candidatures.annexes.fichiers.refus import FichierRefuse
from candidatures.annexes.forms.annexes import EnvoiDAnnexes
from candidatures.models import Annexe, Candidature
from comptes.models import Utilisateur
from hlm_projets.fichiers import MEGAOCTET
from hlm_projets.requete.televersement import EnvoiBorne
from tests.candidatures.annexes import fichiers as f
from tests.candidatures.annexes import fichiers_aux_bornes as b
from tests.candidatures.annexes.annexes import agir
from tests.candidatures.annexes.test_fichiers import verdict
from tests.fabriques import une_annexe

Faire = Callable[[], bytes]
SEPT_Z, RAR, GZIP = b"7z\xbc\xaf\x27\x1c\x00\x04", b"Rar!\x1a\x07\x01\x00", b"\x1f\x8b\x08\x00"

PDF: dict[str, tuple[Faire, str]] = {
    "sans une page": (f.un_pdf_sans_page, "abime"),
    "dont la racine a des actions (/AA)": (
        lambda: f.un_pdf_qui(AA=pikepdf.Dictionary(WC=f.une_action("JavaScript"))),
        "actif",
    ),
    "dont une page a des actions (/AA), jouées à son ouverture": (
        lambda: f.un_pdf_qui(page={"AA": pikepdf.Dictionary(O=f.une_action("JavaScript"))}),
        "actif",
    ),
    "à bibliothèque de programmes (/Names /JavaScript)": (
        lambda: f.un_pdf_qui(Names=pikepdf.Dictionary(JavaScript=pikepdf.Dictionary(Names=["x", f.une_action("JavaScript")]))),
        "actif",
    ),
    "dont l'ouverture va à une page, puis lance un programme (/Next)": (
        lambda: f.un_pdf_qui(OpenAction=f.une_action("GoTo", D=0, Next=f.une_action("JavaScript"))),
        "actif",
    ),
    "dont l'ouverture appelle un site": (lambda: f.un_pdf_qui(OpenAction=f.une_action("URI", URI="https://exemple.fr")), "actif"),
    "à fichiers associés (/AF)": (
        lambda: f.un_pdf_qui(AF=[pikepdf.Dictionary(Type=pikepdf.Name.Filespec, F="x.exe")]),
        "joints",
    ),
    "à fichiers dans sa table des noms (/Names /EmbeddedFiles)": (
        lambda: f.un_pdf_qui(Names=pikepdf.Dictionary(EmbeddedFiles=pikepdf.Dictionary(Names=[]))),
        "joints",
    ),
    "dont une page porte un trombone": (
        lambda: f.un_pdf_qui(page={"Annots": [pikepdf.Dictionary(Subtype=pikepdf.Name.FileAttachment, Rect=[0, 0, 9, 9])]}),
        "joints",
    ),
    "dont une page porte une note et un lien": (
        lambda: f.un_pdf_qui(
            page={"Annots": [pikepdf.Dictionary(Subtype=pikepdf.Name(nom), Rect=[0, 0, 9, 9]) for nom in ("/Text", "/Link")]}
        ),
        "pdf",
    ),
}


def emporte(debut: bytes) -> Faire:
    """Un docx dont une image commence ainsi."""
    return lambda: f.un_docx(**{"word/media/image1.png": debut + b"\0" * 200})


DEUX_TYPES = (f"{f.OFFICE}.wordprocessingml.document.main+xml", f"{f.OFFICE}.spreadsheetml.sheet.main+xml")
DEFINIT = '<!DOCTYPE x [<!ENTITY a "a">]><x>&a;</x>'
EN_UTF_7 = b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE x SYSTEM "x.dtd"+AD4APA-x/+AD4-'
DECLARE = "<?xml version='1.0' encoding='{}'?><x>Élan</x>"


def une_partie(contenu: bytes) -> Faire:
    """Un document Word dont une partie, en XML, est faite de ces octets."""
    return lambda: f.un_docx(**{"word/styles.xml": contenu})


CODEES: dict[str, tuple[Faire, str]] = {
    f"dont les définitions sont en {codage}": (une_partie(f"<?xml version='1.0'?>{DEFINIT}".encode(codage)), "entites")
    for codage in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be", "cp037")
} | {
    "dont les définitions sont en utf-7": (une_partie(EN_UTF_7), "entites"),
    "en utf-16, sans définitions": (une_partie(DECLARE.format("UTF-16").encode("utf-16")), "docx"),
    "en utf-8, avec sa marque": (une_partie(DECLARE.format("utf-8").encode("utf-8-sig")), "docx"),
    "en iso-8859-1": (une_partie(DECLARE.format("ISO-8859-1").encode("iso-8859-1")), "docx"),
    "sans codage déclaré": (une_partie(b"<?xml version='1.0'?><x encoding='inconnu'/>"), "docx"),
}


ZIP: dict[str, tuple[Faire, str]] = {
    "qui emporte un 7z": (emporte(SEPT_Z), "imbrique"),
    "qui emporte un rar": (emporte(RAR), "imbrique"),
    "qui emporte un gzip": (emporte(GZIP), "imbrique"),
    "à commentaire": (lambda: f.un_commentaire(f.un_docx(), f.HTML), "polyglotte"),
    "à commentaire qui finit comme un zip": (lambda: f.un_commentaire(f.un_docx(), f.un_docx()[-22:]), "polyglotte"),
    "à commentaire annoncé, qui manque": (lambda: f.une_fin(f.un_docx(), 20, "<H", 5), "polyglotte"),
    "à entrées en double": (f.un_doublon, "abime"),
    "à entrée au nom renversé (..\\)": (lambda: f.un_docx(**{"..\\..\\x.exe": b"x"}), "abime"),
    "à entrée au nom absolu": (lambda: f.un_docx(**{"/etc/passwd": b"x"}), "abime"),
    "à entrée sur un lecteur (C:)": (lambda: f.un_docx(**{"C:x.exe": b"x"}), "abime"),
    "à entrée dont le nom a deux points qui se suivent, sans sortir": (lambda: f.un_docx(**{"word/a..b.xml": b"<x/>"}), "docx"),
    "en deux disques": (lambda: f.une_fin(f.un_docx(), 4, "<H", 1), "abime"),
    "dont la table est sur un autre disque": (lambda: f.une_fin(f.un_docx(), 6, "<H", 1), "abime"),
    "qui n'a pas toutes ses entrées ici": (lambda: f.une_fin(f.un_docx(), 8, "<H", 1), "abime"),
    "dont la fin ne dit pas où est la table": (lambda: f.une_fin(f.un_docx(), 16, "<L", 0), "polyglotte"),
    "à deux fins, dont une zip64": (f.un_zip64_menteur, "abime"),
    "qui annonce deux entrées et en a deux mille et une": (b.un_compte_menteur, "demesure"),
    "dont les définitions viennent après un long commentaire": (
        lambda: f.un_docx(**{"word/styles.xml": f'<!--{b.au_hasard(35_000).hex()}--><!DOCTYPE x [<!ENTITY a "a">]><x/>'}),
        "entites",
    ),
    "dont les définitions sont à cheval sur deux lectures": (
        lambda: f.un_docx(**{"word/styles.xml": f'<!--{b.au_hasard(32 * 1024 - 5).hex()}--><!DOCTYPE x SYSTEM "x.dtd"><x/>'}),
        "entites",
    ),
    "dont les définitions sont à cheval sur deux lectures, en UTF-16": (
        lambda: f.un_docx(**{"word/styles.xml": f"<!--{b.au_hasard(16 * 1024 - 5).hex()[1:]}-->{DEFINIT}".encode("utf-16-le")}),
        "entites",
    ),
    **CODEES,
    "dont deux types sont possibles": (
        lambda: f.un_zip({"[Content_Types].xml": "".join(f.TYPES.format(partie="x", contenu=c) for c in DEUX_TYPES)}),
        "inconnu",
    ),
}


@pytest.mark.parametrize(("faire", "attendu"), PDF.values(), ids=list(PDF))
def test_un_pdf(faire: Faire, attendu: str) -> None:
    assert verdict("note.pdf", faire()) == attendu


@pytest.mark.parametrize(("faire", "attendu"), ZIP.values(), ids=list(ZIP))
def test_un_document_word(faire: Faire, attendu: str) -> None:
    assert verdict("lettre.docx", faire()) == attendu


# --- Les limites d'un fichier --------------------------------------------------------------------------------------------------
LIMITES: dict[str, tuple[str, Callable[[int], bytes], str]] = {
    "cent fois sa taille, en tout": ("l.docx", b.au_rapport_du_tout, "demesure"),
    "mille fois sa taille, pour une entrée": ("l.docx", b.au_rapport_d_une_entree, "demesure"),
    "une entrée de zéros, d'un mégaoctet": ("l.docx", lambda n: b.une_entree_de_zeros(MEGAOCTET + n), "demesure"),
    "200 Mo dépaquetés": ("l.docx", b.au_deploiement, "demesure"),
    "2 000 entrées": ("l.docx", b.aux_entrees, "demesure"),
    "une table d'un mégaoctet": ("l.docx", b.au_sommaire, "demesure"),
    "une entrée de structure d'un mégaoctet": ("l.docx", lambda n: b.aux_types(MEGAOCTET + n), "demesure"),
    "un classeur emporté de 20 Mo": ("l.docx", b.a_l_emporte, "imbrique"),
    "un document de 20 Mo": ("l.docx", b.a_la_taille, "trop_gros"),
    "une photographie de 20 Mo": ("p.jpg", lambda n: f.une_image("JPEG").ljust(TAILLE_MAXIMALE + n, b"\0"), "trop_gros"),
    "un PNG de 20 000 pixels de large": ("p.png", lambda n: f.une_image(taille=(COTE_MAXIMAL + n, 2)), "demesure"),
    "un PNG de 20 000 pixels de haut": ("p.png", lambda n: f.une_image(taille=(2, COTE_MAXIMAL + n)), "demesure"),
    "un JPEG de 20 000 pixels de large": ("p.jpg", lambda n: f.une_image("JPEG", (COTE_MAXIMAL + n, 2)), "demesure"),
    "un PNG de 64 millions de pixels": ("p.png", lambda n: f.une_image(taille=(PIXELS_MAXIMUM // 8_000, 8_000 + n)), "demesure"),
}
GENRE = {"l.docx": "docx", "p.jpg": "jpeg", "p.png": "png"}


@pytest.mark.parametrize("de_trop", [-1, 0, 1])
@pytest.mark.parametrize("quoi", LIMITES)
def test_une_limite_est_exacte(quoi: str, de_trop: int) -> None:
    nom, faire, refus = LIMITES[quoi]
    assert verdict(nom, faire(de_trop)) == (refus if de_trop > 0 else GENRE[nom])


def test_les_fichiers_des_rapports_ne_depassent_qu_une_regle() -> None:
    """Sans quoi l'essai d'une règle tiendrait par l'autre."""
    tout, une = (
        [(e.file_size, e.compress_size) for e in entrees(faire(1))] for faire in (b.au_rapport_du_tout, b.au_rapport_d_une_entree)
    )
    assert all(taille <= MEGAOCTET for taille, _ in tout)
    assert sum(taille for taille, _ in une) <= 100 * sum(paquet for _, paquet in une)


def entrees(contenu: bytes) -> list[zipfile.ZipInfo]:
    with zipfile.ZipFile(io.BytesIO(contenu)) as zip_:
        return zip_.infolist()


# --- Les limites d'un dossier --------------------------------------------------------------------------------------------------
def joindre(brouillon: Candidature, par: Utilisateur, contenu: bytes) -> str:
    """« joint », ou le code du refus."""
    try:
        actions.joindre(brouillon, brouillon.campagne.types_d_annexe.earliest("rang"), BytesIO(contenu), "p.jpg", **agir(par))
    except FichierRefuse as refus:
        return refus.code
    return "joint"


@pytest.mark.django_db
@pytest.mark.usefixtures("stockage")
def test_le_seizieme_fichier_est_refuse(brouillon: Candidature, par: Utilisateur) -> None:
    verdicts = [joindre(brouillon, par, f.une_image("JPEG") + bytes([rang])) for rang in range(FICHIERS_MAXIMUM + 1)]
    assert verdicts == ["joint"] * 15 + ["trop_de_fichiers"]
    assert brouillon.annexes.count() == 15


@pytest.mark.django_db
@pytest.mark.usefixtures("stockage")
@pytest.mark.parametrize(("de_trop", "attendu"), [(-1, "joint"), (0, "joint"), (1, "trop_en_tout")])
def test_150_mo_en_tout(brouillon: Candidature, par: Utilisateur, de_trop: int, attendu: str) -> None:
    deja, contenu = une_annexe(brouillon, par=par), f.une_image("JPEG")
    Annexe.objects.filter(pk=deja.pk).update(taille=TOTAL_MAXIMAL - len(contenu) + de_trop)
    assert joindre(brouillon, par, contenu) == attendu


# --- Les limites d'un envoi ----------------------------------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize(("combien", "admis"), [(14, True), (15, True), (16, False)])
def test_un_envoi_de_seize_fichiers_est_refuse_avant_d_etre_lu(brouillon: Candidature, combien: int, admis: bool) -> None:
    recus = MultiValueDict({"fichiers": [SimpleUploadedFile(f"p{rang}.jpg", b"x") for rang in range(combien)]})
    type_ = brouillon.campagne.types_d_annexe.earliest("rang").pk
    form = EnvoiDAnnexes(brouillon, {"type": type_}, recus)
    assert form.is_valid() is admis
    assert ("15 annexes au plus" in str(form.errors)) is not admis


@pytest.mark.parametrize("de_trop", [-1, 0, 1])
@pytest.mark.parametrize(
    ("chemin", "octets"), [("/candidatures/1/annexes/", 160 * MEGAOCTET), ("/candidatures/1/projet/", 3 * MEGAOCTET)]
)
def test_la_longueur_annoncee_est_bornee_a_l_octet(chemin: str, octets: int, de_trop: int) -> None:
    garde = EnvoiBorne()
    if de_trop > 0:
        with pytest.raises(RequestDataTooBig):
            garde.handle_raw_input(b"", {"PATH_INFO": chemin}, octets + de_trop, "")
    else:
        garde.handle_raw_input(b"", {"PATH_INFO": chemin}, octets + de_trop, "")
