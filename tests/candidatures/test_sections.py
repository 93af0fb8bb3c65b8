"""Les listes déclarées : chacune a une relation, une place, un gabarit, une ancre ; toute réponse est d'une section, et d'une seule."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.template.loader import get_template

from candidatures.fiche import SECTIONS, Section
from candidatures.models import Candidature, LigneDuPlan
from candidatures.saisie.forms.section import formulaire_de
from candidatures.saisie.forms.tableaux import CLASSES
from candidatures.sections import (
    CHAMPS,
    CONTACT,
    LISTE_DU_TABLEAU,
    LISTE_PAR_NOM,
    LISTES,
    SECTION_DE,
    Liste,
    ancre_de,
    code_de,
    intitule_de,
    reponses_de,
)
from hlm_projets.ecran.colonnes import colonne

DES_LISTES = pytest.mark.parametrize("liste", LISTES, ids=lambda liste: liste.nom)


@DES_LISTES
def test_une_liste_est_une_relation_et_suit_une_rubrique_de_sa_section(liste: Liste) -> None:
    assert liste.modele is Candidature._meta.get_field(liste.nom).related_model
    assert liste.apres in {champ.name for champ in liste.section._meta.local_fields}
    modele: Any = liste.modele
    assert [colonne(modele, nom).name for nom in liste.colonnes] == list(liste.colonnes)
    assert bool(liste.colonnes) == bool(liste.tableaux), "ce qui a des colonnes se saisit dans des tableaux"


@DES_LISTES
def test_le_gabarit_d_une_liste_porte_son_nom_et_son_ancre(liste: Liste) -> None:
    """L'ancre est celle que la page écrit : un lien « à corriger » y mène."""
    gabarit: Any = get_template(f"candidatures/saisie/{liste.nom}.html")
    source = Path(gabarit.origin.name).read_text(encoding="utf-8")
    assert f'id="{liste.ancre}"' in source.replace("{{ field.auto_id }}", f"id_{liste.nom}")


def test_le_plan_est_dans_la_section_que_dit_sa_table() -> None:
    assert LISTE_PAR_NOM[LigneDuPlan.rubrique].section is LigneDuPlan.section


def test_chaque_tableau_declare_a_sa_classe() -> None:
    assert set(CLASSES) == set(LISTE_DU_TABLEAU)


def test_toute_reponse_est_d_une_section_et_d_une_seule() -> None:
    comptees = Counter(nom for section in SECTIONS for nom in reponses_de(section))
    assert set(comptees.values()) == {1}
    assert set(SECTION_DE) == set(comptees) == {*CHAMPS, *LISTE_PAR_NOM, *CONTACT}


@pytest.mark.parametrize("section", SECTIONS, ids=code_de)
def test_le_formulaire_suit_l_ordre_du_papier(section: type[Section]) -> None:
    """Les champs, chaque liste à cocher juste après sa rubrique, le contact à la fin."""
    attendus = [
        nom
        for champ in [*(c.name for c in section._meta.local_fields), *(CONTACT if section is SECTIONS[0] else ())]
        for nom in [champ, *(liste.nom for liste in LISTES if liste.apres == champ and not liste.tableaux)]
    ]
    assert list(formulaire_de(section)().fields) == attendus


@pytest.mark.parametrize(
    ("nom", "ancre", "intitule"),
    [
        ("nom", "id_nom", "Nom du projet"),
        ("dalo", "id_dalo_groupe", "Ménages éligibles au DALO"),
        ("dalo_precision", "id_dalo_precision", "Ménages éligibles au DALO : précision"),
        ("bas_loyer", "id_bas_loyer", "Reclassement offre existante en offre à bas loyer"),
        ("cout_global", "id_cout_global_groupe", str(CHAMPS["cout_global"].verbose_name)),
        ("departements", "id_departements_groupe", "Départements concernés"),
        ("organismes", "organismes-porteurs", "Organismes porteurs"),
        ("lignes", "plan", "Plan de financement"),
        ("contact_nom", "id_contact_nom", "Nom et prénom"),
    ],
)
def test_ou_se_repond_et_comment_se_dit(nom: str, ancre: str, intitule: str) -> None:
    assert (ancre_de(nom), intitule_de(nom)) == (ancre, intitule)
