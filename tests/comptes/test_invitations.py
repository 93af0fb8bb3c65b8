"""Inviter, puis choisir son mot de passe par un lien qui ne sert qu'une fois."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import pytest
import time_machine
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.hashers import check_password
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from comptes import invitations
from comptes.ecriture import EcritureRefusee
from comptes.invitations import LienRefuse, Suite
from comptes.models import Acte, Habilitation, Invitation, Organisme, Role, Utilisateur
from hlm_projets.models import Courriel
from tests.comptes.saisie import phrases
from tests.courses import VERROUS, ensemble
from tests.fabriques import MOT_DE_PASSE, habiliter, un_bailleur, un_national, un_organisme, une_personne

INVITER = "/comptes/personnes/inviter/"
CHOISI = {"password1": "girafe tabouret moulin orange", "password2": "girafe tabouret moulin orange"}


@pytest.fixture
def client(client_de: Callable[[str], Client]) -> Client:
    """Un navigateur d'administrateur."""
    return client_de("administrateur")


def saisie(organisme: Organisme, **autres: str) -> dict[str, str]:
    """Une invitation bien remplie."""
    return {
        "prenom": "Zoé",
        "nom": "Lambert",
        "courriel": "zoe.lambert@exemple.fr",
        "role": "deposant",
        "organisme": str(organisme.pk),
    } | autres


def lien_recu(courriel: str = "zoe.lambert@exemple.fr") -> str:
    """L'adresse du dernier courriel d'invitation."""
    corps = Courriel.objects.filter(nom="invitation", destinataire=courriel).latest("pk").corps
    trouve = re.search(r"/comptes/invitation/\S+", corps)
    assert trouve, corps
    return trouve[0]


def jeton_de(adresse: str) -> str:
    """Le jeton d'une adresse d'invitation."""
    return adresse.strip("/").rpartition("/")[2]


def invitee(le: datetime | None = None) -> tuple[Utilisateur, str]:
    """Une personne invitée, et son jeton."""
    personne = Utilisateur(prenom="Zoé", nom="Lambert", courriel="zoe.lambert@exemple.fr")
    habilitation = Habilitation(role=Role.LECTEUR)
    resultat = invitations.inviter(personne, habilitation, par=un_national(), le=le or timezone.now())
    return resultat.personne, jeton_de(lien_recu())


# --- Inviter -------------------------------------------------------------------------------------------------------------
def test_inviter_ouvre_un_compte_sans_mot_de_passe(client: Client) -> None:
    organisme = un_organisme()
    reponse = client.post(INVITER, saisie(organisme, courriel=" Zoe.Lambert@Exemple.FR ", fin="2030-12-31"), follow=True)
    assert "L'invitation part à zoe.lambert@exemple.fr." in phrases(reponse)
    personne = Utilisateur.objects.get(courriel="zoe.lambert@exemple.fr")
    assert (str(personne), personne.is_active, personne.has_usable_password()) == ("Zoé Lambert", True, False)
    habilitation = personne.habilitations.get()
    assert (habilitation.role, habilitation.organisme, str(habilitation.fin)) == (Role.DEPOSANT, organisme, "2030-12-31")
    assert Acte.objects.get(acte="inviter_personne").objet == "Zoé Lambert"


def test_le_courriel_dit_tout_et_le_jeton_n_est_que_la(client: Client) -> None:
    client.post(INVITER, saisie(un_organisme(nom="Habitat de l'Ourcelle")))
    courriel = Courriel.objects.get(nom="invitation")
    assert courriel.secret
    assert "Bailleur – saisie et dépôt – Habitat de l'Ourcelle" in courriel.corps
    assert "Votre identifiant est l'adresse zoe.lambert@exemple.fr" in courriel.corps
    assert re.search(r"jusqu'au \w+ \d+(er)? \w+ \d{4} à .*, heure de Paris", courriel.corps)
    jeton = jeton_de(lien_recu())
    assert jeton not in courriel.objet + courriel.cle
    gardee = Invitation.objects.values().get()
    assert jeton not in str(gardee) + str(Acte.objects.values_list("detail", "objet"))
    assert len(jeton) >= 43


def test_deux_clics_invitent_une_fois(client: Client) -> None:
    organisme = un_organisme()
    for _ in range(2):
        assert client.post(INVITER, saisie(organisme)).status_code == 302
    personne = Utilisateur.objects.get(courriel="zoe.lambert@exemple.fr")
    assert personne.habilitations.count() == 1
    assert Courriel.objects.filter(nom="invitation").count() == 1
    assert Acte.objects.filter(acte="inviter_personne").count() == 1
    assert Client().get(lien_recu()).status_code == 200


def test_une_personne_connue_recoit_l_habilitation_et_un_mot(client: Client) -> None:
    connue, organisme = un_bailleur(un_organisme()), un_organisme()
    reponse = client.post(INVITER, saisie(organisme, courriel=connue.courriel.upper(), prenom="Autre"), follow=True)
    assert "avait déjà un compte" in phrases(reponse)
    assert Utilisateur.objects.filter(courriel__iexact=connue.courriel).count() == 1
    connue.refresh_from_db()
    assert connue.prenom == "Camille", "le nom que la personne s'est donné reste"
    assert connue.habilitations.count() == 2
    courriel = Courriel.objects.get(destinataire=connue.courriel)
    assert (courriel.nom, courriel.secret) == ("invitation_acces", False)
    assert f"Bailleur – saisie et dépôt – {organisme.nom}" in courriel.corps
    assert not Invitation.objects.exists()
    assert connue.check_password(MOT_DE_PASSE)


def test_une_habilitation_deja_tenue_n_est_pas_ajoutee(client: Client) -> None:
    organisme = un_organisme()
    connue = un_bailleur(organisme)
    reponse = client.post(INVITER, saisie(organisme, courriel=connue.courriel, debut="2026-01-01"), follow=True)
    assert "rien n'a changé" in phrases(reponse)
    assert connue.habilitations.count() == 1
    assert not Courriel.objects.exists()
    assert not Acte.objects.exists()


def test_une_habilitation_qui_prolonge_est_ajoutee(client: Client) -> None:
    organisme = un_organisme()
    connue = habiliter(une_personne(), Role.DEPOSANT, organisme, fin="2026-12-31")
    client.post(INVITER, saisie(organisme, courriel=connue.courriel))
    assert connue.habilitations.count() == 2


def test_un_compte_ferme_ne_se_rouvre_pas_par_une_invitation(client: Client) -> None:
    ferme = une_personne()
    Utilisateur.objects.filter(pk=ferme.pk).update(is_active=False)
    reponse = client.post(INVITER, saisie(un_organisme(), courriel=ferme.courriel))
    assert "Cette adresse a un compte fermé" in phrases(reponse)
    assert not ferme.habilitations.exists()


@pytest.mark.parametrize(
    ("autres", "phrase"),
    [
        ({"prenom": ""}, "Écrivez le prénom."),
        ({"courriel": "zoe@"}, "Cette adresse n'est pas complète."),
        ({"role": ""}, "Choisissez un rôle."),
        ({"organisme": ""}, "Ce rôle s'exerce pour un organisme"),
        ({"role": "agent", "organisme": ""}, "Ce rôle s'exerce dans un service de l'État"),
    ],
)
def test_une_invitation_mal_remplie_n_invite_personne(autres: dict[str, str], phrase: str, client: Client) -> None:
    reponse = client.post(INVITER, saisie(un_organisme()) | autres)
    assert phrase in phrases(reponse)
    assert "<title>Erreur : Inviter une personne" in phrases(reponse)
    assert not Utilisateur.objects.filter(nom="Lambert").exists()


def test_un_nom_hostile_ne_glisse_ni_en_tete_ni_adresse(client: Client) -> None:
    client.post(INVITER, saisie(un_organisme(), nom="x\r\nBcc: y@z.fr https://evil.example/ <b>"))
    corps = Courriel.objects.get(nom="invitation").corps
    assert "evil.example" not in corps
    assert "\nBcc" not in corps


# --- Renvoyer ------------------------------------------------------------------------------------------------------------
def test_renvoyer_eteint_le_premier_lien(client: Client) -> None:
    personne, premier = invitee(le=timezone.now() - timedelta(days=8))
    client.post(f"/comptes/personnes/{personne.pk}/reinviter/")
    second = jeton_de(lien_recu())
    assert second != premier
    with pytest.raises(LienRefuse):
        invitations.lire(premier, le=timezone.now())
    assert invitations.lire(second, le=timezone.now()) == personne
    assert Acte.objects.filter(acte="reinviter_personne").count() == 1


def test_deux_clics_renvoient_une_fois(client: Client) -> None:
    personne, _ = invitee(le=timezone.now() - timedelta(days=1))
    for _ in range(2):
        reponse = client.post(f"/comptes/personnes/{personne.pk}/reinviter/", follow=True)
    assert "il y a moins d'une minute" in phrases(reponse)
    assert Courriel.objects.filter(nom="invitation").count() == 2
    assert Client().get(lien_recu()).status_code == 200


def test_on_ne_reinvite_pas_qui_a_son_mot_de_passe(client: Client) -> None:
    personne = une_personne()
    reponse = client.post(f"/comptes/personnes/{personne.pk}/reinviter/", follow=True)
    assert "a déjà choisi son mot de passe" in phrases(reponse)
    assert not Invitation.objects.exists()
    ferme = une_personne(mot_de_passe=None)
    Utilisateur.objects.filter(pk=ferme.pk).update(is_active=False)
    with pytest.raises(EcritureRefusee, match="fermé"):
        invitations.reinviter(ferme, par=un_national(), le=timezone.now())


# --- Choisir son mot de passe --------------------------------------------------------------------------------------------
def test_choisir_son_mot_de_passe_connecte_et_use_le_lien(db: None) -> None:
    personne, jeton = invitee()
    adresse, navigateur = reverse("comptes:invitation", args=[jeton]), Client()
    for _ in range(3):
        page = navigateur.get(adresse)
        assert "Bonjour Zoé Lambert" in phrases(page), "regarder n'use rien : les messageries ouvrent les liens"
    assert "no-store" in page["Cache-Control"]
    reponse = navigateur.post(adresse, CHOISI)
    assert (reponse.status_code, reponse["Location"]) == (302, reverse("accueil"))
    assert navigateur.session[SESSION_KEY] == str(personne.pk)
    personne.refresh_from_db()
    assert check_password(CHOISI["password1"], personne.password)
    assert Acte.objects.get(acte="accepter_invitation").par == personne
    assert Client().post(adresse, CHOISI).status_code == 410


def test_un_lien_mort_ne_dit_rien_d_aucun_compte(db: None) -> None:
    personne, jeton = invitee()
    invitations.accepter(jeton, CHOISI["password1"], le=timezone.now())
    reponses = [Client().get(reverse("comptes:invitation", args=[j])) for j in (jeton, "inconnu", "é\u202e")]
    assert [r.status_code for r in reponses] == [410] * 3
    assert len({r.content for r in reponses}) == 1
    assert personne.courriel not in phrases(reponses[0])
    assert "Demandez une nouvelle invitation" in phrases(reponses[0])


@pytest.mark.parametrize(("decalage", "code"), [(timedelta(seconds=-1), 200), (timedelta(0), 410), (timedelta(seconds=1), 410)])
def test_le_lien_vaut_sept_jours_a_la_seconde(decalage: timedelta, code: int, db: None) -> None:
    creation = datetime(2026, 10, 20, 12, tzinfo=timezone.get_current_timezone())  # l'heure d'hiver passe entre-temps
    _, jeton = invitee(le=creation)
    depuis = creation.timestamp() + 7 * 24 * 3600 + decalage.total_seconds()
    with time_machine.travel(depuis, tick=False):
        assert Client().get(reverse("comptes:invitation", args=[jeton])).status_code == code
        assert Client().post(reverse("comptes:invitation", args=[jeton]), CHOISI).status_code == (302 if code == 200 else 410)


@pytest.mark.parametrize(
    ("premier", "second", "phrase"),
    [
        ("treize caract", "treize caract", "14 caractères"),
        ("zoe.lambert@exemple.fr", "zoe.lambert@exemple.fr", "trop semblable"),
        ("hlm hlm bailleur", "hlm hlm bailleur", "mots attendus"),
        ("a" * 129, "a" * 129, "128 caractères au plus."),
        (CHOISI["password1"], "autre chose encore", "ne sont pas les mêmes"),
        (CHOISI["password1"], "", "Écrivez-le une seconde fois."),
        ("", "", "Choisissez un mot de passe."),
    ],
)
def test_un_mot_de_passe_refuse_laisse_le_lien_entier(premier: str, second: str, phrase: str, db: None) -> None:
    personne, jeton = invitee()
    adresse = reverse("comptes:invitation", args=[jeton])
    reponse = Client().post(adresse, {"password1": premier, "password2": second})
    assert reponse.status_code == 200
    assert phrase in phrases(reponse)
    personne.refresh_from_db()
    assert not personne.has_usable_password()
    assert Client().post(adresse, CHOISI).status_code == 302


@pytest.mark.parametrize("mot_de_passe", ["girafe\ttabouret 🦒 moulin", "x7" * 64])
def test_un_long_mot_de_passe_est_garde_tel_quel(mot_de_passe: str, db: None) -> None:
    personne, jeton = invitee()
    reponse = Client().post(reverse("comptes:invitation", args=[jeton]), {"password1": mot_de_passe, "password2": mot_de_passe})
    assert reponse.status_code == 302
    personne.refresh_from_db()
    assert personne.check_password(mot_de_passe)


def test_un_compte_ferme_ne_s_ouvre_pas_par_son_lien(db: None) -> None:
    personne, jeton = invitee()
    Utilisateur.objects.filter(pk=personne.pk).update(is_active=False)
    assert Client().post(reverse("comptes:invitation", args=[jeton]), CHOISI).status_code == 410


def test_un_mot_de_passe_choisi_autrement_eteint_le_lien(db: None) -> None:
    personne, jeton = invitee()
    personne.set_password(MOT_DE_PASSE)
    personne.save()
    assert Client().post(reverse("comptes:invitation", args=[jeton]), CHOISI).status_code == 410
    personne.refresh_from_db()
    assert personne.check_password(MOT_DE_PASSE)


def test_la_session_d_un_autre_est_remplacee(client: Client) -> None:
    personne, jeton = invitee()
    client.post(reverse("comptes:invitation", args=[jeton]), CHOISI)
    assert client.session[SESSION_KEY] == str(personne.pk)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@VERROUS
def test_le_lien_sert_une_fois_meme_en_parallele(verrou: bool) -> None:
    """Huit acceptations simultanées : une seule passe. Sans le verrou, la course se voit (témoin)."""
    personne, jeton = invitee()

    def accepter(rang: int) -> Utilisateur:
        return invitations.accepter(jeton, f"{CHOISI['password1']} {rang}", le=timezone.now())

    resultats = ensemble((partial(accepter, rang) for rang in range(8)), verrou=verrou)
    actes, genres = Acte.objects.filter(acte="accepter_invitation").count(), Counter(type(r) for r in resultats)
    if not verrou:
        assert (genres, actes) == ({Utilisateur: 8}, 8), "sans verrou, la course doit se voir"
        return
    assert (genres, actes) == ({Utilisateur: 1, LienRefuse: 7}, 1)
    accepte = next(rang for rang, r in enumerate(resultats) if isinstance(r, Utilisateur))
    personne.refresh_from_db()
    assert personne.check_password(f"{CHOISI['password1']} {accepte}")


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@VERROUS
def test_deux_administrateurs_invitent_la_meme_personne_en_meme_temps(verrou: bool) -> None:
    """Un compte, une habilitation, un lien, et personne ne reçoit d'erreur ; sans verrou, la base refuse le second compte."""
    pars = [un_national(), un_national()]

    def inviter(par: Utilisateur) -> Suite:
        personne = Utilisateur(prenom="Zoé", nom="Lambert", courriel="zoe.lambert@exemple.fr")
        return invitations.inviter(personne, Habilitation(role=Role.LECTEUR), par=par, le=timezone.now()).suite

    resultats = ensemble((partial(inviter, par) for par in pars), verrou=verrou)
    if verrou:
        assert Counter(resultats) == {Suite.INVITEE: 1, Suite.DEJA: 1}
    else:
        assert Counter(type(r) for r in resultats) == {Suite: 1, IntegrityError: 1}, "sans verrou, la course doit se voir"
    assert Habilitation.objects.filter(role=Role.LECTEUR).count() == 1
    assert Courriel.objects.filter(nom="invitation").count() == 1
