"""Remplir un formulaire tel qu'un navigateur l'a reçu : on lit la page, on change quelques réponses, on renvoie tout."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from django.test import Client


class Formulaires(HTMLParser):
    """Chaque formulaire de la page, avec ce que le navigateur en enverrait."""

    def __init__(self) -> None:
        super().__init__()
        self.lus: list[dict[str, str]] = []
        self._liste: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Retient les saisies, les cases cochées, les options choisies."""
        a = {nom: valeur or "" for nom, valeur in attrs}
        if tag == "form":
            self.lus.append({})
        elif tag == "select":
            self._liste = a["name"]
        elif tag == "option" and self._liste is not None:
            self._retenir_l_option(a)
        elif tag == "input" and a.get("name") and "disabled" not in a:
            self._retenir_la_saisie(a)

    def handle_endtag(self, tag: str) -> None:
        """Une liste se ferme."""
        if tag == "select":
            self._liste = None

    def _retenir_la_saisie(self, a: dict[str, str]) -> None:
        a_cocher = a.get("type") in ("checkbox", "radio")
        if not a_cocher or "checked" in a:
            self.lus[-1][a["name"]] = a.get("value", "on" if a_cocher else "")

    def _retenir_l_option(self, a: dict[str, str]) -> None:
        if self._liste is not None and ("selected" in a or self._liste not in self.lus[-1]):
            self.lus[-1][self._liste] = a["value"]


def lire(client: Client, adresse: str, champ: str) -> dict[str, str]:
    """Ce que contient, sans y toucher, le formulaire de la page où figure ce champ."""
    reponse = client.get(adresse)
    assert reponse.status_code == 200, reponse.status_code
    return lire_la_reponse(reponse, champ)


def lire_la_reponse(reponse: Any, champ: str) -> dict[str, str]:
    """Le même, pour une page déjà reçue."""
    lecteur = Formulaires()
    lecteur.feed(reponse.content.decode())
    return next(formulaire for formulaire in lecteur.lus if champ in formulaire)


def phrases(reponse: Any) -> str:
    """Le texte de la page, sur une ligne, apostrophes rendues."""
    return " ".join(reponse.content.decode().replace("&#x27;", "'").replace("&quot;", '"').split())
