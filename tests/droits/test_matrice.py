"""Personne n'obtient ce qui n'est pas à lui : la matrice des droits, rejouée (G1, F-25)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from candidatures.annexes.views import servir
from candidatures.dossier.views import lire as dossier
from tests.droits.matrice import CLES, MATRICE, PUBLIQUES, ROLES, Ligne, routes
from tests.fabriques import Monde

pytestmark = [pytest.mark.django_db, pytest.mark.une_fois]

OuvrirUnClient = Callable[[str], Client]


@pytest.fixture(autouse=True)
def _pdf_sans_peine(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """Les droits ne dépendent pas du rendu ; le contact réglé rend security.txt présent."""
    monkeypatch.setattr(dossier, "produire_pdf", lambda document: b"%PDF")
    monkeypatch.setattr(dossier, "produire_recu", lambda recu: b"%PDF")
    monkeypatch.setattr(servir, "dessiner", lambda fichier, genre: b"image")
    settings.SITE = settings.SITE | {"contact_courriel": "contact@exemple.fr"}


def adresse(ligne: Ligne, monde: Monde) -> str:
    return reverse(ligne.route, kwargs={**CLES[ligne.objet](monde), **ligne.adresse})


def obtenir(client: Client, methode: str, url: str, donnees: Any = None) -> int:
    """Le code obtenu ; ce que la requête a écrit est défait, pour que chaque rôle parte du même point."""
    with transaction.atomic():
        reponse = getattr(client, methode.lower())(url, donnees or {})
        b"".join(reponse)  # un fichier servi se referme une fois lu
        transaction.set_rollback(True)
    return int(reponse.status_code)


@pytest.mark.parametrize("ligne", MATRICE, ids=str)
def test_chacun_obtient_ce_que_dit_la_matrice(ligne: Ligne, monde: Monde, client_de: OuvrirUnClient) -> None:
    clients = {role: client_de(role) for role in ROLES}
    url = adresse(ligne, monde)
    obtenus = {role: obtenir(client, ligne.methode, url, ligne.donnees) for role, client in clients.items()}
    assert obtenus == {role: ligne.attendu(role) for role in ROLES}


@pytest.mark.parametrize("route", sorted({ligne.route for ligne in MATRICE}))
def test_les_autres_methodes_sont_refusees_a_tous(route: str, monde: Monde, client_de: OuvrirUnClient) -> None:
    lignes = [ligne for ligne in MATRICE if ligne.route == route]
    permises = {ligne.methode for ligne in lignes}
    url, clients = adresse(lignes[0], monde), {role: client_de(role) for role in ROLES}
    refus: dict[str, set[int]] = defaultdict(set)
    for methode in {"GET", "POST", "PUT", "PATCH", "DELETE"} - permises:
        for role, client in clients.items():
            refus["anonyme" if role == "anonyme" else "connectés"].add(obtenir(client, methode, url))
    attendus = {404} if route == "demonstration" else {405}
    assert refus["connectés"] <= attendus
    assert refus["anonyme"] <= (attendus if route in PUBLIQUES else {302})


def test_chaque_route_est_dans_la_matrice() -> None:
    """Une route à laquelle personne n'a pensé fait échouer l'intégration."""
    noms = [nom for nom, _ in routes()]
    assert len(noms) == len(set(noms))
    assert set(noms) == {ligne.route for ligne in MATRICE}


def test_les_pages_publiques_sont_exactement_celles_la() -> None:
    assert {nom for nom, vue in routes() if not getattr(vue, "login_required", True)} == PUBLIQUES
    assert len(PUBLIQUES) <= 25


def test_toute_adresse_demande_la_connexion_puis_y_ramene(monde: Monde, client: Client) -> None:
    url = adresse(next(ligne for ligne in MATRICE if ligne.route == "candidatures:fiche"), monde)
    reponse = client.get(url)
    assert reponse["Location"] == f"{reverse('account_login')}?next={url}"


def test_ce_qui_est_a_autrui_ne_se_distingue_pas_de_ce_qui_n_existe_pas(monde: Monde, client_de: OuvrirUnClient) -> None:
    """Même code, même page : on n'apprend pas qu'un dossier existe (F-25)."""
    client = client_de("redacteur")
    pages = set()
    for pk in (monde.brouillon_b.pk, monde.deposee_b.pk, 999_999_999):
        url = reverse("candidatures:fiche", args=[pk])
        reponse = client.get(url)
        assert reponse.status_code == 404
        pages.add(re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", reponse.content.decode().replace(url, "")))
    assert len(pages) == 1


def test_un_droit_retire_vaut_a_la_requete_suivante(monde: Monde, client_de: OuvrirUnClient) -> None:
    """F-34 : habilitation finie, puis compte fermé, pendant que la personne est connectée."""
    client, personne = client_de("redacteur"), monde.personne("redacteur")
    url = reverse("candidatures:fiche", args=[monde.brouillon_a.pk])
    assert client.get(url).status_code == 200
    personne.habilitations.all().delete()
    assert client.get(url).status_code == 404
    type(personne).objects.filter(pk=personne.pk).update(is_active=False)
    assert client.get(url).status_code == 302
