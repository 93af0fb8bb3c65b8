"""Installer la démonstration sur une base neuve : refusée hors d'elle, possible n'importe quel jour."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from candidatures.models import Campagne
from comptes.models import Utilisateur
from pilotage.demonstration.installation import campagnes, installer

pytestmark = [pytest.mark.django_db, pytest.mark.une_fois]


def test_refusee_hors_de_la_demonstration() -> None:
    with pytest.raises(CommandError, match="réservé à la démonstration"):
        call_command("demonstration")
    assert not Utilisateur.objects.exists()


@pytest.mark.parametrize("jour", ["2027-12-31", "2028-03-28"])
def test_installee_n_importe_quel_jour(jour: str) -> None:
    """À cheval sur deux années, puis autour d'un changement d'heure : les actes s'y enchaînent comme les autres jours."""
    installer(datetime.fromisoformat(f"{jour}T00:30:00+01:00"))
    assert Campagne.objects.count() == 3


def test_ses_trois_campagnes_valent_chaque_jour_d_une_annee() -> None:
    """Des codes distincts, des dates que la base admet, l'instruite close et l'ouverte ouverte."""
    for jour in range(366):
        maintenant = datetime(2027, 6, 1, 0, 30, tzinfo=ZoneInfo("Europe/Paris")) + timedelta(days=jour)
        with transaction.atomic():
            publiee, instruite, ouverte = campagnes(maintenant)
            assert len({publiee.code, instruite.code, ouverte.code}) == 3, maintenant
            assert publiee.cloture < instruite.cloture < maintenant < ouverte.cloture, maintenant
            assert ouverte.ouverture < maintenant, maintenant
            transaction.set_rollback(True)
