"""Un vrai navigateur : Chromium, piloté par Playwright, sur le serveur d'essai."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandlerMixin
from django.core.servers.basehttp import WSGIRequestHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from playwright.sync_api import Browser, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.navigateur.chromium import ouvrir_chromium
from tests.navigateur.vigie import Vigie

PATIENCE = 120_000
"""Millisecondes au-delà desquelles une attente est un échec ; assez pour une machine chargée."""

Ouvrir = Callable[..., Page]


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Un navigateur pour tous les essais ; Playwright fait tourner une boucle dans ce fil, ce que Django doit admettre."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        expect.set_options(timeout=PATIENCE)
        with sync_playwright() as playwright:
            navigateur = ouvrir_chromium(playwright)
            yield navigateur
            navigateur.close()


@pytest.fixture(scope="package", autouse=True)
def _statiques_gardes() -> Iterator[None]:
    """Comme en production, où leur nom change avec leur contenu : sans cela, chaque page les redemande tous au serveur d'essai."""
    d_origine = StaticFilesHandlerMixin.serve

    def serve(self: StaticFilesHandlerMixin, request: HttpRequest) -> HttpResponseBase:
        reponse = d_origine(self, request)
        reponse["Cache-Control"] = "public, max-age=3600"
        return reponse

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(StaticFilesHandlerMixin, "serve", serve)
        yield


@pytest.fixture(scope="package", autouse=True)
def _sans_attendre_pour_envoyer() -> Iterator[None]:
    """Le serveur d'essai écrit l'en-tête puis le corps : sans cela, le second attend 40 ms que le premier soit accusé."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WSGIRequestHandler, "disable_nagle_algorithm", True)
        yield


@pytest.fixture
def vigie(live_server: LiveServer) -> Iterator[Vigie]:
    """Ce qui a été relevé pendant l'essai."""
    with Vigie(live_server.url) as vigie:
        yield vigie


@pytest.fixture
def ouvrir(chromium: Browser, vigie: Vigie) -> Iterator[Ouvrir]:
    """Ouvre une page chez une personne de plus : ses témoins de connexion ne sont qu'à elle. Options : celles de `new_context`."""
    contextes = []

    def ouvrir(**options: Any) -> Page:
        contexte = chromium.new_context(**{"base_url": vigie.adresse, "locale": "fr-FR"} | options)
        contexte.set_default_timeout(PATIENCE)
        vigie.surveiller(contexte)
        contextes.append(contexte)
        return contexte.new_page()

    yield ouvrir
    for contexte in contextes:
        contexte.close()
    vigie.exiger_le_calme()


@pytest.fixture
def page(ouvrir: Ouvrir) -> Page:
    """Une page, chez une personne que le site ne connaît pas encore."""
    return ouvrir()
