"""De quoi essayer le confort de la saisie : un brouillon à l'écran, le vrai presse-papiers, les cellules d'un tableau."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page

from candidatures.models import Candidature
from tests.fabriques import un_brouillon
from tests.navigateur.depot import organisme_de, un_deposant
from tests.navigateur.gestes import entrer
from tests.navigateur.saisie import INTITULES, nomme

COPIER = """({ html, texte }) => {
  const source = document.body.appendChild(Object.assign(document.createElement("textarea"), { value: "x" }));
  source.select();
  source.addEventListener("copy", (evenement) => {
    evenement.clipboardData.setData("text/plain", texte);
    if (html) evenement.clipboardData.setData("text/html", html);
    evenement.preventDefault();
    source.remove();
  });
}"""


def un_brouillon_a_l_ecran(page: Page) -> Candidature:
    """Un brouillon complet, et sa personne connectée ; rien ne s'enregistre au fil de la frappe, d'autres essais s'en chargent."""
    page.route("**/js/frappe.js", lambda route: route.fulfill(content_type="text/javascript", body=""))
    personne = un_deposant()
    entrer(page, personne)
    return un_brouillon(organisme=organisme_de(personne), par=personne)


def aller(page: Page, candidature: Candidature, code: str) -> None:
    page.goto(f"/candidatures/{candidature.pk}/section/{code}/")


def champ(page: Page, nom: str) -> Locator:
    return page.get_by_role("textbox", name=nomme(INTITULES[nom]))


def coller(page: Page, dans: Locator, texte: str, html: str = "") -> None:
    """Par le vrai presse-papiers : Ctrl+C d'une source qui y met ce qu'y mettrait un traitement de texte, puis Ctrl+V."""
    page.evaluate(COPIER, {"html": html, "texte": texte})
    page.keyboard.press("ControlOrMeta+c")
    dans.evaluate("(champ) => champ.focus({ preventScroll: true })")
    page.wait_for_load_state("networkidle")  # ce qui sert à coller se charge en entrant dans une zone de texte
    page.keyboard.press("ControlOrMeta+v")


def tableau(page: Page, legende: str) -> Locator:
    return page.get_by_role("table", name=re.compile(f"^{legende}"))


def cellule(table: Locator, colonne: str, ligne: int) -> Locator:
    return table.get_by_label(f"{colonne}, ligne {ligne}", exact=True)
