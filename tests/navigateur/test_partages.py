"""Plusieurs mains, chacune à son écran : inviter, ouvrir son compte depuis le courriel, remplir, déposer ; retirer l'accès."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from candidatures.etats import Etat
from candidatures.models import Candidature, Partage
from comptes.models import Utilisateur
from tests.fabriques import relire, un_brouillon
from tests.navigateur.conftest import Ouvrir
from tests.navigateur.depot import deposer, organisme_de, un_deposant
from tests.navigateur.gestes import entrer, envoyer, exiger_le_titre, suivre
from tests.navigateur.saisie import nomme
from tests.navigateur.test_comptes import ecrire, lien_du_courriel

pytestmark = pytest.mark.navigateur
ALIX, MOT_DE_PASSE = "alix.renard@partenaire.fr", "girafe tabouret moulin orange"
NOM = "nom du projet repris par l'association"


def invite(page: Page) -> Locator:
    """La ligne d'Alix, dans « Qui a accès »."""
    return page.get_by_role("region", name="Invités").get_by_role("listitem").filter(has_text=ALIX)


def un_brouillon_de(bailleur: Utilisateur) -> Candidature:
    """Prêt à déposer."""
    return un_brouillon(organisme=organisme_de(bailleur), par=bailleur)


def inviter(page: Page, bailleur: Utilisateur, brouillon: Candidature, droit: str) -> str:
    """Depuis la fiche ; un premier envoi vide, puis le bon. Rend le lien du courriel."""
    entrer(page, bailleur)
    page.goto(f"/candidatures/{brouillon.pk}/")
    suivre(page, "Inviter, voir qui a accès")
    exiger_le_titre(page, "Qui a accès à cette candidature")
    envoyer(page, "Envoyer l’invitation")
    expect(page.get_by_role("alert").get_by_role("link", name="Adresse électronique")).to_be_visible()
    ecrire(page, Adresse_électronique=ALIX)
    page.get_by_label(droit, exact=True).press("Space")
    envoyer(page, "Envoyer l’invitation")
    expect(page.get_by_role("status").first).to_contain_text(f"L'invitation part à {ALIX}.")
    expect(invite(page)).to_contain_text("invitation en attente")
    return lien_du_courriel("invitation_partage", ALIX)


def ouvrir_son_compte(page: Page, lien: str) -> None:
    """Le lien, un nom oublié, puis tout."""
    page.goto(lien)
    exiger_le_titre(page, "Ouvrir votre compte et accepter l’invitation")
    mot_de_passe = {"Mot_de_passe": MOT_DE_PASSE, "Mot_de_passe,_une_seconde_fois": MOT_DE_PASSE}
    ecrire(page, Prénom="Alix", **mot_de_passe)
    envoyer(page, "Ouvrir mon compte et accepter")
    expect(page.get_by_role("alert").get_by_role("link", name="Nom", exact=True)).to_be_visible()
    ecrire(page, Nom="Renard", **mot_de_passe)
    envoyer(page, "Ouvrir mon compte et accepter")


def test_de_l_invitation_au_depot_par_l_invite_puis_l_acces_retire(ouvrir: Ouvrir, transactional_db: None) -> None:
    bailleur = un_deposant()
    brouillon = un_brouillon_de(bailleur)
    chez_lui, chez_elle = ouvrir(), ouvrir()
    lien = inviter(chez_lui, bailleur, brouillon, "Lire, remplir et déposer")
    ouvrir_son_compte(chez_elle, lien)
    exiger_le_titre(chez_elle, brouillon.titre)
    expect(chez_elle.get_by_role("link", name="Supprimer ce brouillon")).to_have_count(0)
    suivre(chez_elle, "Projet")
    chez_elle.get_by_role("textbox", name=nomme("Nom du projet")).fill(NOM)
    envoyer(chez_elle, "Enregistrer et continuer")
    assert relire(brouillon).nom == NOM
    chez_elle.goto(f"/candidatures/{brouillon.pk}/verifier/")
    deposer(chez_elle)
    assert relire(brouillon).etat == Etat.DEPOSEE
    retirer_l_acces(chez_lui, brouillon)
    reponse = chez_elle.goto(f"/candidatures/{brouillon.pk}/")
    assert getattr(reponse, "status", None) == 404
    chez_elle.goto("/")
    exiger_le_titre(chez_elle, "Mes candidatures")
    expect(chez_elle.get_by_text("Aucune candidature n’est partagée avec vous")).to_be_visible()


def retirer_l_acces(page: Page, candidature: Candidature) -> None:
    """Depuis la candidature déposée, avec la confirmation."""
    page.goto(f"/candidatures/{candidature.pk}/")
    suivre(page, "Qui a accès")
    ligne = invite(page)
    expect(ligne).to_contain_text("accès ouvert")
    with page.expect_navigation():
        ligne.get_by_role("link", name=f"Retirer l’accès de {ALIX}").click()
    exiger_le_titre(page, f"Retirer l’accès de {ALIX} ?")
    envoyer(page, "Retirer l’accès")
    expect(invite(page)).to_contain_text("accès retiré")


def test_avec_un_compte_on_se_connecte_puis_on_accepte(ouvrir: Ouvrir, transactional_db: None) -> None:
    """Le lien mène à la connexion, la connexion ramène au lien ; une autre personne connectée n'y gagne rien."""
    bailleur = un_deposant()
    brouillon = un_brouillon_de(bailleur)
    alix = Utilisateur.objects.creer(ALIX, prenom="Alix", nom="Renard", mot_de_passe=MOT_DE_PASSE)
    chez_lui, chez_elle = ouvrir(), ouvrir()
    lien = inviter(chez_lui, bailleur, brouillon, "Lire")
    chez_lui.goto(lien)
    exiger_le_titre(chez_lui, "Cette invitation est pour un autre compte")
    chez_elle.goto(lien)
    exiger_le_titre(chez_elle, "Connectez-vous pour accepter l’invitation")
    suivre(chez_elle, "Se connecter")
    ecrire(chez_elle, Adresse_électronique=ALIX, Mot_de_passe=MOT_DE_PASSE)
    envoyer(chez_elle, "Se connecter")
    exiger_le_titre(chez_elle, "Accepter l’invitation")
    expect(chez_elle.get_by_text(f"pour le compte {ALIX} (Alix Renard)")).to_be_visible()
    assert not Partage.objects.en_cours().exists()
    envoyer(chez_elle, "Accepter l’invitation")
    exiger_le_titre(chez_elle, brouillon.titre)
    expect(chez_elle.get_by_role("link", name="Vérifier et déposer")).to_have_count(0)
    assert Partage.objects.en_cours().get().personne == alix


def test_l_organisme_change_le_droit_et_renvoie_l_invitation(page: Page, transactional_db: None) -> None:
    bailleur = un_deposant()
    brouillon = un_brouillon_de(bailleur)
    inviter(page, bailleur, brouillon, "Lire")
    page.get_by_role("link", name=f"Changer, renvoyer : {ALIX}").click()
    exiger_le_titre(page, f"L’invitation de {ALIX}")
    page.get_by_label("Lire et remplir", exact=True).press("Space")
    envoyer(page, "Enregistrer")
    expect(invite(page)).to_contain_text("lire et remplir")
    page.get_by_role("link", name=f"Changer, renvoyer : {ALIX}").click()
    envoyer(page, "Renvoyer l’invitation")
    expect(page.get_by_role("status").first).to_contain_text("laissez-lui quelques minutes")


def test_les_ecrans_des_invites_tiennent_a_375_pixels(ouvrir: Ouvrir, transactional_db: None) -> None:
    """Rien ne déborde de la page : le tableau défile seul."""
    bailleur = un_deposant()
    brouillon = un_brouillon_de(bailleur)
    page = ouvrir(viewport={"width": 375, "height": 800})
    entrer(page, bailleur)
    page.goto(f"/candidatures/{brouillon.pk}/partages/")
    ecrire(page, Adresse_électronique=f"{'tres' * 12}.{ALIX}")
    envoyer(page, "Envoyer l’invitation")
    for _ in range(2):
        assert page.evaluate("document.documentElement.scrollWidth") <= 375
        page.get_by_role("link", name="Changer, renvoyer").first.click()
        exiger_le_titre(page, f"L’invitation de {'tres' * 12}.{ALIX}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 375
        page.go_back()
