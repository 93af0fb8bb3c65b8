"""Un nom de fichier tiré d'un texte libre : lisible, et sans piège (G5)."""

import pytest

from hlm_projets.fichiers import MEGAOCTET, dire_taille, nom_de_fichier


@pytest.mark.parametrize(
    ("texte", "nom"),
    [
        ("2026-77-003 Nom du projet", "2026-77-003 Nom du projet"),
        ("Un « nom » : 1/2", "Un « nom » 1 2"),
        ("..\\..\\etc/passwd", "etc passwd"),
        ("a\x00b\x1e\u202ec\u200bd\ufeff", "ab cd"),
        ("  deux\n\tlignes ", "deux lignes"),
        ("e\u0301te\u0301", "été"),
        ("CON<>|?*;%", "CON"),
        ("points...", "points"),
        ("x" * 99 + " y" * 20, "x" * 99),
        ("\u202e..", "sans nom"),
        ("", "sans nom"),
    ],
)
def test_nom_de_fichier(texte: str, nom: str) -> None:
    assert nom_de_fichier(texte) == nom


@pytest.mark.parametrize(
    ("octets", "dite"),
    [
        (0, "0\u00a0octet"),
        (999, "999\u00a0octets"),
        (6_246, "6,1\u00a0Ko"),
        (20 * MEGAOCTET, "20\u00a0Mo"),
        (1_153_434, "1,1\u00a0Mo"),
    ],
)
def test_dire_une_taille(octets: int, dite: str) -> None:
    assert dire_taille(octets) == dite
