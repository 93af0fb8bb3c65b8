"""La session finit ou change pendant la frappe : le texte reste, on se reconnecte, il s'enregistre (F-01, F-02)."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.fabriques import relire, un_bailleur, un_brouillon
from tests.navigateur.conftest import Ouvrir
from tests.navigateur.controles import violations
from tests.navigateur.depot import organisme_de, un_deposant
from tests.navigateur.frappe import (
    ENREGISTRE,
    TEXTE,
    Frappe,
    finir_les_sessions,
    se_reconnecter,
)
from tests.navigateur.gestes import entrer, envoyer, exiger_le_titre
from tests.navigateur.saisie import INTITULES, nomme

pytestmark = pytest.mark.navigateur


# --- Session finie (F-01), jeton changé (F-02) -----------------------------------------------------------------------------
def test_la_session_expire_pendant_la_frappe(ouvrir: Ouvrir) -> None:
    frappe = Frappe.ouvrir(ouvrir)
    champ = frappe.champ("caracteristiques_publics")
    champ.fill(TEXTE)
    frappe.attendre_l_enregistrement()
    finir_les_sessions()
    champ.press_sequentially(" Et ceci, tapé sans session.", delay=20)
    expect(frappe.dialogue).to_be_visible()
    expect(frappe.etat).to_have_text(re.compile("votre session a expiré$"))
    expect(champ).to_have_value(f"{TEXTE} Et ceci, tapé sans session.")
    assert frappe.garde("caracteristiques_publics") == TEXTE
    assert frappe.previent_avant_de_partir()
    assert not list(violations(frappe.page))

    with frappe.page.context.expect_page() as nouvel_onglet:
        frappe.dialogue.get_by_role("link", name="Se connecter").click()
    se_reconnecter(nouvel_onglet.value, frappe.personne)
    expect(frappe.dialogue).to_be_hidden()
    expect(frappe.etat).to_have_text(ENREGISTRE)
    expect(champ).to_be_focused()
    assert frappe.garde("caracteristiques_publics") == f"{TEXTE} Et ceci, tapé sans session."


def test_une_page_oubliee_apprend_que_la_session_est_finie(ouvrir: Ouvrir) -> None:
    """Sans rien taper ; le dialogue se ferme au clavier, et se rouvre."""
    frappe = Frappe.ouvrir(ouvrir)
    finir_les_sessions()
    expect(frappe.dialogue).to_be_visible()
    frappe.page.keyboard.press("Escape")
    expect(frappe.dialogue).to_be_hidden()
    frappe.page.get_by_role("button", name="Se reconnecter").press("Enter")
    expect(frappe.dialogue).to_be_visible()


def test_enregistrer_sans_session_garde_la_page(ouvrir: Ouvrir) -> None:
    """« Enregistrer et continuer » ne quitte pas la page tant que rien n'est écrit."""
    frappe = Frappe.ouvrir(ouvrir)
    finir_les_sessions()
    frappe.champ("caracteristiques_publics").fill(TEXTE)
    frappe.page.get_by_role("button", name="Enregistrer et continuer").click()
    expect(frappe.dialogue).to_be_visible()
    exiger_le_titre(frappe.page, "Publics cibles du projet")
    expect(frappe.champ("caracteristiques_publics")).to_have_value(TEXTE)


def test_qui_insiste_passe_et_son_texte_lui_est_rendu(ouvrir: Ouvrir) -> None:
    """La page ne retient personne : un second clic envoie, et le serveur rend le texte."""
    frappe = Frappe.ouvrir(ouvrir)
    finir_les_sessions()
    frappe.champ("caracteristiques_publics").fill(TEXTE)
    frappe.page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(frappe.dialogue).to_be_visible()
    frappe.dialogue.get_by_role("button", name="Plus tard").click()
    envoyer(frappe.page, "Enregistrer")
    exiger_le_titre(frappe.page, "Votre session a expiré")
    expect(frappe.page.get_by_label(INTITULES["caracteristiques_publics"])).to_have_value(TEXTE)


def test_se_reconnecter_dans_un_autre_onglet_ne_gene_pas(ouvrir: Ouvrir) -> None:
    """F-02 : le jeton de la page est périmé ; elle en prend un neuf, sans rien demander."""
    frappe = Frappe.ouvrir(ouvrir)
    autre = frappe.page.context.new_page()
    autre.goto("/")
    with autre.expect_navigation():
        autre.get_by_role("button", name="Se déconnecter").click()
    autre.goto("/connexion/")
    se_reconnecter(autre, frappe.personne)
    frappe.champ("caracteristiques_publics").fill(TEXTE)
    frappe.attendre_l_enregistrement()
    assert frappe.garde("caracteristiques_publics") == TEXTE
    envoyer(frappe.page, "Enregistrer")
    expect(frappe.page.get_by_text("Section « Publics cibles du projet » enregistrée.")).to_be_visible()


def test_reconnecte_sous_un_autre_compte(ouvrir: Ouvrir) -> None:
    frappe = Frappe.ouvrir(ouvrir)
    etranger = un_bailleur(un_brouillon().organisme)
    finir_les_sessions()
    champ = frappe.champ("caracteristiques_publics")
    champ.fill(TEXTE)
    expect(frappe.dialogue).to_be_visible()
    autre = frappe.page.context.new_page()
    autre.goto("/connexion/")
    se_reconnecter(autre, etranger)
    expect(frappe.etat).to_contain_text("le compte connecté n’a pas accès à cette page")
    expect(champ).to_have_value(TEXTE)
    assert frappe.previent_avant_de_partir()
    finir_les_sessions()
    autre.goto("/connexion/")
    se_reconnecter(autre, frappe.personne)
    frappe.page.get_by_role("button", name="Réessayer").click()
    frappe.attendre_l_enregistrement()
    assert frappe.garde("caracteristiques_publics") == TEXTE


def test_tout_est_enregistre_et_la_session_finit(ouvrir: Ouvrir) -> None:
    """« Enregistrer » rend alors la page du serveur ; reconnecté dans un autre onglet, « Réessayer » marche du premier coup."""
    frappe = Frappe.ouvrir(ouvrir)
    frappe.champ("caracteristiques_publics").fill(TEXTE)
    frappe.attendre_l_enregistrement()
    finir_les_sessions()
    reponse = envoyer(frappe.page, "Enregistrer")
    assert reponse.status == 401
    exiger_le_titre(frappe.page, "Votre session a expiré")
    expect(frappe.page.get_by_label(INTITULES["caracteristiques_publics"])).to_have_value(TEXTE)
    assert not list(violations(frappe.page))
    with frappe.page.context.expect_page() as onglet:
        frappe.page.get_by_role("main").get_by_role("link", name="Connectez-vous").click()
    se_reconnecter(onglet.value, frappe.personne)
    frappe.page.evaluate("dispatchEvent(new Event('focus'))")  # Chromium sans écran ne change pas d'onglet
    expect(frappe.page.get_by_role("status")).to_have_text("Vous êtes connecté : vous pouvez réessayer.")
    envoyer(frappe.page, "Réessayer")
    exiger_le_titre(frappe.page, "Publics cibles du projet")
    assert frappe.garde("caracteristiques_publics") == TEXTE


def test_sans_javascript_le_texte_revient_et_s_enregistre(ouvrir: Ouvrir) -> None:
    """La session finie, puis le jeton changé par la reconnexion : deux fois rendu, jamais perdu."""
    page, personne = ouvrir(java_script_enabled=False), un_deposant()
    brouillon = un_brouillon(organisme=organisme_de(personne), par=personne)
    entrer(page, personne)
    page.goto(f"/candidatures/{brouillon.pk}/section/publics/")
    page.get_by_role("textbox", name=nomme(INTITULES["caracteristiques_publics"])).fill(TEXTE)
    finir_les_sessions()
    envoyer(page, "Enregistrer")
    exiger_le_titre(page, "Votre session a expiré")
    onglet = page.context.new_page()
    onglet.goto("/connexion/")
    se_reconnecter(onglet, personne)
    envoyer(page, "Réessayer")
    exiger_le_titre(page, "Votre session a changé")
    envoyer(page, "Réessayer")
    exiger_le_titre(page, "Publics cibles du projet")
    assert relire(brouillon).caracteristiques_publics == TEXTE
