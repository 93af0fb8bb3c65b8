"""Les bancs de mesure marchent : chaque commande de `bench/`, jouée pour de bon à une taille minuscule, rend zéro et son tableau.

Les millisecondes n'y sont pas jugées : la machine n'est pas au repos pendant les essais.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

BANCS: Path = settings.RACINE / "bench"
DELAI = 240
"""Secondes."""
PAGES = (
    *("liste", "lecture", "dossier déposé", "à traiter", "matrice", "avis", "enregistrer un avis", "enregistrer accompagnement"),
    *("section projet", "section publics", "section accompagnement", "section montage-financier"),
)
JOUES = {"accuse.py", "mutants.py", "pages.py", "pdf.py", "saisie.py"}
"""Les bancs qu'un essai lance : ceux de ce fichier, et `test_mutants.py`."""


def jouer(banc: str, *options: str) -> list[str]:
    """Lance ce banc comme un terminal ; rend les lignes qu'il imprime. Son code de retour est zéro."""
    environnement = {
        nom: os.environ[nom] for nom in ("PATH", "HOME", "LANG", "VAR_DIR", "HLM_SANS_ENV", "SECRET_KEY") if nom in os.environ
    }
    commande = [sys.executable, str(BANCS / banc), *options]
    fini = subprocess.run(
        commande, check=False, cwd=settings.RACINE, env=environnement, capture_output=True, text=True, timeout=DELAI
    )
    assert fini.returncode == 0, f"{banc} {' '.join(options)} : {fini.returncode}\n{fini.stdout[-2000:]}\n{fini.stderr[-4000:]}"
    return fini.stdout.splitlines()


@pytest.mark.postgresql
@pytest.mark.lent
def test_les_pages() -> None:
    """Chaque page à deux tailles, avec son rapport au plancher ; le banc lui-même refuse une réponse fausse."""
    lignes = jouer("pages.py", "--dossiers", "24,48", "--requetes", "1", "--tours", "1", "--connexions", "1")
    rangee = re.compile(r"^(\S.*?) +(\d+) +\d+ +\d+ │ +[\d.]+ +[\d.]+ +[\d.]+ +[\d.]+!? +│ +[\d.]+ +[\d.]+$")
    lues = [trouvee.group(1, 2) for ligne in lignes if (trouvee := rangee.match(ligne))]
    assert sorted(lues) == sorted((page, taille) for page in PAGES for taille in ("24", "48"))


@pytest.mark.postgresql
@pytest.mark.lent
def test_la_saisie() -> None:
    """Deux robots : un texte, un tableau, le plancher, sans une faute."""
    lignes = [ligne.split() for ligne in jouer("saisie.py", "--robots", "2", "--duree", "2.5")]
    lues = {ligne[1]: ligne for ligne in lignes if len(ligne) == 11 and ligne[0] == "2"}
    assert set(lues) == {"texte", "tableau", "plancher"}
    for ligne in lues.values():
        assert int(ligne[5]) >= 1, ligne
        assert ligne[-1] == "0", ligne


@pytest.mark.postgresql
@pytest.mark.lent
def test_le_serveur_tue() -> None:
    """Une mort, et rien d'annoncé ne se perd."""
    lignes = jouer("saisie.py", "--tuer", "1", "--duree", "5")
    assert "serveur tué 1 fois" in lignes[-2]
    assert lignes[-1] == "Annoncé enregistré puis perdu, ou absent à la fin : 0"


@pytest.mark.postgresql
@pytest.mark.lent
def test_l_accuse() -> None:
    """Deux phrases tapées dans un vrai navigateur ; le but n'est pas jugé ici."""
    assert re.match(r"2 accusés : p50 \d+ ms, p95 \d+ ms", jouer("accuse.py", "--phrases", "2", "--but", "600000")[-1])


@pytest.mark.lent
def test_le_pdf(tmp_path: Path) -> None:
    """Une ligne par fiche, celle du dossier donné comprise, puis le débit à un et deux processus."""
    (tmp_path / "fiche-58.txt").write_text("Un paragraphe.\n\nUn autre.", encoding="utf-8")
    lignes = jouer("pdf.py", "--tours", "1", "--secondes", "0.5", "--fiche", "58", "--fiches", str(tmp_path))
    assert [ligne.split()[0] for ligne in lignes[:3]] == ["fiche", "2026-58-001", "fiche-58"]
    assert [re.sub(r"\d+ pages", "N pages", ligne) for ligne in lignes[3:]] == [
        "1 processus : N pages par seconde",
        "2 processus : N pages par seconde",
    ]


def test_chaque_banc_est_joue() -> None:
    """Un fichier de `bench/` qui se lance est dans `JOUES`, ou l'un d'eux le lance (`-m bench.terrain`)."""
    sources = {chemin.name: chemin.read_text(encoding="utf-8") for chemin in BANCS.glob("*.py")}
    commandes = {nom for nom, source in sources.items() if '__name__ == "__main__"' in source}
    lances = {nom for nom in commandes if any(f'"-m", "bench.{nom.removesuffix(".py")}"' in sources[joue] for joue in JOUES)}
    assert commandes == JOUES | lances
    assert JOUES.isdisjoint(lances)
