"""Un texte se normalise et se compte de la même façon partout (F-07)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from candidatures.champs import Champ
from candidatures.champs.textes import en_une_ligne, est_vide, normaliser
from candidatures.sections import CHAMPS

COURT, PRECISION, LONG = CHAMPS["nom"], CHAMPS["dalo_precision"], CHAMPS["methodologie"]
EMOJI = "👩‍👩‍👧"  # cinq points de code


def accepte(champ: Champ, texte: str) -> bool:
    """Ce que disent, d'une seule voix, le champ du modèle et celui du formulaire."""
    saisie = champ.formfield()
    assert saisie is not None
    verdicts = {_accepte(texte, partial(champ.clean, model_instance=None)), _accepte(texte, saisie.clean)}
    assert len(verdicts) == 1
    return verdicts.pop()


def _accepte(texte: str, nettoyer: Callable[[str], object]) -> bool:
    try:
        return nettoyer(texte) == normaliser(texte)
    except ValidationError:
        return False


@pytest.mark.parametrize(("champ", "borne"), [(COURT, 300), (PRECISION, 1_000), (LONG, 20_000)])
@pytest.mark.parametrize(
    ("motif", "points"),
    [("a", 1), ("é", 1), ("e\u0301", 1), ("\u00a0", 1), ("😀", 1), (EMOJI, 5), ("ab\r\n", 3), ("ab\r", 3), ("\x00a\x07", 1)],
)
def test_a_la_borne_exacte(champ: Champ, borne: int, motif: str, points: int) -> None:
    """Des points de code, comptés après CRLF→LF, NFC et retrait des caractères de contrôle."""
    fois = min(borne // points, 999 if "\r" in motif else borne)
    reste = "a" * (borne - fois * points)
    assert accepte(champ, motif * fois + reste)
    assert not accepte(champ, motif * fois + reste + "a")


@pytest.mark.parametrize("retour", ["\n", "\r\n", "\r", "\u2028"])
def test_mille_lignes(retour: str) -> None:
    assert accepte(LONG, "a" + retour * 999)
    assert not accepte(LONG, "a" + retour * 1000)


def test_le_refus_dit_combien_retirer() -> None:
    with pytest.raises(ValidationError) as refus:
        PRECISION.clean("a" * 1003, None)
    assert refus.value.messages == ["Ce texte compte 1\u00a0003 caractères ; le maximum est 1\u00a0000 : retirez-en 3."]


@pytest.mark.parametrize(
    ("brut", "normal"),
    [
        ("a\r\nb\rc\u2028d\u2029e", "a\nb\nc\nd\ne"),
        ("e\u0301te\u0301", "été"),
        ("a\x00b\x1bc\x7fd\x9fe", "abcde"),
        ("• puce\t·\u00a0fin\u202f;", "• puce\t·\u00a0fin\u202f;"),
        ("  bords  \n\n", "  bords  \n\n"),
        ("\uf0b7\tun\n\uf0a7 deux\n  \uf0d8trois", "•\tun\n• deux\n  •trois"),
        ("\uf0fc fait, \uf0a8 à faire, \uf0e8 suite", "✓ fait, ☐ à faire, → suite"),
        ("·\tun\n  o\tdeux\n\u00a0§\ttrois\nv\tquatre", "•\tun\n  •\tdeux\n\u00a0•\ttrois\n•\tquatre"),
        ("u\u0308\tdéjà", "•\tdéjà"),
        ("o tiret\ncol o\tcol\no\t\no\t\tx", "o tiret\ncol o\tcol\no\t\no\t\tx"),
        ("α\uf061\ue000", "α\uf061\ue000"),
        ("\uf0e8\u0338", "\u219b"),
        ("a\ud800b", "ab"),
        ("", ""),
    ],
)
def test_normaliser(brut: str, normal: str) -> None:
    assert normaliser(brut) == normal


DES_PUCES = st.text(st.sampled_from("\uf0b7\uf0a7\uf0e8\uf0fco§·Øüvq\t\n \u00a0\u0338\u0308u\r\x07a"))


@given(st.text() | DES_PUCES)
def test_normaliser_deux_fois_ne_change_plus_rien(texte: str) -> None:
    normal = normaliser(texte)
    assert normaliser(normal) == normal
    assert not set(normal) & {"\r", "\x00", "\u2028"}
    normal.encode()


@given(DES_PUCES)
def test_une_puce_en_remplace_une_autre_signe_pour_signe(texte: str) -> None:
    """L'écran compte donc comme le serveur sans les connaître."""
    sans_controle = texte.replace("\r\n", "\n").replace("\x07", "")
    assert len(normaliser(texte)) <= len(sans_controle)
    if not set(texte) & {"\u0338", "\u0308"}:
        assert len(normaliser(texte)) == len(sans_controle)


@pytest.mark.parametrize("texte", ["", "   ", "\n\t", "……..", ".....", " / ", "……/……", "____", "- -", "\u200b", "·····", "–"])
def test_des_points_de_conduite_ne_sont_pas_une_reponse(texte: str) -> None:
    assert est_vide(texte)


@pytest.mark.parametrize("texte", ["0", "a", "…non", "?", "Cf. annexe", "- x", "•"])
def test_le_moindre_mot_est_une_reponse(texte: str) -> None:
    assert not est_vide(texte)


@pytest.mark.parametrize(
    ("texte", "ligne"), [("a\n b\t c", "a b c"), ("  ", ""), ("x" * 301, "x" * 299 + "…"), ("x" * 300, "x" * 300)]
)
def test_en_une_ligne(texte: str, ligne: str) -> None:
    assert en_une_ligne(texte) == ligne
