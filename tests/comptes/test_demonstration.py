"""La connexion de démonstration : un bouton par compte inventé, et rien de tel ailleurs."""

from __future__ import annotations

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from comptes.connexion import demonstration
from comptes.connexion.domaine import DOMAINE
from comptes.models import Role, Utilisateur
from tests.comptes.saisie import phrases
from tests.fabriques import habiliter, un_agent, un_national, un_organisme


def compte(adresse: str = f"national@{DOMAINE}", **champs: object) -> Utilisateur:
    """Un administrateur de démonstration, sans mot de passe."""
    personne = habiliter(Utilisateur.objects.creer(adresse, prenom="Ada", nom="Inventée"), Role.ADMINISTRATEUR)
    Utilisateur.objects.filter(pk=personne.pk).update(**champs or {"prenom": "Ada"})
    return personne


@pytest.fixture
def en_demonstration(settings: Settings) -> None:
    """Le site est en démonstration."""
    settings.DEMONSTRATION = True


@pytest.fixture
def ailleurs(settings: Settings) -> None:
    """Le site est le vrai."""
    settings.DEMONSTRATION = False


def entrer(courriel: str, client: Client | None = None) -> int:
    """Demande à entrer dans ce compte."""
    return (client or Client()).post(reverse("demonstration"), {"courriel": courriel}).status_code


@pytest.mark.usefixtures("db", "ailleurs")
def test_rien_hors_de_la_demonstration() -> None:
    personne, client = compte(), Client()
    assert entrer(personne.courriel, client) == 404
    assert client.get(reverse("demonstration")).status_code == 404
    assert SESSION_KEY not in client.session
    assert demonstration.comptes() == []
    assert "Ada Inventée" not in phrases(client.get(reverse("account_login")))


@pytest.mark.usefixtures("db", "en_demonstration")
def test_un_clic_connecte() -> None:
    personne, client = compte(), Client()
    assert "Ada Inventée" in phrases(client.get(reverse("account_login")))
    reponse = client.post(reverse("demonstration"), {"courriel": personne.courriel, "next": "https://evil.example/"})
    assert (reponse.status_code, reponse["Location"]) == (302, reverse("accueil"))
    assert client.session[SESSION_KEY] == str(personne.pk)


@pytest.mark.usefixtures("db", "en_demonstration")
def test_seuls_les_comptes_de_demonstration_s_ouvrent() -> None:
    vrai, ferme = un_national(), compte(f"ferme@{DOMAINE}", is_active=False)
    compte(f"piege@exemple{DOMAINE}")
    refuses = ("", "\x00", vrai.courriel, ferme.courriel, f"piege@exemple{DOMAINE}", f"inconnu@{DOMAINE}")
    assert {courriel: entrer(courriel) for courriel in refuses} == dict.fromkeys(refuses, 404)


@pytest.mark.usefixtures("db", "en_demonstration")
def test_ni_sans_jeton_ni_en_lecture() -> None:
    personne = compte()
    assert entrer(personne.courriel, Client(enforce_csrf_checks=True)) == 403
    assert Client().get(reverse("demonstration")).status_code == 405


@pytest.mark.usefixtures("db", "en_demonstration")
@pytest.mark.parametrize("nombre", [1, 3])
def test_les_comptes_se_lisent_en_autant_de_requetes(nombre: int, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for rang in range(nombre):
        agent = habiliter(un_agent("77"), Role.REDACTEUR, un_organisme(nom=f"Habitat {rang}"))
        Utilisateur.objects.filter(pk=agent.pk).update(courriel=f"agent{rang}@{DOMAINE}")
    with django_assert_num_queries(5):
        lus = demonstration.comptes()
    assert [c.courriel for c in lus] == [f"agent{rang}@{DOMAINE}" for rang in range(nombre)]
    assert lus[0].role.endswith("Seine-et-Marne (77) ; Bailleur – saisie – Habitat 0")
