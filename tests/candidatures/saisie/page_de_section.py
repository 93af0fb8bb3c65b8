"""Ce qu'un navigateur enverrait d'une page de section, sans y rien toucher."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any


class FormulaireDuNavigateur(HTMLParser):
    """Ce qu'un navigateur enverrait du formulaire principal d'une page, sans y rien toucher."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.envoi: dict[str, Any] = {}
        self.ouvert = ""
        self.dans_la_page = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        balise = dict(attrs)
        if tag == "main":
            self.dans_la_page = True
        nom = balise.get("name") or ""
        if not self.dans_la_page or not nom:
            if tag == "option" and self.ouvert and "selected" in balise:
                self.envoi[self.ouvert] = balise.get("value") or ""
            return
        if tag in ("textarea", "select"):
            self.ouvert = nom
            self.envoi.setdefault(nom, "")
        elif tag == "input" and (balise.get("type") not in ("checkbox", "radio") or "checked" in balise):
            self._noter(nom, balise.get("value") or ("on" if balise.get("type") == "checkbox" else ""))

    def _noter(self, nom: str, valeur: str) -> None:
        self.envoi[nom] = [*self.envoi[nom], valeur] if nom == "departements" and nom in self.envoi else valeur
        if nom == "departements" and isinstance(self.envoi[nom], str):
            self.envoi[nom] = [valeur]

    def handle_data(self, data: str) -> None:
        if self.ouvert and self.get_starttag_text() and (self.get_starttag_text() or "").startswith("<textarea"):
            self.envoi[self.ouvert] += data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("textarea", "select"):
            self.ouvert = ""
