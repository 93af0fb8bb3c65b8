"""Le contrôle du contraste trouve ce qu'axe trouverait partout, bien qu'il ne mesure chaque aspect qu'une fois."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.navigateur.controles import violations

pytestmark = pytest.mark.navigateur

PALE = "color: #bbb"
"""Sur blanc, 1,9 : il en faut 4,5."""
GESTES = {
    "par son rang": ("p:nth-child(7) { %s }", "<p>Un texte.</p>" * 9),
    "par son fond": (".fond { background: #555 }", "<p>Un texte.</p><div class=fond><div><p>Un texte.</p></div></div>"),
    "après un texte caché": (
        ".cache { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%%) } p { %s }",
        "<p class=cache>Caché.</p><p>Un texte.</p>",
    ),
    "après un texte éteint": ("button { background: #fff; border: 0; %s }", "<button disabled>Non</button><button>Oui</button>"),
    "plus petit": (
        "p { color: #888; font-size: 24px } .petit { font-size: 12px }",
        "<p>Un texte assez grand.</p><p class=petit>Un texte.</p>",
    ),
    "dans un champ": ("input { background: #fff; %s }", "<label for=nom>Nom</label> <input id=nom value=Dupont>"),
}


def page_de(style: str, corps: str) -> str:
    style = style % PALE if "%s" in style else style
    return (
        f"<!doctype html><html lang=fr><title>Essai</title><style>body {{ background: #fff; color: #000 }} {style}</style>"
        f"<main><h1>Essai</h1>{corps}</main></html>"
    )


@pytest.mark.parametrize("geste", GESTES)
def test_un_contraste_insuffisant_se_trouve(page: Page, geste: str) -> None:
    page.set_content(page_de(*GESTES[geste]))
    assert [faute for faute in violations(page) if "color-contrast" in faute]


def test_un_aspect_deja_mesure_ne_l_est_plus(page: Page) -> None:
    vus: set[str] = set()
    for neuf in (True, False):
        page.set_content(page_de("p { %s }", "<p>Un texte.</p>"))
        assert bool(list(violations(page, vus))) is neuf
    page.set_content(page_de("p { %s } p + p { color: #999 }", "<p>Un texte.</p><p>Un autre.</p>"))
    assert len(list(violations(page, vus))) == 1


def test_une_page_lisible_n_a_rien(page: Page) -> None:
    page.set_content(page_de("", "<p>Un texte.</p>"))
    assert list(violations(page)) == []
