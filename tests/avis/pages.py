"""Ce que partagent les essais des pages d'avis."""

from __future__ import annotations

from django.test import Client

from comptes.models import Utilisateur
from tests.hlm_projets.une_page import exiger_une_page


def client_de_(personne: Utilisateur) -> Client:
    client = Client()
    client.force_login(personne)
    return client


def page(client: Client, url: str, status: int = 200) -> str:
    reponse = client.get(url)
    assert reponse.status_code == status
    texte = reponse.content.decode()
    exiger_une_page(texte)
    return texte
