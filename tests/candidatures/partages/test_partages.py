"""Du côté de l'organisme : inviter, renvoyer, changer un droit, retirer un accès ; et ce que la page en dit."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from candidatures.models import Candidature, Evenement, Partage
from candidatures.partages import actions as partages
from candidatures.verrou import PlusModifiable, Refus
from comptes.models import Role, Utilisateur
from hlm_projets.models import Courriel
from tests.candidatures.partages.invitations import ADRESSE, inviter, jeton_recu, lien_recu, page_des_acces
from tests.comptes.saisie import phrases
from tests.fabriques import Monde, habiliter, partager, un_bailleur, un_brouillon, un_invite, une_personne

OuvrirUnClient = Callable[[str], Client]
pytestmark = pytest.mark.django_db


@pytest.fixture
def client(client_de: OuvrirUnClient) -> Client:
    """Un navigateur de rédacteur : inviter est un droit de saisie."""
    return client_de("redacteur")


def le_brouillon(monde: Monde) -> Candidature:
    """Un brouillon de A que personne ne partage encore."""
    return un_brouillon(monde.campagne, monde.organisme_a, par=monde.personne("deposant"))


def texte_de(reponse: object) -> str:
    """Ce que la page dit, balises et blancs retirés."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", phrases(reponse))).split())


# --- Inviter -------------------------------------------------------------------------------------------------------------
def test_inviter_envoie_un_lien_et_le_dit(client: Client, monde: Monde) -> None:
    brouillon = le_brouillon(monde)
    envoi = {"courriel": f" {ADRESSE.upper()} ", "droit": "deposer"}
    reponse = client.post(page_des_acces(brouillon), envoi, follow=True)
    assert f"L'invitation part à {ADRESSE}." in texte_de(reponse)
    partage = brouillon.partages.get()
    assert (partage.courriel, partage.droit, partage.accepte_le, partage.personne) == (ADRESSE, "deposer", None, None)
    assert partage.expire_le == partage.invite_le + timedelta(days=14)
    assert "invitation en attente" in texte_de(reponse)
    evenement = Evenement.objects.get(acte="inviter")
    assert (evenement.par, evenement.detail) == (monde.personne("redacteur"), {"partage": partage.pk, "droit": "deposer"})


def test_le_courriel_dit_qui_invite_et_a_quoi_et_le_jeton_n_est_que_la(monde: Monde) -> None:
    brouillon = un_brouillon(nom="Toits d'Ourcelle", complet=False)
    par = un_bailleur(brouillon.organisme)
    partage = inviter(brouillon, par=par)
    courriel = Courriel.objects.get(nom="invitation_partage")
    assert courriel.secret
    for dit in (str(par), brouillon.organisme.nom, "« Toits d'Ourcelle »", "lire et remplir", ADRESSE, "heure de Paris"):
        assert dit in courriel.corps
    jeton = jeton_recu()
    assert len(jeton) >= 43
    gardes = (Partage, Evenement)
    assert jeton not in "".join(str(list(modele.objects.values())) for modele in gardes) + courriel.objet + courriel.cle
    assert partage.empreinte != jeton


def test_un_titre_hostile_ne_glisse_ni_ligne_ni_adresse() -> None:
    inviter(un_brouillon(nom="x\nBcc: y@z.fr\nhttps://evil.example/", complet=False))
    corps = Courriel.objects.get(nom="invitation_partage").corps
    assert "evil.example" not in corps
    assert "\nBcc" not in corps


def test_deux_envois_de_la_meme_invitation_n_en_font_qu_une(client: Client, monde: Monde) -> None:
    brouillon = le_brouillon(monde)
    for _ in range(2):
        assert client.post(page_des_acces(brouillon), {"courriel": ADRESSE, "droit": "ecrire"}).status_code == 302
    assert brouillon.partages.count() == Courriel.objects.count() == Evenement.objects.filter(acte="inviter").count() == 1


@pytest.mark.parametrize(
    ("envoi", "phrase"),
    [
        ({"courriel": "", "droit": "lire"}, "Écrivez l'adresse de la personne à inviter."),
        ({"courriel": "alix@", "droit": "lire"}, "Cette adresse n'est pas complète."),
        ({"courriel": ADRESSE, "droit": ""}, "Choisissez ce que la personne pourra faire."),
        ({"courriel": ADRESSE, "droit": "retirer"}, "retirer"),
    ],
)
def test_une_invitation_mal_remplie_n_invite_personne(envoi: dict[str, str], phrase: str, client: Client, monde: Monde) -> None:
    brouillon = le_brouillon(monde)
    reponse = client.post(page_des_acces(brouillon), envoi)
    assert phrase in texte_de(reponse)
    assert "<title>Erreur : " in phrases(reponse)
    assert not brouillon.partages.exists()


def test_un_membre_de_l_organisme_ne_s_invite_pas(client: Client, monde: Monde) -> None:
    brouillon, collegue = le_brouillon(monde), monde.personne("deposant")
    reponse = client.post(page_des_acces(brouillon), {"courriel": collegue.courriel.upper(), "droit": "lire"})
    assert partages.ORGANISME in texte_de(reponse)
    assert not brouillon.partages.exists()


def test_une_adresse_deja_invitee_autrement_est_dite(client: Client, monde: Monde) -> None:
    brouillon = le_brouillon(monde)
    inviter(brouillon, droit=Partage.Droit.LIRE)
    reponse = client.post(page_des_acces(brouillon), {"courriel": ADRESSE, "droit": "deposer"})
    assert partages.DEJA in texte_de(reponse)
    assert brouillon.partages.get().droit == "lire"


def test_l_invitant_n_apprend_pas_si_un_compte_existe(client: Client, monde: Monde) -> None:
    """F-33 : même page, mêmes mots, que l'adresse ait un compte, un compte fermé, ou rien."""
    connue, fermee = une_personne(nom="Secretnom"), une_personne(nom="Secretnom")
    Utilisateur.objects.filter(pk=fermee.pk).update(is_active=False)
    pages = set()
    for adresse in (connue.courriel, fermee.courriel, "inconnue@partenaire.fr"):
        brouillon = le_brouillon(monde)
        reponse = client.post(page_des_acces(brouillon), {"courriel": adresse, "droit": "lire"}, follow=True)
        assert "Secretnom" not in texte_de(reponse)
        texte = texte_de(reponse).replace(adresse, "…").replace(brouillon.titre, "…").replace(brouillon.reference, "…")
        pages.add(texte)
    assert len(pages) == 1


def test_une_invitation_perimee_se_refait(monde: Monde) -> None:
    brouillon, instant = le_brouillon(monde), timezone.now()
    premier = inviter(brouillon, le=instant - timedelta(days=15))
    second = inviter(brouillon, droit=Partage.Droit.LIRE, le=instant)
    assert (second.pk, second.droit) == (premier.pk, "lire")
    assert partages.lire(jeton_recu(), le=instant) == second


def test_vingt_invites_au_plus(monde: Monde) -> None:
    brouillon, par = le_brouillon(monde), monde.personne("redacteur")
    for rang in range(partages.MAXIMUM):
        dernier = inviter(brouillon, f"i{rang}@partenaire.fr", par=par)
    with pytest.raises(Refus, match="au plus 20 invités"):
        inviter(brouillon, par=par)
    partages.revoquer(dernier, par=par, le=timezone.now())
    assert inviter(brouillon, par=par).pk


def test_inviter_puis_retirer_en_boucle_n_ecrit_pas_au_monde_entier(monde: Monde) -> None:
    brouillon, par, instant = le_brouillon(monde), monde.personne("redacteur"), timezone.now()
    for rang in range(partages.ENVOIS_PAR_JOUR):
        partages.revoquer(inviter(brouillon, f"i{rang}@partenaire.fr", par=par, le=instant), par=par, le=instant)
    with pytest.raises(Refus, match="réessayez demain"):
        inviter(brouillon, par=par, le=instant)
    assert inviter(brouillon, par=par, le=instant + timedelta(days=1, seconds=1)).pk


def test_une_adresse_n_a_qu_un_partage_en_cours(monde: Monde) -> None:
    brouillon = le_brouillon(monde)
    partage = inviter(brouillon)
    copie = Partage.objects.get(pk=partage.pk)
    copie.pk, copie.empreinte = None, "autre"
    with pytest.raises(IntegrityError), transaction.atomic():
        copie.save()


# --- Renvoyer, changer, retirer --------------------------------------------------------------------------------------------
def test_renvoyer_eteint_le_premier_lien(client: Client, monde: Monde) -> None:
    brouillon, instant = le_brouillon(monde), timezone.now()
    partage = inviter(brouillon, le=instant - timedelta(days=20))
    premier = jeton_recu()
    adresse = reverse("candidatures:partage", args=[brouillon.pk, partage.pk])
    assert "Un nouveau lien part" in texte_de(client.post(adresse, {"renvoyer": "1"}, follow=True))
    assert jeton_recu() != premier
    with pytest.raises(partages.LienRefuse):
        partages.lire(premier, le=instant)
    assert partages.lire(jeton_recu(), le=instant) == partage
    assert "laissez-lui quelques minutes" in texte_de(client.post(adresse, {"renvoyer": "1"}, follow=True))
    assert Courriel.objects.filter(nom="invitation_partage").count() == 2


def test_on_ne_renvoie_pas_une_invitation_acceptee(monde: Monde) -> None:
    brouillon = le_brouillon(monde)
    partage = partager(brouillon, un_invite())
    with pytest.raises(Refus, match="déjà acceptée"):
        partages.renvoyer(partage, par=monde.personne("redacteur"), le=timezone.now())


def test_changer_le_droit_vaut_aussitot_et_une_fois(client: Client, client_de: OuvrirUnClient, monde: Monde) -> None:
    brouillon, invite = monde.brouillon_a, client_de("invite_lire")
    partage = brouillon.partages.get(droit="lire")
    section = reverse("candidatures:section", args=[brouillon.pk, "publics"])
    assert invite.get(section).status_code == 404
    adresse = reverse("candidatures:partage", args=[brouillon.pk, partage.pk])
    assert "est changé" in texte_de(client.post(adresse, {"droit": "ecrire"}, follow=True))
    assert "Rien n'a changé" in texte_de(client.post(adresse, {"droit": "ecrire"}, follow=True))
    assert invite.get(section).status_code == 200
    assert Evenement.objects.get(acte="changer_droit_invite").detail == {
        "partage": partage.pk,
        "avant": "lire",
        "droit": "ecrire",
    }


@pytest.mark.parametrize("objet", ["brouillon_a", "deposee_a"])
def test_un_acces_retire_l_est_a_la_page_suivante(objet: str, client: Client, client_de: OuvrirUnClient, monde: Monde) -> None:
    candidature, invite = getattr(monde, objet), client_de("invite_ecrire")
    partage = candidature.partages.get(droit="ecrire")
    fiche = reverse("candidatures:fiche", args=[candidature.pk])
    assert invite.get(fiche).status_code == 200
    adresse = reverse("candidatures:partage_retirer", args=[candidature.pk, partage.pk])
    assert "ne verra plus" in texte_de(client.get(adresse))
    assert invite.get(fiche).status_code == 200, "regarder la page de confirmation ne retire rien"
    assert "n'a plus accès" in texte_de(client.post(adresse, follow=True))
    assert invite.get(fiche).status_code == 404
    assert "C'était déjà fait." in texte_de(client.post(adresse, follow=True))
    assert Evenement.objects.filter(acte="retirer_acces").count() == 1
    assert "accès retiré" in texte_de(client.get(page_des_acces(candidature)))


def test_une_invitation_retiree_eteint_son_lien_et_se_refait(monde: Monde) -> None:
    brouillon, par, instant = le_brouillon(monde), monde.personne("redacteur"), timezone.now()
    partage = inviter(brouillon, par=par)
    jeton = jeton_recu()
    assert partages.revoquer(partage, par=par, le=instant)
    with pytest.raises(partages.LienRefuse):
        partages.lire(jeton, le=instant)
    assert Client().get(reverse("candidatures:invitation", args=[jeton])).status_code == 410
    for acte in (partages.renvoyer, lambda p, **qui: partages.changer_le_droit(p, "lire", **qui)):
        with pytest.raises(Refus, match="a été retiré"):
            acte(partage, par=par, le=instant)
    assert inviter(brouillon, par=par).pk != partage.pk


# --- Qui invite, et quand ----------------------------------------------------------------------------------------------------
def test_seul_l_organisme_invite_et_retire(monde: Monde) -> None:
    brouillon, instant = monde.brouillon_a, timezone.now()
    partage = brouillon.partages.get(droit="lire")
    for role in set(Monde.ROLES) - {"redacteur", "deposant"}:
        par = monde.personne(role)
        for acte in (
            lambda qui: partages.inviter(brouillon, ADRESSE, "lire", par=qui, le=instant),
            lambda qui: partages.renvoyer(partage, par=qui, le=instant),
            lambda qui: partages.changer_le_droit(partage, "deposer", par=qui, le=instant),
            lambda qui: partages.revoquer(partage, par=qui, le=instant),
        ):
            with pytest.raises(PermissionDenied):
                acte(par)
    assert not brouillon.partages.filter(courriel=ADRESSE).exists()


def test_apres_le_depot_on_ne_peut_plus_que_retirer(client: Client, monde: Monde) -> None:
    deposee, par, instant = monde.deposee_a, monde.personne("redacteur"), timezone.now()
    partage = deposee.partages.get(droit="lire")
    for acte in (
        lambda: partages.inviter(deposee, ADRESSE, "lire", par=par, le=instant),
        lambda: partages.renvoyer(partage, par=par, le=instant),
        lambda: partages.changer_le_droit(partage, "deposer", par=par, le=instant),
    ):
        with pytest.raises(PlusModifiable):
            acte()
    page = client.get(page_des_acces(deposee))
    assert "on n’y invite plus" in texte_de(page)
    assert page.context["form"] is None
    assert partages.revoquer(partage, par=par, le=instant)


# --- La page -----------------------------------------------------------------------------------------------------------------
def test_la_page_dit_qui_a_acces_et_ou_en_est_chacun(client: Client, monde: Monde) -> None:
    brouillon, instant, par = le_brouillon(monde), timezone.now(), monde.personne("redacteur")
    habiliter(monde.personne("deposant"), Role.REDACTEUR, monde.organisme_a)
    accepte = partager(brouillon, un_invite(), "deposer")
    inviter(brouillon, "attente@partenaire.fr", par=par)
    inviter(brouillon, "perime@partenaire.fr", par=par, le=instant - timedelta(days=15))
    page = client.get(page_des_acces(brouillon))
    roles = {membre.nom: membre.role for membre in page.context["membres"]}
    assert roles == {str(par): "saisie", str(monde.personne("deposant")): "saisie et dépôt"}
    etats = {invite.partage.courriel: (invite.nom, invite.libelle) for invite in page.context["invites"]}
    assert etats == {
        accepte.courriel: (str(accepte.personne), "accès ouvert"),
        "attente@partenaire.fr": ("", "invitation en attente"),
        "perime@partenaire.fr": ("", "invitation périmée"),
    }


@pytest.mark.parametrize("nombre", [1, 3])
def test_la_page_se_lit_en_autant_de_requetes(
    nombre: int, client: Client, monde: Monde, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    brouillon = le_brouillon(monde)
    for rang in range(nombre):
        partager(brouillon, un_invite())
        inviter(brouillon, f"i{rang}@partenaire.fr", par=monde.personne("redacteur"))
    with django_assert_num_queries(4):
        assert len(client.get(page_des_acces(brouillon)).context["invites"]) == 2 * nombre


def test_le_brouillon_supprime_emporte_ses_partages(client: Client, monde: Monde) -> None:
    brouillon = le_brouillon(monde)
    inviter(brouillon)
    lien = lien_recu()
    client.post(reverse("candidatures:supprimer", args=[brouillon.pk]))
    assert not Partage.objects.filter(courriel=ADRESSE).exists()
    assert Client().get(lien).status_code == 410
    assert Evenement.objects.filter(acte="inviter").exists(), "le journal reste"
