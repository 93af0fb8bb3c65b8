"""La vigie : ce qu'aucune page d'aucun essai ne doit faire, relevé d'office dans chaque navigateur ouvert."""

from __future__ import annotations

import sys
import traceback
from typing import Any
from urllib.parse import urlsplit

from django.core.signals import got_request_exception
from playwright.sync_api import BrowserContext, ConsoleMessage, Request, WebError

ECOUTE = """document.addEventListener("securitypolicyviolation", (e) =>
  console.error(`politique de sécurité : ${e.violatedDirective} refuse ${e.blockedURI}`));"""
STATUT_DE_PAGE = "Failed to load resource: the server responded with a status of"
"""Chromium écrit une erreur pour toute réponse 4xx ; celle d'une page (404, 409) n'en est pas une."""

COUPURE = "Failed to load resource: net::ERR_"
"""Un enregistrement que le réseau a coupé : seuls les essais coupent le réseau, et la page le dit à sa façon."""


class Vigie:
    """Relève les pannes du serveur, les erreurs de la console, les violations de la politique de sécurité, les origines tierces."""

    def __init__(self, adresse: str) -> None:
        self.adresse, self.fautes = adresse, list[str]()

    def __enter__(self) -> Vigie:
        got_request_exception.connect(self._panne)
        return self

    def __exit__(self, *_: object) -> None:
        got_request_exception.disconnect(self._panne)

    def surveiller(self, contexte: BrowserContext) -> None:
        """Met les oreilles à toutes les pages de ce contexte."""
        contexte.add_init_script(ECOUTE)
        contexte.on("console", self._console)
        contexte.on("weberror", self._erreur)
        contexte.on("request", self._requete)

    def exiger_le_calme(self) -> None:
        """Échoue si quelque chose a été relevé."""
        fautes, self.fautes = self.fautes, []
        assert not fautes, "\n".join(fautes)

    def _panne(self, **_: Any) -> None:
        self.fautes.append("le serveur a failli :\n" + "".join(traceback.format_exception(*sys.exc_info())))

    def _console(self, message: ConsoleMessage) -> None:
        url = message.location["url"]
        d_une_page = message.text.startswith(STATUT_DE_PAGE) and "/static/" not in url
        coupe = message.text.startswith(COUPURE) and url.endswith(("/saisie/", "/etat/", "/jeton/", "/annexes/"))
        if message.type in {"error", "warning"} and not d_une_page and not coupe:
            self.fautes.append(f"console : {message.text} ({message.location['url']})")

    def _erreur(self, erreur: WebError) -> None:
        self.fautes.append(f"script : {erreur.error}")

    def _requete(self, requete: Request) -> None:
        adresse = urlsplit(requete.url)
        if adresse.scheme in {"http", "https"} and not requete.url.startswith(self.adresse + "/"):
            self.fautes.append(f"origine tierce : {requete.url}")
