"""Taper une fiche du format d'échange dans le formulaire, comme le ferait une personne, la fiche papier en main."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from playwright.sync_api import Locator, Page, expect

from candidatures.champs import Case, Champ, Choix, Cout, Entier, OuiNon, Texte
from candidatures.champs.fourchettes import Unite
from candidatures.fiche import SECTIONS, MontageFinancier, Projet, Section
from candidatures.models import LigneDuPlan
from candidatures.sections import champs_de
from territoires.models import Departement
from tests.exemples.vraies import Fiche
from tests.navigateur.gestes import exiger_le_titre
from tests.navigateur.mains import Mains, Souris

INTITULES = {champ.name: str(champ.verbose_name) for section in SECTIONS for champ in champs_de(section)}


def nomme(intitule: str) -> re.Pattern[str]:
    """L'intitulé, avec ou sans l'étoile de ce qui est exigé (la barre oblique finirait l'expression du navigateur)."""
    echappe = re.escape(intitule).replace("/", r"\/")
    return re.compile(rf"^\s*{echappe}( \*)?\s*$")


def montant_tape(montant: str | None) -> str:
    """« 1704.70 » comme on l'écrit : « 1 704,70 »."""
    if montant is None:
        return ""
    entier, _, decimales = montant.partition(".")
    groupes = f"{int(entier):,}".replace(",", " ")
    return groupes if decimales in {"", "00"} else f"{groupes},{decimales}"


class Saisie:
    """Une personne qui remplit la fiche."""

    def __init__(self, page: Page, mains: Mains | None = None) -> None:
        self.page, self.mains = page, mains or Souris(page)

    def toute(self, fiche: Fiche) -> None:
        """Section par section, dans l'ordre ; une section dont la fiche ne dit rien est sautée, les annexes aussi."""
        for section in SECTIONS:
            if self.a_dire(section, fiche):
                self.aller(section)
                self.remplir(section, fiche)
                self.envoyer("Enregistrer et continuer")
        with self.page.expect_navigation():
            self.mains.activer(self.page.get_by_role("link", name="Continuer : vérifier et déposer", exact=True))

    def envoyer(self, bouton: str) -> None:
        """Presse le bouton, et attend la page qui vient."""
        with self.page.expect_navigation():
            self.mains.activer(self.page.get_by_role("button", name=bouton, exact=True))

    def a_dire(self, section: type[Section], fiche: Fiche) -> bool:
        """Vrai si la fiche répond à quelque chose dans cette section."""
        return any(fiche.get(champ.name) not in (None, "") for champ in champs_de(section))

    def aller(self, section: type[Section]) -> None:
        """Par la liste des sections, si l'on n'y est pas déjà."""
        titre = str(section._meta.verbose_name)
        if self.page.get_by_role("heading", level=1).inner_text() != titre:
            sections = self.page.get_by_role("navigation", name="Sections de la fiche")
            self.mains.activer(sections.get_by_role("link", name=titre))
        exiger_le_titre(self.page, titre)

    def remplir(self, section: type[Section], fiche: Fiche) -> None:
        """Répond à chaque rubrique de la section affichée, tableaux compris."""
        for champ in champs_de(section):
            if fiche.get(champ.name) not in (None, ""):
                self.repondre(champ, fiche[champ.name])
        if section is Projet:
            self.departements(fiche["departements"])
            self.organismes(fiche["organismes"])
        if section is MontageFinancier:
            self.plan(fiche.get("lignes") or [])

    def repondre(self, champ: Champ, valeur: Any) -> None:
        """Répond à une rubrique, ou en écrit la précision."""
        gestes: dict[type[Champ], Callable[[str, Any], None]] = {
            Case: self.cocher,
            OuiNon: self.dire_oui_ou_non,
            Choix: self.choisir,
            Cout: self.chiffrer,
            Texte: self.ecrire,
            Entier: self.ecrire,
        }
        geste = next(geste for genre, geste in gestes.items() if isinstance(champ, genre))
        geste(intitule_a_l_ecran(champ), valeur)

    # --- Un geste par genre de champ ---------------------------------------------------------------------------------
    def ecrire(self, intitule: str, valeur: Any) -> None:
        """Un texte, ou un nombre."""
        self.mains.taper(self.page.get_by_role("textbox", name=nomme(intitule)), str(valeur))

    def cocher(self, intitule: str, cochee: bool) -> None:
        """Une case du papier."""
        if cochee:
            self.mains.cocher(self.page.get_by_role("checkbox", name=nomme(intitule)))

    def dire_oui_ou_non(self, intitule: str, oui: bool) -> None:
        """Deux boutons."""
        self.choisir(intitule, "oui" if oui else "non")

    def choisir(self, intitule: str, code: str) -> None:
        """Un bouton parmi plusieurs."""
        bouton = self.page.get_by_role("radiogroup", name=nomme(intitule)).locator(f"input[value={code}]")
        self.mains.cocher(bouton)
        expect(bouton).to_be_checked()

    def chiffrer(self, intitule: str, cout: dict[str, str | None]) -> None:
        """De … à … €, unité."""
        groupe = self.page.get_by_role("group", name=nomme(intitule))
        self.mains.taper(groupe.get_by_label("De (en euros)"), montant_tape(cout["min"]))
        self.mains.taper(groupe.get_by_label("À (en euros)"), montant_tape(cout["max"]))
        if cout["unite"]:
            self.mains.derouler(groupe.get_by_label("Unité"), str(Unite(cout["unite"]).label))

    def departements(self, codes: list[str]) -> None:
        """Ouvre les régions qu'il faut, coche les départements."""
        groupe = self.page.get_by_role("group", name=nomme("Départements concernés"))
        for departement in Departement.objects.select_related("region").filter(pk__in=codes):
            region = groupe.locator("details", has=self.page.locator("summary", has_text=departement.region.nom))
            if region.get_attribute("open") is None:
                self.mains.activer(region.locator("summary"))
            self.mains.cocher(region.get_by_role("checkbox", name=str(departement), exact=True))

    # --- Les tableaux --------------------------------------------------------------------------------------------------
    def organismes(self, organismes: list[dict[str, Any]]) -> None:
        """Un organisme par ligne ; la première porte déjà celui de la personne."""
        for ligne, organisme in self.lignes("Organismes porteurs du projet", organismes):
            self.mains.taper(ligne("Nom de l'organisme"), organisme["nom"])
            self.mains.taper(ligne("Statut"), organisme["statut"] or "")
            self.mains.taper(ligne("SIREN"), organisme["siren"] or "")

    def plan(self, lignes: list[dict[str, Any]]) -> None:
        """Les dépenses, puis les ressources."""
        for ligne, depense in self.lignes("Dépenses", [li for li in lignes if li["nature"] == "depense"]):
            self.mains.taper(ligne("Volet"), depense["libelle"])
            self.montant_et_part(ligne, depense)
        for ligne, ressource in self.lignes("Ressources", [li for li in lignes if li["nature"] == "ressource"]):
            self.mains.derouler(ligne("Financeur"), str(LigneDuPlan.Financeur(ressource["financeur"]).label))
            self.mains.taper(ligne("Libellé"), ressource["libelle"])
            self.montant_et_part(ligne, ressource)
            if ressource["etat"]:
                self.mains.derouler(ligne("État"), str(LigneDuPlan.Etat(ressource["etat"]).label))

    def montant_et_part(self, ligne: Callable[[str], Locator], valeurs: dict[str, Any]) -> None:
        """Deux colonnes communes aux deux tableaux."""
        self.mains.taper(ligne("Montant (€)"), montant_tape(valeurs["montant"]))
        self.mains.taper(ligne("Part (%)"), montant_tape(valeurs["part"]))

    def lignes(self, legende: str, valeurs: list[dict[str, Any]]) -> Iterator[tuple[Callable[[str], Locator], dict[str, Any]]]:
        """Chaque ligne à remplir ; quand il n'y en a plus de vide, « Enregistrer » en ajoute."""
        tableau = self.page.get_by_role("table", name=re.compile(rf"^{legende}"))
        for rang, valeur in enumerate(valeurs, 1):
            if tableau.locator("tbody tr").count() < rang:
                self.envoyer("Enregistrer")
            yield partial(_cellule, tableau, rang), valeur


def _cellule(tableau: Locator, rang: int, colonne: str) -> Locator:
    return tableau.get_by_label(f"{colonne}, ligne {rang}", exact=True)


def intitule_a_l_ecran(champ: Champ) -> str:
    """« Précision : Nombre de ménages accompagnés » pour une précision, l'intitulé officiel pour le reste."""
    precise = champ.name.removesuffix("_precision")
    if precise == champ.name:
        return str(champ.verbose_name)
    return f"{champ.verbose_name} : {INTITULES[precise]}"
