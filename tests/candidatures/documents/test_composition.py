"""Le gabarit et sa feuille : ce que dit une candidature instruite, mot pour mot, et où cela tombe sur la page.

Ce que l'essai au navigateur relit (`tests/navigateur/papier.py`), sans navigateur ni base.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from django.template.loader import render_to_string

from candidatures.documents.composition import contexte
from candidatures.documents.pdf import produire_pdf
from candidatures.lecture.document import BlocAvis, Document, Rubrique, depuis_json, en_json
from tests.candidatures.documents.instruite import IMPRIMEE, departemental, instruite, lire
from tests.candidatures.documents.outils import ouvrir, signets, texte_de

MM = 72 / 25.4
GAUCHE, DROITE = 20 * MM, 190 * MM
"""Les marges de la page, en points."""
MOT = re.compile(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">([^<]*)<')


@dataclass(frozen=True)
class Mot:
    """Un mot imprimé : sa page (à partir de 0), sa place en points depuis le coin haut et gauche."""

    page: int
    gauche: float
    haut: float
    droite: float
    texte: str


def mots(pdf: bytes) -> list[Mot]:
    """Tous les mots, à leur place."""
    pages = texte_de(pdf, "-bbox").split("<page ")[1:]
    return [
        Mot(page, float(gauche), float(haut), float(droite), texte)
        for page, contenu in enumerate(pages)
        for gauche, haut, droite, _, texte in MOT.findall(contenu)
    ]


def html(document: Document) -> str:
    return render_to_string("pdf/fiche.html", contexte(document))


@pytest.fixture(scope="module")
def poses() -> list[Mot]:
    """Les mots de la candidature instruite."""
    return mots(produire_pdf(instruite()))


def le_mot(poses: list[Mot], texte: str, apres: str = "") -> Mot:
    """Le premier mot de ce texte, après cet autre."""
    depuis = next(rang for rang, mot in enumerate(poses) if mot.texte == apres) if apres else 0
    return next(mot for mot in poses[depuis:] if mot.texte == texte)


# --- Ce qui est dit ----------------------------------------------------------------------------------------------------
def test_le_gabarit_dit_tout_dans_l_ordre_et_rien_d_autre() -> None:
    assert lire(html(instruite())) == IMPRIMEE.strip().splitlines()


def test_le_numero_et_la_mention_du_pied_sont_ceux_du_document() -> None:
    assert '<body data-numero="2026-45-007" data-mention="Déposée le 12 mars 2026">' in html(instruite())
    assert '<body class="brouillon" data-numero' in html(replace(instruite(), brouillon=True))


def partout(valeur: Any, changer: Callable[[str], str]) -> Any:
    """Le même document gelé, dont chaque texte non vide est changé."""
    if isinstance(valeur, dict):
        return {nom: partout(contenu, changer) for nom, contenu in valeur.items()}
    if isinstance(valeur, (list, tuple)):
        return [partout(element, changer) for element in valeur]
    return changer(valeur) if isinstance(valeur, str) and valeur else valeur


@pytest.mark.parametrize("intrus", ["\x00", "\x07", "\x1b", "\u202e", "\u2066", "\ufeff", "\u00ad", "\ud800"], ids=ascii)
def test_un_caractere_de_controle_ne_s_imprime_nulle_part(intrus: str) -> None:
    """Glissé dans chaque texte, il n'en change aucun : ni retournement, ni coupure, ni octet nul."""
    pollue = depuis_json(partout(en_json(instruite()), lambda texte: texte[0] + intrus + texte[1:] + intrus))
    assert lire(html(pollue)) == IMPRIMEE.strip().splitlines()
    assert intrus not in html(pollue)


@pytest.mark.parametrize(("lettres", "coupes"), [(40, 0), (41, 1), (80, 1), (81, 2)])
def test_un_mot_de_plus_de_quarante_lettres_peut_se_couper(lettres: int, coupes: int) -> None:
    """La coupe est permise, non écrite : la copie du PDF rend le mot entier."""
    nom = replace(instruite().sections[0].rubriques[0], texte="m" * lettres)
    fiche = replace(instruite(), sections=(replace(instruite().sections[0], rubriques=(nom,)),), annexes=instruite().organismes)
    assert html(fiche).count("\u200b") == coupes


def test_la_devise_est_en_tete_et_seule_de_sa_sorte() -> None:
    assert html(instruite()).count('<p class="devise">') == 1
    assert '<p class="devise">Bien vivre ensemble</p>' in html(instruite())


def test_seules_les_reponses_d_une_ligne_sont_breves() -> None:
    """Une brève ne se coupe pas entre deux pages ; une longue, si."""
    composees = [composee for section in contexte(instruite())["sections"] for composee in section.rubriques]
    longues = [composee.rubrique.code for composee in composees if not composee.breve]
    assert longues == ["carac", "exemples", "plan"]
    assert html(instruite()).count('class="rubrique breve"') == html(instruite()).count('class="rubrique') - len(longues)


def test_ce_qui_manque_n_annonce_rien() -> None:
    """Ni organisme, ni annexe, ni avis : aucun titre au-dessus de rien."""
    vide = instruite()
    sans = replace(
        vide,
        avis=tuple(replace(section, blocs=()) for section in vide.avis),
        organismes=replace(vide.organismes, lignes=()),
        annexes=replace(vide.annexes, lignes=()),
    )
    assert lire(html(sans)) == IMPRIMEE.strip().partition("\nAvis du service")[0].splitlines()


def test_le_titre_du_pdf_est_celui_du_projet_meme_interminable() -> None:
    """Un mot de cent lettres se coupe sur la page, pas dans le titre de la fenêtre."""
    nom = "m" * 100
    assert contexte(replace(instruite(), nom=nom))["titre"] == f"{nom} – 2026-45-007"


def test_les_intitules_d_avis_sont_sous_le_territoire() -> None:
    """Un niveau de titre de plus que lui, dans les deux sortes d'avis."""
    page = html(instruite())
    assert page.count("<h3>Loiret (45)</h3>") == 1
    assert page.count("<h4>Pertinence du projet</h4>") == 2
    with ouvrir(produire_pdf(instruite())) as pdf:
        assert [titre for profondeur, titre in signets(pdf) if profondeur == 3] == [
            *("Nombre de ménages", "Éligibles au DALO", "Caractéristiques", "Typologie", "Partenaires, par exemple :"),
            *("Cofinancements", "Pour une durée de", "Loiret (45)", "Nord (59)", "Centre"),
        ]


# --- Où cela tombe -----------------------------------------------------------------------------------------------------
def test_le_pied_porte_le_numero_la_mention_et_le_rang(poses: list[Mot]) -> None:
    pages = max(mot.page for mot in poses) + 1
    for page in range(pages):
        pied = [mot for mot in poses if mot.page == page and mot.haut > 277 * MM]
        assert (
            " ".join(mot.texte for mot in pied).replace("\u00a0", " ")
            == f"2026-45-007 Déposée le 12 mars 2026 {page + 1} / {pages}"
        )
        assert pied[0].gauche == pytest.approx(GAUCHE, abs=1)
        assert pied[-1].droite == pytest.approx(DROITE, abs=1)


def test_les_montants_sont_alignes_a_droite(poses: list[Mot]) -> None:
    """Ceux des lignes, de l'en-tête et du total finissent au bord du tableau ; un texte n'y va pas."""
    debut = next(rang for rang, mot in enumerate(poses) if mot.texte == "Volet")
    fin = next(rang for rang, mot in enumerate(poses) if mot.texte == "Pour")
    chiffres = [mot for mot in poses[debut:fin] if mot.texte in ("€", "Montant")]
    assert len(chiffres) == 5
    assert {round(mot.droite) for mot in chiffres} == {round(DROITE - 1.6 * MM)}


def test_les_colonnes_du_plan_ont_leur_largeur(poses: list[Mot]) -> None:
    """Vingt-six millimètres pour un montant, trente pour une colonne courte, le reste pour le libellé."""
    montant, financeur = DROITE - 26 * MM, DROITE - 56 * MM
    assert le_mot(poses, "Financeur").gauche == pytest.approx(financeur + 1.6 * MM, abs=2)
    assert le_mot(poses, "38").gauche > montant
    assert le_mot(poses, "Volet").gauche == pytest.approx(GAUCHE + 1.6 * MM, abs=2)


def test_l_avis_regional_a_deux_colonnes(poses: list[Mot]) -> None:
    """Le sens à gauche, une case par ligne ; le texte à droite, à la même hauteur."""
    favorable, defavorable = le_mot(poses, "Favorable"), le_mot(poses, "Défavorable")
    texte = le_mot(poses, "revoir", apres="Centre")
    assert favorable.haut < defavorable.haut
    assert favorable.page == texte.page
    assert abs(favorable.haut - texte.haut) < 6
    assert defavorable.droite < GAUCHE + 42 * MM < texte.gauche


def test_l_avis_departemental_n_a_qu_une_colonne(poses: list[Mot]) -> None:
    pertinence = le_mot(poses, "Pertinence")
    assert pertinence.gauche == pytest.approx(GAUCHE, abs=1)
    assert {round(le_mot(poses, mot).haut) for mot in ("Faible", "Moyen", "Fort")} == {round(le_mot(poses, "reproductible").haut)}


def test_le_filigrane_est_sous_chaque_page_d_un_brouillon() -> None:
    """Un dessin par page ; une candidature déposée n'en a aucun."""
    for brouillon in (True, False):
        with ouvrir(produire_pdf(replace(instruite(), brouillon=brouillon))) as pdf:
            assert [bool(len(page.obj.Resources.XObject)) for page in pdf.pages] == [brouillon] * len(pdf.pages)


def test_un_avis_vide_ne_se_coupe_pas_et_un_long_avis_si() -> None:
    """Vide, il passe à la page suivante avec ses lignes ; écrit, il commence là où il est."""
    vide, long_ = (departemental("Nord (59)", "", "", texte, "") for texte in ("", "Longuement. " * 900))
    assert coupe(vide) == (1, 1)
    assert coupe(long_)[0] == 0


def coupe(bloc: BlocAvis) -> tuple[int, int]:
    """La page où commence cet avis, posé tout en bas de la première, et celle de sa dernière rubrique."""
    fiche = instruite()
    tete = replace(fiche.sections[0], rubriques=(Rubrique("a", "", "Avant", texte="\n".join(["ligne"] * 27)),))
    (departements, _) = fiche.avis
    pose = replace(fiche, sections=(tete,), avis=(replace(departements, blocs=(bloc,)),))
    places = mots(produire_pdf(pose))
    return le_mot(places, "Nord").page, le_mot(places, "Conditions").page
