"""Le décor de la matrice : monté une fois par module, rendu tel quel à chaque essai."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass

import pytest
from django.db import transaction
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from tests import sentinelles
from tests.fabriques import Monde

DOSSIERS = ("brouillon_a", "brouillon_b", "deposee_a", "deposee_b")


@dataclass(frozen=True)
class Decor:
    """Un monde complet, et les témoins de connexion de chacun."""

    monde: Monde
    temoins: dict[str, dict[str, str]]
    marques: dict[str, sentinelles.Connait]


@pytest.fixture(scope="module")
def decor(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Decor]:
    """Dans une transaction que le module défait à la fin : ce qu'un essai y ajoute part avec lui."""
    with django_db_blocker.unblock(), transaction.atomic():
        monde = Monde()
        for dossier in DOSSIERS:
            getattr(monde, dossier)
        yield Decor(monde, {role: _temoins(monde, role) for role in Monde.ROLES}, sentinelles.posees())
        transaction.set_rollback(True)


def _temoins(monde: Monde, role: str) -> dict[str, str]:
    client = Client()
    client.force_login(monde.personne(role))
    return {nom: temoin.value for nom, temoin in client.cookies.items()}


@pytest.fixture
def monde(decor: Decor, db: None) -> Monde:
    """Celui du décor ; une copie, qu'un essai peut changer."""
    sentinelles.reposer(decor.marques)
    return deepcopy(decor.monde)


@pytest.fixture
def client_de(decor: Decor) -> Callable[[str], Client]:
    """Un navigateur connecté sous ce rôle, sans l'écrire une fois de plus ; « anonyme » ne l'est pas."""

    def ouvrir(role: str) -> Client:
        client = Client()
        client.cookies.load(decor.temoins.get(role, {}))
        return client

    return ouvrir
