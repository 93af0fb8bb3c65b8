"""Les fiches dites inventées le sont : ni un montant, ni un lieu, ni une phrase des vraies."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.candidatures.documents import exemples
from tests.exemples import fiches_inventees
from tests.exemples.vraies import DOSSIER

VRAIES = {chemin.stem: chemin.read_text("utf-8") for chemin in sorted(DOSSIER.glob("*.txt"))}
SUITE = 7
"""Mots de suite qui ne se rencontrent plus par hasard."""
LIEUX = ("Marseille", "Orléan", "Seine-et-Marne", "Bouches-du-Rhône", "Chantereine", "Logirem", "Logemloiret")
COMMUNS = {"10000"}
"""Le nom du dispositif : « 10 000 logements HLM accompagnés »."""
INVENTEES = {nom: json.dumps(fiche, ensure_ascii=False) for nom, fiche in fiches_inventees().items()} | {
    "documents": Path(exemples.__file__).read_text("utf-8"),
}
pytestmark = [pytest.mark.une_fois, pytest.mark.skipif(not VRAIES, reason="les vraies fiches ne sont pas à côté du dépôt")]
PAR_FICHE = pytest.mark.parametrize("nom", INVENTEES)


def montants(texte: str) -> set[str]:
    """Les nombres de trois chiffres et plus, sans centimes ni espaces."""
    trouves = re.findall(r"(?<![\d.,-])\d{1,3}(?:[ \u00a0\u202f]\d{3})+|(?<![\d.,-])\d{3,}", texte)
    return {"".join(n.split()) for n in trouves} - COMMUNS


def suites(texte: str) -> set[str]:
    """Toutes les suites de sept mots, dans l'ordre ; celles du formulaire officiel exceptées."""
    mots = re.findall(r"\w+", texte.replace("\\n", " ").lower())
    return {" ".join(mots[rang : rang + SUITE]) for rang in range(len(mots) - SUITE + 1)}


@PAR_FICHE
def test_aucun_montant_d_une_vraie(nom: str) -> None:
    assert montants(INVENTEES[nom]) & set().union(*map(montants, VRAIES.values())) == set()


@PAR_FICHE
def test_aucun_lieu_d_une_vraie(nom: str) -> None:
    assert [lieu for lieu in LIEUX if lieu.lower() in INVENTEES[nom].lower()] == []


@PAR_FICHE
def test_aucune_phrase_d_une_vraie(nom: str) -> None:
    assert suites(INVENTEES[nom]) & set().union(*map(suites, VRAIES.values())) == set()


def test_les_lieux_cherches_sont_ceux_des_vraies() -> None:
    tout = "\n".join(VRAIES.values()).lower()
    assert [lieu for lieu in LIEUX if lieu.lower() not in tout] == []
