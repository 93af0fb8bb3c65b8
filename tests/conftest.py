"""L'outillage commun : des réglages rapides, des gardes pour toutes les fautes, des personnes prêtes à se connecter."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.management.commands import flush
from django.db import connection
from django.db.models import QuerySet
from django.template import Engine
from django.test import Client, TransactionTestCase, override_settings
from hypothesis import settings as hypothesis
from pytest_django.plugin import DjangoDbBlocker

from tests import gardes, ordre, sentinelles
from tests.fabriques import Monde
from tests.moules import Moules, MoulesPostgresql, MoulesSqlite

# Une machine chargée n'est pas une faute ; rien ne reste d'une fois sur l'autre.
hypothesis.register_profile("essais", deadline=None, database=None, print_blob=True)
hypothesis.load_profile("essais")


# --- Quels essais, dans quel ordre ---------------------------------------------------------------------------------------
def pytest_addoption(parser: pytest.Parser) -> None:
    """`--melange 42` : rejoue l'ordre tiré au sort cette fois-là ; 0, celui des fichiers."""
    parser.addoption("--melange", type=int, default=None, help="graine du mélange des essais ; 0 : sans mélange")


def pytest_configure(config: pytest.Config) -> None:
    """L'ordre des essais ne vaut rien pour aucun : il change à chaque fois."""
    ordre.brancher(config)


def pytest_collection_finish() -> None:
    """Ce que la collecte a chargé restera : le ramasse-miettes n'a pas à le reparcourir, un dixième du temps y passait."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


@pytest.hookimpl(optionalhook=True)  # le crochet est de xdist
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ordre.Repartition:
    """Qui joue quoi : `ordre.Repartition`."""
    return ordre.Repartition(config, log)


BASES = {"db", "transactional_db", "django_db_setup", "live_server"}


@pytest.hookimpl(tryfirst=True)  # avant le tri par « -m »
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Saute, en le disant, ce qui n'a de sens que sur PostgreSQL ; nomme ce qu'aucune base ne change."""
    for item in items:
        ailleurs = any(item.get_closest_marker(marque) for marque in ("navigateur", "postgresql"))
        lit_une_base = item.get_closest_marker("django_db") or not BASES.isdisjoint(getattr(item, "fixturenames", ()))
        if not ailleurs and (not lit_une_base or item.nodeid.partition("::")[0] in ordre.ECRANS):
            item.add_marker("une_fois")
        if ailleurs and item.get_closest_marker("une_fois"):
            raise pytest.UsageError(f"{item.nodeid} ne serait joué nulle part : PostgreSQL seulement, et « une_fois »")
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        saut = pytest.mark.skip(reason="joué sur PostgreSQL seulement : bin/test pg")
        for item in items:
            if item.get_closest_marker("postgresql") or item.get_closest_marker("navigateur"):
                item.add_marker(saut)


# --- Réglages ------------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="session", autouse=True)
def _reglages_d_essai() -> Iterator[None]:
    """Un hachage rapide, et les statiques sans collecte préalable."""
    with override_settings(
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        STORAGES=settings.STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}},
    ):
        yield


# --- Bases ---------------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="session")
def moules(
    django_test_environment: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Moules]:
    """La base de cet ouvrier, copiée de celle que le premier a migrée."""
    ouvrier = os.environ.get("PYTEST_XDIST_WORKER", "seul")
    passage = os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid4().hex)[:12]
    dossier = tmp_path_factory.getbasetemp()
    sorte = MoulesSqlite if connection.vendor == "sqlite" else MoulesPostgresql
    with django_db_blocker.unblock():
        moules = sorte((dossier if ouvrier == "seul" else dossier.parent) / "moules", passage, ouvrier)
        moules.installer()
    yield moules
    with django_db_blocker.unblock():
        moules.defaire()


@pytest.fixture(scope="session")
def django_db_setup(moules: Moules) -> Iterator[None]:
    """À la place de celle de pytest-django : ni migration par ouvrier, ni vidage suivi de `post_migrate` après un essai qui valide."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda essai: moules.remettre())
        yield


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """Un essai qui rompt sa connexion (la base coupée sous le travailleur) n'en prive pas le suivant."""
    if connection.connection is not None and not connection.in_atomic_block and not connection.is_usable():
        connection.close()


# --- Gardes --------------------------------------------------------------------------------------------------------------
@pytest.fixture(autouse=True)
def _variables_de_gabarit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Une variable inconnue dans un de nos gabarits est une faute."""
    monkeypatch.setattr(Engine.get_default(), "string_if_invalid", gardes.VariableInconnue())


@pytest.fixture(autouse=True)
def _verrous_precis(monkeypatch: pytest.MonkeyPatch) -> None:
    """Un `select_for_update` sans `of`, dans notre code, est une faute."""
    d_origine = QuerySet.select_for_update

    def select_for_update(self: Any, **options: Any) -> Any:
        gardes.exiger_of(options.get("of", ()), sys._getframe(1))
        return d_origine(self, **options)

    monkeypatch.setattr(QuerySet, "select_for_update", select_for_update)


@pytest.fixture(autouse=True)
def _reponses_surveillees(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chaque réponse obtenue par un client de test : les jetons y sont, rien d'autrui n'y est (F-27)."""
    d_origine = Client.request

    def request(self: Client, **requete: Any) -> Any:
        reponse = d_origine(self, **requete)
        gardes.exiger_les_jetons(reponse)
        sentinelles.chercher_une_fuite(reponse)
        return reponse

    monkeypatch.setattr(Client, "request", request)


@pytest.fixture(autouse=True)
def _sentinelles_oubliees() -> Iterator[None]:
    """Les sentinelles d'un essai ne valent pas pour le suivant."""
    yield
    sentinelles.oublier()


@pytest.fixture(scope="session", autouse=True)
def _base_vidable() -> Iterator[None]:
    """Les déclencheurs du journal sont levés autour d'un vidage, et reposés ; le cache en base est vidé aussi.

    Pour toute la session : la base est vidée après que les fixtures de l'essai ont été défaites.
    """
    d_origine = flush.Command.handle

    def handle(self: flush.Command, **options: Any) -> None:
        with gardes.JournauxOuverts():
            d_origine(self, **options)
        cache.clear()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flush.Command, "handle", handle)
        yield


# --- Personnes -----------------------------------------------------------------------------------------------------------
@pytest.fixture
def monde(db: None) -> Monde:
    """Deux organismes, deux territoires, une personne par rôle, des candidatures de part et d'autre."""
    return Monde()


@pytest.fixture
def client_de(monde: Monde) -> Callable[[str], Client]:
    """Un navigateur connecté sous ce rôle (« redacteur », « agent_regional »…) ; « anonyme » ne l'est pas."""

    def ouvrir(role: str) -> Client:
        client = Client()
        if role != "anonyme":
            client.force_login(monde.personne(role))
        return client

    return ouvrir
