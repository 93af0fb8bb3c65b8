"""Les échéances des avis, et ce que lira le bailleur : réglés dans la campagne."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from candidatures.campagnes.forms.campagnes import FormulaireDeCampagne
from candidatures.models import Campagne
from comptes.models import Acte
from tests.fabriques import un_national, une_campagne
from tests.hlm_projets.une_page import exiger_une_page
from tests.pilotage.fabriques import au_comite, decider, publier

pytestmark = pytest.mark.django_db
ENVOI = {
    "code": "2031",
    "titre": "Session 2031",
    "ouverture_jour": "2031-01-15",
    "ouverture_heure": "09:00",
    "cloture_jour": "2031-06-30",
    "cloture_heure": "23:59",
    "tolerance_minutes": "0",
    "duree_minimum": "12",
    "duree_maximum": "36",
}
ECHEANCES = {
    "echeance_departementale_jour": "2031-08-15",
    "echeance_departementale_heure": "18:00",
    "echeance_regionale_jour": "2031-09-15",
    "echeance_regionale_heure": "18:00",
}


@pytest.fixture
def client() -> Client:
    client = Client()
    client.force_login(un_national())
    return client


def test_elles_s_enregistrent_a_l_heure_de_paris(client: Client) -> None:
    envoi = ENVOI | ECHEANCES | {"avis_communiques": "on"}
    assert client.post(reverse("candidatures:campagne_creer"), envoi).status_code == 302
    campagne = Campagne.objects.get()
    assert campagne.echeance_departementale == datetime(2031, 8, 15, 16, tzinfo=UTC)
    assert campagne.echeance_regionale == datetime(2031, 9, 15, 16, tzinfo=UTC)
    assert campagne.avis_communiques
    detail = Acte.objects.get(acte="creer_campagne").detail
    assert detail["avis_communiques"] == "oui"
    assert "15 septembre 2031" in detail["echeance_regionale"]


def test_elles_sont_facultatives(client: Client) -> None:
    assert client.post(reverse("candidatures:campagne_creer"), ENVOI).status_code == 302
    campagne = Campagne.objects.get()
    assert (campagne.echeance_departementale, campagne.echeance_regionale, campagne.avis_communiques) == (None, None, False)


@pytest.mark.parametrize(
    ("change", "phrase"),
    [
        ({"echeance_departementale_heure": ""}, "Indiquez aussi l&#x27;heure"),
        ({"echeance_departementale_jour": ""}, "Indiquez aussi la date"),
        ({"echeance_regionale_jour": "2031-02-30"}, "Cette date n&#x27;existe pas"),
        ({"echeance_regionale_jour": "2031-08-14"}, "seraient attendus avant les départementaux"),
    ],
)
def test_une_echeance_fausse_est_dite(change: dict[str, str], phrase: str, client: Client) -> None:
    page = client.post(reverse("candidatures:campagne_creer"), ENVOI | ECHEANCES | change).content.decode()
    assert phrase in page
    exiger_une_page(page)
    assert not Campagne.objects.exists()


def test_une_echeance_se_retire(client: Client) -> None:
    campagne = une_campagne(echeance_departementale=datetime(2031, 8, 15, 16, tzinfo=UTC))
    form = FormulaireDeCampagne(instance=campagne)
    page = client.get(reverse("candidatures:campagne_modifier", args=[campagne.pk])).content.decode()
    assert 'value="2031-08-15"' in page
    envoi = ENVOI | {"code": campagne.code, "titre": campagne.titre, "lu": form.initial["lu"]}
    reponse = client.post(reverse("candidatures:campagne_modifier", args=[campagne.pk]), envoi)
    assert reponse.status_code == 302, reponse.content.decode()
    assert Campagne.objects.get().echeance_departementale is None


def test_la_publication_est_dans_son_historique(client: Client) -> None:
    campagne = une_campagne()
    decider(au_comite(campagne))
    assert "Décisions publiées" not in client.get(reverse("candidatures:campagne_modifier", args=[campagne.pk])).content.decode()
    publier(campagne)
    assert "Décisions publiées" in client.get(reverse("candidatures:campagne_modifier", args=[campagne.pk])).content.decode()
