"""Installer la démonstration sur une base neuve : refusée hors d'elle, possible n'importe quel jour."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.core.management import CommandError, call_command

from candidatures.models import Campagne
from comptes.models import Utilisateur
from pilotage.demonstration.installation import installer

pytestmark = [pytest.mark.django_db, pytest.mark.une_fois]


def test_refusee_hors_de_la_demonstration() -> None:
    with pytest.raises(CommandError, match="réservé à la démonstration"):
        call_command("demonstration")
    assert not Utilisateur.objects.exists()


@pytest.mark.parametrize("jour", ["2027-12-31", "2028-01-05", "2028-03-28", "2028-11-01", "2029-02-28"])
def test_installee_n_importe_quel_jour(jour: str) -> None:
    installer(datetime.fromisoformat(f"{jour}T00:30:00+01:00"))
    assert Campagne.objects.count() == 3
