"""Les courriels des avis : à chacun ce qui le concerne, et rien de plus."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from avis import actions
from candidatures.circuit import PASSAGES
from candidatures.circuit.franchir import franchir
from candidatures.models import Candidature
from comptes.models import Utilisateur
from hlm_projets.models import Courriel
from tests.avis.fabriques import (
    DEPARTEMENT,
    REGION,
    agent,
    ecrire,
    mener_au_comite,
    rendre,
    un_collegue,
    un_contributeur,
    un_dossier,
)
from tests.fabriques import un_agent, un_bailleur, un_national

pytestmark = pytest.mark.django_db

Envois = dict[str, set[str]]


class Services:
    """Des agents dans et hors des territoires du dossier ; chaque courriel est ensuite lu par le nom de son destinataire."""

    def __init__(self) -> None:
        self.personnes: dict[str, Utilisateur] = {
            "ddt75": un_agent("75"),
            "ddt77": un_agent("77"),
            "ddets77": un_collegue("77"),
            "ddt59": un_agent("59"),
            "ddt13": un_agent("13"),
            "dreal11": agent(REGION, "11"),
            "drjscs11": un_contributeur("11"),
            "dreal32": agent(REGION, "32"),
            "dreal93": agent(REGION, "93"),
            "national": un_national(),
        }
        self._noms = {personne.courriel: nom for nom, personne in self.personnes.items()}

    def rendre(self, dossier: Candidature, departement: str) -> None:
        """Ce département rend son avis."""
        rendre(dossier, DEPARTEMENT, departement, self.personnes[f"ddt{departement}"])

    def envois(self, acte: Callable[[], Any]) -> Envois:
        """Joue l'acte ; rend, pour chaque courriel inscrit, le nom de ses destinataires (« bailleur » pour tout autre)."""
        avant = set(Courriel.objects.values_list("pk", flat=True))
        acte()
        envois: Envois = {}
        for courriel in Courriel.objects.exclude(pk__in=avant):
            envois.setdefault(courriel.nom, set()).add(self._noms.get(courriel.destinataire, "bailleur"))
        return envois


DEPARTEMENTS = ["75", "77", "59"]


@pytest.fixture
def services(db: None) -> Services:
    return Services()


@pytest.fixture
def dossier(services: Services) -> Candidature:
    return un_dossier(DEPARTEMENTS, nom="Familles de Marne")


def test_au_depot_les_departements_concernes_et_le_bailleur(services: Services) -> None:
    envois = services.envois(lambda: un_dossier(DEPARTEMENTS))
    assert envois == {"recu_depot": {"bailleur"}, "avis_departemental_attendu": {"ddt75", "ddt77", "ddets77", "ddt59"}}


def test_la_region_a_son_tour_et_pas_avant(services: Services, dossier: Candidature) -> None:
    assert services.envois(lambda: rendre(dossier, DEPARTEMENT, "75", services.personnes["ddt75"])) == {}
    assert services.envois(lambda: rendre(dossier, DEPARTEMENT, "59", services.personnes["ddt59"])) == {
        "avis_regional_attendu": {"dreal32"}
    }
    dernier = services.envois(lambda: rendre(dossier, DEPARTEMENT, "77", services.personnes["ddt77"]))
    assert dernier == {"avis_regional_attendu": {"dreal11", "drjscs11"}}
    assert services.envois(lambda: rendre(dossier, REGION, "11", services.personnes["dreal11"])) == {}


def test_ni_le_bailleur_ni_personne_n_apprend_le_contenu_d_un_avis(services: Services, dossier: Candidature) -> None:
    def tout() -> None:
        for code in DEPARTEMENTS:
            rendre(dossier, DEPARTEMENT, code, champ_libre="SECRET du texte", conditions="SECRET des conditions")
        for region in ("11", "32"):
            rendre(dossier, REGION, region, champ_libre="SECRET régional", sens="defavorable")

    assert "bailleur" not in set().union(*services.envois(tout).values())
    assert not Courriel.objects.filter(corps__contains="SECRET").exists()
    assert not Courriel.objects.filter(corps__icontains="favorable").exists()


def test_un_brouillon_n_ecrit_a_personne(services: Services, dossier: Candidature) -> None:
    assert services.envois(lambda: ecrire(dossier, DEPARTEMENT, "77")) == {}


def test_un_departement_passe_outre_l_apprend(services: Services) -> None:
    dossier = un_dossier(DEPARTEMENTS, echeance=timedelta(days=-2))
    rendre(dossier, DEPARTEMENT, "75")
    envois = services.envois(lambda: rendre(dossier, REGION, "11", services.personnes["dreal11"], motif="SECRET du motif"))
    assert envois == {"avis_passe_outre": {"ddt77", "ddets77"}}
    corps = Courriel.objects.filter(nom="avis_passe_outre").first()
    assert corps is not None
    assert "Seine-et-Marne (77)" in corps.corps
    assert "SECRET" not in corps.corps


def rouvrir(dossier: Candidature, niveau: Any, territoire: str) -> Callable[[], Any]:
    return lambda: actions.rouvrir(
        dossier, niveau, territoire, par=un_national(), maintenant=timezone.now(), motif="Une coquille à corriger."
    )


def test_rouvrir_ecrit_au_service_et_previent_la_region_dont_c_etait_le_tour(services: Services, dossier: Candidature) -> None:
    services.rendre(dossier, "77")
    assert services.envois(rouvrir(dossier, DEPARTEMENT, "77")) == {"avis_rouvert": {"ddt77", "ddets77"}}
    for code in ("75", "77"):
        services.rendre(dossier, code)
    assert services.envois(rouvrir(dossier, DEPARTEMENT, "77")) == {
        "avis_rouvert": {"ddt77", "ddets77"},
        "avis_departemental_rouvert": {"dreal11", "drjscs11"},
    }
    motifs = Courriel.objects.filter(corps__contains="Une coquille à corriger.").values_list("nom", flat=True)
    assert set(motifs) == {"avis_rouvert"}


def test_rouvrir_une_region_qui_passait_outre_rappelle_ses_departements(services: Services) -> None:
    dossier = un_dossier(DEPARTEMENTS, echeance=timedelta(days=-2))
    services.rendre(dossier, "75")
    rendre(dossier, REGION, "11", services.personnes["dreal11"], motif="En retard.")
    assert services.envois(rouvrir(dossier, REGION, "11")) == {
        "avis_rouvert": {"dreal11", "drjscs11"},
        "avis_de_nouveau_attendu": {"ddt77", "ddets77"},
    }


def test_reporter_ecrit_au_service_la_date_et_le_motif(services: Services, dossier: Candidature) -> None:
    echeance = timezone.now() + timedelta(days=30)

    def reporter() -> None:
        actions.reporter(dossier, DEPARTEMENT, "59", echeance, par=un_national(), maintenant=timezone.now(), motif="Congés.")

    assert services.envois(reporter) == {"echeance_deplacee": {"ddt59"}}
    assert services.envois(reporter) == {}, "un second clic n'écrit pas deux fois"
    courriel = Courriel.objects.get(nom="echeance_deplacee")
    assert "Congés." in courriel.corps
    assert f"/avis/{dossier.pk}/departement/59/" in courriel.corps


def test_un_retrait_previent_les_services_concernes(services: Services, dossier: Candidature) -> None:
    par = un_bailleur(dossier.organisme)
    envois = services.envois(
        lambda: franchir(dossier, PASSAGES["retirer"], par=par, maintenant=timezone.now(), motif="SECRET du retrait")
    )
    assert envois == {
        "retrait": {"bailleur"},
        "retrait_services": {"ddt75", "ddt77", "ddets77", "ddt59", "dreal11", "drjscs11", "dreal32"},
    }


@pytest.mark.parametrize("decision", ["mettre_en_liste_complementaire", "ne_pas_retenir"])
def test_une_decision_n_ecrit_a_personne_avant_la_publication(decision: str, services: Services, dossier: Candidature) -> None:
    mener_au_comite(dossier)
    par = un_national()
    assert (
        services.envois(lambda: franchir(dossier, PASSAGES[decision], par=par, maintenant=timezone.now(), motif="Motif.")) == {}
    )


def test_une_habilitation_finie_ne_recoit_plus_rien(services: Services, dossier: Candidature) -> None:
    partie = services.personnes["ddets77"]
    partie.habilitations.update(fin=timezone.localdate() - timedelta(days=1))
    fermee = services.personnes["ddt59"]
    fermee.is_active = False
    fermee.save()
    envois = services.envois(lambda: un_dossier(DEPARTEMENTS))
    assert envois["avis_departemental_attendu"] == {"ddt75", "ddt77"}


def test_qui_n_est_plus_du_service_n_apprend_plus_le_tour_de_sa_region(services: Services) -> None:
    services.personnes["drjscs11"].habilitations.update(fin=timezone.localdate() - timedelta(days=1))
    dossier = un_dossier(["77"])
    assert services.envois(lambda: services.rendre(dossier, "77")) == {"avis_regional_attendu": {"dreal11"}}


def test_chaque_courriel_d_avis_a_son_objet_et_mene_a_l_avis(services: Services, dossier: Candidature) -> None:
    rendre(dossier, DEPARTEMENT, "59")
    rouvrir(dossier, DEPARTEMENT, "59")()
    for courriel in Courriel.objects.filter(nom__in=["avis_regional_attendu", "avis_rouvert", "avis_departemental_rouvert"]):
        assert dossier.reference in courriel.objet
        assert "Familles de Marne" in courriel.objet
        assert f"/avis/{dossier.pk}/" in courriel.corps
        assert "{{" not in courriel.corps
