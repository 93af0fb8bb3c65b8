"""Ce qu'une page lit en base ne grandit pas avec la base : 150 puis 400 dossiers, autant d'organismes et de personnes de plus.

Un nombre de requêtes constant ne suffit pas : une seule peut rapporter toute la campagne. Une page lit autant de lignes aux deux tailles ;
une liste, qui ne montre pas les mêmes, à une page près.

Hors de la comparaison : relire avant de publier, qui vaut pour toutes les décisions d'une campagne.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from operator import methodcaller
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from avis.models import AvisRegional
from bench.peuplement import comptes, peupler
from candidatures.etats import Etat
from candidatures.models import Campagne, Candidature
from candidatures.sections import SECTION_PAR_CODE
from comptes.models import Habilitation, Organisme, Role, Service, Utilisateur
from comptes.views.listes import PAR_PAGE
from tests.lignes_lues import LignesLues

pytestmark = pytest.mark.django_db
TAILLES = (150, 400)
"""Dossiers en base ; à la première, chaque liste remplit déjà sa page."""
CAMPAGNES = 30


@dataclass(frozen=True, slots=True)
class Page:
    """Une page comparée : qui la lit, sa route, ce dont elle parle (« depose », « brouillon »…), ce qui suit dans l'adresse."""

    nom: str
    qui: str
    route: str
    sur: tuple[str, ...] = ()
    suite: str = ""
    bornee_a: int = 0
    """Lignes qu'elle peut lire de plus à la grande taille."""


def liste(nom: str, qui: str, route: str, suite: str = "") -> Page:
    """Une liste : à la grande taille, elle montre d'autres lignes."""
    return Page(nom, qui, route, suite=suite, bornee_a=PAR_PAGE)


LISTES = (
    liste("liste", "admin", "candidatures:liste"),
    liste("liste, page 2", "admin", "candidatures:liste", "?page=2"),
    liste("liste filtrée", "admin", "candidatures:liste", "?etat=deposee"),
    liste("liste triée", "admin", "candidatures:liste", "?tri=menages"),
    liste("liste cherchée", "admin", "candidatures:liste", "?q=habitat"),
    liste("liste de l'agent", "agent", "candidatures:liste"),
    liste("liste du comité", "lecteur", "candidatures:liste"),
    liste("mes candidatures", "bailleur", "candidatures:mes"),
    liste("mes candidatures, beaucoup", "grand_bailleur", "candidatures:mes"),
    liste("à traiter", "agent", "avis:a_traiter"),
    liste("à traiter, cherché", "agent", "avis:a_traiter", "?q=habitat"),
    liste("à traiter, une étape", "agent", "avis:a_traiter", "?etape=attendu"),
    liste("à traiter, région", "regional", "avis:a_traiter"),
    liste("matrice, France", "admin", "pilotage:matrice"),
    liste("matrice cherchée", "admin", "pilotage:matrice", "?q=habitat"),
    liste("matrice, une étape", "admin", "pilotage:matrice", "?etape=attendu"),
    liste("matrice, une région", "admin", "pilotage:matrice", "?region=76"),
    liste("matrice du régional", "regional", "pilotage:matrice"),
    liste("décisions", "admin", "pilotage:decisions"),
    liste("décisions du comité", "lecteur", "pilotage:decisions"),
    liste("campagnes", "admin", "candidatures:campagnes"),
    liste("organismes", "admin", "comptes:organismes"),
    liste("organismes cherchés", "admin", "comptes:organismes", "?q=organisme"),
    liste("personnes", "admin", "comptes:personnes"),
    liste("personnes cherchées", "admin", "comptes:personnes", "?q=nom"),
    liste("services", "admin", "comptes:services"),
)
COMPTES = (
    Page("nouvelle candidature", "bailleur", "candidatures:creer"),
    Page("inviter une personne", "admin", "comptes:personne_inviter"),
)
BROUILLON = tuple(
    Page(f"brouillon, {route}", "bailleur", f"candidatures:{route}", ("brouillon",))
    for route in ("fiche", "lecture", "verifier", "annexes", "historique", "reprendre", "partages", "supprimer")
)
SECTIONS = tuple(
    Page(f"section {code}", "bailleur", "candidatures:section", ("brouillon", "section"), suite=code) for code in SECTION_PAR_CODE
)
DEPOSE = (
    Page("dossier déposé", "admin", "candidatures:fiche", ("depose",)),
    Page("dossier déposé, agent", "agent", "candidatures:fiche", ("depose",)),
    Page("dossier déposé, comité", "lecteur", "candidatures:fiche", ("depose",)),
    Page("dossier déposé, bailleur", "grand_bailleur", "candidatures:fiche", ("depose",)),
    Page("lecture", "admin", "candidatures:lecture", ("depose",)),
    Page("reçu", "admin", "candidatures:recu", ("depose",)),
    Page("campagne", "admin", "candidatures:campagne_modifier", ("campagne",)),
    Page("campagne, contrôles", "admin", "candidatures:campagne_controles", ("campagne",)),
    Page("campagne, annexes", "admin", "candidatures:campagne_annexes", ("campagne",)),
    Page("avis départemental", "agent", "avis:avis", ("depose", "departemental", "departement")),
    Page("avis régional", "regional", "avis:avis", ("depose", "regional", "region")),
)
PAGES = (*LISTES, *COMPTES, *BROUILLON, *SECTIONS, *DEPOSE)


# --- La base -------------------------------------------------------------------------------------------------------------
def remplir(nombre: int) -> None:
    """Complète jusqu'à `nombre` dossiers, autant d'organismes et de personnes."""
    peupler(nombre)
    rangs = range(Organisme.objects.count(), nombre)
    Organisme.objects.bulk_create(Organisme(nom=f"Autre organisme {rang:04}", statut="OPH") for rang in rangs)
    rangs = range(Utilisateur.objects.count(), nombre)
    Utilisateur.objects.bulk_create(Utilisateur(courriel=f"p{rang}@exemple.fr", prenom="P", nom=f"Nom {rang}") for rang in rangs)
    organisme = Organisme.objects.order_by("-pk")[0]
    neuves = Utilisateur.objects.filter(habilitations=None)
    Habilitation.objects.bulk_create(Habilitation(utilisateur=p, role=Role.REDACTEUR, organisme=organisme) for p in neuves)


def des_campagnes() -> None:
    """D'anciennes campagnes, assez pour remplir leur page."""
    recente = Campagne.objects.get()
    dates = {"ouverture": recente.ouverture, "cloture": recente.ouverture + timedelta(days=1)}
    Campagne.objects.bulk_create(Campagne(code=f"A{rang}", titre=f"Ancienne {rang}", **dates) for rang in range(CAMPAGNES))


def des_personnes() -> dict[str, Client]:
    """Un navigateur par rôle ; l'agent, le régional et le lecteur voient toute la France."""
    admin, bailleur = comptes()
    personnes = {"admin": admin, "bailleur": bailleur}
    for role in ("agent", "regional", "lecteur", "grand_bailleur"):
        personnes[role] = Utilisateur.objects.creer(f"{role}@exemple.fr", prenom="Camille", nom=role.capitalize())
    departementaux = Service.objects.filter(departement__isnull=False, type=Service.Type.DEPARTEMENT_SOCIAL)
    regionaux = Service.objects.filter(region__isnull=False, type__endswith="logement")
    Habilitation.objects.bulk_create(
        [
            *(Habilitation(utilisateur=personnes["agent"], role=Role.AGENT, service=s) for s in departementaux),
            *(Habilitation(utilisateur=personnes["regional"], role=Role.AGENT, service=s) for s in regionaux),
            Habilitation(utilisateur=personnes["lecteur"], role=Role.LECTEUR),
            Habilitation(utilisateur=personnes["grand_bailleur"], role=Role.DEPOSANT, organisme=un_depose().organisme),
        ]
    )
    navigateurs = {role: Client() for role in personnes}
    for role, navigateur in navigateurs.items():
        navigateur.force_login(personnes[role])
    return navigateurs


def un_depose() -> Candidature:
    """Le dossier déposé qu'on lit, le même aux deux tailles."""
    return Candidature.objects.filter(etat=Etat.DEPOSEE).order_by("pk")[0]


def les_adresses() -> dict[str, str]:
    """L'adresse de chaque page, par nom."""
    depose, brouillon = (
        un_depose(),
        Candidature.objects.filter(etat=Etat.BROUILLON, organisme__nom="Habitat 00").order_by("pk")[0],
    )
    departement = depose.departements.order_by("pk")[0]
    AvisRegional.objects.create(candidature=depose, region_id=departement.region_id, champ_libre="Un avis.")
    sujets: dict[str, Any] = {
        "depose": depose.pk,
        "brouillon": brouillon.pk,
        "campagne": depose.campagne_id,
        "departemental": "departement",
        "departement": departement.pk,
        "regional": "region",
        "region": departement.region_id,
    }
    return {page.nom: _adresse(page, sujets) for page in PAGES}


def _adresse(page: Page, sujets: dict[str, Any]) -> str:
    if page.sur[1:] == ("section",):
        return reverse(page.route, args=[sujets[page.sur[0]], page.suite])
    return reverse(page.route, args=[sujets[nom] for nom in page.sur]) + page.suite


# --- Comparer ------------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def releves(django_db_setup: None, django_db_blocker: Any) -> list[dict[str, LignesLues]]:
    """Ce que chaque page a lu, à chaque taille ; la base est rendue vide."""
    lus = []
    with django_db_blocker.unblock(), transaction.atomic():
        remplir(TAILLES[0])
        des_campagnes()
        navigateurs, adresses = des_personnes(), les_adresses()
        for taille in TAILLES:
            remplir(taille)
            lus.append({page.nom: lire(navigateurs[page.qui], adresses[page.nom]) for page in PAGES})
        transaction.set_rollback(True)
    return lus


def lire(navigateur: Client, adresse: str) -> LignesLues:
    """Ce que lit la page à la seconde demande : la première lit ce qu'un processus garde."""
    for _ in range(2):
        with LignesLues() as lues:
            reponse = navigateur.get(adresse)
        assert reponse.status_code == 200, f"{adresse} : {reponse.status_code}"
    return lues


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.nom)
def test_une_page_lit_autant_de_lignes_dans_une_grande_base(page: Page, releves: list[dict[str, LignesLues]]) -> None:
    petite, grande = (releve[page.nom] for releve in releves)
    assert grande.total <= petite.total + page.bornee_a, (
        f"{petite.total} puis {grande.total} lignes\n{grande.de_plus_que(petite)}"
    )


# --- L'outil -------------------------------------------------------------------------------------------------------------
def test_les_lignes_se_comptent_quelle_que_soit_la_maniere_de_les_prendre() -> None:
    """Une à une, par lots, toutes, ou en parcourant le curseur ; une requête qui ne rend rien en compte zéro."""
    Organisme.objects.bulk_create(Organisme(nom=f"Habitat {rang}", statut="OPH") for rang in range(7))
    with LignesLues() as lues, connection.cursor() as curseur:
        for prendre in (methodcaller("fetchone"), methodcaller("fetchmany", 3), methodcaller("fetchall"), list):
            curseur.execute("SELECT id FROM comptes_organisme")
            prendre(curseur)
        list(Organisme.objects.iterator(chunk_size=2))
        list(Organisme.objects.filter(nom="personne"))
        Organisme.objects.update(statut="ESH")
    assert [requete.lignes for requete in lues.requetes] == [1, 3, 7, 7, 7, 0, 0]
    assert lues.total == 25
