"""L'enveloppe qui se consomme ligne à ligne : des propriétés, et les mots."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilotage.decisions.enveloppe import Cumul, total
from tests.pilotage.fabriques import cumuler

MONTANTS = st.lists(st.none() | st.decimals(min_value=0, max_value=5_000_000, places=2), max_size=40)
ENVELOPPES = st.none() | st.decimals(min_value=0, max_value=1_000_000_000, places=2)


@given(MONTANTS, ENVELOPPES)
def test_chaque_ligne_ajoute_son_montant_et_rien_d_autre(montants: list[Decimal | None], enveloppe: Decimal | None) -> None:
    suite = cumuler(montants, enveloppe)
    assert len(suite) == len(montants)
    avant = Decimal(0)
    for montant, cumul in zip(montants, suite, strict=True):
        assert cumul.accorde - avant == (montant or 0)
        avant = cumul.accorde


@given(MONTANTS, ENVELOPPES)
def test_le_total_est_le_dernier_cumul_quel_que_soit_l_ordre(montants: list[Decimal | None], enveloppe: Decimal | None) -> None:
    dernier = cumuler(montants, enveloppe)[-1:] or [Cumul(Decimal(0), enveloppe)]
    assert total(montants, enveloppe) == dernier[0] == total(reversed(montants), enveloppe)


@given(MONTANTS, st.decimals(min_value=0, max_value=1_000_000_000, places=2))
def test_accorde_et_reste_font_l_enveloppe_au_centime(montants: list[Decimal | None], enveloppe: Decimal) -> None:
    for cumul in cumuler(montants, enveloppe):
        assert cumul.reste is not None
        assert cumul.accorde + cumul.reste == enveloppe
        assert cumul.depasse is (cumul.accorde > enveloppe)
        assert ("dépassée" in cumul.phrase) is cumul.depasse


@given(MONTANTS, st.decimals(min_value=0, max_value=1_000_000_000, places=2))
def test_une_enveloppe_depassee_le_reste(montants: list[Decimal | None], enveloppe: Decimal) -> None:
    depassements = [cumul.depasse for cumul in cumuler(montants, enveloppe)]
    assert depassements == sorted(depassements)


@pytest.mark.parametrize(
    ("accorde", "enveloppe", "phrase"),
    [
        ("0", "5000000", "reste 5\u00a0000\u00a0000\u00a0€"),
        ("4999999.99", "5000000", "reste 0,01\u00a0€"),
        ("5000000", "5000000", "enveloppe épuisée"),
        ("5000000.01", "5000000", "enveloppe dépassée de 0,01\u00a0€"),
        ("3000", "0", "enveloppe dépassée de 3\u00a0000\u00a0€"),
        ("3000", None, ""),
    ],
)
def test_les_mots(accorde: str, enveloppe: str | None, phrase: str) -> None:
    assert Cumul(Decimal(accorde), None if enveloppe is None else Decimal(enveloppe)).phrase == phrase
