"""Dire une réponse et la relire : deux conversions inverses, pour chaque rubrique."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from candidatures.champs import Champ, depuis_texte, en_texte
from candidatures.champs.fourchettes import Fourchette
from candidatures.models import LigneDuPlan
from candidatures.sections import CHAMPS
from tests.strategies import une_reponse

CHAMPS_DU_PLAN = {champ.name: champ for champ in LigneDuPlan._meta.local_fields if champ.name in ("montant", "part")}
TOUS: dict[str, Champ] = CHAMPS | CHAMPS_DU_PLAN

champs_et_reponses = st.sampled_from(list(TOUS)).flatmap(lambda nom: st.tuples(st.just(nom), une_reponse(TOUS[nom])))


@given(champs_et_reponses)
def test_dire_puis_relire_rend_la_reponse(tire: tuple[str, Any]) -> None:
    nom, reponse = tire
    assert depuis_texte(TOUS[nom], en_texte(TOUS[nom], reponse)) == reponse


@given(champs_et_reponses)
def test_toute_reponse_dans_les_bornes_est_valide(tire: tuple[str, Any]) -> None:
    nom, reponse = tire
    if reponse not in (None, ""):
        assert TOUS[nom].clean(reponse, None) == reponse


@pytest.mark.parametrize(
    ("nom", "reponse", "texte"),
    [
        ("localisation", "Meaux\n· Torcy", "Meaux\n· Torcy"),
        ("nombre_menages", 30, "30"),
        ("nombre_menages", None, ""),
        ("dalo", True, "oui"),
        ("dalo", False, "non"),
        ("dalo", None, ""),
        ("offre_nouvelle", False, "non"),
        ("gestion_locative", "adaptee", "adaptée"),
        ("gestion_locative", "", ""),
        ("cout_global", Fourchette(Decimal("250.00"), Decimal("500.00"), "menage_an"), "de 250 à 500 € par ménage et par an"),
        ("cout_global", None, ""),
        ("montant", Decimal("156840.50"), "156 840,50 €"),
        ("part", Decimal("33.30"), "33,30 %"),
    ],
)
def test_ce_qu_on_lit(nom: str, reponse: Any, texte: str) -> None:
    assert en_texte(TOUS[nom], reponse).replace("\u00a0", " ") == texte
    assert depuis_texte(TOUS[nom], texte) == reponse


@pytest.mark.parametrize(
    ("nom", "texte"),
    [
        ("dalo", "peut-être"),
        ("gestion_locative", "mixte"),
        ("nombre_menages", "trente"),
        ("nombre_menages", "2 001"),
        ("duree_mois", "0"),
        ("cout_global", "à définir"),
        ("montant", "5 000 000,01"),
        ("part", "100,01 %"),
    ],
)
def test_ce_qui_ne_se_relit_pas(nom: str, texte: str) -> None:
    with pytest.raises(ValidationError):
        depuis_texte(TOUS[nom], texte)


@pytest.mark.parametrize(
    ("nom", "valeur"),
    [
        *(("nombre_menages", n) for n in (0, 2001, -1)),
        *(("nombre_logements", n) for n in (-1, 2001)),
        *(("duree_mois", n) for n in (0, 61)),
        *(("montant", Decimal(m)) for m in ("-0.01", "5000000.01", "1.005")),
        *(("part", Decimal(m)) for m in ("-0.01", "100.01")),
        ("cout_global", Fourchette(Decimal(2), Decimal(1))),
        ("cout_global", Fourchette(Decimal(-1))),
        ("cout_global", Fourchette(unite="siecle")),
        ("gestion_locative", "mixte"),
    ],
)
def test_un_champ_refuse_ce_qui_sort_de_ses_bornes(nom: str, valeur: Any) -> None:
    """Même venue d'ailleurs que d'un formulaire, une valeur hors bornes est dite en français, avant la base."""
    with pytest.raises(ValidationError):
        TOUS[nom].clean(valeur, None)


@pytest.mark.parametrize("nom", TOUS)
def test_une_migration_ne_connait_que_la_colonne(nom: str) -> None:
    """Changer un intitulé, une consigne ou des choix ne demande pas de migration."""
    _, classe, _, options = TOUS[nom].deconstruct()
    assert classe.startswith("django.db.models.")
    assert not {"verbose_name", "help_text", "choices"} & set(options)
