"""Une session ouverte, et à qui : de quoi la lire avec son compte, et fermer celles d'une personne sans les lire toutes."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from comptes.models.utilisateur import Utilisateur


class Seance(AbstractBaseSession):
    """Ce que Django garde d'une session, et `utilisateur` : le compte qu'elle a ouvert, None avant la connexion."""

    utilisateur = models.ForeignKey(
        Utilisateur, models.CASCADE, null=True, editable=False, related_name="seances", verbose_name="personne"
    )

    class Meta(AbstractBaseSession.Meta):
        verbose_name = "session"
        verbose_name_plural = "sessions"

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        """Celle qui relit ces lignes ; nommée par les réglages, comme le fait Django."""
        magasin: Any = import_module(settings.SESSION_ENGINE).SessionStore
        classe: type[SessionBase] = magasin
        return classe
