"""Ce que l'import n'a pas lu avec certitude se rappelle, sans se mêler au numéro."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.exemples import fiches_inventees
from tests.fabriques import un_bailleur, un_organisme, une_campagne


@pytest.mark.django_db
def test_le_numero_seul_sur_la_sortie_et_le_reste_a_part(tmp_path: Path) -> None:
    une_campagne(code="2026")
    un_bailleur(un_organisme(siren="900000011"))
    fiche = next(iter(fiches_inventees().values())) | {"a_verifier": {"dalo": "la case est illisible"}}
    chemin, sortie, erreur = tmp_path / "fiche.json", StringIO(), StringIO()
    chemin.write_text(json.dumps(fiche), encoding="utf-8")
    call_command("charger_fiche", str(chemin), campagne="2026", organisme="900000011", stdout=sortie, stderr=erreur)
    assert sortie.getvalue().strip().startswith("B-")
    assert len(sortie.getvalue().splitlines()) == 1
    assert erreur.getvalue().strip() == "À vérifier – dalo : la case est illisible"
