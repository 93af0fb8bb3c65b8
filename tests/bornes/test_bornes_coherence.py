"""Chaque seuil de la cohérence : ce qui est dit à un pas de lui, et ce qui ne l'est plus."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from candidatures.circuit.decision import depassements
from candidatures.coherence import couts, financement, rapprochements, redaction
from candidatures.coherence.effectifs import MENAGE, lire
from candidatures.models import Candidature, rapprochement
from tests.bornes.borne import Borne, a_trois_pas, une_fois
from tests.candidatures.coherence.fiche_saine import CAMPAGNE, PLAN, Ligne, codes, cout, une_fiche

pytestmark = pytest.mark.django_db
SOU = Decimal("0.01")
DIT, RIEN = True, False
Traits = Callable[[Any], dict[str, Any]]
SEULS: dict[str, Any] = {"cout_diagnostic": None, "cout_gestion_locative": None, "cout_global": None}
MENSUEL = [(borne / 12).quantize(SOU, rounding="ROUND_DOWN") for borne in couts.PAR_AN]
"""16,66 € et 833,33 € par mois : juste en deçà de 200 € et de 10 000 € par an."""


def trouve(code: str, traits: Traits) -> Callable[[Any], bool]:
    """Vrai si ce contrôle dit quelque chose de la fiche saine, ces traits changés."""
    return lambda valeur: code in codes(une_fiche(**traits(valeur)))


def en_ressources(aide: int) -> tuple[Ligne, ...]:
    """120 000 € de dépenses, et autant de ressources dont cette aide."""
    return (*PLAN[:2], ("r", "appel_a_projets", aide, None), ("r", "porteur", 120_000 - aide, None))


def en_parts(part: Decimal) -> tuple[Ligne, ...]:
    """Deux ressources en parts seules ; la seconde fait la moitié."""
    return (("r", "appel_a_projets", None, str(part)), ("r", "porteur", None, "50"))


def un_plan_de(total: int) -> dict[str, Any]:
    return {"plan": (("d", "Tout", int(total), None), ("r", "appel_a_projets", 1, None)), "cofinancements": ""}


def sur(mois: int, **traits: Any) -> dict[str, Any]:
    """Un projet de tant de mois, dont rien d'autre ne parle de durée."""
    vides = {"duree_mois_precision": "", "nombre_menages_precision": "", "nombre_logements_precision": ""}
    return {"duree_mois": mois, **vides, **traits}


def une_aide_dite(valeur: int) -> dict[str, Any]:
    return {"cofinancements": f"Subvention demandée : {valeur} €"}


EFFECTIFS = (
    Borne("durée minimale", CAMPAGNE["duree_minimum"], 12, trouve("duree_bornes", sur), DIT, RIEN, RIEN),
    Borne("durée maximale", CAMPAGNE["duree_maximum"], 36, trouve("duree_bornes", sur), RIEN, RIEN, DIT),
    Borne("autant de logements que de ménages", 30, 30, trouve("menages_et_logements", lambda v: {"nombre_logements": v}), DIT, RIEN, DIT),
    Borne(
        "15 par an sur deux ans", 30, 30,
        trouve("nombre_et_precision", lambda v: {"nombre_menages": v, "nombre_menages_precision": "15 par an"}), DIT, RIEN, DIT,
    ),
    Borne(
        "quatre-vingts est 80", 80, 80,
        trouve("nombre_et_precision", lambda v: {"nombre_menages": v, "nombre_menages_precision": "soit quatre-vingts ménages"}),
        DIT, RIEN, DIT,
    ),
    Borne(
        "quatre-vingt-dix-sept dans le texte", 97, 97,
        trouve("nombre_dans_le_texte", lambda v: sur(24, nombre_menages=v, nom="Quatre-vingt-dix-sept ménages accompagnés")),
        DIT, RIEN, DIT,
    ),
    Borne(
        "15 par an sur sept mois, par défaut", 8, 8,
        trouve("nombre_et_precision", lambda v: {**sur(7, nombre_menages=v), "nombre_menages_precision": "15 par an"}), DIT, RIEN, RIEN,
    ),
    Borne(
        "15 par an sur sept mois, par excès", 9, 9,
        trouve("nombre_et_precision", lambda v: {**sur(7, nombre_menages=v), "nombre_menages_precision": "15 par an"}), RIEN, RIEN, DIT,
    ),
    Borne("le premier millésime", 1900, 1900, lambda v: len(lire(str(v), MENAGE).tous), 1, 0, 0),
    Borne("le dernier millésime", 2100, 2100, lambda v: len(lire(str(v), MENAGE).tous), 0, 0, 1),
)  # fmt: skip

FINANCEMENT = (
    Borne("un euro par ligne, en trop", 60_000 + 4 * financement.EURO, 60_004,
          trouve("ressources_depenses", lambda v: {"plan": (*PLAN[:3], ("r", "porteur", int(v), None))}), RIEN, RIEN, DIT),
    Borne("un euro par ligne, en moins", 60_000 - 4 * financement.EURO, 59_996,
          trouve("ressources_depenses", lambda v: {"plan": (*PLAN[:3], ("r", "porteur", int(v), None))}), DIT, RIEN, RIEN),
    Borne("un dixième par part, en trop", 50 + 2 * financement.DIXIEME, Decimal("50.2"),
          trouve("parts_a_cent", lambda v: {"plan": en_parts(v)}), RIEN, RIEN, DIT, SOU),
    Borne("un dixième par part, en moins", 50 - 2 * financement.DIXIEME, Decimal("49.8"),
          trouve("parts_a_cent", lambda v: {"plan": en_parts(v)}), DIT, RIEN, RIEN, SOU),
    Borne("un demi-point au-dessus de sa part", 50 + financement.DEMI, Decimal("50.5"),
          trouve("parts_et_montants", lambda v: {"plan": (*PLAN[:3], ("r", "porteur", 60_000, str(v)))}), RIEN, RIEN, DIT, SOU),
    Borne("un demi-point au-dessous de sa part", 50 - financement.DEMI, Decimal("49.5"),
          trouve("parts_et_montants", lambda v: {"plan": (*PLAN[:3], ("r", "porteur", 60_000, str(v)))}), DIT, RIEN, RIEN, SOU),
    Borne("une aide dite à un euro près", 60_000 + financement.EURO, 60_001, trouve("aide_dans_le_plan", une_aide_dite), RIEN, RIEN, DIT),
    Borne("une aide dite à un euro de moins", 60_000 - financement.EURO, 59_999, trouve("aide_dans_le_plan", une_aide_dite), DIT, RIEN, RIEN),
    Borne("une aide dite a neuf chiffres au plus", 9, 9,
          trouve("aide_dans_le_plan", lambda v: une_aide_dite(10 ** (v - 1))), DIT, DIT, RIEN),
    Borne("l'aide maximale", CAMPAGNE["plafond"], 200_000,
          trouve("aide_plafond", lambda v: {"plan": (("d", "Tout", 900_000, None), ("r", "appel_a_projets", v, None))}), RIEN, RIEN, DIT),
    Borne("le taux maximal, à un euro près", 60_000 + financement.EURO, 60_001,
          trouve("aide_taux", lambda v: {"plan": en_ressources(int(v))}), RIEN, RIEN, DIT),
    Borne("le taux maximal, en parts", Decimal(CAMPAGNE["taux_maximum"]), 50,
          trouve("aide_taux", lambda v: {"plan": en_parts(v)}), RIEN, RIEN, DIT, SOU),
)  # fmt: skip

COUTS = (
    Borne("par ménage et par an, au moins", couts.PAR_AN[0] * 60, 12_000, trouve("cout_par_menage", un_plan_de), DIT, RIEN, RIEN),
    Borne("par ménage et par an, au plus", couts.PAR_AN[1] * 60, 600_000, trouve("cout_par_menage", un_plan_de), RIEN, RIEN, DIT),
    Borne("de même sur deux mois : 100 € pour trois ménages", couts.PAR_AN[0] * 3 / 6, 100,
          trouve("cout_par_menage", lambda v: {**un_plan_de(v), **sur(2, nombre_menages=3)}), DIT, RIEN, RIEN),
    Borne("de même sur sept mois : 35 000 € pour six ménages", 35_000, couts.PAR_AN[1] * 6 * 7 / 12,
          trouve("cout_par_menage", lambda v: {**un_plan_de(v), **sur(7, nombre_menages=6)}), RIEN, RIEN, DIT),
    Borne("par logement et par an, au moins", couts.PAR_AN[0] * 40, 8_000,
          trouve("cout_par_logement", lambda v: {**un_plan_de(v), "nombre_logements": 20}), DIT, RIEN, RIEN),
    Borne("la gestion locative par an", couts.PAR_AN[1], 10_000,
          trouve("cout_par_logement", lambda v: {"cout_gestion_locative": cout(v, "logement_an")}), RIEN, RIEN, DIT),
    Borne("la gestion locative par mois", MENSUEL[1], Decimal("833.33"),
          trouve("cout_par_logement", lambda v: {"cout_gestion_locative": cout(v, "logement_mois")}), RIEN, RIEN, DIT, SOU),
    Borne("le diagnostic", couts.DIAGNOSTIC_MAXIMUM, 2_000,
          trouve("couts_saisis", lambda v: {"cout_diagnostic": cout(v, "menage")}), RIEN, RIEN, DIT),
    Borne("l'accompagnement par an, au moins", couts.PAR_AN[0], 200,
          trouve("couts_saisis", lambda v: {"cout_accompagnement": cout(v)}), DIT, RIEN, RIEN),
    Borne("l'accompagnement par an, au plus", couts.PAR_AN[1], 10_000,
          trouve("couts_saisis", lambda v: {"cout_accompagnement": cout(v)}), RIEN, RIEN, DIT),
    Borne("par mesure et par mois, au moins", MENSUEL[0], Decimal("16.66"),
          trouve("couts_saisis", lambda v: {"cout_accompagnement": cout(v, "mesure_mois")}), DIT, DIT, RIEN, SOU),
    Borne("par mesure et par mois, au plus", MENSUEL[1], Decimal("833.33"),
          trouve("couts_saisis", lambda v: {"cout_accompagnement": cout(v, "mesure_mois")}), RIEN, RIEN, DIT, SOU),
    Borne("pour un ménage, sur deux ans", couts.PAR_AN[1] * 2, 20_000,
          trouve("couts_saisis", lambda v: {"cout_accompagnement": cout(v, "menage")}), RIEN, RIEN, DIT),
    Borne("pour un ménage, sur six mois", couts.PAR_AN[1], 10_000,
          trouve("couts_saisis", lambda v: sur(6, cout_accompagnement=cout(v, "menage"))), RIEN, RIEN, DIT),
)  # fmt: skip

ENTRE_EUX = (
    Borne("tous les ménages dans le total, à un euro près chacun", 4_000 + financement.EURO, 4_001,
          trouve("accompagnement_total", lambda v: {"cout_accompagnement": cout(v, "menage")}), RIEN, RIEN, DIT),
    Borne("la moitié des lignes d'accompagnement", 90_000 * couts.MOITIE / 30, 1_500,
          trouve("accompagnement_total", lambda v: SEULS | {"cout_accompagnement": cout(v, "menage")}), DIT, RIEN, RIEN),
    Borne("de même par mesure et par mois", 90_000 * couts.MOITIE / 30 / 24, Decimal("62.5"),
          trouve("accompagnement_total", lambda v: SEULS | {"cout_accompagnement": cout(v, "mesure_mois")}), DIT, RIEN, RIEN, SOU),
    Borne("un coût par an ne vaut que six mois d'un projet de six mois, au plus", 8_002, 2 * (4_000 + financement.EURO),
          trouve("accompagnement_total", lambda v: sur(6, cout_accompagnement=cout(v))), RIEN, RIEN, DIT),
    Borne("un coût par an ne vaut que six mois d'un projet de six mois, au moins", 3_000, 2 * 1_500,
          trouve("accompagnement_total", lambda v: sur(6, **SEULS, cout_accompagnement=cout(v))), DIT, RIEN, RIEN),
    Borne("le coût global sous ses parties", 2_000 - couts.DOUZE, 1_988,
          trouve("cout_global_parties", lambda v: {"cout_global": cout(v)}), DIT, RIEN, RIEN),
    Borne("le coût global au-dessus, diagnostic compris", 2_150 + couts.DOUZE, 2_162,
          trouve("cout_global_parties", lambda v: {"cout_global": cout(v)}), RIEN, RIEN, DIT),
    Borne("de même sur six mois : le diagnostic y pèse le double d'un an", 2_600 + couts.DOUZE, 2_612,
          trouve("cout_global_parties", lambda v: sur(6, cout_global=cout(v))), RIEN, RIEN, DIT),
)  # fmt: skip


def des_mots(nombre: int, depuis: int = 0) -> str:
    """Des mots tous différents : « aaab », « aaac »…"""
    return " ".join("".join(chr(97 + rang // 26**p % 26) for p in range(3, -1, -1)) for rang in range(depuis, depuis + nombre))


def se_ressemblent(communes: int, nom: str) -> bool:
    """Deux textes de cent suites de mots, dont tant sont communes ; le premier se nomme « Habiter »."""
    suites = communes + rapprochement.SUITE - 1
    autre = Candidature(nom=nom, descriptif=f"{des_mots(suites)} {des_mots(103 - suites, 5_000)}")
    return rapprochements.se_ressemblent(Candidature(nom="Habiter", descriptif=des_mots(103)), autre)


def les_cites(nombre: int) -> int:
    return redaction._citer([("descriptif", "Voir annexe")] * nombre).count("Voir annexe")


RAPPROCHEMENTS = (
    Borne("des mots suffisants", rapprochement.MOTS_SUFFISANTS, 30, lambda v: len(rapprochement.suites(des_mots(v))), 0, 27, 28),
    Borne("très proches", int(100 * rapprochements.TRES_PROCHES), 50, lambda v: se_ressemblent(v, "Autre"), False, True, True),
    Borne(
        "proches et du même nom", int(100 * rapprochements.PROCHES), 25, lambda v: se_ressemblent(v, "HABITER"), False, True, True
    ),
    Borne("trois exemples au plus", redaction.CITES, 3, les_cites, 2, 3, 3),
)

TOUTES = (*EFFECTIFS, *FINANCEMENT, *COUTS, *ENTRE_EUX, *RAPPROCHEMENTS)


@une_fois(TOUTES)
def test_la_valeur_officielle(borne: Borne) -> None:
    assert borne.lue == borne.officielle


@a_trois_pas(TOUTES)
def test_a_un_pas_pres(borne: Borne, ecart: int) -> None:
    assert borne.observe(ecart) == borne.attendu(ecart)


@pytest.mark.parametrize(("accorde", "dits"), [("199999.99", 0), ("200000", 0), ("200000.01", 1)])
def test_une_decision_au_plafond(accorde: str, dits: int) -> None:
    fiche = une_fiche(plan=(("d", "Tout", 900_000, None), ("r", "appel_a_projets", 1, None)))
    assert len(depassements(fiche, Decimal(accorde))) == dits


@pytest.mark.parametrize(("accorde", "dits"), [("59999.99", 0), ("60000", 0), ("60000.01", 1)])
def test_une_decision_au_taux(accorde: str, dits: int) -> None:
    assert len(depassements(une_fiche(), Decimal(accorde))) == dits


@pytest.mark.parametrize("mois", range(1, 61))
@pytest.mark.parametrize("annuel", couts.PAR_AN)
def test_tout_juste_dans_la_plage_quelle_que_soit_la_duree(annuel: Decimal, mois: int) -> None:
    """Une division par 0,1666… an faisait sortir de la plage un coût qui y était tout juste."""
    assert not couts._hors_de_la_plage(couts._chaque_annee(annuel * mois / 12, mois / couts.DOUZE))
