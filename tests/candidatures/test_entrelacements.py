"""Zéro modification perdue, quel que soit l'ordre des gestes ; et ce que la machine voit quand on retire une précaution."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from candidatures import actions, historique
from candidatures.models.historique import Trace
from tests.candidatures.entrelacements import RUBRIQUES, Entrelacements

pytestmark = pytest.mark.django_db
COMBIEN = int(os.environ.get("ENTRELACEMENTS", "200"))
"""`ENTRELACEMENTS=1000 bin/test pg -- -o faulthandler_timeout=0 tests/candidatures/test_entrelacements.py` : autant d'ordres."""
REGLAGES = settings(
    max_examples=COMBIEN,
    stateful_step_count=15,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.lent
def test_aucun_ordre_ne_perd_une_modification() -> None:
    run_state_machine_as_test(Entrelacements, settings=REGLAGES)


# --- Les témoins : la machine voit chaque défaut qu'on lui rend -------------------------------------------------------------
NOM = RUBRIQUES[0]


@pytest.fixture
def machine(db: None) -> Iterator[Entrelacements]:
    machine = Entrelacements()
    machine.ouvrir(deux=True)
    yield machine
    machine.teardown()


def ecrire(machine: Entrelacements, qui: int) -> None:
    machine.taper(qui, NOM, vide=1)
    machine.enregistrer(qui, perdue=False)


def un_texte_ignore(machine: Entrelacements) -> None:
    ecrire(machine, 0)
    ecrire(machine, 1)


def deux_pages_se_repondent(machine: Entrelacements) -> None:
    """Au début d'un quart d'heure : à cheval sur deux, l'historique en garderait plus de lignes."""
    machine.le = (machine.le + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)
    for tour in range(4):
        machine.attendre(2)
        machine.afficher(tour % 2)
        ecrire(machine, tour % 2)


def un_envoi_arrive_en_retard(machine: Entrelacements) -> None:
    machine.envoyer_sans_attendre(0, NOM, insiste=True)
    machine.arriver(0)


@pytest.mark.parametrize("scene", [un_texte_ignore, deux_pages_se_repondent, un_envoi_arrive_en_retard])
def test_rien_a_redire_quand_tout_est_en_place(scene: Callable[[Entrelacements], None], machine: Entrelacements) -> None:
    scene(machine)


def test_temoin_sans_la_comparaison_des_empreintes(machine: Entrelacements, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "disputees", lambda *arguments: [])
    with pytest.raises(AssertionError, match="sans l'avoir lu"):
        un_texte_ignore(machine)


def test_temoin_une_ligne_d_historique_prolongee_apres_un_collegue(
    machine: Entrelacements, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Une ligne par quart d'heure et par page, qu'un autre ait écrit entre-temps ou non."""

    def par_quart_d_heure(modele: Any, suite: Any, par: Any, page: str, le: Any) -> int:
        return int(le.timestamp()) // Trace.DUREE

    monkeypatch.setattr(historique, "_tranche", par_quart_d_heure)
    with pytest.raises(AssertionError, match="perdu"):
        deux_pages_se_repondent(machine)


def test_temoin_sans_le_rang_des_envois(machine: Entrelacements, monkeypatch: pytest.MonkeyPatch) -> None:
    """Une page qui ne se dispute jamais elle-même laisse un vieil envoi, arrivé en retard, remplacer le plus récent."""
    d_origine = historique.verdict
    monkeypatch.setattr(historique, "verdict", lambda traces, rubrique, page: d_origine(traces, rubrique, str(page)))
    monkeypatch.setattr(historique, "est_depasse", lambda candidature, page: False)
    with pytest.raises(AssertionError, match="un vieil envoi"):
        un_envoi_arrive_en_retard(machine)
