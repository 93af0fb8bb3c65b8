"""Un vrai serveur de courriel, et une base que de vrais travailleurs, dans d'autres processus, lisent et écrivent."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection

from tests.hlm_projets.serveur_smtp import ServeurSmtp


@pytest.fixture
def smtp() -> Iterator[ServeurSmtp]:
    """Un serveur de courriel en marche, sur un port libre."""
    with ServeurSmtp() as serveur:
        yield serveur


class Travailleurs:
    """Des processus `manage.py travailleur` sur la base de l'essai.

    La base d'essai de SQLite est en mémoire : elle est copiée dans un fichier avant, et recopiée après.
    """

    def __init__(self, dossier: Path, smtp: ServeurSmtp) -> None:
        self.fichier = dossier / "partage.sqlite3"
        self.en_memoire = connection.vendor == "sqlite"
        self.environnement = {**os.environ, "EMAIL_URL": smtp.url, "DATABASE_URL": self._url(), "VAR_DIR": str(dossier)}
        self.processus: list[subprocess.Popen[str]] = []

    def _url(self) -> str:
        if self.en_memoire:
            return f"sqlite:///{self.fichier}"
        return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()

    def lancer(self, *options: str, commande: str = "travailleur") -> subprocess.Popen[str]:
        """Démarre un travailleur (ou une autre commande), qui voit ce que l'essai a écrit jusqu'ici."""
        if self.en_memoire and not self.fichier.exists():
            self._copier_vers_le_fichier()
        processus = subprocess.Popen(
            [sys.executable, "manage.py", commande, *options],
            cwd=settings.RACINE,
            env=self.environnement,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.processus.append(processus)
        return processus

    def finir(self, *, code: int = 0, delai: float = 600) -> str:
        """Attend tous les travailleurs, exige ce code de sortie, et rend ce qu'ils ont écrit ; `delai` n'est atteint que bloqué."""
        ecrits = [p.communicate(timeout=delai)[0] for p in self.processus]
        assert [p.returncode for p in self.processus] == [code] * len(ecrits), ecrits
        self.processus.clear()
        self._relire()
        return "\n".join(ecrits)

    def _copier_vers_le_fichier(self) -> None:
        connection.ensure_connection()
        with closing(sqlite3.connect(self.fichier)) as fichier:
            connection.connection.backup(fichier)

    def _relire(self) -> None:
        if not self.en_memoire:
            return
        with closing(sqlite3.connect(self.fichier)) as fichier:
            fichier.execute("PRAGMA journal_mode=DELETE")  # une base en mémoire ne sait pas être en mode WAL
            fichier.backup(connection.connection)
        self.fichier.unlink()


@pytest.fixture
def travailleurs(transactional_db: None, tmp_path: Path, smtp: ServeurSmtp) -> Iterator[Travailleurs]:
    """De quoi lancer des travailleurs ; aucun ne survit à l'essai."""
    groupe = Travailleurs(tmp_path, smtp)
    yield groupe
    for processus in groupe.processus:
        processus.kill()
        processus.communicate()
