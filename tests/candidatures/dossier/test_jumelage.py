"""Deux fiches d'un même projet : liées par le national, leurs ménages se comptent une fois."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from candidatures.coherence.rapprochements import menages_comptes_une_fois
from candidatures.dossier import jumelage
from candidatures.models import Candidature, Evenement
from candidatures.verrou import Refus
from hlm_projets.requete.middleware import maintenant
from tests.fabriques import Monde, relire, une_candidature

pytestmark = pytest.mark.django_db


def lier(monde: Monde, une: Candidature, autre: Candidature) -> None:
    jumelage.lier(relire(une), relire(autre), par=monde.personne("administrateur"), le=maintenant())


def test_les_menages_se_comptent_une_fois(monde: Monde) -> None:
    Candidature.objects.filter(pk=monde.deposee_a.pk).update(nombre_menages=50)
    Candidature.objects.filter(pk=monde.deposee_b.pk).update(nombre_menages=25)
    assert menages_comptes_une_fois(Candidature.objects.all()) == 75
    lier(monde, monde.deposee_b, monde.deposee_a)
    assert menages_comptes_une_fois(Candidature.objects.all()) == 50


def test_refait_ne_change_rien_dans_aucun_sens(monde: Monde) -> None:
    for une, autre in (
        (monde.deposee_a, monde.deposee_b),
        (monde.deposee_a, monde.deposee_b),
        (monde.deposee_b, monde.deposee_a),
    ):
        lier(monde, une, autre)
    assert Evenement.objects.filter(acte="lier_jumelle").count() == 1
    assert jumelage.groupe_de(relire(monde.deposee_a)) == [monde.deposee_b]
    assert jumelage.groupe_de(relire(monde.deposee_b)) == [monde.deposee_a]


def test_trois_dossiers_font_un_groupe_et_un_seul_s_en_va(monde: Monde) -> None:
    troisieme = une_candidature(campagne=monde.campagne, departements=("59",))
    lier(monde, monde.deposee_a, monde.deposee_b)
    lier(monde, troisieme, monde.deposee_a)
    assert {c.pk for c in jumelage.groupe_de(relire(monde.deposee_b))} == {monde.deposee_a.pk, troisieme.pk}
    jumelage.delier(relire(monde.deposee_b), par=monde.personne("administrateur"), le=maintenant())
    assert jumelage.groupe_de(relire(monde.deposee_b)) == []
    assert jumelage.groupe_de(relire(troisieme)) == [monde.deposee_a]


def test_ce_qui_ne_se_lie_pas(monde: Monde) -> None:
    with pytest.raises(Refus, match="propre jumeau"):
        lier(monde, monde.deposee_a, monde.deposee_a)
    with pytest.raises(Refus, match="déposés"):
        lier(monde, monde.deposee_a, monde.brouillon_b)
    with pytest.raises(PermissionDenied):
        jumelage.lier(monde.deposee_a, monde.deposee_b, par=monde.personne("lecteur"), le=maintenant())
    assert not Evenement.objects.filter(acte="lier_jumelle").exists()


def test_a_l_ecran_par_le_numero(monde: Monde, client: Client) -> None:
    client.force_login(monde.personne("administrateur"))
    adresse = reverse("candidatures:jumeler", args=[monde.deposee_a.pk])
    page = client.post(adresse, {"numero": "2026-99-999"}, follow=True).content.decode()
    assert "Aucun dossier ne porte le numéro « 2026-99-999 »" in page
    page = client.post(adresse, {"numero": f" {monde.deposee_b.numero} "}, follow=True).content.decode()
    assert "Ce projet est aussi porté par" in page
    assert monde.deposee_b.reference in page


def test_un_service_ne_lit_pas_le_dossier_jumeau_hors_de_son_territoire(monde: Monde, client: Client) -> None:
    lier(monde, monde.deposee_a, monde.deposee_b)
    for role in ("agent_departemental", "deposant"):
        client.force_login(monde.personne(role))
        page = client.get(reverse("candidatures:fiche", args=[monde.deposee_a.pk])).content.decode()
        assert monde.deposee_b.reference not in page
        assert "fiche jumelle" not in page.lower() or role != "deposant"
