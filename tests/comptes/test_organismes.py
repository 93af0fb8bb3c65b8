"""Les organismes : les créer, les modifier à plusieurs, les retrouver."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from comptes.models import Acte, Organisme, Role
from tests.comptes.saisie import lire, lire_la_reponse, phrases
from tests.fabriques import Monde, habiliter, un_bailleur, un_brouillon, un_national, un_organisme, une_personne

LISTE = "/comptes/organismes/"
CREER = "/comptes/organismes/creer/"


@pytest.fixture
def client(client_de: Callable[[str], Client]) -> Client:
    """Un navigateur d'administrateur."""
    return client_de("administrateur")


def test_creer(client: Client, monde: Monde) -> None:
    reponse = client.post(CREER, {"nom": "Habitat d'Ourcelle", "statut": "Régie", "siren": " 123 456\u00a0789 "}, follow=True)
    organisme = Organisme.objects.get(nom="Habitat d'Ourcelle")
    assert (organisme.statut, organisme.siren) == ("Régie", "123456789")
    assert "« Habitat d'Ourcelle » est créé" in phrases(reponse)
    acte = Acte.objects.get(acte="creer_organisme")
    assert (acte.par, acte.objet) == (monde.personne("administrateur"), "Habitat d'Ourcelle")
    assert acte.detail == {"organisme": organisme.pk, "nom": organisme.nom, "statut": "Régie", "siren": "123456789"}


def test_un_second_clic_ne_cree_pas_un_second_organisme(client: Client) -> None:
    for _ in range(2):
        reponse = client.post(CREER, {"nom": "Habitat d'Ourcelle"})
    assert Organisme.objects.filter(nom="Habitat d'Ourcelle").count() == 1
    assert "« Habitat d'Ourcelle » existe déjà" in phrases(reponse)


def test_le_nom_est_unique_sans_egard_a_la_casse(client: Client) -> None:
    un_organisme(nom="Toits de Garonne")
    autre = un_organisme(nom="Autre")
    assert "existe déjà" in phrases(client.post(CREER, {"nom": "TOITS de garonne"}))
    donnees = lire(client, f"{LISTE}{autre.pk}/", "nom") | {"nom": "toits de Garonne"}
    assert "existe déjà" in phrases(client.post(f"{LISTE}{autre.pk}/", donnees))
    assert Organisme.objects.get(pk=autre.pk).nom == "Autre"


def test_un_siren_deja_porte_nomme_l_organisme(client: Client) -> None:
    un_organisme(nom="Le premier", siren="123456789")
    reponse = client.post(CREER, {"nom": "Le second", "siren": "123 456 789"})
    assert "« Le premier » porte déjà ce SIREN" in phrases(reponse)
    assert not Organisme.objects.filter(nom="Le second").exists()


def test_plusieurs_organismes_sans_siren(client: Client) -> None:
    for nom in ("Un", "Deux"):
        assert client.post(CREER, {"nom": nom, "siren": "  "}).status_code == 302
    assert Organisme.objects.filter(nom__in=("Un", "Deux"), siren=None).count() == 2


@pytest.mark.parametrize("siren", ["12345678", "1234567890", "12345678A", "１２３４５６７８９"])
def test_un_siren_faux_est_refuse_en_une_phrase(siren: str, client: Client) -> None:
    reponse = client.post(CREER, {"nom": "Faux", "siren": siren})
    assert reponse.status_code == 200
    assert len(reponse.context["form"].errors["siren"]) == 1
    assert not Organisme.objects.filter(nom="Faux").exists()


def test_un_caractere_nul_est_refuse(client: Client) -> None:
    assert client.post(CREER, {"nom": "Faux", "siren": "123456789\x00"}).status_code == 200
    assert not Organisme.objects.filter(nom="Faux").exists()


def test_le_nom_manque(client: Client) -> None:
    reponse = client.post(CREER, {"nom": "  ", "statut": "OPH"})
    assert "Écrivez le nom de l'organisme." in phrases(reponse)
    assert "<title>Erreur : Créer un organisme" in phrases(reponse)


def test_seuls_les_champs_du_formulaire_changent(client: Client) -> None:
    organisme, autre = un_organisme(nom="A"), un_organisme(nom="B")
    donnees = lire(client, f"{LISTE}{organisme.pk}/", "nom") | {"nom": "A bis", "id": str(autre.pk), "pk": str(autre.pk)}
    client.post(f"{LISTE}{organisme.pk}/", donnees)
    assert dict(Organisme.objects.values_list("pk", "nom")) == {organisme.pk: "A bis", autre.pk: "B"}


def test_enregistrer_sans_rien_changer_n_ecrit_rien(client: Client) -> None:
    organisme = un_organisme(nom="A", siren="123456789")
    adresse = f"{LISTE}{organisme.pk}/"
    assert client.post(adresse, lire(client, adresse, "nom")).status_code == 302
    assert not Acte.objects.exists()


# --- À plusieurs ---------------------------------------------------------------------------------------------------------
@pytest.fixture
def second(db: None) -> Client:
    """Un autre administrateur."""
    client = Client()
    client.force_login(un_national())
    return client


def test_deux_saisies_sur_des_champs_differents_s_ajoutent(client: Client, second: Client) -> None:
    organisme = un_organisme(nom="Avant", statut="OPH")
    adresse = f"{LISTE}{organisme.pk}/"
    ouverte = lire(client, adresse, "nom")
    second.post(adresse, lire(second, adresse, "nom") | {"statut": "ESH"})
    assert client.post(adresse, ouverte | {"nom": "Après"}).status_code == 302
    organisme.refresh_from_db()
    assert (organisme.nom, organisme.statut) == ("Après", "ESH")
    changements = [a.detail["changements"] for a in Acte.objects.order_by("pk")]
    assert changements == [{"statut": ["OPH", "ESH"]}, {"nom": ["Avant", "Après"]}]


def test_deux_saisies_sur_le_meme_champ_se_signalent(client: Client, second: Client) -> None:
    organisme = un_organisme(nom="Avant", statut="OPH")
    adresse = f"{LISTE}{organisme.pk}/"
    ouverte = lire(client, adresse, "nom")
    second.post(adresse, lire(second, adresse, "nom") | {"nom": "Le sien", "statut": "SEM"})
    reponse = client.post(adresse, ouverte | {"nom": "Le mien"})
    assert "Une autre personne vient d'écrire ici : « Le sien »" in phrases(reponse)
    organisme.refresh_from_db()
    assert organisme.nom == "Le sien"
    encore = lire_la_reponse(reponse, "nom")
    assert encore["nom"] == "Le mien"
    assert client.post(adresse, encore).status_code == 302
    organisme.refresh_from_db()
    assert (organisme.nom, organisme.statut) == ("Le mien", "SEM"), "le champ qu'on n'a pas touché garde la saisie d'autrui"


@pytest.mark.parametrize("lu", ["", "n'importe quoi", "eyJub20iOiJ4In0:1abc:def"])
def test_une_page_au_sceau_illisible_s_enregistre_comme_la_derniere(lu: str, client: Client) -> None:
    organisme = un_organisme(nom="Avant")
    assert client.post(f"{LISTE}{organisme.pk}/", {"nom": "Après", "lu": lu}).status_code == 302
    organisme.refresh_from_db()
    assert organisme.nom == "Après"


# --- La liste ------------------------------------------------------------------------------------------------------------
def _peupler(nombre: int) -> None:
    for _ in range(nombre):
        organisme = un_organisme()
        for role in (Role.REDACTEUR, Role.DEPOSANT):
            un_bailleur(organisme, role)
        un_brouillon(organisme=organisme, complet=False)


@pytest.mark.parametrize("nombre", [1, 3])
def test_la_liste_se_lit_en_autant_de_requetes(
    nombre: int, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    _peupler(nombre)
    with django_assert_num_queries(3):
        reponse = client.get(LISTE)
    assert len(reponse.context["page"]) == nombre


def test_les_comptes_ne_se_multiplient_pas(client: Client, monde: Monde) -> None:
    organisme = un_organisme()
    for _ in range(3):
        un_brouillon(organisme=organisme, par=un_bailleur(organisme), complet=False)
    deux_roles = habiliter(un_bailleur(organisme), Role.REDACTEUR, organisme)
    assert deux_roles.habilitations.count() == 2
    ferme = un_bailleur(organisme)
    ferme.is_active = False
    ferme.save()
    habiliter(une_personne(), Role.REDACTEUR, organisme, fin="2020-01-01")
    lu = client.get(LISTE).context["page"][0]
    assert (lu.nombre_de_candidatures, lu.nombre_de_personnes) == (3, 4)


def test_chercher_mot_a_mot(client: Client) -> None:
    for nom, statut in (("Habitat des Deux Vallées", "OPH"), ("Toits de Garonne", "SEM"), ("Habitat du Nord", "ESH")):
        un_organisme(nom=nom, statut=statut)
    trouves = {q: [o.nom for o in client.get(LISTE, {"q": q}).context["page"]] for q in ("habitat", "nord HABITAT", "sem", "zzz")}
    assert trouves == {
        "habitat": ["Habitat des Deux Vallées", "Habitat du Nord"],
        "nord HABITAT": ["Habitat du Nord"],
        "sem": ["Toits de Garonne"],
        "zzz": [],
    }
    assert "Aucun organisme trouvé" in phrases(client.get(LISTE, {"q": "zzz"}))


@pytest.mark.parametrize(
    ("tri", "attendu"), [("nom", "AB"), ("-nom", "BA"), ("-personnes", "BA"), ("candidatures", "BA"), ("statut", "BA")]
)
def test_ranger(tri: str, attendu: str, client: Client) -> None:
    a, b = un_organisme(nom="A", statut="SEM"), un_organisme(nom="B", statut="OPH")
    par = un_bailleur(b)
    habiliter(par, Role.REDACTEUR, b)
    un_bailleur(b)
    un_brouillon(organisme=a, complet=False)
    reponse = client.get(LISTE, {"tri": tri})
    assert "".join(o.nom for o in reponse.context["page"]) == attendu
    sens = "descending" if tri.startswith("-") else "ascending"
    assert phrases(reponse).count(f'aria-sort="{sens}"') == 1


def test_les_pages_gardent_la_recherche(client: Client) -> None:
    for rang in range(26):
        un_organisme(nom=f"Habitat {rang:02}")
    reponse = client.get(LISTE, {"q": "habitat", "page": "2"})
    assert [o.nom for o in reponse.context["page"]] == ["Habitat 25"]
    assert "?q=habitat&amp;page=1" in phrases(reponse)


@pytest.mark.parametrize(
    "parametres", [{"q": "\x00"}, {"tri": "pk"}, {"tri": "-"}, {"page": "zzz"}, {"page": "-4"}, {"q": "a" * 500}, {"q": "%_"}]
)
def test_un_parametre_hostile_ne_casse_rien(parametres: dict[str, str], client: Client) -> None:
    un_organisme()
    assert client.get(LISTE, parametres).status_code == 200


def test_une_liste_vide_dit_quoi_faire(client: Client) -> None:
    assert "Créez le premier" in phrases(client.get(reverse("comptes:organismes")))
