"""La page de saisie : rien n'y bouge, tout s'y fait au clavier, rien n'est gardé dans le navigateur (V-54)."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.navigateur.conftest import Ouvrir
from tests.navigateur.controles import violations
from tests.navigateur.frappe import (
    NON_ENREGISTRE,
    SAISIES,
    TEXTE,
    Frappe,
    en_panne,
    finir_les_sessions,
    positions,
)
from tests.navigateur.gestes import envoyer, exiger_le_titre
from tests.navigateur.mains import Clavier

pytestmark = pytest.mark.navigateur


# --- La page ------------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("largeur", [1280, 375])
def test_rien_ne_bouge_pendant_qu_on_tape(ouvrir: Ouvrir, largeur: int) -> None:
    """Ni l'état, ni une erreur, ni une panne, ni une correction ne déplacent un champ."""
    frappe = Frappe.ouvrir(ouvrir, viewport={"width": largeur, "height": 800})
    menages, publics = frappe.champ("nombre_menages"), frappe.champ("caracteristiques_publics")
    avant = positions(frappe.page)
    menages.fill("une trentaine environ, selon les arrivées")
    publics.press_sequentially("abc")
    expect(menages).to_have_attribute("aria-invalid", "true")
    assert positions(frappe.page) == avant
    en_panne(frappe.page, 1)
    publics.press_sequentially("def")
    expect(frappe.etat).to_have_text(NON_ENREGISTRE)
    assert positions(frappe.page) == avant
    menages.fill("30")
    frappe.attendre_l_enregistrement()
    assert positions(frappe.page) == avant
    assert frappe.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_une_erreur_rendue_par_le_serveur_se_leve_sans_rien_deplacer(ouvrir: Ouvrir) -> None:
    frappe = Frappe.ouvrir(ouvrir)
    menages = frappe.champ("nombre_menages")
    menages.fill("une trentaine")
    envoyer(frappe.page, "Enregistrer")
    expect(menages).to_have_attribute("aria-invalid", "true")
    avant = positions(frappe.page)
    menages.fill("30")
    frappe.attendre_l_enregistrement()
    expect(menages).not_to_have_attribute("aria-invalid", "true")
    assert positions(frappe.page) == avant


def test_au_clavier_seul(ouvrir: Ouvrir) -> None:
    """Taper, lire l'état, réessayer : sans souris, et la barre ne cache jamais le foyer."""
    frappe = Frappe.ouvrir(ouvrir)
    clavier = Clavier(frappe.page)
    en_panne(frappe.page, 9)
    clavier.taper(frappe.champ("caracteristiques_publics"), TEXTE)
    expect(frappe.etat).to_have_text(NON_ENREGISTRE)
    frappe.page.unroute(SAISIES)
    clavier.activer(frappe.page.get_by_role("button", name="Réessayer"))
    frappe.attendre_l_enregistrement()
    for bouton in ("Enregistrer", "Enregistrer et continuer"):
        clavier.aller(frappe.page.get_by_role("button", name=bouton, exact=True))
    clavier.aller(frappe.champ("nombre_menages"))
    assert frappe.garde("caracteristiques_publics") == TEXTE


def test_rien_n_est_garde_dans_le_navigateur(ouvrir: Ouvrir) -> None:
    """V-54."""
    frappe = Frappe.ouvrir(ouvrir)
    frappe.couper_le_reseau()
    frappe.champ("caracteristiques_publics").fill(TEXTE)
    expect(frappe.etat).to_have_text(NON_ENREGISTRE)
    assert frappe.page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
    assert frappe.page.evaluate("indexedDB.databases()") == []


def test_suivre_un_lien_emporte_ce_qui_vient_d_etre_tape(ouvrir: Ouvrir) -> None:
    frappe = Frappe.ouvrir(ouvrir)
    frappe.champ("caracteristiques_publics").fill(TEXTE)
    frappe.page.get_by_role("navigation", name="Sections de la fiche").get_by_role("link", name="Accompagnement").click()
    exiger_le_titre(frappe.page, "Accompagnement")
    assert frappe.garde("caracteristiques_publics") == TEXTE


def test_les_etats_de_la_page_sont_accessibles_a_375_pixels(ouvrir: Ouvrir) -> None:
    frappe = Frappe.ouvrir(ouvrir, viewport={"width": 375, "height": 700})
    frappe.champ("nombre_menages").fill("31")
    frappe.attendre_l_enregistrement()
    assert not list(violations(frappe.page))
    finir_les_sessions()
    frappe.champ("nombre_menages").fill("32")
    expect(frappe.dialogue).to_be_visible()
    assert not list(violations(frappe.page))
    assert frappe.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
