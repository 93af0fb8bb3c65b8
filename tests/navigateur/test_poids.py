"""Ce que pèse une page, et ce qu'elle laisse derrière elle."""

from __future__ import annotations

import gzip

import pytest
from playwright.sync_api import Page, Response

from tests.fabriques import un_brouillon, une_candidature
from tests.navigateur.depot import organisme_de, un_deposant
from tests.navigateur.gestes import se_connecter

pytestmark = pytest.mark.navigateur
FEUILLE_DU_SYSTEME = "dsfr.main.min.css"
LIRE, REMPLIR, COMPRESSE = 60_000, 100_000, 40_000
"""Octets de JavaScript et de CSS d'une page à lire, d'une page à remplir, et de celle-ci telle qu'elle voyage."""


def test_une_page_pese_peu_et_ne_garde_rien(page: Page, transactional_db: None) -> None:
    """JavaScript et CSS au-delà de la feuille du système de design, avant et après compression ; rien dans le navigateur (V-54)."""
    recues: list[Response] = []

    def noter(reponse: Response) -> None:
        recues.append(reponse)

    page.on("response", noter)
    personne = un_deposant()
    organisme = organisme_de(personne)
    brouillon, deposee = un_brouillon(organisme=organisme, par=personne), une_candidature(organisme=organisme, par=personne)
    se_connecter(page, personne)
    for adresse in ("mes/", f"{brouillon.pk}/section/projet/", f"{brouillon.pk}/section/montage-financier/", f"{deposee.pk}/"):
        recues.clear()
        page.goto(f"/candidatures/{adresse}", wait_until="networkidle")
        feuilles = [r for r in recues if r.request.resource_type in {"script", "stylesheet"}]
        assert any(FEUILLE_DU_SYSTEME in r.url for r in feuilles)
        nues = [r.body() for r in feuilles if FEUILLE_DU_SYSTEME not in r.url]
        assert sum(map(len, nues)) < (REMPLIR if "section" in adresse else LIRE)
        assert sum(len(gzip.compress(nue)) for nue in nues) < COMPRESSE
        assert page.evaluate("localStorage.length + sessionStorage.length") == 0
        temoins = {temoin["name"]: temoin for temoin in page.context.cookies()}
        assert set(temoins) == {"sessionid", "csrftoken"}
        assert all(temoin["httpOnly"] and temoin["sameSite"] == "Lax" for temoin in temoins.values())
