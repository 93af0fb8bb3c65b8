"""Lire une candidature : le document se gèle et se relit ; une fois déposée, elle ne change plus."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from avis.models import AvisDepartemental, AvisRegional
from candidatures.circuit import PASSAGES
from candidatures.circuit.franchir import franchir
from candidatures.fiche import SECTIONS
from candidatures.lecture.composition import document_de, document_vivant
from candidatures.lecture.document import (
    BlocAvis,
    CaseLue,
    Document,
    Rubrique,
    SectionAvis,
    SectionLue,
    Tableau,
    depuis_json,
    en_json,
)
from candidatures.models import Candidature, LigneDuPlan, Version
from candidatures.sections import CHAMPS, rubriques_de
from tests.fabriques import relire, un_bailleur, un_brouillon, une_campagne, une_candidature
from tests.strategies import un_texte

MOTS = un_texte(12)


def listes(element: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(element, max_size=2).map(tuple)


des_cases = listes(st.builds(CaseLue, MOTS, st.booleans()))
des_tableaux = st.builds(Tableau, MOTS, listes(MOTS), listes(listes(MOTS)), listes(listes(MOTS)), listes(st.integers(0, 5)))
des_rubriques = st.builds(Rubrique, MOTS, MOTS, MOTS, MOTS, des_cases, MOTS, MOTS, MOTS, listes(des_tableaux))
des_documents = st.builds(
    Document,
    titre=MOTS,
    entete=listes(MOTS),
    numero=MOTS,
    nom=MOTS,
    brouillon=st.booleans(),
    mention=MOTS,
    sections=listes(st.builds(SectionLue, MOTS, MOTS, MOTS, listes(des_rubriques))),
    avis=listes(
        st.builds(SectionAvis, MOTS, st.booleans(), listes(st.builds(BlocAvis, MOTS, MOTS, MOTS, listes(des_rubriques))))
    ),
    organismes=des_tableaux,
)


@given(des_documents)
def test_un_document_gele_se_relit_a_l_identique(document: Document) -> None:
    assert depuis_json(json.loads(json.dumps(en_json(document)))) == document


def rubriques(document: Document) -> dict[str, Rubrique]:
    return {rubrique.code: rubrique for section in document.sections for rubrique in section.rubriques}


@pytest.mark.django_db
class TestDocument:
    def test_les_trente_trois_rubriques_numerotees_dans_l_ordre(self) -> None:
        document = document_vivant(un_brouillon())
        assert [r.numero for r in rubriques(document).values()] == [str(n) for n in range(1, 34)]
        assert [s.titre for s in document.sections] == ["", *(str(s._meta.verbose_name) for s in SECTIONS[1:])]
        attendus = [c.name for s in SECTIONS for c in rubriques_de(s) if c.name != "gestion_locative"]
        assert list(rubriques(document)) == attendus

    def test_chaque_intitule_est_celui_de_la_declaration(self) -> None:
        for code, rubrique in rubriques(document_vivant(un_brouillon())).items():
            if code != "montage_financier":  # le titre de la section en tient lieu
                assert (rubrique.intitule, rubrique.consigne) == (CHAMPS[code].verbose_name, CHAMPS[code].help_text)

    @pytest.mark.parametrize(
        ("code", "valeurs", "cochees"),
        [
            ("dalo", {"dalo": True}, ["oui"]),
            ("dalo", {"dalo": False}, ["non"]),
            ("dalo", {"dalo": None}, []),
            ("offre_nouvelle", {"offre_nouvelle": True}, [""]),
            ("offre_nouvelle", {"offre_nouvelle": False}, []),
            ("offre_nouvelle", {"offre_nouvelle": None}, []),
            ("complementarite_gestion", {"gestion_locative": "adaptee"}, ["adaptée"]),
            ("complementarite_gestion", {"gestion_locative": ""}, []),
        ],
    )
    def test_seules_les_cases_repondues_sont_cochees(self, code: str, valeurs: dict[str, Any], cochees: list[str]) -> None:
        cases = rubriques(document_vivant(un_brouillon(**valeurs)))[code].cases
        assert [case.libelle for case in cases if case.cochee] == cochees
        assert len(cases) == (1 if code == "offre_nouvelle" else 2)

    def test_les_reponses_et_leurs_precisions(self) -> None:
        lues = rubriques(document_vivant(un_brouillon(nombre_menages=1200, nombre_menages_precision="sur deux ans")))
        assert (lues["nombre_menages"].valeur, lues["nombre_menages"].precision) == ("1200", "sur deux ans")
        assert lues["duree_mois"].valeur == "24 mois"
        assert lues["cout_global"].valeur.replace("\u00a0", " ") == "de 1 500 à 1 750,50 € par ménage et par an"
        assert lues["descriptif"].texte.endswith("- un premier point\n- un second")

    def test_le_plan_en_deux_tableaux_totalises(self) -> None:
        depenses, ressources = rubriques(document_vivant(un_brouillon()))["cofinancements"].tableaux
        assert [cellule.replace("\u00a0", " ") for cellule in ressources.pied[0]] == ["Total", "", "42 000 €", "", ""]
        assert (len(depenses.lignes), len(ressources.lignes)) == (1, 2)
        for tableau in (depenses, ressources):
            assert {len(ligne) for ligne in (*tableau.lignes, *tableau.pied)} == {len(tableau.colonnes)}

    def test_le_financeur_et_l_etat_d_une_depense_se_lisent_quand_une_fiche_les_donne(self) -> None:
        brouillon = un_brouillon()
        brouillon.lignes.filter(nature="depense").update(financeur="porteur", etat="acquis")
        depenses, ressources = rubriques(document_vivant(brouillon))["cofinancements"].tableaux
        assert depenses.colonnes == ressources.colonnes
        assert (depenses.lignes[0][0], depenses.lignes[0][-1]) == ("Porteur du projet", "acquis")

    def test_une_fiche_vide_garde_tous_ses_intitules(self) -> None:
        document = document_vivant(un_brouillon(complet=False, nom=""))
        assert (document.nom, document.brouillon, document.numero[:2]) == ("Projet sans nom", True, "B-")
        assert len(rubriques(document)) == 33
        assert all(rubrique.est_vide for rubrique in rubriques(document).values())

    def test_un_bloc_d_avis_par_departement_puis_par_region(self) -> None:
        departemental, regional = document_de(un_brouillon(departements=["77", "75", "59"])).avis
        assert [bloc.territoire for bloc in departemental.blocs] == ["Nord (59)", "Paris (75)", "Seine-et-Marne (77)"]
        assert sorted(bloc.territoire for bloc in regional.blocs) == ["Hauts-de-France", "Île-de-France"]
        assert (departemental.regional, regional.regional) == (False, True)
        assert [r.code for r in departemental.blocs[0].rubriques] == [
            *("champ_libre", "pertinence", "reproductibilite", "conditions")
        ]
        assert [c.libelle for c in regional.blocs[0].rubriques[0].cases] == ["Favorable", "Défavorable"]

    def test_sans_departement_les_avis_restent_imprimes_vides(self) -> None:
        departemental, regional = document_de(un_brouillon(complet=False)).avis
        assert [bloc.territoire for bloc in (*departemental.blocs, *regional.blocs)] == ["", ""]

    def test_un_avis_rendu_se_lit_a_sa_place_si_on_le_donne(self) -> None:
        deposee = une_candidature(departements=["77", "13"])
        rendu = datetime(2026, 10, 5, 15, 30, tzinfo=ZoneInfo("Europe/Paris"))
        avis = AvisDepartemental(
            candidature=deposee, departement_id="77", reproductibilite="fort", conditions="Aucune", rendu_le=rendu
        )
        regional = AvisRegional(candidature=deposee, region_id="11", sens="favorable")
        montrees = document_de(deposee, {"avis_departementaux": [avis], "avis_regionaux": [regional]}).avis
        treize, soixante_dix_sept = montrees[0].blocs
        assert all(r.est_vide for r in treize.rubriques)
        assert [c.libelle for c in soixante_dix_sept.rubriques[2].cases if c.cochee] == ["Fort"]
        assert soixante_dix_sept.rendu_le.startswith("lundi 5 octobre 2026 à 15")
        assert ["Favorable"] in [[c.libelle for c in b.rubriques[0].cases if c.cochee] for b in montrees[1].blocs]
        assert all(r.est_vide for bloc in document_de(deposee).avis[0].blocs for r in bloc.rubriques)


@pytest.mark.django_db
class TestVersionFigee:
    def test_deposee_elle_se_lit_avec_les_mots_d_alors(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Le formulaire peut changer d'intitulés, de consignes et de réponses possibles : ce qui est déposé reste."""
        deposee = une_candidature()
        avant = document_de(deposee)
        monkeypatch.setattr(CHAMPS["nom"], "verbose_name", "Intitulé de demain")
        monkeypatch.setattr(Candidature._meta.get_field("nom"), "verbose_name", "Intitulé de demain")
        monkeypatch.setattr(SECTIONS[1]._meta, "verbose_name", "SectionLue de demain")
        assert document_de(relire(deposee)) == avant
        assert rubriques(avant)["nom"].intitule == "Nom du projet"
        assert rubriques(document_vivant(relire(deposee)))["nom"].intitule == "Intitulé de demain"

    def test_deposee_elle_ne_lit_plus_ses_lignes(self) -> None:
        deposee = une_candidature(campagne=une_campagne(code="2026"))
        avant = document_de(deposee)
        Candidature.objects.filter(pk=deposee.pk).update(nom="changé en base", duree_mois=1)
        LigneDuPlan.objects.update(montant=Decimal(1))
        assert document_de(relire(deposee)) == avant
        assert (avant.numero, avant.brouillon) == ("2026-77-001", False)
        assert avant.mention.startswith("Déposée le ")

    def test_la_version_figee_est_celle_que_montrait_la_relecture(self) -> None:
        brouillon = un_brouillon()
        relue = document_de(brouillon)
        par = un_bailleur(brouillon.organisme)
        franchir(brouillon, PASSAGES["deposer"], par=par, maintenant=brouillon.campagne.cloture)
        figee = depuis_json(Version.objects.get(candidature=brouillon).document)
        assert figee.sections == relue.sections
        assert figee.organismes == relue.organismes
        assert figee.avis == ()

    @pytest.mark.parametrize("departements", [["77"], ["77", "13", "974"]])
    @pytest.mark.parametrize("fabrique", [un_brouillon, une_candidature])
    def test_lire_demande_toujours_autant_de_requetes(
        self,
        departements: list[str],
        fabrique: Callable[..., Candidature],
        django_assert_num_queries: DjangoAssertNumQueries,
    ) -> None:
        pk = fabrique(departements=departements).pk
        # Candidature, départements, organismes, lignes, justifications, annexes, version.
        with django_assert_num_queries(7):
            document_de(Candidature.objects.pour_lecture().get(pk=pk))
