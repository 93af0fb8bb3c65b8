"""La navigation : chacun n'y voit que ce qui est à lui."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.urls import include, path
from django.urls.resolvers import URLPattern

from hlm_projets.site.context_processors import ACCES, navigation, site
from hlm_projets.site.pages import accueil
from tests.fabriques import Monde

BAILLEUR = ["Mes candidatures"]
NATIONAL = ["Candidatures", "Matrice", "Décisions", "Campagnes", "Organismes", "Services", "Personnes"]


def _routes(espace: str) -> tuple[list[URLPattern], str]:
    noms = [acces.route.partition(":")[2] for acces in ACCES if acces.route.startswith(espace)]
    return [path(f"{nom}/", accueil, name=nom) for nom in noms], espace


urlpatterns = [path(f"{espace}/", include(_routes(espace))) for espace in ("avis", "candidatures", "comptes", "pilotage")]
pytestmark = pytest.mark.urls(__name__)


@pytest.mark.parametrize(
    ("role", "attendues"),
    [
        ("redacteur", BAILLEUR),
        ("deposant", BAILLEUR),
        ("agent_departemental", ["À traiter", "Candidatures"]),
        ("agent_regional", ["À traiter", "Candidatures", "Matrice"]),
        ("lecteur", ["Candidatures", "Matrice", "Décisions"]),
        ("administrateur", NATIONAL),
    ],
)
def test_chacun_voit_ses_entrees(rf: RequestFactory, monde: Monde, role: str, attendues: list[str]) -> None:
    requete: Any = rf.get("/")
    requete.user = monde.personne(role)
    assert [entree.libelle for entree in navigation(requete)] == attendues


def test_l_entree_de_la_page_est_marquee(rf: RequestFactory, monde: Monde) -> None:
    requete: Any = rf.get("/comptes/personnes/12/")
    requete.user = monde.personne("administrateur")
    assert [entree.libelle for entree in navigation(requete) if entree.courante] == ["Personnes"]


def test_un_anonyme_n_a_pas_de_menu(rf: RequestFactory) -> None:
    requete: Any = rf.get("/")
    requete.user = AnonymousUser()
    assert navigation(requete) == []


def test_la_base_n_est_lue_que_si_la_page_le_demande(rf: RequestFactory, monde: Monde, django_assert_num_queries: Any) -> None:
    requete: Any = rf.get("/")
    requete.user = monde.personne("administrateur")
    with django_assert_num_queries(0):
        contexte = site(requete)["site"]
    with django_assert_num_queries(1):
        assert len(contexte["navigation"]) == len(list(contexte["navigation"])) == len(NATIONAL)
