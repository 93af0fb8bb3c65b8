"""Les constats : attendus sur les fiches, levés par la campagne, exigés au dépôt, figés avec la version, sans jamais échouer."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from candidatures import verrou
from candidatures.circuit import PASSAGES, raisons
from candidatures.circuit.franchir import franchir
from candidatures.coherence import AUCUN, CONTROLES, EXIGEES, JUSTIFICATIONS, PERSONNELLES, Niveau, constats
from candidatures.echange.lire import lire_fiche
from candidatures.imports.charger import charger
from candidatures.models import Annexe, Campagne, Candidature, Justification, LigneDuPlan, TypeDAnnexe
from candidatures.sections import CHAMPS, TEXTES
from tests.candidatures.coherence.fiche_saine import CAMPAGNE, PLAN, codes, le_constat, une_fiche
from tests.exemples import fiches_inventees
from tests.exemples.constats_attendus import ATTENDUS
from tests.exemples.vraies import fiches_vraies
from tests.fabriques import un_bailleur, un_organisme, une_campagne, une_personne
from tests.strategies import des_reponses, un_montant

pytestmark = pytest.mark.django_db
FICHES = fiches_inventees() | fiches_vraies()
TROP_COURT: dict[str, Any] = {"plan": (*PLAN[:2], ("r", "appel_a_projets", 60_000, None), ("r", "porteur", 57_000, None))}
PHRASE = "Il manque 3\xa0000\xa0€ de ressources : 120\xa0000\xa0€ de dépenses, 117\xa0000\xa0€ de ressources."
LISTES = {"lignes", "departements", "organismes", "pieces"}


class TestFiches:
    @pytest.mark.parametrize("nom", FICHES)
    def test_les_constats_sont_ceux_qu_on_a_relus(self, nom: str) -> None:
        trouves = constats(_chargee(FICHES[nom]))
        assert [(c.code, c.niveau.value, c.rubriques) for c in trouves] == [attendu[:3] for attendu in ATTENDUS[nom]]
        for constat, (*_, dit) in zip(trouves, ATTENDUS[nom], strict=True):
            assert _serre(dit) in _serre(constat.phrase)

    def test_toutes_les_fiches_sont_relues(self) -> None:
        assert set(FICHES) <= set(ATTENDUS)


def _serre(texte: str) -> str:
    return texte.replace("\xa0", " ")


def _chargee(fiche: dict[str, Any]) -> Candidature:
    sans_avis = {cle: valeur for cle, valeur in fiche.items() if not cle.startswith("avis_")}
    organisme = un_organisme()
    par = un_bailleur(organisme)
    chargee = charger(lire_fiche(sans_avis), une_campagne(**CAMPAGNE), organisme, par=par, maintenant=timezone.now())
    return Candidature.objects.pour_lecture().get(pk=chargee.pk)


EXIGENTE = {"niveaux": {JUSTIFICATIONS: EXIGEES}}


class TestTable:
    def test_les_codes_sont_uniques_et_les_libelles_dits(self) -> None:
        assert len({controle.code for controle in CONTROLES}) == len(CONTROLES)
        assert all(controle.libelle[0].isupper() and not controle.libelle.endswith(".") for controle in CONTROLES)

    def test_un_seul_controle_bloque_d_habitude(self) -> None:
        """Les vraies fiches montrent tout le reste : rien de courant n'interdit de déposer."""
        assert [c.code for c in CONTROLES if c.niveau == Niveau.BLOQUANT] == ["duree_bornes"]

    @pytest.mark.parametrize("niveau", Niveau)
    def test_la_campagne_choisit_le_niveau(self, niveau: Niveau) -> None:
        fiche = une_fiche(**TROP_COURT, campagne={"niveaux": {"ressources_depenses": niveau.value}})
        assert [(c.code, c.niveau) for c in constats(fiche)] == [("ressources_depenses", niveau)]

    def test_la_campagne_tait_un_controle(self) -> None:
        assert codes(une_fiche(**TROP_COURT, campagne={"niveaux": {"ressources_depenses": AUCUN}})) == []

    @pytest.mark.parametrize("niveau", ["", "inconnu", None, 3])
    def test_un_niveau_inconnu_vaut_l_habituel(self, niveau: Any) -> None:
        fiche = une_fiche(**TROP_COURT, campagne={"niveaux": {"ressources_depenses": niveau}})
        assert [c.niveau for c in constats(fiche)] == [Niveau.A_JUSTIFIER]

    def test_le_rappel_des_donnees_personnelles_ne_bloque_jamais(self) -> None:
        fiche = une_fiche(descriptif="Mme Benali", campagne={"niveaux": {PERSONNELLES: "bloquant"}})
        assert [c.niveau for c in constats(fiche)] == [Niveau.INFORMATION]


class TestDepot:
    def test_sans_justification_le_depot_reste_possible_par_defaut(self) -> None:
        """Formulaire, « Ce qui est exigé » : c'est la campagne qui rend un contrôle bloquant, jamais nous."""
        assert _raisons(une_fiche(**TROP_COURT)) == []

    def test_exigee_un_constat_a_justifier_refuse_avec_sa_phrase(self) -> None:
        fiche = une_fiche(**TROP_COURT, campagne=EXIGENTE)
        (raison,) = _raisons(fiche)
        assert raison.startswith("À corriger ou à justifier avant de déposer : " + PHRASE)
        with pytest.raises(verrou.Refus) as refus:
            _deposer(fiche)
        assert refus.value.raisons == [raison]

    @pytest.mark.parametrize(("texte", "suffit"), [("Le conseil vote en juin.", True), ("", False), (" \n …… ", False)])
    def test_une_justification_ecrite_ouvre_le_depot(self, texte: str, suffit: bool) -> None:
        fiche = une_fiche(**TROP_COURT, campagne=EXIGENTE)
        Justification.objects.create(
            candidature=fiche, controle="ressources_depenses", texte=texte, par=une_personne(), le=timezone.now()
        )
        assert (_raisons(fiche) == []) is suffit

    def test_la_justification_d_un_autre_constat_ne_suffit_pas(self) -> None:
        fiche = une_fiche(**TROP_COURT, campagne=EXIGENTE)
        Justification.objects.create(
            candidature=fiche, controle="aide_taux", texte="Autre chose.", par=une_personne(), le=timezone.now()
        )
        assert len(_raisons(fiche)) == 1

    def test_un_constat_bloquant_ne_se_justifie_pas(self) -> None:
        fiche = une_fiche(**TROP_COURT, campagne={"niveaux": {"ressources_depenses": "bloquant"}})
        Justification.objects.create(
            candidature=fiche, controle="ressources_depenses", texte="Si.", par=une_personne(), le=timezone.now()
        )
        (raison,) = _raisons(fiche)
        assert raison.startswith(PHRASE)

    def test_une_information_laisse_deposer(self) -> None:
        fiche = une_fiche(nombre_logements=12, nombre_logements_precision="")
        assert codes(fiche) == ["menages_et_logements"]
        assert _raisons(fiche) == []

    def test_la_version_fige_les_constats_et_les_justifications(self) -> None:
        fiche = une_fiche(
            **TROP_COURT, nombre_logements=12, nombre_logements_precision="", methodologie="Mme Benali, 06 12 34 56 78"
        )
        Justification.objects.create(
            candidature=fiche, controle="ressources_depenses", texte="En juin.", par=une_personne(), le=timezone.now()
        )
        _deposer(fiche)
        version = Candidature.objects.get(pk=fiche.pk).version
        assert version is not None
        menages, ressources = version.constats
        assert (menages["code"], menages["niveau"], menages["justification"]) == ("menages_et_logements", "information", "")
        assert ressources == {
            "code": "ressources_depenses",
            "niveau": "a_justifier",
            "phrase": PHRASE + " Corrigez le plan, ou dites d'où viendra la différence.",
            "rubriques": ["lignes"],
            "chiffres": {"Dépenses": "120\xa0000\xa0€", "Ressources": "117\xa0000\xa0€", "Écart": "3\xa0000\xa0€"},
            "justification": "En juin.",
        }
        assert PERSONNELLES not in str(version.constats)


def _maintenant(fiche: Candidature) -> datetime:
    return fiche.campagne.cloture


def _raisons(fiche: Candidature) -> list[str]:
    relue = Candidature.objects.pour_lecture().get(pk=fiche.pk)
    return raisons(PASSAGES["deposer"], relue, _maintenant(relue))


def _deposer(fiche: Candidature) -> None:
    franchir(fiche, PASSAGES["deposer"], par=un_bailleur(fiche.organisme), maintenant=_maintenant(fiche))


class TestAnnexe:
    """Une annexe jointe, quelle qu'elle soit, répond à une annexe annoncée ; une annexe écartée, non."""

    @pytest.mark.parametrize(
        ("etat", "reste"), [(Annexe.Etat.SAINE, False), (Annexe.Etat.EN_ANALYSE, False), (Annexe.Etat.INFECTEE, True)]
    )
    def test_selon_l_annexe(self, etat: Annexe.Etat, reste: bool) -> None:
        fiche = une_fiche(montage_financier="Cf rapport ci-joint")
        type_ = TypeDAnnexe.objects.create(campagne=fiche.campagne, libelle="Rapport de l'essai")
        Annexe.objects.create(
            candidature=fiche, type=type_, nom="r.pdf", genre="pdf", taille=1, sha256="0" * 64, etat=etat,
            jointe_par=une_personne(), jointe_le=timezone.now(),
        )  # fmt: skip
        relue = Candidature.objects.pour_lecture().get(pk=fiche.pk)
        assert (le_constat(relue, "annexe_annoncee") is not None) is reste


class TestTenue:
    def test_aucune_requete_hors_des_rapprochements(self, django_assert_num_queries: DjangoAssertNumQueries) -> None:
        """Deux : les dossiers du même organisme, ceux des voisins."""
        long = " ".join(f"mot{rang}" for rang in range(60))
        fiche = une_fiche(methodologie=long)
        with django_assert_num_queries(2):
            constats(fiche)

    def test_une_fiche_vide_ne_dit_rien(self) -> None:
        assert constats(_en_memoire({}, [])) == []

    @settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
    @given(st.data())
    def test_aucune_fiche_ne_fait_echouer(self, data: st.DataObject) -> None:
        """Toute réponse permise, tout plan, toute campagne : des constats, jamais une erreur."""
        fiche = _en_memoire(data.draw(des_reponses()), data.draw(st.lists(une_ligne(), max_size=6)))
        fiche.campagne.plafond, fiche.campagne.taux_maximum = (
            data.draw(st.none() | un_montant()),
            data.draw(st.none() | un_montant(100)),
        )
        for constat in constats(fiche):
            assert constat.phrase.endswith(".")
            assert {nom for nom in constat.rubriques if nom not in LISTES} <= set(CHAMPS)

    def test_la_plus_longue_des_fiches_se_controle_vite(self) -> None:
        texte = ("Le ménage, joint par téléphone, signe 12 mois ; cf. note. M. le Préfet. " * 300)[:20_000]
        fiche = _en_memoire({champ.name: texte[: getattr(champ, "maximum", 300)] for champ in TEXTES}, [])
        debut = time.process_time()
        constats(fiche)
        assert time.process_time() - debut < 2


def _en_memoire(reponses: dict[str, Any], lignes: list[LigneDuPlan]) -> Candidature:
    """Une candidature jamais écrite, ses listes préchargées."""
    fiche = Candidature(pk=1, campagne=Campagne(pk=1), organisme_id=1, **reponses)
    listes: dict[str, list[Any]] = {"lignes": lignes, "departements": [], "organismes": [], "annexes": [], "justifications": []}
    vars(fiche)["_prefetched_objects_cache"] = {nom: _Liste(objets) for nom, objets in listes.items()}
    return fiche


class _Liste(list[Any]):
    """Ce qu'un gestionnaire rend d'une liste préchargée."""

    def all(self) -> list[Any]:
        return self


def une_ligne() -> st.SearchStrategy[LigneDuPlan]:
    """Une ligne du plan, complète ou non."""
    return st.builds(
        LigneDuPlan,
        nature=st.sampled_from(LigneDuPlan.Nature.values),
        financeur=st.sampled_from(["", *LigneDuPlan.Financeur.values]),
        libelle=st.sampled_from(["", "Volet"]),
        montant=st.none() | un_montant(),
        part=st.none() | un_montant(100),
    )
