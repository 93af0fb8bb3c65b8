"""Entrer : invitation, mot de passe oublié, démonstration ; et ce que l'administrateur met en place pour que d'autres entrent."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from django.conf import LazySettings
from playwright.sync_api import Page, expect

from comptes.connexion.domaine import DOMAINE
from comptes.models import Role, Utilisateur
from hlm_projets.models import Courriel
from tests.fabriques import habiliter, un_brouillon, un_national, un_organisme, une_campagne, une_candidature
from tests.navigateur.conftest import Ouvrir
from tests.navigateur.depot import un_deposant
from tests.navigateur.gestes import commencer, entrer, envoyer, exiger_le_titre, se_connecter, suivre
from tests.navigateur.saisie import nomme

pytestmark = pytest.mark.navigateur
NOUVEAU = "encore quatre mots bien choisis"


def lien_du_courriel(nom: str, destinataire: str) -> str:
    """Le chemin que porte le dernier courriel de ce nom, pris dans la boîte d'envoi."""
    corps = Courriel.objects.filter(nom=nom, destinataire=destinataire).latest("pk").corps
    adresse: str = re.findall(r"^https?://\S+$", corps, re.MULTILINE)[0]
    return urlsplit(adresse).path


def ecrire(page: Page, **champs: str) -> None:
    """Tape dans les champs, nommés par leur étiquette (« _ » pour une espace)."""
    for nom, texte in champs.items():
        page.get_by_role("textbox", name=nomme(nom.replace("_", " "))).fill(texte)


# --- Inviter, être invité ----------------------------------------------------------------------------------------------------
def test_de_l_invitation_a_la_premiere_candidature(ouvrir: Ouvrir) -> None:
    une_campagne()
    un_organisme(nom="Val d'Ourcelle Habitat")
    administrateur, invitee = ouvrir(), ouvrir()
    se_connecter(administrateur, un_national())
    inviter(administrateur, "dominique@exemple.fr", "Val d'Ourcelle Habitat")
    lien = lien_du_courriel("invitation", "dominique@exemple.fr")
    ouvrir_son_compte(invitee, lien)
    exiger_le_titre(invitee, "Mes candidatures")
    commencer(invitee)
    curieuse = ouvrir()
    assert getattr(curieuse.goto(lien), "status", None) == 410
    exiger_le_titre(curieuse, "Ce lien ne fonctionne plus")


def inviter(page: Page, courriel: str, organisme: str) -> None:
    """Personnes, « Inviter une personne » : un premier envoi incomplet, puis le bon."""
    page.get_by_role("navigation", name="Menu principal").get_by_role("link", name="Personnes").click()
    suivre(page, "Inviter une personne")
    ecrire(page, Prénom="Dominique", Nom="Marchal", Adresse_électronique=courriel)
    envoyer(page, "Inviter")
    expect(page.get_by_role("alert").get_by_role("link", name="Rôle")).to_be_visible()
    page.get_by_label("Rôle").select_option(label=str(Role.DEPOSANT.label))
    page.get_by_label("Organisme", exact=True).select_option(label=organisme)
    envoyer(page, "Inviter")
    expect(page.get_by_role("status").first).to_contain_text(f"L'invitation part à {courriel}.")


def ouvrir_son_compte(page: Page, lien: str) -> None:
    """Le lien, un mot de passe trop court, puis un bon."""
    page.goto(lien)
    exiger_le_titre(page, "Choisir votre mot de passe")
    for mot_de_passe in ("court", NOUVEAU):
        ecrire(page, Mot_de_passe=mot_de_passe, **{"Mot_de_passe,_une_seconde_fois": mot_de_passe})
        envoyer(page, "Ouvrir mon compte")
        if mot_de_passe == "court":
            expect(page.get_by_role("alert")).to_contain_text("trop court")


# --- Mot de passe --------------------------------------------------------------------------------------------------------------
def test_un_mot_de_passe_oublie_se_remplace(ouvrir: Ouvrir) -> None:
    personne, page = un_deposant(), ouvrir()
    page.goto("/connexion/")
    suivre(page, "Mot de passe oublié")
    ecrire(page, Adresse_électronique=personne.courriel)
    envoyer(page, "Envoyer le lien")
    exiger_le_titre(page, "Regardez votre messagerie")
    lien = lien_du_courriel("mot_de_passe", personne.courriel)
    page.goto(lien)
    exiger_le_titre(page, "Choisir un nouveau mot de passe")
    ecrire(page, Nouveau_mot_de_passe=NOUVEAU, **{"Nouveau_mot_de_passe,_une_seconde_fois": NOUVEAU})
    envoyer(page, "Enregistrer le mot de passe")
    exiger_le_titre(page, "Votre mot de passe est enregistré")
    se_connecter(page, personne, mot_de_passe=NOUVEAU)
    curieuse = ouvrir()
    curieuse.goto(lien)
    exiger_le_titre(curieuse, "Ce lien ne fonctionne plus")


def test_un_mot_de_passe_se_montre_et_se_cache(page: Page, transactional_db: None) -> None:
    page.goto("/connexion/")
    champ = page.get_by_role("textbox", name=nomme("Mot de passe"))
    champ.fill("secret")
    page.get_by_role("button", name="Afficher : Mot de passe").click()
    expect(champ).to_have_attribute("type", "text")
    page.get_by_role("button", name="Masquer : Mot de passe").click()
    expect(champ).to_have_attribute("type", "password")


def test_un_mauvais_mot_de_passe_le_dit_et_garde_l_adresse(page: Page) -> None:
    personne = un_deposant()
    page.goto("/connexion/")
    ecrire(page, Adresse_électronique=personne.courriel, Mot_de_passe="ce n'est pas le bon")
    envoyer(page, "Se connecter")
    expect(page).to_have_title(re.compile("^Erreur : "))
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("textbox", name="Adresse électronique")).to_have_value(personne.courriel)


# --- Démonstration ---------------------------------------------------------------------------------------------------------------
def test_un_clic_suffit_a_la_demonstration(page: Page, settings: LazySettings, transactional_db: None) -> None:
    settings.DEMONSTRATION, settings.SITE = True, settings.SITE | {"demonstration": True}
    un_compte = Utilisateur.objects.creer(f"solange@{DOMAINE}", prenom="Solange", nom="Dubreuil", mot_de_passe=None)
    habiliter(un_compte, Role.LECTEUR)
    page.goto("/connexion/")
    with page.expect_navigation():
        page.get_by_role("button", name=re.compile("Solange Dubreuil")).click()
    exiger_le_titre(page, "Candidatures")
    expect(page.get_by_text("Démonstration : toutes les données sont inventées.")).to_be_visible()


# --- Administrer -----------------------------------------------------------------------------------------------------------------
def test_l_administrateur_ouvre_une_campagne(page: Page, transactional_db: None) -> None:
    entrer(page, un_national())
    page.get_by_role("navigation", name="Menu principal").get_by_role("link", name="Campagnes").click()
    page.get_by_role("main").get_by_role("link", name=re.compile("Créer une campagne")).first.click()
    exiger_le_titre(page, "Créer une campagne")
    ecrire(page, Code="2027", Titre="Session 2027")
    envoyer(page, "Enregistrer")
    expect(page.get_by_role("alert").get_by_role("link", name="Clôture")).to_be_visible()


def test_la_liste_se_cherche_et_s_archive(page: Page, transactional_db: None) -> None:
    cherchee, autre = une_candidature(nom="Toits d'Artois"), une_candidature(nom="Rivages", departements=("13",))
    un_brouillon(nom="À peine commencé")
    entrer(page, un_national())
    exiger_le_titre(page, "Candidatures")
    tableau = page.get_by_role("table", name="Candidatures").locator("tbody tr")
    expect(tableau).to_have_count(3)
    page.get_by_label("Numéro, projet ou organisme").fill("ARTOIS")
    envoyer(page, "Chercher")
    expect(tableau).to_have_count(1)
    expect(tableau).to_contain_text(cherchee.reference)
    expect(page.get_by_text(autre.titre)).to_have_count(0)
    envoyer(page, "Télécharger tous les PDF de cette liste (ZIP)")
    exiger_le_titre(page, "Archive de PDF")
