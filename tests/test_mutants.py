"""Les fautes mises exprès (`bench/mutants.py`) : elles s'appliquent toutes, et la course sait dire « tué », « survit » et « perdu »."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from bench import mutants
from bench.mutants import NeSAppliquePlus, Sort
from bench.mutations import FAMILLES, PETIT
from bench.mutations.lieux import ESSAIS, MODULES
from bench.mutations.mutant import Mutant

TOUTES = [mutant for famille in FAMILLES.values() for mutant in famille]
FAUTE = Mutant("double au lieu de triple", "essai", "nombre * 3", "nombre * 2", ("essai",))


def perdue(mutant: Mutant) -> str:
    """Pourquoi une faute ne s'applique plus ; vide si elle s'applique."""
    try:
        mutants.muter(mutant)
    except NeSAppliquePlus as perdue:
        return str(perdue)
    return ""


def test_chaque_faute_s_applique() -> None:
    """Un fragment changé ou devenu double : récrivez la faute dans `bench/mutations/`, ou son lieu dans `lieux.py`."""
    assert [dit for mutant in TOUTES if (dit := perdue(mutant))] == []


def test_chaque_essai_nomme_existe() -> None:
    assert [nom for nom, chemin in ESSAIS.items() if not (mutants.RACINE / chemin).is_file()] == []
    assert {essai.partition(" -k ")[0] for mutant in TOUTES for essai in mutant.essais} <= set(ESSAIS)


def test_les_mots_d_un_choix_sont_sans_accent() -> None:
    """pytest écrit les accents d'un nom d'essai par leur code : « -k durée » n'en choisirait aucun."""
    assert [essai for mutant in TOUTES for essai in mutant.essais if not essai.isascii()] == []


@pytest.mark.lent
def test_chaque_choix_a_ses_essais() -> None:
    """Un essai renommé ne laisse pas une faute sans personne pour la voir : ses mots choisissent encore quelque chose."""
    commande = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", *set(ESSAIS.values())]
    fini = subprocess.run(commande, cwd=mutants.RACINE, capture_output=True, text=True, check=True)
    noms: dict[str, list[str]] = {}
    for ligne in fini.stdout.splitlines():
        fichier, _, nom = ligne.partition("::")
        noms.setdefault(fichier, []).append(f"{Path(fichier).name}::{nom}".lower())
    choix = {essai.partition(" -k ")[::2] for mutant in TOUTES for essai in mutant.essais}
    assert [(nom, mots) for nom, mots in choix if not any(choisit(mots, essai) for essai in noms[ESSAIS[nom]])] == []


def choisit(mots: str, nom: str) -> bool:
    """Ce que fait « -k » de mots que lient « and » et « or » ; sans mot, tout est choisi."""
    return any(all(mot.lower() in nom for mot in ensemble.split(" and ")) for ensemble in mots.split(" or "))


def test_rien_d_inutile_ni_de_double() -> None:
    assert {mutant.module for mutant in TOUTES} == set(MODULES)
    assert [nom for nom, fois in Counter((m.nom, m.module) for m in TOUTES).items() if fois > 1] == []
    assert all(mutant.avant != mutant.apres for mutant in TOUTES)
    assert set(PETIT) <= set(TOUTES)


@pytest.fixture
def depot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Un dépôt d'une fonction et d'un essai."""
    (tmp_path / "calcul.py").write_text("def triple(nombre):\n    return nombre * 3\n\n\ndef rien():\n    return None\n")
    essai = "from calcul import triple\n\n\ndef test_triple():\n    assert triple(2) == 6\n"
    (tmp_path / "test_calcul.py").write_text(essai)
    (tmp_path / "pytest.ini").write_text("[pytest]\npythonpath = .\n")
    monkeypatch.setitem(MODULES, "essai", "calcul")
    monkeypatch.setitem(ESSAIS, "essai", "test_calcul.py")
    return tmp_path


@pytest.mark.parametrize(
    ("mutant", "sort"),
    [
        (FAUTE, Sort.TUE),
        (replace(FAUTE, avant="return None", apres="return 1"), Sort.SURVIT),
        (replace(FAUTE, apres="nombre *"), Sort.INVALIDE),
        (replace(FAUTE, essais=("essai -k absent",)), Sort.INVALIDE),
    ],
)
def test_le_sort_d_une_faute(mutant: Mutant, sort: Sort, depot: Path) -> None:
    """Le dépôt en sort comme il y est entré, date comprise."""
    fichier = depot / "calcul.py"
    avant = fichier.read_text(), fichier.stat().st_mtime_ns
    assert mutants.eprouver(mutant, depot) == sort
    assert (fichier.read_text(), fichier.stat().st_mtime_ns) == avant


@pytest.mark.parametrize(
    "mutant",
    [replace(FAUTE, avant="nombre * 4"), replace(FAUTE, avant="return"), replace(FAUTE, module="absent")],
)
def test_une_faute_perdue_se_dit(mutant: Mutant, depot: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(MODULES, "absent", "ailleurs.calcul")
    with pytest.raises(NeSAppliquePlus):
        mutants.eprouver(mutant, depot)


def test_une_faute_perdue_est_une_erreur_de_la_course(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(FAMILLES, "envoi", (replace(FAMILLES["envoi"][0], avant="jamais écrit"),))
    assert mutants.principal(["--famille", "envoi"]) == 2
    assert "ne s'applique plus" in capsys.readouterr().out


def test_sous_le_seuil_la_course_echoue(capsys: pytest.CaptureFixture[str]) -> None:
    issues = [mutants.Issue(rang, "circuit", FAUTE, Sort.SURVIT if rang == 1 else Sort.TUE) for rang in range(1, 11)]
    assert mutants.score(issues)
    assert not mutants.score([*issues, mutants.Issue(11, "circuit", FAUTE, Sort.SURVIT)])
    assert "9 /  10    90.0 %" in capsys.readouterr().out


@pytest.mark.lent
def test_la_course_entiere_en_petit(capsys: pytest.CaptureFixture[str]) -> None:
    """Deux fautes, dans une vraie copie du dépôt : leurs essais passent sans elles, et tombent avec elles."""
    assert mutants.principal(["--petit", "--processus", "1"]) == 0
    assert f"en tout          {len(PETIT):3d} / {len(PETIT):3d}" in capsys.readouterr().out
