"""« Claire Martin remplit la section Accompagnement » : vraie moins de 45 secondes, oubliée en une heure."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from candidatures import taches
from candidatures.models import Presence
from candidatures.partages import actions as partages
from candidatures.plusieurs_mains import presence
from tests.fabriques import partager, un_brouillon, un_invite, une_personne

pytestmark = pytest.mark.django_db


def test_les_autres_sont_dits_avec_leur_section() -> None:
    brouillon, instant = un_brouillon(), timezone.now()
    claire, bruno, moi = (
        une_personne(prenom, nom) for prenom, nom in (("Claire", "Martin"), ("Bruno", "Petit"), ("Moi", "Même"))
    )
    presence.signaler(brouillon, claire, "accompagnement", instant)
    presence.signaler(brouillon, bruno, "verifier", instant)
    presence.signaler(brouillon, moi, "projet", instant)
    presence.signaler(un_brouillon(), une_personne("Ailleurs"), "projet", instant)
    phrases = presence.presents(brouillon, sauf=moi, le=instant)
    assert phrases == ["Bruno Petit lit la fiche", "Claire Martin remplit la section Accompagnement"]


def test_une_personne_n_a_qu_une_ligne_et_sa_derniere_section(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    brouillon, claire, instant = un_brouillon(), une_personne("Claire", "Martin"), timezone.now()
    for secondes, section in ((0, "projet"), (5, "publics")):
        with django_assert_num_queries(1):
            presence.signaler(brouillon, claire, section, instant + timedelta(seconds=secondes))
    ligne = Presence.objects.get()
    assert (ligne.section, ligne.vue_le) == ("publics", instant + timedelta(seconds=5))


@pytest.mark.parametrize(("secondes", "presente"), [(0, True), (44, True), (45, False), (3600, False)])
def test_une_presence_vaut_quarante_cinq_secondes(secondes: int, presente: bool) -> None:
    brouillon, instant = un_brouillon(), timezone.now()
    presence.signaler(brouillon, une_personne(), "projet", instant)
    moi = une_personne()
    assert bool(presence.presents(brouillon, sauf=moi, le=instant + timedelta(seconds=secondes))) is presente


@pytest.mark.parametrize("nombre", [1, 3])
def test_les_presents_se_lisent_en_une_requete(nombre: int, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    brouillon, instant, moi = un_brouillon(), timezone.now(), une_personne()
    for _ in range(nombre):
        presence.signaler(brouillon, une_personne(), "projet", instant)
    with django_assert_num_queries(1):
        assert len(presence.presents(brouillon, sauf=moi, le=instant)) == nombre


def test_la_besogne_efface_les_presences_de_plus_d_une_heure() -> None:
    brouillon, instant = un_brouillon(), timezone.now()
    recente, ancienne = une_personne(), une_personne()
    presence.signaler(brouillon, recente, "projet", instant - timedelta(minutes=59))
    presence.signaler(brouillon, ancienne, "projet", instant - timedelta(minutes=61))
    assert taches.effacer_les_presences()
    assert [p.personne for p in Presence.objects.all()] == [recente]
    assert not taches.effacer_les_presences(), "rien à faire : le travailleur se repose"


def test_un_acces_retire_n_est_plus_dit_present() -> None:
    brouillon, invite, instant = un_brouillon(), un_invite(), timezone.now()
    partage = partager(brouillon, invite)
    presence.signaler(brouillon, invite, "projet", instant)
    membre = brouillon.organisme.habilitations.get().utilisateur
    assert presence.presents(brouillon, sauf=membre, le=instant)
    partages.revoquer(partage, par=membre, le=instant)
    assert not presence.presents(brouillon, sauf=membre, le=instant)
