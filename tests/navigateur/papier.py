"""Le PDF officiel, relu comme du texte et comparé à ce qui a été tapé.

Ce qu'on attend est écrit ici depuis la fiche d'échange et les intitulés officiels, sans passer par la lecture de l'application.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from typing import Any, cast

from django.db import models

from avis.models import AvisDepartemental, AvisRegional
from candidatures.champs import Case, Champ, Choix, Cout, Entier, OuiNon
from candidatures.completude import rubriques_de
from candidatures.fiche import ENTETE, SECTIONS, TITRE
from candidatures.fourchettes import Unite
from candidatures.models import LigneDuPlan
from territoires.models import Departement, Region
from tests.exemples.vraies import Fiche

Morceau = tuple[str, str]
"""Un intitulé officiel, et ce qui doit le suivre jusqu'au prochain."""


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
    """Le texte des pages mis bout à bout, et le pied de chacune (sa dernière ligne).

    Les cases de l'avis régional, dans leur colonne, sont lues hors de leur rang : `exiger_les_avis_regionaux` les regarde à leur place.
    """
    pages = [page.strip().splitlines() for page in texte_du_pdf(pdf, "-raw").split("\f") if page.strip()]
    lignes = [ligne for page in pages for ligne in page[:-1] if ligne not in {"☐ Favorable", "☐ Défavorable"}]
    return plat("\n".join(lignes)), [plat(page[-1]) for page in pages]


# --- Comparer --------------------------------------------------------------------------------------------------------------
def exiger_la_fiche(pdf: bytes, fiche: Fiche, numero: str) -> None:
    """Le PDF dit tout ce que dit la fiche, dans l'ordre du papier, et rien d'autre."""
    corps, pieds = corps_et_pieds(pdf)
    assert corps.startswith(plat(" ".join((*ENTETE, TITRE))))
    assert "BROUILLON" not in corps
    exiger_les_pieds(pieds, numero)
    attendus = [*morceaux(fiche), *morceaux_d_avis(fiche)]
    for (intitule, reponse), lu in zip(attendus, decouper(corps, [intitule for intitule, _ in attendus]), strict=True):
        assert lu == plat(reponse), f"Après « {intitule} », lu :\n{lu}\nattendu :\n{plat(reponse)}"
    exiger_les_avis_regionaux(texte_du_pdf(pdf, "-layout"), regions_de(fiche))


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


def morceaux_d_avis(fiche: Fiche) -> Iterator[Morceau]:
    """Un bloc vide par département, un par région, puis les organismes."""
    titre = titre_de(AvisDepartemental)
    for departement in Departement.objects.filter(pk__in=fiche["departements"]).order_by("pk"):
        yield f"{titre} {departement}".strip(), ""
        yield from DEPARTEMENTAL
        titre = ""
    titre = titre_de(AvisRegional)
    for region in regions_de(fiche):
        yield f"{titre} {region}".strip(), ""
        yield "(champ libre)", ""
        titre = ""
    organismes = (f"{o['nom']} {o['statut'] or ''} {o['siren'] or ''}" for o in fiche["organismes"])
    yield "Organismes Nom Statut SIREN", " ".join(organismes)


DEPARTEMENTAL = tuple(
    (str(cast(Champ, AvisDepartemental._meta.get_field(nom)).verbose_name), reponse)
    for nom, reponse in (
        ("champ_libre", ""),
        ("pertinence", ""),
        ("reproductibilite", "☐ Faible ☐ Moyen ☐ Fort"),
        ("conditions", ""),
    )
)


def titre_de(modele: type[models.Model]) -> str:
    """Le titre officiel de la section d'avis."""
    return str(modele._meta.verbose_name)


def exiger_les_avis_regionaux(texte: str, regions: list[Region]) -> None:
    """Par région, le cadre à deux colonnes : les cases à gauche, le texte à droite (lu par la mise en page)."""
    avis = texte[texte.index("Avis global formulé") :]
    cadres = re.findall(r"☐ Favorable +\(champ libre\).*\n(?:.*\n)*? *☐ Défavorable", avis)
    assert len(cadres) == len(regions)
