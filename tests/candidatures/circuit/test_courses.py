"""Les courses : chaque verrou a son témoin, où on l'ôte et où la course se voit (G2, F-11, F-12).

Sur PostgreSQL seulement : SQLite met de lui-même les écritures l'une derrière l'autre.
"""

from __future__ import annotations

from collections import Counter
from functools import partial

import pytest
from django.db import DatabaseError, IntegrityError
from django.utils import timezone

from candidatures.circuit import PASSAGES
from candidatures.circuit.franchir import DejaFranchi, franchir
from candidatures.models import Candidature, Evenement, Version
from candidatures.saisie import actions
from candidatures.verrou import PlusModifiable
from comptes.models import Utilisateur
from hlm_projets import composees
from hlm_projets.models import Courriel
from tests.courses import VERROUS, ensemble, pendant
from tests.fabriques import relire, un_bailleur, un_brouillon, un_organisme, une_campagne

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

DEPOSER = PASSAGES["deposer"]


def deposer(candidature: Candidature, par: Utilisateur) -> Evenement:
    personne = Utilisateur.objects.get(pk=par.pk)
    return franchir(candidature, DEPOSER, par=personne, maintenant=timezone.now())


@VERROUS
def test_cinquante_clics_un_seul_depot(verrou: bool) -> None:
    """Un évènement, une version, un numéro, les reçus d'un seul dépôt ; tous les autres apprennent lequel."""
    brouillon = un_brouillon()
    par = un_bailleur(brouillon.organisme)
    resultats = ensemble([partial(deposer, brouillon, par)] * (50 if verrou else 8), verrou=verrou)
    depots = [resultat for resultat in resultats if isinstance(resultat, Evenement)]
    if not verrou:
        assert len(depots) > 1, "sans verrou, la course doit se voir"
        return
    assert Counter(type(resultat) for resultat in resultats) == {Evenement: 1, DejaFranchi: 49}
    assert {deja.evenement for deja in resultats if isinstance(deja, DejaFranchi)} == set(depots)
    assert Evenement.objects.filter(acte="deposer").count() == Version.objects.count() == 1
    assert Courriel.objects.count() == brouillon.organisme.habilitations.count()
    assert relire(brouillon).numero == f"{brouillon.campagne.code}-77-001"


@VERROUS
def test_des_depots_simultanes_ont_chacun_leur_numero(verrou: bool) -> None:
    """Sans verrou, tous lisent le même compteur, et la base refuse les numéros en double."""
    campagne, organisme = une_campagne(code="2026"), un_organisme()
    par = un_bailleur(organisme)
    brouillons = [un_brouillon(campagne, organisme, par=par) for _ in range(12)]
    if not verrou:
        deposer(un_brouillon(campagne, organisme, par=par), par)  # le compteur est là : il ne reste qu'à l'avancer
    resultats = ensemble((partial(deposer, brouillon, par) for brouillon in brouillons), verrou=verrou)
    if not verrou:
        assert Counter(type(r) for r in resultats) == {Evenement: 1, IntegrityError: 11}, "la course doit se voir"
        return
    assert [r for r in resultats if not isinstance(r, Evenement)] == []
    assert sorted(relire(b).numero or "" for b in brouillons) == [f"2026-77-{n:03d}" for n in range(1, 13)]


@VERROUS
def test_une_saisie_pendant_le_depot_est_refusee(verrou: bool) -> None:
    """F-12 : la saisie arrive entre le contrôle du dépôt et son écriture ; jamais à moitié.

    Sans verrou, elle s'écrit dans une candidature dont la version figée l'ignore.
    """
    brouillon = un_brouillon(nom="avant")
    par = un_bailleur(brouillon.organisme)

    def saisir() -> object:
        return actions.enregistrer(brouillon, {"nom": "pendant"}, par=Utilisateur.objects.get(pk=par.pk))

    depot, saisie = pendant(partial(deposer, brouillon, par), saisir, verrou=verrou)
    assert isinstance(depot, Evenement)
    assert Version.objects.get().fiche["nom"] == "avant"
    if verrou:
        assert isinstance(saisie, PlusModifiable)
        assert relire(brouillon).nom == "avant"
    else:
        assert isinstance(saisie, Candidature)
        assert relire(brouillon).nom == "pendant", "sans verrou, la course doit se voir"


@VERROUS
def test_une_saisie_arrivee_avant_le_depot_y_est(verrou: bool) -> None:
    """L'autre moitié de F-12 : qui tient le verrou le premier a raison, tout entier ; sans lui, la version n'est pas la base."""
    brouillon = un_brouillon(nom="avant", descriptif="avant")
    par = un_bailleur(brouillon.organisme)

    def saisir() -> object:
        return actions.enregistrer(brouillon, {"nom": "après", "descriptif": "après"}, par=Utilisateur.objects.get(pk=par.pk))

    depot, saisie = ensemble([partial(deposer, brouillon, par), saisir], verrou=verrou)
    assert isinstance(depot, Evenement)
    figee, lue = Version.objects.get().fiche, relire(brouillon)
    if not verrou:
        assert isinstance(saisie, Candidature)
        assert (figee["nom"], lue.nom) == ("avant", "après"), "sans verrou, la course doit se voir"
        return
    attendu = "avant" if isinstance(saisie, PlusModifiable) else "après"
    assert (figee["nom"], figee["descriptif"], lue.nom, lue.descriptif) == (attendu,) * 4


@pytest.mark.parametrize("garde", [True, False], ids=["avec le verrou", "témoin sans verrou, la fiche récrite entière"])
def test_deux_saisies_de_champs_differents_restent_toutes_deux(garde: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Le verrou, et n'écrire que ce qui change, gardent chacun les autres colonnes ; sans l'un ni l'autre, une seule saisie reste."""
    if not garde:
        monkeypatch.setattr(composees, "enregistrer", lambda fiche, noms: fiche.save())
    brouillon = un_brouillon(complet=False)
    par = un_bailleur(brouillon.organisme)

    def saisir(nom: str) -> object:
        return actions.enregistrer(relire(brouillon), {nom: "écrit"}, par=Utilisateur.objects.get(pk=par.pk))

    noms = ["localisation", "porteurs", "descriptif", "methodologie", "partenaires", "cofinancements"]
    ensemble((partial(saisir, nom) for nom in noms), verrou=garde)
    lue = relire(brouillon)
    ecrits = [getattr(lue, nom) for nom in noms].count("écrit")
    assert ecrits == (len(noms) if garde else 1), "sans garde, la course doit se voir"


def supprimer(brouillon: Candidature, par: Utilisateur) -> None:
    actions.supprimer(brouillon, par=Utilisateur.objects.get(pk=par.pk), maintenant=timezone.now())


@VERROUS
def test_une_suppression_pendant_le_depot_est_refusee(verrou: bool) -> None:
    """Sans verrou, le dépôt écrit dans une ligne qui n'est plus, et la personne ne lit qu'une panne."""
    brouillon = un_brouillon()
    par = un_bailleur(brouillon.organisme)
    depot, suppression = pendant(partial(deposer, brouillon, par), partial(supprimer, brouillon, par), verrou=verrou)
    if not verrou:
        assert suppression is None
        assert isinstance(depot, DatabaseError), "sans verrou, la course doit se voir"
        return
    assert isinstance(depot, Evenement)
    assert isinstance(suppression, PlusModifiable)
    assert relire(brouillon).etat == "deposee"


@VERROUS
def test_un_depot_pendant_la_suppression_est_refuse(verrou: bool) -> None:
    """Sans verrou, il est accepté, et la suppression s'en prend à un dossier déposé."""
    brouillon = un_brouillon()
    par = un_bailleur(brouillon.organisme)
    suppression, depot = pendant(partial(supprimer, brouillon, par), partial(deposer, brouillon, par), verrou=verrou)
    if not verrou:
        assert isinstance(depot, Evenement), "sans verrou, la course doit se voir"
        return
    assert isinstance(depot, PlusModifiable)
    assert (suppression, Version.objects.count(), Courriel.objects.count()) == (None, 0, 0)
