"""Reconnaître un fichier reçu : son nom promet un genre, son contenu doit le tenir (fiabilité, F-37, F-38, V-29, V-30)."""

from __future__ import annotations

import io
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import BoundedSemaphore
from typing import IO

from candidatures.annexes.fichiers.genres import FORMATS_ADMIS, GENRE_PAR_EXTENSION, GENRES, TAILLE_MAXIMALE, Genre
from candidatures.annexes.fichiers.liseuse import REFUSE
from candidatures.annexes.fichiers.noms import extension_de
from candidatures.annexes.fichiers.refus import FichierRefuse
from hlm_projets.fichiers import MEGAOCTET

RACINE = Path(__file__).resolve().parents[3]
PATIENCE = 10
"""Secondes laissées à une lecture ; elle est tuée ensuite."""
ATTENTE_D_UN_APERCU = 1
"""Secondes avant de renoncer à un aperçu : huit à la fois ne retiennent pas tous les fils du serveur."""
_ENVIRONNEMENT = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "PYTHONPATH", "TZ")
_PLACES = BoundedSemaphore(2)
"""Deux lectures à la fois par processus : le reste du site garde de quoi répondre (A-25)."""

VIDE = FichierRefuse("vide", "Ce fichier est vide.")
TROP_GROS = FichierRefuse(
    "trop_gros", f"Ce fichier dépasse {TAILLE_MAXIMALE // MEGAOCTET} Mo. Réduisez-le, ou coupez-le en deux."
)
FORMAT = FichierRefuse("format", f"Ce format n'est pas admis. {FORMATS_ADMIS}")
ILLISIBLE = FichierRefuse(
    "illisible", "Ce fichier demande trop de temps ou de mémoire pour être lu. Enregistrez-le de nouveau, plus simple."
)
OCCUPE = FichierRefuse("occupe", "Le site lit déjà d'autres fichiers. Réessayez dans une minute.")

journal = logging.getLogger(__name__)


class ApercuImpossible(Exception):
    """L'aperçu n'a pas pu être dessiné."""


def reconnaitre(fichier: IO[bytes], nom: str) -> Genre:
    """Le genre d'un fichier reçu sous ce nom, lu de bout en bout par le lecteur de ce genre. Lève FichierRefuse."""
    promis = GENRE_PAR_EXTENSION.get(extension_de(nom))
    if promis is None:
        raise FORMAT
    taille = fichier.seek(0, os.SEEK_END)
    if not taille or taille > TAILLE_MAXIMALE:
        raise TROP_GROS if taille else VIDE
    code, reponse = _lire(fichier, "reconnaitre")
    if code == REFUSE:
        raise FichierRefuse(*reponse.decode().split("\t", 1))
    if code or reponse.decode() not in GENRES:
        journal.warning("Lecture d'une annexe (%s, %d octets) interrompue : code %s", promis.code, taille, code)
        raise ILLISIBLE
    trouve = GENRES[reponse.decode()]
    if trouve is not promis:
        raise _deguise(trouve, promis)
    return trouve


def _deguise(trouve: Genre, promis: Genre) -> FichierRefuse:
    phrase = f"Ce fichier se nomme « .{promis.extensions[0]} », mais c'est {trouve.article} : donnez-lui son extension."
    return FichierRefuse("deguise", phrase)


def dessiner(fichier: IO[bytes], genre: str) -> bytes:
    """Un aperçu en JPEG d'un PDF ou d'une image déjà reconnus. Lève ApercuImpossible."""
    try:
        code, reponse = _lire(fichier, "apercu", genre, attente=ATTENTE_D_UN_APERCU)
    except FichierRefuse as occupe:
        raise ApercuImpossible from occupe
    if code:
        journal.warning("Aperçu d'une annexe (%s) impossible : code %s", genre, code)
        raise ApercuImpossible
    return reponse


def _lire(fichier: IO[bytes], *arguments: str, attente: float = PATIENCE) -> tuple[int, bytes]:
    """Le code de sortie et la réponse de la liseuse ; elle ne reçoit ni nos secrets, ni nos descripteurs."""
    commande = [sys.executable, "-m", "candidatures.annexes.fichiers.liseuse", *arguments]
    permis = {nom: valeur for nom, valeur in os.environ.items() if nom in _ENVIRONNEMENT}
    if not _PLACES.acquire(timeout=attente):
        raise OCCUPE
    try:
        with _sur_disque(fichier) as entree:
            fini = subprocess.run(  # noqa: S603 (commande fixe ; du fichier, seul le contenu y va, par l'entrée)
                commande,
                cwd=RACINE,
                env=permis,
                stdin=entree,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=PATIENCE,
                check=False,
            )
    except subprocess.TimeoutExpired:
        return -1, b""
    finally:
        _PLACES.release()
    return fini.returncode, fini.stdout


@contextmanager
def _sur_disque(fichier: IO[bytes]) -> Iterator[int]:
    """Un descripteur du fichier, à son début ; ce qui n'est qu'en mémoire passe par un fichier provisoire."""
    fichier.seek(0)
    try:
        descripteur = fichier.fileno()
    except (AttributeError, io.UnsupportedOperation):
        with tempfile.TemporaryFile() as provisoire:
            shutil.copyfileobj(fichier, provisoire)
            provisoire.seek(0)
            yield provisoire.fileno()
    else:
        os.lseek(descripteur, 0, os.SEEK_SET)
        yield descripteur
    finally:
        fichier.seek(0)
