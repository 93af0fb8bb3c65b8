"""Les pages des administrateurs n'existent pour personne d'autre, et cessent d'exister dès qu'on ne l'est plus."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from comptes.connexion.sessions import fermer_les_sessions
from comptes.models import Habilitation, Role, Seance
from tests.fabriques import Monde, habiliter, une_personne

ROUTES = (
    *("comptes:organismes", "comptes:organisme_creer", "comptes:organisme_modifier"),
    *("comptes:personnes", "comptes:personne_inviter", "comptes:personne_modifier", "comptes:personne_reinviter"),
    *("candidatures:campagnes", "candidatures:campagne_creer", "candidatures:campagne_modifier"),
)
AUTRES = tuple(role for role in Monde.ROLES if role != "administrateur")


def adresse(route: str, monde: Monde) -> str:
    """L'adresse d'un objet qui existe : c'est le droit qui manque, pas l'objet."""
    objets = {
        "comptes:organisme_modifier": lambda: monde.organisme_a.pk,
        "comptes:personne_modifier": lambda: monde.personne("redacteur").pk,
        "comptes:personne_reinviter": lambda: monde.personne("redacteur").pk,
        "candidatures:campagne_modifier": lambda: monde.campagne.pk,
    }
    return reverse(route, args=[objets[route]()] if route in objets else [])


ENVOI_SEUL = {"comptes:personne_reinviter"}
LECTURE_SEULE = {"comptes:organismes", "comptes:personnes", "candidatures:campagnes"}


@pytest.mark.parametrize("role", AUTRES)
def test_introuvables_pour_un_autre_role(role: str, monde: Monde, client_de: Callable[[str], Client]) -> None:
    client = client_de(role)
    lus = {route: client.get(adresse(route, monde)).status_code for route in ROUTES}
    assert lus == {route: 405 if route in ENVOI_SEUL else 404 for route in ROUTES}
    envoyes = {route: client.post(adresse(route, monde), {}).status_code for route in ROUTES}
    assert envoyes == {route: 405 if route in LECTURE_SEULE else 404 for route in ROUTES}


def test_ouvertes_a_l_administrateur(monde: Monde, client_de: Callable[[str], Client]) -> None:
    client = client_de("administrateur")
    lus = {route: client.get(adresse(route, monde)).status_code for route in ROUTES}
    assert lus == {route: 405 if route in ENVOI_SEUL else 200 for route in ROUTES}


def test_un_anonyme_est_envoye_a_la_connexion(monde: Monde, client_de: Callable[[str], Client]) -> None:
    for route in ROUTES:
        reponse = client_de("anonyme").get(adresse(route, monde))
        assert reponse.status_code == 302
        assert reponse["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize(("debut", "fin", "code"), [(0, 0, 200), (1, None, 404), (None, -1, 404), (None, 1, 200)])
def test_une_administration_ne_vaut_qu_entre_ses_dates(debut: int | None, fin: int | None, code: int, db: None) -> None:
    jour = timezone.localdate()
    dates: dict[str, Any] = {nom: None if n is None else jour + timedelta(days=n) for nom, n in (("debut", debut), ("fin", fin))}
    client = Client()
    client.force_login(habiliter(une_personne(), Role.ADMINISTRATEUR, **dates))
    assert client.get(reverse("comptes:organismes")).status_code == code


def test_un_role_retire_vaut_des_la_requete_suivante(monde: Monde, client_de: Callable[[str], Client]) -> None:
    client = client_de("administrateur")
    assert client.get(reverse("comptes:personnes")).status_code == 200
    Habilitation.objects.filter(utilisateur=monde.personne("administrateur")).delete()
    assert client.get(reverse("comptes:personnes")).status_code == 404


def test_les_sessions_fermees_sont_celles_de_la_personne(monde: Monde, client_de: Callable[[str], Client]) -> None:
    bailleur, autre = client_de("redacteur"), client_de("deposant")
    client_de("redacteur")
    assert fermer_les_sessions(monde.personne("redacteur"), le=timezone.now()) == 2
    restantes = [s.get_decoded()[SESSION_KEY] for s in Seance.objects.all()]
    assert restantes == [str(monde.personne("deposant").pk)]
    assert bailleur.get(reverse("comptes:personnes")).status_code == 302
    assert autre.get(reverse("comptes:personnes")).status_code == 404
