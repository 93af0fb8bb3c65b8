"""Les personnes : les retrouver, les modifier, leur donner et leur retirer des habilitations."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from comptes import actions
from comptes.actions import Habilitations
from comptes.ecriture import EcritureRefusee
from comptes.forms.habilitations import MAXIMUM
from comptes.models import Acte, Habilitation, Role, Service, Utilisateur
from tests.comptes.saisie import lire, lire_la_reponse, phrases
from tests.fabriques import Monde, habiliter, un_agent, un_bailleur, un_national, un_organisme, une_personne

LISTE = "/comptes/personnes/"


@pytest.fixture
def client(client_de: Callable[[str], Client]) -> Client:
    """Un navigateur d'administrateur."""
    return client_de("administrateur")


def fiche(personne: Utilisateur) -> str:
    """L'adresse de sa page."""
    return f"{LISTE}{personne.pk}/"


def roles(personne: Utilisateur) -> set[str]:
    """Ses habilitations, en clair."""
    return {str(h) for h in Habilitation.objects.filter(utilisateur=personne)}


# --- La liste ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("nombre", [1, 3])
def test_la_liste_se_lit_en_autant_de_requetes(
    nombre: int, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(nombre):
        habiliter(un_agent("77"), Role.REDACTEUR, un_organisme())
        un_agent("11", regional=True)
    with django_assert_num_queries(5):
        assert len(client.get(LISTE).context["lignes"]) == 2 * nombre + 1


def test_chercher_par_nom_adresse_ou_organisme(client: Client) -> None:
    organisme = un_organisme(nom="Toits de Garonne")
    zoe = habiliter(une_personne("Zoé", "Lambert"), Role.REDACTEUR, organisme)
    habiliter(zoe, Role.DEPOSANT, un_organisme(nom="Garonne Habitat"))
    for q in ("lambert zoé", "garonne", zoe.courriel.upper(), "Lambert garonne"):
        assert [ligne.pk for ligne in client.get(LISTE, {"q": q}).context["lignes"]] == [zoe.pk], q
    assert "Aucune personne trouvée" in phrases(client.get(LISTE, {"q": "zoé durand"}))


def test_filtrer_par_role_en_cours(client: Client) -> None:
    agent = un_agent("77")
    ancien = habiliter(une_personne(), Role.AGENT, Service.objects.all()[0], fin=timezone.localdate() - timedelta(days=1))
    trouves = {ligne.pk for ligne in client.get(LISTE, {"role": "agent"}).context["lignes"]}
    assert agent.pk in trouves
    assert ancien.pk not in trouves


def test_la_liste_dit_les_dates_et_l_etat_du_compte(client: Client) -> None:
    jour = timezone.localdate()
    habiliter(une_personne(mot_de_passe=None), Role.LECTEUR, fin=jour - timedelta(days=3))
    habiliter(une_personne(), Role.LECTEUR, debut=jour, fin=jour)
    ferme = une_personne()
    Utilisateur.objects.filter(pk=ferme.pk).update(is_active=False)
    page = phrases(client.get(LISTE))
    assert f"terminée le {jour - timedelta(days=3):%d/%m/%Y}" in page
    assert f"à partir du {jour:%d/%m/%Y} jusqu'au {jour:%d/%m/%Y}" in page
    assert all(mot in page for mot in ("sans mot de passe", "compte fermé", "compte ouvert"))


@pytest.mark.parametrize("parametres", [{"q": "\x00"}, {"role": "roi"}, {"page": "0"}, {"page": "9" * 30}])
def test_un_parametre_hostile_ne_casse_rien(parametres: dict[str, str], client: Client) -> None:
    assert client.get(LISTE, parametres).status_code == 200


# --- Modifier ------------------------------------------------------------------------------------------------------------
def test_changer_le_nom_et_ajouter_une_habilitation(client: Client, monde: Monde) -> None:
    personne = un_bailleur(monde.organisme_a, Role.REDACTEUR)
    service = Service.objects.get(type=Service.Type.REGION_LOGEMENT, region="11")
    ajout = {"habilitations-1-role": "agent", "habilitations-1-service": str(service.pk), "habilitations-1-fin": "2030-12-31"}
    reponse = client.post(fiche(personne), lire(client, fiche(personne), "nom") | {"nom": "Nouveau"} | ajout)
    assert reponse.status_code == 302
    personne.refresh_from_db()
    assert personne.nom == "Nouveau"
    nouvelle = personne.habilitations.get(role=Role.AGENT)
    assert (nouvelle.service, nouvelle.debut, nouvelle.fin) == (service, None, date(2030, 12, 31))
    acte = Acte.objects.get(acte="modifier_personne")
    assert acte.detail["changements"]["nom"][1] == "Nouveau"
    assert acte.detail["habilitations_ajoutees"][0]["role"] == "Agent d'un service de l'État"


def test_seuls_les_champs_du_formulaire_changent(client: Client) -> None:
    personne = une_personne()
    avant = Utilisateur.objects.values().get(pk=personne.pk)
    intrus = {"courriel": "pirate@exemple.fr", "password": "x", "last_login": "2020-01-01", "cree_le": "2020-01-01", "id": "999"}
    assert client.post(fiche(personne), lire(client, fiche(personne), "nom") | {"nom": "Permis"} | intrus).status_code == 302
    assert Utilisateur.objects.values().get(pk=personne.pk) == avant | {"nom": "Permis"}


def test_l_habilitation_d_une_autre_personne_ne_se_modifie_pas_par_cette_page(client: Client) -> None:
    personne, autre = habiliter(une_personne(), Role.LECTEUR), un_agent("77")
    etrangere = autre.habilitations.get()
    donnees = lire(client, fiche(personne), "nom")
    reponse = client.post(
        fiche(personne), donnees | {"habilitations-0-id": str(etrangere.pk), "habilitations-0-role": "administrateur"}
    )
    assert reponse.status_code == 200
    etrangere.refresh_from_db()
    assert (etrangere.role, etrangere.utilisateur_id) == (Role.AGENT, autre.pk)


def test_changer_de_role_change_la_portee_et_ferme_les_sessions(client: Client, monde: Monde) -> None:
    personne = un_bailleur(monde.organisme_a)
    navigateur = Client()
    navigateur.force_login(personne)
    reponse = client.post(fiche(personne), lire(client, fiche(personne), "nom") | {"habilitations-0-role": "lecteur"})
    assert reponse.status_code == 302
    assert roles(personne) == {"Lecteur du comité national"}
    assert navigateur.get("/mot-de-passe/").status_code == 302


def test_retirer_un_role_le_retire_et_ferme_les_sessions(client: Client, monde: Monde) -> None:
    personne = un_bailleur(monde.organisme_a)
    navigateur = Client()
    navigateur.force_login(personne)
    client.post(fiche(personne), lire(client, fiche(personne), "nom") | {"habilitations-0-DELETE": "on"})
    assert roles(personne) == set()
    assert navigateur.get("/mot-de-passe/").status_code == 302
    retirees = Acte.objects.get().detail["habilitations_retirees"]
    assert retirees == [{"role": "Bailleur – saisie et dépôt", "organisme": monde.organisme_a.nom}]


def test_ajouter_un_role_laisse_les_sessions_ouvertes(client: Client) -> None:
    personne = une_personne()
    navigateur = Client()
    navigateur.force_login(personne)
    client.post(fiche(personne), lire(client, fiche(personne), "nom") | {"habilitations-0-role": "administrateur"})
    assert navigateur.get(LISTE).status_code == 200


def test_fermer_un_compte_deconnecte_aussitot_puis_se_rouvre(client: Client) -> None:
    personne = habiliter(une_personne(), Role.LECTEUR)
    navigateur = Client()
    navigateur.force_login(personne)
    donnees = lire(client, fiche(personne), "nom")
    client.post(fiche(personne), {nom: v for nom, v in donnees.items() if nom != "is_active"})
    assert navigateur.get("/mot-de-passe/").status_code == 302
    assert Acte.objects.get().detail == {"personne": personne.pk, "changements": {"is_active": ["oui", "non"]}}
    client.post(fiche(personne), lire(client, fiche(personne), "nom") | {"is_active": "on"})
    personne.refresh_from_db()
    assert personne.is_active
    assert navigateur.get("/mot-de-passe/").status_code == 302, "rouvrir un compte ne ressuscite pas ses sessions"


def test_enregistrer_sans_rien_changer_n_ecrit_rien(client: Client, monde: Monde) -> None:
    personne = habiliter(un_bailleur(monde.organisme_a), Role.LECTEUR, debut="2026-01-01", fin="2030-01-01")
    assert client.post(fiche(personne), lire(client, fiche(personne), "nom")).status_code == 302
    assert not Acte.objects.exists()


@pytest.mark.parametrize(
    ("saisie", "phrase"),
    [
        ({"role": "redacteur"}, "Ce rôle s'exerce pour un organisme : choisissez lequel."),
        ({"role": "agent"}, "Ce rôle s'exerce dans un service de l'État : choisissez lequel."),
        ({"role": "roi"}, "roi"),
        ({"role": "redacteur", "organisme": "999999"}, "Ce choix n'existe plus"),
        ({"role": "lecteur", "debut": "2026-02-30"}, "Cette date n'existe pas. Écrivez-la comme 30/06/2026."),
        ({"role": "lecteur", "debut": "2026-03-01", "fin": "2026-02-01"}, "La fin précède le début"),
        ({"fin": "2026-02-01"}, "Choisissez un rôle."),
    ],
)
def test_une_habilitation_fausse_est_dite(saisie: dict[str, str], phrase: str, client: Client) -> None:
    personne = une_personne()
    donnees = lire(client, fiche(personne), "nom") | {f"habilitations-0-{nom}": v for nom, v in saisie.items()}
    reponse = client.post(fiche(personne), donnees | {"nom": "Rien ne doit s'écrire"})
    assert reponse.status_code == 200
    assert phrase in phrases(reponse)
    assert not Habilitation.objects.filter(utilisateur=personne).exists()
    assert not Acte.objects.exists()


def test_la_meme_habilitation_deux_fois_est_refusee(client: Client) -> None:
    personne = habiliter(une_personne(), Role.LECTEUR)
    reponse = client.post(fiche(personne), lire(client, fiche(personne), "nom") | {"habilitations-1-role": "lecteur"})
    assert "Cette habilitation figure deux fois" in phrases(reponse)
    assert personne.habilitations.count() == 1


@pytest.mark.parametrize("total", ["", "abc", "99999", "-1"])
def test_un_jeu_trafique_ne_casse_rien(total: str, client: Client) -> None:
    personne = habiliter(une_personne(), Role.LECTEUR)
    donnees = lire(client, fiche(personne), "nom") | {"habilitations-TOTAL_FORMS": total}
    assert client.post(fiche(personne), donnees).status_code in (200, 302)
    assert roles(personne) == {"Lecteur du comité national"}
    assert not Acte.objects.exists()


@pytest.mark.parametrize(
    ("annoncees", "rendues"), [(2 * MAXIMUM, 2 * MAXIMUM), (2 * MAXIMUM + 1, 2 * MAXIMUM), (1030, 2 * MAXIMUM)]
)
def test_un_jeu_trafique_ne_fait_pas_rendre_mille_lignes(annoncees: int, rendues: int, client: Client) -> None:
    personne = habiliter(une_personne(), Role.LECTEUR)
    donnees = lire(client, fiche(personne), "nom") | {"habilitations-TOTAL_FORMS": str(annoncees), "nom": ""}
    page = client.post(fiche(personne), donnees).content.decode()
    assert len(set(re.findall(r'name="habilitations-(\d+)-role"', page))) == rendues


# --- Garder un administrateur --------------------------------------------------------------------------------------------
def test_on_ne_ferme_pas_son_propre_compte(client: Client, monde: Monde) -> None:
    un_national()
    moi = monde.personne("administrateur")
    donnees = {nom: v for nom, v in lire(client, fiche(moi), "nom").items() if nom != "is_active"}
    assert "Vous ne pouvez pas fermer votre propre compte" in phrases(client.post(fiche(moi), donnees))
    moi.refresh_from_db()
    assert moi.is_active


@pytest.mark.parametrize("changement", [{"DELETE": "on"}, {"role": "lecteur"}, {"fin": "2020-01-01"}])
def test_le_dernier_administrateur_le_reste(changement: dict[str, str], client: Client, monde: Monde) -> None:
    moi = monde.personne("administrateur")
    ferme = un_national()
    Utilisateur.objects.filter(pk=ferme.pk).update(is_active=False)
    donnees = lire(client, fiche(moi), "nom") | {f"habilitations-0-{nom}": v for nom, v in changement.items()}
    assert "Il ne resterait aucun administrateur national" in phrases(client.post(fiche(moi), donnees))
    assert client.get(LISTE).status_code == 200


def test_un_administrateur_parmi_d_autres_peut_cesser_de_l_etre(client: Client, monde: Monde) -> None:
    un_national()
    moi = monde.personne("administrateur")
    assert client.post(fiche(moi), lire(client, fiche(moi), "nom") | {"habilitations-0-DELETE": "on"}).status_code == 302
    assert client.get(LISTE).status_code == 404


def test_deux_administrateurs_qui_se_retirent_l_un_l_autre(monde: Monde) -> None:
    un, deux = un_national(), un_national()
    le = timezone.now()
    actions.modifier_personne(deux, {}, Habilitations(retirees=list(deux.habilitations.all())), par=un, le=le)
    with pytest.raises(PermissionDenied):
        actions.modifier_personne(un, {}, Habilitations(retirees=list(un.habilitations.all())), par=deux, le=le)
    assert roles(un) == {"Administrateur national"}


# --- À plusieurs ---------------------------------------------------------------------------------------------------------
@pytest.fixture
def second(db: None) -> Client:
    """Un autre administrateur."""
    client = Client()
    client.force_login(un_national())
    return client


def test_deux_dates_saisies_en_meme_temps_s_ajoutent(client: Client, second: Client) -> None:
    personne = habiliter(une_personne(), Role.LECTEUR)
    ouverte = lire(client, fiche(personne), "nom")
    second.post(fiche(personne), lire(second, fiche(personne), "nom") | {"habilitations-0-debut": "2026-01-01"})
    assert client.post(fiche(personne), ouverte | {"habilitations-0-fin": "2030-01-01"}).status_code == 302
    habilitation = personne.habilitations.get()
    assert (habilitation.debut, habilitation.fin) == (date(2026, 1, 1), date(2030, 1, 1))


def test_la_meme_date_saisie_en_meme_temps_se_signale(client: Client, second: Client) -> None:
    personne = habiliter(une_personne(), Role.LECTEUR)
    ouverte = lire(client, fiche(personne), "nom")
    second.post(fiche(personne), lire(second, fiche(personne), "nom") | {"habilitations-0-fin": "2029-01-01"})
    reponse = client.post(fiche(personne), ouverte | {"habilitations-0-fin": "2030-01-01", "nom": "Pas encore"})
    assert "Une autre personne vient d'écrire ici : « 01/01/2029 »" in phrases(reponse)
    personne.refresh_from_db()
    assert personne.nom != "Pas encore", "tout ou rien"
    assert client.post(fiche(personne), lire_la_reponse(reponse, "nom")).status_code == 302
    assert personne.habilitations.get().fin == date(2030, 1, 1)


def test_modifier_une_habilitation_retiree_entre_temps_se_dit(client: Client, second: Client) -> None:
    personne = habiliter(habiliter(une_personne(), Role.LECTEUR), Role.AGENT, Service.objects.all()[0])
    ouverte = lire(client, fiche(personne), "nom")
    second.post(fiche(personne), lire(second, fiche(personne), "nom") | {"habilitations-0-DELETE": "on"})
    reponse = client.post(fiche(personne), ouverte | {"habilitations-0-fin": "2030-01-01"})
    assert "Elle vient d'être retirée par une autre personne" in phrases(reponse)
    assert personne.habilitations.get().role == Role.AGENT


def test_la_meme_perte_vue_par_l_action(monde: Monde) -> None:
    par, personne = un_national(), habiliter(une_personne(), Role.LECTEUR)
    disparue = personne.habilitations.get()
    Habilitation.objects.filter(pk=disparue.pk).delete()
    with pytest.raises(EcritureRefusee, match="vient d'être retirée"):
        actions.modifier_personne(personne, {}, Habilitations(changees=[(disparue, {})]), par=par, le=timezone.now())
    actions.modifier_personne(personne, {}, Habilitations(retirees=[disparue]), par=par, le=timezone.now())
    assert not Acte.objects.exists(), "retirer ce qui l'est déjà ne fait rien"


# --- La page -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("nombre", [1, 3])
def test_la_fiche_se_lit_en_autant_de_requetes(
    nombre: int, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    personne = une_personne()
    for rang in range(nombre):
        habiliter(personne, Role.AGENT, Service.objects.all()[rang])
        habiliter(personne, Role.REDACTEUR, un_organisme())
    with django_assert_num_queries(7):
        assert client.get(fiche(personne)).status_code == 200


def test_les_services_sont_groupes_par_region(client: Client) -> None:
    page = phrases(client.get("/comptes/personnes/inviter/"))
    ile_de_france = page.split('<optgroup label="Île-de-France">')[1].split("</optgroup>")[0]
    assert "Seine-et-Marne (77)" in ile_de_france
    assert "Allier" not in ile_de_france
    assert ile_de_france.index("– Île-de-France") < ile_de_france.index("Seine-et-Marne (77)"), "la région d'abord"
