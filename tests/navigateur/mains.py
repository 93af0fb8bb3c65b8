"""Deux façons de se servir d'une page : à la souris et au clavier, ou au clavier seul."""

from __future__ import annotations

from typing import Protocol

from playwright.sync_api import Locator, Page, expect

PAS_MAXIMUM = 400
"""Tabulations au-delà desquelles l'élément cherché est hors d'atteinte."""

OU_EN_EST_ON = """(cible) => {
  const ici = document.activeElement;
  if (ici === cible) return "dessus";
  return ici.compareDocumentPosition(cible) & Node.DOCUMENT_POSITION_PRECEDING ? "avant" : "apres";
}"""
FOYER_VISIBLE = """() => {
  const e = document.activeElement, r = e.getBoundingClientRect();
  if (r.bottom < 0 || r.top > innerHeight) return false;
  const x = Math.max(0, Math.min(innerWidth - 1, r.left + Math.min(r.width, 40) / 2));
  const y = Math.max(0, Math.min(innerHeight - 1, r.top + Math.min(r.height, 40) / 2));
  const dessus = document.elementFromPoint(x, y);
  return dessus && (e.contains(dessus) || e.parentElement.contains(dessus));
}"""


class Mains(Protocol):
    """Les gestes élémentaires."""

    page: Page

    def taper(self, champ: Locator, texte: str) -> None:
        """Remplace ce que dit le champ."""

    def cocher(self, case: Locator) -> None:
        """Coche une case, ou choisit un bouton radio."""

    def derouler(self, liste: Locator, libelle: str) -> None:
        """Choisit dans une liste déroulante."""

    def activer(self, cible: Locator) -> None:
        """Suit un lien, presse un bouton, ouvre un repli."""


class Souris:
    """On clique ce qu'on voit ; les cases, par leur étiquette."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def taper(self, champ: Locator, texte: str) -> None:
        """Clique dans le champ et tape (ou colle)."""
        champ.fill(texte)

    def cocher(self, case: Locator) -> None:
        """L'étiquette, plus large que la case."""
        self.page.locator(f"label[for='{case.get_attribute('id')}']").click()

    def derouler(self, liste: Locator, libelle: str) -> None:
        """Ouvre et choisit."""
        liste.select_option(label=libelle)

    def activer(self, cible: Locator) -> None:
        """Un clic."""
        cible.click()


class Clavier:
    """Tabulation (dans les deux sens), espace, entrée, flèches ; rien d'autre. Le foyer n'est jamais caché (WCAG 2.4.11)."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def taper(self, champ: Locator, texte: str) -> None:
        """Va au champ, sélectionne ce qu'il contient, tape."""
        self.aller(champ)
        self.page.keyboard.press("ControlOrMeta+a")
        if texte:
            self.page.keyboard.insert_text(texte)
        else:
            self.page.keyboard.press("Delete")

    def cocher(self, case: Locator) -> None:
        """Espace pour une case ; dans un groupe de boutons, les flèches."""
        if case.get_attribute("type") == "checkbox":
            self.aller(case)
            self.page.keyboard.press("Space")
        else:
            self.choisir_aux_fleches(case)
        expect(case).to_be_checked()

    def choisir_aux_fleches(self, bouton: Locator) -> None:
        """La tabulation entre dans le groupe par son bouton choisi ; les flèches le parcourent."""
        groupe = self.page.locator(f"input[type=radio][name='{bouton.get_attribute('name')}']")
        coche = groupe.and_(self.page.locator(":checked"))
        self.aller(coche if coche.count() else groupe.first)
        self.page.keyboard.press("Space")
        for _ in range(groupe.count()):
            if bouton.is_checked():
                return
            self.page.keyboard.press("ArrowDown")

    def derouler(self, liste: Locator, libelle: str) -> None:
        """Les flèches, jusqu'au libellé."""
        self.aller(liste)
        libelles = liste.locator("option").all_inner_texts()
        self.page.keyboard.press("Home")
        for _ in range(libelles.index(libelle)):
            self.page.keyboard.press("ArrowDown")
        expect(liste.locator("option:checked")).to_have_text(libelle)

    def activer(self, cible: Locator) -> None:
        """Entrée."""
        self.aller(cible)
        self.page.keyboard.press("Enter")

    def aller(self, cible: Locator) -> None:
        """Tabule jusqu'à la cible, en avant ou en arrière selon l'endroit où elle est."""
        element = cible.element_handle()
        for _ in range(PAS_MAXIMUM):
            ou = element.evaluate(OU_EN_EST_ON)
            if ou == "dessus":
                self.page.wait_for_function(FOYER_VISIBLE)
                return
            self.page.keyboard.press("Shift+Tab" if ou == "avant" else "Tab")
        raise AssertionError(f"Hors d'atteinte du clavier : {cible}")
