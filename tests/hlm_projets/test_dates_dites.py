"""Les dates comme on les dit."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

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
        (dates.jour_dit, "mardi 30 juin 2026"),
        (dates.instant_court, "30/06/2026 à 23 h 59"),
        (dates.a_la_seconde, "mardi 30 juin 2026 à 23 h 59 min 07 s, heure de Paris"),
        (dates.iso, "2026-06-30T23:59:07+02:00"),
    ],
)
def test_un_instant_se_dit_a_l_heure_de_paris(filtre: dates.Dire, attendu: str) -> None:
    assert dit(filtre(CLOTURE)) == attendu


def test_le_premier_du_mois_et_une_date_seule() -> None:
    assert dit(dates.jour_dit(date(2026, 7, 1))) == "mercredi 1er juillet 2026"
    assert dates.iso(date(2026, 7, 1)) == "2026-07-01"


@pytest.mark.parametrize(
    ("fuseau", "attendu"),
    [
        ("Indian/Reunion", "mercredi 1er juillet 2026 à 1 h 59, heure locale"),
        ("America/Martinique", "mardi 30 juin 2026 à 17 h 59, heure locale"),
        ("Europe/Paris", ""),
    ],
)
def test_l_heure_d_outre_mer(fuseau: str, attendu: str) -> None:
    assert dit(dates.heure_locale(CLOTURE, fuseau)) == attendu


@pytest.mark.parametrize(
    ("avant", "attendu"),
    [
        (timedelta(days=6, minutes=1), "il reste 6 jours"),
        (timedelta(hours=47, minutes=59), "il reste 47 heures"),
        (timedelta(hours=1, minutes=59), "il reste 1 heure"),
        (timedelta(minutes=59, seconds=59), "il reste 59 minutes"),
        (timedelta(seconds=59), "il reste moins d’une minute"),
        (timedelta(0), "terminé"),
        (timedelta(days=-1), "terminé"),
    ],
)
def test_le_temps_restant_ne_promet_jamais_trop(avant: timedelta, attendu: str) -> None:
    assert dit(dates.reste_entre(CLOTURE - avant, CLOTURE)) == attendu


def test_l_echeance_est_dite_des_deux_cotes_de_l_instant(monkeypatch: pytest.MonkeyPatch) -> None:
    gabarit = Template("{% include 'composants/cloture.html' with instant=instant fuseau='Indian/Reunion' only %}")
    monkeypatch.setattr(dates, "maintenant", lambda: CLOTURE - timedelta(days=3))
    avant = dit(gabarit.render(Context({"instant": CLOTURE})))
    assert "<strong>il reste 3 jours</strong>, jusqu’au" in avant
    assert "(mercredi 1er juillet 2026 à 1 h 59, heure locale)" in avant
    monkeypatch.setattr(dates, "maintenant", lambda: CLOTURE)
    assert "terminé depuis le" in dit(gabarit.render(Context({"instant": CLOTURE})))
