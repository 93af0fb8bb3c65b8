"""Le serveur web est tué net (`kill -9`) pendant que l'on tape, puis relancé : rien d'annoncé ne se perd, et tout finit enregistré.

La même scène dure deux minutes, avec vingt morts et des robots HTTP, dans `bench/saisie.py --tuer 20`.
"""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, expect

from tests.fabriques import relire, un_bailleur, un_brouillon
from tests.navigateur.frappe import ENREGISTRE

pytestmark = [pytest.mark.navigateur, pytest.mark.django_db(transaction=True), pytest.mark.lent]
ICI = "127.0.0.1"
MORTS = 3
LU = """() => [document.querySelector("[data-etat-de-la-saisie] [role=status]").textContent,
  document.querySelector("[name=methodologie]").value]"""


class Site:
    """Le site sous gunicorn, sur la base de l'essai."""

    def __init__(self, dossier: Path) -> None:
        with socket.socket() as prise:
            prise.bind((ICI, 0))
            self.port: int = prise.getsockname()[1]
        base = connection.get_connection_params()
        self.reglages = os.environ | {
            "HLM_SANS_ENV": "1",
            "DEBUG": "1",  # les statiques se servent sans collecte
            "SECRET_KEY": settings.SECRET_KEY,
            "ALLOWED_HOSTS": ICI,
            "SECURISE": "0",
            "VAR_DIR": str(dossier),
            "DATABASE_URL": f"postgres://{base['user']}@/{base['dbname']}?host={base['host']}",
        }
        self.lancer()

    @property
    def adresse(self) -> str:
        return f"http://{ICI}:{self.port}"

    def lancer(self) -> None:
        options = ["--config", "python:hlm_projets.serveur", "--bind", f"{ICI}:{self.port}", "--log-level", "critical"]
        commande = [sys.executable, "-m", "gunicorn", *options, "hlm_projets.wsgi"]
        self.processus = subprocess.Popen(commande, cwd=settings.RACINE, env=self.reglages, start_new_session=True)
        self.attendre()

    def attendre(self) -> None:
        """Jusqu'à ce que le port réponde."""
        limite = time.monotonic() + 60
        while time.monotonic() < limite:
            with socket.socket() as prise:
                if prise.connect_ex((ICI, self.port)) == 0:
                    return
            time.sleep(0.1)
        raise AssertionError("le serveur ne démarre pas")

    def tuer(self) -> None:
        """Le maître et ses processus, sans prévenir."""
        os.killpg(self.processus.pid, signal.SIGKILL)
        self.processus.wait()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path)
    yield site
    site.tuer()


def test_trois_morts_pendant_la_frappe(site: Site, chromium: Browser) -> None:
    brouillon, hasard = un_brouillon(methodologie=""), random.Random()
    par = un_bailleur(brouillon.organisme)
    client = Client()
    client.force_login(par)
    contexte = chromium.new_context(base_url=site.adresse, locale="fr-FR")
    contexte.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value, "url": site.adresse}]
    )
    page = contexte.new_page()
    page.goto(f"/candidatures/{brouillon.pk}/section/accompagnement/")
    page.locator("[name=methodologie]").focus()
    tape = ""

    def taper(mots: int) -> None:
        nonlocal tape
        for _ in range(mots):
            mot = hasard.choice(["ménage ", "« accès » ", "à Évreux, ", "droit & devoir ", "12 visites\n"])
            page.keyboard.type(mot, delay=15)
            tape += mot

    for _ in range(MORTS):
        taper(hasard.randint(15, 40))
        annonce, montre = page.evaluate(LU)
        site.tuer()
        if ENREGISTRE.match(annonce):
            assert relire(brouillon).methodologie == montre
        taper(hasard.randint(3, 15))
        site.lancer()
    taper(3)
    expect(page.locator("[data-etat-de-la-saisie] [role=status]")).to_have_text(ENREGISTRE, timeout=60_000)
    assert page.locator("[name=methodologie]").input_value() == tape
    assert relire(brouillon).methodologie == tape
    assert not page.locator("[data-conflit]").count(), "une réponse perdue ne fait pas de conflit avec soi-même"
    contexte.close()
