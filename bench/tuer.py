"""Trois robots tapent sur la même fiche pendant que le serveur web est tué net, puis relancé : rien d'enregistré ne se perd.

Chaque robot imite la page de saisie : il garde ce qu'il a tapé et sa mémoire, envoie son texte une seconde et demie au plus après la frappe,
réessaie après 2, 4 puis 8 secondes sans réponse, et n'annonce « enregistré » que ce que le serveur a dit écrit.
"""

from __future__ import annotations

import html
import http.client
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlencode

from bench.charge import BOUCLE_LOCALE
from bench.memoire import lire as lire_la_memoire

RUBRIQUES = ("methodologie", "adhesion_menage", "relation_bailleur")
FRAPPE = 0.12
"""Secondes par signe."""
PAUSE = 1.5
DELAIS = (2, 4, 8)
PATIENCE = 5.0
MOTS = "le ménage, accompagné à Évreux — « droit au logement » ; 12 visites & 3 bilans\n".split(" ")


class Site:
    """Le site sous gunicorn, dans son groupe de processus, que l'on tue d'un coup."""

    def __init__(self, reglages: dict[str, str], port: int) -> None:
        self.reglages, self.port, self.processus = reglages, port, self._lancer(reglages, port)

    @staticmethod
    def _lancer(reglages: dict[str, str], port: int) -> subprocess.Popen[bytes]:
        options = ["--config", "python:hlm_projets.serveur", "--bind", f"{BOUCLE_LOCALE}:{port}", "hlm_projets.wsgi"]
        racine = Path(__file__).resolve().parent.parent
        return subprocess.Popen([sys.executable, "-m", "gunicorn", *options], cwd=racine, env=reglages, start_new_session=True)

    def tuer(self) -> None:
        """`kill -9` du maître et de ses processus."""
        os.killpg(self.processus.pid, signal.SIGKILL)
        self.processus.wait()

    def relancer(self) -> None:
        self.processus = self._lancer(self.reglages, self.port)


@contextmanager
def site(reglages: dict[str, str], port: int) -> Iterator[Site]:
    ici = Site(reglages, port)
    try:
        yield ici
    finally:
        ici.tuer()


@dataclass(slots=True)
class Frappe:
    """Un robot dans sa rubrique : ce qu'il a tapé, ce qui est annoncé enregistré, ce qui l'a contrarié."""

    robot: dict[str, Any]
    rubrique: str
    lu: str
    page: str = field(default_factory=lambda: str(uuid.uuid4()))
    tape: str = ""
    annonce: str = ""
    essais: int = 0
    pannes: int = 0
    fautes: list[str] = field(default_factory=list)

    def taper(self, port: int, fin: float, graine: int) -> None:
        """Tape jusqu'à l'instant `fin`, puis insiste jusqu'à ce que tout soit enregistré."""
        hasard, prochain, echecs = random.Random(graine), time.monotonic() + PAUSE, 0
        limite = fin + 60
        while time.monotonic() < limite and (time.monotonic() < fin or self.annonce != self.tape):
            if time.monotonic() < fin:
                self.tape += hasard.choice(MOTS)[: hasard.randint(1, 12)] + " "
            time.sleep(FRAPPE)
            if time.monotonic() >= prochain and self.annonce != self.tape:
                echecs = 0 if self.envoyer(port) else echecs + 1
                prochain = time.monotonic() + (DELAIS[min(echecs, len(DELAIS)) - 1] if echecs else PAUSE)

    def envoyer(self, port: int) -> bool:
        """Vrai si le serveur a répondu."""
        tape = self.tape.rstrip()
        donnees = {"page": self.page, "lu": self.lu, "champs": self.rubrique, self.rubrique: tape}
        corps = urlencode(donnees | {"csrfmiddlewaretoken": self.robot["cookies"]["csrftoken"]}).encode()
        self.essais += 1
        try:
            statut, recu = demander(port, self.robot, "POST", self.robot["saisie"]["texte"], corps)
        except (OSError, http.client.HTTPException):
            self.pannes += 1
            return False
        rendu = json.loads(recu) if statut == 200 else {}
        if rendu.get("ecrits") != [self.rubrique]:
            self.fautes.append(f"{self.rubrique} : {statut} {recu[:200]!r}")
            return False
        self.lu, self.annonce, self.tape = rendu["memoire"]["lu"], tape, self.tape if self.tape.rstrip() != tape else tape
        return True


def demander(port: int, robot: dict[str, Any], methode: str, chemin: str, corps: bytes | None = None) -> tuple[int, bytes]:
    connexion = http.client.HTTPConnection(BOUCLE_LOCALE, port, timeout=PATIENCE)
    try:
        cookie = "; ".join(f"{nom}={valeur}" for nom, valeur in robot["cookies"].items())
        entetes = {"Cookie": cookie, "Connection": "close", "Content-Type": "application/x-www-form-urlencoded"}
        connexion.request(methode, chemin, corps, entetes)
        reponse = connexion.getresponse()
        return reponse.status, reponse.read()
    finally:
        connexion.close()


def tuer(reglages: dict[str, str], robot: dict[str, Any], *, fois: int, duree: float) -> int:
    """Joue la scène ; dit ce qui a été tapé, annoncé, retrouvé ; rend 1 si un seul signe manque."""
    port, graine = 8_000 + os.getpid() % 20_000, int(os.environ.get("GRAINE") or uuid.uuid4().int % 2**32)
    hasard = random.Random(graine)
    print(f"GRAINE={graine}")
    with site(reglages, port) as ici:
        lus = memoire(port, robot)
        frappes = [Frappe(robot, nom, f"{nom}:{lus[nom]}") for nom in RUBRIQUES]
        fin = time.monotonic() + duree
        fils = [Thread(target=f.taper, args=(port, fin, rang)) for rang, f in enumerate(frappes)]
        for fil in fils:
            fil.start()
        perdus, morts = massacrer(ici, frappes, hasard, fois, fin - 2)
        for fil in fils:
            fil.join()
        perdus += [f"à la fin, {f.rubrique} : {ecart(f.tape.rstrip(), lire(port, robot, f.rubrique))}" for f in frappes]
    perdus = [perte for perte in perdus if not perte.endswith("rien")]
    signes, essais, pannes = (sum(valeurs) for valeurs in zip(*((len(f.tape), f.essais, f.pannes) for f in frappes), strict=True))
    print(f"{duree:.0f} s, serveur tué {morts} fois ; {signes} signes tapés, {essais} envois dont {pannes} sans réponse.")
    print(f"Annoncé enregistré puis perdu, ou absent à la fin : {len(perdus)}")
    fautes = [faute for f in frappes for faute in f.fautes] + perdus
    print(*fautes[:10], sep="\n", file=sys.stderr, end="\n" if fautes else "")
    return 1 if fautes or morts < fois else 0


def massacrer(ici: Site, frappes: list[Frappe], hasard: random.Random, fois: int, fin: float) -> tuple[list[str], int]:
    """Tue aux instants tirés au sort ; après chaque relance, ce qui était annoncé à l'instant de la mort est là."""
    debut = time.monotonic()
    perdus, morts = [], 0
    for instant in sorted(hasard.uniform(debut + 1, fin) for _ in range(fois)):
        time.sleep(max(0.0, instant - time.monotonic()))
        ici.tuer()
        morts += 1
        annonces = {f.rubrique: f.annonce for f in frappes}
        ici.relancer()
        for rubrique, annonce in annonces.items():
            garde = lire(ici.port, frappes[0].robot, rubrique)
            if not garde.startswith(annonce):
                perdus.append(f"mort {morts}, {rubrique} : {ecart(annonce, garde)}")
    return perdus, morts


def memoire(port: int, robot: dict[str, Any]) -> dict[str, str]:
    """Ce que la page dit avoir lu."""
    trouvee = re.search(r'name="lu" value="([^"]*)"', page(port, robot))
    assert trouvee
    return lire_la_memoire(trouvee[1])


def lire(port: int, robot: dict[str, Any], rubrique: str) -> str:
    """Le texte que la page montre."""
    trouve = re.search(rf'<textarea\b[^>]* name="{rubrique}"[^>]*>\n?(.*?)</textarea>', page(port, robot), re.DOTALL)
    assert trouve, rubrique
    return html.unescape(trouve[1]).replace("\r\n", "\n")


def page(port: int, robot: dict[str, Any]) -> str:
    """La section, demandée jusqu'à ce que le serveur réponde."""
    for _ in range(300):
        try:
            statut, recu = demander(port, robot, "GET", robot["section"])
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
            continue
        assert statut == 200, statut
        return recu.decode()
    raise SystemExit("Le serveur ne répond plus.")


def ecart(attendu: str, garde: str) -> str:
    """« rien », ou où les deux textes se séparent."""
    if attendu == garde:
        return "rien"
    rang = next((i for i, (a, b) in enumerate(zip(attendu, garde, strict=False)) if a != b), min(len(attendu), len(garde)))
    return f"{len(attendu) - rang} signes à partir de {attendu[rang : rang + 30]!r} (gardé : {garde[rang : rang + 30]!r})"
