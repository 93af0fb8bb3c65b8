"""Chaque formulaire et chaque paramètre, attaqués : jamais une panne, et rien de ce qui est tapé ne s'exécute."""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable
from copy import deepcopy
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.conf import LazySettings
from django.db import transaction
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page

from candidatures.dossier.views import lire as dossier
from tests.avis import fabriques as avis
from tests.droits.matrice import CLES, MATRICE, ROLES
from tests.fabriques import Monde, un_brouillon, une_candidature
from tests.navigateur.gestes import entrer
from tests.navigateur.hostilites import ATTAQUE, CLES_FOLLES, HOSTILES, Formulaire, avis_hostile, fiche_hostile, formulaires
from tests.navigateur.robot import examine, roles_joues, route_de

pytestmark = pytest.mark.navigateur

Attaque = tuple[str, str, tuple[str, ...]]
OuvrirUnClient = Callable[[str], Client]


@pytest.fixture(autouse=True)
def _sans_rendu(monkeypatch: pytest.MonkeyPatch, settings: LazySettings) -> None:
    """Les attaques contre le PDF ont leurs essais ; le contact réglé rend security.txt présent."""
    settings.SITE = settings.SITE | {"contact_courriel": "contact@exemple.fr"}
    monkeypatch.setattr(dossier, "produire_pdf", lambda document: b"%PDF")
    monkeypatch.setattr(dossier, "produire_recu", lambda recu: b"%PDF")


def exiger_une_reponse(reponse: Any, quoi: str) -> None:
    """Échoue, avec la trace, si le serveur a failli."""
    if reponse.status_code >= 500:
        trace = "".join(traceback.format_exception(*reponse.exc_info)) if getattr(reponse, "exc_info", None) else ""
        pytest.fail(f"{quoi} : {reponse.status_code}\n{trace}")
    if reponse.streaming:
        b"".join(reponse)  # un fichier lu jusqu'au bout se ferme


def envoyer(client: Client, formulaire: Formulaire, donnees: dict[str, Any]) -> None:
    """Envoie, puis défait, témoins de connexion compris : chaque attaque part du même point."""
    temoins = deepcopy(client.cookies)
    with transaction.atomic():
        reponse = getattr(client, formulaire.methode)(formulaire.action, donnees)
        transaction.set_rollback(True)
    client.cookies = temoins
    exiger_une_reponse(reponse, f"{formulaire.methode} {formulaire.action} {str(donnees)[:300]}")


@pytest.mark.parametrize("role", roles_joues(*(role for role in ROLES if role != "deposant")))  # il a ceux du rédacteur
def test_aucun_formulaire_ne_fait_faillir(monde: Monde, client_de: OuvrirUnClient, role: str) -> None:
    client = client_de(role)
    client.raise_request_exception = False
    lignes = [ligne for ligne in MATRICE if ligne.methode == "GET" and ligne.attendu(role) == 200]
    attaques: set[Attaque] = set()
    for ligne in lignes:
        adresse = reverse(ligne.route, kwargs={**CLES[ligne.objet](monde), **ligne.adresse})
        reponse = client.get(adresse)
        assert reponse.status_code == 200, adresse
        if reponse.streaming:
            b"".join(reponse)  # un fichier lu jusqu'au bout se ferme
        elif "html" in reponse.headers["Content-Type"]:
            attaquer(client, reponse.content.decode(), adresse, role, attaques)


def attaquer(client: Client, html: str, adresse: str, role: str, attaques: set[Attaque]) -> None:
    """Les formulaires que ce rôle examine (`robot.examine`), une fois par page et par cible."""
    for formulaire in formulaires(html, adresse):
        page, cible = route_de(adresse), route_de(formulaire.action)
        cle = (page, cible, tuple(formulaire.champs))
        if cle not in attaques and examine(role, page) and (page == cible or examine(role, cible)):
            attaques.add(cle)
            for donnees in formulaire.envois():
                envoyer(client, formulaire, donnees)


@pytest.mark.parametrize("role", ["anonyme", "deposant", "administrateur"])
def test_aucune_adresse_ne_fait_faillir(monde: Monde, client_de: OuvrirUnClient, role: str) -> None:
    client = client_de(role)
    client.raise_request_exception = False
    for ligne in MATRICE:
        if ligne.methode == "GET":
            adresse = reverse(ligne.route, kwargs={**CLES[ligne.objet](monde), **ligne.adresse})
            for fausse in adresses_folles(adresse, monde):
                exiger_une_reponse(client.get(fausse), fausse)


def adresses_folles(adresse: str, monde: Monde) -> list[str]:
    """L'adresse, chacun de ses morceaux remplacé ; et l'adresse, avec des paramètres qu'elle n'attend pas."""
    morceaux = urlsplit(adresse).path.split("/")
    folles = [
        "/".join([*morceaux[:rang], cle, *morceaux[rang + 1 :]])
        for rang, morceau in enumerate(morceaux)
        if any(c.isdigit() for c in morceau)
        for cle in CLES_FOLLES
    ]
    return [*folles, f"{adresse}?page=%00&next=//mal.exemple&q=%ff%00&tri=-pk__in&id=abc&page=1e9"]


PARAMETRES = "q page tri etat region departement campagne role etape territoire decision suite".split()


@pytest.mark.parametrize(
    ("route", "role"),
    [
        *((route, "administrateur") for route in ("candidatures:liste", "candidatures:campagnes", "comptes:organismes")),
        *((route, "administrateur") for route in ("comptes:personnes", "pilotage:matrice", "pilotage:decisions")),
        *((route, "agent_regional") for route in ("avis:a_traiter", "pilotage:matrice")),
    ],
)
def test_aucun_parametre_de_liste_ne_fait_faillir(monde: Monde, client_de: OuvrirUnClient, route: str, role: str) -> None:
    client = client_de(role)
    client.raise_request_exception = False
    assert monde.deposee_a.pk != monde.brouillon_b.pk  # les nommer les crée
    adresse = reverse(route)
    reponse = client.get(adresse)
    assert reponse.status_code == 200
    for valeur in HOSTILES:
        for noms in [*([nom] for nom in demandes(reponse.content.decode(), adresse)), PARAMETRES]:
            exiger_une_reponse(client.get(adresse, dict.fromkeys(noms, valeur)), f"{adresse} ?{noms}={valeur[:40]!r}")


def demandes(html: str, adresse: str) -> list[str]:
    """Les paramètres que la page donne elle-même à régler : ses filtres, son tri, ses pages ; ils s'essaient un à un."""
    filtres = {nom for formulaire in formulaires(html, adresse) if formulaire.methode == "get" for nom in formulaire.noms}
    liens = {nom for suite in re.findall(r'href="\?([^"]+)"', html) for nom, _ in parse_qsl(unescape(suite))}
    assert filtres | liens or "/campagnes/" in adresse, adresse  # elle n'en a aucun
    return sorted(filtres | liens)


def test_rien_de_ce_qui_est_tape_ne_s_execute(page: Page, transactional_db: None) -> None:
    monde = Monde()
    options: dict[str, Any] = {"campagne": monde.campagne, "organisme": monde.organisme_a, "par": monde.personne("deposant")}
    brouillon, deposee = un_brouillon(**options, **fiche_hostile()), une_candidature(**options, **fiche_hostile())
    entrer(page, monde.personne("deposant"))
    for pk in (brouillon.pk, deposee.pk):
        for chemin in ("", "lecture/", "verifier/", "supprimer/", "section/projet/", "passage/retirer/", "recu/"):
            page.goto(f"/candidatures/{pk}/{chemin}")
            assert page.evaluate("window.pris") is None
            assert page.locator("main img, main script, main b").count() == 0
    page.goto("/candidatures/mes/")
    assert page.evaluate("window.pris") is None


def test_rien_d_un_avis_ne_s_execute(page: Page, transactional_db: None) -> None:
    monde = Monde()
    agent, dossier_lu = monde.personne("agent_departemental"), monde.deposee_a
    avis.rendre(dossier_lu, avis.DEPARTEMENT, "77", agent, **avis_hostile())
    avis.ecrire(dossier_lu, avis.REGION, "11", monde.personne("agent_regional"), champ_libre=ATTAQUE)
    for role in ("agent_departemental", "agent_regional", "administrateur", "lecteur"):
        entrer(page, monde.personne(role))
        for chemin in (f"/candidatures/{dossier_lu.pk}/", f"/avis/{dossier_lu.pk}/departement/77/"):
            page.goto(chemin)
            assert page.evaluate("window.pris") is None
            assert page.locator("main img, main script, main b").count() == 0
            assert "onerror" in page.content()
