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
from playwright.sync_api import Browser, Page, expect

from candidatures.models import Candidature
from tests.fabriques import relire, un_bailleur, un_brouillon
from tests.navigateur.frappe import ENREGISTRE

pytestmark = [pytest.mark.navigateur, pytest.mark.django_db(transaction=True), pytest.mark.lent]
ICI = "127.0.0.1"
MORTS = 3
RETENIR_LES_ANNONCES = """() => {
  const etat = document.querySelector("[data-etat-de-la-saisie] [role=status]");
  const champ = document.querySelector("[name=methodologie]");
  window.annonces = [];
  const retenir = () => etat.textContent.startsWith("Enregistré à") && window.annonces.push(champ.value);
  new MutationObserver(retenir).observe(etat, { childList: true, characterData: true, subtree: true });
}"""
"""À chaque fois que la page dit « Enregistré », ce qu'elle montre à cet instant : c'est ce qu'elle annonce gardé."""


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


class Main:
    """Quelqu'un qui tape au bout de son texte, et ce que sa page lui a annoncé gardé."""

    def __init__(self, page: Page, hasard: random.Random) -> None:
        self.page, self.hasard, self.tape = page, hasard, ""
        self.etat = page.locator("[data-etat-de-la-saisie] [role=status]")
        page.locator("[name=methodologie]").focus()
        expect(self.etat).not_to_be_empty()
        page.evaluate(RETENIR_LES_ANNONCES)

    def taper(self, de: int, a: int) -> None:
        """De `de` à `a` mots, tirés au sort."""
        for _ in range(self.hasard.randint(de, a)):
            mot = self.hasard.choice(["ménage ", "« accès » ", "à Évreux, ", "droit & devoir ", "12 visites\n"])
            self.page.keyboard.type(mot, delay=15)
            self.tape += mot

    def annonces(self) -> list[str]:
        """Tous les textes annoncés gardés, dans l'ordre."""
        textes: list[str] = self.page.evaluate("window.annonces")
        return textes

    def attendre_une_annonce(self) -> None:
        """La page dit « Enregistré » de tout ce qui est tapé."""
        expect(self.etat).to_have_text(ENREGISTRE, timeout=60_000)
        self.page.wait_for_function("tape => window.annonces.at(-1) === tape", arg=self.tape, timeout=60_000)


@pytest.fixture
def main(site: Site, chromium: Browser, brouillon: Candidature, hasard: random.Random) -> Iterator[Main]:
    """Une personne de l'organisme, sur la section, devant le vrai serveur."""
    client = Client()
    client.force_login(un_bailleur(brouillon.organisme))
    contexte = chromium.new_context(base_url=site.adresse, locale="fr-FR")
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    contexte.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": site.adresse}])
    page = contexte.new_page()
    page.goto(f"/candidatures/{brouillon.pk}/section/accompagnement/")
    yield Main(page, hasard)
    contexte.close()


@pytest.fixture
def brouillon(db: None) -> Candidature:
    return un_brouillon(methodologie="")


@pytest.fixture
def hasard() -> random.Random:
    """`GRAINE=…` rejoue la même frappe."""
    graine = int(os.environ.get("GRAINE") or random.SystemRandom().randrange(2**32))
    print(f"\nGRAINE={graine}")  # noqa: T201 – de quoi rejouer
    return random.Random(graine)


def test_trois_morts_pendant_la_frappe(site: Site, main: Main, brouillon: Candidature, hasard: random.Random) -> None:
    """À chaque mort, tout ce que la page avait annoncé est en base ; la frappe continue pendant la panne, et tout finit gardé."""
    for _ in range(MORTS):
        main.taper(5, 20)
        main.attendre_une_annonce()
        main.taper(0, 15)
        main.page.wait_for_timeout(hasard.randint(0, 1_500))  # avant l'envoi, pendant, ou après
        site.tuer()
        annonce, garde = main.annonces()[-1], relire(brouillon).methodologie
        assert annonce
        assert garde.startswith(annonce), f"annoncé : …{annonce[-80:]!r} ; gardé : …{garde[-80:]!r}"
        assert main.tape.startswith(garde)
        main.taper(3, 15)
        site.lancer()
    main.taper(3, 3)
    main.attendre_une_annonce()
    assert main.page.locator("[name=methodologie]").input_value() == main.tape
    assert relire(brouillon).methodologie == main.tape
    assert not main.page.locator("[data-conflit]").count(), "une réponse perdue ne fait pas de conflit avec soi-même"
