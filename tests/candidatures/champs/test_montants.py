"""Les montants tels qu'on les écrit (fiabilité, G6)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given

from candidatures.champs.a_saisir import MontantField
from candidatures.champs.montants import dire_montant, dire_part, lire_montant, lire_part
from tests.strategies import un_montant


@pytest.mark.parametrize(
    ("ecrit", "lu"),
    [
        ("1705", "1705"),
        ("1 705", "1705"),
        ("390\u00a0760,00", "390760"),
        ("390\u202f760,50", "390760.50"),
        ("390\u2009760", "390760"),
        ("160\u00a0430 €", "160430"),
        ("150  €", "150"),
        ("41,37€", "41.37"),
        ("41.37", "41.37"),
        ("400 €", "400"),
        ("€ 400", "400"),
        ("8 900 euros", "8900"),
        ("8900 EUR", "8900"),
        ("1500 Euro", "1500"),
        ("0", "0"),
        ("0,5", "0.5"),
        ("１２３", "123"),
        ("5 000 000", "5000000"),
        ("\t250\n", "250"),
        ("007", "7"),
    ],
)
def test_ce_qui_se_lit(ecrit: str, lu: str) -> None:
    assert lire_montant(ecrit) == Decimal(lu)


@pytest.mark.parametrize("ecrit", ["", "   ", "\u00a0", "€", " \u202f€ "])
def test_rien_n_est_rien(ecrit: str) -> None:
    assert lire_montant(ecrit) is None


@pytest.mark.parametrize(
    ("ecrit", "code"),
    [
        ("390.760 €", "ambigu"),
        ("1.705,50", "ambigu"),
        ("1.234.567", "ambigu"),
        ("1e5", "illisible"),
        ("1_000", "illisible"),
        ("-5", "illisible"),
        ("+5", "illisible"),
        ("1,705", "illisible"),
        ("1,5,0", "illisible"),
        ("12,345", "illisible"),
        ("0x10", "illisible"),
        ("mille", "illisible"),
        ("1500 à 1750", "illisible"),
        ("50 %", "illisible"),
        ("NaN", "illisible"),
        ("٣", "illisible"),
        ("41€37", "illisible"),
        ("10²", "illisible"),
        ("5 000 000,01", "trop_grand"),
        ("999999999999", "trop_grand"),
    ],
)
def test_ce_qui_ne_se_lit_pas_dit_pourquoi(ecrit: str, code: str) -> None:
    with pytest.raises(ValidationError) as refus:
        lire_montant(ecrit)
    assert refus.value.code == code


def test_un_montant_ambigu_propose_sa_lecture() -> None:
    with pytest.raises(ValidationError) as refus:
        lire_montant("390.760")
    assert "Voulez-vous dire 390\u00a0760 €" in refus.value.message


@pytest.mark.parametrize(("ecrit", "lu"), [("50", "50"), ("33,33 %", "33.33"), ("100 pour cent", "100"), ("0", "0")])
def test_une_part(ecrit: str, lu: str) -> None:
    assert lire_part(ecrit) == Decimal(lu)


@pytest.mark.parametrize("ecrit", ["100,01", "50 €", "-1", "la moitié"])
def test_une_part_hors_bornes(ecrit: str) -> None:
    with pytest.raises(ValidationError):
        lire_part(ecrit)


@given(un_montant())
def test_dire_puis_lire(montant: Decimal) -> None:
    assert lire_montant(dire_montant(montant)) == montant


@given(un_montant(100))
def test_dire_puis_lire_une_part(part: Decimal) -> None:
    assert lire_part(dire_part(part)) == part


@pytest.mark.parametrize(
    ("avant", "saisi", "change"),
    [
        (Decimal("1705.50"), "1 705,5 €", False),
        (Decimal("1705.50"), "1705,51", True),
        (Decimal("1705.50"), "", True),
        (Decimal("1705.50"), "illisible", True),
        (None, "", False),
        (None, "0", True),
    ],
)
def test_ce_qui_a_change_est_le_nombre_pas_son_ecriture(avant: Decimal | None, saisi: str, change: bool) -> None:
    assert MontantField(required=False).has_changed(avant, saisi) is change
