"""Un vrai serveur de courriel, qui accepte, refuse, traîne, se tait ou raccroche selon ce que l'essai lui dit."""

import asyncio
import email
import email.policy
import threading
from email.message import EmailMessage
from types import TracebackType
from typing import Self

from aiosmtpd.smtp import SMTP, Envelope, Session

ACCEPTE = "250 OK"
RACCROCHE = "raccroche"
SE_TAIT = "se tait"
TRAINE = "traine"


class ServeurSmtp:
    """`recus` : ce que le serveur a accepté ; `reponses` : ce qu'il répond, à la suite, avant d'accepter tout le reste."""

    def __init__(self) -> None:
        self.recus: list[EmailMessage] = []
        self.reponses: list[str] = []
        self.port = 0
        self._un_de_plus = threading.Semaphore(0)
        self._pret = threading.Event()
        self._fil = threading.Thread(target=lambda: asyncio.run(self._servir()))

    def __enter__(self) -> Self:
        self._fil.start()
        assert self._pret.wait(10)
        return self

    def __exit__(self, genre: type[BaseException] | None, erreur: BaseException | None, trace: TracebackType | None) -> None:
        self._boucle.call_soon_threadsafe(self._arret.set)
        self._fil.join(10)

    async def _servir(self) -> None:
        self._boucle, self._arret = asyncio.get_running_loop(), asyncio.Event()
        serveur = await self._boucle.create_server(lambda: SMTP(self, loop=self._boucle), "127.0.0.1", 0)
        self.port = serveur.sockets[0].getsockname()[1]
        self._pret.set()
        await self._arret.wait()
        serveur.close()

    @property
    def url(self) -> str:
        """L'adresse à donner au réglage EMAIL_URL."""
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def identifiants(self) -> list[str]:
        """Les Message-ID reçus, dans l'ordre."""
        return [str(recu["Message-ID"]) for recu in self.recus]

    def attendre(self, *, delai: float = 600) -> None:
        """Attend qu'un courriel de plus soit reçu."""
        assert self._un_de_plus.acquire(timeout=delai), "aucun courriel n'est arrivé"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Reçoit un courriel ; celui qui raccroche, se tait ou traîne l'a gardé avant de répondre trop tard."""
        reponse = self.reponses.pop(0) if self.reponses else ACCEPTE
        if reponse == RACCROCHE and server.transport:
            server.transport.close()
        if not reponse[0].isdigit() or reponse == ACCEPTE:
            self._garder(envelope.content)
        await asyncio.sleep({SE_TAIT: 60, TRAINE: 0.2}.get(reponse, 0))
        return reponse if reponse[0].isdigit() else ACCEPTE

    def _garder(self, contenu: bytes | str | None) -> None:
        assert isinstance(contenu, bytes)
        self.recus.append(email.message_from_bytes(contenu, policy=email.policy.default))
        self._un_de_plus.release()
