"""Zéro modification perdue, quel que soit l'ordre des gestes ; et ce que la machine trouve quand on retire une précaution."""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from candidatures import actions, historique
from candidatures.models.historique import Trace
from tests.candidatures.entrelacements import Entrelacements

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


def jouer(combien: int = COMBIEN) -> None:
    run_state_machine_as_test(Entrelacements, settings=settings(REGLAGES, max_examples=combien))


@pytest.mark.lent
def test_aucun_ordre_ne_perd_une_modification() -> None:
    jouer()


def test_temoin_sans_la_comparaison_des_empreintes_la_machine_le_voit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "disputees", lambda *arguments: [])
    with pytest.raises(AssertionError, match="sans l'avoir lu"):
        jouer()


def test_temoin_si_une_ligne_se_prolongeait_apres_un_collegue_la_machine_le_voit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Une ligne par quart d'heure et par page, qu'un autre ait écrit entre-temps ou non."""

    def par_quart_d_heure(modele: Any, suite: Any, par: Any, page: str, le: Any) -> int:
        return int(le.timestamp()) // Trace.DUREE

    monkeypatch.setattr(historique, "_tranche", par_quart_d_heure)
    with pytest.raises(AssertionError, match="perdu"):
        jouer(1_000)
