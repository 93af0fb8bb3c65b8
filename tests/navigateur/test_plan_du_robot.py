"""Qui examine quoi est écrit d'avance : ni l'ordre des rôles, ni ce qu'un autre a déjà vu n'y changent rien."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings

from tests.droits.matrice import MATRICE, PUBLIQUES
from tests.navigateur.robot import AINES, LUES_DE_MEME, examine, reponses, roles_joues

JOUES = roles_joues(
    *("anonyme", "deposant", "redacteur", "agent_departemental", "agent_regional", "lecteur"), "administrateur", "invite_ecrire"
)
ROUTES = sorted({ligne.route for ligne in MATRICE if ligne.methode == "GET"})


@pytest.mark.parametrize("route", ROUTES)
def test_chaque_page_qu_un_role_ouvre_est_examinee_par_lui_ou_par_qui_a_les_memes_droits(route: str) -> None:
    for role in (r for r in JOUES if 200 in reponses(r, route)):
        egaux = [r for r in JOUES if examine(r, route) and (r == AINES.get(role) or route in LUES_DE_MEME or r == role)]
        assert egaux, role
        assert route in LUES_DE_MEME or all(reponses(r, route) == reponses(role, route) or r == role for r in egaux[:1])


def test_ce_qui_est_lu_de_meme_est_public_ou_a_tous_les_connectes() -> None:
    assert "accessibilite" in LUES_DE_MEME <= set(ROUTES)
    assert {route for route in LUES_DE_MEME if ":" in route} <= PUBLIQUES | {"candidatures:invitation"}
    assert "candidatures:fiche" not in LUES_DE_MEME


PLAN = """import django; django.setup()
from tests.navigateur.test_plan_du_robot import JOUES, ROUTES, examine
print([[examine(role, route) for route in ROUTES] for role in JOUES])
"""


@pytest.mark.lent
def test_le_plan_ne_depend_pas_du_hachage(monkeypatch: pytest.MonkeyPatch) -> None:
    plans: set[Any] = set()
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "hlm_projets.settings")
    for graine in ("1", "2"):
        monkeypatch.setenv("PYTHONHASHSEED", graine)
        plans.add(subprocess.run([sys.executable, "-c", PLAN], cwd=settings.RACINE, capture_output=True, check=True).stdout)
    assert len(plans) == 1
