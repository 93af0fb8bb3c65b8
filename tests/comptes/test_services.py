"""Les services de l'État et leurs noms selon l'époque et le territoire."""

from __future__ import annotations

from datetime import date

import pytest

from comptes.models import Service
from comptes.services import charger, nom_au

SOCIAL, LOGEMENT, REGION, REGION_SOCIAL = "departement_social", "departement_logement", "region_logement", "region_social"
AVANT, APRES = date(2021, 3, 31), date(2021, 4, 1)


@pytest.mark.parametrize(
    ("type_", "territoire", "avant", "apres"),
    [
        (SOCIAL, "77", "DDCS", "DDETS"),
        (SOCIAL, "45", "DDCS", "DDETS"),
        (SOCIAL, "2A", "DDCSPP", "DDETSPP"),
        (SOCIAL, "23", "DDCSPP", "DDETSPP"),
        (SOCIAL, "75", "DRIHL (unité départementale)", "DRIHL (unité départementale)"),
        (SOCIAL, "974", "DJSCS", "DEETS"),
        (LOGEMENT, "77", "DDT", "DDT"),
        (LOGEMENT, "13", "DDTM", "DDTM"),
        (LOGEMENT, "92", "DRIHL (unité départementale, logement)", "DRIHL (unité départementale, logement)"),
        (LOGEMENT, "976", "DEAL", "DEAL"),
        (REGION, "11", "DRIHL", "DRIHL"),
        (REGION, "93", "DREAL", "DREAL"),
        (REGION, "04", "DEAL", "DEAL"),
        (REGION_SOCIAL, "11", "DRJSCS", "DRIEETS"),
        (REGION_SOCIAL, "93", "DRJSCS", "DREETS"),
        (REGION_SOCIAL, "01", "DJSCS", "DEETS"),
    ],
)
def test_le_nom_suit_la_reforme(type_: str, territoire: str, avant: str, apres: str) -> None:
    assert (nom_au(type_, territoire, AVANT), nom_au(type_, territoire, APRES)) == (avant, apres)


@pytest.mark.django_db
class TestChargement:
    def test_deux_services_par_territoire(self) -> None:
        comptes = {type_: Service.objects.filter(type=type_).count() for type_ in Service.Type.values}
        assert comptes == {SOCIAL: 101, LOGEMENT: 101, REGION: 18, REGION_SOCIAL: 18}
        assert not Service.objects.filter(nom="").exists()

    def test_recharger_ne_double_rien_et_garde_les_noms_corriges(self) -> None:
        Service.objects.filter(departement="77", type=SOCIAL).update(nom="DDETS de Seine-et-Marne")
        charger()
        assert Service.objects.count() == 238
        assert Service.objects.get(departement="77", type=SOCIAL).nom == "DDETS de Seine-et-Marne"

    def test_un_territoire_nouveau_recoit_ses_services(self) -> None:
        """Un service manquant (département ajouté, ligne effacée) revient au chargement suivant."""
        Service.objects.filter(departement="77").delete()
        charger()
        assert Service.objects.filter(departement="77").count() == 2

    def test_un_service_dit_son_territoire(self) -> None:
        assert str(Service.objects.get(departement="77", type=LOGEMENT)) == "DDT – Seine-et-Marne (77)"
        assert str(Service.objects.get(region="11", type=REGION)) == "DRIHL – Île-de-France"
