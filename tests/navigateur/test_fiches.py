"""Un bailleur tape sa fiche, la dépose, et le PDF officiel dit ce qu'il a tapé."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from candidatures.fiche import SECTIONS
from tests.exemples import fiches_inventees
from tests.exemples.vraies import Fiche, fiches_vraies
from tests.navigateur.conftest import Ouvrir
from tests.navigateur.depot import deposer, exiger_le_courriel_du_recu, telecharger, un_deposant
from tests.navigateur.gestes import commencer, entrer, envoyer, exiger_le_titre, se_connecter, suivre
from tests.navigateur.mains import Clavier, Souris
from tests.navigateur.papier import exiger_la_fiche
from tests.navigateur.saisie import INTITULES, Saisie

pytestmark = pytest.mark.navigateur
FICHES = fiches_inventees() | fiches_vraies()
PROJET, PARTENARIAT = SECTIONS[0], SECTIONS[4]


@pytest.mark.parametrize("nom", FICHES)
def test_une_fiche_tapee_deposee_imprimee(page: Page, nom: str) -> None:
    bailleur, fiche = un_deposant(), FICHES[nom]
    entrer(page, bailleur)
    commencer(page)
    Saisie(page).toute(fiche)
    exiger_le_titre(page, "Vérifier et déposer")
    expect(page.get_by_text("Rien : tout ce qui est exigé est répondu.")).to_be_visible()
    numero = deposer(page)
    assert numero == f"2026-{min(fiche['departements'])}-001"
    exiger_la_fiche(telecharger(page, "Le PDF du dossier"), fiche, numero)
    exiger_le_courriel_du_recu(bailleur, numero)


def test_une_fiche_sans_javascript(ouvrir: Ouvrir) -> None:
    page, bailleur, fiche = ouvrir(java_script_enabled=False), un_deposant(), FICHES["trois-regions"]
    se_connecter(page, bailleur)
    commencer(page)
    Saisie(page).toute(fiche)
    exiger_la_fiche(telecharger_apres_depot(page), fiche, "2026-45-001")


def test_une_fiche_au_clavier_seul(page: Page) -> None:
    clavier, fiche = Clavier(page), FICHES["mare-nostrum"]
    se_connecter(page, un_deposant(), clavier)
    commencer(page, clavier)
    Saisie(page, clavier).toute(fiche)
    numero = deposer(page, clavier)
    exiger_la_fiche(telecharger(page, "Le PDF du dossier"), fiche, numero)


def test_une_fiche_incomplete_dit_ce_qui_manque(page: Page) -> None:
    complete = FICHES["val-d-ourcelle"]
    oubliee = {nom: valeur for nom, valeur in complete.items() if nom != "partenaires"} | {"departements": []}
    entrer(page, un_deposant())
    commencer(page)
    Saisie(page).toute(oubliee)
    aller_verifier(page)
    expect(page.get_by_role("region", name="Ce qui manque").get_by_role("listitem")).to_have_count(2)
    expect(page.get_by_role("button", name="Déposer la candidature")).to_be_disabled()
    completer(page, INTITULES["localisation"], complete, PROJET)
    completer(page, INTITULES["partenaires"], complete, PARTENARIAT)
    exiger_la_fiche(telecharger_apres_depot(page), complete, "2026-08-001")


def aller_verifier(page: Page) -> None:
    """Par la colonne de gauche."""
    suivre(page, "Vérifier et déposer")
    exiger_le_titre(page, "Vérifier et déposer")


def completer(page: Page, intitule: str, fiche: Fiche, section: Any) -> None:
    """Suit le lien de ce qui manque jusqu'à son champ, répond, revient vérifier."""
    lien = page.get_by_role("region", name="Ce qui manque").get_by_role("link", name=intitule)
    ancre = (lien.get_attribute("href") or "").partition("#")[2]
    lien.click()
    expect(page.locator(f"[id='{ancre}']")).to_be_in_viewport()
    Saisie(page).remplir(section, fiche)
    envoyer(page, "Enregistrer")
    aller_verifier(page)


def telecharger_apres_depot(page: Page) -> bytes:
    """Dépose, et prend le PDF."""
    deposer(page)
    return telecharger(page, "Le PDF du dossier")


def test_dans_un_tableau_entree_descend_d_une_ligne(page: Page) -> None:
    entrer(page, un_deposant())
    commencer(page)
    souris = Souris(page)
    souris.activer(page.get_by_role("navigation", name="Sections de la fiche").get_by_role("link", name="Montage financier"))
    exiger_le_titre(page, "Montage financier")
    depenses = page.get_by_role("table", name="Dépenses, par volet")
    depenses.get_by_label("Volet, ligne 1", exact=True).press("Enter")
    expect(depenses.get_by_label("Volet, ligne 2", exact=True)).to_be_focused()
