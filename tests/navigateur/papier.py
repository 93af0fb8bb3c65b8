"""Le PDF officiel, relu comme du texte et comparé à ce qui a été tapé.

Ce qu'on attend est écrit ici depuis la fiche d'échange et les intitulés officiels, sans passer par la lecture de l'application.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models

from avis.models import AvisDepartemental, AvisRegional
from candidatures.champs import Case, Champ, Choix, Cout, Entier, OuiNon
from candidatures.champs.fourchettes import Unite
from candidatures.fiche import ENTETE, SECTIONS, TITRE
from candidatures.models import LigneDuPlan
from candidatures.sections import rubriques_de
from hlm_projets.ecran.colonnes import colonne
from territoires.models import Departement, Region
from tests.exemples.vraies import Fiche

Morceau = tuple[str, str]
"""Un intitulé officiel, et ce qui doit le suivre jusqu'au prochain."""

TETES = {"Nom Statut SIREN", "Volet Montant Part", "Financeur Libellé Montant Part État"}
"""Les en-têtes des tableaux : en haut d'une page, ils y sont répétés."""
CASES_REGIONALES = {f"{case} {sens}" for case in "☐☒" for sens in ("Favorable", "Défavorable")}


@dataclass(frozen=True)
class AvisDuPapier:
    """Un avis rendu : ce qui a été tapé dans chaque rubrique, le service, et la date dite à l'écran."""

    reponses: Mapping[str, str]
    service: str
    rendu_le: str

    @property
    def signature(self) -> str:
        """« DDT – Loiret (45), lundi 3 août 2026 à 10 h 04, heure de Paris »."""
        return f"{self.service}, {self.rendu_le}"


Avis = Mapping[str, AvisDuPapier]
"""Les avis que le lecteur doit trouver, par territoire : « 77 », « R11 »."""


# --- Lire ----------------------------------------------------------------------------------------------------------------
def texte_du_pdf(pdf: bytes, *options: str) -> str:
    """Le texte extrait ; les pages y sont séparées par « \\f »."""
    commande = ["pdftotext", "-enc", "UTF-8", *options, "-", "-"]
    return subprocess.run(commande, input=pdf, capture_output=True, check=True, timeout=60).stdout.decode()


def plat(texte: str) -> str:
    """Une seule ligne, sans point de coupe ni tiret de liaison ; un mot coupé après son trait d'union est recousu."""
    texte = re.sub(r"\s+", " ", re.sub("[\u200b\u00ad]", "", texte).replace(" — ", " "))
    return re.sub(r"- ", "-", texte).strip()


def corps_et_pieds(pdf: bytes) -> tuple[str, list[str]]:
    """Le texte des pages mis bout à bout, sans l'en-tête que répète un tableau coupé, et le pied de chacune (sa dernière ligne).

    Les cases de l'avis régional, dans leur colonne, sont lues hors de leur rang : `exiger_les_avis_regionaux` les regarde à leur place.
    """
    pages = [page.strip().splitlines() for page in texte_du_pdf(pdf, "-raw").split("\f") if page.strip()]
    lignes = [ligne for page in pages for ligne in page[page[0] in TETES : -1] if ligne not in CASES_REGIONALES]
    return plat("\n".join(lignes)), [plat(page[-1]) for page in pages]


# --- Comparer --------------------------------------------------------------------------------------------------------------
def exiger_la_fiche(pdf: bytes, fiche: Fiche, numero: str, avis: Avis | None = None) -> None:
    """Le PDF dit tout ce que dit la fiche, puis ces avis et eux seuls, dans l'ordre du papier, et rien d'autre."""
    avis = avis or {}
    corps, pieds = corps_et_pieds(pdf)
    assert corps.startswith(plat(" ".join((*ENTETE, TITRE))))
    assert "BROUILLON" not in corps
    exiger_les_pieds(pieds, numero)
    attendus = [*morceaux(fiche), *morceaux_d_avis(fiche, avis)]
    for (intitule, reponse), lu in zip(attendus, decouper(corps, [intitule for intitule, _ in attendus]), strict=True):
        assert lu == plat(reponse), f"Après « {intitule} », lu :\n{lu}\nattendu :\n{plat(reponse)}"
    exiger_les_cases_regionales(texte_du_pdf(pdf, "-layout"), [avis.get(f"R{region.pk}") for region in regions_de(fiche)])


def exiger_les_pieds(pieds: list[str], numero: str) -> None:
    """« 2026-77-001 … 2 / 5 » au pied de chaque page."""
    for rang, pied in enumerate(pieds, 1):
        assert pied.startswith(numero)
        assert pied.endswith(f" {rang} / {len(pieds)}")


def decouper(corps: str, intitules: list[str]) -> list[str]:
    """Ce que le texte dit après chaque intitulé, jusqu'au suivant ; échoue si l'un manque ou n'est pas à sa place."""
    bornes: list[tuple[int, int]] = []
    for intitule in intitules:
        debut = corps.find(plat(intitule), bornes[-1][1] if bornes else 0)
        assert debut >= 0, f"« {intitule} » n'est pas dans le PDF, ou pas à sa place : …{corps[bornes[-1][1] :][:300]}"
        bornes.append((debut, debut + len(plat(intitule))))
    fins = [debut for debut, _ in bornes[1:]] + [len(corps)]
    return [re.sub(r"^ ?: ?", "", corps[fin:suivant]).strip() for (_, fin), suivant in zip(bornes, fins, strict=True)]


# --- Ce qu'on attend -----------------------------------------------------------------------------------------------------
def morceaux(fiche: Fiche) -> Iterator[Morceau]:
    """Les rubriques 1 à 33 ; le titre d'une section va avec l'intitulé de sa première rubrique."""
    for section in SECTIONS:
        titre = "" if section is SECTIONS[0] else str(section._meta.verbose_name)
        for champ in rubriques_de(section):
            if isinstance(champ, Choix):
                continue  # la suite de la rubrique d'avant
            if champ.name == getattr(section, "texte_de_section", ""):
                yield f"{titre} {champ.help_text}", texte_attendu(champ, fiche)
            else:
                yield f"{titre} {champ.verbose_name} {champ.help_text}".strip(), texte_attendu(champ, fiche)
            titre = ""


def texte_attendu(champ: Champ, fiche: Fiche) -> str:
    """La réponse à une rubrique : cases, valeur ou texte, précision, tableaux."""
    nom, valeur = champ.name, fiche.get(champ.name)
    morceaux = [cases(champ, fiche), dire(champ, valeur), fiche.get(f"{nom}_precision") or ""]
    if nom == "localisation":
        concernes = Departement.objects.filter(pk__in=fiche["departements"]).order_by("pk")
        morceaux.append(f"Départements concernés : {', '.join(map(str, concernes))}")
    if nom == "cofinancements":
        morceaux += plan(fiche.get("lignes") or [])
    return " ".join(morceau for morceau in morceaux if morceau)


def cases(champ: Champ, fiche: Fiche) -> str:
    """« ☒ oui ☐ non », « ☒ » seul, « ☐ classique ☒ adaptée »."""
    valeur = fiche.get(champ.name)
    if isinstance(champ, Case):
        return coche(valeur is True)
    if isinstance(champ, OuiNon):
        return f"{coche(valeur is True)} oui {coche(valeur is False)} non"
    if champ.name == "complementarite_gestion":
        locative = fiche.get("gestion_locative")
        return f"{coche(locative == 'classique')} classique {coche(locative == 'adaptee')} adaptée"
    return ""


def coche(oui: bool) -> str:
    """La case du papier."""
    return "☒" if oui else "☐"


def dire(champ: Champ, valeur: Any) -> str:
    """Un texte tel que tapé, un nombre (une durée avec son unité), un coût en toutes lettres."""
    if valeur is None or isinstance(champ, OuiNon):
        return ""
    if isinstance(champ, Cout):
        return cout(valeur)
    return f"{valeur} mois" if isinstance(champ, Entier) and champ.name == "duree_mois" else str(valeur)


def cout(valeur: dict[str, Any]) -> str:
    """« de 1 500 à 1 750 € par ménage et par an »."""
    montants = [euros(valeur[borne]) for borne in ("min", "max") if valeur[borne]]
    prefixe = "de " if len(montants) == 2 else "jusqu'à " if valeur["max"] else ""
    somme = prefixe + " à ".join(montants).replace(" €", "", len(montants) - 1)
    return f"{somme} {Unite(valeur['unite']).label if valeur['unite'] else ''}"


def euros(montant: Any) -> str:
    """« 1704.70 » → « 1 704,70 € » ; vide pour None."""
    return f"{nombre(montant)} €" if montant is not None else ""


def nombre(texte: Any) -> str:
    """« 156840.00 » → « 156 840 »."""
    entier, _, decimales = f"{float(texte):.2f}".partition(".")
    return f"{int(entier):,}".replace(",", " ") + ("" if decimales == "00" else f",{decimales}")


def part(valeur: Any) -> str:
    """« 40.00 » → « 40 % »."""
    return f"{nombre(valeur)} %" if valeur is not None else ""


def plan(lignes: list[dict[str, Any]]) -> Iterator[str]:
    """Les deux tableaux, cellule par cellule, avec leurs totaux."""
    for nature, titre, tete, fin in (
        ("depense", "Dépenses", "Volet Montant Part", ""),
        ("ressource", "Ressources", "Financeur Libellé Montant Part État", ""),
    ):
        retenues = [ligne for ligne in lignes if ligne["nature"] == nature]
        if retenues:
            yield f"{titre} {tete}"
            yield from (ligne_du_plan(ligne) for ligne in retenues)
            yield f"Total {euros(somme(retenues, 'montant'))} {part(somme(retenues, 'part'))}{fin}".strip()


def somme(lignes: list[dict[str, Any]], colonne: str) -> float | None:
    """La somme de ce qui est dit ; None si rien ne l'est."""
    dites = [float(ligne[colonne]) for ligne in lignes if ligne[colonne] is not None]
    return sum(dites) if dites else None


def ligne_du_plan(ligne: dict[str, Any]) -> str:
    """Une ligne d'un tableau du plan."""
    financeur = LigneDuPlan.Financeur(ligne["financeur"]).label if ligne["financeur"] else ""
    etat = LigneDuPlan.Etat(ligne["etat"]).label if ligne["etat"] else ""
    return plat(f"{financeur} {ligne['libelle']} {euros(ligne['montant'])} {part(ligne['part'])} {etat}")


# --- Avis et organismes --------------------------------------------------------------------------------------------------
def regions_de(fiche: Fiche) -> list[Region]:
    """Les régions des départements de la fiche, par code."""
    return list(Region.objects.filter(departements__in=fiche["departements"]).distinct().order_by("pk"))


def morceaux_d_avis(fiche: Fiche, avis: Avis) -> Iterator[Morceau]:
    """Un bloc par département, un par région, vides si l'avis n'est pas de ceux-là ; puis les organismes."""
    titre = titre_de(AvisDepartemental)
    for departement in Departement.objects.filter(pk__in=fiche["departements"]).order_by("pk"):
        rendu = avis.get(departement.pk)
        yield f"{titre} {departement}".strip(), rendu.signature if rendu else ""
        yield from departemental(rendu)
        titre = ""
    titre = titre_de(AvisRegional)
    for region in regions_de(fiche):
        rendu = avis.get(f"R{region.pk}")
        yield f"{titre} {region}".strip(), rendu.signature if rendu else ""
        yield "(champ libre)", rendu.reponses["champ_libre"] if rendu else ""
        titre = ""
    organismes = (f"{o['nom']} {o['statut'] or ''} {o['siren'] or ''}" for o in fiche["organismes"])
    yield "Organismes Nom Statut SIREN", " ".join(organismes)


def departemental(rendu: AvisDuPapier | None) -> Iterator[Morceau]:
    """Les quatre rubriques d'un département ; la troisième en cases."""
    reponses = rendu.reponses if rendu else {}
    for nom in ("champ_libre", "pertinence", "reproductibilite", "conditions"):
        dit = reponses.get(nom, "")
        if nom == "reproductibilite":
            dit = " ".join(f"{coche(code == dit)} {mot}" for code, mot in REPRODUCTIBLE.items())
        yield str(colonne(AvisDepartemental, nom).verbose_name), dit


REPRODUCTIBLE = {"faible": "Faible", "moyen": "Moyen", "fort": "Fort"}


def titre_de(modele: type[models.Model]) -> str:
    """Le titre officiel de la section d'avis."""
    return str(modele._meta.verbose_name)


def exiger_les_cases_regionales(texte: str, rendus: list[AvisDuPapier | None]) -> None:
    """Par région, le cadre à deux colonnes : les cases à gauche, le texte à droite (lu par la mise en page)."""
    avis = texte[texte.index("Avis global formulé") :]
    cadres = re.findall(r"([☐☒]) Favorable +\(champ libre\).*\n(?:.*\n)*? *([☐☒]) Défavorable", avis)
    sens = [rendu.reponses["sens"] if rendu else "" for rendu in rendus]
    assert cadres == [(coche(dit == "favorable"), coche(dit == "defavorable")) for dit in sens]
