"""La démonstration : tous les états, toutes les sortes de services, des actes échelonnés ; rejouable, et rapide."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import transaction
from django.test import override_settings
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from avis.attendus import Etape, Niveau, attendus, avec_attendus
from avis.models import AvisDepartemental, AvisRegional, Report
from candidatures.avancement.completude import manques
from candidatures.demonstration import PREMIER_BAILLEUR
from candidatures.etats import DECIDES, Etat
from candidatures.models import Campagne, Candidature, Evenement
from candidatures.regles import peut, peut_modifier
from comptes.connexion.domaine import DOMAINE
from comptes.models import Habilitation, Organisme, Role, Utilisateur
from comptes.portees import Portee, portee_de
from hlm_projets.models import Courriel
from pilotage.demonstration.installation import installer
from territoires.models import Departement
from tests.avis.accord import exiger_l_accord
from tests.avis.test_a_traiter import exiger_le_meme_a_traiter
from tests.commandes import Sortie
from tests.exemples import fiches_inventees
from tests.pilotage.test_matrice_des_avis import exiger_la_meme_matrice

pytestmark = pytest.mark.django_db

SORTES = {
    *("DDETS", "DDETSPP", "DDT", "DDTM", "DEAL", "DEETS", "DRIHL (unité départementale)"),
    *("DRIHL (unité départementale, logement)", "DREAL", "DRIHL"),
}
"""Les services qui rendent un avis, tels qu'ils se nomment au rendu."""


@pytest.fixture(scope="module")
def installee(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """Ce que dit l'installation, jouée une fois pour tous ces essais, puis défaite."""
    with django_db_blocker.unblock(), override_settings(DEMONSTRATION=True), transaction.atomic():
        sortie = Sortie("demonstration")
        yield sortie.dit
        transaction.set_rollback(True)


@pytest.fixture
def demonstration(installee: str, settings: LazySettings) -> str:
    """La démonstration installée, telle que sa commande l'a dite."""
    settings.DEMONSTRATION = True
    return installee


# --- Ce qu'on y trouve ---------------------------------------------------------------------------------------------------
def test_variee_en_etats_et_en_territoires(demonstration: str) -> None:
    toutes = Candidature.objects.pour_lecture()
    assert toutes.count() >= 40
    concernes = Departement.objects.filter(candidatures__isnull=False)
    assert concernes.distinct().count() >= 12
    assert concernes.values("region").distinct().count() >= 8
    assert concernes.filter(pk__startswith="97").exists()
    brouillons = [c for c in toutes if c.est_brouillon]
    assert any(not c.nom for c in brouillons)
    assert any(not manques(c) for c in brouillons)
    assert any(c.nom and manques(c) for c in brouillons)
    assert any(c.descriptif and len(str(c.methodologie)) > 600 for c in toutes)
    assert not Courriel.objects.exists()


def test_trois_campagnes_a_trois_moments(demonstration: str) -> None:
    maintenant = timezone.now()
    ouverte, instruite, publiee = Campagne.objects.order_by("-cloture")
    assert (ouverte.est_ouverte(maintenant), instruite.est_ouverte(maintenant)) == (True, False)
    assert [bool(c.publiee_le) for c in (ouverte, instruite, publiee)] == [False, False, True]
    assert publiee.avis_communiques
    assert etats_de(ouverte) == {Etat.BROUILLON, Etat.DEPOSEE, Etat.AVIS_REGIONAUX, Etat.RETIREE}
    assert etats_de(instruite) == set(Etat) - {Etat.BROUILLON}
    assert etats_de(publiee) == {*DECIDES, Etat.RETIREE, Etat.BROUILLON}


def etats_de(campagne: Campagne) -> set[str]:
    """Les états de ses candidatures."""
    return set(campagne.candidatures.values_list("etat", flat=True))


def test_les_avis_y_sont_a_chaque_etape(demonstration: str) -> None:
    maintenant = timezone.now()
    tous = [a for c in avec_attendus(Candidature.objects.all()) for a in attendus(c, maintenant)]
    assert {a.etape for a in tous if a.niveau == Niveau.DEPARTEMENT} == set(Etape) - {Etape.PAS_ENCORE}
    assert {a.etape for a in tous if a.niveau == Niveau.REGION} >= {Etape.PAS_ENCORE, Etape.ATTENDU, Etape.BROUILLON, Etape.RENDU}
    assert AvisRegional.objects.exclude(motif_passer_outre="").exists()
    assert set(AvisRegional.objects.exclude(sens="").values_list("sens", flat=True)) == set(AvisRegional.Sens)
    assert Report.objects.filter(echeance__gt=maintenant).exists()
    rouverts = Evenement.objects.filter(acte="rouvrir_avis_departement").values("candidature")
    assert {avis.est_rendu for avis in AvisDepartemental.objects.filter(candidature__in=rouverts)} == {True, False}


def test_chaque_sorte_de_service_a_rendu_un_avis(demonstration: str) -> None:
    rendus = [*AvisDepartemental.objects.exclude(rendu_le=None), *AvisRegional.objects.exclude(rendu_le=None)]
    assert {avis.service_nom.split(" – ")[0] for avis in rendus} == SORTES
    assert Habilitation.objects.filter(service__nom="DREETS").exists()


def test_un_projet_de_huit_departements_et_trois_regions(demonstration: str) -> None:
    assert any(c.departements.count() == 8 and c.est_en_instruction for c in Candidature.objects.all())


# --- Quand, et qui -------------------------------------------------------------------------------------------------------
def test_les_actes_sont_echelonnes_et_dans_leur_campagne(demonstration: str) -> None:
    maintenant = timezone.now()
    for evenement in Evenement.objects.select_related("candidature__campagne"):
        campagne = evenement.candidature.campagne
        du_bailleur = evenement.acte in ("creer", "deposer")
        assert campagne.ouverture <= evenement.le <= min(campagne.cloture if du_bailleur else maintenant, maintenant), evenement
    assert Evenement.objects.values("le").distinct().count() > 50
    for candidature in Candidature.objects.all():
        instants = list(candidature.evenements.order_by("pk").values_list("le", flat=True))
        assert instants == sorted(instants), candidature


def test_un_compte_par_role(demonstration: str) -> None:
    comptes = {c.courriel.split("@")[0]: portee_de(c) for c in Utilisateur.objects.filter(courriel__endswith="@" + DOMAINE)}
    premier = Organisme.objects.get(siren=PREMIER_BAILLEUR).pk
    assert comptes["bailleur-saisie"].organismes == {premier}
    assert not comptes["bailleur-saisie"].depots
    assert comptes["bailleur-depot"].depots == {premier}
    assert len(comptes["deux-organismes"].organismes) == 2
    assert territoires(comptes["ddcs-77"]) == ({"77"}, set(), set())
    assert territoires(comptes["ddt-45"]) == ({"45"}, set(), set())
    assert territoires(comptes["dreal-hauts-de-france"]) == (set(), {"32"}, {"32"})
    assert territoires(comptes["dreets-hauts-de-france"]) == (set(), {"32"}, set())
    assert territoires(comptes["drihl-ile-de-france"]) == ({"93"}, {"11"}, {"11"})
    assert len(comptes["drihl-ile-de-france"].departements) == 8
    assert comptes["comite"].lit_tout
    assert comptes["national"].administre
    assert comptes["association-invitee"] == Portee(est_invite=True)
    assert len(comptes) == 11


def test_un_brouillon_est_partage_et_une_invitation_attend(demonstration: str) -> None:
    """L'invitée d'un clic a de quoi remplir ; l'organisme voit aussi une invitation sans réponse."""
    invitee = Utilisateur.objects.get(courriel=f"association-invitee@{DOMAINE}")
    partagee = Candidature.objects.visibles_par(invitee).get()
    assert (partagee.organisme.siren, partagee.est_brouillon) == (PREMIER_BAILLEUR, True)
    assert peut(peut_modifier, invitee, partagee)
    assert manques(partagee), "il reste de quoi remplir"
    en_attente = partagee.partages.get(accepte_le=None)
    assert en_attente.est_valable(timezone.now())


def territoires(portee: Portee) -> tuple[set[str], set[str], set[str]]:
    """Les départements instruits, les régions, et celles dont l'avis se rend."""
    return set(portee.departements_instruits), set(portee.regions), set(portee.regions_rendues)


def test_chaque_agent_a_de_quoi_faire(demonstration: str) -> None:
    for agent in Utilisateur.objects.filter(courriel__endswith="@" + DOMAINE, habilitations__role=Role.AGENT).distinct():
        attendus_de_lui = Candidature.objects.visibles_par(agent).deposees()
        assert attendus_de_lui.filter(campagne__publiee_le=None).exists(), agent


# --- Rejouer -------------------------------------------------------------------------------------------------------------
def test_rejouee_elle_ne_change_rien(demonstration: str) -> None:
    modeles = (Candidature, Utilisateur, Habilitation, Campagne, Evenement, AvisDepartemental, AvisRegional, Report)
    avant = [modele._default_manager.count() for modele in modeles]
    Candidature.objects.filter(etat=Etat.BROUILLON).update(nom="Gardé")
    assert Sortie("demonstration").dit == ""
    assert [modele._default_manager.count() for modele in modeles] == avant
    assert Candidature.objects.filter(nom="Gardé").exists()


def test_ses_listes_disent_ce_que_dit_le_calcul(demonstration: str) -> None:
    """Les lignes des avis attendus, « À traiter » d'un agent des deux niveaux, la matrice du national : les mêmes que calculées."""
    exiger_l_accord()
    maintenant = timezone.now()
    agents = Utilisateur.objects.filter(habilitations__role=Role.AGENT).order_by("pk").distinct()
    assert agents
    for agent in agents[:4]:
        exiger_le_meme_a_traiter(agent, maintenant)
    exiger_la_meme_matrice(Utilisateur.objects.filter(habilitations__role=Role.ADMINISTRATEUR)[0], maintenant)


def test_relancee_trop_tard_elle_rouvre_la_campagne(demonstration: str) -> None:
    plus_tard = timezone.now() + timedelta(days=40)
    assert not Campagne.objects.ouvertes(plus_tard).exists()
    assert installer(plus_tard).prolongee
    ouverte = Campagne.objects.ouvertes(plus_tard).get()
    ouverte.full_clean()
    assert ouverte.echeance_departementale is not None
    assert ouverte.echeance_departementale > ouverte.cloture
    exiger_l_accord()


def test_les_valeurs_par_defaut_sont_celles_de_la_demonstration(demonstration: str, tmp_path: Path) -> None:
    fiche = tmp_path / "fiche.json"
    fiche.write_text(json.dumps(fiches_inventees()["val-d-ourcelle"]), "utf-8")
    chargee = Sortie("charger_fiche", str(fiche), "--deposer")
    candidature = Candidature.objects.get(numero=chargee.dit.strip())
    assert candidature.organisme.siren == PREMIER_BAILLEUR
    assert candidature.campagne.est_ouverte(timezone.now())
