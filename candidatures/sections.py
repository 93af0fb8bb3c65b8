"""Les sections de la fiche et ses listes : ce que `fiche.py` déclare, et ce qui s'en déduit, une fois pour toutes les pièces.

Une réponse est un nom et une valeur : un champ de la fiche, une ligne du contact, ou une liste (départements, organismes, plan).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.db import models

from candidatures.champs import Case, Champ, Choix, Cout, OuiNon, Precision, Texte
from candidatures.fiche import SECTIONS, Section
from candidatures.models import Candidature, LigneDuPlan
from hlm_projets.ecran.colonnes import colonne


# --- Les sections ------------------------------------------------------------------------------------------------------
@cache
def code_de(section: type[Section]) -> str:
    """Le code d'une section dans les adresses : « montage-financier »."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", section.__name__).lower()


SECTION_PAR_CODE = {code_de(section): section for section in SECTIONS}


def champs_de(section: type[Section]) -> list[Champ]:
    """Les champs d'une section, dans l'ordre du papier, précisions comprises."""
    return list(section._meta.local_fields)


def rubriques_de(section: type[Section]) -> list[Champ]:
    """Les champs qui portent un intitulé officiel."""
    return [champ for champ in champs_de(section) if not isinstance(champ, Precision)]


CHAMPS: dict[str, Champ] = {champ.name: champ for section in SECTIONS for champ in champs_de(section)}
"""Les champs de la fiche, par nom, dans l'ordre du papier."""
TEXTES: tuple[Champ, ...] = tuple(champ for champ in CHAMPS.values() if isinstance(champ, Texte))
"""Ceux qui sont des textes, précisions comprises."""


# --- Les listes --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, eq=False)
class Liste:
    """Une réponse qui est une liste : le nom de la relation de `Candidature` qui la garde, sa section, la rubrique qu'elle suit.

    - `ancre` : l'identifiant de l'élément où elle se répond ;
    - `demande` : la phrase qui l'exige au dépôt ; vide, elle est facultative et tient lieu de réponse à la rubrique qu'elle suit ;
    - `colonnes` : ce que le format d'échange dit de chaque élément ; aucune, il n'en dit que la clé ;
    - `tableaux` : les tableaux de l'écran où elle se saisit, et la nature des lignes de chacun (vide : toutes).
    """

    nom: str
    section: type[Section]
    apres: str
    titre: str
    ancre: str
    demande: str = ""
    colonnes: tuple[str, ...] = ()
    tableaux: Mapping[str, str] = field(default_factory=dict)

    @property
    def modele(self) -> Any:
        """La classe des éléments."""
        return Candidature._meta.get_field(self.nom).related_model


LISTES: tuple[Liste, ...] = (
    Liste(
        nom="departements",
        section=SECTION_PAR_CODE["projet"],
        apres="localisation",
        titre=str(colonne(Candidature, "departements").verbose_name),
        ancre="id_departements_groupe",
        demande="Cochez au moins un département concerné.",
    ),
    Liste(
        nom="organismes",
        section=SECTION_PAR_CODE["projet"],
        apres="porteurs",
        titre="Organismes porteurs",
        ancre="organismes-porteurs",
        demande="Nommez au moins un organisme porteur.",
        colonnes=("nom", "statut", "siren"),
        tableaux={"organismes": ""},
    ),
    Liste(
        nom=LigneDuPlan.rubrique,
        section=SECTION_PAR_CODE["montage-financier"],
        apres="cofinancements",
        titre="Plan de financement",
        ancre="plan",
        colonnes=("nature", "libelle", "financeur", "montant", "part", "etat"),
        tableaux={"depenses": LigneDuPlan.Nature.DEPENSE, "ressources": LigneDuPlan.Nature.RESSOURCE},
    ),
)
LISTE_PAR_NOM = {liste.nom: liste for liste in LISTES}
LISTE_APRES = {liste.apres: liste for liste in LISTES}
"""La liste qui se répond avec une rubrique, et juste après elle."""
LISTE_DU_TABLEAU = {tableau: liste for liste in LISTES for tableau in liste.tableaux}
EN_TABLEAUX = tuple(liste.nom for liste in LISTES if liste.tableaux)
"""Les listes qui se saisissent dans des tableaux."""


def listes_de(section: type[Section]) -> list[Liste]:
    """Les listes d'une section, dans l'ordre du papier."""
    return [liste for liste in LISTES if liste.section is section]


# --- Toutes les réponses -----------------------------------------------------------------------------------------------
CONTACT = {
    "contact_nom": "",
    "contact_fonction": "",
    "contact_telephone": "Par exemple 01 23 45 67 89.",
    "contact_courriel": "Par exemple prenom.nom@exemple.fr. Le reçu du dépôt y est envoyé aussi.",
}
"""Les lignes du contact, saisies avec la première section sans figurer sur le papier, et l'aide de chacune."""


@cache
def reponses_de(section: type[Section]) -> tuple[str, ...]:
    """Tout ce qui se répond dans une section : ses champs dans l'ordre du papier, ses listes, et à la première le contact."""
    contact = CONTACT if section is SECTIONS[0] else ()
    return (*(champ.name for champ in champs_de(section)), *(liste.nom for liste in listes_de(section)), *contact)


SECTION_DE = {nom: code for code, section in SECTION_PAR_CODE.items() for nom in reponses_de(section)}
"""Le code de la section de chaque réponse."""


def champ_de(nom: str) -> Champ:
    """Le champ d'une réponse qui n'est pas une liste : de la fiche, ou du contact."""
    return colonne(Candidature, nom)


def intitule_de(nom: str) -> str:
    """L'intitulé d'une réponse de la fiche, d'une liste ou d'une ligne du contact."""
    if liste := LISTE_PAR_NOM.get(nom):
        return liste.titre
    champ = champ_de(nom)
    if isinstance(champ, Precision):
        return f"{intitule_de(precisee(nom))} : précision"
    return str(champ.verbose_name)


def precisee(nom: str) -> str:
    """La rubrique que précise cette réponse ; elle-même, si ce n'est pas une précision."""
    return nom.removesuffix("_precision")


def ancre_de(nom: str) -> str:
    """L'identifiant de l'élément où se répond cette rubrique, ou cette liste."""
    if liste := LISTE_PAR_NOM.get(nom):
        return liste.ancre
    champ: models.Field[Any, Any] | None = CHAMPS.get(nom)
    groupe = isinstance(champ, (OuiNon, Choix, Cout)) and not isinstance(champ, Case)
    return f"id_{nom}_groupe" if groupe else f"id_{nom}"
