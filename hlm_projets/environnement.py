"""Lecture des réglages dans l'environnement : une valeur fausse arrête le démarrage par une phrase."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

_VRAIS = {"1", "true", "yes", "on", "oui", "vrai"}
_FAUX = {"0", "false", "no", "off", "non", "faux", ""}


class Environnement:
    """Une variable, un genre, un défaut ; chaque lecture refuse ce qu'elle ne comprend pas."""

    def __init__(self, valeurs: dict[str, str]) -> None:
        self.valeurs = valeurs

    def texte(self, nom: str, defaut: str = "", *, parmi: tuple[str, ...] = ()) -> str:
        """Rend la valeur de `nom`, refusée si elle n'est pas dans `parmi` (quand il est donné)."""
        valeur = self.valeurs.get(nom, defaut)
        if parmi and valeur not in parmi:
            raise refus(nom, valeur, "choisir parmi " + ", ".join(parmi))
        return valeur

    def booleen(self, nom: str, defaut: bool = False) -> bool:
        """Rend vrai pour 1/oui/true, faux pour 0/non/false."""
        valeur = self.valeurs.get(nom)
        if valeur is None:
            return defaut
        if valeur.strip().lower() in _VRAIS:
            return True
        if valeur.strip().lower() in _FAUX:
            return False
        raise refus(nom, valeur, "attendu : 1 ou 0")

    def entier(self, nom: str, defaut: int, *, mini: int = 0, maxi: int = 10**9) -> int:
        """Rend un entier entre `mini` et `maxi` compris."""
        valeur = self.valeurs.get(nom)
        if valeur is None:
            return defaut
        if not valeur.strip().isdecimal() or not mini <= int(valeur) <= maxi:
            raise refus(nom, valeur, f"attendu : un entier de {mini} à {maxi}")
        return int(valeur)

    def liste(self, nom: str, defaut: str = "") -> list[str]:
        """Rend les éléments d'une liste séparée par des virgules."""
        return [mot.strip() for mot in self.valeurs.get(nom, defaut).split(",") if mot.strip()]

    def url(self, nom: str, defaut: str) -> str:
        """Rend une adresse http(s) sans barre finale."""
        valeur = self.valeurs.get(nom, defaut).rstrip("/")
        morceaux = urlsplit(valeur)
        if morceaux.scheme not in {"http", "https"} or not morceaux.netloc:
            raise refus(nom, valeur, "attendu : une adresse comme https://exemple.fr")
        return valeur

    def dossier(self, nom: str, defaut: Path) -> Path:
        """Rend un dossier, créé au besoin."""
        dossier = Path(self.valeurs.get(nom, defaut))
        try:
            dossier.mkdir(parents=True, exist_ok=True)
        except OSError as erreur:
            raise refus(nom, str(dossier), "ce dossier ne peut pas être créé") from erreur
        return dossier

    def base(self, nom: str, defaut: str) -> dict[str, Any]:
        """Rend le réglage Django d'une base SQLite ou PostgreSQL décrite par une URL."""
        valeur = self.valeurs.get(nom, defaut)
        if urlsplit(valeur).scheme not in {"sqlite", "postgres", "postgresql"}:
            raise refus(nom, valeur, "attendu : sqlite:///chemin ou postgres://utilisateur@hôte/base")
        return self._compris(nom, lambda: environ.Env.db_url_config(valeur))

    def courriel(self, nom: str, defaut: str) -> dict[str, Any]:
        """Rend les réglages d'envoi décrits par une URL (consolemail://, filemail:///dossier, smtp+tls://…)."""
        valeur = self.valeurs.get(nom, defaut)
        return self._compris(nom, lambda: environ.Env.email_url_config(valeur))

    def _compris(self, nom: str, lecture: Callable[[], Any]) -> dict[str, Any]:
        try:
            return dict(lecture())
        except (KeyError, ValueError, environ.ImproperlyConfigured) as erreur:
            raise refus(nom, self.valeurs.get(nom, ""), "cette adresse n'est pas comprise") from erreur


def refus(nom: str, valeur: str, attendu: str) -> ImproperlyConfigured:
    """La phrase qui arrête le démarrage."""
    return ImproperlyConfigured(f"Réglage {nom} : la valeur « {valeur} » est refusée ({attendu}).")
