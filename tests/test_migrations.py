"""Migrer application par application, puis revenir en arrière : ce qui suit chaque migration ne suppose pas les autres."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings


@pytest.mark.lent
def test_application_par_application_puis_retour(tmp_path: Path) -> None:
    environnement = {**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path / 'base.sqlite3'}", "VAR_DIR": str(tmp_path)}
    etapes = [["territoires"], ["comptes"], [], ["avis", "zero"], ["candidatures", "zero"], ["comptes", "zero"], []]
    script = "import sys, django; django.setup(); from django.core.management import call_command as c\n" + "\n".join(
        f"c('migrate', *{etape!r}, verbosity=0)" for etape in etapes
    )
    environnement["DJANGO_SETTINGS_MODULE"] = "hlm_projets.settings"
    essai = subprocess.run(
        [sys.executable, "-c", script], cwd=settings.RACINE, env=environnement, capture_output=True, text=True, check=False
    )
    assert essai.returncode == 0, essai.stderr[-2000:]
