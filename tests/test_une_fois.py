"""« Un fait est écrit une fois » : les réponses de la fiche ne s'énumèrent pas de module en module."""

from __future__ import annotations

import ast

import pytest

from candidatures.sections import CHAMPS, LISTE_PAR_NOM
from tests.test_maison import RACINE, nos_modules, relatif

ENUMERENT = {
    "candidatures/coherence/couts.py": "un contrôle nomme les montants qu'il confronte",
    "candidatures/coherence/rapprochements.py": "les textes dont on compare deux dossiers",
    "candidatures/demonstration/redaction.py": "elle rédige des fiches, rubrique par rubrique",
    "candidatures/dossier/forms/liste.py": "les colonnes que lit la liste des dossiers",
    "pilotage/decisions/dossiers.py": "les colonnes que lit l'écran des décisions",
}
"""Les seuls modules qui énumèrent des réponses de la fiche, et pourquoi ; les autres les tiennent de `candidatures/sections.py`."""


def enumerations(source: str) -> list[tuple[int, list[str]]]:
    """Les tuples, listes, ensembles et dictionnaires écrits en toutes lettres qui nomment trois réponses de la fiche ou plus."""
    reponses, trouvees = {*CHAMPS, *LISTE_PAR_NOM}, []
    for noeud in ast.walk(ast.parse(source)):
        elements = noeud.keys if isinstance(noeud, ast.Dict) else getattr(noeud, "elts", [])
        noms = {e.value for e in elements if isinstance(e, ast.Constant) and isinstance(e.value, str)} & reponses
        if len(noms) >= 3:
            trouvees.append((getattr(noeud, "lineno", 0), sorted(noms)))
    return trouvees


class TestUneFois:
    """« Un fait est écrit une fois » : où est une réponse, comment elle se dit, ne se récrit pas de module en module."""

    def test_la_fiche_ne_s_enumere_pas_ailleurs(self) -> None:
        modules = [c for c in nos_modules() if not {"tests", "bench"} & set(c.relative_to(RACINE).parts)]
        trouvees = {relatif(c): listees for c in modules if (listees := enumerations(c.read_text(encoding="utf-8")))}
        assert {nom: listees for nom, listees in trouvees.items() if nom not in ENUMERENT} == {}
        assert sorted(set(ENUMERENT) - set(trouvees)) == [], "la liste des exceptions ne garde que celles qui servent"

    @pytest.mark.parametrize(
        ("source", "combien"),
        [
            ('X = ("departements", "organismes", "lignes")', 1),
            ('X = {"departements": 1, "nom": 2, "dalo": 3}', 1),
            ('f(["nom", "dalo", "lignes"], {"nom", "dalo", "duree_mois"})', 2),
            ('X = ("departements", "organismes", "autre")', 0),
            ('X = ("nom", "nom", "nom")', 0),
        ],
    )
    def test_ce_qui_est_une_enumeration(self, source: str, combien: int) -> None:
        assert len(enumerations(source)) == combien
