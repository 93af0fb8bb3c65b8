"""Chaque contrôle, sur une fiche qui le déclenche et sur une fiche qui ne le déclenche pas."""

from __future__ import annotations

from typing import Any

import pytest

from candidatures.coherence import CONTROLES
from candidatures.coherence.nombres import comptes, en_chiffres
from tests.candidatures.coherence.fiche_saine import PLAN, codes, cout, le_constat, une_fiche

pytestmark = pytest.mark.django_db
SANS_PLAN: dict[str, Any] = {"plan": (), "cofinancements": ""}

DECLENCHE: dict[str, list[tuple[dict[str, Any], str]]] = {
    "duree_bornes": [({"duree_mois": 6, "duree_mois_precision": ""}, "La durée (6 mois)"), ({"duree_mois": 48}, "de 12 à 36 mois")],
    "menages_et_logements": [
        ({"nombre_logements": 12}, "18 logements de moins que de ménages"),
        ({"nombre_logements": 40, "nombre_logements_precision": "par an, 20"}, "10 logements de plus que de ménages"),
    ],
    "nombre_et_precision": [
        ({"nombre_menages": 15}, "ce qui fait 30 ménages sur 24 mois"),
        ({"nombre_menages": 40}, "le champ dit 40 ménages"),
        ({"nombre_menages_precision": "16/17 par an"}, "ce qui fait 32 à 34 ménages sur 24 mois"),
        ({"nombre_menages_precision": "20 ménages"}, "20 ménages"),
        ({"nombre_menages_precision": "soit cinquante ménages au total"}, "cinquante ménages"),
        ({"nombre_menages_precision": "25 en accès, 25 en maintien"}, "25 en accès"),
        ({"nombre_logements_precision": "12 logements"}, "« Nombre de logements »"),
        ({"duree_mois_precision": "3 ans"}, "le champ dit 24 mois"),
        ({"duree_mois_precision": "trente-six mois, avec un bilan à 12 mois"}, "trente-six mois"),
        ({"duree_mois_precision": "durée totale : 18 mois"}, "18 mois"),
    ],
    "nombre_dans_le_texte": [
        ({"nom": "Cent ménages accompagnés dans trois régions"}, "« 100 ménages »"),
        ({"duree_mois_precision": "2 ans (20 mesures par an)"}, "30 ménages sur 24 mois"),
        ({"montage_financier": "Le plan est établi pour trois ans."}, "« 3 ans »"),
        ({"montage_financier": "Budget calculé pour 40 ménages."}, "« 40 ménages »"),
        ({"descriptif": "Le projet vise à accompagner 45 ménages en fragilité."}, "« 45 ménages », et la fiche dit 30 ménages"),
        ({"caracteristiques_publics": "L’action concernera cinquante familles."}, "« 50 familles »"),
        ({"descriptif": "Un projet expérimental de trois ans."}, "« 3 ans », et la fiche dit 24 mois"),
    ],
    "ressources_depenses": [
        ({"plan": (*PLAN[:2], ("r", "appel_a_projets", 60_000, None), ("r", "porteur", 57_000, None))},
         "Il manque 3 000 € de ressources : 120 000 € de dépenses, 117 000 € de ressources."),
        ({"plan": (*PLAN[:3], ("r", "porteur", 60_005, None))}, "Les ressources dépassent les dépenses de 5 €"),
        ({"plan": (*PLAN[:3], ("r", "porteur", 50_000, None), ("r", "etat", None, None))}, "Une ligne n'a pas de montant."),
    ],
    "aide_dans_le_plan": [
        ({"plan": (*PLAN[:2], ("r", "etat", 60_000, None), ("r", "porteur", 60_000, None))}, "Aucune ressource du plan"),
        ({"plan": (("r", "Département", None, "30"), ("r", "porteur", None, "70"))}, "Aucune ressource du plan"),
        ({"cofinancements": "Subvention demandée : 65 000 €"}, "65 000 €, la ligne « Appel à projets » du plan 60 000 €"),
        ({"cofinancements": "", "montage_financier": "Nous attendons de l’appel à projets 59.000,50 euros."}, "59 000,50 €"),
    ],
    "aide_plafond": [
        ({"campagne": {"plafond": 50_000}}, "dépasse l'aide maximale par projet (50 000 €) de 10 000 €"),
        ({"campagne": {"plafond": 50_000}, "plan": (*PLAN[:2], ("r", "appel_a_projets", None, "50"), ("r", "porteur", None, "50"))},
         "L'aide demandée (60 000 €)"),
    ],
    "aide_taux": [
        ({"plan": (*PLAN[:2], ("r", "appel_a_projets", 75_600, None), ("r", "porteur", 44_400, None)), "cofinancements": ""},
         "couvre 63 % du total du plan ; la campagne admet 50 %"),
        ({"plan": (("r", "appel_a_projets", None, "60"), ("r", "porteur", None, "40"))}, "couvre 60 %"),
        ({"plan": (("r", "appel_a_projets", 60_003, None), ("r", "porteur", 60_000, None)), "cofinancements": ""}, "couvre 50,01 %"),
    ],
    "parts_a_cent": [
        ({"plan": (("r", "appel_a_projets", None, "50"), ("r", "porteur", None, "30"), ("r", "departement", None, "10"))},
         "Les parts des ressources font 90 %"),
        ({"plan": (PLAN[0], ("d", "Le reste", 30_000, "50"), *PLAN[2:])}, "Les parts des dépenses font 125 %"),
        ({"plan": (("r", "appel_a_projets", None, "70"), ("r", "porteur", None, "40"), ("r", "etat", None, None))}, "110 %"),
    ],
    "parts_et_montants": [
        ({"plan": (*PLAN[:2], ("r", "appel_a_projets", 60_000, "40"), ("r", "porteur", 60_000, "60"))},
         "la part écrite est 40 %, mais 60 000 € font 50 % des ressources"),
    ],
    "cout_par_menage": [
        ({"nombre_menages": 2_000, "nombre_menages_precision": ""}, "30 € par ménage et par an"),
        ({"nombre_menages": 3, "nombre_menages_precision": "", "nombre_logements": None}, "20 000 € par ménage et par an"),
    ],
    "cout_par_logement": [
        ({"nombre_logements": 2, "nombre_logements_precision": ""}, "30 000 € par logement et par an"),
        ({"cout_gestion_locative": cout(1_000, "logement_mois")}, "12 000 € par logement et par an"),
    ],
    "couts_saisis": [
        ({"cout_diagnostic": cout(2_500, "menage")}, "on attend 2 000 € au plus"),
        ({"cout_accompagnement": cout(1_500, "menage_mois")}, "18 000 € par ménage et par an"),
        ({"cout_accompagnement": cout(15, "menage_an")}, "paraît faible"),
        ({"cout_global": cout(90_000, "menage")}, "paraît élevé"),
    ],
    "accompagnement_total": [
        ({"cout_accompagnement": cout(8_900, "menage")}, "font au moins 267 000 €, plus que le total du plan (120 000 €)"),
        ({"cout_accompagnement": cout(300, "menage"), "cout_gestion_locative": None, "cout_global": None},
         "moins de la moitié de ce qu'y met le plan"),
    ],
    "cout_global_parties": [
        ({"cout_global": cout("1704.70")}, "est inférieur à la somme de l'accompagnement et de la gestion locative (2 000 €)"),
        ({"cout_global": cout(3_000)}, "est supérieur"),
        ({"cout_global": cout(200, "menage_mois")}, "2 400 € par ménage et par an"),
    ],
    "annexe_annoncee": [
        ({"methodologie": "Expertise sociale détaillée dans le rapport ci-joint"}, "« sociale détaillée dans le rapport ci-joint »"),
        ({"montage_financier": "Cf plan de financement annexé (fichier excel)"}, "« Cf plan de financement annexé (fichier excel) »"),
        ({"localisation_offre": "Cf. en note de présentation"}, "Localisation de l'offre"),
        ({"cofinancements": "Voir annexe 2"}, "Voir annexe 2"),
        ({"partenaires": "Lettres d'engagement en pièces jointes."}, "pièces jointes"),
        ({"descriptif": "La convention est jointe à la présente candidature."}, "convention est jointe"),
    ],
    "texte_de_remplissage": [
        ({"descriptif": "L’association, titulaire de l’agrément XXXX, interviendra."}, "titulaire de l’agrément XXXX, interviendra."),
        ({"montage_financier": "Il s'élève à (à définir) € par mois-mesure"}, "(à définir)"),
        ({"typologie_logements": "……………"}, "……"),
        ({"typologie_logements": "T2 : ........ T3 : ........"}, "........"),
        ({"reservation_attribution": "champ libre"}, "champ libre"),
        ({"cout_global_precision": "1 705 exprimé en € au mois ou à l’année"}, "exprimé en €"),
        ({"cout_accompagnement_precision": "à définir"}, "à définir"),
        ({"partenaires": "Opérateur : à compléter"}, "à compléter"),
    ],
    "donnees_personnelles": [
        ({"methodologie": "Mme Benali (06 12 34 56 78) a été rencontrée."}, "nom d'une personne (« Mme B••• », Méthodologie"),
    ],
    "region_nommee": [
        ({"localisation": "Lille, Hauts-de-France"}, "nomme Hauts-de-France"),
        ({"localisation": "Roubaix (Nord-Pas de Calais) et Meaux"}, "nomme Nord-Pas-de-Calais"),
        ({"localisation": "Île-de-France, Centre"}, "nomme Centre"),
        ({"localisation": "région PACA"}, "nomme PACA"),
        ({"localisation": "ILE-DE-FRANCE ET LANGUEDOC ROUSSILLON"}, "Languedoc-Roussillon"),
        ({"departements": ("13",), "localisation": "Seine-et-Marne (Île-de-France)"}, "nomme Île-de-France"),
    ],
}  # fmt: skip

NE_DECLENCHE_PAS: dict[str, list[dict[str, Any]]] = {
    "duree_bornes": [
        {"duree_mois": 12, "duree_mois_precision": ""},
        {"duree_mois": 36, "duree_mois_precision": ""},
        {"duree_mois": None},
    ],
    "menages_et_logements": [{"nombre_logements": None}, {"nombre_menages": None}],
    "nombre_et_precision": [
        {"nombre_menages": 50, "nombre_menages_precision": "16/17 par an", "duree_mois": 36, "duree_mois_precision": "36 mois"},
        {"nombre_menages_precision": "entre 15 et 16 ménages par an"},
        {"nombre_menages_precision": "de 25 à 35 selon les orientations du SIAO"},
        {"nombre_menages_precision": "10 en accès, 20 en maintien ; 5 pour le seul Val-de-Marne"},
        {"nombre_menages_precision": "15 pour un seul bailleur (30 au total avec l’autre)"},
        {"nombre_menages_precision": "30 ménages, dont 12 familles monoparentales, soit 75 personnes"},
        {"nombre_menages_precision": "personnes de 18 à 25 ans ; 40 % de femmes ; depuis 2014"},
        {"nombre_menages_precision": "trente ménages"},
        {"nombre_menages_precision": "selon les besoins"},
        {"nombre_menages_precision": "12 en 2026 puis 18 en 2027"},
        {"nombre_menages": None, "nombre_menages_precision": "de 30 à 35 ménages"},
        {"duree_mois": None, "duree_mois_precision": "3 ans", "nombre_menages_precision": "15 par an"},
        {"duree_mois": 12, "duree_mois_precision": "12 mois avec une évaluation à l’issue des 6 premiers mois", "nombre_menages_precision": ""},
        {"duree_mois": 36, "duree_mois_precision": "36 mois. Au-delà, les bailleurs s’engagent pour 2 ans.", "nombre_menages_precision": ""},
        {"duree_mois_precision": "évaluation à 6 mois puis à 18 mois"},
        {"duree_mois": 18, "duree_mois_precision": "un an et demi", "nombre_menages_precision": ""},
        {"nombre_logements_precision": "selon les besoins"},
    ],
    "nombre_dans_le_texte": [
        {"nom": "Trente ménages accompagnés"},
        {"nom": "10 000 logements accompagnés : notre part"},
        {"montage_financier": "établi pour une file active de 15 ménages par an ; le plan est établi pour deux ans et pour trente ménages"},
        {"descriptif": "Accompagner 15 ménages par an et par secteur ; chaque référent pourra accompagner 20 ménages."},
        {"descriptif": "Une expérience, déjà, a permis d’accompagner 62 ménages ; il s’agit d’en accompagner 30 ménages de plus."},
        {"descriptif": "Accompagner 18 ménages isolés et accompagner 12 familles : 30 ménages en tout."},
        {"descriptif": "Un projet de 2 ans pour des ménages en bail glissant de 3 ans.", "caracteristiques_publics": "9 ménages sur 11"},
        {"montage_financier": "Le coût est de 3 908 € pour deux ans ; un référent accompagne 20 ménages par an et par secteur."},
    ],
    "ressources_depenses": [
        {"plan": (*PLAN[:3], ("r", "porteur", 60_004, None))},
        {"plan": PLAN[2:]},
        {"plan": (("d", "Tout", 120_000, None), ("r", "appel_a_projets", None, "50"), ("r", "porteur", None, "50"))},
        SANS_PLAN,
    ],
    "aide_dans_le_plan": [
        SANS_PLAN,
        {"plan": PLAN[:2]},
        {"cofinancements": "APPEL A PROJET LOGEMENTS ACCOMPAGNES : 60.000 €\nVille : 60 000 €"},
        {"cofinancements": "Subvention demandée : 59 999 €. Appel à projets Logement d’abord, en 2024 : 15 000 €"},
        {"cofinancements": "Nous avons déjà répondu à un appel à projets. Les villes apportent 12 000 €."},
        {"cofinancements": "", "montage_financier": "Dans le cadre de l’appel à projets, le coût est de 2 000 € par ménage et par an."},
        {"cofinancements": "Aide demandée : 2 000 € par ménage"},
    ],
    "aide_plafond": [{"campagne": {"plafond": 60_000}}, {"campagne": {"plafond": None}}, {**SANS_PLAN, "campagne": {"plafond": 1}}],
    "aide_taux": [
        {"campagne": {"taux_maximum": None}},
        {"plan": (("r", "appel_a_projets", 60_001, None), ("r", "porteur", 60_000, None)), "cofinancements": ""},
        {"campagne": {"taux_maximum": 10}, **SANS_PLAN},
    ],
    "parts_a_cent": [
        {"plan": tuple(("r", qui, None, "33.33") for qui in ("appel_a_projets", "porteur", "etat"))},
        {"plan": tuple(("r", qui, None, "33.3") for qui in ("appel_a_projets", "porteur", "etat"))},
        {"plan": (("r", "appel_a_projets", None, "50"), ("r", "porteur", None, "30"), ("r", "departement", None, "20"))},
        {"plan": (("r", "appel_a_projets", 60_000, "50"), ("r", "porteur", 60_000, None))},
        SANS_PLAN,
    ],
    "parts_et_montants": [
        {"plan": (("r", "appel_a_projets", 160_430, "40"), ("r", "porteur", 100_269, "25"), ("r", "etat", 140_376, "35"))},
        {"plan": (("r", "appel_a_projets", 60_000, "40"), ("r", "porteur", None, "60"))},
    ],
    "cout_par_menage": [SANS_PLAN, {"nombre_menages": None}, {"duree_mois": None}, {"plan": PLAN[2:]}],
    "cout_par_logement": [{"nombre_logements": 0}, {"nombre_logements": 20}, {"cout_gestion_locative": cout(500, "logement_mois")}],
    "couts_saisis": [
        {"cout_accompagnement": cout(8_900, "menage")},
        {"cout_accompagnement": cout(15, None)},
        {"cout_diagnostic": cout(150, "menage", 400)},
        {"cout_diagnostic": None, "cout_accompagnement": None, "cout_global": None},
    ],
    "accompagnement_total": [
        {"cout_accompagnement": cout(3_500, "menage")},
        {"cout_accompagnement": cout(1_500, "menage_an", 1_750)},
        {"cout_accompagnement": cout(150_000, None)},
        {**SANS_PLAN, "cout_accompagnement": cout(8_900, "menage")},
        {
            "plan": (("d", "Accompagnement", 60_000, None), ("d", "Travaux", 200_000, None), *PLAN[2:]),
            "cout_accompagnement": cout(1_000),
            "cout_gestion_locative": None,
            "cout_global": None,
        },
    ],
    "cout_global_parties": [
        {"cout_global": cout(2_150)},
        {"cout_global": cout("166.67", "menage_mois")},
        {"cout_global": cout(4_000, "menage")},
        {"cout_gestion_locative": None, "cout_global": cout(9_000)},
    ],
    "annexe_annoncee": [
        {"descriptif": "Les ménages sont joints par téléphone ; le conjoint est rencontré. Les locaux annexes sont entretenus."},
        {"methodologie": "Cf. rubrique 18, et cf. la loi ALUR. Voir le plan de financement ci-dessous."},
        {"partenaires": "Accords collectifs annexés au PDALPD ; charte annexée au bail ; règlement en annexe du bail."},
        {"adhesion_menage": "Un rapport de fin de mesure est remis au ménage. La convention conjointe est signée."},
    ],
    "texte_de_remplissage": [
        {"descriptif": "Dettes, ruptures, troubles psychiques… qui nécessitent l’appui de partenaires…"},
        {"methodologie": "Les objectifs sont à définir avec le ménage ; le rythme reste à préciser."},
        {"partenaires": "Louis XXIII, le XXe siècle, XX"},
        {"typologie_logements": "/"},
        {"adhesion_menage": "Nous laissons le champ libre aux ménages."},
    ],
    "donnees_personnelles": [{"partenaires": "M. le Préfet, Mme la Directrice départementale"}],
    "region_nommee": [
        {"localisation": "Centre-ville de Meaux, rue de Bretagne, résidence Normandie"},
        {"localisation": "Île de France", "departements": ("77", "93")},
        {"localisation": "Région parisienne (IDF)"},
        {"localisation": "Aude (Languedoc-Roussillon)", "departements": ("11",)},
        {"localisation": "Loiret, en région Centre", "departements": ("45",)},
        {"localisation": "Marseille, Provence-Alpes-Côte d’Azur", "departements": ("13",)},
        {"localisation": "Haute-Corse", "departements": ("2B",)},
    ],
}  # fmt: skip

PARMI_LES_DOSSIERS = {"depose_deux_fois", "fiche_jumelle"}
"""Essayés dans `test_rapprochements`."""


def test_une_fiche_saine_ne_declenche_rien() -> None:
    assert codes(une_fiche()) == []


def test_chaque_controle_a_ses_deux_fiches() -> None:
    tous = {controle.code for controle in CONTROLES} - PARMI_LES_DOSSIERS
    assert set(DECLENCHE) == set(NE_DECLENCHE_PAS) == tous


@pytest.mark.parametrize(
    ("code", "traits", "dit"), [(code, traits, dit) for code, cas in DECLENCHE.items() for traits, dit in cas]
)
def test_declenche(code: str, traits: dict[str, Any], dit: str) -> None:
    constat = le_constat(une_fiche(**traits), code)
    assert constat is not None
    assert dit.replace(" ", "") in constat.phrase.replace("\xa0", "").replace(" ", "")


@pytest.mark.parametrize(("code", "traits"), [(code, traits) for code, cas in NE_DECLENCHE_PAS.items() for traits in cas])
def test_ne_declenche_pas(code: str, traits: dict[str, Any]) -> None:
    assert le_constat(une_fiche(**traits), code) is None


def test_un_plan_en_parts_seules_ne_dit_rien_des_montants() -> None:
    """Les vraies fiches ont parfois « 50 % appel à projets, 30 % bailleur, 20 % conseil général »."""
    parts = (("r", "appel_a_projets", None, "50"), ("r", "porteur", None, "30"), ("r", "departement", None, "20"))
    assert codes(une_fiche(plan=parts, campagne={"plafond": 1, "taux_maximum": 50})) == []


@pytest.mark.parametrize(("code", "traits", "_dit"), [(code, *cas[0]) for code, cas in DECLENCHE.items()])
def test_un_constat_se_lit_bien(code: str, traits: dict[str, Any], _dit: str) -> None:
    """Une phrase finie, des rubriques qui existent, des chiffres dits."""
    constat = le_constat(une_fiche(**traits), code)
    assert constat is not None
    assert constat.phrase[0].isupper() or constat.phrase[0] in "«0123456789"
    assert constat.phrase.endswith(".")
    assert "None" not in constat.phrase
    assert all(valeur for valeur in constat.chiffres.values())
    assert constat.rubriques


def test_une_suite_de_chiffres_sans_fin_n_arrete_rien() -> None:
    """Python refuse d'écrire ou de lire un entier de plus de 4 300 chiffres : la page et le dépôt échoueraient."""
    for texte in ("cent " * 3_000 + "ménages", "1" * 5_000 + " ménages"):
        assert all(len(str(compte.maxi)) < 30 for compte in comptes(en_chiffres(texte)))
