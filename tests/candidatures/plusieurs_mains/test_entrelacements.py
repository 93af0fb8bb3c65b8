"""Zéro modification perdue, quel que soit l'ordre des gestes ; et ce que la machine voit quand on retire une précaution."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import BigIntegerField, Value
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from candidatures.coherence.justifier import Justifications as JustificationsEcrites
from candidatures.plusieurs_mains import ecrire as module_ecrire
from candidatures.plusieurs_mains import historique
from candidatures.plusieurs_mains.sujet import Sujet
from candidatures.saisie.actions import Fiche
from tests.candidatures.plusieurs_mains.entrelacements import Entrelacements, EntrelacementsDeLaFiche
from tests.candidatures.plusieurs_mains.sujets import Justifications

pytestmark = pytest.mark.django_db
COMBIEN = int(os.environ.get("ENTRELACEMENTS", "200"))
"""`ENTRELACEMENTS=1000 bin/test pg -- -o faulthandler_timeout=0 tests/candidatures/plusieurs_mains/test_entrelacements.py` : autant d'ordres."""
REGLAGES = settings(
    max_examples=COMBIEN,
    stateful_step_count=15,
    deadline=None,
    database=None,
    phases=[Phase.generate, Phase.shrink],
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)


class EntrelacementsDesJustifications(Entrelacements):
    """Deux personnes répondent aux mêmes constats."""

    sujet_neuf = Justifications


@pytest.mark.lent
def test_aucun_ordre_ne_perd_une_modification() -> None:
    run_state_machine_as_test(EntrelacementsDeLaFiche, settings=REGLAGES)


@pytest.mark.lent
def test_aucun_ordre_ne_perd_une_justification() -> None:
    run_state_machine_as_test(EntrelacementsDesJustifications, settings=settings(REGLAGES, max_examples=COMBIEN // 2))


# --- Les témoins : la machine voit chaque défaut qu'on lui rend -------------------------------------------------------------
@pytest.fixture
def machine(db: None) -> Iterator[EntrelacementsDeLaFiche]:
    machine = EntrelacementsDeLaFiche()
    machine.ouvrir(deux=True)
    yield machine
    machine.teardown()


def ecrire(machine: Entrelacements, qui: int, *, perdue: bool = False) -> None:
    machine.taper(qui, 0, vide=1)
    machine.enregistrer(qui, perdue=perdue)


def un_texte_ignore(machine: Entrelacements) -> None:
    ecrire(machine, 0)
    ecrire(machine, 1)


def deux_pages_se_repondent(machine: Entrelacements) -> None:
    """Au début d'un quart d'heure : à cheval sur deux, l'historique en garderait plus de lignes."""
    machine.le = (machine.le + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)
    for tour in range(4):
        machine.attendre(2)
        machine.afficher(tour % 2)
        ecrire(machine, tour % 2)


def un_envoi_arrive_en_retard(machine: Entrelacements) -> None:
    machine.envoyer_sans_attendre(0, 0, insiste=True)
    machine.arriver(0)


def un_envoi_arrive_en_retard_sur_le_texte_d_avant(machine: Entrelacements) -> None:
    """La page est revenue au texte qu'elle montrait quand elle a fait l'envoi en retard : l'empreinte seule ne le trahit pas."""
    machine.envoyer_sans_attendre(0, 0, insiste=True)
    machine.taper(0, 0, vide=0)
    machine.enregistrer(0, perdue=False)
    machine.arriver(0)


def une_reponse_perdue_puis_defaite(machine: Entrelacements) -> None:
    """La page redit le texte qu'elle avait lu : elle sait que l'autre a peut-être été écrit."""
    ecrire(machine, 0, perdue=True)
    machine.taper(0, 0, vide=0)
    machine.enregistrer(0, perdue=False)


def deux_personnes_tapent_le_meme_texte(machine: Entrelacements) -> None:
    """Rien à trancher, et un seul changement dans l'historique."""
    rubrique = machine.rubrique(0)
    for qui in range(2):
        machine.page(qui).textes[rubrique] = "Le même texte."
        machine.enregistrer(qui, perdue=False)
    assert [machine.page(qui).conflits for qui in range(2)] == [{}, {}]
    assert [trace.apres for trace in machine.sujet.traces(rubrique)] == ["Le même texte."]


SCENES = [
    deux_personnes_tapent_le_meme_texte,
    un_texte_ignore,
    deux_pages_se_repondent,
    un_envoi_arrive_en_retard,
    un_envoi_arrive_en_retard_sur_le_texte_d_avant,
    une_reponse_perdue_puis_defaite,
]


@pytest.mark.parametrize("scene", SCENES)
def test_rien_a_redire_quand_tout_est_en_place(scene: Callable[[Entrelacements], None], machine: Entrelacements) -> None:
    scene(machine)


def test_temoin_sans_la_comparaison_des_empreintes(machine: Entrelacements, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module_ecrire, "douteuses", lambda *arguments: [])
    with pytest.raises(AssertionError, match="sans l'avoir lu"):
        un_texte_ignore(machine)


def test_temoin_une_ligne_d_historique_prolongee_apres_un_collegue(
    machine: Entrelacements, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Une ligne par page, qu'un autre ait écrit entre-temps ou non."""
    monkeypatch.setattr(historique, "_tranche", lambda *arguments: Value(1, BigIntegerField()))
    monkeypatch.setattr(historique, "_a_noter", historique._a_noter.__wrapped__)  # composée avant, elle dirait encore la vraie
    with pytest.raises(AssertionError, match="perdu"):
        deux_pages_se_repondent(machine)


def test_temoin_sans_le_rang_des_envois(machine: Entrelacements, monkeypatch: pytest.MonkeyPatch) -> None:
    """Une page qui ne se dispute jamais elle-même laisse un vieil envoi, arrivé en retard, remplacer le plus récent."""
    d_origine = historique.verdict
    monkeypatch.setattr(historique, "verdict", lambda traces, rubrique, page: d_origine(traces, rubrique, str(page)))
    monkeypatch.setattr(Sujet, "est_depasse", lambda sujet, page: False)
    with pytest.raises(AssertionError, match="un vieil envoi"):
        un_envoi_arrive_en_retard(machine)


def test_temoin_sans_le_refus_des_envois_en_retard(machine: Entrelacements, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Sujet, "est_depasse", lambda sujet, page: False)
    with pytest.raises(AssertionError, match="un vieil envoi"):
        un_envoi_arrive_en_retard_sur_le_texte_d_avant(machine)


def test_temoin_un_enregistrement_qui_n_ecrit_rien(machine: Entrelacements, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Fiche, "poser", lambda *arguments: None)
    with pytest.raises(AssertionError, match="annoncé sans être écrit"):
        ecrire(machine, 0)


def test_temoin_l_envoi_d_un_collegue_jete(machine: Entrelacements, monkeypatch: pytest.MonkeyPatch) -> None:
    """Le serveur répond que tout va bien à qui arrive après un autre, et n'en garde rien."""

    def est_depasse(sujet: Any, page: str) -> bool:
        return bool(sujet.traces.exclude(page=page).exists())

    monkeypatch.setattr(Sujet, "est_depasse", est_depasse)
    with pytest.raises(AssertionError, match="annoncé sans être écrit"):
        deux_pages_se_repondent(machine)


def test_temoin_une_page_qui_se_dispute_elle_meme(machine: Entrelacements, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(historique, "verdict", lambda *arguments: historique.Verdict.AUTRUI)
    ecrire(machine, 0, perdue=True)
    with pytest.raises(AssertionError, match="à elle-même"):
        ecrire(machine, 0)


# --- Les justifications ----------------------------------------------------------------------------------------------------
@pytest.fixture
def justifiees(db: None) -> Iterator[EntrelacementsDesJustifications]:
    machine = EntrelacementsDesJustifications()
    machine.ouvrir(deux=True)
    yield machine
    machine.teardown()


@pytest.mark.parametrize("scene", SCENES)
def test_rien_a_redire_des_justifications(scene: Callable[[Entrelacements], None], justifiees: Entrelacements) -> None:
    scene(justifiees)


def test_temoin_une_justification_annoncee_sans_etre_ecrite(justifiees: Entrelacements, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(JustificationsEcrites, "poser", lambda *arguments: None)
    with pytest.raises(AssertionError, match="annoncé sans être écrit"):
        ecrire(justifiees, 0)


def test_temoin_une_justification_en_retard(justifiees: Entrelacements, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Sujet, "est_depasse", lambda sujet, page: False)
    with pytest.raises(AssertionError, match="un vieil envoi"):
        un_envoi_arrive_en_retard_sur_le_texte_d_avant(justifiees)
