"""Qui signe un avis, et sous quel nom : le service de la personne, appelé comme il l'était ce jour-là dans son territoire."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from avis.models import AvisFige
from comptes.models import Role, Service, Utilisateur
from tests.avis.fabriques import DEPARTEMENT, REGION, agent, rendre, un_collegue, un_dossier
from tests.fabriques import habiliter, un_agent, une_personne

pytestmark = pytest.mark.django_db


def service(type_: str, **territoire: str) -> Service:
    return Service.objects.get(type=type_, **territoire)


def d_un_service_puis_d_un_autre(*services: Service) -> Utilisateur:
    """Une personne habilitée dans tous."""
    personne = une_personne()
    for un in services:
        personne = habiliter(personne, Role.AGENT, un)
    return personne


# --- Deux services, un département ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("type_", ["departement_social", "departement_logement"])
def test_chacun_des_deux_services_signe_de_son_nom(type_: str) -> None:
    par = un_collegue("77") if type_ == "departement_social" else un_agent("77")
    avis = rendre(un_dossier(["77"]), DEPARTEMENT, "77", par)
    assert avis.service == service(type_, departement="77")
    assert avis.service_nom == ("DDETS" if type_ == "departement_social" else "DDT") + " – Seine-et-Marne (77)"
    assert AvisFige.objects.get().contenu["service"] == avis.service_nom
    assert (avis.auteur, avis.auteur_nom) == (par, str(par))


def test_qui_est_de_deux_departements_signe_pour_celui_de_l_avis() -> None:
    par = d_un_service_puis_d_un_autre(
        service("departement_logement", departement="13"), service("departement_logement", departement="77")
    )
    dossier = un_dossier(["13", "77"])
    assert rendre(dossier, DEPARTEMENT, "77", par).service_nom == "DDT – Seine-et-Marne (77)"
    assert rendre(dossier, DEPARTEMENT, "13", par).service_nom == "DDTM – Bouches-du-Rhône (13)"


@pytest.mark.parametrize("type_", ["region_logement", "region_social"])
def test_qui_est_des_deux_services_de_la_region_signe_pour_celui_qui_rend(type_: str) -> None:
    """Le premier créé ou le dernier : c'est son réglage qui le désigne, pas son rang."""
    Service.objects.filter(region="11").update(rend_avis_regional=False)
    Service.objects.filter(region="11", type=type_).update(rend_avis_regional=True)
    par = d_un_service_puis_d_un_autre(*Service.objects.filter(region="11").order_by("type"))
    dossier = un_dossier(["77"])
    rendre(dossier, DEPARTEMENT, "77")
    assert rendre(dossier, REGION, "11", par).service == service(type_, region="11")


def test_qui_est_des_deux_services_du_departement_signe_toujours_pour_le_meme() -> None:
    les_deux = Service.objects.filter(departement="77").order_by("pk")
    for ordre in (les_deux, les_deux.reverse()):
        par = d_un_service_puis_d_un_autre(*ordre)
        assert rendre(un_dossier(["77"]), DEPARTEMENT, "77", par).service == les_deux[0]


# --- Le jour du territoire -----------------------------------------------------------------------------------------------
REFORME = {
    "Paris, la veille à 23 h 59": ("77", "2021-03-31T21:59+00:00", "DDCS"),
    "Paris, à minuit": ("77", "2021-03-31T22:00+00:00", "DDETS"),
    "La Réunion, la veille à 23 h 59": ("974", "2021-03-31T19:59+00:00", "DJSCS"),
    "La Réunion, à minuit : 22 h à Paris": ("974", "2021-03-31T20:00+00:00", "DEETS"),
    "la Guadeloupe, la veille à 23 h 59 : 5 h 59 à Paris": ("971", "2021-04-01T03:59+00:00", "DJSCS"),
    "la Guadeloupe, à minuit": ("971", "2021-04-01T04:00+00:00", "DEETS"),
}


@pytest.mark.parametrize(("territoire", "instant", "nom"), REFORME.values(), ids=list(REFORME))
def test_le_service_se_nomme_comme_ce_jour_la_chez_lui(territoire: str, instant: str, nom: str) -> None:
    """La réforme vaut du 1er avril 2021 à minuit, à l'horloge du territoire ; le nom d'aujourd'hui n'y est pour rien."""
    Service.objects.update(nom="Nom d'aujourd'hui")
    avis = rendre(un_dossier([territoire]), DEPARTEMENT, territoire, un_collegue(territoire), le=datetime.fromisoformat(instant))
    assert avis.service_nom.partition(" – ")[0] == nom


@pytest.mark.parametrize(("heure", "nom"), [((19, 59), "DJSCS"), ((20, 0), "DEETS")])
def test_une_region_d_outre_mer_aussi(heure: tuple[int, int], nom: str) -> None:
    Service.objects.filter(region="04", rend_avis_regional=True).update(rend_avis_regional=False)
    Service.objects.filter(region="04", type="region_social").update(rend_avis_regional=True)
    dossier = un_dossier(["974"])
    rendre(dossier, DEPARTEMENT, "974")
    par = habiliter(une_personne(), Role.AGENT, service("region_social", region="04"))
    avis = rendre(dossier, REGION, "04", par, le=datetime(2021, 3, 31, *heure, tzinfo=UTC))
    assert avis.service_nom == f"{nom} – La Réunion"
    assert agent(REGION, "04") != par
