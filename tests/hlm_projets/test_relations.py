"""Ce qui est lié à un objet, lu par une requête composée une fois, est ce que l'ORM aurait lu."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from avis.models import Report
from candidatures.chercher import chercher_un_dossier
from candidatures.models import Candidature, Version
from candidatures.models.candidature import Candidatures
from comptes.models import Organisme
from hlm_projets.requete import relations
from tests import fabriques

pytestmark = pytest.mark.django_db
INVERSES = ("lignes", "organismes", "evenements", "versions", "reports", "avis_departementaux", "avis_regionaux")


@pytest.fixture
def dossier() -> Candidature:
    """Un dossier rendu, deux reports dont l'ordre n'est pas celui des clés, et un autre dossier à côté."""
    candidature, maintenant, par = fabriques.une_candidature(), timezone.now(), fabriques.un_national()
    fabriques.une_candidature()
    for rang, le in enumerate((maintenant, maintenant - timedelta(days=1))):
        Report.objects.create(
            candidature=candidature, departement_id="77", echeance=maintenant + timedelta(days=rang), motif="m", par=par, le=le
        )
    return Candidature.objects.get(pk=candidature.pk)


def colonnes(objet: Any) -> dict[str, Any]:
    return {champ.attname: getattr(objet, champ.attname) for champ in objet._meta.concrete_fields}


@pytest.mark.parametrize("nom", INVERSES)
def test_les_memes_lignes_dans_le_meme_ordre(dossier: Candidature, nom: str) -> None:
    attendues = list(getattr(Candidature.objects.get(pk=dossier.pk), nom).all())
    relations.lire(dossier, nom)
    with CaptureQueriesContext(connection) as vues:
        lues = list(getattr(dossier, nom).all())
        assert all(lue.candidature is dossier for lue in lues)
    assert not vues.captured_queries
    assert [colonnes(lue) for lue in lues] == [colonnes(attendue) for attendue in attendues]


def test_filtrer_interroge_encore_la_base_et_ce_dossier_seul(dossier: Candidature) -> None:
    relations.lire(dossier, "evenements")
    assert {e.candidature_id for e in dossier.evenements.filter(acte__isnull=False)} == {dossier.pk}


def test_la_version_est_la_derniere_lue_une_fois(dossier: Candidature) -> None:
    ancienne = Version.objects.get(candidature=dossier)
    evenement = dossier.evenements.create(par=ancienne.evenement.par, par_nom="Nul", acte="deposer", le=timezone.now())
    derniere = Version.objects.create(
        candidature=dossier, evenement=evenement, fiche={}, document={"rang": 2}, empreinte="x" * 64, constats=[]
    )
    with CaptureQueriesContext(connection) as vues:
        assert dossier.version == dossier.version == derniere
        assert dossier.version.candidature is dossier
    assert len(vues) == 1
    assert fabriques.un_brouillon().version is None


def test_un_gestionnaire_qui_filtre_deja_est_refuse() -> None:
    class Filtre:
        """Un modèle dont le gestionnaire ne dit pas tout."""

        __name__ = "Filtre"
        _default_manager = Organisme.objects.filter(nom="a")

    with pytest.raises(ValueError, match="filtre déjà"):
        relations.lignes(Filtre(), "departement", "77")


def test_un_dossier_cherche_a_le_meme_en_tete(dossier: Candidature) -> None:
    requete = RequestFactory().get("/")
    requete.user = fabriques.un_national()
    lu = chercher_un_dossier(requete, dossier.pk, "reports")
    temoin = Candidatures(Candidature).pour_entete().get(pk=dossier.pk)
    with CaptureQueriesContext(connection) as vues:
        departements = [(colonnes(d), colonnes(d.region)) for d in lu.departements.all()]
        assert (lu.campagne.pk, lu.organisme.pk, lu.fuseaux) == (temoin.campagne_id, temoin.organisme_id, temoin.fuseaux)
        assert len(lu.reports.all()) == 2
    assert not [vue for vue in vues.captured_queries if "territoires" in vue["sql"] or "report" in vue["sql"]]
    assert departements == [(colonnes(d), colonnes(d.region)) for d in temoin.departements.all()]
