"""Les annexes au navigateur : plusieurs à la fois, glissées, coupées puis reprises, sans JavaScript, au clavier, à 375 pixels."""

from __future__ import annotations

import random
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from candidatures.circuit import PASSAGES
from candidatures.circuit.franchir import franchir
from candidatures.models import Annexe, Candidature, TypeDAnnexe
from comptes.models import Seance, Utilisateur
from tests.candidatures.annexes import fichiers
from tests.fabriques import un_bailleur, un_brouillon
from tests.navigateur.conftest import Ouvrir
from tests.navigateur.controles import DEBORDE, violations
from tests.navigateur.gestes import entrer, envoyer, exiger_le_titre, suivre
from tests.navigateur.mains import Clavier

pytestmark = pytest.mark.navigateur

SUIVRE_LES_ETATS = """() => {
  window.etats = [];
  new MutationObserver(() => document.querySelectorAll(".envoi").forEach((li) =>
    window.etats.push(li.querySelector(".envoi__nom").textContent + " : " + li.querySelector(".envoi__etat").textContent)))
    .observe(document.getElementById("envois"), { childList: true, subtree: true, characterData: true });
}"""
GLISSER = """(fichiers) => {
  const transfert = new DataTransfer();
  for (const [nom, octets] of fichiers) transfert.items.add(new File([new Uint8Array(octets)], nom));
  return transfert;
}"""


@pytest.fixture(autouse=True)
def stockage(settings: Any, tmp_path: Path) -> None:
    """Le dossier des fichiers, neuf ; pas d'antivirus."""
    backend = "django.core.files.storage.FileSystemStorage"
    options = {"location": tmp_path / "gardes"}
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": backend, "OPTIONS": options}}
    settings.CLAMD_SOCKET = ""


@pytest.fixture
def brouillon(transactional_db: None) -> Candidature:
    """Un brouillon, dont la campagne a les types habituels."""
    candidature = un_brouillon()
    TypeDAnnexe.objects.creer_les_habituels(candidature.campagne)
    return candidature


@pytest.fixture
def par(brouillon: Candidature) -> Utilisateur:
    """Qui le remplit."""
    return un_bailleur(brouillon.organisme)


def aux_annexes(page: Page, brouillon: Candidature, par: Utilisateur) -> None:
    """La page des annexes, où l'on arrive par le menu de côté."""
    entrer(page, par)
    page.goto(f"/candidatures/{brouillon.pk}/section/projet/")
    suivre(page, "Annexes (0)")
    exiger_le_titre(page, "Annexes")


def sur_le_poste(dossier: Path, **contenus: bytes) -> list[Path]:
    """Des fichiers du poste : `note_pdf=…` est « note.pdf »."""
    chemins = []
    for nom, contenu in contenus.items():
        chemin = dossier / nom.replace("_", ".")
        chemin.write_bytes(contenu)
        chemins.append(chemin)
    return chemins


def un_gros_png() -> bytes:
    """Une image d'un mégaoctet et demi."""
    bruit = random.Random(1).randbytes(700 * 700 * 3)
    sortie = BytesIO()
    Image.frombytes("RGB", (700, 700), bruit).save(sortie, "PNG")
    return sortie.getvalue()


def choisir(page: Page, chemins: list[Path], libelle: str = "Rapport") -> None:
    page.locator("#id_type").select_option(label=libelle)
    page.locator("#id_fichiers").set_input_files(chemins)


def liste(page: Page) -> Locator:
    return page.locator("#annexes-liste .annexe__nom")


def noms(brouillon: Candidature) -> list[str]:
    return [annexe.nom for annexe in brouillon.annexes.all()]


def test_plusieurs_fichiers_chacun_sa_progression(page: Page, brouillon: Candidature, par: Utilisateur, tmp_path: Path) -> None:
    aux_annexes(page, brouillon, par)
    page.evaluate(SUIVRE_LES_ETATS)
    page.context.new_cdp_session(page).send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 1_500_000},
    )
    choisir(page, sur_le_poste(tmp_path, gros_png=un_gros_png(), note_pdf=fichiers.un_pdf(), page_html=fichiers.HTML))
    page.get_by_role("button", name="Joindre").click()
    expect(liste(page)).to_have_text(["gros.png", "note.pdf"])
    expect(page.get_by_role("listitem").filter(has_text="page.html")).to_contain_text("Ce format n'est pas admis.")
    expect(page.get_by_role("main").get_by_role("link", name="Annexes (2)")).to_be_visible()
    expect(page.locator("#annexes-annonce")).to_contain_text("page.html n’est pas joint")
    etats: list[str] = page.evaluate("window.etats")
    parts = {int(etat.split(" : ")[1].split()[0]) for etat in etats if etat.startswith("gros.png") and etat.endswith("%")}
    assert len(parts) >= 3, f"la progression se voit : {parts}"
    assert {p.type.libelle for p in brouillon.annexes.select_related("type")} == {"Rapport"}
    page.get_by_role("button", name="Effacer cette ligne page.html").click()
    expect(page.locator(".envoi")).to_have_count(0)


def test_glisser_deposer(page: Page, brouillon: Candidature, par: Utilisateur) -> None:
    aux_annexes(page, brouillon, par)
    expect(page.get_by_text("Vous pouvez aussi glisser des fichiers dans ce cadre.")).to_be_visible()
    lot = [["a.pdf", list(fichiers.un_pdf(texte="a"))], ["b.pdf", list(fichiers.un_pdf(texte="b"))]]
    transfert = page.evaluate_handle(GLISSER, lot)
    page.dispatch_event("#depot-des-annexes", "dragover", {"dataTransfer": transfert})
    expect(page.locator(".depot--survol")).to_be_visible()
    page.dispatch_event("#depot-des-annexes", "drop", {"dataTransfer": transfert})
    expect(liste(page)).to_have_text(["a.pdf", "b.pdf"])
    expect(page.locator(".depot--survol")).to_have_count(0)
    assert noms(brouillon) == ["a.pdf", "b.pdf"]


def test_un_fichier_coupe_reprend_seul(page: Page, brouillon: Candidature, par: Utilisateur, tmp_path: Path) -> None:
    """Le premier envoi de b.pdf est coupé : a et c entrent, b reprend de lui-même ; rien n'est fait deux fois."""
    aux_annexes(page, brouillon, par)
    coupes: list[str] = []

    def couper(route: Any) -> None:
        if b"b.pdf" in (route.request.post_data_buffer or b"") and not coupes:
            coupes.append("b.pdf")
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/annexes/", couper)
    lot = {f"{nom}_pdf": fichiers.un_pdf(texte=nom) for nom in "abc"}
    choisir(page, sur_le_poste(tmp_path, **lot))
    page.get_by_role("button", name="Joindre").click()
    ligne = page.locator(".envoi", has_text="b.pdf")
    expect(ligne).to_contain_text("La connexion a été coupée. Nouvel essai dans 2 s.")
    expect(liste(page)).to_have_text(["a.pdf", "c.pdf", "b.pdf"])
    expect(page.locator(".envoi")).to_have_count(0)
    assert noms(brouillon) == ["a.pdf", "c.pdf", "b.pdf"]


def test_hors_ligne_puis_reessayer(page: Page, brouillon: Candidature, par: Utilisateur, tmp_path: Path) -> None:
    aux_annexes(page, brouillon, par)
    page.context.set_offline(True)
    choisir(page, sur_le_poste(tmp_path, note_pdf=fichiers.un_pdf()))
    page.get_by_role("button", name="Joindre").click()
    reessayer = page.get_by_role("button", name="Réessayer note.pdf")
    expect(reessayer).to_be_visible()
    page.context.set_offline(False)
    if reessayer.is_visible():
        reessayer.click()
    expect(liste(page)).to_have_text(["note.pdf"])


def test_session_finie_pendant_l_envoi(page: Page, brouillon: Candidature, par: Utilisateur, tmp_path: Path) -> None:
    """Le fichier reste dans la page ; reconnecté dans un autre onglet, il part."""
    aux_annexes(page, brouillon, par)
    Seance.objects.all().delete()
    choisir(page, sur_le_poste(tmp_path, note_pdf=fichiers.un_pdf()))
    page.get_by_role("button", name="Joindre").click()
    expect(page.locator(".envoi__phrase")).to_contain_text("Votre session a expiré.")
    autre = page.context.new_page()
    entrer(autre, par)
    expect(liste(page)).to_have_text(["note.pdf"])
    assert noms(brouillon) == ["note.pdf"]


def test_deposee_pendant_l_envoi(page: Page, brouillon: Candidature, par: Utilisateur, tmp_path: Path) -> None:
    aux_annexes(page, brouillon, par)
    franchir(brouillon, PASSAGES["deposer"], par=par, maintenant=timezone.now())
    choisir(page, sur_le_poste(tmp_path, note_pdf=fichiers.un_pdf()))
    page.get_by_role("button", name="Joindre").click()
    expect(page.locator(".envoi__phrase")).to_contain_text("ses annexes ne changent plus, et rien n'y a été ajouté")
    assert not Annexe.objects.exists()


def test_sans_javascript(ouvrir: Ouvrir, brouillon: Candidature, par: Utilisateur, tmp_path: Path) -> None:
    """Joindre, ranger, remplacer, retirer : tout par le formulaire ordinaire."""
    page = ouvrir(java_script_enabled=False)
    aux_annexes(page, brouillon, par)
    expect(page.get_by_text("Vous pouvez aussi glisser")).to_have_count(1)
    expect(page.get_by_text("Vous pouvez aussi glisser")).to_be_hidden()
    choisir(page, sur_le_poste(tmp_path, a_pdf=fichiers.un_pdf(), b_docx=fichiers.un_docx(), c_html=fichiers.HTML))
    assert envoyer(page, "Joindre").status == 409
    expect(page.get_by_role("alert")).to_contain_text("c.html : Ce format n'est pas admis.")
    expect(liste(page)).to_have_text(["a.pdf", "b.docx"])
    envoyer(page, "Monter b.docx")
    expect(liste(page)).to_have_text(["b.docx", "a.pdf"])
    suivre(page, "Remplacer a.pdf")
    page.locator("#id_fichier").set_input_files(sur_le_poste(tmp_path, d_png=fichiers.une_image()))
    page.locator("#id_type").select_option(label="Autre")
    envoyer(page, "Enregistrer")
    expect(liste(page)).to_have_text(["b.docx", "d.png"])
    suivre(page, "Retirer b.docx")
    envoyer(page, "Retirer")
    expect(liste(page)).to_have_text(["d.png"])
    assert [(p.nom, p.type.libelle) for p in brouillon.annexes.select_related("type")] == [("d.png", "Autre")]


def test_au_clavier(page: Page, brouillon: Candidature, par: Utilisateur, tmp_path: Path) -> None:
    aux_annexes(page, brouillon, par)
    clavier = Clavier(page)
    clavier.derouler(page.locator("#id_type"), "Rapport")
    clavier.aller(page.locator("#id_fichiers"))
    with page.expect_file_chooser() as choix:
        page.keyboard.press("Space")
    assert choix.value.is_multiple()
    choix.value.set_files(sur_le_poste(tmp_path, a_pdf=fichiers.un_pdf(texte="a"), b_pdf=fichiers.un_pdf(texte="b")))
    clavier.activer(page.get_by_role("button", name="Joindre"))
    expect(liste(page)).to_have_text(["a.pdf", "b.pdf"])
    clavier.activer(page.get_by_role("button", name="Descendre a.pdf"))
    expect(liste(page)).to_have_text(["b.pdf", "a.pdf"])
    clavier.activer(page.locator("summary", has_text="Aperçu de b.pdf"))
    expect(page.get_by_role("img", name="Première page de b.pdf")).to_be_visible()
    clavier.activer(page.get_by_role("link", name="Retirer b.pdf"))
    exiger_le_titre(page, "Retirer « b.pdf » ?")
    clavier.activer(page.get_by_role("button", name="Retirer", exact=True))
    expect(liste(page)).to_have_text(["a.pdf"])


@pytest.mark.parametrize("largeur", [375, 1280])
def test_la_page_pleine_tient_et_se_lit(
    largeur: int, ouvrir: Ouvrir, brouillon: Candidature, par: Utilisateur, tmp_path: Path
) -> None:
    """Une annexe ouverte, une infectée, une à confirmer, un refus : rien ne déborde, axe ne trouve rien."""
    page = ouvrir(viewport={"width": largeur, "height": 800})
    entrer(page, par)
    page.goto(f"/candidatures/{brouillon.pk}/annexes/")
    long = {"un-nom-de-fichier-qui-ne-se-coupe-nulle-part-et-qui-depasse-la-largeur-d-un-telephone_pdf": fichiers.un_pdf()}
    choisir(page, sur_le_poste(tmp_path, photo_png=un_gros_png(), b_pdf=fichiers.un_pdf(texte="b"), **long))
    page.get_by_role("button", name="Joindre").click()
    expect(liste(page)).to_have_count(3)
    Annexe.objects.filter(nom="b.pdf").update(etat=Annexe.Etat.INFECTEE, analyse="Essai")
    Annexe.objects.filter(genre="pdf").update(a_confirmer=True)
    page.reload()
    page.locator("summary", has_text="Aperçu de photo.png").click()
    image = page.get_by_role("img", name="Aperçu de photo.png")
    expect(image).to_be_visible()
    page.wait_for_function("() => document.querySelector('.annexe__apercu img').naturalWidth > 0")
    choisir(page, sur_le_poste(tmp_path, page_html=fichiers.HTML))
    page.get_by_role("button", name="Joindre").click()
    expect(page.locator(".envoi")).to_contain_text("non joint")
    assert page.evaluate(DEBORDE) == ""
    assert list(violations(page)) == []


def test_un_apercu_n_est_demande_que_si_on_l_ouvre(page: Page, brouillon: Candidature, par: Utilisateur, tmp_path: Path) -> None:
    demandes: list[str] = []
    page.on("request", lambda requete: demandes.append(requete.url) if "/apercu/" in requete.url else None)
    aux_annexes(page, brouillon, par)
    choisir(page, sur_le_poste(tmp_path, note_pdf=fichiers.un_pdf()))
    page.get_by_role("button", name="Joindre").click()
    expect(liste(page)).to_have_text(["note.pdf"])
    page.wait_for_load_state("networkidle")
    assert demandes == []
    page.locator("summary", has_text="Aperçu de note.pdf").click()
    expect(page.get_by_role("img", name="Première page de note.pdf")).to_be_visible()
    page.wait_for_function("() => document.querySelector('.annexe__apercu img').naturalWidth > 0")
    assert len(demandes) == 1
