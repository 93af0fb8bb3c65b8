"""Trouver les semblables par les clés gardées au dépôt : exactement ceux que trouverait la relecture de tous les textes.

La relecture, telle qu'elle se faisait, est gardée ici : c'est l'étalon.
"""

from __future__ import annotations

from importlib import import_module
from itertools import count
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from candidatures.coherence.rapprochements import (
    PROCHES,
    _sont_liees,
    depots_du_meme_projet,
    indexer,
    jumelles,
    lies_ou_proches,
    ressemblance,
)
from candidatures.etats import Etat
from candidatures.models import Campagne, Candidature, SuiteDeMots, TexteCompare
from candidatures.models.rapprochement import cle_du_projet, cles_des_suites
from comptes.models import Organisme
from territoires.models import cle_de_nom
from tests.fabriques import deposer, relire, un_bailleur, un_brouillon, un_organisme, une_campagne
from tests.lignes_lues import LignesLues

pytestmark = pytest.mark.django_db
EXEMPLES = 150
Trouvees = tuple[list[int], list[int]]
"""Les dépôts du même projet, puis les jumelles ; des clés, dans l'ordre."""


# --- L'étalon : tout relire ------------------------------------------------------------------------------------------------
def etalon(candidature: Candidature) -> Trouvees:
    """Ce que trouve la relecture des textes de la campagne."""
    autres = Candidature.objects.filter(campagne=candidature.campagne_id).exclude(pk=candidature.pk).order_by("pk")
    autres = autres.exclude(Q(etat=Etat.BROUILLON) | Q(etat=Etat.RETIREE))
    siennes, nom = {d.pk for d in candidature.departements.all()}, cle_de_nom(candidature.nom)
    depots, soeurs = [], []
    for autre in autres.prefetch_related("departements"):
        proche = proches(candidature, autre)
        if autre.organisme_id == candidature.organisme_id:
            depots += [autre.pk] if (nom and cle_de_nom(autre.nom) == nom) or proche else []
        elif siennes & {d.pk for d in autre.departements.all()} and proche and not _sont_liees(candidature, autre):
            soeurs.append(autre.pk)
    return depots, soeurs


def proches(une: Candidature, autre: Candidature) -> bool:
    """La moitié des suites de quatre mots du plus court, ou le quart si les projets ont le même nom."""
    a, b = (_suites(f"{c.descriptif}\n{c.methodologie}") for c in (une, autre))
    part = len(a & b) / min(len(a), len(b)) if a and b else 0.0
    return part >= 0.5 or (part >= 0.25 and cle_de_nom(une.nom) == cle_de_nom(autre.nom))


def _suites(texte: str) -> set[tuple[str, ...]]:
    mots = cle_de_nom(texte).split()
    return {tuple(mots[rang : rang + 4]) for rang in range(len(mots) - 3)} if len(mots) >= 30 else set()


def par_cles(candidature: Candidature) -> Trouvees:
    """Ce que trouvent les clés."""
    return [c.pk for c in depots_du_meme_projet(candidature)], [c.pk for c in jumelles(candidature)]


# --- Des dossiers ----------------------------------------------------------------------------------------------------------
_suite = count(1)


def un_dossier(campagne: Campagne, organisme: Organisme, texte: str, **champs: Any) -> Candidature:
    """Un dossier déposé, avec ses clés, sans passer par le circuit ; `departements` : leurs codes."""
    departements, etat = champs.pop("departements", ("77",)), champs.setdefault("etat", Etat.DEPOSEE)
    if etat != Etat.BROUILLON:
        champs |= {"numero": f"X-{next(_suite)}", "deposee_le": timezone.now()}
    dossier = Candidature.objects.create(campagne=campagne, organisme=organisme, methodologie=texte, **champs)
    dossier.departements.set(departements)
    if etat != Etat.BROUILLON:
        indexer([dossier])
    return dossier


def mots(debut: int, nombre: int, prefixe: str = "m") -> str:
    """Des mots tous différents."""
    return " ".join(f"{prefixe}{rang}" for rang in range(debut, debut + nombre))


# --- La propriété ----------------------------------------------------------------------------------------------------------
BLOCS = [mots(rang * 10, 10, "Élan") for rang in range(6)] + [
    "le ménage est accompagné le ménage est accompagné par le bailleur",  # une suite répétée ne compte qu'une fois
    "l’accès aux droits, l’accès au logement ; l’accès",
]
des_textes = st.lists(st.sampled_from(BLOCS) | st.text("ab é", max_size=12), max_size=8).map(" ".join)
des_dossiers = st.fixed_dictionaries(
    {
        "descriptif": st.just("") | des_textes,
        "texte": des_textes,
        "nom": st.sampled_from(["", "!", "Un toit", "UN  TOIT", "Un-toît", "Habiter mieux"]),
        "etat": st.sampled_from([Etat.DEPOSEE, Etat.DEPOSEE, Etat.RETENUE, Etat.RETIREE, Etat.BROUILLON]),
        "departements": st.sampled_from([("77",), ("77", "13"), ("13",), ()]),
        "organisme": st.integers(0, 1),
        "campagne": st.sampled_from([0, 0, 0, 1]),
        "jumelle": st.none() | st.integers(0, 5),
    }
)


@settings(max_examples=EXEMPLES, suppress_health_check=list(HealthCheck))
@given(st.lists(des_dossiers, min_size=2, max_size=6))
def test_les_cles_trouvent_ce_que_trouverait_la_relecture(corpus: list[dict[str, Any]]) -> None:
    with transaction.atomic():
        comparer([dict(dossier) for dossier in corpus])
        transaction.set_rollback(True)


def comparer(corpus: list[dict[str, Any]]) -> None:
    """Ces dossiers, enregistrés, sont chacun comparés aux autres des deux manières."""
    campagnes, organismes = [une_campagne(), une_campagne()], [un_organisme(), un_organisme()]
    faits: list[Candidature] = []
    for dossier in corpus:
        rang = dossier.pop("jumelle")
        mere = faits[rang] if rang is not None and rang < len(faits) else None
        campagne, organisme = campagnes[dossier.pop("campagne")], organismes[dossier.pop("organisme")]
        faits.append(un_dossier(campagne, organisme, dossier.pop("texte"), jumelle_de=mere, **dossier))
    for candidature in Candidature.objects.filter(pk__in=[fait.pk for fait in faits]):
        assert par_cles(candidature) == etalon(candidature)


def test_la_propriete_n_est_pas_vide() -> None:
    """Dans un de ces corpus, l'étalon trouve quelque chose de chaque sorte."""
    campagne, organismes = une_campagne(), [un_organisme(), un_organisme()]
    texte = " ".join(BLOCS[:4])
    un, deux, trois = (un_dossier(campagne, organisme, texte, nom="Un toit") for organisme in (organismes[0], *organismes))
    assert etalon(un) == par_cles(un) == ([deux.pk], [trois.pk])


# --- Les bornes ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("noms", "communes", "attendue"),
    [
        *((("Un", "Deux"), n, n >= 20) for n in (19, 20, 21)),
        *((("Un toit", "UN-TOIT"), n, n >= 10) for n in (9, 10, 11)),
        *((("", "?"), n, n >= 10) for n in (9, 10, 11)),
    ],
)
def test_la_moitie_ou_le_quart_des_suites_du_plus_court(noms: tuple[str, str], communes: int, attendue: bool) -> None:
    """Quarante suites d'un côté, cent de l'autre, `communes` en commun ; juste dessous, dessus, au-delà."""
    campagne = une_campagne()
    court = un_dossier(campagne, un_organisme(), mots(0, 43), nom=noms[0])
    debut = mots(0, communes + 3)
    long = un_dossier(campagne, un_organisme(), f"{debut} {mots(0, 100 - communes, 'autre')}", nom=noms[1])
    assert [TexteCompare.objects.get(pk=c.pk).nombre for c in (court, long)] == [40, 100]
    for une, autre in ((court, long), (long, court)):
        assert par_cles(une) == etalon(une) == ([], [autre.pk] if attendue else [])


@pytest.mark.parametrize("nombre", [29, 30, 31])
def test_un_texte_trop_court_ne_ressemble_a_rien(nombre: int) -> None:
    campagne = une_campagne()
    une, autre = (un_dossier(campagne, un_organisme(), mots(0, nombre), nom="Un toit") for _ in "ab")
    assert par_cles(une) == ([], [autre.pk] if nombre >= 30 else [])


# --- Les clés se gardent au dépôt --------------------------------------------------------------------------------------------
def cles_gardees(candidature: Candidature) -> tuple[int, int, set[int]] | None:
    """La clé du nom, le nombre de suites, leurs clés ; None si rien n'est gardé."""
    garde = TexteCompare.objects.filter(pk=candidature.pk).first()
    siennes = set(SuiteDeMots.objects.filter(texte=candidature.pk).values_list("cle", flat=True))
    return (garde.nom, garde.nombre, siennes) if garde else None


def cles_attendues(candidature: Candidature) -> tuple[int, int, set[int]]:
    """Celles de son texte d'aujourd'hui."""
    cles = cles_des_suites(f"{candidature.descriptif}\n{candidature.methodologie}")
    return cle_du_projet(candidature.nom), len(cles), cles


class TestAuDepot:
    def test_un_brouillon_n_en_a_pas_un_depose_les_a(self) -> None:
        brouillon = un_brouillon(methodologie=mots(0, 60))
        assert cles_gardees(brouillon) is None
        deposer(brouillon, un_bailleur(brouillon.organisme), timezone.now())
        deposee = Candidature.objects.get(pk=brouillon.pk)
        assert cles_gardees(deposee) == cles_attendues(deposee)
        assert len(cles_attendues(deposee)[2]) >= 57

    def test_les_constats_figes_disent_les_semblables(self) -> None:
        """Figés au dépôt même : ses clés sont déjà gardées quand ils se cherchent."""
        campagne, organisme, texte = une_campagne(), un_organisme(), mots(0, 60)
        un_dossier(campagne, organisme, texte, nom="Un toit")
        un_dossier(campagne, un_organisme(), texte, nom="Ailleurs")
        brouillon = un_brouillon(campagne, organisme, nom="Un autre nom", methodologie=texte, descriptif="Court.")
        deposer(brouillon, un_bailleur(organisme), timezone.now())
        figes = Candidature.objects.get(pk=brouillon.pk).versions.get().constats
        assert {"depose_deux_fois", "fiche_jumelle"} <= {constat["code"] for constat in figes}

    def test_repris_et_depose_de_nouveau_il_a_celles_de_son_texte_neuf(self) -> None:
        deposee = un_dossier(une_campagne(), un_organisme(), mots(0, 60), nom="Un toit")
        Candidature.objects.filter(pk=deposee.pk).update(nom="Un autre", methodologie=mots(500, 40), descriptif=mots(0, 5))
        corrigee = Candidature.objects.get(pk=deposee.pk)
        indexer([corrigee])
        assert cles_gardees(corrigee) == cles_attendues(corrigee)

    def test_indexer_deux_fois_ou_un_texte_court_ne_change_rien(self) -> None:
        deposee = un_dossier(une_campagne(), un_organisme(), "Court.", nom="Un toit")
        indexer([deposee])
        assert cles_gardees(deposee) == (cle_du_projet("un TOIT"), 0, set())

    def test_un_brouillon_se_supprime_avec_ou_sans_cles(self) -> None:
        dossier = un_dossier(une_campagne(), un_organisme(), mots(0, 60))
        dossier.delete()
        assert not SuiteDeMots.objects.exists()
        assert not TexteCompare.objects.exists()


def test_la_migration_donne_leurs_cles_aux_dossiers_deja_deposes() -> None:
    campagne = une_campagne()
    dossiers = [un_dossier(campagne, un_organisme(), texte, nom="Un toit") for texte in (mots(0, 60), "Court.", BLOCS[6] * 9)]
    brouillon = un_dossier(campagne, un_organisme(), mots(0, 60), etat=Etat.BROUILLON)
    attendues = [cles_gardees(dossier) for dossier in dossiers]
    TexteCompare.objects.all().delete()
    import_module("candidatures.migrations.0006_textes_compares").indexer(apps, None)
    assert [cles_gardees(dossier) for dossier in dossiers] == attendues
    assert cles_gardees(brouillon) is None


# --- Ce qui est lu -----------------------------------------------------------------------------------------------------------
def test_on_ne_lit_que_les_semblables() -> None:
    """Une requête par question, comme avant ; parmi vingt dossiers du même lieu, une seule ligne chacune."""
    campagne, organisme = une_campagne(), un_organisme()
    for rang in range(20):
        un_dossier(campagne, organisme if rang % 2 else un_organisme(), mots(rang * 100, 60), nom=f"Projet {rang}")
    un, deux, trois = (un_dossier(campagne, o, mots(9_000, 60), nom="Un toit") for o in (organisme, organisme, un_organisme()))
    un = Candidature.objects.prefetch_related("departements").get(pk=un.pk)
    with LignesLues() as lues, CaptureQueriesContext(connection) as requetes:
        assert par_cles(un) == ([deux.pk], [trois.pk])
    assert len(requetes) == 2
    assert [requete.lignes for requete in lues.requetes] == [1, 1]


# --- Y a-t-il lieu de chercher ? -----------------------------------------------------------------------------------------------
def deux_dossiers(part: int, noms: tuple[str, str] = ("Le projet A", "Le projet B")) -> list[Candidature]:
    """Deux dossiers de deux organismes, de cent suites de mots, dont `part` - 3 en commun."""
    campagne = une_campagne()
    textes = (mots(0, 103), f"{mots(0, part)} {mots(0, 103 - part, 'autre')}")
    return [un_dossier(campagne, un_organisme(), texte, nom=nom) for texte, nom in zip(textes, noms, strict=True)]


def test_d_un_dossier_seul_rien_n_est_cherche(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    une, autre = deux_dossiers(0)
    with django_assert_num_queries(2):
        assert [lies_ou_proches(c) for c in (une, autre)] == [(False, False)] * 2


def test_un_lien_se_sait_des_deux_cotes() -> None:
    fille, mere = deux_dossiers(0)
    Candidature.objects.filter(pk=fille.pk).update(jumelle_de=mere)
    assert [lies_ou_proches(relire(c)) for c in (fille, mere)] == [(True, False)] * 2


@pytest.mark.parametrize("part", [0, 10, 27, 28, 29, 40, 52, 53, 54, 103])
def test_ce_qui_se_ressemble_est_toujours_annonce(part: int) -> None:
    """À un quart de suites communes tout juste (28), un peu moins, un peu plus : jamais un rapprochement que l'annonce aurait tu."""
    une, autre = deux_dossiers(part)
    assert [lies_ou_proches(c)[1] for c in (une, autre)] == [ressemblance(une, autre) >= PROCHES] * 2
    assert lies_ou_proches(une)[1] or not any(par_cles(une))


def test_un_meme_nom_est_annonce() -> None:
    une, autre = deux_dossiers(0, ("Le projet", "LE PROJET !"))
    assert [lies_ou_proches(c)[1] for c in (une, autre)] == [True, True]
