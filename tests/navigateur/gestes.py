"""Les gestes d'une personne devant l'écran : elle lit des intitulés, clique ce qu'elle voit, tape au clavier."""

from __future__ import annotations

from urllib.parse import urljoin

from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, Response, expect

from comptes.models import Utilisateur
from tests.fabriques import MOT_DE_PASSE
from tests.navigateur.mains import Mains, Souris


def envoyer(page: Page, bouton: str, mains: Mains | None = None) -> Response:
    """Presse un bouton d'envoi, et attend la page qui vient."""
    with page.expect_navigation() as arrivee:
        (mains or Souris(page)).activer(page.get_by_role("button", name=bouton, exact=True))
    return arrivee.value


def suivre(page: Page, lien: str, mains: Mains | None = None) -> Response:
    """Suit un lien de la partie principale, et attend la page qui vient."""
    with page.expect_navigation() as arrivee:
        (mains or Souris(page)).activer(page.get_by_role("main").get_by_role("link", name=lien, exact=True).first)
    return arrivee.value


def exiger_le_titre(page: Page, titre: str) -> None:
    """La page affichée est bien celle-là."""
    expect(page.get_by_role("heading", level=1)).to_have_text(titre)


def se_connecter(page: Page, personne: Utilisateur, mains: Mains | None = None, mot_de_passe: str = MOT_DE_PASSE) -> None:
    """Depuis l'accueil, par le formulaire."""
    mains = mains or Souris(page)
    page.goto("/")
    mains.activer(page.get_by_role("banner").get_by_role("link", name="Se connecter"))
    exiger_le_titre(page, "Se connecter")
    mains.taper(page.get_by_role("textbox", name="Adresse électronique"), personne.courriel)
    mains.taper(page.get_by_role("textbox", name="Mot de passe"), mot_de_passe)
    envoyer(page, "Se connecter", mains)
    expect(page.get_by_role("button", name="Se déconnecter")).to_be_visible()


def entrer(page: Page, personne: Utilisateur) -> None:
    """Déjà connectée : quand se connecter n'est pas ce qu'on regarde. Mène à sa première page."""
    client = Client()
    client.force_login(personne, settings.AUTHENTICATION_BACKENDS[0])
    nom, origine = settings.SESSION_COOKIE_NAME, urljoin(page.request.get(reverse("sante")).url, "/")
    page.context.add_cookies([{"name": nom, "value": client.cookies[nom].value, "url": origine}])
    page.goto("/")


def commencer(page: Page, mains: Mains | None = None) -> None:
    """« Mes candidatures », puis « Commencer une candidature »."""
    suivre(page, "Commencer une candidature", mains)
    envoyer(page, "Commencer", mains)
    exiger_le_titre(page, "Projet")
