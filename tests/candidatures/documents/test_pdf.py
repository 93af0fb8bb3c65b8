"""Le PDF officiel : ce qu'on y lit, dans quel ordre, et ce qu'un lecteur d'écran y trouve."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pikepdf
import pytest

from candidatures.documents.composition import contexte
from candidatures.documents.pdf import produire_pdf
from candidatures.documents.texte import Bloc, Paragraphe, blocs
from candidatures.lecture.document import Document, Rubrique, SectionLue, Tableau
from tests.candidatures.documents import exemples, formulaire
from tests.candidatures.documents.formulaire import Reponse
from tests.candidatures.documents.outils import balises, fontes, noms_des_balises, ouvrir, serre, signets, texte_de

TITRES = ("/H1", "/H2", "/H3", "/H4")
CLES_ACTIVES = {"/JS", "/JavaScript", "/EmbeddedFiles", "/EF", "/Launch", "/URI", "/OpenAction", "/AA"}


def petit(**reponses: Reponse) -> Document:
    """Une fiche vide, sauf ces réponses."""
    return formulaire.document(
        reponses,
        numero="B-1",
        departements=("Nord (59)",),
        regions=("Hauts-de-France",),
        porteurs=formulaire.organismes(("N", "S", "")),
    )


def rubriques(fiche: Document) -> list[Rubrique]:
    return [rubrique for section in fiche.sections for rubrique in section.rubriques]


def morceaux(lus: tuple[Bloc, ...]) -> list[str]:
    """Chaque ligne imprimée, son marqueur devant."""
    lignes: list[str] = []
    for bloc in lus:
        if isinstance(bloc, Paragraphe):
            lignes.extend(bloc.lignes)
        else:
            for element in bloc.elements:
                lignes += [f"{element.marqueur} {element.lignes[0]}", *element.lignes[1:], *morceaux(element.blocs)]
    return lignes


def attendus(fiche: Document) -> list[str]:
    """Tout ce que le PDF doit dire, dans l'ordre du papier."""
    textes = [*fiche.entete, fiche.titre]
    for section in fiche.sections:
        textes += [section.titre, section.consigne]
        for rubrique in section.rubriques:
            textes += [rubrique.intitule, rubrique.consigne]
            textes += [f"{'☒' if case.cochee else '☐'} {case.libelle}" for case in rubrique.cases]
            textes += [rubrique.valeur, rubrique.precision, *morceaux(blocs(rubrique.texte))]
            for tableau in rubrique.tableaux:
                textes += [tableau.titre, *tableau.colonnes, *(c for ligne in (*tableau.lignes, *tableau.pied) for c in ligne)]
    for avis in fiche.avis:
        textes += [avis.titre, *(bloc.territoire for bloc in avis.blocs)]
    return [*filter(None, textes), *fiche.organismes.colonnes, *fiche.organismes.lignes[0]]


# --- Ce qu'on lit ------------------------------------------------------------------------------------------------------
def sans_les_pieds(texte: str, fiche: Document) -> str:
    """Le texte extrait, page après page, sans le pied ni le mot « BROUILLON » du haut de page."""
    pied = (
        rf"{re.escape(serre(fiche.numero))}(?:{re.escape(serre(fiche.mention))})?\d+/\d+$"
        if fiche.mention
        else rf"{fiche.numero}\d+/\d+$"
    )
    return "".join(re.sub(pied, "", serre(page).removeprefix("BROUILLON")) for page in texte.split("\f"))


def test_tout_se_lit_dans_l_ordre_du_papier(fiche: Document, octets: bytes) -> None:
    lu, rang = sans_les_pieds(texte_de(octets), fiche), 0
    for attendu in attendus(fiche):
        trouve = lu.find(serre(attendu), rang)
        assert trouve >= 0, f"« {attendu} » ne suit pas « {lu[max(0, rang - 80) : rang]} »"
        rang = trouve + len(serre(attendu))


def test_chaque_page_porte_le_numero_et_son_rang(fiche: Document, octets: bytes) -> None:
    pages = texte_de(octets).split("\f")[:-1]
    for rang, page in enumerate(pages, 1):
        assert fiche.numero in page
        assert f"{rang}/{len(pages)}" in serre(page)


def test_la_mention_est_au_pied() -> None:
    assert "Déposée le 12 mars 2026" in texte_de(produire_pdf(exemples.courte()))


def test_une_valeur_ses_cases_et_sa_precision_sont_sur_la_meme_ligne() -> None:
    lignes = texte_de(produire_pdf(exemples.numerotee())).splitlines()
    assert "Nombre de ménages accompagnés : 26 — 13 par an soit 26 en deux années" in lignes
    assert "Ménages éligibles au DALO ☒ oui ☐ non — Rarement." in lignes
    assert "Mobilisation de logements existants sans aménagement ☐" in lignes


def test_marqueurs_de_liste_a_leur_place_dans_l_extraction() -> None:
    lignes = texte_de(produire_pdf(exemples.numerotee())).splitlines()
    debut = lignes.index("1) Alerter")
    assert lignes[debut : debut + 7] == [
        "1) Alerter",
        "· une fiche d’une page – le gardien la remplit",
        "· une réponse sous huit jours",
        "2) Accompagner",
        "· trois rythmes, du plus léger au plus soutenu",
        "· des démarches faites avec la personne, jamais à sa place",
        "3) Quitter, en laissant un nom et un numéro",
    ]


def test_brouillon_est_ecrit_sur_chaque_page_d_un_brouillon_et_nulle_part_ailleurs() -> None:
    brouillon = exemples.numerotee()
    pages = texte_de(produire_pdf(brouillon)).split("\f")[:-1]
    assert all(page.count("BROUILLON") == 1 for page in pages)
    assert "BROUILLON" not in texte_de(produire_pdf(replace(brouillon, brouillon=False)))


def test_le_filigrane_ne_change_rien_a_la_mise_en_page() -> None:
    brouillon = exemples.numerotee()
    avec, sans = (texte_de(produire_pdf(replace(brouillon, brouillon=etat))) for etat in (True, False))
    assert avec.replace("BROUILLON\n\n", "") == sans


def test_un_mot_monstrueux_est_entier_et_tient_dans_la_page() -> None:
    mot = "".join(f"m{rang:04d}" for rang in range(400))
    fiche = petit(descriptif=Reponse(texte=mot), nom=Reponse(valeur=mot), cofinancements=Reponse(tableaux=(_tableau(mot),)))
    pdf = produire_pdf(fiche)
    assert sans_les_pieds(texte_de(pdf), fiche).count(mot) >= 2
    for abscisse in re.findall(r'xMax="([\d.]+)"', texte_de(pdf, "-bbox")):
        assert float(abscisse) <= 595 - 56


def _tableau(mot: str) -> Tableau:
    return formulaire.plan("Dépenses", ((mot, mot, "acquis", "1,00 €", ""),), "1,00 €")


def test_des_signes_que_la_fonte_ignore_restent_dans_l_extraction() -> None:
    texte = "😀 漢字 ✓ → Ω œuvre"
    assert serre(texte) in serre(texte_de(produire_pdf(petit(descriptif=Reponse(texte=texte)))))


# --- Ce que trouve un lecteur d'écran ------------------------------------------------------------------------------------
def test_langue_titre_et_balises(fiche: Document, pdf: pikepdf.Pdf) -> None:
    assert str(pdf.Root.Lang) == "fr"
    assert str(pdf.docinfo["/Title"]) == f"{fiche.nom} – {fiche.numero}"
    assert pdf.Root.MarkInfo.Marked
    assert pdf.Root.ViewerPreferences.DisplayDocTitle
    with pdf.open_metadata() as donnees:
        assert donnees["pdfuaid:part"] == "1"


def test_un_seul_titre_principal_et_aucun_saut_de_niveau(pdf: pikepdf.Pdf) -> None:
    niveaux = [int(nom[2:]) for nom in noms_des_balises(pdf) if nom in TITRES]
    assert niveaux[0] == 1
    assert niveaux.count(1) == 1
    assert all(suivant - niveau <= 1 for niveau, suivant in pairwise(niveaux))


def test_un_titre_coupe_par_la_ligne_reste_un_seul_titre(fiche: Document, pdf: pikepdf.Pdf) -> None:
    intitules = sum(1 for rubrique in rubriques(fiche) if rubrique.intitule)
    barres = sum(1 for section in fiche.sections if section.titre) + len(fiche.avis) + 1
    territoires = [bloc for section in fiche.avis for bloc in section.blocs]
    d_avis = sum(1 for bloc in territoires for rubrique in bloc.rubriques if rubrique.intitule)
    noms = noms_des_balises(pdf)
    pleins = [b for b in balises(pdf) if str(b.S) in TITRES and len(b.K)]
    assert len(pleins) == 1 + intitules + barres + len(territoires) + d_avis
    assert noms.count("/H1") == 1


def test_chaque_element_de_liste_a_son_marqueur_puis_son_corps() -> None:
    with ouvrir(produire_pdf(exemples.numerotee())) as pdf:
        elements = [balise for balise in balises(pdf) if balise.S == "/LI"]
        assert elements
        assert all([str(enfant.S) for enfant in element.K] == ["/Lbl", "/LBody"] for element in elements)


def test_chaque_cellule_renvoie_a_l_en_tete_de_sa_colonne() -> None:
    with ouvrir(produire_pdf(exemples.etendue())) as pdf:
        entetes = {str(balise.ID) for balise in balises(pdf) if balise.S == "/TH"}
        cellules = [balise for balise in balises(pdf) if balise.S == "/TD"]
        assert cellules
        assert all({str(cle) for cle in cellule.A.Headers} <= entetes and len(cellule.A.Headers) for cellule in cellules)
        assert noms_des_balises(pdf).count("/Table") == 3


def test_ni_liste_de_definitions_ni_figure(pdf: pikepdf.Pdf) -> None:
    assert "/Figure" not in noms_des_balises(pdf)


def test_signets_du_titre_des_sections_et_des_territoires(fiche: Document, pdf: pikepdf.Pdf) -> None:
    poses = signets(pdf)
    assert poses[0] == (1, fiche.titre)
    assert [titre for profondeur, titre in poses if profondeur == 1] == [fiche.titre]
    sections = [titre for profondeur, titre in poses if profondeur == 2]
    for section in (s for s in fiche.sections if s.titre):
        assert any(titre.startswith(section.titre) for titre in sections)
    assert {bloc.territoire for section in fiche.avis for bloc in section.blocs} <= {titre for _, titre in poses}


def test_fontes_toutes_embarquees_et_ce_sont_les_notres(pdf: pikepdf.Pdf) -> None:
    trouvees = fontes(pdf)
    assert all(trouvees.values())
    assert set(trouvees) == {"Source-Sans", "Source-Sans-Semi-Bold", "Noto-Symbols"}


def test_ni_piece_embarquee_ni_script_ni_lien(pdf: pikepdf.Pdf) -> None:
    dictionnaires = [objet for objet in pdf.objects if isinstance(objet, pikepdf.Dictionary)]
    assert not [cle for objet in dictionnaires for cle in objet.keys() & CLES_ACTIVES]


def test_la_syntaxe_est_saine(pdf: pikepdf.Pdf) -> None:
    assert pdf.check_pdf_syntax() == []


# --- La composition ------------------------------------------------------------------------------------------------------
def test_memes_contenus_memes_octets(fiche: Document, octets: bytes) -> None:
    assert produire_pdf(fiche) == octets


def test_une_fiche_vide_garde_tous_ses_intitules_et_une_ligne_pour_chacun() -> None:
    fiche = petit()
    composees = [rubrique for section in contexte(fiche)["sections"] for rubrique in section.rubriques]
    assert all(len(composee.lignes_vides) == (0 if composee.rubrique.cases else 1) for composee in composees)
    texte = serre(texte_de(produire_pdf(fiche)))
    assert all(serre(rubrique.intitule) in texte for rubrique in rubriques(fiche))


def test_le_titre_d_un_brouillon_sans_nom_est_celui_du_formulaire() -> None:
    with ouvrir(produire_pdf(petit())) as pdf:
        assert str(pdf.docinfo["/Title"]) == f"{formulaire.TITRE} – B-1"


@pytest.mark.parametrize("lignes", range(28, 44))
def test_jamais_d_intitule_seul_en_bas_de_page(lignes: int) -> None:
    """Quelle que soit la longueur de ce qui précède, un intitulé est suivi, sur sa page, d'au moins un mot de sa réponse."""
    tete = SectionLue("a", "", "", (Rubrique("a", "", "Avant", texte="\n".join(["ligne"] * lignes)),))
    suite = SectionLue("b", "Une section", "", (Rubrique("b", "", "Un intitulé", texte="REPONSE " * 60),))
    pages = texte_de(produire_pdf(replace(petit(), sections=(tete, suite), avis=()))).split("\f")
    (page,) = [page for page in pages if "Un intitulé" in page]
    assert "Une section" in page
    assert page.count("REPONSE") >= 2


def test_les_en_tetes_d_un_long_tableau_se_repetent_et_le_total_n_est_pas_seul() -> None:
    lignes = tuple((f"Volet {rang}", "Porteur", "acquis", f"{rang},00 €", "") for rang in range(500))
    pdf = produire_pdf(petit(cofinancements=Reponse(tableaux=(formulaire.plan("Dépenses", lignes, "9,00 €"),))))
    pages = [page for page in texte_de(pdf, "-layout").split("\f") if "Volet" in page]
    assert len(pages) > 8
    assert all(re.search(r"Libellé\s+Financeur\s+État\s+Montant\s+Part", page) for page in pages)
    assert "Total" in pages[-1]


# --- Textes hostiles (F-41) ----------------------------------------------------------------------------------------------
HOSTILES = (
    '<link rel="attachment" href="file:///etc/passwd">',
    "<img src='http://169.254.169.254/x.png'>",
    "<style>*{background:url(file:///etc/hostname)}</style>",
    '"><script>alert(1)</script>',
    "{{ settings.SECRET_KEY }}{% debug %}",
    "<a href='javascript:alert(1)'>lien</a>",
    "</title></head><body>",
    "url(file:///etc/passwd) @import 'x.css';",
    "&lt;b&gt;&amp;nbsp;",
)


@pytest.mark.parametrize("hostile", HOSTILES)
def test_un_texte_hostile_est_imprime_tel_quel_dans_tous_les_champs(hostile: str) -> None:
    """Chaque champ de texte du document le porte ; rien n'est lu, joint ni interprété."""
    pdf = produire_pdf(partout(hostile))
    texte = serre(texte_de(pdf))
    assert texte.count(serre(hostile)) >= 30
    with pikepdf.open(BytesIO(pdf)) as ouvert:
        test_ni_piece_embarquee_ni_script_ni_lien(ouvert)
        assert not [o for o in ouvert.objects if isinstance(o, pikepdf.Stream) and o.get("/Subtype") == "/Image"]
        assert set(noms_des_balises(ouvert)) <= CONNUES


CONNUES = {
    f"/{nom}"
    for nom in "Document NonStruct Sect Div P Span H1 H2 H3 H4 L LI Lbl LBody Table Caption THead TBody TR TH TD".split()
}


def partout(texte: str) -> Document:
    """Une fiche dont chaque texte saisi est celui-là."""
    fiche = exemples.etendue()

    def hostile(rubrique: Rubrique) -> Rubrique:
        return replace(rubrique, valeur=texte, precision=texte, texte=f"{texte}\n\n- {texte}\n1) {texte}")

    sections = tuple(replace(section, rubriques=tuple(map(hostile, section.rubriques))) for section in fiche.sections)
    return replace(
        fiche, nom=texte, numero=texte, mention=texte, sections=sections, organismes=formulaire.organismes((texte, texte, texte))
    )


def test_le_gabarit_ne_marque_rien_comme_sur() -> None:
    gabarits = (Path(__file__).parents[3] / "templates" / "pdf").glob("*.html")
    assert not [
        chemin.name for chemin in gabarits if re.search(r"\|\s*safe|autoescape|urlize", chemin.read_text(encoding="utf-8"))
    ]
