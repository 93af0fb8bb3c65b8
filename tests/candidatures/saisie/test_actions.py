"""Créer, enregistrer, supprimer, déposer : ce qui est écrit, et rien d'autre."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.forms import model_to_dict
from django.utils import timezone

from candidatures.circuit import PASSAGES
from candidatures.circuit.franchir import DejaFranchi, franchir
from candidatures.echange.ecrire import empreinte, en_fiche
from candidatures.models import Campagne, Candidature, Compteur, Evenement, LigneDuPlan, Porteur, Version
from candidatures.saisie import actions
from candidatures.sections import LISTE_PAR_NOM
from candidatures.verrou import PlusModifiable, Refus
from comptes.models import Utilisateur
from hlm_projets.models import Courriel
from territoires.models import Departement
from tests.fabriques import (
    Monde,
    lignes_du_plan,
    relire,
    reponses,
    un_bailleur,
    un_brouillon,
    un_national,
    un_organisme,
    une_campagne,
    une_candidature,
)

pytestmark = pytest.mark.django_db


def deposer(candidature: Candidature, par: Utilisateur | None = None) -> Evenement:
    par = par or un_bailleur(candidature.organisme)
    return franchir(candidature, PASSAGES["deposer"], par=par, maintenant=candidature.campagne.cloture)


def contenu(candidature: Candidature) -> dict[str, Any]:
    """Tout ce que la base garde d'une candidature, sauf l'instant de sa modification."""
    gardee = relire(candidature)
    listes = {nom: list(getattr(gardee, nom).values()) for nom in ("departements", "organismes", "lignes")}
    return {**model_to_dict(gardee), **listes, "etat": gardee.etat, "numero": gardee.numero, "deposee_le": gardee.deposee_le}


class TestCreer:
    def test_un_brouillon_ou_l_organisme_est_deja_nomme(self) -> None:
        organisme = un_organisme(nom="Habitat 77", statut="OPH", siren="123456782")
        par, campagne, instant = un_bailleur(organisme), une_campagne(), timezone.now()
        candidature = actions.creer(campagne, organisme, par=par, maintenant=instant)
        assert (candidature.reference, candidature.est_brouillon, candidature.version) == (f"B-{candidature.pk}", True, None)
        assert [(o.nom, o.statut, o.siren) for o in candidature.organismes.all()] == [("Habitat 77", "OPH", "123456782")]
        assert (candidature.contact_nom, candidature.contact_courriel) == (str(par), par.courriel)
        evenement = candidature.evenements.get()
        assert (evenement.acte, evenement.par, evenement.par_nom, evenement.le) == ("creer", par, str(par), instant)

    @pytest.mark.parametrize("role", ["autre_bailleur", "agent_departemental", "lecteur", "administrateur"])
    def test_seul_un_membre_de_l_organisme(self, role: str, monde: Monde) -> None:
        with pytest.raises(PermissionDenied):
            actions.creer(monde.campagne, monde.organisme_a, par=monde.personne(role), maintenant=timezone.now())

    @pytest.mark.parametrize(
        ("ecart", "ouverte"), [(timedelta(0), True), (timedelta(seconds=1), False), (timedelta(days=-61), False)]
    )
    def test_seulement_dans_une_campagne_ouverte(self, ecart: timedelta, ouverte: bool) -> None:
        organisme, campagne = un_organisme(), une_campagne()
        par, instant = un_bailleur(organisme), campagne.cloture + ecart
        assert Campagne.objects.ouvertes(instant).exists() is ouverte
        if ouverte:
            assert actions.creer(campagne, organisme, par=par, maintenant=instant).pk
        else:
            with pytest.raises(Refus, match="n'est pas ouverte"):
                actions.creer(campagne, organisme, par=par, maintenant=instant)
            assert not Candidature.objects.exists()


class TestEnregistrer:
    def test_deux_personnes_des_champs_disjoints_rien_ne_se_perd(self) -> None:
        """Chacune part du même objet, lu avant l'écriture de l'autre."""
        brouillon = un_brouillon(complet=False)
        une, autre = un_bailleur(brouillon.organisme), un_bailleur(brouillon.organisme)
        vue_par_une, vue_par_autre = relire(brouillon), relire(brouillon)
        actions.enregistrer(vue_par_une, {"localisation": "Meaux", "nombre_menages": 30}, par=une)
        actions.enregistrer(vue_par_autre, {"descriptif": "Deux ans", "dalo": False}, par=autre)
        actions.enregistrer(vue_par_une, {"lignes": lignes_du_plan()}, par=une)
        lue = relire(brouillon)
        assert (lue.localisation, lue.nombre_menages, lue.descriptif, lue.dalo) == ("Meaux", 30, "Deux ans", False)
        assert lue.lignes.count() == 3

    @pytest.mark.parametrize("nom", reponses())
    def test_un_champ_donne_est_seul_ecrit(self, nom: str) -> None:
        brouillon = un_brouillon(complet=False)
        avant = contenu(brouillon)
        par = brouillon.organisme.habilitations.get().utilisateur
        actions.enregistrer(brouillon, {nom: reponses()[nom]}, par=par)
        assert contenu(brouillon) == avant | {nom: reponses()[nom]}

    def test_les_listes_donnees_remplacent_celles_gardees_dans_leur_ordre(self) -> None:
        brouillon, nature = un_brouillon(), LigneDuPlan.Nature.DEPENSE
        par = un_bailleur(brouillon.organisme)
        actions.enregistrer(
            brouillon,
            {
                "departements": Departement.objects.filter(pk__in=["2A", "974"]),
                "organismes": [Porteur(nom="B"), Porteur(nom="A", rang=9)],
                "lignes": [LigneDuPlan(nature=nature, montant=Decimal(2)), *brouillon.lignes.all()[:1]],
            },
            par=par,
        )
        lue = relire(brouillon)
        assert sorted(d.pk for d in lue.departements.all()) == ["2A", "974"]
        assert [(o.nom, o.rang) for o in lue.organismes.all()] == [("B", 1), ("A", 2)]
        assert [ligne.montant for ligne in lue.lignes.all()] == [Decimal("2.00"), Decimal("42000.00")]

    def test_une_liste_vide_efface_une_liste_absente_laisse(self) -> None:
        brouillon = un_brouillon()
        par = un_bailleur(brouillon.organisme)
        actions.enregistrer(brouillon, {"organismes": []}, par=par)
        lue = relire(brouillon)
        assert (lue.organismes.count(), lue.lignes.count(), lue.departements.count()) == (0, 3, 1)

    def test_une_ligne_d_un_autre_dossier_ne_lui_est_pas_prise(self) -> None:
        """F-29 : un rang du formulaire qui porterait la clé de la ligne d'autrui."""
        mien, autrui = un_brouillon(), un_brouillon()
        ligne = autrui.lignes.get(nature="depense")
        avant = contenu(autrui)
        actions.enregistrer(mien, {"lignes": [ligne]}, par=un_bailleur(mien.organisme))
        assert contenu(autrui) == avant
        assert [ligne.libelle for ligne in relire(mien).lignes.all()] == ["Accompagnement"]

    @pytest.mark.parametrize("role", ["autre_bailleur", "agent_departemental", "agent_regional", "lecteur", "administrateur"])
    def test_personne_d_autre_que_l_organisme_n_ecrit(self, role: str, monde: Monde) -> None:
        avant = contenu(monde.brouillon_a)
        with pytest.raises(PermissionDenied):
            actions.enregistrer(monde.brouillon_a, {"nom": "pris", "lignes": []}, par=monde.personne(role))
        assert contenu(monde.brouillon_a) == avant

    def test_apres_le_depot_plus_rien_ne_s_ecrit(self) -> None:
        brouillon = un_brouillon()
        par = un_bailleur(brouillon.organisme)
        deposer(brouillon, par)
        avant = contenu(brouillon)
        with pytest.raises(PlusModifiable):
            actions.enregistrer(brouillon, {"nom": "trop tard"} | {nom: [] for nom in LISTE_PAR_NOM}, par=par)
        assert contenu(brouillon) == avant

    def test_un_echec_au_milieu_n_ecrit_rien(self) -> None:
        brouillon = un_brouillon()
        par, avant = un_bailleur(brouillon.organisme), contenu(brouillon)
        hors_bornes = LigneDuPlan(nature="depense", montant=Decimal(6_000_000))
        with pytest.raises(IntegrityError), transaction.atomic():
            actions.enregistrer(brouillon, {"nom": "changé", "lignes": [hors_bornes]}, par=par)
        assert contenu(brouillon) == avant

    def test_la_saisie_n_alourdit_pas_le_journal(self) -> None:
        brouillon = un_brouillon()
        avant = Evenement.objects.count()
        actions.enregistrer(brouillon, {"nom": "x"}, par=un_bailleur(brouillon.organisme))
        assert Evenement.objects.count() == avant


class TestSupprimer:
    def test_le_journal_survit_au_brouillon(self) -> None:
        brouillon = un_brouillon()
        pk, par = brouillon.pk, un_bailleur(brouillon.organisme)
        actions.supprimer(brouillon, par=par, maintenant=timezone.now())
        assert not Candidature.objects.filter(pk=pk).exists()
        assert not LigneDuPlan.objects.exists()
        assert [e.acte for e in Evenement.objects.filter(candidature=pk)] == ["creer", "supprimer"]

    def test_une_candidature_deposee_ne_se_supprime_pas(self) -> None:
        deposee = une_candidature()
        with pytest.raises(PlusModifiable):
            actions.supprimer(deposee, par=un_bailleur(deposee.organisme), maintenant=timezone.now())
        assert relire(deposee).pk

    def test_personne_d_autre_ne_supprime(self) -> None:
        brouillon = un_brouillon()
        for par in (un_bailleur(un_organisme()), un_national()):
            with pytest.raises(PermissionDenied):
                actions.supprimer(brouillon, par=par, maintenant=timezone.now())


class TestDeposer:
    def test_tout_ce_qu_un_depot_ecrit(self) -> None:
        brouillon = un_brouillon(departements=("77", "13"))
        membre = un_bailleur(brouillon.organisme)
        evenement = deposer(brouillon, membre)
        lue = relire(brouillon)
        assert (lue.etat, lue.numero) == ("deposee", f"{lue.campagne.code}-13-001")
        assert (evenement.depuis, evenement.vers, evenement.par_nom) == ("brouillon", "deposee", str(membre))
        version = lue.versions.get()
        assert (version.evenement, version.fiche) == (evenement, en_fiche(lue))
        assert version.empreinte == empreinte(version.fiche)
        assert len(version.empreinte) == 64

    def test_le_recu_part_a_chaque_membre_et_au_contact_une_fois(self) -> None:
        brouillon = un_brouillon(contact_courriel="Contact@Exemple.fr")
        membres = [h.utilisateur.courriel for h in brouillon.organisme.habilitations.all()]
        parti = un_bailleur(brouillon.organisme)
        parti.habilitations.update(fin=timezone.localdate() - timedelta(days=1))
        deposer(brouillon, brouillon.organisme.habilitations.earliest("pk").utilisateur)
        assert sorted(Courriel.objects.values_list("destinataire", flat=True)) == sorted([*membres, "contact@exemple.fr"])
        assert {c.nom for c in Courriel.objects.all()} == {"recu_depot"}
        assert all(relire(brouillon).reference in c.corps for c in Courriel.objects.all())

    def test_deposer_deux_fois_rend_le_premier_depot(self) -> None:
        brouillon = un_brouillon()
        premier = deposer(brouillon)
        courriels = Courriel.objects.count()
        with pytest.raises(DejaFranchi) as deja:
            deposer(brouillon)
        assert deja.value.evenement == premier
        assert (Version.objects.count(), Courriel.objects.count()) == (1, courriels)

    def test_un_refus_n_entame_pas_la_numerotation(self) -> None:
        with pytest.raises(Refus):
            deposer(un_brouillon(nom=""))
        assert not Compteur.objects.exists()


class TestNumerotation:
    def test_un_numero_n_est_jamais_repris(self) -> None:
        """Ni après un retrait, ni après la suppression d'un brouillon ; chaque premier département a sa suite."""
        campagne = une_campagne(code="2026")
        numeros = []
        for departements in (["77"], ["77", "78"], ["75", "77"], ["2A"], ["974", "2A"], ["01"]):
            deposee = une_candidature(campagne=campagne, departements=departements)
            numeros.append(deposee.numero)
            par = un_bailleur(deposee.organisme)
            franchir(deposee, PASSAGES["retirer"], par=par, maintenant=timezone.now(), motif="Essai.")
            brouillon = un_brouillon(campagne, departements=departements)
            actions.supprimer(brouillon, par=un_bailleur(brouillon.organisme), maintenant=timezone.now())
            assert un_brouillon(campagne).pk > brouillon.pk
        assert numeros == ["2026-77-001", "2026-77-002", "2026-75-001", "2026-2A-001", "2026-2A-002", "2026-01-001"]

    def test_chaque_campagne_recommence_a_un(self) -> None:
        assert [une_candidature(campagne=une_campagne(code=code)).numero for code in ("2026", "2027")] == [
            "2026-77-001",
            "2027-77-001",
        ]

    def test_au_dela_de_999(self) -> None:
        Compteur.objects.create(prefixe="2026-77", dernier=999)
        assert une_candidature(campagne=une_campagne(code="2026")).numero == "2026-77-1000"

    @pytest.mark.parametrize("reference", ["2026-77-001", " 2026-77-001 "])
    def test_retrouver_par_numero(self, reference: str) -> None:
        deposee = une_candidature(campagne=une_campagne(code="2026"))
        assert Candidature.objects.par_reference(reference) == deposee

    def test_retrouver_un_brouillon(self) -> None:
        brouillon, deposee = un_brouillon(), une_candidature()
        assert Candidature.objects.par_reference(f"b-{brouillon.pk}") == brouillon
        for reference in (f"B-{deposee.pk}", "2026-77-999", "", "B-", "B-99999999999999999999", "2026\x0077"):
            with pytest.raises(Candidature.DoesNotExist):
                Candidature.objects.par_reference(reference)
