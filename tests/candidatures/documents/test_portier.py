"""Le portier du moteur : rien ne se lit que ce que nous passons en `data:` (F-41)."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from candidatures.documents.atelier import Atelier
from candidatures.documents.moteur import Moteur
from tests.candidatures.documents.outils import fontes, ouvrir, texte_de

PAGE = "<html lang=fr><title>Essai</title><h1>Bonjour</h1>"


@pytest.fixture(scope="module")
def atelier() -> Iterator[Atelier]:
    """Un atelier pour tous les essais."""
    commun = Atelier()
    yield commun
    commun.fermer()


@pytest.mark.parametrize(
    "corps",
    [
        "<link rel=attachment href='file:///etc/passwd'>",
        "<link rel=stylesheet href='{image}.css'>",
        "<img alt=x src='{image}'>",
        "<p style='background:url({image})'>x",
        "<style>@import url({image}.css)</style>",
        "<object data='{image}'></object>",
        "<svg><image href='{image}'/></svg>",
    ],
)
def test_meme_un_html_hostile_ne_lit_aucun_fichier(atelier: Atelier, corps: str, tmp_path: Path) -> None:
    """Le portier du moteur, seul : l'échappement du gabarit n'y est pour rien."""
    image = tmp_path / "image.svg"
    image.write_text(
        "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><text>SECRET</text><rect width='9' height='9'/></svg>"
    )
    image.with_suffix(".svg.css").write_text("body::before{content:'SECRET'}")
    pdf = atelier.rendre(f"<html lang=fr><title>x</title>{corps.replace('{image}', image.as_uri())}<p>fin")
    assert "SECRET" not in texte_de(pdf)
    assert "fin" in texte_de(pdf)
    with ouvrir(pdf) as ouvert:
        assert "/EmbeddedFiles" not in ouvert.Root.get("/Names", {})
        assert not [o for o in ouvert.objects if getattr(o, "Type", None) == "/Filespec"]


def test_aucune_adresse_du_reseau_n_est_appelee(atelier: Atelier) -> None:
    with socket.create_server(("127.0.0.1", 0)) as serveur:
        serveur.settimeout(0.2)
        adresse = f"http://127.0.0.1:{serveur.getsockname()[1]}/x"
        atelier.rendre(f"<html lang=fr><title>x</title><link rel=stylesheet href='{adresse}.css'><img alt=x src='{adresse}.png'>")
        with pytest.raises(TimeoutError):
            serveur.accept()


def test_les_fontes_passees_en_data_sont_bien_celles_du_document(atelier: Atelier) -> None:
    """Un portier qui refuserait aussi `data:` remplacerait la fonte en silence."""
    with ouvrir(atelier.rendre(f"{PAGE}<p><b>gras</b> <span class=coche>☒</span>")) as pdf:
        assert fontes(pdf) == {"Source-Sans": True, "Source-Sans-Semi-Bold": True, "Noto-Symbols": True}


def test_un_moteur_renoue_apres_un_dedoublement_rend_les_memes_octets() -> None:
    """Le chemin des Pango récents, qui gardent un fil d'exécution par carte de fontes."""
    moteur = Moteur()
    avant = moteur.rendre(PAGE)
    moteur.renouer()
    assert moteur.rendre(PAGE) == avant
