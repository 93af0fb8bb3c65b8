"""Les gestes d'une personne devant l'écran : elle lit des intitulés, clique ce qu'elle voit, tape au clavier."""

from __future__ import annotations

from playwright.sync_api import Page, Response, expect

from comptes.models import Utilisateur
from tests.fabriques import MOT_DE_PASSE


def envoyer(page: Page, bouton: str) -> Response:
    """Clique un bouton d'envoi, et attend la page qui vient."""
    with page.expect_navigation() as arrivee:
        page.get_by_role("button", name=bouton, exact=True).click()
    return arrivee.value


def suivre(page: Page, lien: str) -> Response:
    """Clique un lien de la partie principale, et attend la page qui vient."""
    with page.expect_navigation() as arrivee:
        page.get_by_role("main").get_by_role("link", name=lien, exact=True).click()
    return arrivee.value


def exiger_le_titre(page: Page, titre: str) -> None:
    """La page affichée est bien celle-là."""
    expect(page.get_by_role("heading", level=1)).to_have_text(titre)


def se_connecter(page: Page, personne: Utilisateur, mot_de_passe: str = MOT_DE_PASSE) -> None:
    """Depuis l'accueil, par le formulaire."""
    page.goto("/")
    page.get_by_role("banner").get_by_role("link", name="Se connecter").click()
    page.get_by_role("textbox", name="Adresse électronique").fill(personne.courriel)
    page.get_by_role("textbox", name="Mot de passe").fill(mot_de_passe)
    envoyer(page, "Se connecter")
    expect(page.get_by_role("button", name="Se déconnecter")).to_be_visible()


def commencer(page: Page) -> None:
    """« Mes candidatures », puis « Commencer une candidature »."""
    suivre(page, "Commencer une candidature")
    envoyer(page, "Commencer")
    exiger_le_titre(page, "Projet")
