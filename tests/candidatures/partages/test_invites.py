"""Ce que voit un invité : sa candidature et elle seule, comme la lit son organisme ; rien de plus s'il a d'autres fonctions."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from avis import regles as regles_des_avis
from candidatures import regles
from candidatures.archives import actions as archives
from candidatures.circuit import PASSAGES
from candidatures.circuit.franchir import franchir
from candidatures.etats import DECIDES, Etat
from candidatures.lecture.avis_lus import visibles
from candidatures.models import Archive, Campagne, Candidature, Partage
from candidatures.saisie import actions
from comptes.models import Role, Utilisateur
from hlm_projets.models import Courriel
from tests.avis.fabriques import DEPARTEMENT, REGION, ecrire, mener_au_comite, un_dossier
from tests.comptes.saisie import lire, phrases
from tests.fabriques import (
    Monde,
    habiliter,
    partager,
    relire,
    un_agent,
    un_bailleur,
    un_brouillon,
    un_invite,
    un_national,
    un_organisme,
    une_candidature,
)

OuvrirUnClient = Callable[[str], Client]
pytestmark = pytest.mark.django_db
DEPOSER, RETIRER = PASSAGES["deposer"], PASSAGES["retirer"]


def connecte(personne: Utilisateur) -> Client:
    client = Client()
    client.force_login(personne)
    return client


def fiche(candidature: Candidature) -> str:
    return reverse("candidatures:fiche", args=[candidature.pk])


def un_agent_invite(candidature: Candidature, departement: str, droit: str = "ecrire") -> Utilisateur:
    """Un agent de ce département, invité en outre sur cette candidature."""
    personne = habiliter(un_agent(departement), Role.INVITE)
    partager(candidature, personne, droit)
    return Utilisateur.objects.get(pk=personne.pk)


# --- Sa page, son chemin -------------------------------------------------------------------------------------------------
def test_l_invite_a_sa_page_et_n_y_lit_que_ce_qu_on_partage(client_de: OuvrirUnClient, monde: Monde) -> None:
    brouillon, autre = monde.brouillon_a, monde.brouillon_b
    page = client_de("invite_lire").get(reverse("candidatures:mes"))
    assert [resume.candidature for resume in page.context["partagees"]] == [brouillon]
    assert "Partagées avec moi" in phrases(page)
    assert autre.titre not in phrases(page)
    for tu in ("Commencer une candidature", monde.campagne.titre + "</h2>"):
        assert tu not in phrases(page)
    assert [entree.libelle for entree in page.context["site"]["navigation"]] == ["Mes candidatures"]


def test_une_candidature_de_son_organisme_n_est_pas_dite_partagee(monde: Monde) -> None:
    """Invité avant d'y entrer : l'organisme l'emporte."""
    membre = habiliter(un_bailleur(monde.organisme_a), Role.INVITE)
    partager(monde.brouillon_a, membre, "lire")
    page = connecte(Utilisateur.objects.get(pk=membre.pk)).get(reverse("candidatures:mes"))
    assert page.context["partagees"] == []
    assert [resume.candidature for resume in page.context["resumes"]] == [monde.brouillon_a]


def test_sans_plus_rien_de_partage_la_page_le_dit() -> None:
    assert "Aucune candidature n’est partagée avec vous" in phrases(connecte(un_invite()).get(reverse("candidatures:mes")))


def requetes(client: Client, adresse: str) -> int:
    """Combien la page en demande, session comprise."""
    with CaptureQueriesContext(connection) as lues:
        assert client.get(adresse).status_code == 200
    return len(lues)


def test_mes_candidatures_se_lit_en_autant_de_requetes_avec_un_et_trois_partages(monde: Monde) -> None:
    invite, comptees = un_invite(), []
    client = connecte(invite)
    for nombre in range(1, 4):
        partager(un_brouillon(monde.campagne), invite)
        partager(une_candidature(Etat.DEPOSEE, campagne=monde.campagne), invite)
        comptees.append(requetes(client, reverse("candidatures:mes")))
        assert len(client.get(reverse("candidatures:mes")).context["partagees"]) == 2 * nombre
    assert len(set(comptees)) == 1, comptees


@pytest.mark.parametrize("route", ["fiche", "section", "verifier"])
def test_le_dossier_se_lit_en_autant_de_requetes_qu_on_soit_invite_une_ou_trois_fois(route: str, monde: Monde) -> None:
    """Et en deux de plus au plus que l'organisme, qui ne lit aucun partage."""
    invite, brouillon = un_invite(), monde.brouillon_a
    client, arguments = connecte(invite), [brouillon.pk, *(["publics"] if route == "section" else [])]
    adresse = reverse(f"candidatures:{route}", args=arguments)
    comptees = []
    for candidature in [brouillon, *(un_brouillon(monde.campagne, complet=False) for _ in range(2))]:
        partager(candidature, invite)
        comptees.append(requetes(client, adresse))
    assert len(set(comptees)) == 1, comptees
    assert comptees[0] <= requetes(connecte(monde.personne("deposant")), adresse) + 2


@pytest.mark.parametrize(
    ("role", "liens", "absents"),
    [
        ("invite_lire", ("pdf", "lecture"), ("verifier", "partages", "supprimer")),
        ("invite_ecrire", ("verifier", "pdf"), ("partages", "supprimer")),
        ("deposant", ("verifier", "partages", "supprimer"), ()),
    ],
)
def test_la_fiche_ne_propose_que_ce_qui_est_permis(
    role: str, liens: tuple[str, ...], absents: tuple[str, ...], client_de: OuvrirUnClient, monde: Monde
) -> None:
    page = phrases(client_de(role).get(fiche(monde.brouillon_a)))
    adresses = {nom: f'href="{reverse(f"candidatures:{nom}", args=[monde.brouillon_a.pk])}"' for nom in (*liens, *absents)}
    assert {nom for nom, adresse in adresses.items() if adresse in page} == set(liens)
    assert ("partage cette candidature avec vous" in page) is (role != "deposant")


@pytest.mark.parametrize("role", ["invite_lire", "invite_ecrire", "invite_deposer"])
def test_apres_le_depot_l_invite_lit_et_ne_fait_plus_rien(role: str, client_de: OuvrirUnClient, monde: Monde) -> None:
    page = phrases(client_de(role).get(fiche(monde.deposee_a)))
    assert reverse("candidatures:recu", args=[monde.deposee_a.pk]) in page
    assert "Retirer la candidature" not in page
    assert "En cours d'instruction" in page, "les étapes de l'instruction ne le regardent pas"


# --- Écrire, déposer -----------------------------------------------------------------------------------------------------
def test_les_actions_verifient_le_droit_elles_memes(monde: Monde) -> None:
    brouillon, instant = monde.brouillon_a, timezone.now()
    lit, ecrit, depose = (monde.personne(role) for role in ("invite_lire", "invite_ecrire", "invite_deposer"))
    with pytest.raises(PermissionDenied):
        actions.enregistrer(brouillon, {"nom": "Autre"}, par=lit)
    for par in (ecrit, depose):
        actions.enregistrer(brouillon, {"nom": f"Écrit par {par}"}, par=par)
        assert relire(brouillon).nom == f"Écrit par {par}"
    for par in (lit, ecrit):
        with pytest.raises(PermissionDenied):
            franchir(brouillon, DEPOSER, par=par, maintenant=instant)
    for par in (lit, ecrit, depose):
        with pytest.raises(PermissionDenied):
            actions.supprimer(brouillon, par=par, maintenant=instant)
    franchir(brouillon, DEPOSER, par=depose, maintenant=instant)
    for par in (lit, ecrit, depose):
        with pytest.raises(PermissionDenied):
            franchir(brouillon, RETIRER, par=par, maintenant=instant, motif="Non.")


def test_un_droit_perdu_pendant_qu_on_ecrit_ne_vaut_plus(monde: Monde) -> None:
    """L'objet `par` d'une page ouverte avant le retrait : le droit est relu sous le verrou."""
    brouillon, par = monde.brouillon_a, monde.personne("invite_ecrire")
    assert regles.peut(regles.peut_remplir, par, brouillon)
    brouillon.partages.update(revoque_le=timezone.now())
    with pytest.raises(PermissionDenied):
        actions.enregistrer(brouillon, {"nom": "Trop tard"}, par=par)


def test_l_invite_qui_depose_recoit_aussi_le_recu(client_de: OuvrirUnClient, monde: Monde) -> None:
    brouillon, invite = monde.brouillon_a, monde.personne("invite_deposer")
    reponse = client_de("invite_deposer").post(reverse("candidatures:franchir", args=[brouillon.pk, "deposer"]))
    assert "Candidature déposée : reçu" in phrases(reponse)
    recus = set(Courriel.objects.filter(nom="recu_depot").values_list("destinataire", flat=True))
    assert {invite.courriel, monde.personne("deposant").courriel} <= recus
    assert monde.personne("invite_ecrire").courriel not in recus


# --- Les avis, la décision -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("communiques", [False, True])
@pytest.mark.parametrize("publiee", [False, True])
def test_un_invite_lit_les_avis_comme_le_bailleur_et_sur_ce_dossier_seul(communiques: bool, publiee: bool) -> None:
    dossier = un_dossier()
    voisin = un_dossier(campagne=dossier.campagne)
    for candidature in (dossier, voisin):
        ecrire(candidature, DEPARTEMENT, "77")
        ecrire(candidature, REGION, "11")
        mener_au_comite(candidature)
    Campagne.objects.filter(pk=dossier.campagne.pk).update(
        avis_communiques=communiques, publiee_le=timezone.now() if publiee else None
    )
    invite, bailleur = un_invite(dossier), un_bailleur(dossier.organisme)
    dossier, voisin = relire(dossier), relire(voisin)
    assert visibles(dossier, invite) == visibles(dossier, bailleur)
    assert any(visibles(dossier, invite).values()) is (communiques and publiee)
    assert not any(visibles(voisin, invite).values())
    for avis in dossier.avis_departementaux.all():
        assert regles_des_avis.peut_lire(invite, avis) is (communiques and publiee)


@pytest.mark.parametrize("etat", [Etat.DEPOSEE, Etat.COMITE, *DECIDES])
def test_un_invite_connait_l_etat_que_connait_le_bailleur(etat: Etat) -> None:
    candidature = une_candidature(etat)
    invite, bailleur = un_invite(candidature), un_bailleur(candidature.organisme)
    pages = [connecte(personne).get(fiche(candidature)) for personne in (invite, bailleur)]
    assert len({page.context["resume"].libelle for page in pages}) == 1
    assert len({str(page.context["evenements"]) for page in pages}) == 1
    assert {page.context["decision"] for page in pages} == {None}


# --- Un agent invité -----------------------------------------------------------------------------------------------------
def test_ses_droits_d_invite_ne_donnent_rien_sur_l_avis() -> None:
    """Un agent du 13 invité sur un dossier du 77 : il le lit en porteur, sans avis ni étapes, et n'instruit rien."""
    dossier = un_dossier(("77",))
    ecrire(dossier, DEPARTEMENT, "77")
    mener_au_comite(dossier)
    dossier = relire(dossier)
    agent = un_agent_invite(dossier, "13", "deposer")
    client = connecte(agent)
    page = client.get(fiche(dossier))
    assert page.context["evenements"] == connecte(un_bailleur(dossier.organisme)).get(fiche(dossier)).context["evenements"]
    assert not any(visibles(dossier, agent).values())
    assert not regles_des_avis.peut_ecrire(agent, dossier, DEPARTEMENT, "77")
    for methode in (client.get, client.post):
        assert methode(reverse("avis:avis", args=[dossier.pk, "departement", "77"])).status_code == 404
    assert dossier.titre not in phrases(client.get(reverse("avis:a_traiter")))


def test_ses_droits_d_agent_ne_donnent_rien_sur_la_fiche() -> None:
    """Un agent du 77 invité à lire un brouillon du 77 : rien à remplir ; et rien du brouillon voisin."""
    brouillon = un_brouillon()
    voisin = un_brouillon(brouillon.campagne)
    agent = un_agent_invite(brouillon, "77", "lire")
    client = connecte(agent)
    assert client.get(fiche(brouillon)).status_code == 200
    assert client.get(reverse("candidatures:section", args=[brouillon.pk, "publics"])).status_code == 404
    assert client.get(fiche(voisin)).status_code == 404


def test_un_agent_invite_sur_un_dossier_de_son_territoire_l_instruit_encore() -> None:
    dossier = un_dossier(("77",))
    agent = un_agent_invite(dossier, "77")
    client = connecte(agent)
    assert client.get(fiche(dossier)).context["resume"].libelle == Etat.DEPOSEE.label
    assert client.get(reverse("avis:avis", args=[dossier.pk, "departement", "77"])).status_code == 200


def test_la_liste_et_les_archives_ne_portent_que_les_fonctions() -> None:
    """Ce qu'un organisme partage avec un agent n'entre ni dans ses listes, ni dans ses exports."""
    brouillon, du_13 = un_brouillon(), une_candidature(departements=("13",))
    deposee = une_candidature(departements=("77",))
    agent = un_agent_invite(brouillon, "13")
    partager(deposee, agent)
    client = connecte(agent)
    page = client.get(reverse("candidatures:liste"))
    assert [candidature for candidature, *_ in page.context["lignes"]] == [du_13]
    client.post(reverse("candidatures:archive_creer"))
    while archives.avancer(timezone.now()):
        pass
    assert [pk for pk, *_ in Archive.objects.get().contenu] == [du_13.pk]


# --- Le rôle, chez l'administrateur ---------------------------------------------------------------------------------------
def test_modifier_la_personne_garde_son_role_d_invite() -> None:
    """Il s'affiche, il ne se donne pas, et l'enregistrement du reste ne le perd pas."""
    invite, client = un_invite(un_brouillon()), connecte(un_national())
    adresse = reverse("comptes:personne_modifier", args=[invite.pk])
    envoi = lire(client, adresse, "nom")
    assert envoi["habilitations-0-role"] == "invite"
    page = phrases(client.get(adresse))
    assert page.count('value="invite"') == 1, "la ligne à ajouter ne le propose pas"
    assert client.post(adresse, envoi | {"nom": "Renommé"}).status_code == 302
    relue = Utilisateur.objects.get(pk=invite.pk)
    assert (relue.nom, [h.role for h in relue.habilitations.all()]) == ("Renommé", [Role.INVITE])


def test_un_administrateur_ne_donne_pas_le_role_d_invite() -> None:
    personne, client = un_bailleur(un_organisme()), connecte(un_national())
    adresse = reverse("comptes:personne_modifier", args=[personne.pk])
    envoi = lire(client, adresse, "nom") | {"habilitations-1-role": "invite"}
    assert client.post(adresse, envoi).status_code == 200
    assert not personne.habilitations.filter(role=Role.INVITE).exists()


def test_retirer_le_role_ferme_tout_ce_qui_etait_partage() -> None:
    brouillon = un_brouillon()
    invite, client = un_invite(brouillon), connecte(un_national())
    sien = connecte(invite)
    assert sien.get(fiche(brouillon)).status_code == 200
    adresse = reverse("comptes:personne_modifier", args=[invite.pk])
    client.post(adresse, lire(client, adresse, "nom") | {"habilitations-0-DELETE": "on"})
    assert not regles.peut(regles.est_invite, Utilisateur.objects.get(pk=invite.pk), brouillon)
    assert connecte(invite).get(fiche(brouillon)).status_code == 404
    assert Partage.objects.en_cours().exists(), "le partage reste au dossier de l'organisme"
