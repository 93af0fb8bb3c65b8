"""Ce que pèse une page, et ce qu'elle laisse derrière elle."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Response

from tests.fabriques import un_brouillon, une_candidature
from tests.navigateur.depot import organisme_de, un_deposant
from tests.navigateur.gestes import se_connecter

pytestmark = pytest.mark.navigateur
FEUILLE_DU_SYSTEME = "dsfr.main.min.css"
MAXIMUM = 60_000


def test_une_page_pese_peu_et_ne_garde_rien(page: Page, transactional_db: None) -> None:
    """JavaScript et CSS sous 60 ko au-delà de la feuille du système de design, avant compression ; rien dans le navigateur (V-54)."""
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
        assert sum(len(r.body()) for r in feuilles if FEUILLE_DU_SYSTEME not in r.url) < MAXIMUM
        assert page.evaluate("localStorage.length + sessionStorage.length") == 0
        temoins = {temoin["name"]: temoin for temoin in page.context.cookies()}
        assert set(temoins) == {"sessionid", "csrftoken"}
        assert all(temoin["httpOnly"] and temoin["sameSite"] == "Lax" for temoin in temoins.values())
