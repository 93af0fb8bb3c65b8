"""Les pages de la reprise : choisir, être prévenu, relire, et ne rien perdre de ce qui est tapé."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from candidatures.models import Candidature
from candidatures.reprise.reprenables import INTITULES, Sort
from candidatures.sections import CHAMPS
from tests.candidatures.reprise.anciennes import TOUT_GARDER, TOUT_REVOIR, reprendre_par, une_ancienne
from tests.fabriques import Monde, un_brouillon
from tests.fabriques import relire as en_base

pytestmark = pytest.mark.django_db
ClientDe = Callable[[str], Client]
UN_ORGANISME = {"organismes-TOTAL_FORMS": "1", "organismes-INITIAL_FORMS": "0", "organismes-0-nom": "X"}


@pytest.fixture
def ancienne(monde: Monde) -> Candidature:
    """Un dossier déposé de l'organisme A, d'une édition close ; la campagne du monde est ouverte."""
    return une_ancienne(monde)


def page_de(ancienne: Candidature) -> str:
    return reverse("candidatures:reprendre", args=[ancienne.pk])


def section(candidature: Candidature, code: str) -> str:
    return reverse("candidatures:section", args=[candidature.pk, code])


class TestPages:
    def envoi(self, monde: Monde, **exceptions: str) -> dict[str, Any]:
        return {"campagne": monde.campagne.pk, "ensemble": "propose"} | {f"sort_{nom}": v for nom, v in exceptions.items()}

    def test_l_envoi_cree_le_brouillon_avec_ses_marques(self, monde: Monde, ancienne: Candidature, client_de: ClientDe) -> None:
        envoi = self.envoi(monde, methodologie="garder", partenaires="effacer")
        reponse = client_de("redacteur").post(page_de(ancienne), envoi)
        nouvelle = Candidature.objects.get(origine=ancienne)
        assert reponse["Location"] == reverse("candidatures:fiche", args=[nouvelle.pk])
        assert {"methodologie", "partenaires", "nom"} & set(nouvelle.a_revoir) == set()
        assert {"descriptif", "lignes", "duree_mois"} <= set(nouvelle.a_revoir)

    @pytest.mark.parametrize(("ensemble", "attendu"), [("garder", set()), ("revoir", set(INTITULES) - {"nom"})])
    def test_un_choix_d_ensemble_et_une_exception(
        self, monde: Monde, ancienne: Candidature, client_de: ClientDe, ensemble: str, attendu: set[str]
    ) -> None:
        client_de("redacteur").post(page_de(ancienne), self.envoi(monde, nom="garder") | {"ensemble": ensemble})
        assert set(Candidature.objects.get(origine=ancienne).a_revoir) == attendu

    def test_un_envoi_vide_ou_force_est_refuse_et_le_dit(self, monde: Monde, ancienne: Candidature, client_de: ClientDe) -> None:
        close = ancienne.campagne.pk
        for envoi in ({}, self.envoi(monde, nom="jeter"), self.envoi(monde) | {"campagne": close}, {"connues": "x" * 9_999}):
            page = client_de("redacteur").post(page_de(ancienne), envoi).content.decode()
            assert "<title>Erreur : " in page
            assert 'id="erreurs"' in page
        assert not Candidature.objects.filter(origine=ancienne).exists()

    def test_un_double_clic_mene_au_meme_brouillon(self, monde: Monde, ancienne: Candidature, client_de: ClientDe) -> None:
        client = client_de("redacteur")
        lieux = {client.post(page_de(ancienne), self.envoi(monde))["Location"] for _ in range(2)}
        assert len(lieux) == 1
        assert Candidature.objects.filter(origine=ancienne).count() == 1

    def test_ce_que_l_organisme_a_deja_est_dit_sans_etre_interdit(
        self, monde: Monde, ancienne: Candidature, client_de: ClientDe
    ) -> None:
        """F-18."""
        client, autre = client_de("redacteur"), monde.brouillon_a
        client.post(page_de(ancienne), self.envoi(monde))
        page = client.get(page_de(ancienne)).content.decode()
        assert autre.reference in page
        assert "née de ce même dossier" in page
        connues = re.search(r'name="connues" value="([^"]*)"', page)
        assert connues
        client.post(page_de(ancienne), self.envoi(monde) | {"connues": connues[1]})
        assert Candidature.objects.filter(origine=ancienne).count() == 2

    def test_sans_autre_campagne_ouverte_la_page_le_dit(self, monde: Monde, client_de: ClientDe) -> None:
        page = client_de("redacteur").get(page_de(monde.deposee_a)).content.decode()
        assert "Aucune autre campagne n’est ouverte" in page
        assert client_de("redacteur").post(page_de(monde.deposee_a), self.envoi(monde)).status_code == 200

    def test_le_lien_est_la_ou_il_sert(self, monde: Monde, ancienne: Candidature, client_de: ClientDe) -> None:
        client = client_de("redacteur")
        for page in (reverse("candidatures:mes"), reverse("candidatures:fiche", args=[ancienne.pk])):
            assert page_de(ancienne) in client.get(page).content.decode()
        fiche = reverse("candidatures:fiche", args=[monde.deposee_a.pk])
        assert page_de(monde.deposee_a) not in client.get(fiche).content.decode()
        assert (
            page_de(ancienne)
            not in client_de("administrateur").get(reverse("candidatures:fiche", args=[ancienne.pk])).content.decode()
        )

    def test_les_marques_se_voient_se_comptent_et_n_empechent_pas_de_deposer(
        self, monde: Monde, ancienne: Candidature, client_de: ClientDe
    ) -> None:
        client, nouvelle = client_de("deposant"), reprendre_par(monde, ancienne, TOUT_GARDER | {"methodologie": Sort.REVOIR})
        page = " ".join(client.get(section(nouvelle, "accompagnement")).content.decode().split())
        assert page.count("Reprise de 2025 : à relire") == 1
        assert "1 rubrique reprise" in page
        verifier = " ".join(client.get(reverse("candidatures:verifier", args=[nouvelle.pk])).content.decode().split())
        assert "1 rubrique reprise de 2025 à relire" in verifier
        assert f"{section(nouvelle, 'accompagnement')}#a-relire-methodologie" in verifier
        client.post(reverse("candidatures:franchir", args=[nouvelle.pk, "deposer"]))
        assert en_base(nouvelle).etat == "deposee"

    def test_c_est_relu_enregistre_la_section_et_ote_la_marque(
        self, monde: Monde, ancienne: Candidature, client_de: ClientDe
    ) -> None:
        nouvelle = reprendre_par(monde, ancienne, TOUT_REVOIR)
        adresse = reverse("candidatures:relu", args=[nouvelle.pk, "accompagnement", "methodologie"])
        envoi = {"adhesion_menage": "Tapé avant de cliquer", "rester": "1"}
        reponse = client_de("redacteur").post(adresse, envoi)
        assert reponse["Location"] == f"{section(nouvelle, 'accompagnement')}#id_methodologie"
        gardee = en_base(nouvelle)
        assert gardee.adhesion_menage == "Tapé avant de cliquer"
        assert {"methodologie", "adhesion_menage"} & set(gardee.a_revoir) == set()
        assert "relation_bailleur" in gardee.a_revoir

    @pytest.mark.parametrize(
        ("code", "saisie", "nom"),
        [
            ("publics", {"nombre_menages_precision": "Autrement dit"}, "nombre_menages"),
            ("partenariat", {"partenaires": "D'autres partenaires"}, "partenaires"),
            (
                "projet",
                {"organismes-TOTAL_FORMS": "1", "organismes-INITIAL_FORMS": "0", "organismes-0-nom": "X", "departements": ["77"]},
                "organismes",
            ),
            ("projet", {"localisation": "Ailleurs", "departements": ["13"]}, "departements"),
        ],
    )
    def test_changer_une_reponse_ote_sa_marque_et_elle_seule(
        self, monde: Monde, ancienne: Candidature, client_de: ClientDe, code: str, saisie: dict[str, Any], nom: str
    ) -> None:
        nouvelle = reprendre_par(monde, ancienne, TOUT_REVOIR)
        client_de("redacteur").post(section(nouvelle, code), saisie)
        changees = {cle.removesuffix("_precision") for cle in saisie if cle in CHAMPS} | {nom}
        assert set(INTITULES) - set(en_base(nouvelle).a_revoir) == changees

    def test_dire_relu_suit_les_droits_de_la_saisie(self, monde: Monde, ancienne: Candidature, client_de: ClientDe) -> None:
        nouvelle = reprendre_par(monde, ancienne, TOUT_REVOIR)
        adresse = reverse("candidatures:relu", args=[nouvelle.pk, "accompagnement", "methodologie"])
        for role in ("autre_bailleur", "administrateur", "agent_departemental"):
            assert client_de(role).post(adresse, {"rester": "1"}).status_code == 404
        assert en_base(nouvelle).a_revoir == list(INTITULES)

    def test_autant_de_requetes_quoi_qu_il_y_ait_a_reprendre(
        self, monde: Monde, ancienne: Candidature, client_de: ClientDe
    ) -> None:
        client, par = client_de("redacteur"), monde.personne("redacteur")
        une = compter(client, page_de(ancienne))
        for _ in range(3):
            un_brouillon(monde.campagne, monde.organisme_a, par=par, complet=False)
        assert compter(client, page_de(ancienne)) == une
        nouvelle = reprendre_par(monde, ancienne, TOUT_REVOIR)
        presque = reprendre_par(monde, ancienne, TOUT_GARDER | {"nom": Sort.REVOIR}, connues=[nouvelle.pk])
        assert compter(client, section(nouvelle, "projet")) == compter(client, section(presque, "projet"))


def compter(client: Client, adresse: str) -> int:
    client.get(adresse)
    with CaptureQueriesContext(connection) as captees:
        assert client.get(adresse).status_code == 200
    return len(captees)
