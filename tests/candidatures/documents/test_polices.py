"""Les fontes versées : un dessin pour chaque caractère utile, et leur licence à côté."""

from __future__ import annotations

import pytest
from fontTools.ttLib import TTFont

from candidatures.documents.moteur import DOSSIER, FONTES

UTILES = "☐☒·•-–—*…’‘'«»“”()[]/:;,.!?&%€°²½×≠≤≥→†№@#+=_0123456789\u0020\u00a0\u2009\u202f\u2011ÀÂÆÇÉÈÊËÎÏÔŒÙÛÜŸàâæçéèêëîïôœùûüÿ"
POLICES = DOSSIER / "polices"


def dessins(fichier: str) -> dict[int, str]:
    with TTFont(POLICES / fichier) as fonte:
        correspondances: dict[int, str] = fonte.getBestCmap()
        return correspondances


@pytest.mark.parametrize("graisse", [400, 600])
def test_chaque_caractere_utile_a_son_dessin(graisse: int) -> None:
    fichiers = [fichier for _, poids, fichier in FONTES if poids == graisse or fichier.startswith("Noto")]
    connus = set().union(*(dessins(fichier) for fichier in fichiers))
    assert [c for c in UTILES if ord(c) not in connus] == []


def test_les_deux_cases_viennent_de_la_meme_fonte() -> None:
    assert {0x2610, 0x2612} <= dessins("NotoSansSymbols2-Regular.ttf").keys()


def test_chaque_fonte_a_sa_licence_et_sa_provenance() -> None:
    provenance = (POLICES / "LISEZ-MOI.md").read_text(encoding="utf-8")
    for fichier in sorted(chemin.name for chemin in POLICES.glob("*.ttf")):
        licence = POLICES / f"OFL-{fichier.split('-')[0]}.txt"
        assert "SIL OPEN FONT LICENSE Version 1.1" in licence.read_text(encoding="utf-8")
        assert f"`{fichier}`" in provenance
        assert licence.name in provenance


def test_toute_fonte_versee_sert() -> None:
    assert {fichier for _, _, fichier in FONTES} == {chemin.name for chemin in POLICES.glob("*.ttf")}
