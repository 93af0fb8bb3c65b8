"""Deux agents d'un service écrivent le même avis, dans un ordre quelconque : rien de ce qui est enregistré ne se perd."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from avis import actions
from avis.attendus import Niveau
from avis.models import AvisDepartemental
from avis.views import frappe
from candidatures.plusieurs_mains import historique
from tests.avis.fabriques import un_collegue, un_dossier
from tests.candidatures.plusieurs_mains.entrelacements import Entrelacements
from tests.candidatures.plusieurs_mains.sujets import Sujet, Textes
from tests.candidatures.plusieurs_mains.test_entrelacements import (
    COMBIEN,
    REGLAGES,
    SCENES,
    deux_pages_se_repondent,
    ecrire,
    un_envoi_arrive_en_retard_sur_le_texte_d_avant,
)
from tests.fabriques import un_agent

pytestmark = pytest.mark.django_db


class AvisDuDepartement(Sujet):
    """Deux réponses de l'avis du département."""

    rubriques = ("pertinence", "champ_libre")
    cle = (Niveau.DEPARTEMENT, "77")

    def __init__(self) -> None:
        self.dossier = un_dossier()
        self.personnes = un_agent("77"), un_collegue("77")

    def lire(self) -> Textes:
        gardes = AvisDepartemental.objects.filter(candidature=self.dossier).values(*self.rubriques).first()
        return dict(gardes or dict.fromkeys(self.rubriques, ""))

    def traces(self, rubrique: str) -> Iterable[Any]:
        return actions.Brouillon(self.dossier, *self.cle).traces.filter(rubrique=rubrique)

    def repondre(self, requete: HttpRequest) -> HttpResponse:
        return frappe.saisie(requete, self.dossier.pk, *self.cle)

    def changees(self, requete: HttpRequest) -> list[dict[str, Any]]:
        trouvees: list[dict[str, Any]] = json.loads(frappe.etat(requete, self.dossier.pk, *self.cle).content)["changees"]
        return trouvees


class EntrelacementsDUnAvis(Entrelacements):
    """Deux agents du même département."""

    sujet_neuf = AvisDuDepartement


@pytest.mark.lent
def test_aucun_ordre_ne_perd_une_reponse_d_un_avis() -> None:
    run_state_machine_as_test(EntrelacementsDUnAvis, settings=settings(REGLAGES, max_examples=COMBIEN // 2))


@pytest.fixture
def machine(db: None) -> Iterator[EntrelacementsDUnAvis]:
    machine = EntrelacementsDUnAvis()
    machine.ouvrir(deux=True)
    yield machine
    machine.teardown()


@pytest.mark.parametrize("scene", SCENES)
def test_rien_a_redire_quand_tout_est_en_place(scene: Callable[[Entrelacements], None], machine: Entrelacements) -> None:
    scene(machine)


def test_temoin_un_enregistrement_qui_n_ecrit_rien(machine: Entrelacements, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions.Brouillon, "poser", lambda *arguments: None)
    with pytest.raises(AssertionError, match="annoncé sans être écrit"):
        ecrire(machine, 0)


def test_temoin_l_envoi_d_un_collegue_jete(machine: Entrelacements, monkeypatch: pytest.MonkeyPatch) -> None:
    """Qui n'a pas écrit le premier n'écrit plus, et le serveur lui répond que tout va bien."""
    d_origine = actions.Brouillon.poser

    def ecrire_le_premier(sujet: Any, avis: Any, valeurs: Any, par: Any, le: Any) -> None:
        if not sujet.traces.exclude(par=par).exists():
            d_origine(sujet, avis, valeurs, par, le)

    monkeypatch.setattr(actions.Brouillon, "poser", ecrire_le_premier)
    with pytest.raises(AssertionError, match="annoncé sans être écrit"):
        deux_pages_se_repondent(machine)


def test_temoin_une_page_qui_se_dispute_elle_meme(machine: Entrelacements, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(historique, "verdict", lambda *arguments: historique.Verdict.AUTRUI)
    ecrire(machine, 0, perdue=True)
    with pytest.raises(AssertionError, match="à elle-même"):
        ecrire(machine, 0)


def test_temoin_un_envoi_en_retard(machine: Entrelacements, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions.Brouillon, "est_depasse", lambda sujet, page: False)
    with pytest.raises(AssertionError, match="un vieil envoi"):
        un_envoi_arrive_en_retard_sur_le_texte_d_avant(machine)
