"""Du bouton « Déposer » au reçu, au PDF et au courriel."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from comptes.models import Organisme, Utilisateur
from hlm_projets.models import Courriel
from tests.fabriques import un_bailleur, un_organisme, une_campagne
from tests.navigateur.gestes import exiger_le_titre
from tests.navigateur.mains import Mains, Souris

JUSTIFICATION = "Le porteur s’en explique : la pièce suivra, le montant est en cours de négociation."
A_LA_SECONDE = re.compile(r"^\w+\s\d+\s\w+\s\d{4}\sà\s\d+\sh\s\d\d\smin\s\d\d\ss")


def un_deposant() -> Utilisateur:
    """Une personne habilitée à déposer, pendant une campagne ouverte."""
    une_campagne(code="2026", titre="Appel à projets 2026")
    return un_bailleur(un_organisme(nom="Office public de l'essai"))


def organisme_de(personne: Utilisateur) -> Organisme:
    """Celui de cette personne."""
    return Organisme.objects.get(habilitations__utilisateur=personne)


def justifier(page: Page, mains: Mains) -> None:
    """Répond à chaque constat qui le demande, et enregistre ; rien à faire s'il n'y en a pas."""
    champs = page.locator("#justifications textarea")
    for rang in range(nombre := champs.count()):
        mains.taper(champs.nth(rang), JUSTIFICATION)
    if nombre:
        with page.expect_navigation():
            mains.activer(page.get_by_role("button", name="Enregistrer les justifications", exact=True))
        exiger_le_titre(page, "Vérifier et déposer")


def deposer(page: Page, mains: Mains | None = None) -> str:
    """Les justifications demandées, le bouton, puis le reçu dans la réponse même ; rend le numéro."""
    exiger_le_titre(page, "Vérifier et déposer")
    justifier(page, mains := mains or Souris(page))
    with page.expect_navigation() as arrivee:
        mains.activer(page.get_by_role("button", name="Déposer la candidature", exact=True))
    assert arrivee.value.status == 200
    assert arrivee.value.request.method == "POST"
    exiger_le_titre(page, "Candidature déposée : reçu")
    expect(page.get_by_text(A_LA_SECONDE)).to_be_visible()
    return page.locator("dt", has_text="Numéro du dossier").locator("xpath=following-sibling::dd[1]").inner_text()


def telecharger(page: Page, lien: str) -> bytes:
    """Le fichier au bout du lien, avec les témoins de connexion de la page."""
    adresse = page.get_by_role("link", name=lien, exact=True).get_attribute("href")
    reponse = page.request.get(adresse or "")
    assert reponse.headers["content-type"] == "application/pdf"
    return reponse.body()


def exiger_le_courriel_du_recu(bailleur: Utilisateur, numero: str) -> None:
    """Le reçu est dans la boîte d'envoi, une fois, pour la personne, avec le numéro."""
    courriel = Courriel.objects.get(nom="recu_depot", destinataire=bailleur.courriel)
    assert numero in courriel.objet
    assert numero in courriel.corps
