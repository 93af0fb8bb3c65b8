"""Les heures dites : Paris, outre-mer, temps restant (F-20)."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from territoires import heures
from territoires.heures import Fuseau

PARIS = ZoneInfo("Europe/Paris")
CLOTURE = datetime(2026, 11, 30, 23, 59, tzinfo=PARIS)
CLOTURE_D_ETE = datetime(2026, 6, 30, 23, 59, tzinfo=PARIS)


def lisible(texte: str) -> str:
    """Le texte, ses espaces insécables rendues simples."""
    return texte.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("fuseau", "phrase"),
    [
        (Fuseau.PARIS, "lundi 30 novembre 2026 à 23 h 59, heure de Paris"),
        (Fuseau.GUADELOUPE, "lundi 30 novembre 2026 à 18 h 59, heure de la Guadeloupe"),
        (Fuseau.MARTINIQUE, "lundi 30 novembre 2026 à 18 h 59, heure de la Martinique"),
        (Fuseau.GUYANE, "lundi 30 novembre 2026 à 19 h 59, heure de la Guyane"),
        (Fuseau.REUNION, "mardi 1er décembre 2026 à 2 h 59, heure de La Réunion"),
        (Fuseau.MAYOTTE, "mardi 1er décembre 2026 à 1 h 59, heure de Mayotte"),
    ],
)
def test_la_cloture_se_dit_a_l_heure_de_chaque_fuseau(fuseau: Fuseau, phrase: str) -> None:
    assert lisible(heures.dire(CLOTURE, fuseau)) == phrase


def test_l_ete_la_guadeloupe_est_a_six_heures_de_paris() -> None:
    assert lisible(heures.dire_heure(CLOTURE_D_ETE, Fuseau.GUADELOUPE)) == "17 h 59"


def test_un_instant_se_convertit_d_ou_qu_il_vienne() -> None:
    en_utc = CLOTURE.astimezone(UTC)
    assert lisible(heures.dire(en_utc)) == "lundi 30 novembre 2026 à 23 h 59, heure de Paris"


def test_un_instant_sans_fuseau_est_refuse() -> None:
    with pytest.raises(ValueError, match="sans fuseau"):
        heures.heure_locale(datetime(2026, 11, 30, 23, 59))  # noqa: DTZ001 - c'est le cas refusé


@pytest.mark.parametrize(("heure", "minute", "phrase"), [(9, 0, "9 h"), (0, 5, "0 h 05"), (18, 30, "18 h 30")])
def test_une_heure_se_dit_sans_zeros_superflus(heure: int, minute: int, phrase: str) -> None:
    instant = datetime(2026, 3, 2, heure, minute, tzinfo=PARIS)
    assert lisible(heures.dire_heure(instant)) == phrase


@pytest.mark.parametrize(
    ("fuseaux", "suite"),
    [
        ({Fuseau.PARIS}, ""),
        ({Fuseau.PARIS, Fuseau.GUYANE}, " (19 h 59, heure de la Guyane)"),
        (
            {Fuseau.MAYOTTE, Fuseau.GUADELOUPE},
            " (18 h 59, heure de la Guadeloupe ; mardi 1er décembre 2026 à 1 h 59, heure de Mayotte)",
        ),
    ],
)
def test_une_echeance_se_dit_a_paris_puis_outre_mer(fuseaux: set[str], suite: str) -> None:
    assert lisible(heures.dire_partout(CLOTURE, fuseaux)) == lisible(heures.dire(CLOTURE)) + suite


@pytest.mark.parametrize(
    ("avant", "phrase"),
    [
        (timedelta(days=6, hours=5), "il reste 6 jours"),
        (timedelta(days=2), "il reste 2 jours"),
        (timedelta(days=1, hours=23, minutes=59), "il reste 47 heures"),
        (timedelta(hours=3, minutes=59), "il reste 3 heures"),
        (timedelta(hours=1), "il reste 1 heure"),
        (timedelta(minutes=59, seconds=59), "il reste 59 minutes"),
        (timedelta(seconds=59), "il reste moins d'une minute"),
        (timedelta(0), "il reste moins d'une minute"),
        (timedelta(microseconds=-1), "close depuis le lundi 30 novembre 2026"),
        (timedelta(days=-40), "close depuis le lundi 30 novembre 2026"),
    ],
)
def test_le_temps_restant_ne_promet_jamais_trop(avant: timedelta, phrase: str) -> None:
    assert lisible(heures.reste(CLOTURE, CLOTURE - avant)) == phrase


def test_le_changement_d_heure_ne_fausse_pas_le_temps_restant() -> None:
    """La nuit du 24 au 25 octobre 2026 dure 25 heures."""
    veille = datetime(2026, 10, 24, 23, 59, tzinfo=PARIS)
    cloture = datetime(2026, 10, 25, 23, 59, tzinfo=PARIS)
    assert lisible(heures.reste(cloture, veille)) == "il reste 25 heures"
