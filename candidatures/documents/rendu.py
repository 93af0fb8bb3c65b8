"""Le serveur de rendu : `python -m candidatures.documents.rendu CPU MUR MEMOIRE FICHIER`.

Un par processus web, lancé par `atelier.py`, sans Django ni connexion à la base. Il garde WeasyPrint chaud et, pour chaque
document lu sur l'entrée (huit octets de longueur, puis le HTML), se dédouble : l'enfant pose ses propres limites et rend ;
s'il déborde ou meurt, seul l'enfant est perdu. La réponse est un octet (`+` ou `-`), huit octets de longueur, puis le PDF ou
la cause. Il s'arrête à la fermeture de son entrée, c'est-à-dire à la mort de son parent.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import logging
import os
import resource
import select
import signal
import struct
import sys
import time
import traceback
from pathlib import Path
from typing import BinaryIO, NoReturn

from candidatures.documents.limites import MEGAOCTET, Limites
from candidatures.documents.moteur import Moteur

LONGUEUR = struct.Struct(">Q")
REUSSI, ECHOUE = b"+", b"-"
ENTREE = 0
_TRANCHE = 1 << 16
_PR_SET_PDEATHSIG = 1
CHAUFFE = Path(__file__).with_name("chauffe.html")
"""Une fiche qui met en jeu tout ce que le gabarit imprime."""


class RenduManque(Exception):
    """L'enfant n'a pas rendu de PDF ; le message est la cause, sans rien du document."""


class ParentMort(Exception):
    """L'entrée s'est fermée pendant un rendu."""


def principal(arguments: list[str]) -> None:
    """Prépare le moteur, puis sert jusqu'à la fermeture de l'entrée."""
    limites = Limites.depuis_arguments(arguments)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # un Ctrl+C s'adresse au serveur web ; sa fin ferme notre entrée
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # sortie ordinaire : le dossier provisoire des fontes est effacé
    logging.getLogger("weasyprint").setLevel(logging.CRITICAL)  # ses avertissements citent le texte des dossiers
    sortie = _sortie_reservee()
    moteur = Moteur()
    for _ in range(2):  # deux fois : la seconde trouve les caches de fontes et l'interpréteur spécialisés
        moteur.rendre(CHAUFFE.read_text(encoding="utf-8"))
    gc.collect()
    gc.freeze()
    with contextlib.suppress(ParentMort, BrokenPipeError):
        servir(sys.stdin.buffer, sortie, moteur, limites)


def _sortie_reservee() -> BinaryIO:
    """La sortie standard, pour nos seules réponses ; ce qu'une bibliothèque imprimerait va sur la sortie d'erreur."""
    reservee = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return reservee


def servir(entree: BinaryIO, sortie: BinaryIO, moteur: Moteur, limites: Limites) -> None:
    """Une requête après l'autre."""
    while len(entete := entree.read(LONGUEUR.size)) == LONGUEUR.size:
        html = entree.read(LONGUEUR.unpack(entete)[0]).decode()
        try:
            etat, corps = REUSSI, rendre_a_part(html, moteur, limites)
        except RenduManque as manque:
            etat, corps = ECHOUE, str(manque).encode()
        sortie.write(etat + LONGUEUR.pack(len(corps)) + corps)
        sortie.flush()


def rendre_a_part(html: str, moteur: Moteur, limites: Limites) -> bytes:
    """Le PDF rendu par un enfant. Lève `RenduManque` s'il meurt, échoue ou dépasse ses limites."""
    lecture, ecriture = os.pipe()
    enfant = os.fork()
    if not enfant:
        _enfant(html, ecriture, moteur, limites)
    os.close(ecriture)
    try:
        pdf = _recevoir(lecture, limites)
    except BaseException:
        os.kill(enfant, signal.SIGKILL)
        raise
    finally:
        os.close(lecture)
        _, fin = os.waitpid(enfant, 0)
    if code := os.waitstatus_to_exitcode(fin):
        raise RenduManque(f"signal {-code}" if code < 0 else "erreur du moteur")
    return pdf


def _recevoir(lecture: int, limites: Limites) -> bytes:
    """Ce que l'enfant écrit, jusqu'à la fin, l'heure limite, la taille limite ou la mort du parent."""
    echeance, reste = time.monotonic() + limites.mur, limites.fichier * MEGAOCTET
    morceaux: list[bytes] = []
    while True:
        prets, _, _ = select.select([lecture, ENTREE], [], [], max(0, echeance - time.monotonic()))
        if ENTREE in prets:
            raise ParentMort
        if not prets:
            raise RenduManque(f"plus de {limites.mur} secondes")
        if not (morceau := os.read(lecture, _TRANCHE)):
            return b"".join(morceaux)
        morceaux.append(morceau)
        reste -= len(morceau)
        if reste < 0:
            raise RenduManque(f"plus de {limites.fichier} mégaoctets")


def _enfant(html: str, ecriture: int, moteur: Moteur, limites: Limites) -> NoReturn:
    """Rend et sort, sans jamais revenir : ni nettoyage, ni tampon du parent vidé deux fois."""
    code = 1
    try:
        _mourir_avec_le_parent()
        _se_limiter(limites)
        if _a_des_fils():
            moteur.renouer()
        with os.fdopen(ecriture, "wb") as tube:
            tube.write(moteur.rendre(html))
        code = 0
    except BaseException as erreur:
        sys.stderr.write(f"Rendu du PDF : {type(erreur).__name__}\n{''.join(traceback.format_tb(erreur.__traceback__))}")
    finally:
        os._exit(code)


def _a_des_fils() -> bool:
    """Vrai si le serveur avait d'autres fils d'exécution que le sien (Pango récent en garde un par jeu de fontes)."""
    fils = Path(f"/proc/{os.getppid()}/task")
    return fils.exists() and len(list(fils.iterdir())) > 1


def _mourir_avec_le_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _se_limiter(limites: Limites) -> None:
    """Temps de calcul, mémoire et fichiers de ce seul processus."""
    taille = Path("/proc/self/statm")
    deja = int(taille.read_text().split()[0]) * resource.getpagesize() if taille.exists() else 0
    fichier = limites.fichier * MEGAOCTET
    resource.setrlimit(resource.RLIMIT_CPU, (limites.cpu, limites.cpu + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (fichier, fichier))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(ValueError, OSError):  # macOS refuse la limite de mémoire
        resource.setrlimit(resource.RLIMIT_AS, (deja + limites.memoire * MEGAOCTET,) * 2)


if __name__ == "__main__":
    principal(sys.argv[1:])
