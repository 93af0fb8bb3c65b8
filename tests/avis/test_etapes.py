"""La règle des étapes, sur des valeurs nues : quand une région a son tour."""

from __future__ import annotations

import pytest

from avis.attendus import A_FAIRE, Etape, etape_regionale

N_ATTENDENT_PLUS = {Etape.RENDU, Etape.EN_RETARD, Etape.PASSE_OUTRE}
"""Ce qu'une région n'attend pas d'un département : il a rendu, sa date est passée, ou elle s'en est passée."""


@pytest.mark.parametrize("propre", Etape)
@pytest.mark.parametrize("departement", Etape)
def test_une_region_attend_ceux_qui_ont_encore_le_temps(propre: Etape, departement: Etape) -> None:
    """Un seul suffit à la faire attendre ; ce qu'elle n'a plus à faire n'attend personne."""
    tard = propre in A_FAIRE and departement not in N_ATTENDENT_PLUS
    for autres in ([], [Etape.RENDU], [Etape.EN_RETARD, Etape.RENDU]):
        assert etape_regionale(propre, [*autres, departement]) == (Etape.PAS_ENCORE if tard else propre)
    assert etape_regionale(propre, []) == propre
