"""Un dossier de Seine-et-Marne, et le navigateur de son agent."""

from __future__ import annotations

import pytest
from django.test import Client

from candidatures.models import Candidature
from tests.avis.fabriques import ouvrir, un_dossier
from tests.fabriques import un_agent


@pytest.fixture
def dossier() -> Candidature:
    """Déposé, son avis attendu dans dix jours."""
    return un_dossier(nom="Familles de Marne")


@pytest.fixture
def agent_77() -> Client:
    """La DDT de Seine-et-Marne."""
    return ouvrir(un_agent("77"))
