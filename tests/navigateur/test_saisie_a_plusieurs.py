"""Plusieurs mains sur une section (F-09), une candidature déposée pendant la frappe, et l'avis, les justifications, par le même mécanisme."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone
from playwright.sync_api import TimeoutError as TropLong
from playwright.sync_api import expect

from candidatures.circuit import PASSAGES
from candidatures.circuit.franchir import franchir
from candidatures.saisie.actions import enregistrer
from tests.fabriques import relire, un_agent, un_bailleur, une_candidature
from tests.navigateur.conftest import Ouvrir
from tests.navigateur.controles import violations
from tests.navigateur.depot import organisme_de
from tests.navigateur.frappe import (
    SAISIES,
    TEXTE,
    Frappe,
    finir_les_sessions,
    se_reconnecter,
)
from tests.navigateur.gestes import entrer

pytestmark = pytest.mark.navigateur


# --- Plusieurs mains (F-09), plus modifiable -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("choix", "attendu"),
    [
        ("Garder la mienne", "La mienne, à garder"),
        ("Prendre l’autre", "La leur, à garder"),
        ("Garder les deux, l’une après l’autre", "La leur, à garder\n\nLa mienne, à garder"),
    ],
)
def test_deux_textes_pour_une_reponse(ouvrir: Ouvrir, choix: str, attendu: str) -> None:
    frappe = Frappe.ouvrir(ouvrir)
    collegue = un_bailleur(organisme_de(frappe.personne))
    enregistrer(frappe.brouillon, {"caracteristiques_publics": "La leur, à garder"}, par=collegue)
    champ = frappe.champ("caracteristiques_publics")
    champ.fill("La mienne, à garder")
    conflit = frappe.page.locator("[data-conflit=caracteristiques_publics]")
    expect(conflit).to_be_visible()
    expect(frappe.etat).to_have_text(re.compile("sauf 1 réponse à choisir$"))
    assert not list(violations(frappe.page))
    champ.press("End")
    frappe.page.wait_for_timeout(1_000)
    assert frappe.garde("caracteristiques_publics") == "La leur, à garder"
    conflit.get_by_role("button", name=choix).press("Enter")
    expect(conflit).to_have_count(0)
    expect(champ).to_have_value(attendu)
    frappe.attendre_l_enregistrement()
    assert frappe.garde("caracteristiques_publics") == attendu
    champ.press("End")
    champ.press_sequentially("!")
    frappe.attendre_l_enregistrement()
    assert frappe.garde("caracteristiques_publics") == f"{attendu}!"


def test_deux_onglets_de_la_meme_personne(ouvrir: Ouvrir) -> None:
    """F-09 : deux réponses s'ajoutent ; la même, tapée des deux côtés, montre les deux textes."""
    frappe = Frappe.ouvrir(ouvrir)
    second = Frappe(frappe.page.context.new_page(), frappe.brouillon, frappe.personne)
    second.aller("publics")
    frappe.champ("nombre_menages").fill("31")
    frappe.attendre_l_enregistrement()
    second.champ("caracteristiques_publics").fill("Du second onglet")
    second.attendre_l_enregistrement()
    assert (frappe.garde("nombre_menages"), frappe.garde("caracteristiques_publics")) == (31, "Du second onglet")
    second.champ("nombre_menages").fill("32")
    expect(second.page.locator("[data-conflit=nombre_menages]")).to_be_visible()
    assert frappe.garde("nombre_menages") == 31


def test_ce_qu_un_collegue_a_change_se_montre_si_on_le_demande(ouvrir: Ouvrir) -> None:
    frappe = Frappe.ouvrir(ouvrir)
    enregistrer(frappe.brouillon, {"nombre_menages": 40, "dalo": False}, par=un_bailleur(organisme_de(frappe.personne)))
    frappe.champ("caracteristiques_publics").fill(TEXTE)  # un enregistrement, et la page apprend le reste
    annonce = frappe.page.locator("[data-changee=nombre_menages]")
    expect(annonce).to_be_visible()
    expect(frappe.champ("nombre_menages")).to_have_value("24")
    assert not list(violations(frappe.page))
    annonce.get_by_role("button").press("Enter")
    expect(annonce).to_have_count(0)
    expect(frappe.champ("nombre_menages")).to_have_value("40")
    frappe.page.locator("[data-changee=dalo]").get_by_role("button").click()
    expect(
        frappe.page.get_by_role("radiogroup", name="Ménages éligibles au DALO").get_by_label("non", exact=True)
    ).to_be_checked()
    frappe.champ("nombre_menages").fill("41")
    frappe.attendre_l_enregistrement()
    assert (frappe.garde("nombre_menages"), frappe.garde("dalo")) == (41, False)


def test_deposee_par_un_collegue_pendant_la_frappe(ouvrir: Ouvrir) -> None:
    frappe = Frappe.ouvrir(ouvrir)
    deposer_par_ailleurs(frappe)
    champ = frappe.champ("caracteristiques_publics")
    champ.fill("Tapé trop tard")
    expect(frappe.etat).to_contain_text("vient d'être déposée")
    expect(champ).to_have_value("Tapé trop tard")
    with pytest.raises(TropLong), frappe.page.expect_request(SAISIES, timeout=2_000):
        champ.press_sequentially(" encore")
    assert "trop tard" not in str(frappe.garde("caracteristiques_publics"))


def deposer_par_ailleurs(frappe: Frappe) -> None:
    """Un collègue dépose, ailleurs."""
    deposant = un_bailleur(organisme_de(frappe.personne))
    franchir(relire(frappe.brouillon), PASSAGES["deposer"], par=deposant, maintenant=timezone.now())


# --- L'avis, par le même mécanisme -----------------------------------------------------------------------------------------------
def test_un_avis_s_enregistre_de_meme(ouvrir: Ouvrir) -> None:
    deposee, agent, page = une_candidature(), un_agent("77"), ouvrir()
    entrer(page, agent)
    page.goto(f"/avis/{deposee.pk}/departement/77/")
    frappe = Frappe(page, deposee, agent)
    libre = page.get_by_role("textbox", name="(champ libre)")
    libre.fill(TEXTE)
    page.locator("input[name=reproductibilite][value=fort]").press("Space")
    frappe.attendre_l_enregistrement()
    garde = deposee.avis_departementaux.get()
    assert (garde.champ_libre, garde.reproductibilite) == (TEXTE, "fort")
    assert not list(violations(page))
    finir_les_sessions()
    libre.press_sequentially(" Et la suite.")
    expect(frappe.dialogue).to_be_visible()
    onglet = page.context.new_page()
    onglet.goto("/connexion/")
    se_reconnecter(onglet, agent)
    frappe.attendre_l_enregistrement()
    assert deposee.avis_departementaux.get().champ_libre == f"{TEXTE} Et la suite."


def test_une_justification_s_enregistre_de_meme(ouvrir: Ouvrir) -> None:
    frappe = Frappe.ouvrir(ouvrir)
    enregistrer(frappe.brouillon, {"nombre_menages": 31}, par=frappe.personne)  # plus que ce que le plan finance : à justifier
    frappe.page.goto(f"/candidatures/{frappe.brouillon.pk}/verifier/")
    texte = frappe.page.locator("#justifications textarea").first
    texte.fill(TEXTE)
    frappe.attendre_l_enregistrement()
    assert [justification.texte for justification in frappe.brouillon.justifications.all()] == [TEXTE]
    texte.press_sequentially(" Et la suite.")
    frappe.attendre_l_enregistrement()
    assert [justification.texte for justification in frappe.brouillon.justifications.all()] == [f"{TEXTE} Et la suite."]
    assert not list(violations(frappe.page))
