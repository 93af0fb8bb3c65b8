"""clamd pour les essais : le vrai, quand la machine l'a, avec une base d'une seule signature ; un faux qui se tait ou se trompe."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.candidatures.annexes.fichiers import EICAR

BINAIRE = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin:/usr/local/sbin")
ABSENT = "clamd n'est pas installé (Debian : apt-get install clamav-daemon)"
SIGNATURE = "EssaiHLM.Eicar"


class Clamd:
    """Un vrai démon, sur sa propre prise, qui ne connaît qu'EICAR."""

    def __init__(self, dossier: Path) -> None:
        self.prise, base = str(dossier / "clamd.ctl"), dossier / "base"
        base.mkdir()
        (base / "essai.ndb").write_text(f"{SIGNATURE}:0:*:{EICAR.hex()}\n", encoding="ascii")
        reglages = dossier / "clamd.conf"
        reglages.write_text(f"LocalSocket {self.prise}\nDatabaseDirectory {base}\nForeground yes\n", encoding="utf-8")
        self.processus = subprocess.Popen([BINAIRE or "clamd", "-c", reglages], stdout=subprocess.DEVNULL)

    def attendre(self) -> None:
        """Jusqu'à ce que la prise réponde."""
        for _ in range(300):
            with suppress(OSError), socket.socket(socket.AF_UNIX) as liaison:
                liaison.connect(self.prise)
                return
            time.sleep(0.1)
        raise TimeoutError("clamd n'a pas démarré")

    @contextmanager
    def suspendu(self) -> Iterator[None]:
        """Le démon ne fait plus rien, sans être mort."""
        os.kill(self.processus.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.processus.pid, signal.SIGCONT)

    def arreter(self) -> None:
        """Le tue."""
        self.processus.kill()
        self.processus.wait(10)


@contextmanager
def clamd() -> Iterator[Clamd]:
    """Le vrai démon, le temps des essais."""
    with tempfile.TemporaryDirectory(prefix="hlm-clamd-") as dossier:
        demon = Clamd(Path(dossier))
        try:
            demon.attendre()
            yield demon
        finally:
            demon.arreter()


@contextmanager
def faux_clamd(reponse: bytes | None) -> Iterator[str]:
    """Une prise qui répond toujours cela, une fois tout reçu ; None : qui ne répond jamais. Rend son chemin."""
    with tempfile.TemporaryDirectory(prefix="hlm-clamd-") as dossier, socket.socket(socket.AF_UNIX) as ecoute:
        prise = f"{dossier}/prise"
        ecoute.bind(prise)
        ecoute.listen()
        fil = threading.Thread(target=_repondre, args=(ecoute, reponse), daemon=True)
        fil.start()
        yield prise
        with suppress(OSError):
            ecoute.shutdown(socket.SHUT_RDWR)
        fil.join(5)


def _repondre(ecoute: socket.socket, reponse: bytes | None) -> None:
    muettes = []
    with suppress(OSError):
        while True:
            liaison, _ = ecoute.accept()
            if reponse is None:
                muettes.append(liaison)
                continue
            with liaison:
                _tout_lire(liaison)
                liaison.sendall(reponse)
    for liaison in muettes:
        liaison.close()


def _tout_lire(liaison: socket.socket) -> None:
    """Jusqu'au morceau vide qui finit un envoi INSTREAM."""
    recu = b""
    while not recu.endswith(b"\0\0\0\0"):
        morceau = liaison.recv(1 << 16)
        if not morceau:
            return
        recu = (recu + morceau)[-64:]
