"""L'antivirus : clamd, par sa prise locale et sa commande INSTREAM. Chaque attente est bornée (fiabilité, V-33, F-36)."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Iterable
from contextlib import suppress

DELAI = 15.0
"""Secondes d'une analyse, connexion et envoi compris."""
_LONGUEUR = struct.Struct(">I")
_REPONSE_MAXIMALE = 4096


class Injoignable(Exception):
    """L'antivirus n'a pas rendu de verdict : arrêté, suspendu, ou en erreur. Rien n'est su du fichier."""


def analyser(morceaux: Iterable[bytes], prise: str, *, delai: float = DELAI) -> str:
    """Le nom de ce que clamd a trouvé, vide si le fichier est sain. Lève Injoignable."""
    echeance = time.monotonic() + delai
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as liaison:
            _attendre(liaison, echeance)
            liaison.connect(prise)
            with suppress(BrokenPipeError, ConnectionResetError):  # clamd a répondu avant la fin : sa réponse dit pourquoi
                _envoyer(liaison, morceaux, echeance)
            return _verdict(_recevoir(liaison, echeance))
    except OSError as panne:
        raise Injoignable(f"{type(panne).__name__} : {panne}") from panne


def _envoyer(liaison: socket.socket, morceaux: Iterable[bytes], echeance: float) -> None:
    liaison.sendall(b"zINSTREAM\0")
    for morceau in morceaux:
        _attendre(liaison, echeance)
        liaison.sendall(_LONGUEUR.pack(len(morceau)) + morceau)
    liaison.sendall(_LONGUEUR.pack(0))


def _recevoir(liaison: socket.socket, echeance: float) -> str:
    recu = b""
    while not recu.endswith(b"\0") and len(recu) < _REPONSE_MAXIMALE:
        _attendre(liaison, echeance)
        if not (morceau := liaison.recv(_REPONSE_MAXIMALE)):
            break
        recu += morceau
    return recu.rstrip(b"\0").decode(errors="replace").strip()


def _attendre(liaison: socket.socket, echeance: float) -> None:
    """Ce qui reste du délai vaut pour la prochaine attente."""
    reste = echeance - time.monotonic()
    if reste <= 0:
        raise TimeoutError("délai dépassé")
    liaison.settimeout(reste)


def _verdict(reponse: str) -> str:
    """« stream: OK », « stream: Nom FOUND » ; toute autre réponse n'est pas un verdict."""
    if reponse == "stream: OK":
        return ""
    if reponse.startswith("stream: ") and reponse.endswith(" FOUND"):
        return reponse.removeprefix("stream: ").removesuffix(" FOUND")
    raise Injoignable(f"réponse de clamd : {reponse[:200] or 'aucune'}")
