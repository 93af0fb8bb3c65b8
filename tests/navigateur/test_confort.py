"""Le confort de la saisie : compter, imprimer, reprendre un dossier d'une édition antérieure."""

from __future__ import annotations

import re
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from candidatures.champs import Choix, OuiNon, en_texte
from candidatures.champs.textes import LIGNES, TEXTE_LONG, normaliser
from candidatures.documents.texte import nettoyer
from candidatures.models import Campagne, Candidature
from candidatures.reprise.reprenables import INTITULES as INTITULES_REPRIS
from candidatures.sections import CHAMPS
from tests.fabriques import relire, un_agent, une_campagne, une_candidature
from tests.navigateur.confort import aller, cellule, champ, coller, tableau, un_brouillon_a_l_ecran
from tests.navigateur.conftest import Ouvrir
from tests.navigateur.controles import constater, fautes_d_un_gabarit, fautes_d_une_page
from tests.navigateur.depot import organisme_de, un_deposant
from tests.navigateur.gestes import entrer, envoyer, exiger_le_titre, suivre
from tests.navigateur.saisie import INTITULES

pytestmark = pytest.mark.navigateur


@pytest.fixture
def brouillon(page: Page) -> Candidature:
    """Un brouillon complet, et sa personne connectée."""
    return un_brouillon_a_l_ecran(page)


# --- Compter -------------------------------------------------------------------------------------------------------------------
MOTIFS = ["a", "e\u0301", "\u00a0", "😀", "👩‍👩‍👧", "ligne\r\n", "\u2028", "\x07bip", "\uf0b7\t"]


@pytest.mark.parametrize("nom", ["nom", "methodologie", "nombre_menages_precision"])
def test_le_compteur_compte_comme_le_serveur(page: Page, brouillon: Candidature, nom: str) -> None:
    """F-07 : au caractère près, à la borne, pour chaque signe difficile ; juste avant la borne et juste après."""
    maximum: int = getattr(CHAMPS[nom], "maximum", 0)
    aller(page, brouillon, {"nom": "projet", "methodologie": "accompagnement"}.get(nom, "publics"))
    exiger_un_juste_compte(page, nom, maximum)


def test_le_compteur_d_un_avis_compte_de_meme(page: Page) -> None:
    page.route("**/js/frappe.js", lambda route: route.fulfill(content_type="text/javascript", body=""))
    deposee = une_candidature()
    entrer(page, un_agent("77"))
    page.goto(f"/avis/{deposee.pk}/departement/77/")
    exiger_un_juste_compte(page, "pertinence", TEXTE_LONG)


def exiger_un_juste_compte(page: Page, nom: str, maximum: int) -> None:
    """À la borne, la page dit le compte du serveur ; un signe de plus, qu'il y en a un de trop."""
    zone, compteur = page.locator(f"#id_{nom}"), page.locator(f"[data-compteur=id_{nom}]")
    for motif in MOTIFS:
        points = len(normaliser(motif))
        fois = min(maximum // points, LIGNES - 1)
        juste = motif * fois + "a" * (maximum - fois * points)
        assert len(normaliser(juste)) == maximum
        for texte, depasse in ((juste, False), (juste + "b", True)):
            zone.evaluate(
                "(zone, texte) => { zone.value = texte; zone.dispatchEvent(new Event('input', {bubbles: true})); }", texte
            )
            expect(compteur).to_be_visible()
            attendu = "1 caractère de trop" if depasse else f"{maximum:,}".replace(",", "\u202f")
            assert (compteur.text_content() or "").startswith(attendu), (motif, compteur.text_content())


def test_le_compteur_compte_aussi_les_lignes(page: Page, brouillon: Candidature) -> None:
    aller(page, brouillon, "accompagnement")
    zone, compteur = champ(page, "methodologie"), page.locator("#id_methodologie_compteur")
    zone.fill("a\n" * (LIGNES - 1) + "b")
    expect(compteur).to_have_text(re.compile(r"^1\s999 caractères sur"))
    zone.fill("a\n" * LIGNES + "b")
    expect(compteur).to_have_text(re.compile(r"^1 ligne de trop, sur 1\s000 admises$"))


def test_une_precision_ne_se_compte_que_vers_la_fin_et_rien_ne_bouge(page: Page, brouillon: Candidature) -> None:
    aller(page, brouillon, "publics")
    zone, compteur = page.locator("#id_dalo_precision"), page.locator("[data-compteur=id_dalo_precision]")
    suivant = page.locator("#id_caracteristiques_publics")
    zone.fill("a" * 799)
    expect(compteur).to_be_hidden()
    avant = suivant.bounding_box()
    zone.press_sequentially("b")
    expect(compteur).to_be_visible()
    assert suivant.bounding_box() == avant


# --- Imprimer --------------------------------------------------------------------------------------------------------------------
def test_toute_la_fiche_s_imprime_et_elle_seule(page: Page, brouillon: Candidature, tmp_path: Path) -> None:
    """Chaque réponse y est, dans l'ordre ; ni menu, ni bouton, ni lien de navigation."""
    page.goto(f"/candidatures/{brouillon.pk}/")
    suivre(page, "Imprimer toute la fiche")
    expect(page.get_by_role("button", name="Imprimer toute la fiche")).to_be_visible()
    fichier = tmp_path / "fiche.pdf"
    page.pdf(path=fichier, format="A4", prefer_css_page_size=True)
    texte = texte_du_pdf(fichier)
    for nom, reponse in reponses_attendues(relire(brouillon)).items():
        assert sans_blanc(reponse) in texte, nom
    for ligne in brouillon.lignes.all():
        assert sans_blanc(ligne.libelle) in texte
    assert "Total42000" in texte.replace("\u202f", "").replace("\u00a0", "")
    for mot in (
        "Mes candidatures",
        "Se déconnecter",
        "Aller au contenu",
        "Imprimer toute la fiche",
        "La même fiche en PDF",
        "Aide",
    ):
        assert sans_blanc(mot) not in texte, mot


def reponses_attendues(candidature: Candidature) -> dict[str, str]:
    """Ce que chaque rubrique dit, cases à part."""
    return {
        nom: en_texte(champ, getattr(candidature, nom)) for nom, champ in CHAMPS.items() if not isinstance(champ, (OuiNon, Choix))
    }


def texte_du_pdf(fichier: Path) -> str:
    lu = subprocess.run(["pdftotext", "-raw", fichier, "-"], capture_output=True, check=True).stdout.decode()
    return sans_blanc(lu)


def sans_blanc(texte: str) -> str:
    """Sans blanc ni tiret, marqueurs de liste compris : la page les espace à sa façon."""
    return "".join(nettoyer(texte).split()).replace("-", "")


def test_une_rubrique_courte_ne_se_coupe_pas(page: Page, brouillon: Candidature, tmp_path: Path) -> None:
    """Chaque intitulé est sur la page du début de sa réponse."""
    fichier = tmp_path / "fiche.pdf"
    page.goto(f"/candidatures/{brouillon.pk}/lecture/")
    page.pdf(path=fichier, format="A4", prefer_css_page_size=True)
    pages = subprocess.run(["pdftotext", "-raw", fichier, "-"], capture_output=True, check=True).stdout.decode().split("\f")
    assert len(pages) > 2
    for nom in ("methodologie", "adhesion_menage", "partenaires", "cofinancements", "typologie_logements"):
        (une,) = [page_ for page_ in pages if f"Réponse à {nom} " in page_]
        assert sans_blanc(INTITULES[nom]) in sans_blanc(une)


# --- Reprendre -------------------------------------------------------------------------------------------------------------------
def test_les_pages_du_confort_sont_sans_faute(page: Page, brouillon: Candidature) -> None:
    """Ce que le robot regarde de chaque page, là où il ne va pas : à relire, à reprendre, un tableau rallongé, un bloc de trop."""
    Candidature.objects.filter(pk=brouillon.pk).update(a_revoir=[*INTITULES_REPRIS])
    une_campagne(code="2031")
    fautes = []
    for adresse in ("reprendre/", "verifier/", "lecture/", "section/projet/", "section/montage-financier/"):
        reponse = page.goto(f"/candidatures/{brouillon.pk}/{adresse}")
        assert reponse is not None
        if "montage" in adresse:
            depenses = tableau(page, "Dépenses")
            coller(page, cellule(depenses, "Volet", 3), "a\tb\tc\td\n" * 61)
            expect(page.get_by_role("button", name="Annuler le collage")).to_be_visible()
        fautes += [*fautes_d_une_page(constater(page), reponse), *fautes_d_un_gabarit(page, reponse.text())]
    assert fautes == []


@pytest.mark.parametrize("javascript", [True, False], ids=["avec JavaScript", "sans JavaScript"])
def test_reprendre_un_dossier_puis_le_relire(ouvrir: Ouvrir, javascript: bool) -> None:
    page, personne = ouvrir(java_script_enabled=javascript), un_deposant()
    organisme = organisme_de(personne)
    ancienne = une_candidature(campagne=une_campagne(code="2025"), organisme=organisme, par=personne)
    instant = timezone.now()
    dates: dict[str, Any] = {"ouverture": instant - timedelta(days=90), "cloture": instant - timedelta(days=60)}
    Campagne.objects.filter(code="2025").update(**dates)
    entrer(page, personne)
    suivre(page, f"Reprendre dans une nouvelle candidature : {ancienne.titre}")
    page.get_by_text("Tout garder", exact=True).click()
    page.get_by_role("combobox", name=INTITULES["methodologie"]).select_option(label="garder, à relire")
    page.get_by_role("combobox", name=INTITULES["partenaires"]).select_option(label="laisser vide")
    envoyer(page, "Créer le brouillon")
    nouvelle = Candidature.objects.get(origine=ancienne)
    exiger_le_titre(page, nouvelle.titre)
    suivre(page, "1 rubrique à relire")
    suivre(page, INTITULES["methodologie"])
    champ(page, "adhesion_menage").fill("Tapé avant de dire relu")
    expect(page.get_by_text("Reprise de 2025 : à relire")).to_be_visible()
    envoyer(page, f"C’est relu : {INTITULES['methodologie']}")
    expect(page.get_by_text("Reprise de 2025 : à relire")).to_have_count(0)
    gardee = relire(nouvelle)
    assert (gardee.a_revoir, gardee.adhesion_menage, gardee.partenaires) == ([], "Tapé avant de dire relu", "")


def test_entree_dans_une_section_reprise_ne_dit_rien_relu(page: Page, brouillon: Candidature) -> None:
    Candidature.objects.filter(pk=brouillon.pk).update(a_revoir=["nombre_menages"])
    aller(page, brouillon, "publics")
    with page.expect_navigation():
        champ(page, "nombre_menages").press("Enter")
    exiger_le_titre(page, "Modalités de mobilisation des logements")
    assert relire(brouillon).a_revoir == ["nombre_menages"]


def test_changer_une_rubrique_reprise_efface_sa_marque_sans_rien_deplacer(page: Page, brouillon: Candidature) -> None:
    Candidature.objects.filter(pk=brouillon.pk).update(a_revoir=["nombre_menages", "dalo"])
    aller(page, brouillon, "publics")
    marques, suivant = page.locator(".a-relire p"), page.locator("#id_caracteristiques_publics")
    avant = suivant.bounding_box()
    page.locator("#id_nombre_menages_precision").press_sequentially("x")
    expect(marques.first).to_be_hidden()
    expect(marques.last).to_be_visible()
    assert suivant.bounding_box() == avant
    envoyer(page, "Enregistrer")
    assert relire(brouillon).a_revoir == ["dalo"]
