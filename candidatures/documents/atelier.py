"""Le côté web du rendu : lance le serveur de rendu au premier besoin, lui parle, le relance s'il meurt."""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import struct
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from threading import Lock, Timer
from typing import IO, cast

from candidatures.documents.limites import Limites

RACINE = Path(__file__).resolve().parent.parent.parent
_LONGUEUR = struct.Struct(">Q")
_REUSSI = b"+"
_DEMARRAGE = 4
"""Secondes accordées au serveur, en plus du rendu, pour démarrer et répondre ; au-delà il est tué."""
_ARRET = 2
"""Secondes laissées au serveur pour s'arrêter de lui-même."""
_ENVIRONNEMENT = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "PYTHONPATH", "TZ", "XDG_CACHE_HOME")


class RenduImpossible(Exception):
    """Le rendu n'a pas abouti ; le message dit la cause technique, sans rien du document."""


class Occupe(RenduImpossible):
    """Le rendu précédent de ce processus n'a pas fini dans le temps d'attente."""


@dataclass(frozen=True, slots=True)
class _Serveur:
    """Un serveur de rendu lancé, ses deux tubes et son dossier provisoire (les fontes)."""

    processus: subprocess.Popen[bytes]
    entree: IO[bytes]
    sortie: IO[bytes]
    dossier: str

    def demander(self, html: bytes) -> tuple[bytes, bytes]:
        """L'état et le corps de la réponse. Lève `EOFError` ou `OSError` si le serveur meurt."""
        self.entree.write(_LONGUEUR.pack(len(html)) + html)
        self.entree.flush()
        return self._lire(1), self._lire(_LONGUEUR.unpack(self._lire(_LONGUEUR.size))[0])

    def _lire(self, taille: int) -> bytes:
        if len(lu := self.sortie.read(taille)) < taille:
            raise EOFError
        return lu

    def arreter(self) -> None:
        """Ferme son entrée, ce qui l'arrête ; le tue s'il tarde."""
        with contextlib.suppress(OSError):  # octets encore en tampon pour un serveur déjà mort
            self.entree.close()
        try:
            self.processus.wait(_ARRET)
        except subprocess.TimeoutExpired:
            self.processus.kill()
            self.processus.wait()
        self.sortie.close()
        shutil.rmtree(self.dossier, ignore_errors=True)  # un serveur tué n'a rien rangé


class Atelier:
    """Un serveur de rendu et son verrou : un seul rendu à la fois. Rien ne démarre avant le premier `rendre`."""

    def __init__(self, limites: Limites | None = None) -> None:
        self.limites = limites or Limites()
        self._renouveler()
        os.register_at_fork(after_in_child=self._renouveler)  # gunicorn se dédouble : chaque processus a le sien

    def _renouveler(self) -> None:
        self._verrou = Lock()
        self._serveur: _Serveur | None = None

    @property
    def pid(self) -> int | None:
        """Le numéro de processus du serveur de rendu, s'il tourne."""
        serveur = self._serveur
        return serveur.processus.pid if serveur and serveur.processus.poll() is None else None

    def rendre(self, html: str) -> bytes:
        """Le PDF d'un document HTML. Lève `RenduImpossible` quoi qu'il arrive au serveur de rendu."""
        if not self._verrou.acquire(timeout=self.limites.attente):
            raise Occupe("un autre rendu est en cours")
        try:
            return self._demander(html.encode())
        except (OSError, EOFError) as panne:
            self.fermer()
            raise RenduImpossible(f"serveur de rendu interrompu ({type(panne).__name__})") from panne
        finally:
            self._verrou.release()

    def fermer(self) -> None:
        """Arrête le serveur de rendu ; le prochain `rendre` en lancera un autre."""
        serveur, self._serveur = self._serveur, None
        if serveur:
            serveur.arreter()

    def _demander(self, html: bytes) -> bytes:
        serveur = self._vivant()
        garde = Timer(self.limites.mur + _DEMARRAGE, serveur.processus.kill)  # serveur figé : sa mort rompt la lecture
        garde.start()
        try:
            etat, corps = serveur.demander(html)
        finally:
            garde.cancel()
        if etat != _REUSSI:
            raise RenduImpossible(corps.decode())
        return corps

    def _vivant(self) -> _Serveur:
        if self._serveur and self.pid:
            return self._serveur
        self.fermer()
        self._serveur = _lancer(self.limites)
        atexit.register(self.fermer)
        return self._serveur


def _lancer(limites: Limites) -> _Serveur:
    """Le serveur ne reçoit ni les secrets de l'environnement, ni les descripteurs ouverts (base, clients)."""
    commande = [sys.executable, "-m", "candidatures.documents.rendu", *limites.en_arguments()]
    permis = {nom: valeur for nom, valeur in os.environ.items() if nom in _ENVIRONNEMENT or nom.startswith("FONTCONFIG_")}
    dossier = tempfile.mkdtemp(prefix="hlm-pdf-")
    processus = subprocess.Popen(  # noqa: S603 (commande fixe, sans rien du document)
        commande, cwd=RACINE, env=permis | {"TMPDIR": dossier}, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    return _Serveur(processus, cast(IO[bytes], processus.stdin), cast(IO[bytes], processus.stdout), dossier)
