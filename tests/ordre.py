"""L'ordre des essais : tiré au sort à chaque fois, dit, et rejouable par `--melange N` (branché par `conftest.py`).

Les modules sont mélangés, puis les essais de chacun : ce qu'un module prépare une fois le reste. Le navigateur passe d'abord : ses
essais, les plus longs, ne se retrouvent pas seuls à la fin, quand les autres ouvriers n'ont plus rien à faire.
"""

from __future__ import annotations

import random
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

SANS_MELANGE = 0
D_UN_SEUL_TENANT = ("tests/pilotage/test_demonstration.py",)
"""Les modules qu'un seul ouvrier joue : ce qu'ils préparent une fois coûte plus que ce qu'on gagne à les partager."""

ECRANS = frozenset(
    f"tests/{module}.py"
    for module in (
        *("avis/test_dossier", "avis/test_droits", "avis/test_historique", "avis/test_pages", "avis/test_reouverture"),
        *("bornes/test_bornes_coherence", "comptes/test_personnes"),
        *("candidatures/annexes/test_bornes", "candidatures/annexes/test_pages"),
        *("candidatures/lecture/test_lecture", "candidatures/test_regles"),
        *("candidatures/coherence/test_coherence_controles", "candidatures/coherence/test_constats_a_l_ecran"),
        *("candidatures/partages/test_invites", "candidatures/partages/test_partages"),
        *("candidatures/reprise/test_reprise_pages", "candidatures/saisie/test_vues_bailleur"),
        *("pilotage/test_boutons_des_decisions", "pilotage/test_decisions", "pilotage/test_page_des_decisions"),
        "pilotage/test_secret_imprime",
    )
)
"""Ce qui lit une base sans que le moteur y change rien (textes, formulaires, droits, constats) : joué sur SQLite seulement.

Les requêtes de ces pages sont jouées sur les deux par les essais des actions et des listes, et sur PostgreSQL par le navigateur.
"""


class Repartition(LoadScopeScheduling):
    """Un essai à la fois à qui est libre, sauf d'un module d'un seul tenant.

    La marque `xdist_group` y servirait si elle marchait : xdist 3.8 l'écrit dans un attribut que pytest 9.2 ne lit plus.
    """

    def _split_scope(self, nodeid: str) -> str:
        return part_de(nodeid)


def part_de(nodeid: str) -> str:
    """Ce qu'un même ouvrier joue : le module d'un seul tenant, ou l'essai seul."""
    module = nodeid.partition("::")[0]
    return module if module in D_UN_SEUL_TENANT else nodeid


class Melange:
    """Le greffon qui range les essais selon sa graine, et la dit."""

    def __init__(self, graine: int) -> None:
        self.graine = graine

    @pytest.hookimpl(optionalhook=True)  # le crochet est de xdist
    def pytest_configure_node(self, node: Any) -> None:
        """Chaque ouvrier reçoit la graine de celui qui les lance."""
        node.workerinput["graine"] = self.graine

    @pytest.hookimpl(trylast=True)  # après le tri de pytest-django : avec nos bases remises à neuf, il ne sert plus
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Mélange, en gardant chaque module d'un seul tenant."""
        if self.graine != SANS_MELANGE:
            melanger(items, self.graine)

    def pytest_report_header(self) -> str:
        """En tête : de quoi rejouer cet ordre."""
        return self.dire()

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """À la fin aussi, quand quelque chose a échoué."""
        if terminalreporter.stats.get("failed") or terminalreporter.stats.get("error"):
            terminalreporter.write_line(self.dire())

    def dire(self) -> str:
        """La phrase de l'ordre."""
        return f"ordre des essais : --melange {self.graine}" + (" (celui des fichiers)" if self.graine == SANS_MELANGE else "")


def melanger(items: list[pytest.Item], graine: int) -> None:
    """Range sur place : le navigateur d'abord, les modules au hasard, et au hasard dans chacun."""
    hasard = random.Random(graine)
    modules: dict[str, list[pytest.Item]] = {}
    for item in items:
        modules.setdefault(item.nodeid.partition("::")[0], []).append(item)
    ordre = list(modules.values())
    hasard.shuffle(ordre)
    for groupe in ordre:
        hasard.shuffle(groupe)
    ordre.sort(key=lambda groupe: groupe[0].get_closest_marker("navigateur") is None)
    items[:] = [item for groupe in ordre for item in groupe]


def brancher(config: pytest.Config) -> None:
    """La graine demandée, ou celle qu'un ouvrier a reçue, ou une neuve."""
    recue = getattr(config, "workerinput", {}).get("graine", config.option.melange)
    graine = random.SystemRandom().randrange(1, 1_000_000) if recue is None else recue
    config.pluginmanager.register(Melange(graine), "melange")
