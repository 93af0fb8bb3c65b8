"""En production, chaque module JavaScript est nommé d'après son contenu, et ceux qui l'importent le savent."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from django.conf import LazySettings

from hlm_projets.statiques import Statiques

IMPORT = re.compile(r'^import [^"]*"([^"]+)";$', re.MULTILINE)
NOMME = re.compile(r"\.[0-9a-f]{12}\.js\Z")


def test_les_modules_importes_sont_nommes_d_apres_leur_contenu(tmp_path: Path, settings: LazySettings) -> None:
    settings.DEBUG = False
    shutil.copytree(settings.RACINE / "static" / "js", tmp_path / "js")
    nos_fichiers = [chemin.relative_to(tmp_path).as_posix() for chemin in tmp_path.rglob("*.js")]
    stockage = Statiques(location=str(tmp_path), base_url="/static/")
    faits = list(stockage.post_process({nom: (stockage, nom) for nom in nos_fichiers}))
    assert [fait for fait in faits if isinstance(fait[2], Exception)] == []
    imports = [
        (chemin.parent / importe).resolve()
        for chemin in tmp_path.rglob("*.js")
        if NOMME.search(chemin.name)
        for importe in IMPORT.findall(chemin.read_text())
    ]
    assert len(imports) > 10
    assert all(NOMME.search(chemin.name) and chemin.exists() for chemin in imports)
