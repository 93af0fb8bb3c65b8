"""La borne d'un envoi de fichiers, posée avant qu'un octet soit écrit (fiabilité, V-28, F-45)."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

MEGAOCTET = 1024 * 1024
ENVOI_MAXIMAL = 160 * MEGAOCTET
"""Les annexes d'un dossier (150 Mo) et ce qui les accompagne."""
AILLEURS = 3 * MEGAOCTET
"""Là où l'on n'attend pas de fichier."""


class EnvoiBorne(FileUploadHandler):
    """Refuse d'après la longueur annoncée : le site répond 413 sans rien lire ; les handlers suivants font le reste."""

    def handle_raw_input(
        self, input_data: Any, META: Any, content_length: int, boundary: Any, encoding: str | None = None
    ) -> None:
        """Lève RequestDataTooBig au-delà de ce que cette adresse attend."""
        attendu = ENVOI_MAXIMAL if "/annexes/" in META.get("PATH_INFO", "") else AILLEURS
        if content_length > attendu:
            raise RequestDataTooBig(f"Envoi de {content_length} octets ; {attendu} au plus à cette adresse.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Passe la main aux suivants."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Ne garde rien : un des suivants a le fichier."""
