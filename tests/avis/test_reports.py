"""Reporter une échéance : pour un dossier et un territoire, avec un motif, par le national."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from avis import actions
from avis.attendus import Etape
from avis.models import Report
from candidatures.actions import Refus
from comptes.models import Utilisateur
from tests.avis.fabriques import DEPARTEMENT, REGION, RETARD, etapes, lus, rendre, reporter, un_dossier
from tests.fabriques import un_agent

pytestmark = pytest.mark.django_db


def test_un_report_ne_vaut_que_pour_ce_dossier_et_ce_territoire() -> None:
    dossier = un_dossier(["75", "77"], echeance=RETARD)
    autre = un_dossier(["77"], campagne=dossier.campagne)
    report = reporter(dossier, DEPARTEMENT, "77")
    assert etapes(dossier) == {"75": Etape.EN_RETARD, "77": Etape.ATTENDU, "R11": Etape.PAS_ENCORE}
    assert etapes(autre)["77"] == Etape.EN_RETARD
    assert next(a for a in lus(dossier) if a.territoire.pk == "77").echeance == report.echeance


def test_le_dernier_report_vaut_et_deux_clics_n_en_font_qu_un() -> None:
    dossier = un_dossier()
    premier = reporter(dossier, DEPARTEMENT, "77", 5)
    assert reporter(dossier, DEPARTEMENT, "77", 5) == premier
    second = reporter(dossier, DEPARTEMENT, "77", 9)
    assert reporter(dossier, DEPARTEMENT, "77", 5) != premier
    assert Report.objects.count() == dossier.evenements.filter(acte="reporter_avis_departement").count() == 3
    retenue = lus(dossier)[0].echeance
    assert retenue is not None
    assert second.echeance > retenue


@pytest.mark.parametrize(
    ("options", "raison"), [({"motif": " "}, "Écrivez le motif"), ({"jours": -1}, "déjà passée")], ids=["motif", "passée"]
)
def test_ce_qui_empeche_de_reporter(options: dict[str, Any], raison: str) -> None:
    with pytest.raises(Refus, match=raison):
        reporter(un_dossier(), DEPARTEMENT, "77", **options)
    assert not Report.objects.exists()


def test_un_avis_rendu_n_a_plus_d_echeance() -> None:
    dossier = un_dossier()
    rendre(dossier, DEPARTEMENT, "77")
    with pytest.raises(Refus, match="n'est plus attendu"):
        reporter(dossier, DEPARTEMENT, "77")


@pytest.mark.parametrize("personne", [lambda: un_agent("77"), lambda: un_agent("11", regional=True)], ids=["77", "R11"])
def test_seul_le_national_rouvre_et_reporte(personne: Callable[[], Utilisateur]) -> None:
    dossier, par = un_dossier(), personne()
    rendre(dossier, DEPARTEMENT, "77")
    with pytest.raises(PermissionDenied):
        actions.rouvrir(dossier, DEPARTEMENT, "77", par=par, maintenant=timezone.now(), motif="Moi.")
    with pytest.raises(PermissionDenied):
        reporter(dossier, REGION, "11", par=par)
