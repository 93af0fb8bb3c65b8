"""Un état et deux passages de plus s'écrivent en deux fichiers, et aucun écran n'en ment."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest
from django.conf import settings

pytestmark = [pytest.mark.une_fois, pytest.mark.lent]

GREFFON = "tests.candidatures.circuit.etat_de_plus"
JOUES = ("tests/candidatures/circuit/cas_de_l_etat_de_plus.py", "tests/candidatures/test_etats.py")
CAS = 50
"""Le nombre d'essais attendus, au moins : un greffon qui n'en trouverait aucun ne prouverait rien."""
DELAI = 280
"""Secondes."""


def test_aucun_ecran_ne_ment_d_un_etat_de_plus() -> None:
    """Dans un processus à part, où les deux fichiers se chargent avec leurs lignes de plus (`etat_de_plus`)."""
    gardees = ("PATH", "HOME", "LANG", "VAR_DIR", "HLM_SANS_ENV", "SECRET_KEY", "SECURISE", "ALLOWED_HOSTS")
    environnement = {nom: os.environ[nom] for nom in gardees if nom in os.environ}
    commande = [sys.executable, "-m", "pytest", "-q", "-p", GREFFON, "-p", "no:cacheprovider", *JOUES]
    fini = subprocess.run(
        commande, check=False, cwd=settings.RACINE, env=environnement, capture_output=True, text=True, timeout=DELAI
    )
    assert fini.returncode == 0, f"{fini.stdout[-6000:]}\n{fini.stderr[-2000:]}"
    passes = re.search(r"(\d+) passed", fini.stdout)
    assert passes, fini.stdout
    assert int(passes[1]) >= CAS
