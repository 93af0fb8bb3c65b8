"""Les types d'annexe : donnés d'office à une campagne, réglés par un administrateur, gardés tant qu'ils servent."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.test import Client
from django.urls import reverse

from candidatures.annexes.forms.types import MAXIMUM
from candidatures.models import Annexe, Campagne, TypeDAnnexe
from candidatures.models.annexe import TYPES_HABITUELS
from comptes.models import Acte
from tests.candidatures.campagnes.test_campagnes import CREER, SAISIE
from tests.fabriques import Monde, un_national, une_annexe, une_campagne
from tests.hlm_projets.une_page import exiger_une_page

pytestmark = pytest.mark.django_db

migration = import_module("candidatures.migrations.0004_annexes")


@pytest.fixture
def client(client_de: Callable[[str], Client]) -> Client:
    """Un navigateur d'administrateur."""
    return client_de("administrateur")


@pytest.fixture
def campagne(monde: Monde) -> Campagne:
    """Une campagne aux types habituels."""
    TypeDAnnexe.objects.creer_les_habituels(monde.campagne)
    return monde.campagne


def page(campagne: Campagne) -> str:
    return reverse("candidatures:campagne_annexes", args=[campagne.pk])


def lire(client: Client, campagne: Campagne) -> dict[str, Any]:
    """Ce que la page enverrait, sans rien y toucher."""
    jeu = client.get(page(campagne)).context["jeu"]
    donnees = {f"types-{nom}": valeur for nom, valeur in jeu.management_form.initial.items()}
    for form in jeu:
        lues = {form.add_prefix(nom): form[nom].value() for nom in form.fields}
        donnees |= {nom: valeur for nom, valeur in lues.items() if valeur is not None and valeur is not False}
    return donnees


def libelles(campagne: Campagne) -> list[str]:
    return list(campagne.types_d_annexe.values_list("libelle", flat=True))


def test_une_campagne_neuve_a_les_types_habituels(client: Client) -> None:
    client.post(CREER, SAISIE)
    types = Campagne.objects.get(code="2027").types_d_annexe.all()
    assert [t.libelle for t in types] == list(TYPES_HABITUELS)
    assert not any(t.exige for t in types)


def test_les_campagnes_deja_la_les_recoivent_a_la_migration() -> None:
    sans, avec = une_campagne(), une_campagne()
    TypeDAnnexe.objects.create(campagne=avec, libelle="Le sien")
    alors = MigrationLoader(connection).project_state(("candidatures", "0004_annexes")).apps
    for _ in range(2):
        migration.donner_les_types_habituels(alors, None)
    assert libelles(sans) == list(migration.TYPES_HABITUELS) == list(TYPES_HABITUELS)
    assert libelles(avec) == ["Le sien"]


def test_regler_exiger_renommer_ajouter_ranger(client: Client, campagne: Campagne, monde: Monde) -> None:
    exiger_une_page(client.get(page(campagne)).content.decode())
    donnees = lire(client, campagne) | {
        "types-0-exige": "on",
        "types-1-libelle": "  Budget \n détaillé ",
        "types-2-rang": "9",
        "types-5-libelle": "Convention",
        "types-5-rang": "0",
    }
    reponse = client.post(page(campagne), donnees, follow=True)
    assert "sont enregistrés" in reponse.content.decode()
    assert libelles(campagne) == [
        "Convention",
        "Note de présentation",
        "Budget détaillé",
        "Lettre d'engagement",
        "Autre",
        "Rapport",
    ]
    assert [t.libelle for t in campagne.types_d_annexe.filter(exige=True)] == ["Note de présentation"]
    acte = Acte.objects.get(acte="regler_les_annexes")
    assert acte.par == monde.personne("administrateur")
    assert len(acte.detail["changes"]) == 3
    client.post(page(campagne), lire(client, campagne))
    assert [a.detail for a in Acte.objects.filter(acte="regler_les_annexes")] == [acte.detail], "rien de changé : pas de ligne"
    assert "Types d&#x27;annexe" in client.get(reverse("candidatures:campagne_modifier", args=[campagne.pk])).content.decode()


def test_un_type_qui_a_servi_ne_se_retire_pas(client: Client, campagne: Campagne, monde: Monde) -> None:
    une_annexe(monde.brouillon_a, type_=campagne.types_d_annexe.get(libelle="Rapport"))
    html = client.post(page(campagne), lire(client, campagne) | {"types-2-DELETE": "on", "types-3-DELETE": "on"}).content.decode()
    assert "« Rapport » a déjà servi" in html
    assert "<title>Erreur : " in html
    assert len(libelles(campagne)) == 5, "tout ou rien"
    client.post(page(campagne), lire(client, campagne) | {"types-3-DELETE": "on"})
    assert libelles(campagne) == ["Note de présentation", "Plan de financement", "Rapport", "Autre"]
    assert Annexe.objects.exists()


@pytest.mark.parametrize(("annonces", "rendus"), [(2 * MAXIMUM, 2 * MAXIMUM), (2 * MAXIMUM + 1, 2 * MAXIMUM)])
def test_un_jeu_trafique_ne_fait_pas_rendre_mille_lignes(client: Client, campagne: Campagne, annonces: int, rendus: int) -> None:
    donnees = lire(client, campagne) | {"types-TOTAL_FORMS": annonces, "types-0-libelle": ""}
    reponse = client.post(page(campagne), donnees)
    assert reponse.status_code == 200
    assert len(reponse.context["jeu"].forms) == rendus


def test_deux_types_de_meme_libelle_sont_refuses(client: Client, campagne: Campagne) -> None:
    html = client.post(page(campagne), lire(client, campagne) | {"types-5-libelle": "RAPPORT"}).content.decode()
    assert "Ce libellé figure deux fois" in html
    assert len(libelles(campagne)) == 5


def test_deux_administrateurs_ne_s_effacent_pas(client: Client, campagne: Campagne) -> None:
    ouverte = lire(client, campagne)
    autre = Client()
    autre.force_login(un_national())
    autre.post(page(campagne), lire(autre, campagne) | {"types-0-libelle": "Note", "types-1-exige": "on"})
    html = client.post(page(campagne), ouverte | {"types-0-libelle": "Présentation"}).content.decode()
    assert "Une autre personne vient d&#x27;écrire ici : « Note »" in html
    assert client.post(page(campagne), ouverte | {"types-3-rang": "8"}).status_code == 302
    assert campagne.types_d_annexe.get(libelle="Plan de financement").exige, "l'autre réglage est resté"


def test_un_type_d_une_autre_campagne_ne_se_change_pas_d_ici(client: Client, campagne: Campagne) -> None:
    """F-29."""
    TypeDAnnexe.objects.creer_les_habituels(autre := une_campagne())
    donnees = lire(client, campagne) | {"types-0-id": autre.types_d_annexe.earliest("rang").pk, "types-0-libelle": "Pris"}
    assert client.post(page(campagne), donnees).status_code == 200
    assert libelles(autre) == list(TYPES_HABITUELS)
