"""Un coût : de … à … €, par unité."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given

from candidatures.champs.a_saisir import CoutField
from candidatures.champs.fourchettes import Fourchette, Unite, decimal_json
from tests.strategies import une_fourchette

D = Decimal


@given(une_fourchette())
def test_le_texte_et_le_json_se_relisent(cout: Fourchette | None) -> None:
    cout = cout or Fourchette()
    cout.valider()
    assert Fourchette.depuis_json(cout.en_json()) == (cout or None)
    assert Fourchette.depuis_texte(cout.en_texte()) == (cout or None)


@pytest.mark.parametrize(
    ("cout", "texte"),
    [
        (Fourchette(D(1500), D(1750), "menage_an"), "de 1 500 à 1 750 € par ménage et par an"),
        (Fourchette(D(400)), "400 €"),
        (Fourchette(D(0)), "0 €"),
        (Fourchette(None, D(500), "logement_mois"), "jusqu'à 500 € par logement et par mois"),
        (Fourchette(unite="mesure_mois"), "par mesure et par mois"),
        (Fourchette(D("41.37"), D("41.37"), "menage"), "de 41,37 à 41,37 € par ménage"),
    ],
)
def test_ce_qu_on_lit(cout: Fourchette, texte: str) -> None:
    assert cout.en_texte().replace("\u00a0", " ") == texte
    assert Fourchette.depuis_texte(texte) == cout


@pytest.mark.parametrize(
    "valeur",
    [
        "1500",
        1500,
        [],
        {"min": "1500.00", "maxi": "2"},
        {"min": True},
        {"min": "1500.005"},
        {"min": "NaN"},
        {"min": "Infinity"},
        {"min": "1e40"},
        {"min": "1_500"},
        {"min": "1 500"},
        {"min": "1e3"},
        {"min": "١٥٠٠"},
        {"min": []},
        {"unite": 3},
    ],
)
def test_ce_qui_n_est_pas_un_cout(valeur: Any) -> None:
    with pytest.raises(ValidationError):
        Fourchette.depuis_json(valeur)


@pytest.mark.parametrize(("valeur", "lu"), [("1500.00", D(1500)), (1500, D(1500)), (41.37, D("41.37")), ("0.5", D("0.50"))])
def test_un_montant_du_format_d_echange(valeur: Any, lu: Decimal) -> None:
    assert decimal_json(valeur) == lu


@pytest.mark.parametrize(
    ("saisi", "lu"),
    [
        (["1 500", "1 750 €", "menage_an"], Fourchette(D(1500), D(1750), "menage_an")),
        (["400", "", ""], Fourchette(D(400))),
        (["", "", "menage"], Fourchette(unite="menage")),
        (["", "", ""], None),
        ([], None),
    ],
)
def test_la_saisie(saisi: list[str], lu: Fourchette | None) -> None:
    champ = CoutField()
    assert champ.clean(saisi) == lu
    assert champ.has_changed(lu, saisi) is False


@pytest.mark.parametrize("saisi", [["2", "1", ""], ["x", "", ""], ["1", "", "siecle"], ["390.760", "", ""], ["6000000", "", ""]])
def test_la_saisie_refusee(saisi: list[str]) -> None:
    with pytest.raises(ValidationError):
        CoutField().clean(saisi)


def test_toutes_les_unites_du_format() -> None:
    assert Unite.values == ["menage", "menage_mois", "menage_an", "logement_mois", "logement_an", "mesure_mois"]
