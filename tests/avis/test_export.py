"""L'export d'un dossier instruit : la fiche telle que déposée, et les avis rendus, eux seuls, tels qu'ils le sont aujourd'hui."""

from __future__ import annotations

import json
from typing import Any

import pytest

from avis.models import AvisDepartemental
from candidatures.echange.ecrire import fiche_rendue
from candidatures.models import Candidature, LigneDuPlan
from territoires.models import Departement
from tests.avis.fabriques import DEPARTEMENT, REGION, ecrire, rendre, rouvrir, un_dossier
from tests.commandes import Sortie
from tests.fabriques import relire

pytestmark = pytest.mark.django_db
SECRET = "Un mot que nul ne doit lire encore."


@pytest.fixture
def dossier() -> Candidature:
    """Déposé sur deux départements d'une région : l'un a rendu son avis, l'autre écrit le sien."""
    dossier = un_dossier(["77", "75"])
    rendre(dossier, DEPARTEMENT, "77", champ_libre="Avis du 77.")
    ecrire(dossier, DEPARTEMENT, "75", champ_libre=SECRET)
    return dossier


def exporter(dossier: Candidature) -> dict[str, Any]:
    """Ce qu'imprime la commande, qui est ce que rend la fonction."""
    imprimee: dict[str, Any] = json.loads(Sortie("exporter_fiche", relire(dossier).reference).dit)
    assert imprimee == fiche_rendue(relire(dossier))
    return imprimee


def test_les_avis_rendus_et_eux_seuls(dossier: Candidature) -> None:
    fiche = exporter(dossier)
    assert [(avis["departement"], avis["champ_libre"]) for avis in fiche["avis_departementaux"]] == [("77", "Avis du 77.")]
    assert fiche["avis_regionaux"] == []
    assert SECRET not in json.dumps(fiche, ensure_ascii=False)


def test_un_avis_rendu_ensuite_s_y_ajoute_et_un_avis_rouvert_en_sort(dossier: Candidature) -> None:
    rendre(dossier, DEPARTEMENT, "75", champ_libre="Avis du 75.")
    rendre(dossier, REGION, "11")
    fiche = exporter(dossier)
    assert [avis["departement"] for avis in fiche["avis_departementaux"]] == ["75", "77"]
    assert [(avis["region"], avis["sens"]) for avis in fiche["avis_regionaux"]] == [("11", "favorable")]
    rouvrir(dossier, REGION, "11")
    rouvrir(dossier, DEPARTEMENT, "77")
    fiche = exporter(dossier)
    assert [avis["departement"] for avis in fiche["avis_departementaux"]] == ["75"]
    assert fiche["avis_regionaux"] == []


def test_la_fiche_est_celle_du_depot_pas_celle_des_lignes(dossier: Candidature) -> None:
    """Les lignes vivantes ont changé depuis, par une porte qu'on n'attend pas : l'export dit ce qui a été déposé."""
    deposee = exporter(dossier)
    Candidature.objects.filter(pk=dossier.pk).update(nom="Autre nom", descriptif="Autre descriptif")
    LigneDuPlan.objects.filter(candidature=dossier).delete()
    dossier.departements.set(Departement.objects.filter(pk="77"))
    assert exporter(dossier) == deposee
    version = relire(dossier).version
    assert version is not None
    assert {cle: deposee[cle] for cle in version.fiche if not cle.startswith("avis_")} == {
        cle: valeur for cle, valeur in version.fiche.items() if not cle.startswith("avis_")
    }


def test_les_avis_ne_sont_pas_ceux_du_jour_du_depot(dossier: Candidature) -> None:
    """La version figée n'en a aucun : elle ne masque pas ceux rendus depuis."""
    version = relire(dossier).version
    assert version is not None
    assert version.fiche["avis_departementaux"] == []
    assert exporter(dossier)["avis_departementaux"]
    assert AvisDepartemental.objects.count() == 2
