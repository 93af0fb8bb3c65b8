"""Les dates comme on les dit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.template import Context, Template

from hlm_projets.templatetags import dates

CLOTURE = datetime(2026, 6, 30, 21, 59, 7, tzinfo=UTC)


def dit(texte: str) -> str:
    """Le texte, espaces insécables rendues ordinaires."""
    return texte.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("filtre", "attendu"),
    [
        (dates.instant_dit, "mardi 30 juin 2026 à 23 h 59, heure de Paris"),
        (dates.instant_court, "30/06/2026 à 23 h 59"),
        (dates.iso, "2026-06-30T23:59:07+02:00"),
    ],
)
def test_un_instant_se_dit_a_l_heure_de_paris(filtre: Callable[[datetime], str], attendu: str) -> None:
    assert dit(filtre(CLOTURE)) == attendu


@pytest.mark.parametrize(
    ("avant", "attendu"),
    [
        (timedelta(days=3), "<strong>Il reste 3 jours</strong>, jusqu’au mardi 30 juin 2026 à 23 h 59, heure de Paris"),
        (timedelta(0), "<strong>Il reste moins d&#x27;une minute</strong>, jusqu’au mardi 30 juin"),
        (timedelta(seconds=-1), "Dépôts clos depuis le mardi 30 juin 2026 à 23 h 59, heure de Paris"),
    ],
)
def test_l_echeance_est_dite_des_deux_cotes_de_l_instant(monkeypatch: pytest.MonkeyPatch, avant: timedelta, attendu: str) -> None:
    monkeypatch.setattr(dates, "maintenant", lambda: CLOTURE - avant)
    gabarit = Template("{% load dates %}{% echeance cloture fuseaux %}")
    phrase = dit(gabarit.render(Context({"cloture": CLOTURE, "fuseaux": ["Indian/Reunion"]})))
    assert phrase.startswith(attendu)
    assert "mercredi 1er juillet 2026 à 1 h 59, heure de La Réunion" in phrase
