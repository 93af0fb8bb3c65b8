"""La lecture d'un texte saisi : paragraphes, listes, et rien de perdu."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from candidatures.documents.texte import PAS_DE_COUPE, Bloc, Element, Liste, Paragraphe, blocs, nettoyer, secable
from tests.exemples.vraies import DOSSIER


def puces(*textes: str, marqueur: str = "·") -> Liste:
    return Liste(False, tuple(Element(marqueur, (texte,)) for texte in textes))


def visible(texte: str) -> str:
    """Ce qui se voit : ni blanc, ni caractère de contrôle ou de mise en forme."""
    return "".join(c for c in texte if unicodedata.category(c)[0] not in "ZC")


def imprime(lus: tuple[Bloc, ...]) -> str:
    """Tout ce que des blocs impriment, dans l'ordre."""
    morceaux: list[str] = []
    for bloc in lus:
        if isinstance(bloc, Paragraphe):
            morceaux.extend(bloc.lignes)
        else:
            for element in bloc.elements:
                morceaux += [element.marqueur, *element.lignes, imprime(element.blocs)]
    return "".join(morceaux)


@pytest.mark.parametrize("marqueur", ["·", "-", "•", "–", "*", "o", "▪"])
def test_chaque_puce_fait_une_liste_et_reste_telle_que_saisie(marqueur: str) -> None:
    assert blocs(f"{marqueur} un\n\n{marqueur}\tdeux") == (puces("un", "deux", marqueur=marqueur),)


@pytest.mark.parametrize("marqueurs", [("1)", "2)"), ("1.", "2."), ("a)", "b)"), ("9)", "10)")])
def test_chaque_numerotation_reste_telle_que_saisie(marqueurs: tuple[str, str]) -> None:
    (liste,) = blocs("\n".join(f"{marqueur} texte" for marqueur in marqueurs))
    assert isinstance(liste, Liste)
    assert liste.numerotee
    assert [element.marqueur for element in liste.elements] == list(marqueurs)


@pytest.mark.parametrize(
    "texte",
    [
        "1 500 € par an",
        "2014 fut une année",
        "le « faire avec » - voire plus - reste la règle",
        "-5 % sur un an",
        "1,5 ETP",
        "3.5 ménages",
        "oui",
        "on verra",
        "-",
        "1)",
        "*",
        "12345) non",
        "A) titre",
        "2015. Puis",
    ],
)
def test_ce_qui_n_est_pas_une_liste(texte: str) -> None:
    assert blocs(texte) == (Paragraphe((texte,)),)


def test_des_puces_sous_une_numerotation_en_dependent_et_la_numerotation_se_poursuit() -> None:
    lus = blocs("1) Repérage\n· situation\n\n· engagement\n\n2) Mise en œuvre\n\n· niveaux\n3) Renouvellement")
    assert lus == (
        Liste(
            True,
            (
                Element("1)", ("Repérage",), (puces("situation", "engagement"),)),
                Element("2)", ("Mise en œuvre",), (puces("niveaux"),)),
                Element("3)", ("Renouvellement",)),
            ),
        ),
    )


def test_la_meme_puce_plus_en_retrait_depend_de_celle_qui_precede() -> None:
    """Ce que donne un collage depuis un traitement de texte : « • » à tous les niveaux."""
    assert blocs("• un\n    • dessous\n        • plus bas\n    • dessous aussi\n • deux") == (
        Liste(
            False,
            (
                Element(
                    "•",
                    ("un",),
                    (
                        Liste(
                            False,
                            (
                                Element("•", ("dessous",), (puces("plus bas", marqueur="•"),)),
                                Element("•", ("dessous aussi",)),
                            ),
                        ),
                    ),
                ),
                Element("•", ("deux",)),
            ),
        ),
    )


def test_la_numerotation_survit_a_un_paragraphe_entre_deux_elements() -> None:
    premiere, milieu, seconde = blocs("1) Repérage\n\nUn paragraphe.\n\n2) Suite")
    assert isinstance(premiere, Liste)
    assert isinstance(seconde, Liste)
    assert milieu == Paragraphe(("Un paragraphe.",))
    assert (premiere.elements[0].marqueur, seconde.elements[0].marqueur) == ("1)", "2)")


def test_une_numerotation_apres_des_puces_se_pose_a_cote() -> None:
    assert blocs("- un\n1) deux\n- trois") == (
        puces("un", marqueur="-"),
        Liste(True, (Element("1)", ("deux",), (puces("trois", marqueur="-"),)),)),
    )


def test_tirets_longs_et_courts_meles_sont_freres() -> None:
    (liste,) = blocs("- un\n– deux\n- trois")
    assert isinstance(liste, Liste)
    assert [element.marqueur for element in liste.elements] == ["-", "–", "-"]


def test_une_ligne_en_minuscule_ou_en_retrait_prolonge_l_element() -> None:
    assert blocs("- un\nsuite\n  Encore") == (Liste(False, (Element("-", ("un", "suite", "Encore")),)),)
    assert blocs("- un\nConclusion.") == (puces("un", marqueur="-"), Paragraphe(("Conclusion.",)))


def test_retours_simples_gardes_et_lignes_vides_regroupees() -> None:
    assert blocs("\n\na\nb\n\n\n\n \n\nc\n\n") == (Paragraphe(("a", "b")), Paragraphe(("c",)))


@pytest.mark.parametrize(
    ("annonce", "attendu"),
    [("Il comprend :", True), ("Objectifs", True), ("x" * 100, False), ("a\nb", False)],
)
def test_un_paragraphe_annonce_la_liste_qui_le_suit(annonce: str, attendu: bool) -> None:
    paragraphe = blocs(f"{annonce}\n- un")[0]
    assert isinstance(paragraphe, Paragraphe)
    assert paragraphe.annonce is attendu


def test_un_paragraphe_sans_liste_n_annonce_rien() -> None:
    assert blocs("Il comprend :\n\nautre chose") == (Paragraphe(("Il comprend :",)), Paragraphe(("autre chose",)))


@pytest.mark.parametrize("texte", ["", " \n\t\n", "\x00\x07"])
def test_un_texte_sans_rien_de_visible_n_a_pas_de_bloc(texte: str) -> None:
    assert blocs(texte) == ()


def test_controle_ote_fins_de_ligne_unifiees_et_sens_de_lecture_garde() -> None:
    assert nettoyer("a\x00b\r\nc\rd\u2028e\x0bf\ud800g\u202eh\u00adi\tj") == "ab\nc\nd\ne\nfghi\tj"


def test_les_puces_de_wingdings_ont_un_dessin() -> None:
    assert blocs("\uf0b7 un") == (puces("un", marqueur="•"),)


def test_un_mot_monstrueux_peut_se_couper_et_rien_d_autre() -> None:
    coupe = secable(f"court {'x' * 100} fin")
    assert coupe.replace("\u200b", "") == f"court {'x' * 100} fin"
    assert max(map(len, coupe.replace("\u200b", " ").split())) == PAS_DE_COUPE
    assert secable("x" * PAS_DE_COUPE) == "x" * PAS_DE_COUPE


# --- Les vraies fiches, quand leur texte est à côté du dépôt -----------------------------------------------------------------
VRAIES = sorted(DOSSIER.glob("*.txt"))


def marqueurs(lus: tuple[Bloc, ...]) -> list[str]:
    """Les marqueurs de toutes les listes, dans l'ordre."""
    listes = [bloc for bloc in lus if isinstance(bloc, Liste)]
    return [m for liste in listes for element in liste.elements for m in (element.marqueur, *marqueurs(element.blocs))]


@pytest.mark.skipif(not VRAIES, reason="les vraies fiches ne sont pas à côté du dépôt")
@pytest.mark.parametrize("chemin", VRAIES, ids=lambda chemin: chemin.stem)
def test_les_vraies_fiches_se_lisent_sans_rien_perdre(chemin: Path) -> None:
    """Autant de marqueurs que de lignes qui en portent un, à la main ; et tout le texte."""
    texte = chemin.read_text(encoding="utf-8")
    a_la_main = [ligne.split()[0] for ligne in texte.splitlines() if ligne.startswith(("· ", "- ", "1) ", "2) ", "3) "))]
    assert visible(imprime(blocs(texte))) == visible(texte)
    assert marqueurs(blocs(texte)) == a_la_main
    assert len(a_la_main) >= 3


_LIGNES = st.lists(
    st.tuples(
        st.sampled_from(["", "- ", "· ", "• ", "1) ", "2. ", "a) ", "o ", "* ", "  - ", "\t", "\n", "1 500 "]),
        st.text(st.characters(exclude_categories=["Cs", "Co"]), max_size=20),
    ),
    max_size=12,
).map(lambda lignes: "\n".join(debut + texte for debut, texte in lignes))


@given(_LIGNES)
@example("- a\n1) b\n· c\n- d\n2) e\nf\no g\n\nh")
def test_tout_caractere_visible_se_retrouve_dans_l_ordre(texte: str) -> None:
    assert visible(imprime(blocs(texte))) == visible(texte)


@given(_LIGNES)
def test_la_mise_en_secable_ne_change_pas_la_lecture(texte: str) -> None:
    assert imprime(blocs(secable(nettoyer(texte)))).replace("\u200b", "") == imprime(blocs(texte)).replace("\u200b", "")
