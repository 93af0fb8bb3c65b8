"""« Mot de passe oublié » : le lien envoyé mène au site, quoi qu'en dise la requête (F-35)."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from hlm_projets.models import Courriel
from tests.fabriques import une_personne

MENTEURS = [
    {"host": "pirate.exemple"},
    {"x-forwarded-host": "pirate.exemple"},
    {"host": "pirate.exemple:8000", "x-forwarded-host": "pirate.exemple", "x-forwarded-proto": "javascript"},
]


@pytest.mark.django_db
@pytest.mark.parametrize("entetes", MENTEURS, ids=["hôte", "mandataire", "tout"])
def test_le_lien_est_celui_du_site(client: Client, settings: Settings, entetes: dict[str, str]) -> None:
    settings.ALLOWED_HOSTS = ["*"]  # même mal réglé
    personne = une_personne()
    client.post(reverse("account_reset_password"), {"email": personne.courriel}, headers=entetes)
    (courriel,) = Courriel.objects.filter(destinataire=personne.courriel)
    assert re.findall(r"\w+://[^/\s]+", courriel.corps) == [settings.SITE_URL] * 2  # le lien, et la signature
    assert "pirate" not in courriel.corps
