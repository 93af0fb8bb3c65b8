"""Ce qui entre et ce qui n'entre pas : un corpus de fichiers, et le verdict de chacun (F-37, F-38, F-39, V-27, V-29, V-30, V-32)."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.conf import settings
from django.utils.http import content_disposition_header
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from candidatures.annexes.fichiers import reconnaitre as lecture
from candidatures.annexes.fichiers.genres import GENRES, NOM_MAXIMAL, TAILLE_MAXIMALE
from candidatures.annexes.fichiers.noms import nom_montre
from candidatures.annexes.fichiers.reconnaitre import ApercuImpossible, dessiner, reconnaitre
from candidatures.annexes.fichiers.refus import FichierRefuse
from tests.candidatures.annexes import entites
from tests.candidatures.annexes import fichiers as f

Faire = Callable[[], bytes]


def verdict(nom: str, contenu: bytes) -> str:
    """Le genre reconnu, ou le code du refus."""
    try:
        return reconnaitre(io.BytesIO(contenu), nom).code
    except FichierRefuse as refus:
        return refus.code if refus.phrase.endswith(".") else f"phrase inachevée : {refus.phrase}"


ADMIS: dict[str, tuple[str, Faire, str]] = {
    "un PDF": ("note.pdf", f.un_pdf, "pdf"),
    "un PDF à l'extension en capitales": ("NOTE.PDF", f.un_pdf, "pdf"),
    "un PDF dont l'ouverture mène à une page": (
        "n.pdf",
        lambda: f.un_pdf(lambda p: p.Root.__setattr__("OpenAction", pikepdf.Dictionary(S=pikepdf.Name.GoTo, D=0))),
        "pdf",
    ),
    "un PDF aux droits d'impression réservés, sans mot de passe pour l'ouvrir": (
        "n.pdf",
        lambda: f.un_pdf(encryption=pikepdf.Encryption(owner="x", user="")),
        "pdf",
    ),
    "un vrai PDF qui est aussi une page HTML : servi en bac à sable": ("n.pdf", f.un_pdf_html, "pdf"),
    "un document Word": ("lettre.docx", f.un_docx, "docx"),
    "un document Word à graphique, qui emporte son classeur": (
        "l.docx",
        lambda: f.un_docx(**{"word/embeddings/Classeur1.xlsx": f.un_xlsx()}),
        "docx",
    ),
    "un classeur Excel": ("plan.xlsx", f.un_xlsx, "xlsx"),
    "un texte OpenDocument": ("lettre.odt", f.un_odf, "odt"),
    "un classeur OpenDocument": ("plan.ods", lambda: f.un_odf("spreadsheet"), "ods"),
    "un texte OpenDocument d'avant 2010": (
        "l.odt",
        lambda: f.un_odf(
            manifeste='<!DOCTYPE manifest:manifest PUBLIC "-//OpenOffice.org//DTD Manifest 1.0//EN" "Manifest.dtd"><m/>'
        ),
        "odt",
    ),
    "une image PNG": ("plan.png", f.une_image, "png"),
    "une photographie": ("photo.jpeg", lambda: f.une_image("JPEG"), "jpeg"),
    "une photographie de 48 millions de pixels": ("p.jpg", lambda: f.une_image("JPEG", (8000, 6000)), "jpeg"),
    "une photographie suivie d'autre chose (téléphones) : servie en bac à sable": (
        "p.jpg",
        lambda: f.une_image("JPEG") + b"MotionPhoto" + f.HTML,
        "jpeg",
    ),
    **entites.ADMISES,
}

HOSTILES: dict[str, tuple[str, Faire, str]] = {
    # Ce qui n'est pas dans la liste
    "une page HTML": ("page.html", lambda: f.HTML, "format"),
    "un dessin SVG à script": ("logo.svg", lambda: f.SVG, "format"),
    "un ancien document Word": ("lettre.doc", lambda: f.OLE, "format"),
    "un document Word à macros, sous son nom": ("lettre.docm", f.un_docx, "format"),
    "un classeur à macros, sous son nom": ("plan.xlsm", f.un_xlsx, "format"),
    "un zip": ("tout.zip", lambda: f.un_zip({"a": b"a"}), "format"),
    "un programme": ("mise-a-jour.exe", lambda: b"MZ" + b"\0" * 500, "format"),
    "un fichier sans extension": ("rapport", f.un_pdf, "format"),
    "une extension cachée par un nom écrit de droite à gauche": ("rapport\u202efdp.exe", f.un_pdf, "format"),
    # Ce qui n'est pas ce qu'il dit
    "une page HTML renommée en PDF": ("note.pdf", lambda: f.HTML, "inconnu"),
    "une page HTML qui contient %PDF": ("note.pdf", lambda: b"<html>%PDF-1.7<script>alert(1)</script></html>", "inconnu"),
    "un en-tête de PDF suivi d'une page": ("note.pdf", lambda: b"%PDF-1.7\n<script>alert(1)</script>", "abime"),
    "un SVG renommé en PNG": ("logo.png", lambda: f.SVG, "inconnu"),
    "un ancien document Word renommé": ("lettre.docx", lambda: f.OLE, "ancien"),
    "un programme renommé en PDF": ("note.pdf", lambda: b"MZ" + b"\0" * 500, "inconnu"),
    "un document Word renommé en PDF": ("note.pdf", f.un_docx, "deguise"),
    "un zip renommé en document Word": ("note.docx", lambda: f.un_zip({"virus.exe": b"MZ"}), "inconnu"),
    "un zip devant lequel on a collé une image": ("n.docx", lambda: f.une_image() + f.un_docx(), "polyglotte"),
    "un document Word suivi d'une page": ("n.docx", lambda: f.un_docx() + f.HTML, "polyglotte"),
    "un document Word précédé d'un autre zip": ("n.docx", lambda: f.un_zip({"a": b"a"}) + f.un_docx(), "polyglotte"),
    "une image PNG suivie d'un zip": ("logo.png", lambda: f.une_image() + f.un_zip({"a": b"a"}), "polyglotte"),
    # Ce qui agit
    "un document Word à macros renommé": ("l.docx", lambda: f.un_docx(**{"word/vbaProject.bin": b"x"}), "macros"),
    "un classeur dont le type dit des macros": (
        "p.xlsx",
        lambda: f.un_xlsx("application/vnd.ms-excel.sheet.macroEnabled.main+xml"),
        "macros",
    ),
    "un document Word à contrôle ActiveX": ("l.docx", lambda: f.un_docx(**{"word/activeX/activeX1.bin": b"x"}), "macros"),
    "un texte OpenDocument à macros": ("l.odt", lambda: f.un_odf(autres={"Basic/Standard/Module1.xml": b"x"}), "macros"),
    "un texte OpenDocument à scripts": ("l.odt", lambda: f.un_odf(autres={"Scripts/python/x.py": b"x"}), "macros"),
    "un PDF à programme": ("n.pdf", f.un_pdf_a_javascript, "actif"),
    "un PDF qui lance une commande": ("n.pdf", f.un_pdf_qui_lance, "actif"),
    "un PDF qui emporte un fichier": ("n.pdf", f.un_pdf_a_fichier_joint, "joints"),
    "un document Word qui emporte un zip": (
        "l.docx",
        lambda: f.un_docx(**{"word/media/x.png": f.un_zip({"a": b"a"})}),
        "imbrique",
    ),
    "un document Word qui emporte un document à macros": (
        "l.docx",
        lambda: f.un_docx(**{"word/embeddings/x.docx": f.un_docx(**{"word/vbaProject.bin": b"x"})}),
        "macros",
    ),
    "un document Word qui en emporte un, qui en emporte un": (
        "l.docx",
        lambda: f.un_docx(**{"word/embeddings/x.docx": f.un_docx(**{"word/embeddings/y.docx": f.un_docx()})}),
        "imbrique",
    ),
    "des entités qui se multiplient": (
        "l.docx",
        lambda: f.un_docx(**{"word/styles.xml": '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'}),
        "entites",
    ),
    **entites.CACHEES,
    # Ce qui est fermé
    "un PDF à mot de passe": ("n.pdf", lambda: f.un_pdf(encryption=pikepdf.Encryption(owner="x", user="y")), "chiffre"),
    "un zip à mot de passe": ("l.docx", lambda: f.marquer_chiffre(f.un_docx()), "chiffre"),
    "un texte OpenDocument à mot de passe": ("l.odt", lambda: f.un_odf(manifeste="<m:encryption-data/>"), "chiffre"),
    "le même, son manifeste en UTF-16": (
        "l.odt",
        lambda: f.un_odf(autres={"META-INF/manifest.xml": "<m:encryption-data/>".encode("utf-16-le")}),
        "abime",
    ),
    # Ce qui est abîmé
    "un fichier vide": ("n.pdf", lambda: b"", "vide"),
    "un PDF coupé": ("n.pdf", lambda: f.un_pdf()[:60], "abime"),
    "un document Word coupé": ("l.docx", lambda: f.un_docx()[:-40], "polyglotte"),
    "un PNG coupé": ("l.png", lambda: f.une_image(taille=(900, 900))[:-40], "abime"),
    "un JPEG coupé": ("l.jpg", lambda: f.une_image("JPEG", (900, 900))[:-200], "abime"),
    "un zip dont une entrée sort du dossier": ("l.docx", lambda: f.un_docx(**{"../../etc/passwd": b"x"}), "abime"),
    # Ce qui est démesuré
    "un fichier de plus de 20 Mo": ("n.pdf", lambda: f.un_pdf() + b"\0" * TAILLE_MAXIMALE, "trop_gros"),
    "une bombe de 300 Mo": ("l.docx", f.une_bombe, "demesure"),
    "une bombe qui ment sur sa taille": ("l.docx", f.une_bombe_menteuse, "abime"),
    "dix mille entrées": ("l.docx", f.un_docx_de_dix_mille_entrees, "demesure"),
    "des entrées superposées": ("l.docx", f.des_entrees_superposees, "demesure"),
    "une bombe dans un document emporté": (
        "l.docx",
        lambda: f.un_docx(**{"word/embeddings/x.docx": f.une_bombe()}),
        "demesure",
    ),
    "un PNG de 50 000 pixels de côté": ("l.png", f.un_png_geant, "demesure"),
    "un JPEG de 72 millions de pixels": ("l.jpg", lambda: f.une_image("JPEG", (9000, 8000)), "demesure"),
}


@pytest.mark.parametrize(("nom", "faire", "genre"), ADMIS.values(), ids=list(ADMIS))
def test_ce_qui_entre(nom: str, faire: Faire, genre: str) -> None:
    assert verdict(nom, faire()) == genre


@pytest.mark.parametrize(("nom", "faire", "code"), HOSTILES.values(), ids=list(HOSTILES))
def test_ce_qui_n_entre_pas(nom: str, faire: Faire, code: str) -> None:
    assert verdict(nom, faire()) == code


def test_le_corpus_est_assez_grand() -> None:
    assert len(HOSTILES) >= 25


# --- F-38 : le temps et la mémoire d'un refus --------------------------------------------------------------------------------
MESURE = """
import io, json, resource, sys, time
from candidatures.annexes.fichiers.reconnaitre import reconnaitre
from candidatures.annexes.fichiers.refus import FichierRefuse
fichier = open(sys.argv[1], "rb")
avant, debut = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
try:
    reconnaitre(fichier, sys.argv[2]); code = "admis"
except FichierRefuse as refus:
    code = refus.code
duree = time.perf_counter() - debut
moi, lui = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
calcul = lui.ru_utime + lui.ru_stime
gonfle, enfant = (moi.ru_maxrss - avant) / 1024, lui.ru_maxrss / 1024
print(json.dumps({"code": code, "duree": duree, "calcul": calcul, "gonfle": gonfle, "enfant": enfant}))
"""
BOMBES = (
    *("une bombe de 300 Mo", "dix mille entrées", "des entrées superposées", "une bombe qui ment sur sa taille"),
    *("une bombe dans un document emporté", "un PNG de 50 000 pixels de côté", "un JPEG de 72 millions de pixels"),
)


def mesurer(contenu: bytes, nom: str, dossier: Path) -> dict[str, Any]:
    """Le refus de ce fichier dans un processus neuf : durée et calcul (s), mémoire gagnée (Mo), pic du lecteur à part (Mo)."""
    chemin = dossier / "fichier"
    chemin.write_bytes(contenu)
    essai = subprocess.run(
        [sys.executable, "-c", MESURE, chemin, nom], cwd=settings.RACINE, capture_output=True, text=True, check=True
    )
    mesure: dict[str, Any] = json.loads(essai.stdout)
    return mesure


@pytest.fixture(scope="module")
def repos(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Ce que coûte déjà le refus d'un fichier sans malice."""
    return mesurer(f.un_zip({"a": b"a"}), "l.docx", tmp_path_factory.mktemp("repos"))


@pytest.mark.parametrize("quoi", BOMBES)
def test_une_bombe_est_refusee_sans_que_rien_gonfle(quoi: str, repos: dict[str, Any], tmp_path: Path) -> None:
    """Le site ne gagne rien ; le lecteur à part, moins de 50 Mo et une seconde de calcul (la durée, elle, dépend de qui d'autre calcule)."""
    nom, faire, code = HOSTILES[quoi]
    mesure = mesurer(faire(), nom, tmp_path)
    assert mesure["code"] == code
    assert mesure["gonfle"] <= 50
    assert mesure["enfant"] - repos["enfant"] <= 50
    assert mesure["calcul"] <= 1


def test_une_bombe_en_pdf_ne_fait_tomber_que_son_lecteur(tmp_path: Path) -> None:
    """Sa table d'objets ne se mesure pas d'avance : c'est la limite de mémoire du lecteur qui l'arrête."""
    mesure = mesurer(f.une_bombe_pdf(), "n.pdf", tmp_path)
    assert mesure["code"] in ("abime", "illisible")
    assert mesure["gonfle"] <= 50
    assert mesure["enfant"] <= 500
    assert mesure["calcul"] <= 8


def test_un_lecteur_qui_ne_finit_pas_est_tue(monkeypatch: pytest.MonkeyPatch) -> None:
    """L'heure passée, il est tué et recueilli ; un lecteur qui se rendormirait ne ferait attendre personne."""
    lances: list[subprocess.Popen[Any]] = []
    d_origine: Any = subprocess.Popen

    def popen(commande: list[str], **options: Any) -> Any:
        lances.append(d_origine(["sleep", "15"], **options))
        return lances[-1]

    monkeypatch.setattr(subprocess, "Popen", popen)
    monkeypatch.setattr(lecture, "PATIENCE", 0.1)
    assert verdict("n.pdf", f.un_pdf()) == "illisible"
    assert [lance.returncode for lance in lances] == [-signal.SIGKILL]


def test_le_lecteur_ne_recoit_aucun_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    vus: dict[str, str] = {}
    d_origine: Any = subprocess.run

    def run(*args: Any, env: dict[str, str], **options: Any) -> Any:
        vus.update(env)
        return d_origine(*args, env=env, **options)

    monkeypatch.setenv("SECRET_KEY", "secret")
    monkeypatch.setenv("DATABASE_URL", "secret")
    monkeypatch.setattr(subprocess, "run", run)
    assert verdict("n.pdf", f.un_pdf()) == "pdf"
    assert "secret" not in vus.values()


# --- Aperçus -------------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("genre", "contenu"),
    [("pdf", f.un_pdf()), ("png", f.une_image(taille=(3000, 10))), ("jpeg", f.une_image("JPEG", (3000, 2000)))],
)
def test_un_apercu_est_une_image_neuve(genre: str, contenu: bytes) -> None:
    image = Image.open(io.BytesIO(dessiner(io.BytesIO(contenu), genre)))
    assert image.format == "JPEG"
    assert 900 <= max(image.size) <= 1000
    assert not image.getexif()


def test_rien_du_fichier_ne_passe_dans_l_apercu() -> None:
    """Ni la position d'une photographie, ni ce qu'un téléphone colle derrière."""
    photo, sortie = Image.new("RGB", (50, 50)), io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "48.8566 N 2.3522 E"
    photo.save(sortie, "JPEG", exif=exif)
    apercu = dessiner(io.BytesIO(sortie.getvalue() + b"<script>derriere</script>"), "jpeg")
    assert b"48.85" in sortie.getvalue()
    assert b"48.85" not in apercu
    assert b"derriere" not in apercu


@pytest.mark.parametrize(("genre", "contenu"), [("pdf", f.HTML), ("png", f.un_png_geant()), ("jpeg", b"\xff\xd8\xff")])
def test_un_apercu_impossible_le_dit(genre: str, contenu: bytes) -> None:
    with pytest.raises(ApercuImpossible):
        dessiner(io.BytesIO(contenu), genre)


# --- F-39 : les noms -----------------------------------------------------------------------------------------------------------
NOMS = {
    "../../etc/passwd.pdf": "passwd.pdf",
    "..\\..\\windows\\x.pdf": "x.pdf",
    "C:\\Users\\moi\\Note.pdf": "Note.pdf",
    "note\0.pdf": "note.pdf",
    "rapport\u202efdp.exe.pdf": "rapportfdp.exe.pdf",
    "a;filename=evil.html.pdf": "a filename=evil.html.pdf",
    "a\r\nX-Intrus: 1.pdf": "aX-Intrus 1.pdf",
    'a"b<c>|?*%.pdf': "a b c.pdf",
    "CON.pdf": "_CON.pdf",
    "lpt1.x.pdf": "_lpt1.x.pdf",
    "📄 bilan.pdf": "📄 bilan.pdf",
    "e\u0301te\u0301.PDF": "été.pdf",
    ".pdf": "pdf.pdf",
    "": "sans nom.pdf",
    "   .  ": "sans nom.pdf",
    "/": "sans nom.pdf",
}


@pytest.mark.parametrize(("recu", "montre"), NOMS.items())
def test_un_nom_hostile_est_nettoye(recu: str, montre: str) -> None:
    assert nom_montre(recu, GENRES["pdf"]) == montre


@given(st.text(max_size=400))
def test_tout_nom_est_sur_et_court(recu: str) -> None:
    nom = nom_montre(recu, GENRES["jpeg"])
    assert nom.endswith(".jpg")
    assert 5 <= len(nom) <= NOM_MAXIMAL
    assert not set('<>:"/\\|?*;%\r\n\0') & set(nom)
    assert not any(unicodedata.category(c).startswith("C") for c in nom)
    assert nom == unicodedata.normalize("NFC", nom)
    entete = content_disposition_header(True, nom) or ""
    assert entete.startswith("attachment; filename")
    assert entete.isascii()
    assert "\n" not in entete
