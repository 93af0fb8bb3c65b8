"""Un bailleur tape sa fiche, la dépose, et le PDF officiel dit ce qu'il a tapé."""

from __future__ import annotations

import re

import pytest
from django.db import models
from playwright.sync_api import Page, expect

from candidatures.fiche import Partenariat, Projet
from comptes.models import Utilisateur
from hlm_projets.models import Courriel
from tests.exemples import fiches_inventees
from tests.exemples.vraies import Fiche, fiches_vraies
from tests.fabriques import un_bailleur, un_organisme, une_campagne
from tests.navigateur.gestes import commencer, envoyer, exiger_le_titre, se_connecter, suivre
from tests.navigateur.papier import exiger_la_fiche
from tests.navigateur.saisie import INTITULES, Saisie

pytestmark = pytest.mark.navigateur
FICHES = fiches_inventees() | fiches_vraies()


@pytest.fixture
def bailleur(transactional_db: None) -> Utilisateur:
    """Une personne habilitée à déposer, pendant une campagne ouverte."""
    une_campagne(code="2026", titre="Appel à projets 2026")
    return un_bailleur(un_organisme(nom="Office public de l'essai"))


@pytest.mark.parametrize("nom", FICHES)
def test_une_fiche_tapee_deposee_imprimee(page: Page, bailleur: Utilisateur, nom: str) -> None:
    fiche = FICHES[nom]
    se_connecter(page, bailleur)
    commencer(page)
    Saisie(page).toute(fiche)
    exiger_le_titre(page, "Vérifier et déposer")
    expect(page.get_by_text("Rien : tout ce qui est exigé est répondu.")).to_be_visible()
    numero = deposer(page)
    assert numero == f"2026-{min(fiche['departements'])}-001"
    exiger_la_fiche(telecharger(page, "Le PDF du dossier"), fiche, numero)
    exiger_le_courriel_du_recu(bailleur, numero)


def deposer(page: Page) -> str:
    """Le bouton, puis le reçu dans la réponse même ; rend le numéro."""
    reponse = envoyer(page, "Déposer la candidature")
    assert reponse.status == 200
    assert reponse.request.method == "POST"
    exiger_le_titre(page, "Candidature déposée : reçu")
    numero = page.locator("dt", has_text="Numéro du dossier").locator("xpath=following-sibling::dd[1]").inner_text()
    expect(page.get_by_text(re.compile(r"^\w+\s\d+\s\w+\s\d{4}\sà\s\d+\sh\s\d\d\smin\s\d\d\ss"))).to_be_visible()
    return numero


def telecharger(page: Page, lien: str) -> bytes:
    """Le fichier au bout du lien, avec les témoins de connexion de la page."""
    adresse = page.get_by_role("link", name=lien, exact=True).get_attribute("href")
    reponse = page.request.get(adresse or "")
    assert reponse.headers["content-type"] == "application/pdf"
    return reponse.body()


def exiger_le_courriel_du_recu(bailleur: Utilisateur, numero: str) -> None:
    """Le reçu est dans la boîte d'envoi, pour la personne, avec le numéro."""
    courriel = Courriel.objects.get(nom="recu_depot", destinataire=bailleur.courriel)
    assert numero in courriel.objet
    assert numero in courriel.corps


def test_une_fiche_incomplete_dit_ce_qui_manque(page: Page, bailleur: Utilisateur) -> None:
    complete = FICHES["val-d-ourcelle"]
    oubliee = {nom: valeur for nom, valeur in complete.items() if nom not in ("partenaires", "departements")}
    se_connecter(page, bailleur)
    commencer(page)
    Saisie(page).toute(oubliee | {"departements": []})
    aller_verifier(page)
    manques = page.get_by_role("region", name="Ce qui manque").get_by_role("listitem")
    expect(manques).to_have_count(2)
    expect(page.get_by_role("button", name="Déposer la candidature")).to_be_disabled()
    completer(page, INTITULES["localisation"], complete, Projet)
    completer(page, INTITULES["partenaires"], complete, Partenariat)
    exiger_la_fiche(telecharger_apres_depot(page), complete, "2026-77-001")


def aller_verifier(page: Page) -> None:
    """Par la colonne de gauche."""
    suivre(page, "Vérifier et déposer")
    exiger_le_titre(page, "Vérifier et déposer")


def completer(page: Page, intitule: str, fiche: Fiche, section: type[models.Model]) -> None:
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
