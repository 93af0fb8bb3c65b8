"""L'administrateur rouvre un avis, déplace son échéance ; un retrait arrête tout."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from avis import actions
from avis.actions import DejaRendu
from avis.attendus import Etape, Niveau
from avis.models import AvisDepartemental, AvisFige, AvisRegional, Report
from candidatures.circuit import PASSAGES
from candidatures.circuit.franchir import franchir
from candidatures.etats import Etat
from candidatures.verrou import Refus
from comptes.models import Utilisateur
from tests.avis.fabriques import (
    DEPARTEMENT,
    REGION,
    REPONSES,
    RETARD,
    TROIS_REGIONS,
    ecrire,
    etapes,
    etat,
    lus,
    mener_au_comite,
    rendre,
    reporter,
    rouvrir,
    un_dossier,
)
from tests.fabriques import un_agent, un_bailleur, un_national

pytestmark = pytest.mark.django_db


# --- Rouvrir ---------------------------------------------------------------------------------------------------------------
def test_rouvrir_rend_la_main_et_fait_reculer() -> None:
    dossier = mener_au_comite(un_dossier(TROIS_REGIONS))
    rouvrir(dossier, REGION, "32")
    assert etat(dossier) == Etat.AVIS_REGIONAUX
    rouvrir(dossier, DEPARTEMENT, "59")
    assert etat(dossier) == Etat.DEPOSEE
    avis = AvisDepartemental.objects.get(departement="59")
    assert (avis.est_rendu, avis.champ_libre) == (False, REPONSES[DEPARTEMENT]["champ_libre"])
    assert etapes(dossier)["59"] == Etape.BROUILLON
    assert etapes(dossier)["R32"] == Etape.PAS_ENCORE
    rendre(dossier, DEPARTEMENT, "59", champ_libre="Corrigé.")
    rendre(dossier, REGION, "32")
    assert etat(dossier) == Etat.COMITE
    contenus = list(AvisFige.objects.filter(territoire="59").order_by("pk").values_list("contenu__champ_libre", flat=True))
    assert contenus == [REPONSES[DEPARTEMENT]["champ_libre"], "Corrigé."]


def test_rouvrir_une_region_qui_passait_outre_rend_la_main_a_ses_departements() -> None:
    dossier = un_dossier(echeance=RETARD)
    rendre(dossier, REGION, "11", motif="En retard.")
    rouvrir(dossier, REGION, "11")
    assert etat(dossier) == Etat.DEPOSEE
    assert etapes(dossier) == {"77": Etape.EN_RETARD, "R11": Etape.BROUILLON}
    assert AvisRegional.objects.get().motif_passer_outre == ""
    rendre(dossier, DEPARTEMENT, "77")
    assert etat(dossier) == Etat.AVIS_REGIONAUX


@pytest.mark.parametrize(
    ("niveau", "territoire", "motif", "raison"),
    [
        (REGION, "11", "  ", "Écrivez le motif."),
        (DEPARTEMENT, "77", "Erreur.", "Rouvrez d'abord l'avis de sa région"),
    ],
)
def test_ce_qui_empeche_de_rouvrir(niveau: Niveau, territoire: str, motif: str, raison: str) -> None:
    dossier = mener_au_comite(un_dossier())
    with pytest.raises(Refus, match=raison):
        rouvrir(dossier, niveau, territoire, motif)
    assert etat(dossier) == Etat.COMITE


def test_un_avis_pas_rendu_ne_se_rouvre_pas_et_deux_clics_n_en_font_qu_un() -> None:
    dossier = un_dossier()
    with pytest.raises(Refus, match="rien à rouvrir"):
        rouvrir(dossier, DEPARTEMENT, "77")
    rendre(dossier, DEPARTEMENT, "77")
    rouvrir(dossier, DEPARTEMENT, "77")
    with pytest.raises(Refus, match="rien à rouvrir"):
        rouvrir(dossier, DEPARTEMENT, "77")
    assert dossier.evenements.filter(acte="rouvrir_avis_departement").count() == 1


@pytest.mark.parametrize("decision", ["retenir", "mettre_en_liste_complementaire", "ne_pas_retenir"])
def test_apres_la_decision_rien_ne_se_rouvre_ni_ne_s_ecrit(decision: str) -> None:
    dossier = mener_au_comite(un_dossier())
    montant = Decimal(1000) if decision == "retenir" else None
    franchir(dossier, PASSAGES[decision], par=un_national(), maintenant=timezone.now(), motif="Motif.", montant=montant)
    with pytest.raises(Refus, match="Reprenez d'abord la décision"):
        rouvrir(dossier, REGION, "11")
    with pytest.raises(DejaRendu):
        ecrire(dossier, DEPARTEMENT, "77")
    with pytest.raises(Refus, match="n'est plus attendu"):
        reporter(dossier, DEPARTEMENT, "77")


# --- Reporter --------------------------------------------------------------------------------------------------------------
def test_un_report_ne_vaut_que_pour_ce_dossier_et_ce_territoire() -> None:
    dossier = un_dossier(["75", "77"], echeance=RETARD)
    autre = un_dossier(["77"], campagne=dossier.campagne)
    report = reporter(dossier, DEPARTEMENT, "77")
    assert etapes(dossier) == {"75": Etape.EN_RETARD, "77": Etape.ATTENDU, "R11": Etape.PAS_ENCORE}
    assert etapes(autre)["77"] == Etape.EN_RETARD
    assert next(a for a in lus(dossier) if a.territoire.pk == "77").echeance == report.echeance


def test_le_dernier_report_vaut_et_deux_clics_n_en_font_qu_un() -> None:
    dossier = un_dossier()
    premier = reporter(dossier, DEPARTEMENT, "77", 5)
    assert reporter(dossier, DEPARTEMENT, "77", 5) == premier
    second = reporter(dossier, DEPARTEMENT, "77", 9)
    assert lus(dossier)[0].echeance == second.echeance
    dernier = reporter(dossier, DEPARTEMENT, "77", 5)
    assert dernier != premier
    assert Report.objects.count() == dossier.evenements.filter(acte="reporter_avis_departement").count() == 3
    assert lus(dossier)[0].echeance == dernier.echeance != second.echeance


@pytest.mark.parametrize(
    ("options", "raison"), [({"motif": " "}, "Écrivez le motif"), ({"jours": -1}, "déjà passée")], ids=["motif", "passée"]
)
def test_ce_qui_empeche_de_reporter(options: dict[str, Any], raison: str) -> None:
    with pytest.raises(Refus, match=raison):
        reporter(un_dossier(), DEPARTEMENT, "77", **options)
    assert not Report.objects.exists()


def test_un_avis_rendu_n_a_plus_d_echeance() -> None:
    dossier = un_dossier()
    rendre(dossier, DEPARTEMENT, "77")
    with pytest.raises(Refus, match="n'est plus attendu"):
        reporter(dossier, DEPARTEMENT, "77")


@pytest.mark.parametrize("personne", [lambda: un_agent("77"), lambda: un_agent("11", regional=True)], ids=["77", "R11"])
def test_seul_le_national_rouvre_et_reporte(personne: Callable[[], Utilisateur]) -> None:
    dossier, par = un_dossier(), personne()
    rendre(dossier, DEPARTEMENT, "77")
    with pytest.raises(PermissionDenied):
        actions.rouvrir(dossier, DEPARTEMENT, "77", par=par, maintenant=timezone.now(), motif="Moi.")
    with pytest.raises(PermissionDenied):
        reporter(dossier, REGION, "11", par=par)


# --- Retirer ---------------------------------------------------------------------------------------------------------------
def test_un_retrait_arrete_tout_et_garde_les_avis_rendus() -> None:
    dossier = un_dossier(["75", "77"])
    rendre(dossier, DEPARTEMENT, "75")
    par = un_bailleur(dossier.organisme)
    franchir(dossier, PASSAGES["retirer"], par=par, maintenant=timezone.now(), motif="Abandon.")
    assert etapes(dossier) == {"75": Etape.RENDU, "77": Etape.SANS_OBJET, "R11": Etape.SANS_OBJET}
    with pytest.raises(Refus, match="Retirée"):
        ecrire(dossier, DEPARTEMENT, "77")
    with pytest.raises(Refus, match="Reprenez d'abord"):
        rouvrir(dossier, DEPARTEMENT, "75")
