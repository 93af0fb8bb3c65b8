"""Ce qui manque pour déposer : la liste exacte du formulaire, dans l'ordre du papier."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from candidatures.avancement.completude import avancement, manques
from candidatures.fiche import SECTIONS
from candidatures.models import Candidature
from candidatures.sections import CHAMPS, SECTION_PAR_CODE, code_de
from territoires.models import Departement
from tests.fabriques import reponses, un_brouillon

pytestmark = pytest.mark.django_db

EXIGES = [
    ("projet", "localisation"),
    ("projet", "departements"),
    ("projet", "nom"),
    ("projet", "porteurs"),
    ("projet", "organismes"),
    ("projet", "descriptif"),
    ("publics", "nombre_menages"),
    ("publics", "caracteristiques_publics"),
    ("accompagnement", "methodologie"),
    ("partenariat", "partenaires"),
    ("duree", "duree_mois"),
]
CHAMPS_EXIGES = [champ for _, champ in EXIGES if champ not in ("departements", "organismes")]


def vide() -> Candidature:
    brouillon = un_brouillon(complet=False, nom="")
    brouillon.organismes.all().delete()
    return brouillon


def test_une_fiche_vide_manque_de_tout_ce_qui_est_exige_et_de_rien_d_autre() -> None:
    assert [(m.section, m.champ) for m in manques(vide())] == EXIGES


def test_une_fiche_qui_ne_repond_qu_a_l_exige_se_depose() -> None:
    brouillon = un_brouillon(complet=False, **{nom: reponses()[nom] for nom in CHAMPS_EXIGES})
    brouillon.departements.set(Departement.objects.filter(pk="77"))
    assert manques(brouillon) == []


@pytest.mark.parametrize("nom", CHAMPS_EXIGES)
@pytest.mark.parametrize("rien", ["", "   \n", "……..", " / "])
def test_chaque_reponse_exigee_manque_seule(nom: str, rien: str) -> None:
    """Des espaces ou des points de conduite ne sont pas une réponse, pas même dans la précision."""
    nombre = nom in ("nombre_menages", "duree_mois")
    valeurs: dict[str, Any] = {nom: None, f"{nom}_precision": rien} if nombre else {nom: rien}
    (manque,) = manques(un_brouillon(**valeurs))
    assert (manque.champ, manque.phrase) == (nom, "Cette rubrique est exigée pour déposer.")
    assert manque.intitule == CHAMPS[nom].verbose_name


@pytest.mark.parametrize("nom", ["nombre_menages", "duree_mois"])
@pytest.mark.parametrize(("nombre", "precision"), [(24, ""), (None, "15 par an soit 30 sur deux ans"), (24, "sur deux ans")])
def test_le_nombre_ou_sa_precision_suffit(nom: str, nombre: int | None, precision: str) -> None:
    valeurs: dict[str, Any] = {nom: nombre, f"{nom}_precision": precision}
    assert manques(un_brouillon(**valeurs)) == []


@pytest.mark.parametrize("relation", ["departements", "organismes"])
def test_chaque_relation_manque_seule(relation: str) -> None:
    brouillon = un_brouillon()
    getattr(brouillon, relation).all().delete() if relation == "organismes" else brouillon.departements.clear()
    assert [m.champ for m in manques(brouillon)] == [relation]


@pytest.mark.parametrize(
    ("nom", "valeur"), [("nom", "x" * 301), ("typologie_logements", "x" * 20_001), ("dalo_precision", "x" * 1_001)]
)
def test_une_valeur_hors_bornes_empeche_de_deposer(nom: str, valeur: Any) -> None:
    (manque,) = manques(un_brouillon(**{nom: valeur}))
    assert manque.champ == nom
    assert "le maximum est" in manque.phrase


class TestAvancement:
    def test_vide_entamee_complete(self) -> None:
        etats = {a.code: a.etat for a in avancement(vide())}
        assert set(etats.values()) == {"vide"}
        assert {a.etat for a in avancement(un_brouillon())} == {"complete"}
        entame = un_brouillon(complet=False, nombre_menages=3)
        assert {a.code: a.etat for a in avancement(entame) if a.etat != "vide"} == {"projet": "entamee", "publics": "entamee"}

    def test_trente_trois_rubriques(self) -> None:
        """Les précisions et la suite de la rubrique 19 ne comptent pas."""
        assert [a.total for a in avancement(vide())] == [4, 5, 8, 6, 1, 8, 1]

    @pytest.mark.parametrize(
        ("valeurs", "remplies"),
        [
            ({"dalo": False}, 1),
            ({"dalo": None}, 0),
            ({"dalo_precision": "oui, le cas échéant"}, 1),
            ({"offre_nouvelle": False}, 1),
            ({"nombre_logements": 0}, 1),
            ({"nombre_logements_precision": "selon les besoins"}, 1),
            ({"typologie_logements": "/"}, 0),
            ({"gestion_locative": "adaptee"}, 0),
        ],
    )
    def test_ce_qui_compte_pour_une_reponse(self, valeurs: dict[str, Any], remplies: int) -> None:
        brouillon = un_brouillon(complet=False, nom="", **valeurs)
        hors_projet = [a for a in avancement(brouillon) if a.code != "projet"]
        assert sum(a.remplies for a in hors_projet) == remplies

    def test_le_plan_repond_a_la_rubrique_des_cofinancements(self) -> None:
        brouillon = un_brouillon(cofinancements="")
        assert {a.code: a.etat for a in avancement(brouillon)}["montage-financier"] == "complete"
        brouillon.lignes.all().delete()
        assert {a.code: a.etat for a in avancement(brouillon)}["montage-financier"] == "entamee"

    def test_une_fiche_lue_d_avance_ne_demande_plus_rien_a_la_base(
        self, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        lue = Candidature.objects.pour_lecture().get(pk=un_brouillon().pk)
        with django_assert_num_queries(0):
            assert len(avancement(lue)) == 7


def test_les_codes_de_section_sont_des_adresses() -> None:
    assert list(SECTION_PAR_CODE) == [
        *("projet", "publics", "mobilisation", "accompagnement", "partenariat", "montage-financier", "duree")
    ]
    assert [code_de(section) for section in SECTIONS] == list(SECTION_PAR_CODE)
