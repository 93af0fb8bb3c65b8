"""Publier : quand, par qui, une seule fois ; le journal, les courriels, et ce qui ne se peut plus ensuite."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from candidatures.circuit import PASSAGES
from candidatures.circuit.franchir import DejaFranchi, franchir
from candidatures.etats import Etat
from candidatures.models import Campagne, Candidature, Evenement
from candidatures.verrou import Refus
from comptes.models import Acte, Utilisateur
from hlm_projets.models import Courriel
from pilotage.decisions import actions
from pilotage.decisions.actions import A_RELIRE, DejaPubliee
from tests.avis.fabriques import DEPARTEMENT, rendre
from tests.fabriques import Monde, relire, un_agent, un_bailleur, un_brouillon, un_national, une_campagne, une_candidature
from tests.hlm_projets.une_page import exiger_une_page
from tests.pilotage.fabriques import MOTIF, au_comite, clore, decider, publier, relue

pytestmark = pytest.mark.django_db


def connecte(personne: Utilisateur) -> Client:
    client = Client()
    client.force_login(personne)
    return client


def adresse(campagne: Campagne) -> str:
    return reverse("pilotage:publier", args=[campagne.pk])


def trois_decisions(campagne: Campagne) -> list[Candidature]:
    """Une retenue (20 000 €), une en liste complémentaire, une non retenue."""
    decides = [au_comite(campagne, (code,)) for code in ("77", "13", "59")]
    for dossier, nom in zip(decides, ("retenir", "mettre_en_liste_complementaire", "ne_pas_retenir"), strict=True):
        decider(dossier, nom)
    return decides


class TestQuand:
    def test_tout_est_decide_tout_est_publie(self) -> None:
        campagne, par = une_campagne(), un_national()
        decides = trois_decisions(campagne)
        bilan = publier(campagne, par)
        campagne.refresh_from_db()
        assert campagne.publiee_le
        assert bilan.decidees == 3
        lignes = Evenement.objects.filter(acte="publier_decision")
        assert Counter(lignes.values_list("candidature", flat=True)) == Counter(d.pk for d in decides)
        assert {(e.par, e.le, e.vers) for e in lignes} == {(par, campagne.publiee_le, "")}
        assert lignes.get(candidature=decides[0]).detail == {"decision": "retenue", "montant": "20000.00"}
        acte = Acte.objects.get(acte="publier_les_decisions")
        assert (acte.par, acte.detail["retenue"], acte.detail["accorde"]) == (par, 1, "20\u00a0000\u00a0€")

    @pytest.mark.parametrize("etat", ["deposee", "avis_regionaux", "comite"])
    def test_un_dossier_sans_decision_est_nomme(self, etat: str) -> None:
        campagne = une_campagne()
        decider(au_comite(campagne))
        reste = au_comite(campagne) if etat == "comite" else une_candidature(campagne=campagne)
        if etat == "avis_regionaux":
            rendre(reste, DEPARTEMENT, "77")
        assert relire(reste).etat == etat
        with pytest.raises(Refus) as refus:
            publier(campagne)
        assert refus.value.raisons == [f"Ces dossiers n'ont pas encore de décision : {reste.numero} ({Etat(etat).label})."]
        assert not Campagne.objects.exclude(publiee_le=None).exists()
        assert not Evenement.objects.filter(acte="publier_decision").exists()

    def test_ni_brouillon_ni_retrait_n_empeche(self) -> None:
        campagne = une_campagne()
        decider(au_comite(campagne))
        un_brouillon(campagne)
        retiree = une_candidature(Etat.RETIREE, campagne=campagne)
        publier(campagne)
        assert not Evenement.objects.filter(candidature=retiree, acte="publier_decision").exists()

    def test_rien_de_decide_rien_a_publier(self) -> None:
        with pytest.raises(Refus, match="rien à publier"):
            publier(une_campagne())

    @pytest.mark.parametrize(("ecart", "publie"), [(-1, False), (0, False), (1, True)])
    def test_pas_avant_la_cloture(self, ecart: int, publie: bool) -> None:
        """Jusqu'au dernier instant où un dépôt est accepté, tolérance comprise."""
        campagne = une_campagne(tolerance_minutes=10)
        decider(au_comite(campagne))
        instant = campagne.cloture + timedelta(minutes=10, seconds=ecart)
        if not publie:
            with pytest.raises(Refus, match="n'est pas close"):
                actions.publier(campagne, par=un_national(), maintenant=instant, relue=relue(campagne))
            return
        actions.publier(campagne, par=un_national(), maintenant=instant, relue=relue(campagne))
        assert Campagne.objects.get(pk=campagne.pk).publiee_le == instant

    def test_on_ne_publie_que_ce_qu_on_a_relu(self) -> None:
        campagne = une_campagne()
        dossier = au_comite(campagne)
        decider(dossier, montant=Decimal(1_000))
        avant = relue(campagne)
        decider(dossier, montant=Decimal(1_001))
        with pytest.raises(Refus) as refus:
            actions.publier(clore(campagne), par=un_national(), maintenant=timezone.now(), relue=avant)
        assert refus.value.raisons == [A_RELIRE]

    @pytest.mark.parametrize("role", [r for r in Monde.ROLES if r != "administrateur"])
    def test_l_administrateur_seul(self, role: str, monde: Monde) -> None:
        decider(au_comite(monde.campagne))
        with pytest.raises(PermissionDenied):
            publier(monde.campagne, monde.personne(role))
        assert not Campagne.objects.exclude(publiee_le=None).exists()

    def test_une_seule_fois(self) -> None:
        campagne = une_campagne()
        decider(au_comite(campagne))
        publier(campagne)
        instant = Campagne.objects.get().publiee_le
        with pytest.raises(DejaPubliee):
            publier(campagne)
        assert Campagne.objects.get().publiee_le == instant
        assert Evenement.objects.filter(acte="publier_decision").count() == 1

    def test_une_autre_campagne_n_est_pas_publiee(self) -> None:
        campagne, autre = une_campagne(), une_campagne()
        for c in (campagne, autre):
            decider(au_comite(c))
        publier(campagne)
        assert Campagne.objects.get(pk=autre.pk).publiee_le is None
        assert Evenement.objects.filter(acte="publier_decision", candidature__campagne=autre).count() == 0


class TestEnsuite:
    @pytest.mark.parametrize(
        "nom", ["retenir", "mettre_en_liste_complementaire", "ne_pas_retenir", "revenir_au_comite", "retirer"]
    )
    @pytest.mark.parametrize("decision", ["retenir", "mettre_en_liste_complementaire", "ne_pas_retenir"])
    def test_plus_rien_ne_change(self, decision: str, nom: str) -> None:
        campagne = une_campagne()
        dossier = au_comite(campagne)
        decider(dossier, decision)
        publier(campagne)
        par = un_bailleur(dossier.organisme) if nom == "retirer" else un_national()
        avant = relire(dossier)
        with pytest.raises((Refus, DejaFranchi)):
            decider(dossier, nom, par, motif="Autre motif.", montant=Decimal(1))
        assert (relire(dossier).etat, relire(dossier).montant_accorde) == (avant.etat, avant.montant_accorde)

    def test_avant_le_bailleur_peut_encore_retirer_un_dossier_decide(self) -> None:
        dossier = au_comite()
        decider(dossier)
        par = un_bailleur(dossier.organisme)
        franchir(dossier, PASSAGES["retirer"], par=par, maintenant=timezone.now(), motif="Projet abandonné.")
        assert (relire(dossier).etat, relire(dossier).montant_accorde) == (Etat.RETIREE, None)


class TestCourriels:
    def test_a_chacun_sa_decision(self) -> None:
        """Le porteur lit la sienne, avec son montant ou son motif ; jamais celle d'un autre."""
        campagne = une_campagne()
        retenue, attente, refusee = trois_decisions(campagne)
        assert not Courriel.objects.filter(nom__in=("decision", "decisions_publiees")).exists()
        publier(campagne)
        recus = {c.destinataire: c.corps for c in Courriel.objects.filter(nom="decision")}
        for dossier, dits, tus in (
            (retenue, ("Retenue", "20 000 €"), (MOTIF, "Liste complémentaire")),
            (attente, ("Liste complémentaire",), (MOTIF, "Montant", "Motif")),
            (refusee, ("Non retenue", MOTIF), ("Montant", "20 000")),
        ):
            membres = [h.utilisateur.courriel for h in dossier.organisme.habilitations.all()]
            for adresse_ in membres:
                assert [d for d in dits if d not in recus[adresse_]] == []
                assert [t for t in tus if t in recus[adresse_]] == []
                assert str(dossier.numero) in recus[adresse_]

    def test_un_seul_aux_agents_concernes_qui_n_en_dit_aucune(self) -> None:
        campagne = une_campagne()
        concernes = {un_agent("77"), un_agent("11", regional=True), un_agent("93", regional=True)}
        ailleurs = {un_agent("33"), un_agent("75", regional=True)}
        trois_decisions(campagne)
        publier(campagne)
        recus = Courriel.objects.filter(nom="decisions_publiees")
        compte = Counter(recus.values_list("destinataire", flat=True))
        assert {p.courriel for p in concernes} <= set(compte)
        assert not {p.courriel for p in ailleurs} & set(compte)
        assert set(compte.values()) == {1}
        for mot in ("Retenue", "20\u00a0000", MOTIF, "Habitat"):
            assert mot not in " ".join(recus.values_list("corps", flat=True))


class TestLaPage:
    def test_relire_puis_publier(self) -> None:
        campagne, client = une_campagne(enveloppe=15_000), connecte(un_national())
        trois_decisions(campagne)
        campagne = clore(campagne)
        page = client.get(adresse(campagne)).content.decode()
        exiger_une_page(page)
        for dit in (
            "Publier 3 décisions",
            "enveloppe dépassée de 5\u00a0000\u00a0€",
            "Le total dépasse l’enveloppe",
            "ne lira pas les avis",
        ):
            assert dit in page, dit
        assert "checked" not in page
        envoi = {"confirme": "on", "relue": relue(campagne)}
        reponse = client.post(adresse(campagne), envoi, follow=True)
        assert "3 décisions : publié" in reponse.content.decode()
        encore = client.post(adresse(campagne), envoi, follow=True)
        assert "déjà publiées" in encore.content.decode()
        assert "Relire et publier" not in encore.content.decode()
        assert client.get(adresse(campagne)).status_code == 302

    def test_sans_la_case_rien_n_est_publie(self) -> None:
        campagne, client = une_campagne(), connecte(un_national())
        decider(au_comite(campagne))
        campagne = clore(campagne)
        reponse = client.post(adresse(campagne), {"relue": relue(campagne)})
        page = reponse.content.decode()
        assert reponse.status_code == 409
        assert "Cochez cette case pour publier" in page
        assert "<title>Erreur : " in page
        exiger_une_page(page)
        assert Campagne.objects.get(pk=campagne.pk).publiee_le is None

    def test_une_relecture_depassee_se_refait(self) -> None:
        campagne, client = une_campagne(), connecte(un_national())
        dossier = au_comite(campagne)
        decider(dossier)
        campagne = clore(campagne)
        ancienne = relue(campagne)
        decider(dossier, "ne_pas_retenir")
        reponse = client.post(adresse(campagne), {"confirme": "on", "relue": ancienne})
        page = reponse.content.decode()
        assert reponse.status_code == 409
        assert "Une décision a changé depuis votre relecture" in page
        assert relue(campagne) in page
        assert client.post(adresse(campagne), {"confirme": "on", "relue": relue(campagne)}).status_code == 302

    def test_ce_qui_manque_est_dit_et_il_n_y_a_pas_de_bouton(self) -> None:
        campagne, client = une_campagne(), connecte(un_national())
        reste = une_candidature(campagne=campagne)
        page = client.get(adresse(campagne)).content.decode()
        exiger_une_page(page)
        assert f"{reste.numero} (Déposée)" in page
        assert "n&#x27;est pas close" in page
        assert "confirme" not in page
        envoi = {"confirme": "on", "relue": relue(campagne)}
        assert client.post(adresse(campagne), envoi).status_code == 409

    @pytest.mark.parametrize("methode", ["get", "post"])
    @pytest.mark.parametrize("role", [r for r in Monde.ROLES if r != "administrateur"])
    def test_pour_les_autres_elle_n_existe_pas(self, role: str, methode: str, monde: Monde) -> None:
        assert getattr(connecte(monde.personne(role)), methode)(adresse(monde.campagne)).status_code == 404
