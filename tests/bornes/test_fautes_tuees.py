"""Ce que des fautes mises exprès dans le code avaient montré sans témoin (`bench/mutants.py`) : une phrase, un essai."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from candidatures import regles, verrou
from candidatures.champs import Case
from candidatures.circuit import PASSAGES
from candidatures.circuit.franchir import avancer, dernier_passage, franchir
from candidatures.coherence import justifications
from candidatures.coherence.effectifs import MENAGE, lire
from candidatures.etats import Etat
from candidatures.models import Candidature, Justification, Partage
from candidatures.plusieurs_mains import historique, presence
from candidatures.plusieurs_mains.differences import differences
from candidatures.plusieurs_mains.ecrire import douteuses
from candidatures.plusieurs_mains.empreintes import VIDE, case_laissee_vide, empreinte
from candidatures.plusieurs_mains.empreintes import lire as lire_les_empreintes
from candidatures.plusieurs_mains.historique import PageDeSaisie, Verdict
from candidatures.saisie import actions
from candidatures.sections import CHAMPS
from comptes.ecriture import Conflit
from tests.avis.fabriques import DEPARTEMENT, rendre, un_dossier
from tests.fabriques import (
    deposer,
    relire,
    un_agent,
    un_bailleur,
    un_brouillon,
    un_invite,
    une_candidature,
    une_personne,
)

pytestmark = pytest.mark.django_db
MIDI = datetime(2026, 5, 4, 12, tzinfo=UTC)
SECONDE = timedelta(seconds=1)
CASE = next(nom for nom, champ in CHAMPS.items() if isinstance(champ, Case))


class TestCircuit:
    def test_un_brouillon_supprime_ne_se_retient_plus(self) -> None:
        brouillon = un_brouillon()
        Candidature.objects.filter(pk=brouillon.pk).delete()
        with pytest.raises(verrou.PlusModifiable):
            verrou.verrouiller(brouillon)

    def test_le_numero_porte_le_premier_departement(self) -> None:
        brouillon = un_brouillon(departements=("93", "77"))
        deposer(brouillon, un_bailleur(brouillon.organisme), timezone.now())
        numero = relire(brouillon).numero
        assert numero is not None
        assert numero.endswith("-77-001")

    def test_le_journal_dit_qui_et_avec_quel_motif(self) -> None:
        deposee = une_candidature()
        par = un_bailleur(deposee.organisme)
        evenement = franchir(
            deposee, PASSAGES["retirer"], par=par, maintenant=deposee.campagne.cloture, motif="Un partenaire renonce."
        )
        assert (evenement.motif, evenement.par_nom, evenement.par) == ("Un partenaire renonce.", str(par), par)

    def test_un_invite_depose_et_ne_retire_pas(self) -> None:
        brouillon = un_brouillon()
        acte: dict[str, Any] = {
            "par": un_invite(brouillon, Partage.Droit.DEPOSER),
            "maintenant": timezone.now(),
            "motif": "Un partenaire renonce.",
        }
        assert franchir(brouillon, PASSAGES["deposer"], **acte).vers == Etat.DEPOSEE
        with pytest.raises(PermissionDenied):
            franchir(brouillon, PASSAGES["retirer"], **acte)

    def test_un_acte_qui_n_est_pas_un_passage_ne_devance_personne(self) -> None:
        deposee = une_candidature()
        par, dernier = un_bailleur(deposee.organisme), dernier_passage(deposee)
        assert dernier
        verrou.consigner(deposee, "exporter_pdf", par=par, le=MIDI)
        retrait: dict[str, Any] = {
            "par": par,
            "maintenant": deposee.campagne.cloture,
            "motif": "Un partenaire renonce.",
            "lu": dernier.pk,
        }
        assert franchir(deposee, PASSAGES["retirer"], **retrait).vers == Etat.RETIREE

    def test_avancer_rend_l_etat_atteint(self) -> None:
        dossier = un_dossier()
        rendre(dossier, DEPARTEMENT, "77")
        Candidature.objects.filter(pk=dossier.pk).update(etat=Etat.DEPOSEE)
        lue = relire(dossier)
        with transaction.atomic():
            avancer(lue, par=un_agent("77"), maintenant=timezone.now())
        assert lue.etat == relire(dossier).etat == Etat.AVIS_REGIONAUX


class TestRegles:
    def test_un_seul_territoire_en_commun_suffit(self) -> None:
        deux = une_candidature(departements=("77", "13"))
        assert regles.peut(regles.est_du_territoire, un_agent("77"), deux)
        assert not regles.peut(regles.est_du_territoire, un_agent("59"), deux)

    def test_un_acces_retire_n_ouvre_plus_rien(self) -> None:
        brouillon = un_brouillon()
        invite = un_invite(brouillon)
        assert brouillon.est_partagee_avec(invite)
        Partage.objects.filter(candidature=brouillon).update(revoque_le=MIDI)
        assert not brouillon.est_partagee_avec(invite)


class TestEmpreintes:
    def test_l_empreinte_dit_la_fin_du_texte_et_compte_seize_signes(self) -> None:
        une, autre = (empreinte("descriptif", "x" * 100 + fin) for fin in "ab")
        assert une != autre
        assert len(une) == len(autre) == 16

    def test_une_empreinte_illisible_est_ignoree(self) -> None:
        assert lire_les_empreintes("nom:abc seul descriptif:") == {"nom": "abc", "descriptif": ""}

    def test_vouloir_ce_qui_est_garde_n_est_pas_une_dispute(self) -> None:
        avant, lues = {"nom": "Gardé"}, {"nom": empreinte("nom", "Ancien")}
        assert douteuses(avant, {"nom": "Gardé"}, lues) == []
        assert douteuses(avant, {"nom": "Autre"}, lues) == ["nom"]
        assert douteuses(avant, {"nom": "Autre"}, {}) == []

    def test_une_case_que_sa_section_a_dite_non_n_a_ete_changee_par_personne(self) -> None:
        assert empreinte(CASE, None) == VIDE
        assert case_laissee_vide(CASE, False, VIDE)
        assert douteuses({CASE: False}, {CASE: True}, {CASE: VIDE}) == []
        assert not case_laissee_vide(CASE, False, empreinte(CASE, True))
        assert not case_laissee_vide(CASE, True, VIDE)


class TestHistorique:
    @pytest.fixture
    def brouillon(self) -> Candidature:
        """Un brouillon sans passé."""
        brouillon = un_brouillon()
        brouillon.changements.all().delete()
        return brouillon

    def ecrire(self, brouillon: Candidature, page: str, *, rang: str = "", le: datetime = MIDI, **valeurs: Any) -> None:
        par = brouillon.organisme.habilitations.get().utilisateur
        actions.enregistrer(brouillon, valeurs, par=par, page=PageDeSaisie.de(page, rang) if page else "", le=le)

    def verdict(self, brouillon: Candidature, page: str) -> Verdict:
        return historique.verdict(brouillon.changements.all(), "nom", page)

    def test_le_rang_d_une_autre_page_ne_depasse_personne(self, brouillon: Candidature) -> None:
        self.ecrire(brouillon, "a", rang="9", nom="Un")
        self.ecrire(brouillon, "b", rang="3", nom="Deux")
        assert relire(brouillon).nom == "Deux"

    def test_ce_qui_n_a_pas_change_n_est_pas_note(self, brouillon: Candidature) -> None:
        self.ecrire(brouillon, "a", nom=brouillon.nom)
        assert not brouillon.changements.exists()

    def test_une_page_ne_continue_pas_la_ligne_d_une_autre(self, brouillon: Candidature) -> None:
        """Prolonger une ligne qu'une autre a suivie effacerait le texte qui les sépare."""
        for rang, (page, nom) in enumerate((("a", "Un"), ("b", "Deux"), ("a", "Trois"))):
            self.ecrire(brouillon, page, le=MIDI + rang * SECONDE, nom=nom)
        assert list(brouillon.changements.values_list("apres", flat=True)) == ["Trois", "Deux", "Un"]

    def test_le_dernier_changement_dit_a_qui_on_se_dispute(self, brouillon: Candidature) -> None:
        self.ecrire(brouillon, "a", nom="Un")
        assert self.verdict(brouillon, "a") == Verdict.SIENNE
        self.ecrire(brouillon, "b", le=MIDI + SECONDE, nom="Deux")
        assert (self.verdict(brouillon, "a"), self.verdict(brouillon, "b")) == (Verdict.AUTRUI, Verdict.SIENNE)

    def test_sans_page_on_se_dispute_a_un_autre(self, brouillon: Candidature) -> None:
        self.ecrire(brouillon, "", nom="Un")
        assert self.verdict(brouillon, "") == Verdict.AUTRUI

    def test_une_page_ne_se_dispute_pas_sa_propre_reponse(self, brouillon: Candidature) -> None:
        """Sa réponse s'est perdue : elle montre encore l'ancien texte (F-03)."""
        lues, par = {"nom": empreinte("nom", brouillon.nom)}, brouillon.organisme.habilitations.get().utilisateur
        for nom in ("Un", "Deux"):
            actions.enregistrer(brouillon, {"nom": nom}, par=par, lues=lues, page="a", le=MIDI)
        with pytest.raises(Conflit):
            actions.enregistrer(brouillon, {"nom": "Trois"}, par=par, lues=lues, page="b", le=MIDI)
        assert relire(brouillon).nom == "Deux"

    def test_une_reponse_changee_n_est_plus_a_revoir(self, brouillon: Candidature) -> None:
        Candidature.objects.filter(pk=brouillon.pk).update(a_revoir=["nom", "descriptif", "nombre_menages"])
        self.ecrire(brouillon, "a", nom="Un", nombre_menages_precision="environ")
        assert relire(brouillon).a_revoir == ["descriptif"]

    def test_trop_d_ecarts_se_comparent_phrase_a_phrase(self) -> None:
        premier, second = (f"Commune. {' '.join(f'{lettre}{n}' for n in range(600))}." for lettre in "ab")
        assert next((e.genre, e.texte.strip()) for e in differences(premier, second)) == ("commun", "Commune.")

    def test_qui_redige_un_avis_ne_se_voit_pas_de_la_fiche(self, brouillon: Candidature) -> None:
        presence.signaler(brouillon, une_personne(), f"{presence.AVIS}departement-77", MIDI)
        assert presence.presents(brouillon, sauf=une_personne(), le=MIDI) == []


class TestCoherence:
    def test_une_partie_n_est_pas_un_total(self) -> None:
        assert lire("30 ménages dont 12 ménages en tout", MENAGE).totaux == []
        assert len(lire("soit 12 ménages en tout", MENAGE).totaux) == 1

    def test_une_justification_blanche_n_en_est_pas_une(self) -> None:
        brouillon = un_brouillon()
        commun: dict[str, Any] = {"candidature": brouillon, "par": une_personne(), "le": MIDI}
        Justification.objects.create(**commun, controle="aide_taux", texte="……")
        Justification.objects.create(**commun, controle="aide_plafond", texte="Oui.")
        assert justifications(brouillon) == {"aide_plafond": "Oui."}
