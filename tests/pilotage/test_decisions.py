"""Décider : qui, quoi, sous quelles conditions ; la page des décisions et son enveloppe."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from candidatures.circuit.franchir import DejaFranchi, Devance, dernier_passage
from candidatures.etats import Etat
from candidatures.models import Candidature, Evenement
from candidatures.verrou import Refus
from tests.avis.fabriques import DEPARTEMENT, rendre, un_dossier
from tests.fabriques import Monde, relire, un_national, une_campagne
from tests.hlm_projets.une_page import exiger_une_page
from tests.pilotage.fabriques import au_comite, connecte, decider

pytestmark = pytest.mark.django_db
DECISIONS = reverse("pilotage:decisions")


def passage(candidature: Candidature, nom: str) -> str:
    return reverse("candidatures:franchir", args=[candidature.pk, nom])


def lu(candidature: Candidature) -> int:
    """Ce que cache le formulaire : le dernier passage."""
    dernier = dernier_passage(candidature)
    assert dernier
    return dernier.pk


class TestLesRegles:
    @pytest.mark.parametrize("montant", [None, Decimal(0), Decimal(-1)])
    def test_retenir_exige_un_montant(self, montant: Decimal | None) -> None:
        dossier = au_comite()
        with pytest.raises(Refus, match="Écrivez le montant accordé"):
            decider(dossier, montant=montant)
        assert relire(dossier).etat == Etat.COMITE

    @pytest.mark.parametrize("nom", ["ne_pas_retenir", "revenir_au_comite"])
    def test_refuser_et_reprendre_exigent_un_motif(self, nom: str) -> None:
        dossier = au_comite()
        decider(dossier)
        with pytest.raises(Refus, match="Écrivez le motif"):
            decider(dossier, nom, motif=" \n")
        assert relire(dossier).etat == Etat.RETENUE

    def test_une_decision_se_corrige_de_toutes_les_facons(self) -> None:
        """Le montant n'existe que d'une décision « retenue » ; chaque correction laisse sa ligne au journal."""
        dossier = au_comite()
        decider(dossier, montant=Decimal("15000.50"))
        assert relire(dossier).montant_accorde == Decimal("15000.50")
        decider(dossier, montant=Decimal(16_000))
        assert relire(dossier).montant_accorde == 16_000
        for nom, etat in (
            ("mettre_en_liste_complementaire", Etat.LISTE_COMPLEMENTAIRE),
            ("ne_pas_retenir", Etat.NON_RETENUE),
            ("revenir_au_comite", Etat.COMITE),
        ):
            decider(dossier, nom)
            assert (relire(dossier).etat, relire(dossier).montant_accorde) == (etat, None)
        actes = list(Evenement.objects.filter(candidature=dossier).order_by("pk").values_list("acte", flat=True))[-5:]
        assert actes == ["retenir", "retenir", "mettre_en_liste_complementaire", "ne_pas_retenir", "revenir_au_comite"]

    def test_un_dossier_encore_en_avis_ne_se_decide_pas(self) -> None:
        dossier = un_dossier()
        rendre(dossier, DEPARTEMENT, "77")
        with pytest.raises(Refus, match="Ce passage n'est pas ouvert"):
            decider(dossier)

    def test_refaire_la_meme_decision_ne_fait_rien(self) -> None:
        dossier, par = au_comite(), un_national()
        decider(dossier, par=par)
        with pytest.raises(DejaFranchi):
            decider(dossier, par=par)
        assert Evenement.objects.filter(candidature=dossier, acte="retenir").count() == 1

    def test_le_motif_d_un_refus_corrige_est_le_dernier(self) -> None:
        dossier = au_comite()
        decider(dossier, "ne_pas_retenir", motif="Premier.")
        decider(dossier, "ne_pas_retenir", motif="Second.")
        assert relire(dossier).motif_de_la_decision == "Second."
        decider(dossier)
        assert relire(dossier).motif_de_la_decision == ""

    def test_qui_decide_sur_une_page_perimee_apprend_ce_qui_s_est_passe(self) -> None:
        """Deux administrateurs : le second n'écrase pas sans le savoir ; s'il insiste, c'est en connaissance de cause."""
        dossier, premier, second = au_comite(), un_national(), un_national()
        vu = lu(dossier)
        decider(dossier, "ne_pas_retenir", premier, lu=vu)
        with pytest.raises(Devance) as devance:
            decider(dossier, par=second, lu=vu)
        assert devance.value.evenement.par == premier
        assert relire(dossier).etat == Etat.NON_RETENUE
        decider(dossier, par=second, lu=devance.value.evenement.pk)
        assert relire(dossier).etat == Etat.RETENUE

    def test_meme_etat_autre_montant_la_page_est_perimee_aussi(self) -> None:
        dossier = au_comite()
        decider(dossier, montant=Decimal(10_000))
        vu = lu(dossier)
        decider(dossier, montant=Decimal(11_000), lu=vu)
        with pytest.raises(Devance):
            decider(dossier, montant=Decimal(12_000), lu=vu)
        assert relire(dossier).montant_accorde == 11_000


class TestConfirmer:
    """La page d'un passage : le montant ou le motif, les erreurs près du champ, le double clic, la page périmée."""

    def test_la_page_dit_ce_qu_il_faut_pour_decider(self) -> None:
        dossier = au_comite(une_campagne(plafond=200_000, taux_maximum=50))
        page = connecte(un_national()).get(passage(dossier, "retenir")).content.decode()
        exiger_une_page(page)
        for dit in (
            "21\u00a0000\u00a0€",
            "200\u00a0000\u00a0€",
            "50\u00a0%",
            "Île-de-France : Favorable",
            "Au comité",
            'value="21\u00a0000"',
        ):
            assert dit in page, dit

    def test_retenir_puis_revenir_d_ou_l_on_vient(self) -> None:
        dossier, suite = au_comite(), f"{DECISIONS}?tri=montant"
        client = connecte(un_national())
        assert f'value="{suite}"' in client.get(passage(dossier, "retenir"), {"suite": suite}).content.decode()
        envoi = {"montant": "15 000,50 €", "lu": lu(dossier), "suite": suite}
        reponse = client.post(passage(dossier, "retenir"), envoi)
        assert (reponse.status_code, reponse["Location"]) == (302, suite)
        assert relire(dossier).montant_accorde == Decimal("15000.50")

    @pytest.mark.parametrize(
        "suite", ["https://ailleurs.example/", "//ailleurs.example/", "javascript:alert(1)", "/\\ailleurs", ""]
    )
    def test_on_ne_part_pas_du_site(self, suite: str) -> None:
        dossier = au_comite()
        reponse = connecte(un_national()).post(passage(dossier, "retenir"), {"montant": "1000", "suite": suite})
        assert reponse["Location"] == reverse("candidatures:fiche", args=[dossier.pk])

    @pytest.mark.parametrize(
        ("montant", "phrase"),
        [
            ("", "Écrivez le montant"),
            ("0", "plus grand que zéro"),
            ("390.760", "Voulez-vous dire"),
            ("beaucoup", "pas un nombre"),
            ("-5", "pas un nombre"),
            ("6000000", "dépasse"),
        ],
    )
    def test_un_montant_refuse_est_rendu_avec_sa_raison(self, montant: str, phrase: str) -> None:
        dossier = au_comite()
        reponse = connecte(un_national()).post(passage(dossier, "retenir"), {"montant": montant, "lu": lu(dossier)})
        page = reponse.content.decode()
        assert reponse.status_code == 409
        assert phrase in page
        assert 'aria-invalid="true"' in page
        assert montant == "" or f'value="{montant}"' in page
        assert "<title>Erreur : " in page
        exiger_une_page(page)
        assert relire(dossier).etat == Etat.COMITE

    def test_un_motif_trop_long_n_est_pas_coupe(self) -> None:
        dossier, motif = au_comite(), "a" * 2001
        reponse = connecte(un_national()).post(passage(dossier, "ne_pas_retenir"), {"motif": motif})
        assert reponse.status_code == 409
        assert motif in reponse.content.decode()
        assert relire(dossier).etat == Etat.COMITE

    def test_un_double_clic_ne_fait_qu_une_decision(self) -> None:
        dossier, client = au_comite(), connecte(un_national())
        envoi = {"montant": "1000", "lu": lu(dossier)}
        codes = [client.post(passage(dossier, "retenir"), envoi).status_code for _ in range(2)]
        assert codes == [302, 302]
        assert Evenement.objects.filter(candidature=dossier, acte="retenir").count() == 1

    def test_la_page_perimee_garde_ce_qui_est_tape_et_se_confirme(self) -> None:
        dossier, premier = au_comite(), un_national()
        vu, client = lu(dossier), connecte(un_national())
        decider(dossier, "ne_pas_retenir", premier)
        reponse = client.post(passage(dossier, "retenir"), {"montant": "12 345", "lu": vu})
        page = reponse.content.decode()
        assert reponse.status_code == 409
        for dit in (str(premier), "Non retenue", 'value="12 345"', f'name="lu" value="{lu(dossier)}"'):
            assert dit in page, dit
        assert client.post(passage(dossier, "retenir"), {"montant": "12 345", "lu": lu(dossier)}).status_code == 302
        assert relire(dossier).montant_accorde == 12_345

    def test_le_passage_disparu_renvoie_au_dossier_avec_la_raison(self) -> None:
        dossier = au_comite()
        client, vu = connecte(un_national()), lu(dossier)
        decider(dossier, "mettre_en_liste_complementaire")
        decider(dossier, "revenir_au_comite")
        reponse = client.post(passage(dossier, "revenir_au_comite"), {"motif": "Autre.", "lu": vu}, follow=True)
        assert "déjà fait" in reponse.content.decode()

    def test_au_dela_du_plafond_on_le_dit_sans_l_interdire(self) -> None:
        dossier = au_comite(une_campagne(plafond=10_000, taux_maximum=40))
        reponse = connecte(un_national()).post(passage(dossier, "retenir"), {"montant": "20000"}, follow=True)
        page = reponse.content.decode()
        assert "Aide maximale par projet dépassée" in page
        assert "Taux dépassé : 47,62\u00a0% des dépenses" in page
        assert relire(dossier).etat == Etat.RETENUE

    def test_publie_la_page_dit_pourquoi_et_n_a_pas_de_bouton(self) -> None:
        dossier = au_comite()
        decider(dossier)
        type(dossier.campagne).objects.update(publiee_le=timezone.now())
        client = connecte(un_national())
        page = client.get(passage(dossier, "retenir")).content.decode()
        assert "sont publiées depuis" in page
        assert "Montant accordé" not in page
        assert client.post(passage(dossier, "retenir"), {"montant": "5"}).status_code == 409
        assert relire(dossier).montant_accorde == 20_000

    @pytest.mark.parametrize("role", [r for r in Monde.ROLES if r != "administrateur"])
    @pytest.mark.parametrize("methode", ["get", "post"])
    def test_nul_autre_que_l_administrateur(self, role: str, methode: str, monde: Monde) -> None:
        dossier = au_comite(monde.campagne, organisme=monde.organisme_a, par=monde.personne("deposant"))
        for nom in ("retenir", "mettre_en_liste_complementaire", "ne_pas_retenir", "revenir_au_comite"):
            reponse = getattr(connecte(monde.personne(role)), methode)(passage(dossier, nom), {"montant": "5", "motif": "x"})
            assert reponse.status_code == 404
        assert relire(dossier).etat == Etat.COMITE

    @pytest.mark.parametrize(
        "nom", ["clore_avis_departementaux", "ouvrir_comite", "rouvrir_avis_regionaux", "rouvrir_avis_departementaux"]
    )
    def test_personne_ne_franchit_les_passages_du_circuit(self, nom: str) -> None:
        dossier = un_dossier()
        for methode in ("get", "post"):
            assert getattr(connecte(un_national()), methode)(passage(dossier, nom)).status_code == 404
