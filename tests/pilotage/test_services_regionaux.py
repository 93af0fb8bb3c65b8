"""Quel service rend l'avis régional : un écran, une ligne au journal par région changée, sans rien effacer d'autrui."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from comptes import actions
from comptes.ecriture import Changement
from comptes.models import Acte, Service, Utilisateur
from comptes.portees import portee_de
from tests.avis.fabriques import un_contributeur
from tests.fabriques import un_agent, un_national
from tests.hlm_projets.une_page import exiger_une_page

pytestmark = pytest.mark.django_db
SERVICES = reverse("comptes:services")


def connecte(personne: Utilisateur) -> Client:
    client = Client()
    client.force_login(personne)
    return client


def service(region: str, type_: str = "region_social") -> Service:
    return Service.objects.get(region=region, type=type_)


def envoi(**voulus: Service) -> dict[str, str]:
    """Ce que la page enverrait : tout comme montré, sauf `region_XX=`."""
    presents = {s.region_id: str(s.pk) for s in Service.objects.filter(rend_avis_regional=True)}
    donnees = {f"region_{code}": cle for code, cle in presents.items()} | {f"lu_{code}": cle for code, cle in presents.items()}
    return donnees | {nom: str(s.pk) for nom, s in voulus.items()}


def rendeurs() -> dict[str | None, str]:
    return {s.region_id: s.type for s in Service.objects.filter(rend_avis_regional=True)}


def test_une_region_par_ligne() -> None:
    page = connecte(un_national()).get(SERVICES).content.decode()
    exiger_une_page(page)
    assert page.count("<select") == 18
    assert page.count("<option") == page.count("selected") * 2 == 36
    assert page.index("Hauts-de-France") < page.index("Île-de-France") < page.index("La Réunion")  # « Î » se range à I


def test_changer_une_region_change_qui_rend() -> None:
    agent, contributeur = un_agent("32", regional=True), un_contributeur("32")
    assert (portee_de(agent).regions_rendues, portee_de(contributeur).regions_rendues) == (frozenset({"32"}), frozenset())
    avant, par = rendeurs(), un_national()
    reponse = connecte(par).post(SERVICES, envoi(region_32=service("32")), follow=True)
    assert "Enregistré : Hauts-de-France." in reponse.content.decode()
    assert rendeurs() == avant | {"32": "region_social"}
    agent, contributeur = (Utilisateur.objects.get(pk=p.pk) for p in (agent, contributeur))
    assert (portee_de(agent).regions_rendues, portee_de(contributeur).regions_rendues) == (frozenset(), frozenset({"32"}))
    (ligne,) = Acte.objects.filter(acte="designer_service_regional")
    assert (ligne.par, ligne.detail["region"]) == (par, "32")
    assert ligne.detail["avant"].startswith("DREAL")
    assert ligne.detail["apres"].startswith("DREETS")


def test_renvoyer_la_meme_page_ne_fait_rien() -> None:
    client, donnees = connecte(un_national()), envoi(region_32=service("32"))
    for _ in range(2):
        assert client.post(SERVICES, donnees).status_code == 302
    assert client.post(SERVICES, envoi()).status_code == 302
    assert Acte.objects.filter(acte="designer_service_regional").count() == 1


def test_deux_administrateurs_sur_des_regions_differentes_s_ajoutent() -> None:
    un, deux = envoi(region_32=service("32")), envoi(region_11=service("11"))
    for donnees in (un, deux):
        connecte(un_national()).post(SERVICES, donnees)
    assert {code for code, type_ in rendeurs().items() if type_ == "region_social"} == {"32", "11"}


def test_sur_la_meme_region_le_second_le_voit() -> None:
    lue = envoi()
    connecte(un_national()).post(SERVICES, envoi(region_32=service("32")))
    perimee = lue | {"lu_32": str(service("32").pk + 10_000), "region_32": str(service("32", "region_logement").pk)}
    client = connecte(un_national())
    reponse = client.post(SERVICES, perimee)
    page = reponse.content.decode()
    assert reponse.status_code == 409
    assert "Une autre personne vient de choisir « DREETS »" in page
    exiger_une_page(page)
    assert rendeurs()["32"] == "region_social"
    client.post(SERVICES, perimee | {"lu_32": str(service("32").pk)})
    assert rendeurs()["32"] == "region_logement"


@pytest.mark.parametrize("valeur", ["", "abc", "999999", "\x00"])
def test_un_service_qui_n_est_pas_de_la_region_est_refuse(valeur: str) -> None:
    avant = rendeurs()
    for voulu in (valeur, str(service("11").pk)):
        reponse = connecte(un_national()).post(SERVICES, envoi() | {"region_32": voulu})
        assert reponse.status_code == 409
    assert rendeurs() == avant


def test_l_action_non_plus_ne_l_accepte_pas() -> None:
    present = str(service("32", "region_logement").pk)
    for voulu in (str(service("11").pk), str(Service.objects.filter(departement="59")[0].pk), "0"):
        with pytest.raises(PermissionDenied):
            actions.designer_services({"32": Changement(present, voulu)}, par=un_national(), le=timezone.now())
    with pytest.raises(PermissionDenied):
        actions.designer_services({}, par=un_agent("32", regional=True), le=timezone.now())
