"""Ce que plusieurs mains écrivent, vu de la page : la fiche, les justifications, et (dans `tests/avis`) l'avis d'un service.

Un sujet reçoit un envoi par l'adresse même qu'appelle la page, et dit ce que la base garde : de quoi jouer les mêmes entrelacements
sur chacun.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from candidatures.coherence.forms import LU, PREFIXE
from candidatures.coherence.justifier import textes_de
from candidatures.dossier.views import justifier as constats
from candidatures.models import Candidature
from candidatures.plusieurs_mains.empreintes import ecrire, empreinte, lire
from candidatures.saisie.views import frappe as saisie
from candidatures.sections import SECTION_PAR_CODE
from comptes.models import Utilisateur
from tests.fabriques import relire, un_bailleur, un_brouillon

Textes = dict[str, str]


@dataclass(frozen=True)
class Envoi:
    """Ce qu'une page envoie : sa clé, le rang de l'envoi, ce qu'elle a lu de chaque rubrique, ce qu'elle y veut."""

    par: Utilisateur
    page: str
    rang: int
    lues: Textes
    voulues: Textes = field(default_factory=dict)


@dataclass(frozen=True)
class Annonces:
    """Ce que le serveur répond : les rubriques dites écrites, le texte d'autrui là où il y a dispute, ce que la page retient."""

    ecrits: list[str]
    conflits: Textes
    lues: Textes


class Sujet(ABC):
    """Une suite de textes que deux personnes écrivent, chacune depuis ses pages."""

    rubriques: ClassVar[tuple[str, ...]]
    personnes: tuple[Utilisateur, Utilisateur]

    @abstractmethod
    def lire(self) -> Textes:
        """Ce que la base garde de chaque rubrique."""

    @abstractmethod
    def traces(self, rubrique: str) -> Iterable[Any]:
        """Les changements gardés de cette rubrique : `avant`, `apres`."""

    @abstractmethod
    def repondre(self, requete: HttpRequest) -> HttpResponse:
        """Ce que répond l'adresse de l'enregistrement au fil de la frappe."""

    def nom(self, rubrique: str) -> str:
        """Le nom du champ, dans la page."""
        return rubrique

    def lue(self, rubrique: str, texte: str) -> str:
        """Ce que la page retient de ce texte, pour dire au serveur qu'elle le montrait."""
        return empreinte(rubrique, texte)

    def memoire(self, lues: Mapping[str, str]) -> dict[str, str]:
        """Les champs cachés qui le disent."""
        return {"lu": ecrire(lues)}

    def retenues(self, memoire: Mapping[str, str]) -> Textes:
        """L'inverse."""
        return lire(memoire["lu"])

    def changees(self, requete: HttpRequest) -> list[dict[str, Any]]:
        """Ce que la page apprend des collègues ; rien, si elle n'en apprend rien."""
        return []

    def requete(self, envoi: Envoi, le: datetime) -> HttpRequest:
        """Ce qui arrive au serveur à cet instant."""
        champs = {self.nom(rubrique): texte for rubrique, texte in envoi.voulues.items()}
        donnees = {"page": envoi.page, "rang": envoi.rang, "champs": " ".join(champs), **champs, **self.memoire(envoi.lues)}
        requete = RequestFactory().post("/", donnees, headers={"X-Saisie": "1"})
        requete.user = envoi.par
        vars(requete)["recu_le"] = le
        return requete

    def envoyer(self, envoi: Envoi, le: datetime) -> Annonces:
        """Fait arriver l'envoi ; rend ce que la page lit de la réponse."""
        rubriques = {self.nom(rubrique): rubrique for rubrique in self.rubriques}
        rendu = json.loads(self.repondre(self.requete(envoi, le)).content)
        assert not rendu["erreurs"], rendu["erreurs"]
        conflits = {rubriques[c["champ"]]: c["valeurs"][c["champ"]][0] for c in rendu["conflits"]}
        return Annonces([rubriques[nom] for nom in rendu["ecrits"]], conflits, self.retenues(rendu["memoire"]))


class Fiche(Sujet):
    """Deux réponses d'une même section."""

    rubriques = ("methodologie", "adhesion_menage")
    section = "accompagnement"

    def __init__(self) -> None:
        self.brouillon = un_brouillon(complet=False)
        self.personnes = un_bailleur(self.brouillon.organisme), un_bailleur(self.brouillon.organisme)

    def lire(self) -> Textes:
        gardee = relire(self.brouillon)
        return {rubrique: getattr(gardee, rubrique) for rubrique in self.rubriques}

    def traces(self, rubrique: str) -> Iterable[Any]:
        return self.brouillon.changements.filter(rubrique=rubrique)

    def repondre(self, requete: HttpRequest) -> HttpResponse:
        return saisie.saisie(requete, self.brouillon.pk, self.section)

    def changees(self, requete: HttpRequest) -> list[dict[str, Any]]:
        trouvees: list[dict[str, Any]] = json.loads(saisie.etat(requete, self.brouillon.pk, self.section).content)["changees"]
        return trouvees

    def classe(self) -> Any:
        """La section, telle que `Saisie` la demande."""
        return SECTION_PAR_CODE[self.section]


class Justifications(Sujet):
    """Ce que l'on répond à deux constats."""

    rubriques = ("aide_plafond", "texte_de_remplissage")

    def __init__(self) -> None:
        self.brouillon: Candidature = un_brouillon(complet=False)
        self.personnes = un_bailleur(self.brouillon.organisme), un_bailleur(self.brouillon.organisme)

    def lire(self) -> Textes:
        gardees = textes_de(self.brouillon)
        return {rubrique: gardees.get(rubrique, "") for rubrique in self.rubriques}

    def traces(self, rubrique: str) -> Iterable[Any]:
        return self.brouillon.changements.filter(rubrique=f"justification:{rubrique}")

    def repondre(self, requete: HttpRequest) -> HttpResponse:
        return constats.justifier(requete, self.brouillon.pk)

    def nom(self, rubrique: str) -> str:
        return f"{PREFIXE}{rubrique}"

    def lue(self, rubrique: str, texte: str) -> str:
        """La page garde le texte lui-même."""
        return texte

    def memoire(self, lues: Mapping[str, str]) -> dict[str, str]:
        return {f"{LU}{PREFIXE}{rubrique}": texte for rubrique, texte in lues.items()}

    def retenues(self, memoire: Mapping[str, str]) -> Textes:
        return {nom.removeprefix(f"{LU}{PREFIXE}"): texte for nom, texte in memoire.items()}
