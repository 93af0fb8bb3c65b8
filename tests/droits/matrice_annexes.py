"""La matrice des annexes : qui les joint, qui les lit, à chaque étape de l'antivirus."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from uuid import uuid4

from candidatures.models import Annexe
from tests.droits.lignes import DE_B, LISENT_LA_DEPOSEE_A, LISENT_LE_BROUILLON_A, NATIONAL, REMPLISSENT_A, Ligne, ligne
from tests.fabriques import Monde, une_annexe

GESTES = ("annexe_modifier", "annexe_retirer", "annexe_ranger", "annexe_confirmer")


def _annexe(nom: str, monde: Monde, *, etat: str = "", dans: str = "") -> dict[str, Any]:
    """Une annexe de cette candidature, dans cet état ; `dans` : demandée sous l'adresse d'une autre. Demandée deux fois, la même."""
    candidature = getattr(monde, nom)
    annexe = Annexe.objects.filter(candidature=candidature, etat=etat or Annexe.Etat.NON_ANALYSEE).first()
    if annexe is None:
        annexe = une_annexe(monde.brouillon_b if nom == "brouillon_b" else monde.brouillon_a)
        Annexe.objects.filter(pk=annexe.pk).update(candidature=candidature, **({"etat": etat} if etat else {}))
    return {"pk": getattr(monde, dans or nom).pk, "cle": annexe.pk}


CLES_DES_ANNEXES: dict[str, Callable[[Monde], dict[str, Any]]] = {
    "annexe_a": partial(_annexe, "brouillon_a"),
    "annexe_en_analyse_a": partial(_annexe, "brouillon_a", etat="en_analyse"),
    "annexe_infectee_a": partial(_annexe, "brouillon_a", etat="infectee"),
    "annexe_deposee_a": partial(_annexe, "deposee_a"),
    "annexe_deposee_en_analyse_a": partial(_annexe, "deposee_a", etat="en_analyse"),
    "annexe_d_autrui": partial(_annexe, "brouillon_b", dans="brouillon_a"),
    "annexe_inexistante": lambda monde: {"pk": monde.brouillon_a.pk, "cle": uuid4()},
}


def lignes_des_annexes() -> Iterator[Ligne]:
    """Les annexes : qui remplit la fiche les joint et les range ; qui la lit les lit, une fois l'antivirus passé."""
    page = "candidatures:annexes"
    yield ligne(page, objet="brouillon_a", ok=REMPLISSENT_A)
    yield ligne(page, objet="brouillon_b", ok=DE_B)
    yield ligne(page, objet="deposee_a", vers=REMPLISSENT_A)
    yield ligne(page, "POST", "brouillon_a", ok=REMPLISSENT_A)
    yield ligne(page, "POST", "deposee_a", vers=REMPLISSENT_A)
    for methode in ("GET", "POST"):
        yield ligne(page, methode, "inexistant")
    for route in ("candidatures:annexe", "candidatures:annexe_apercu"):
        yield ligne(route, objet="annexe_a", ok=LISENT_LE_BROUILLON_A)
        yield ligne(route, objet="annexe_en_analyse_a", ok=REMPLISSENT_A)
        yield ligne(route, objet="annexe_infectee_a")
        yield ligne(route, objet="annexe_deposee_a", ok=LISENT_LA_DEPOSEE_A)
        yield ligne(route, objet="annexe_deposee_en_analyse_a", ok=REMPLISSENT_A)
        yield ligne(route, objet="annexe_d_autrui")
        yield ligne(route, objet="annexe_inexistante")
    yield from _gestes()
    types = "candidatures:campagne_annexes"
    vide = {"types-TOTAL_FORMS": 0, "types-INITIAL_FORMS": 0}
    yield ligne(types, objet="campagne", ok=NATIONAL)
    yield ligne(types, "POST", "campagne", ok=NATIONAL)
    yield ligne(types, "POST", "campagne", vers=NATIONAL, donnees=vide)
    for methode in ("GET", "POST"):
        yield ligne(types, methode, "inexistant")


def _gestes() -> Iterator[Ligne]:
    """Sur un brouillon seulement, et seulement pour qui le remplit."""
    for route in ("candidatures:annexe_modifier", "candidatures:annexe_retirer"):
        yield ligne(route, objet="annexe_a", ok=REMPLISSENT_A)
        yield ligne(route, objet="annexe_deposee_a", vers=REMPLISSENT_A)
        for objet in ("annexe_d_autrui", "annexe_inexistante"):
            yield ligne(route, objet=objet)
    yield ligne("candidatures:annexe_modifier", "POST", "annexe_a", ok=REMPLISSENT_A)
    for route, donnees in (
        ("annexe_retirer", {}),
        ("annexe_ranger", {"rang": "1"}),
        ("annexe_ranger", {}),
        ("annexe_confirmer", {}),
    ):
        yield ligne(f"candidatures:{route}", "POST", "annexe_a", vers=REMPLISSENT_A, donnees=donnees)
        for objet in ("annexe_d_autrui", "annexe_inexistante"):
            yield ligne(f"candidatures:{route}", "POST", objet)
    for route in GESTES:
        yield ligne(f"candidatures:{route}", "POST", "annexe_deposee_a", vers=REMPLISSENT_A)
