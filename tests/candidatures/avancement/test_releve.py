"""Le relevé de la colonne de gauche dit ce que disent les listes et `annexes_attendues`, sans les lire."""

from __future__ import annotations

import itertools

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from candidatures.avancement.annexes_attendues import annexes_attendues
from candidatures.avancement.parcours import Parcours
from candidatures.avancement.releve import relever
from candidatures.models import Annexe, Candidature, TypeDAnnexe
from tests.fabriques import un_bailleur, un_brouillon

pytestmark = pytest.mark.django_db
CAS = [
    (exige, etat, a_confirmer) for exige in (False, True) for etat in (None, *Annexe.Etat.values) for a_confirmer in (False, True)
]


def joindre(candidature: Candidature, type_: TypeDAnnexe, etat: str, *, a_confirmer: bool) -> None:
    nombre = candidature.annexes.count()
    auteur = un_bailleur(candidature.organisme) if not nombre else candidature.annexes.all()[0].jointe_par
    Annexe.objects.create(
        candidature=candidature, type=type_, nom=f"{nombre}.pdf", genre="pdf", taille=1, sha256=f"{nombre:064}", etat=etat,
        a_confirmer=a_confirmer, jointe_par=auteur, jointe_le=timezone.now(),
    )  # fmt: skip


def exiger_l_accord(candidature: Candidature) -> None:
    """Le relevé, et ce qui se compte en lisant tout."""
    gardee = Candidature.objects.pour_lecture().get(pk=candidature.pk)
    releve = relever(Candidature.objects.get(pk=candidature.pk))
    assert (releve.jointes, releve.a_regler) == (len(gardee.annexes.all()), len(annexes_attendues(gardee)))
    listes = [bool(getattr(gardee, nom).all()) for nom in ("departements", "organismes", "lignes")]
    assert [releve.departements, releve.organismes, releve.lignes] == listes


@pytest.mark.parametrize(("exige", "etat", "a_confirmer"), CAS)
def test_une_annexe(exige: bool, etat: str | None, a_confirmer: bool) -> None:
    candidature = un_brouillon()
    type_ = TypeDAnnexe.objects.create(campagne=candidature.campagne, libelle="Lettre", exige=exige)
    if etat:
        joindre(candidature, type_, etat, a_confirmer=a_confirmer)
    exiger_l_accord(candidature)


def test_deux_annexes_de_deux_types_et_un_autre_dossier() -> None:
    """Un type exigé dont une annexe est écartée et l'autre non est joint ; les annexes d'un autre dossier ne comptent pas."""
    candidature = un_brouillon()
    autre = un_brouillon(candidature.campagne)
    types = [TypeDAnnexe.objects.create(campagne=candidature.campagne, libelle=nom, exige=True) for nom in "ABC"]
    for etats in itertools.permutations((Annexe.Etat.SAINE, Annexe.Etat.INFECTEE)):
        Annexe.objects.all().delete()
        for etat in etats:
            joindre(candidature, types[0], etat, a_confirmer=False)
        joindre(autre, types[1], Annexe.Etat.SAINE, a_confirmer=True)
        exiger_l_accord(candidature)
        exiger_l_accord(autre)


@pytest.mark.parametrize("complet", [True, False])
def test_des_listes_vides_ou_non(complet: bool) -> None:
    exiger_l_accord(un_brouillon(complet=complet))


def test_l_avancement_ne_coute_qu_une_requete(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    candidature = Candidature.objects.get(pk=un_brouillon().pk)
    with django_assert_num_queries(1):
        parcours = Parcours(candidature, "projet")
        assert parcours.etapes
        assert parcours.releve.jointes == 0
