"""L'avis de la région : attendre ses départements, passer outre, contribuer, rendre."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from avis.models import AvisDepartemental, AvisRegional
from candidatures.models import Candidature
from tests.avis.fabriques import (
    DEPARTEMENT,
    REGION,
    REPONSES,
    adresse,
    agent,
    envoi,
    rendre,
    un_contributeur,
    un_dossier,
)
from tests.avis.pages import client_de_, page
from tests.fabriques import relire, un_agent

pytestmark = pytest.mark.django_db


@pytest.fixture
def dossier() -> Candidature:
    return un_dossier(nom="Familles de Marne")


def _champ(nom: str) -> Any:
    return AvisDepartemental._meta.get_field(nom)


def test_la_region_lit_les_avis_de_ses_departements_avant_d_ecrire() -> None:
    dossier = un_dossier(["77", "13"])
    rendre(dossier, DEPARTEMENT, "77", champ_libre="Avis de Seine-et-Marne.")
    rendre(dossier, DEPARTEMENT, "13", champ_libre="Avis des Bouches-du-Rhône.")
    texte = page(client_de_(agent(REGION, "11")), adresse(dossier, REGION, "11"))
    assert "Avis de Seine-et-Marne." in texte
    assert "Avis des Bouches-du-Rhône." not in texte
    assert "Avis global formulé par le niveau régional (DREAL en collaboration avec DRJSCS)" in texte


def test_la_region_attend_ses_departements(dossier: Candidature) -> None:
    client = client_de_(agent(REGION, "11"))
    texte = page(client, adresse(dossier, REGION, "11"))
    assert 'name="rendre"' not in texte
    assert "Seine-et-Marne (77)" in texte
    assert "leur date n&#x27;est pas passée" in texte
    reponse = client.post(adresse(dossier, REGION, "11"), envoi(REGION) | {"rendre": "1"})
    assert reponse.status_code == 409
    assert not AvisRegional.objects.get().est_rendu


def test_la_region_passe_outre_un_retard_avec_un_motif() -> None:
    dossier = un_dossier(echeance=timedelta(days=-2))
    client = client_de_(agent(REGION, "11"))
    url = adresse(dossier, REGION, "11")
    assert 'name="motif_passer_outre"' in page(client, url)
    sans = client.post(url, envoi(REGION) | {"rendre": "1", "motif_passer_outre": "  ", "lu-motif_passer_outre": ""})
    assert sans.status_code == 409
    assert 'id="id_motif_passer_outre_error"' in sans.content.decode()
    lues = REPONSES[REGION]
    avec = client.post(
        url, envoi(REGION, lues=lues) | {"rendre": "1", "motif_passer_outre": "Sans réponse.", "lu-motif_passer_outre": "  "}
    )
    assert avec.status_code == 302, avec.content.decode()
    assert AvisRegional.objects.get().motif_passer_outre == "Sans réponse."
    assert relire(dossier).etat == "comite"
    assert "Sans réponse." in page(client, url)
    agent_77 = page(client_de_(un_agent("77")), adresse(dossier))
    assert "La région a rendu son avis sans attendre celui-ci" in agent_77
    assert "Un projet à soutenir." not in agent_77


def test_le_motif_n_est_demande_que_s_il_y_a_lieu(dossier: Candidature) -> None:
    rendre(dossier, DEPARTEMENT, "77")
    client = client_de_(agent(REGION, "11"))
    assert "motif_passer_outre" not in page(client, adresse(dossier, REGION, "11"))
    reponse = client.post(adresse(dossier, REGION, "11"), envoi(REGION) | {"rendre": "1", "motif_passer_outre": "Forgé."})
    assert reponse.status_code == 302
    assert AvisRegional.objects.get().motif_passer_outre == ""


def test_le_contributeur_enregistre_sans_rendre(dossier: Candidature) -> None:
    rendre(dossier, DEPARTEMENT, "77")
    client, url = client_de_(un_contributeur("11")), adresse(dossier, REGION, "11")
    texte = page(client, url)
    assert 'name="rendre"' not in texte
    assert "Votre service contribue à ce brouillon, il ne rend pas l&#x27;avis : prévenez DRIHL – Île-de-France" in texte
    assert client.post(url, envoi(REGION)).status_code == 302
    force = client.post(url, envoi(REGION, lues=REPONSES[REGION]) | {"rendre": "1"})
    assert force.status_code == 409
    assert "il ne rend pas l&#x27;avis" in force.content.decode()
    avis = AvisRegional.objects.get()
    assert (avis.sens, avis.est_rendu) == ("favorable", False)


def test_un_avis_defavorable_s_explique(dossier: Candidature) -> None:
    rendre(dossier, DEPARTEMENT, "77")
    client, url = client_de_(agent(REGION, "11")), adresse(dossier, REGION, "11")
    reponse = client.post(url, envoi(REGION, sens="defavorable", champ_libre=" / ") | {"rendre": "1"})
    assert "Un avis défavorable s&#x27;explique" in reponse.content.decode()
    assert not AvisRegional.objects.get().est_rendu
