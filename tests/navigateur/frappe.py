"""Taper dans une section pendant qu'elle s'enregistre, et lire ce que la page en dit."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Error, Locator, Page, Route, expect

from candidatures.models import Candidature
from comptes.models import Seance, Utilisateur
from tests.fabriques import MOT_DE_PASSE, relire, un_brouillon
from tests.navigateur.conftest import Ouvrir
from tests.navigateur.depot import organisme_de, un_deposant
from tests.navigateur.gestes import entrer
from tests.navigateur.saisie import INTITULES, nomme

ENREGISTRE = re.compile(r"^Enregistré à \d\d:\d\d$")
NON_ENREGISTRE = re.compile(r"^Non enregistré depuis \d\d:\d\d")
SAISIES = "**/saisie/"
TEXTE = "Des ménages « fragiles »,\n\n- isolés & âgés\n- <b>endettés</b>\n\tœuvre 👩‍👧 déjà\N{NO-BREAK SPACE}!"

POSITIONS = """() => [...document.querySelectorAll("form[data-saisie] .champ, form[data-saisie] td, form[data-saisie] button")]
  .filter((e) => e.offsetParent)
  .map((e) => e.getBoundingClientRect())
  .map((r) => [Math.round(r.left), Math.round(r.top + scrollY), Math.round(r.width)])"""


@dataclass
class Frappe:
    """Une personne devant une section de son brouillon."""

    page: Page
    brouillon: Candidature
    personne: Utilisateur

    @classmethod
    def ouvrir(cls, ouvrir: Ouvrir, section: str = "publics", *, complet: bool = True, **options: object) -> Frappe:
        """Un brouillon neuf, sa personne connectée, la section affichée."""
        personne = un_deposant()
        brouillon = un_brouillon(organisme=organisme_de(personne), par=personne, complet=complet)
        frappe = cls(ouvrir(**options), brouillon, personne)
        entrer(frappe.page, personne)
        frappe.aller(section)
        return frappe

    def aller(self, section: str) -> None:
        """Affiche cette section, et attend que la page soit prête à enregistrer."""
        self.page.goto(f"/candidatures/{self.brouillon.pk}/section/{section}/")
        expect(self.etat).not_to_be_empty()

    def champ(self, nom: str) -> Locator:
        """Le champ de texte d'une rubrique, trouvé par son intitulé."""
        return self.page.get_by_role("textbox", name=nomme(INTITULES[nom]))

    @property
    def etat(self) -> Locator:
        """La région qui dit l'enregistrement."""
        return self.page.locator("[data-etat-de-la-saisie] [role=status]")

    @property
    def dialogue(self) -> Locator:
        """Le dialogue d'une session finie."""
        return self.page.get_by_role("dialog", name="Votre session a expiré.")

    def couper_le_reseau(self) -> None:
        """Pendant que la personne est dans une zone de texte : ce qu'il faut pour y coller est déjà chargé."""
        self.champ("caracteristiques_publics").focus()
        self.page.wait_for_load_state("networkidle")
        self.page.context.set_offline(True)

    def attendre_l_enregistrement(self) -> None:
        """La page dit que tout est enregistré."""
        expect(self.etat).to_have_text(ENREGISTRE)

    def garde(self, nom: str) -> object:
        """Ce que la base a de cette rubrique."""
        return getattr(relire(self.brouillon), nom)

    def previent_avant_de_partir(self) -> bool:
        """Vrai si quitter la page demanderait confirmation."""
        return not self.page.evaluate("dispatchEvent(new Event('beforeunload', { cancelable: true }))")


def finir_les_sessions() -> None:
    """Comme si elles avaient expiré."""
    Seance.objects.all().delete()


def se_reconnecter(onglet: Page, personne: Utilisateur) -> None:
    """Par le formulaire de la page de connexion affichée dans cet onglet."""
    onglet.get_by_role("textbox", name="Adresse électronique").fill(personne.courriel)
    onglet.get_by_role("textbox", name="Mot de passe").fill(MOT_DE_PASSE)
    with onglet.expect_navigation():
        onglet.get_by_role("main").get_by_role("button", name="Se connecter").click()
    expect(onglet.get_by_role("button", name="Se déconnecter")).to_be_visible()


def tuer(page: Page) -> None:
    """Le processus de la page meurt net : il n'envoie plus rien."""
    with page.expect_event("crash"), suppress(Error):
        page.goto("chrome://crash")


def en_panne(page: Page, fois: int, code: int = 500) -> list[str]:
    """Les `fois` prochains enregistrements tombent en panne ; rend la liste de ceux qui l'ont été."""
    pannes: list[str] = []

    def couper(route: Route) -> None:
        if len(pannes) < fois:
            pannes.append(route.request.url)
            route.fulfill(status=code, body="panne")
        else:
            route.continue_()

    page.route(SAISIES, couper)
    return pannes


def positions(page: Page) -> Any:
    """Où est chaque champ visible de la section."""
    return page.evaluate(POSITIONS)
