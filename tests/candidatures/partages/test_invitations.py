"""Du côté de la personne invitée : le lien, le compte, l'acceptation ; usé une fois, et par elle seule."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from candidatures.models import Candidature, Evenement, Partage
from candidatures.partages import actions as partages
from comptes.models import Acte, Role, Utilisateur
from comptes.portees import portee_de
from tests.candidatures.partages.invitations import ADRESSE, COMPTE, inviter, jeton_recu, lien_recu
from tests.comptes.saisie import phrases
from tests.fabriques import Monde, habiliter, relire, un_agent, un_bailleur, un_brouillon, un_organisme, une_personne

pytestmark = pytest.mark.django_db


@pytest.fixture
def brouillon() -> Candidature:
    """Un brouillon où Alix Renard, sans compte, est invitée à écrire."""
    candidature = un_brouillon()
    inviter(candidature)
    return candidature


def un_compte(courriel: str = ADRESSE) -> Utilisateur:
    """Le compte de l'adresse invitée."""
    return Utilisateur.objects.creer(courriel, prenom="Alix", nom="Renard", mot_de_passe=COMPTE["password1"])


def connecte(personne: Utilisateur) -> Client:
    """Un navigateur à elle."""
    client = Client()
    client.force_login(personne)
    return client


# --- Sans compte ---------------------------------------------------------------------------------------------------------
def test_ouvrir_son_compte_accepte_et_mene_a_la_candidature(brouillon: Candidature) -> None:
    lien, navigateur = lien_recu(), Client()
    for _ in range(3):
        page = navigateur.get(lien)
        assert "Ouvrir votre compte" in phrases(page), "regarder n'use rien : les messageries ouvrent les liens"
    assert "no-store" in page["Cache-Control"]
    reponse = navigateur.post(lien, COMPTE)
    fiche = reverse("candidatures:fiche", args=[brouillon.pk])
    assert (reponse.status_code, reponse["Location"]) == (302, fiche)
    personne = Utilisateur.objects.get(courriel=ADRESSE)
    assert navigateur.session[SESSION_KEY] == str(personne.pk)
    assert (str(personne), personne.check_password(COMPTE["password1"])) == ("Alix Renard", True)
    assert [h.role for h in personne.habilitations.all()] == [Role.INVITE]
    partage = Partage.objects.get()
    assert (partage.personne, bool(partage.accepte_le)) == (personne, True)
    assert brouillon.titre in phrases(navigateur.get(fiche))
    assert Acte.objects.get(acte="ouvrir_compte_invite").par == personne
    assert Evenement.objects.get(acte="accepter_invitation").par == personne


def test_avant_d_avoir_un_compte_le_lien_ne_dit_rien_de_la_candidature(brouillon: Candidature) -> None:
    """Le lien transmis par erreur ne livre ni le projet, ni l'organisme, ni qui invite."""
    page = phrases(Client().get(lien_recu()))
    for tu in (brouillon.nom, brouillon.organisme.nom, str(Partage.objects.get().invite_par)):
        assert tu not in page
    assert ADRESSE in page


@pytest.mark.parametrize(
    ("autres", "phrase"),
    [
        ({"prenom": ""}, "Écrivez votre prénom."),
        ({"nom": ""}, "Écrivez votre nom."),
        ({"password1": "treize caract", "password2": "treize caract"}, "14 caractères"),
        ({"password1": ADRESSE, "password2": ADRESSE}, "trop semblable"),
        ({"nom": "Montagnarderie", "password1": "montagnarderie"}, "trop semblable"),
        ({"password2": "autre chose encore"}, "ne sont pas les mêmes"),
    ],
)
def test_un_compte_mal_rempli_laisse_le_lien_entier(autres: dict[str, str], phrase: str, brouillon: Candidature) -> None:
    lien = lien_recu()
    reponse = Client().post(lien, COMPTE | autres)
    assert reponse.status_code == 200
    assert phrase in phrases(reponse).replace("&#x27;", "'")
    assert not Utilisateur.objects.filter(courriel=ADRESSE).exists()
    assert Client().post(lien, COMPTE).status_code == 302


def test_le_lien_sert_une_fois(brouillon: Candidature) -> None:
    lien, navigateur = lien_recu(), Client()
    navigateur.post(lien, COMPTE)
    assert Client().get(lien).status_code == Client().post(lien, COMPTE).status_code == 410
    retour = navigateur.post(lien, COMPTE)
    assert retour["Location"] == reverse("candidatures:fiche", args=[brouillon.pk]), "le second clic mène au même endroit"
    assert connecte(une_personne()).get(lien).status_code == 410
    assert Evenement.objects.filter(acte="accepter_invitation").count() == 1


@pytest.mark.parametrize("jeton", ["inconnu", "é\u202e", "a" * 300])
def test_un_lien_faux_ne_dit_rien(jeton: str) -> None:
    reponse = Client().get(reverse("candidatures:invitation", args=[jeton]))
    assert reponse.status_code == 410
    assert "Ce lien ne fonctionne plus" in phrases(reponse)


@pytest.mark.parametrize(("decalage", "code"), [(timedelta(seconds=-1), 200), (timedelta(0), 410), (timedelta(seconds=1), 410)])
def test_le_lien_vaut_quatorze_jours_a_la_seconde(decalage: timedelta, code: int) -> None:
    creation = datetime(2026, 10, 20, 12, tzinfo=UTC)  # l'heure d'hiver passe entre-temps
    inviter(un_brouillon(), le=creation)
    lien = lien_recu()
    with time_machine.travel(creation.timestamp() + 14 * 24 * 3600 + decalage.total_seconds(), tick=False):
        assert Client().get(lien).status_code == code
        assert Client().post(lien, COMPTE).status_code == (302 if code == 200 else 410)


# --- Avec un compte ------------------------------------------------------------------------------------------------------
def test_connecte_un_bouton_suffit_et_l_on_sait_avec_quel_compte(brouillon: Candidature) -> None:
    personne, lien = un_compte(), lien_recu()
    client = connecte(personne)
    page = phrases(client.get(lien))
    for dit in (brouillon.titre, brouillon.organisme.nom, ADRESSE, "Alix Renard", "lire et remplir"):
        assert dit in page
    assert not personne.habilitations.exists(), "regarder n'accepte rien"
    assert client.post(lien)["Location"] == reverse("candidatures:fiche", args=[brouillon.pk])
    assert client.post(lien)["Location"] == reverse("candidatures:fiche", args=[brouillon.pk])
    assert personne.habilitations.get().role == Role.INVITE
    assert Evenement.objects.filter(acte="accepter_invitation").count() == 1


def test_un_compte_existe_on_s_y_connecte_puis_l_on_revient(brouillon: Candidature) -> None:
    un_compte()
    lien, client = lien_recu(), Client()
    for reponse in (client.get(lien), client.post(lien, COMPTE)):
        assert "a déjà un compte" in phrases(reponse)
        assert f"{reverse('account_login')}?next={lien}" in phrases(reponse)
    assert not Partage.objects.en_cours().exists()
    entree = client.post(f"{reverse('account_login')}?next={lien}", {"login": ADRESSE, "password": COMPTE["password1"]})
    assert entree["Location"] == lien
    assert client.post(lien).status_code == 302
    assert Partage.objects.en_cours().exists()


def test_un_compte_qui_attend_son_mot_de_passe_ne_s_ouvre_pas_par_ce_lien(brouillon: Candidature) -> None:
    """Ce lien-ci vaut quatorze jours, celui d'un compte sept : le plus long ne remplace pas l'autre."""
    Utilisateur.objects.creer(ADRESSE, mot_de_passe=None)
    reponse = Client().post(lien_recu(), COMPTE)
    assert "son mot de passe n’est pas choisi" in phrases(reponse)
    assert not Utilisateur.objects.get(courriel=ADRESSE).has_usable_password()


def test_un_compte_ferme_ne_se_rouvre_pas_par_une_invitation(brouillon: Candidature) -> None:
    Utilisateur.objects.filter(pk=un_compte().pk).update(is_active=False)
    assert Client().get(lien_recu()).status_code == Client().post(lien_recu(), COMPTE).status_code == 410


def test_un_lien_transmis_n_ouvre_rien_a_un_autre_compte(brouillon: Candidature) -> None:
    """Ni droit, ni nom de projet ; et l'invitation reste à prendre pour la bonne personne."""
    autre = une_personne()
    client, lien = connecte(autre), lien_recu()
    page, refus = client.get(lien), client.post(lien)
    assert (page.status_code, refus.status_code) == (200, 409)
    for reponse in (page, refus):
        assert "Cette invitation est pour un autre compte" in phrases(reponse)
        assert autre.courriel in phrases(reponse)
        assert brouillon.titre not in phrases(reponse)
    assert not autre.habilitations.exists()
    assert not Partage.objects.en_cours().exists()
    assert connecte(un_compte()).post(lien).status_code == 302


def test_qui_a_deja_d_autres_fonctions_les_garde(brouillon: Candidature) -> None:
    """Un agent invité, un bailleur d'ailleurs invité : le rôle s'ajoute, une seule fois pour deux invitations."""
    second = un_brouillon()
    for personne in (un_agent("13"), un_bailleur(un_organisme())):
        avant = set(personne.habilitations.values_list("role", flat=True))
        for candidature in (brouillon, second):
            inviter(candidature, personne.courriel)
            connecte(personne).post(lien_recu(personne.courriel))
        apres = list(personne.habilitations.values_list("role", flat=True))
        assert sorted(apres) == sorted([*avant, Role.INVITE])
        assert Candidature.objects.partagees_avec(Utilisateur.objects.get(pk=personne.pk)).count() == 2


def test_un_role_d_invite_fini_est_redonne(brouillon: Candidature) -> None:
    """L'administrateur l'avait terminé ; un organisme invite de nouveau."""
    personne = habiliter(un_compte(), Role.INVITE, fin=timezone.localdate() - timedelta(days=1))
    assert not portee_de(personne).est_invite
    partages.accepter(jeton_recu(), personne, le=timezone.now())
    assert portee_de(personne).est_invite, "la portée est relue aussitôt"
    assert personne.habilitations.count() == 2


def test_une_invitation_s_accepte_encore_apres_le_depot(monde: Monde) -> None:
    """Elle ouvre alors la lecture, quoi qu'elle ait promis."""
    brouillon = un_brouillon(monde.campagne, monde.organisme_a, par=monde.personne("deposant"))
    inviter(brouillon, droit=Partage.Droit.DEPOSER)
    lien, client = lien_recu(), Client()
    deposant = connecte(monde.personne("deposant"))
    deposant.post(reverse("candidatures:franchir", args=[brouillon.pk, "deposer"]))
    client.post(lien, COMPTE)
    assert not relire(brouillon).est_brouillon
    assert client.get(reverse("candidatures:fiche", args=[brouillon.pk])).status_code == 200
    assert client.get(reverse("candidatures:section", args=[brouillon.pk, "publics"])).status_code == 302


def test_la_creation_devancee_mene_a_la_connexion(brouillon: Candidature, monkeypatch: pytest.MonkeyPatch) -> None:
    """Le compte naît d'une autre invitation entre la page et l'envoi."""
    lien = lien_recu()

    def devancer(mot_de_passe: str) -> str:
        un_compte()
        return make_password(mot_de_passe)

    monkeypatch.setattr(partages, "make_password", devancer)
    reponse = Client().post(lien, COMPTE)
    assert (reponse.status_code, reponse["Location"]) == (302, lien)
    assert not Partage.objects.en_cours().exists()


def test_les_autres_pages_restent_fermees(brouillon: Candidature) -> None:
    navigateur = Client()
    navigateur.post(lien_recu(), COMPTE)
    accueil: Callable[[str], int] = lambda route: navigateur.get(reverse(route)).status_code  # noqa: E731 – une ligne suffit
    assert accueil("candidatures:mes") == 200
    for route in ("candidatures:creer", "avis:a_traiter", "pilotage:matrice", "comptes:personnes", "candidatures:campagnes"):
        assert accueil(route) == 404
    assert navigateur.get(reverse("accueil"))["Location"] == reverse("candidatures:mes")
