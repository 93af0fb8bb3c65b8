"""Aucune page d'une personne connectée n'est gardée en chemin ni dans le navigateur (V-53), même refusée ou introuvable."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.fabriques import une_personne

INTERDITS = {"no-store", "private", "no-cache"}


def consignes(client: Client, adresse: str) -> set[str]:
    return set(client.get(adresse).get("Cache-Control", "").split(", "))


@pytest.mark.django_db
@pytest.mark.parametrize("adresse", [reverse("accueil"), reverse("mentions_legales"), "/nulle-part/", "/candidatures/1/"])
def test_connecte_rien_n_est_garde(client: Client, adresse: str) -> None:
    client.force_login(une_personne())
    assert consignes(client, adresse) >= INTERDITS


@pytest.mark.django_db
def test_anonyme_une_page_publique_peut_l_etre(client: Client) -> None:
    assert not consignes(client, reverse("mentions_legales")) & INTERDITS
