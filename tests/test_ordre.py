"""L'ordre des essais : un autre à chaque graine, le même pour la même, chaque module d'un seul tenant, le navigateur d'abord."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import groupby
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings

from tests.ordre import D_UN_SEUL_TENANT, ECRANS, melanger, part_de


def des_essais() -> list[Any]:
    return [
        SimpleNamespace(nodeid=f"{module}.py::essai_{rang}", get_closest_marker=lambda marque, m=module: m[0] == "n" or None)
        for module in ("a", "b", "navigateur_1", "c", "navigateur_2", "d")
        for rang in range(8)
    ]


def ranges(graine: int) -> list[str]:
    essais = des_essais()
    melanger(essais, graine)
    return [essai.nodeid for essai in essais]


def test_meme_graine_meme_ordre_autre_graine_autre_ordre() -> None:
    ordres = [tuple(ranges(graine)) for graine in (1, 1, 2, 3)]
    assert ordres[0] == ordres[1]
    assert len(set(ordres)) == 3
    assert all(sorted(ordre) == sorted(essai.nodeid for essai in des_essais()) for ordre in ordres)


@pytest.mark.parametrize("graine", range(1, 9))
def test_un_module_reste_d_un_seul_tenant_et_le_navigateur_passe_d_abord(graine: int) -> None:
    modules = [module for module, _ in groupby(nom.partition("::")[0] for nom in ranges(graine))]
    assert len(modules) == 6
    assert set(modules[:2]) == {"navigateur_1.py", "navigateur_2.py"}


def test_un_module_d_un_seul_tenant_n_a_qu_un_ouvrier_les_autres_se_partagent() -> None:
    for module in D_UN_SEUL_TENANT:
        assert part_de(f"{module}::test_a[1]") == part_de(f"{module}::test_b")
    assert part_de("tests/test_ordre.py::test_a[1]") != part_de("tests/test_ordre.py::test_a[2]")


def test_les_modules_nommes_existent() -> None:
    assert [module for module in (*D_UN_SEUL_TENANT, *ECRANS) if not (settings.RACINE / module).is_file()] == []


def jouer(dossier: Path, *options: str) -> list[str]:
    """Joue de petits essais sous `ordre.py` seul ; rend l'ordre où ils ont été joués, et ce qui est dit de lui."""
    (dossier / "conftest.py").write_text(CONFTEST)
    (dossier / "test_a.py").write_text(ESSAIS)
    commande = [
        sys.executable,
        "-m",
        "pytest",
        "-v",
        "-p",
        "no:django",
        "-p",
        "no:cacheprovider",
        "-c",
        "/dev/null",
        str(dossier),
    ]
    environnement = {nom: v for nom, v in os.environ.items() if not nom.startswith("PYTEST_")} | {
        "PYTHONPATH": str(settings.RACINE)
    }
    fait = subprocess.run([*commande, *options], cwd=dossier, env=environnement, capture_output=True, text=True, check=False)
    assert fait.returncode == 1, fait.stdout + fait.stderr
    return [
        ligne.strip()
        for ligne in fait.stdout.splitlines()
        if ("::test_essai" in ligne and "%]" in ligne) or "ordre des essais" in ligne
    ]


CONFTEST = """
from tests import ordre
def pytest_addoption(parser): parser.addoption("--melange", type=int)
def pytest_configure(config): ordre.brancher(config)
"""
ESSAIS = """
import pytest
@pytest.mark.parametrize("rang", range(20))
def test_essai(rang): assert rang != 7
"""


@pytest.mark.lent
def test_la_graine_est_dite_et_rejoue_le_meme_ordre(tmp_path: Path) -> None:
    """En tête, et à la fin après un échec ; donnée, elle vaut aussi pour deux ouvriers, qui s'entendent."""
    tire = jouer(tmp_path)
    graine = tire[0].rpartition(" ")[2]
    assert tire[-1] == tire[0] == f"ordre des essais : --melange {graine}"
    assert jouer(tmp_path, "--melange", graine) == tire
    assert jouer(tmp_path) != tire
    assert "(celui des fichiers)" in jouer(tmp_path, "--melange", "0")[0]
    a_deux = jouer(tmp_path, "-n", "2")
    assert a_deux[-1].startswith("ordre des essais : --melange ")
    assert len([ligne for ligne in a_deux if "PASSED" in ligne]) == 19
