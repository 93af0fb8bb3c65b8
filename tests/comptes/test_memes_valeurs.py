"""Deux administrateurs qui veulent la même chose ne se disputent pas : le second n'écrit rien, et n'apprend aucun conflit."""

from __future__ import annotations

import pytest
from django.utils import timezone

from comptes import actions
from comptes.ecriture import Changement
from comptes.models import Acte, Organisme, Service
from tests.fabriques import un_national, un_organisme

pytestmark = pytest.mark.django_db


def test_le_meme_nom_d_organisme_depuis_la_meme_page() -> None:
    organisme = un_organisme(nom="Avant")
    for _ in range(2):
        actions.modifier_organisme(organisme, {"nom": Changement("Avant", "Après")}, par=un_national(), le=timezone.now())
    assert Organisme.objects.get(pk=organisme.pk).nom == "Après"
    assert Acte.objects.filter(acte="modifier_organisme").count() == 1


def test_le_meme_service_depuis_la_meme_page() -> None:
    Service.objects.filter(region="11").update(rend_avis_regional=False)
    choisi = str(Service.objects.filter(region="11").earliest("pk").pk)
    dites = [actions.designer_services({"11": Changement("", choisi)}, par=un_national(), le=timezone.now()) for _ in range(2)]
    assert [len(regions) for regions in dites] == [1, 0]
    assert Acte.objects.filter(acte="designer_service_regional").count() == 1
