"""L'avis au fil de la frappe, à plusieurs : présence, annonces, conflit champ par champ, rendu pendant qu'on tape (F-13)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from avis.models import AvisDepartemental, AvisRegional
from candidatures.models import Candidature
from comptes.models import Utilisateur
from tests.avis.fabriques import DEPARTEMENT, REGION, agent, ecrire, rendre, un_collegue, un_dossier
from tests.fabriques import un_agent
from tests.navigateur.conftest import Ouvrir
from tests.navigateur.controles import violations
from tests.navigateur.frappe import SAISIES, TEXTE, Frappe
from tests.navigateur.gestes import entrer, envoyer
from tests.navigateur.instruire import champ

pytestmark = pytest.mark.navigateur


@dataclass
class FrappeDAvis(Frappe):
    """Un agent devant l'avis de son territoire (« 77 », « R11 »)."""

    territoire: str = "77"

    def aller(self, section: str = "") -> None:
        """Affiche la page de l'avis."""
        niveau = f"region/{self.territoire[1:]}" if self.territoire.startswith("R") else f"departement/{self.territoire}"
        self.page.goto(f"/avis/{self.brouillon.pk}/{niveau}/")

    def champ(self, nom: str) -> Locator:
        return champ(self.page, self.territoire, nom)

    def cocher(self, nom: str, valeur: str) -> None:
        """Choisit une réponse."""
        self.champ(nom).locator(f"input[value={valeur}]").press("Space")

    def conflit(self, nom: str) -> Locator:
        """Les deux réponses à ce champ, et le choix."""
        return self.page.locator(f"[data-conflit={nom}]")


def devant(page: Page, dossier: Candidature, personne: Utilisateur, territoire: str = "77") -> FrappeDAvis:
    """La personne connectée, devant son avis."""
    entrer(page, personne)
    frappe = FrappeDAvis(page, dossier, personne, territoire)
    frappe.aller()
    return frappe


def avis() -> AvisDepartemental:
    return AvisDepartemental.objects.get()


def test_deux_collegues_ecrivent_le_meme_avis(ouvrir: Ouvrir) -> None:
    """Deux réponses s'ajoutent ; la même montre les deux textes, et chacune se tranche à part."""
    dossier, un, deux = un_dossier(), un_agent("77"), un_collegue("77")
    premier, second = devant(ouvrir(), dossier, un), devant(ouvrir(), dossier, deux)

    premier.champ("champ_libre").fill("Le texte du premier")
    premier.cocher("reproductibilite", "faible")
    premier.attendre_l_enregistrement()
    second.champ("pertinence").fill(TEXTE)
    second.attendre_l_enregistrement()
    assert (avis().champ_libre, avis().pertinence) == ("Le texte du premier", TEXTE)
    expect(second.page.get_by_text(f"{un} rédige cet avis.")).to_be_visible()
    expect(second.page.locator("[data-changee=champ_libre]")).to_contain_text(f"{un} a changé cette réponse")

    second.champ("champ_libre").fill("Le texte du second")
    second.cocher("reproductibilite", "fort")
    expect(second.etat).to_have_text(re.compile("sauf 2 réponses à choisir$"))
    assert not list(violations(second.page))
    assert (avis().champ_libre, avis().reproductibilite) == ("Le texte du premier", "faible")

    second.conflit("reproductibilite").get_by_role("button", name="Prendre l’autre").press("Enter")
    expect(second.champ("reproductibilite").locator("input[value=faible]")).to_be_checked()
    second.conflit("champ_libre").get_by_role("button", name="Garder les deux").press("Enter")
    second.attendre_l_enregistrement()
    assert (avis().champ_libre, avis().reproductibilite) == ("Le texte du premier\n\nLe texte du second", "faible")
    second.page.reload()
    expect(second.champ("champ_libre")).to_have_value("Le texte du premier\n\nLe texte du second")


def test_le_conflit_sans_javascript(ouvrir: Ouvrir) -> None:
    dossier = un_dossier()
    frappe = devant(ouvrir(java_script_enabled=False), dossier, un_agent("77"))
    ecrire(dossier, DEPARTEMENT, "77", un_collegue("77"), champ_libre="Du collègue", reproductibilite="faible")
    frappe.champ("champ_libre").fill("De moi")
    frappe.champ("pertinence").fill("Rien que de moi")
    envoyer(frappe.page, "Enregistrer le brouillon")
    assert (avis().champ_libre, avis().pertinence) == ("Du collègue", "Rien que de moi")
    expect(frappe.champ("champ_libre")).to_have_value("De moi")
    frappe.conflit("champ_libre").get_by_label("La mienne, telle").press("Space")
    envoyer(frappe.page, "Enregistrer le brouillon")
    assert (avis().champ_libre, avis().reproductibilite) == ("De moi", "faible")


def test_rendu_par_un_collegue_pendant_la_frappe(ouvrir: Ouvrir) -> None:
    """Le texte reste à l'écran, plus rien ne part, et la page dit pourquoi."""
    dossier = un_dossier()
    frappe = devant(ouvrir(), dossier, un_agent("77"))
    frappe.champ("champ_libre").fill("Un début")
    frappe.attendre_l_enregistrement()
    rendre(dossier, DEPARTEMENT, "77", un_collegue("77"), champ_libre="L'avis rendu")
    frappe.champ("champ_libre").press_sequentially(", et la suite")
    expect(frappe.etat).to_contain_text("L'avis est déjà rendu")
    expect(frappe.champ("champ_libre")).to_have_value("Un début, et la suite")
    assert avis().champ_libre == "L'avis rendu"


def test_le_motif_pour_passer_outre_ne_se_perd_pas(ouvrir: Ouvrir) -> None:
    dossier = un_dossier(echeance=timedelta(days=-2))
    frappe = devant(ouvrir(), dossier, agent(REGION, "11"), "R11")
    motif = frappe.page.get_by_role("textbox", name="Motif pour passer outre")
    motif.fill(TEXTE)
    frappe.attendre_l_enregistrement()
    frappe.page.reload()
    expect(motif).to_have_value(TEXTE)
    assert AvisRegional.objects.get().motif_passer_outre == TEXTE


def test_rendre_emporte_la_derniere_frappe(ouvrir: Ouvrir) -> None:
    """Le bouton n'attend pas que la page ait enregistré, et ne se dispute pas ce qu'elle vient d'écrire."""
    dossier = un_dossier()
    frappe = devant(ouvrir(), dossier, un_agent("77"))
    frappe.cocher("reproductibilite", "fort")
    with frappe.page.expect_response(SAISIES):
        frappe.champ("champ_libre").fill("Un avis")
    frappe.champ("champ_libre").press_sequentially(" à rendre")
    with frappe.page.expect_navigation():
        frappe.page.get_by_role("button", name="Rendre l’avis").click()
    assert avis().est_rendu
    assert avis().champ_libre == "Un avis à rendre"
