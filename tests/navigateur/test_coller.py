"""Coller depuis un traitement de texte ou un tableur, remplir un tableau au clavier : rien ne se perd, tout s'annule."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from candidatures.champs.textes import normaliser
from candidatures.models import Candidature
from tests.fabriques import relire
from tests.navigateur.confort import aller, cellule, champ, coller, tableau, un_brouillon_a_l_ecran
from tests.navigateur.conftest import Ouvrir
from tests.navigateur.frappe import Frappe
from tests.navigateur.gestes import envoyer

pytestmark = pytest.mark.navigateur

PRESSE_PAPIERS = Path(__file__).parent.parent / "exemples" / "presse_papiers"


@pytest.fixture
def brouillon(page: Page) -> Candidature:
    """Un brouillon complet, et sa personne connectée."""
    return un_brouillon_a_l_ecran(page)


# --- Coller depuis un traitement de texte -------------------------------------------------------------------------------------
@pytest.mark.parametrize("nom", sorted(chemin.stem for chemin in PRESSE_PAPIERS.glob("*.html")))
def test_coller_garde_puces_numeros_et_paragraphes(page: Page, brouillon: Candidature, nom: str) -> None:
    html, brut, attendu = (
        (PRESSE_PAPIERS / f"{nom}{suffixe}").read_text("utf-8") for suffixe in (".html", ".brut.txt", ".attendu.txt")
    )
    aller(page, brouillon, "accompagnement")
    zone = champ(page, "methodologie")
    zone.fill("avant  après")
    zone.evaluate("(zone) => zone.setSelectionRange(6, 6)")
    coller(page, zone, brut, html)
    expect(zone).to_have_value(f"avant {attendu} après")
    envoyer(page, "Enregistrer")
    assert relire(brouillon).methodologie == normaliser(f"avant {attendu} après")
    expect(zone).to_have_value(f"avant {attendu} après")


def test_un_collage_s_annule_et_le_compteur_suit(page: Page, brouillon: Candidature) -> None:
    html, brut = ((PRESSE_PAPIERS / f"word_puces{suffixe}").read_text("utf-8") for suffixe in (".html", ".brut.txt"))
    aller(page, brouillon, "accompagnement")
    zone = champ(page, "methodologie")
    zone.fill("Le texte d'avant")
    coller(page, zone, brut, html)
    expect(page.locator("#id_methodologie_compteur")).to_have_text(re.compile(rf"^{len(zone.input_value())} caractères sur"))
    page.keyboard.press("ControlOrMeta+z")
    expect(zone).to_have_value("Le texte d'avant")


def test_sans_html_le_texte_arrive_tel_quel_et_ses_puces_deviennent_lisibles(page: Page, brouillon: Candidature) -> None:
    brut = "\uf0b7\tun point\no\tdessous\n§\tplus bas\nfin"
    aller(page, brouillon, "accompagnement")
    zone = champ(page, "methodologie")
    zone.fill("")
    coller(page, zone, brut)
    expect(zone).to_have_value(brut)
    envoyer(page, "Enregistrer")
    expect(zone).to_have_value("•\tun point\n•\tdessous\n•\tplus bas\nfin")


# --- Les tableaux comme un tableur -----------------------------------------------------------------------------------------------
def test_tout_au_clavier_entree_descend_remonte_et_allonge(page: Page, brouillon: Candidature) -> None:
    aller(page, brouillon, "montage-financier")
    depenses = tableau(page, "Dépenses")
    lignes = depenses.locator("tbody tr")
    avant = lignes.count()
    cellule(depenses, "Volet", 2).focus()
    for rang in range(2, avant + 3):
        expect(cellule(depenses, "Volet", rang)).to_be_focused()
        page.keyboard.type(f"Volet {rang}")
        page.keyboard.press("Tab")
        page.keyboard.type(f"{rang} 000,50 €")
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Enter")
    expect(lignes).to_have_count(avant + 3)
    expect(page.get_by_role("status").filter(has_text=f"Ligne {avant + 3} ajoutée.")).to_have_count(1)
    page.keyboard.press("Shift+Enter")
    expect(cellule(depenses, "Volet", avant + 2)).to_be_focused()
    envoyer(page, "Enregistrer")
    gardees = [(ligne.libelle, str(ligne.montant)) for ligne in brouillon.lignes.filter(nature="depense")]
    assert gardees[1:] == [(f"Volet {rang}", f"{rang}000.50") for rang in range(2, avant + 3)]


def test_le_bouton_ajoute_une_ligne_et_y_mene(page: Page, brouillon: Candidature) -> None:
    aller(page, brouillon, "projet")
    organismes = tableau(page, "Organismes porteurs")
    avant = organismes.locator("tbody tr").count()
    bouton = page.locator("#organismes-porteurs").get_by_role("button", name="Ajouter une ligne")
    for ajoutee in range(avant + 1, 61):
        bouton.press("Enter")
        expect(cellule(organismes, "Nom de l'organisme", ajoutee)).to_be_focused()
    bouton.press("Enter")
    expect(page.get_by_role("status").filter(has_text="60 lignes au plus.")).to_have_count(1)
    cellule(organismes, "Nom de l'organisme", 60).fill("Le soixantième")
    envoyer(page, "Enregistrer")
    assert [porteur.nom for porteur in brouillon.organismes.all()][-1] == "Le soixantième"


BLOC = (
    "Appel à projets\tAide demandée\t1 234,50 €\t\tdemandé\r\n"
    "a_confirmer\tCAF\t12\u202f000\t30 %\tA CONFIRMER\r\n"
    'Autre\t"Fondation ""Abri""\r\net mécènes"\t3000\t\tacquis\r\n'
    "PORTEUR\tFonds propres\t41,37€\t\t\r\n"
    "\tSans financeur\t1\t\tpromis\r\n"
)


def test_coller_un_bloc_d_un_tableur(page: Page, brouillon: Candidature) -> None:
    aller(page, brouillon, "montage-financier")
    ressources = tableau(page, "Ressources")
    coller(page, cellule(ressources, "Financeur", 3), BLOC)
    expect(ressources.locator("tbody tr")).to_have_count(7)
    expect(cellule(ressources, "Montant (€)", 3)).to_have_value("1 234,50 €")
    expect(cellule(ressources, "Libellé", 4)).to_have_value("CAF (a_confirmer)")
    expect(cellule(ressources, "Libellé", 7)).to_have_value("Sans financeur (promis)")
    a_choisir = cellule(ressources, "Financeur", 4)
    expect(a_choisir).to_have_accessible_description(re.compile("« a_confirmer » n’est pas dans la liste"))
    phrase = page.get_by_role("status").filter(has_text="5 lignes collées.")
    expect(phrase).to_contain_text("Ligne 4 : « a_confirmer » n’est pas dans la liste ; il est gardé dans le libellé.")
    envoyer(page, "Enregistrer")
    colonnes = ("financeur", "libelle", "montant", "part", "etat")
    gardees = [tuple(map(str, ligne)) for ligne in brouillon.lignes.filter(nature="ressource").values_list(*colonnes)][2:]
    assert gardees == [
        ("appel_a_projets", "Aide demandée", "1234.50", "None", "demande"),
        ("", "CAF (a_confirmer)", "12000.00", "30.00", "a_confirmer"),
        ("autre", 'Fondation "Abri" et mécènes', "3000.00", "None", "acquis"),
        ("porteur", "Fonds propres", "41.37", "None", ""),
        ("", "Sans financeur (promis)", "1.00", "None", ""),
    ]


def test_un_collage_de_tableur_s_annule_et_ce_qui_deborde_n_est_pas_jete(page: Page, brouillon: Candidature) -> None:
    aller(page, brouillon, "montage-financier")
    depenses = tableau(page, "Dépenses")
    premiere = cellule(depenses, "Volet", 1)
    bloc = "\n".join(f"Volet {rang}\t{rang}\t\tcolonne de trop {rang}" for rang in range(1, 63))
    coller(page, premiere, bloc)
    expect(depenses.locator("tbody tr")).to_have_count(60)
    reste = page.get_by_role("textbox", name="Ce qui n’a pas trouvé de place dans le tableau").first
    expect(reste).to_have_value(re.compile(r"^colonne de trop 1\n.*Volet 61\t61\t\tcolonne de trop 61\nVolet 62", re.DOTALL))
    page.get_by_role("button", name="Annuler le collage").click()
    expect(premiere).to_have_value("Accompagnement")
    expect(cellule(depenses, "Montant (€)", 1)).to_have_value("42\u00a0000")
    expect(cellule(depenses, "Volet", 60)).to_have_value("")


def test_un_bloc_colle_s_enregistre_au_fil_de_la_frappe(ouvrir: Ouvrir) -> None:
    frappe = Frappe.ouvrir(ouvrir, "montage-financier")
    depenses = tableau(frappe.page, "Dépenses")
    coller(frappe.page, cellule(depenses, "Volet", 2), "Suivi\t1 500,50 €\r\nCoordination\t300\r\n")
    frappe.attendre_l_enregistrement()
    gardees = frappe.brouillon.lignes.filter(nature="depense").values_list("libelle", "montant")
    assert [(libelle, str(montant)) for libelle, montant in gardees][1:] == [("Suivi", "1500.50"), ("Coordination", "300.00")]
    frappe.page.wait_for_load_state("networkidle")


def test_un_mot_seul_se_colle_comme_ailleurs(page: Page, brouillon: Candidature) -> None:
    aller(page, brouillon, "montage-financier")
    volet = cellule(tableau(page, "Dépenses"), "Volet", 1)
    volet.evaluate("(champ) => champ.setSelectionRange(0, 0)")
    coller(page, volet, "Suivi, ")
    expect(volet).to_have_value("Suivi, Accompagnement")


def test_une_ligne_ajoutee_apres_une_faute_est_neuve(page: Page, brouillon: Candidature) -> None:
    aller(page, brouillon, "montage-financier")
    depenses = tableau(page, "Dépenses")
    derniere = depenses.locator("tbody tr").count()
    cellule(depenses, "Montant (€)", derniere).fill("beaucoup")
    envoyer(page, "Enregistrer")
    cellule(depenses, "Montant (€)", derniere).press("Enter")
    neuve = cellule(depenses, "Montant (€)", derniere + 1)
    expect(neuve).to_be_focused()
    expect(neuve).to_have_value("")
    expect(neuve).not_to_have_attribute("aria-invalid", "true")
    expect(depenses.locator("tbody tr").last.locator(".fr-messages-group")).to_have_count(0)
