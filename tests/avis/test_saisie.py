"""L'avis enregistré au fil de la frappe : les cas de la fiche, aux deux niveaux, et ce qui est propre aux avis."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from avis.actions import MODELES
from avis.attendus import Niveau
from avis.models import AvisDepartemental, ChangementDAvis
from avis.taches import elaguer_l_historique
from candidatures.models import Campagne, Candidature
from candidatures.plusieurs_mains import historique
from hlm_projets.requete.middleware import maintenant
from tests.avis.fabriques import (
    DEPARTEMENT,
    REGION,
    RETARD,
    adresse,
    agent,
    ecrire,
    memoire,
    ouvrir,
    rendre,
    rouvrir,
    un_collegue,
    un_contributeur,
)
from tests.cas_de_saisie import AUTRE_PAGE, PAGE, TROP, CasDeSaisie, Terrain
from tests.fabriques import un_agent, un_bailleur, un_national

pytestmark = pytest.mark.django_db
TERRITOIRES = {DEPARTEMENT: "77", REGION: "11"}


class PageDAvis:
    """Un avis écrit par son service ; `autre` : à la région, le motif pour passer outre, gardé avec le brouillon."""

    champ, requetes = "champ_libre", 7

    def __init__(self, dossier: Candidature, niveau: Niveau, client: Client) -> None:
        self.dossier, self.niveau, self.client = dossier, niveau, client
        self.territoire = TERRITOIRES[niveau]
        self.autre = "pertinence" if niveau == DEPARTEMENT else "motif_passer_outre"
        self.historique = self.adresse("historique")

    def memoire(self, *noms: str) -> dict[str, str]:
        return {"lu": memoire({nom: self.gardee(nom) for nom in noms})}

    def envoyer(self, reponses: Mapping[str, str], *, page: str = PAGE, lu: Mapping[str, str] | None = None, **plus: Any) -> Any:
        lues = self.memoire(*(nom for nom in reponses if hasattr(MODELES[self.niveau], nom))) if lu is None else lu
        envoi = {"page": page, "champs": " ".join(reponses)} | dict(reponses) | dict(lues) | plus
        reponse = self.client.post(self.adresse("saisie"), envoi, headers={"X-Saisie": "1"})
        assert reponse.status_code == 200, reponse.content
        return reponse.json()

    def adresse(self, route: str) -> str:
        return adresse(self.dossier, self.niveau, self.territoire, route)

    def gardee(self, nom: str) -> str:
        avis = MODELES[self.niveau]._default_manager.first()
        return str(getattr(avis, nom)) if avis else ""

    def traces(self, nom: str) -> QuerySet[ChangementDAvis]:
        return self.dossier.changements_des_avis.filter(niveau=self.niveau, territoire=self.territoire, rubrique=nom)


class CasDAvis(CasDeSaisie):
    niveau: Niveau

    @pytest.fixture
    def terrain(self, dossier: Candidature) -> Terrain:
        return PageDAvis(dossier, self.niveau, ouvrir(agent(self.niveau, TERRITOIRES[self.niveau])))

    def test_sans_memoire_rien_n_est_efface(self, terrain: Terrain) -> None:
        terrain.envoyer({terrain.champ: "Le collègue"}, page=AUTRE_PAGE)
        rendu = terrain.envoyer({terrain.champ: "Forgé"}, lu={})
        assert (terrain.gardee(terrain.champ), len(rendu["conflits"])) == ("Le collègue", 1)


class TestDepartement(CasDAvis):
    niveau = DEPARTEMENT


class TestRegion(CasDAvis):
    niveau = REGION


# --- Ce qui est propre aux avis ------------------------------------------------------------------------------------------
@pytest.fixture
def page_77(dossier: Candidature, agent_77: Client) -> PageDAvis:
    return PageDAvis(dossier, DEPARTEMENT, agent_77)


def test_un_choix_s_ecrit_se_dispute_et_se_lit_par_son_libelle(page_77: PageDAvis) -> None:
    page_77.envoyer({"reproductibilite": "faible"})
    rendu = page_77.envoyer({"reproductibilite": "fort"}, page=AUTRE_PAGE, lu={"lu": memoire({"reproductibilite": ""})})
    assert page_77.gardee("reproductibilite") == "faible"
    [conflit] = rendu["conflits"]
    assert "Faible" in conflit["html"]
    assert "Fort" in conflit["html"]
    assert conflit["valeurs"] == {"reproductibilite": ["faible"]}
    page_77.envoyer({"reproductibilite": ""})
    assert page_77.gardee("reproductibilite") == ""


def test_un_choix_inconnu_est_faux(page_77: PageDAvis) -> None:
    rendu = page_77.envoyer({"reproductibilite": "enorme"})
    assert list(rendu["erreurs"]) == ["reproductibilite"]
    assert not AvisDepartemental.objects.exists()


def test_rien_d_envoye_ne_commence_pas_de_brouillon(page_77: PageDAvis) -> None:
    page_77.envoyer({"champ_libre": "", "conditions": TROP})
    assert not AvisDepartemental.objects.exists()
    assert not ChangementDAvis.objects.exists()


def test_enregistrer_un_champ_n_en_recrit_pas_un_autre(page_77: PageDAvis, dossier: Candidature) -> None:
    """`update_fields` : ce que l'on n'envoie pas n'est pas relu puis récrit."""
    ecrire(dossier, DEPARTEMENT, "77", conditions="Avant.")
    avant = AvisDepartemental.objects.get().modifie_le
    page_77.envoyer({"champ_libre": "Un avis."})
    avis = AvisDepartemental.objects.get()
    assert (avis.champ_libre, avis.conditions, avis.service, avis.auteur) == ("Un avis.", "Avant.", None, None)
    assert avis.modifie_le > avant


def test_le_bouton_garde_l_historique_lui_aussi(page_77: PageDAvis) -> None:
    """Sans JavaScript, pas de clé de page ; avec, le bouton prolonge la ligne de sa page."""
    page_77.envoyer({"champ_libre": "Un"})
    envoi = {"champ_libre": "Un avis", "lu": memoire({"champ_libre": "Un"}), "page": PAGE, "enregistrer": "1"}
    assert page_77.client.post(page_77.adresse("avis"), envoi).status_code == 302
    [ligne] = page_77.traces("champ_libre")
    assert (ligne.avant, ligne.apres) == (None, "Un avis")


def test_le_motif_pour_passer_outre_survit_a_un_rechargement(dossier: Candidature) -> None:
    """C'est un texte tapé : il est gardé avec le brouillon, et se retrouve dans la page."""
    Campagne.objects.filter(pk=dossier.campagne_id).update(echeance_departementale=maintenant() + RETARD)
    page = PageDAvis(dossier, REGION, ouvrir(agent(REGION, "11")))
    page.envoyer({"motif_passer_outre": "Le service est en congés."})
    assert "Le service est en congés." in page.client.get(page.adresse("avis")).content.decode()


# --- Quand l'avis ne s'écrit plus ------------------------------------------------------------------------------------------
def rendu_par_un_collegue(dossier: Candidature) -> None:
    rendre(dossier, DEPARTEMENT, "77", un_collegue("77"))


def passe_outre(dossier: Candidature) -> None:
    Campagne.objects.filter(pk=dossier.campagne_id).update(echeance_departementale=maintenant() + RETARD)
    rendre(dossier, REGION, "11", motif="Sans attendre.")


def retiree(dossier: Candidature) -> None:
    Candidature.objects.filter(pk=dossier.pk).update(etat="retiree")


FINS = {
    "rendu": (rendu_par_un_collegue, "L'avis est déjà rendu, le "),
    "passé outre": (passe_outre, "La région a rendu son avis"),
    "retirée": (retiree, "Le dossier n'attend plus d'avis"),
}


@pytest.mark.parametrize("route", ["saisie", "etat"])
@pytest.mark.parametrize("cas", FINS)
def test_la_page_apprend_que_l_avis_ne_s_ecrit_plus(page_77: PageDAvis, dossier: Candidature, cas: str, route: str) -> None:
    finir, debut = FINS[cas]
    finir(dossier)
    reponse = page_77.client.post(page_77.adresse(route), {"champs": "champ_libre", "champ_libre": "Trop tard"})
    assert reponse.status_code == 409
    contenu = reponse.json()
    assert (contenu["erreur"], contenu["url"]) == ("deposee", page_77.adresse("avis"))
    assert contenu["phrase"].startswith(debut)
    assert "copiez-le" in contenu["phrase"]
    assert "Trop tard" not in page_77.gardee("champ_libre")


# --- Qui --------------------------------------------------------------------------------------------------------------------
ECRIVENT: dict[str, Callable[[Candidature], Any]] = {
    "ddt": lambda dossier: un_agent("77"),
    "ddcs": lambda dossier: un_collegue("77"),
}
N_ECRIVENT_PAS: dict[str, Callable[[Candidature], Any]] = {
    "bailleur": lambda dossier: un_bailleur(dossier.organisme),
    "autre département": lambda dossier: un_agent("13"),
    "dreal": lambda dossier: agent(REGION, "11"),
    "contributeur": lambda dossier: un_contributeur("11"),
    "national": lambda dossier: un_national(),
}


@pytest.mark.parametrize("route", ["saisie", "etat"])
@pytest.mark.parametrize("role", [*ECRIVENT, *N_ECRIVENT_PAS])
def test_le_service_seul_ecrit_et_sait_qui_ecrit(dossier: Candidature, role: str, route: str) -> None:
    personne = (ECRIVENT | N_ECRIVENT_PAS)[role](dossier)
    envoi = {"champs": "champ_libre", "champ_libre": "Écrit"}
    reponse = ouvrir(personne).post(adresse(dossier, route=route), envoi)
    assert reponse.status_code == (200 if role in ECRIVENT else 404)
    assert AvisDepartemental.objects.exists() is (role in ECRIVENT and route == "saisie")
    assert dossier.presences.exists() is (role in ECRIVENT and route == "etat")


@pytest.mark.parametrize("route", ["saisie", "etat"])
def test_un_brouillon_de_candidature_n_existe_pas_pour_un_service(dossier: Candidature, agent_77: Client, route: str) -> None:
    Candidature.objects.filter(pk=dossier.pk).update(etat="brouillon", numero=None, deposee_le=None)
    envoi = {"champs": "champ_libre", "champ_libre": "Écrit"}
    for autre in (adresse(dossier, route=route), adresse(dossier, territoire="13", route=route)):
        assert agent_77.post(autre, envoi).status_code == 404
    assert agent_77.post(adresse(dossier, route=route).replace("departement", "commune"), envoi).status_code == 404


def test_seule_la_region_a_un_motif_pour_passer_outre(page_77: PageDAvis) -> None:
    rendu = page_77.envoyer({"motif_passer_outre": "Forgé"})
    assert rendu["ecrits"] == []
    assert not AvisDepartemental.objects.exists()


# --- Présence : au service seul ----------------------------------------------------------------------------------------------
def presents(client: Client, dossier: Candidature, **quel: Any) -> str:
    reponse = client.post(adresse(dossier, route="etat", **quel))
    assert reponse.status_code == 200
    return str(reponse.json()["fragments"]["presents"])


def test_un_collegue_apprend_qui_redige(dossier: Candidature, agent_77: Client) -> None:
    collegue = un_collegue("77")
    assert "rédige" not in presents(agent_77, dossier)  # soi-même ne se dit pas
    presents(ouvrir(collegue), dossier)
    assert f"{collegue} rédige cet avis." in presents(agent_77, dossier)


def test_la_page_apprend_que_le_brouillon_est_commence(page_77: PageDAvis, dossier: Candidature) -> None:
    assert "Rien n’est encore écrit" in fragments(page_77)["brouillon"]
    page_77.envoyer({"champ_libre": "Un début"})
    rendus = fragments(page_77)
    assert "Brouillon du service, enregistré le" in rendus["brouillon"]
    assert "brouillon" in rendus["etape"]


def fragments(page: PageDAvis) -> dict[str, str]:
    contenu: dict[str, dict[str, str]] = page.client.post(page.adresse("etat")).json()
    return contenu["fragments"]


def test_la_presence_a_un_avis_ne_se_dit_pas_a_un_autre(dossier: Candidature, agent_77: Client) -> None:
    """Ni à la région sur son propre avis, ni à un autre département du même dossier."""
    presents(agent_77, dossier)
    assert "rédige" not in presents(ouvrir(agent(REGION, "11")), dossier, niveau=REGION, territoire="11")


# --- Ce que des collègues ont écrit ------------------------------------------------------------------------------------------
def changees(page: PageDAvis, **plus: str) -> Any:
    lu = memoire({"champ_libre": "", "conditions": ""})
    return page.client.post(page.adresse("etat"), {"lu": lu, "page": PAGE} | plus).json()["changees"]


def test_ce_qu_un_collegue_a_ecrit_est_annonce_pres_de_la_reponse(page_77: PageDAvis, dossier: Candidature) -> None:
    assert changees(page_77) == []
    ecrire(dossier, DEPARTEMENT, "77", collegue := un_collegue("77"), champ_libre="Du collègue.")
    [annonce] = changees(page_77)
    assert (annonce["champ"], annonce["valeurs"]) == ("champ_libre", {"champ_libre": ["Du collègue."]})
    assert str(collegue) in annonce["html"]
    assert changees(page_77, lu=f"champ_libre:{annonce['empreinte']}") == []


def test_ce_que_la_page_a_ecrit_ne_lui_est_pas_annonce(page_77: PageDAvis) -> None:
    page_77.envoyer({"champ_libre": "De moi."})
    assert changees(page_77) == []


# --- Sans JavaScript -----------------------------------------------------------------------------------------------------------
def test_le_dossier_ne_se_relit_pas_pour_enregistrer(page_77: PageDAvis, dossier: Candidature) -> None:
    """La session ; sous le verrou, le dossier, l'avis, celui de la région ; l'avis écrit, l'historique. Un conflit relit tout."""
    page_77.envoyer({"champ_libre": "Un début"})
    envoi = {"champ_libre": "La suite", "page": PAGE, "lu": memoire({"champ_libre": "Un début"})}
    for statut in (HTTPStatus.FOUND, HTTPStatus.CONFLICT):
        with CaptureQueriesContext(connection) as requetes:
            reponse = page_77.client.post(reverse("avis:avis", args=[dossier.pk, "departement", "77"]), envoi)
        lues = [r["sql"] for r in requetes if not r["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))]
        assert reponse.status_code == statut
        assert (len(lues) == 6) is (statut == HTTPStatus.FOUND), "\n".join(lues)
        envoi |= {"page": AUTRE_PAGE, "champ_libre": "Autre chose"}
    assert AvisDepartemental.objects.get().champ_libre == "La suite"


# --- L'historique est borné ----------------------------------------------------------------------------------------------------
def test_l_historique_est_borne_par_avis(dossier: Candidature) -> None:
    """Chaque avis a sa borne : un territoire bavard n'efface pas l'historique d'un autre."""
    instant, par = maintenant(), un_agent("77")
    for territoire, nombre in (("77", historique.LIGNES + 3), ("13", 2)):
        for rang in range(nombre):
            historique.noter(
                dossier,
                {"champ_libre": None},
                {"champ_libre": f"texte {rang}"},
                par=par,
                page="",
                le=instant - timedelta(minutes=20 * rang),
                modele=ChangementDAvis,
                niveau="departement",
                territoire=territoire,
            )
    assert elaguer_l_historique()
    restes = [dossier.changements_des_avis.filter(territoire=territoire).count() for territoire in ("77", "13")]
    assert restes == [historique.LIGNES, 2]
    assert not elaguer_l_historique()


def test_un_avis_rouvert_retrouve_son_historique(page_77: PageDAvis, dossier: Candidature) -> None:
    page_77.envoyer({"champ_libre": "Un premier jet"})
    rendre(dossier, DEPARTEMENT, "77", champ_libre="Un avis")
    rouvrir(dossier, DEPARTEMENT, "77")
    page_77.envoyer({"champ_libre": "Un avis corrigé"})
    assert [ligne.apres for ligne in page_77.traces("champ_libre")] == ["Un avis corrigé", "Un avis", "Un premier jet"]
