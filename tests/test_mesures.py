"""Les autres bornes que la maison s'est données : largeur, complexité, paramètres, modules par dossier."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pytest

from tests.test_maison import RACINE, fichiers, nos_modules, relatif

Fonction = ast.FunctionDef | ast.AsyncFunctionDef
Lieu = str
BRANCHES = (ast.If, ast.IfExp, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler, ast.Assert, ast.match_case)
COMPTEES_A_PART = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
COMPLEXITE, PARAMETRES, MODULES, LARGEUR = 12, 7, 14, 160

# À réduire : ce qui dépasse encore. Ces listes ne peuvent que raccourcir : ce qui n'y a plus sa place fait échouer.
TROP_COMPLEXES: frozenset[Lieu] = frozenset()
TROP_DE_PARAMETRES: frozenset[Lieu] = frozenset()


def modules_servis() -> list[Path]:
    """Nos modules, sans les essais ni les bancs de mesure."""
    return [chemin for chemin in nos_modules() if chemin.relative_to(RACINE).parts[0] not in ("tests", "bench")]


def complexite(fonction: Fonction) -> int:
    """Les chemins d'une fonction, comptés comme radon : branches, « and » et « or », compréhensions et leurs conditions."""
    total, pile = 1, list(ast.iter_child_nodes(fonction))
    while pile:
        noeud = pile.pop()
        if isinstance(noeud, COMPTEES_A_PART):
            continue
        if isinstance(noeud, ast.BoolOp):
            total += len(noeud.values) - 1
        elif isinstance(noeud, ast.comprehension):
            total += 1 + len(noeud.ifs)
        else:
            total += isinstance(noeud, BRANCHES)
        pile.extend(ast.iter_child_nodes(noeud))
    return total


def parametres(fonction: Fonction) -> int:
    noms = fonction.args
    return len(noms.posonlyargs) + len(noms.args) + len(noms.kwonlyargs)


def au_dela(borne: int, mesurer: Callable[[Fonction], int]) -> dict[Lieu, int]:
    """« fichier fonction » → sa mesure, pour les fonctions qui dépassent la borne."""
    mesures = {
        f"{relatif(chemin)} {noeud.name}": mesurer(noeud)
        for chemin in modules_servis()
        for noeud in ast.walk(ast.parse(chemin.read_text(encoding="utf-8")))
        if isinstance(noeud, Fonction)
    }
    return {lieu: n for lieu, n in mesures.items() if n > borne}


def tenir(depassements: dict[Lieu, int], a_reduire: frozenset[Lieu]) -> None:
    """Rien ne dépasse que ce qui est à réduire, et tout ce qui est à réduire dépasse encore."""
    assert {"nouveaux": {lieu: n for lieu, n in depassements.items() if lieu not in a_reduire}} == {"nouveaux": {}}
    assert {"à retirer de la liste": sorted(a_reduire - set(depassements))} == {"à retirer de la liste": []}


def lignes_larges(textes: Mapping[Lieu, str], borne: int) -> dict[Lieu, int]:
    """« gabarit:ligne » → sa longueur en caractères, pour les lignes qui dépassent la borne."""
    return {
        f"{nom}:{numero}": len(ligne)
        for nom, texte in textes.items()
        for numero, ligne in enumerate(texte.splitlines(), 1)
        if len(ligne) > borne
    }


def dossiers_pleins(chemins: Iterable[Path], borne: int) -> dict[Lieu, int]:
    """Dossier → nombre de ses modules, `__init__` non compté ; `models/` (un par table) excepté."""
    nombres = Counter(chemin.parent for chemin in chemins if chemin.name != "__init__.py" and chemin.parent.name != "models")
    return {dossier.as_posix(): n for dossier, n in nombres.items() if n > borne}


class TestMesures:
    def test_fonctions_simples(self) -> None:
        tenir(au_dela(COMPLEXITE, complexite), TROP_COMPLEXES)

    def test_peu_de_parametres(self) -> None:
        tenir(au_dela(PARAMETRES, parametres), TROP_DE_PARAMETRES)

    def test_dossiers_courts(self) -> None:
        assert dossiers_pleins([chemin.relative_to(RACINE) for chemin in modules_servis()], MODULES) == {}

    def test_gabarits_etroits(self) -> None:
        """Une ligne qui ne tient pas à l'écran ne se relit ni ne se modifie."""
        gabarits = [chemin for chemin in fichiers(".html") if chemin.relative_to(RACINE).parts[0] == "templates"]
        assert lignes_larges({relatif(c): c.read_text(encoding="utf-8") for c in gabarits}, LARGEUR) == {}

    @pytest.mark.parametrize(
        ("corps", "attendue"),
        [
            ("pass", 1),
            ("if a: pass\n elif b: pass\n else: pass", 3),
            ("return a and b and c or d", 4),
            ("return [x for x in a if x if b for y in x]", 5),
            ("for x in a:\n  while b: pass", 3),
            ("try: pass\n except A: pass\n except B: pass", 3),
            ("match a:\n  case 1: pass\n  case _: pass", 3),
            ("assert a\n return 1 if a else 2", 3),
            ("def g():\n  if a: pass\n return lambda: a or b", 1),
        ],
    )
    def test_la_complexite_se_compte_comme_radon(self, corps: str, attendue: int) -> None:
        fonction = ast.parse(f"def f():\n {corps}").body[0]
        assert isinstance(fonction, Fonction)
        assert complexite(fonction) == attendue

    def test_les_bornes_tombent_juste(self) -> None:
        """Un de moins et juste passent, un de plus est vu ; une liste à réduire ne garde rien de trop."""
        with pytest.raises(AssertionError, match="nouveaux"):
            tenir({"a.py f": 13}, frozenset())
        with pytest.raises(AssertionError, match="à retirer"):
            tenir({"a.py f": 13}, frozenset({"a.py f", "b.py g"}))
        tenir({"a.py f": 13}, frozenset({"a.py f"}))
        fonction = ast.parse("async def f(a, /, b, *, c, d=1): pass").body[0]
        assert isinstance(fonction, Fonction)
        assert parametres(fonction) == 4
        textes = {str(n): f"court\n{'é' * n}\n" for n in (LARGEUR - 1, LARGEUR, LARGEUR + 1)}
        assert lignes_larges(textes, LARGEUR) == {f"{LARGEUR + 1}:2": LARGEUR + 1}
        nombres = {"moins": MODULES - 1, "juste": MODULES, "plus": MODULES + 1, "plus/models": MODULES + 1}
        modules = [Path(dossier, f"m{rang}.py") for dossier, n in nombres.items() for rang in range(n)]
        inits = [Path(dossier, "__init__.py") for dossier in nombres]
        assert dossiers_pleins([*modules, *inits], MODULES) == {"plus": MODULES + 1}
