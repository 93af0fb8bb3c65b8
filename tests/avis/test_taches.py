"""Le tour d'une région quand la date de ses départements passe : elle l'apprend, une fois."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from avis import taches
from hlm_projets.models import Courriel
from tests.avis.fabriques import DEPARTEMENT, REGION, agent, rendre, reporter, un_dossier

pytestmark = pytest.mark.django_db


def prevenues() -> list[str]:
    return list(Courriel.objects.filter(nom="avis_regional_en_retard").values_list("destinataire", flat=True))


def test_la_region_est_prevenue_une_fois_apres_la_date() -> None:
    un_dossier(["77"])
    region = agent(REGION, "11")
    assert not taches.prevenir(timezone.now())
    apres = timezone.now() + timedelta(days=11)
    assert taches.prevenir(apres)
    assert not taches.prevenir(apres + timedelta(days=1))
    assert prevenues() == [region.courriel]


def test_pas_celle_dont_un_departement_est_encore_dans_son_delai_ni_celle_qui_a_deja_ete_prevenue() -> None:
    """Tous rendus : `apres_rendu` l'a déjà dit ; et seule la région du retard est concernée."""
    dossier = un_dossier(["77", "59"])
    regions = {code: agent(REGION, code).courriel for code in ("11", "32")}
    rendre(dossier, DEPARTEMENT, "59")
    taches.prevenir(timezone.now() + timedelta(days=11))
    assert prevenues() == [regions["11"]]


def test_un_report_retarde_le_tour() -> None:
    """La date de la campagne est passée, celle de ce département ne l'est pas ; pile à l'heure, elle ne l'est pas encore."""
    dossier, region = un_dossier(["77", "75"]), agent(REGION, "11")
    echeance = reporter(dossier, DEPARTEMENT, "77", jours=15).echeance
    assert not taches.prevenir(timezone.now() + timedelta(days=11))
    assert not taches.prevenir(echeance)
    assert taches.prevenir(echeance + timedelta(microseconds=1))
    assert prevenues() == [region.courriel]


def test_la_besogne_ne_repasse_pas_avant_cinq_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    instants = iter([timezone.now(), timezone.now() + timedelta(minutes=4), timezone.now() + timedelta(minutes=6)])
    vus: list[datetime] = []

    def noter(instant: datetime) -> bool:
        vus.append(instant)
        return False

    monkeypatch.setattr(taches, "maintenant", lambda: next(instants))
    monkeypatch.setattr(taches, "prevenir", noter)
    monkeypatch.setattr(taches, "_dernier_passage", [])
    for _ in range(3):
        taches.prevenir_les_regions()
    assert len(vus) == 2
