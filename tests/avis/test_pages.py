"""L'avis à côté de la fiche : enregistrer, rendre, et tout ce qui peut mal se passer."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from avis.models import AvisDepartemental, AvisFige
from candidatures import actions as passages
from candidatures.circuit import PASSAGES
from candidatures.models import Candidature
from tests.avis.fabriques import (
    DEPARTEMENT,
    REGION,
    REPONSES,
    adresse,
    ecrire,
    envoi,
    mener_au_comite,
    rendre,
    un_collegue,
    un_dossier,
)
from tests.avis.pages import client_de_, page
from tests.fabriques import Monde, relire, un_agent, un_bailleur, un_national
from tests.hlm_projets.une_page import exiger_une_page

pytestmark = pytest.mark.django_db


@pytest.fixture
def dossier() -> Candidature:
    return un_dossier(nom="Familles de Marne")


@pytest.fixture
def agent_77() -> Client:
    return client_de_(un_agent("77"))


def _champ(nom: str) -> Any:
    return AvisDepartemental._meta.get_field(nom)


# --- Lire et enregistrer ------------------------------------------------------------------------------------------------
def test_la_page_montre_la_fiche_et_le_formulaire_officiel(dossier: Candidature, agent_77: Client) -> None:
    texte = page(agent_77, adresse(dossier))
    for champ in ("champ_libre", "pertinence", "reproductibilite", "conditions"):
        intitule = str(_champ(champ).verbose_name).replace("'", "&#x27;")
        assert intitule in texte
    assert "Avis du service départemental en charge des politiques sociales du logement (DDCS ou DDT)" in texte
    assert all(f"</span> {mot}" in texte or f">{mot}</label>" in texte for mot in ("Faible", "Moyen", "Fort"))
    assert "Familles de Marne" in texte
    assert "Rendre l’avis est définitif" in texte


def test_afficher_ne_cree_rien(dossier: Candidature, agent_77: Client) -> None:
    page(agent_77, adresse(dossier))
    agent_77.post(adresse(dossier), envoi(champ_libre="", pertinence="", reproductibilite="", conditions=""))
    assert not AvisDepartemental.objects.exists()


def test_le_brouillon_est_partage_entre_les_services_du_departement(dossier: Candidature, agent_77: Client) -> None:
    agent_77.post(adresse(dossier), envoi(champ_libre="Commencé par la DDT."))
    collegue = client_de_(un_collegue("77"))
    assert "Commencé par la DDT." in page(collegue, adresse(dossier))
    lues = REPONSES[DEPARTEMENT] | {"champ_libre": "Commencé par la DDT."}
    reponse = collegue.post(adresse(dossier), envoi(lues=lues, champ_libre="Repris par la DDCS."))
    assert reponse.status_code == 302
    assert AvisDepartemental.objects.get().champ_libre == "Repris par la DDCS."


def test_ce_qui_est_juste_est_garde(dossier: Candidature, agent_77: Client) -> None:
    """F-06 : un champ trop long revient tel quel, les autres sont écrits."""
    trop = "x" * 20_001
    reponse = agent_77.post(adresse(dossier), envoi(champ_libre=trop))
    texte = reponse.content.decode()
    assert reponse.status_code == 200
    assert trop in texte
    assert "retirez-en" in texte
    assert "Erreur : " in texte
    gardee = AvisDepartemental.objects.get()
    assert (gardee.champ_libre, gardee.pertinence) == ("", REPONSES[DEPARTEMENT]["pertinence"])
    exiger_une_page(texte)


def test_un_navigateur_qui_envoie_crlf_n_est_pas_un_conflit(dossier: Candidature, agent_77: Client) -> None:
    ecrire(dossier, DEPARTEMENT, "77", champ_libre="un\ndeux")
    lues = {"champ_libre": "un\r\ndeux"}
    reponse = agent_77.post(
        adresse(dossier), envoi(lues=lues, champ_libre="un\r\ndeux\r\ntrois", pertinence="", reproductibilite="", conditions="")
    )
    assert reponse.status_code == 302
    assert AvisDepartemental.objects.get().champ_libre == "un\ndeux\ntrois"


# --- Rendre -------------------------------------------------------------------------------------------------------------
def test_rendre_signe_date_et_mene_a_l_avis(dossier: Candidature, agent_77: Client) -> None:
    reponse = agent_77.post(adresse(dossier), envoi() | {"rendre": "1"}, follow=True)
    texte = reponse.content.decode()
    exiger_une_page(texte)
    avis = AvisDepartemental.objects.get()
    assert avis.est_rendu
    assert avis.service_nom == "DDT – Seine-et-Marne (77)"
    assert "L&#x27;avis est rendu" in texte
    assert "Retour à « À traiter »" in texte
    assert 'name="rendre"' not in texte
    assert avis.auteur_nom in texte
    assert relire(dossier).etat == "avis_regionaux"


@pytest.mark.parametrize(
    ("vides", "phrase"),
    [
        ({"champ_libre": "", "pertinence": " … "}, "Écrivez votre avis : dans le champ libre, ou sur la pertinence du projet."),
        ({"reproductibilite": ""}, "Dites si la démarche est reproductible : Faible, Moyen ou Fort."),
    ],
)
def test_ce_qui_manque_est_dit_pres_du_champ(dossier: Candidature, agent_77: Client, vides: dict[str, Any], phrase: str) -> None:
    reponse = agent_77.post(adresse(dossier), envoi(**vides) | {"rendre": "1"})
    texte = reponse.content.decode()
    exiger_une_page(texte)
    champ = "champ_libre" if "champ_libre" in vides else "reproductibilite"
    assert f'id="id_{champ}_error"><p class="fr-message fr-message--error">{phrase}' in texte
    assert not AvisDepartemental.objects.get().est_rendu
    assert AvisDepartemental.objects.get().conditions == REPONSES[DEPARTEMENT]["conditions"]


def test_deux_clics_un_seul_rendu(dossier: Candidature, agent_77: Client) -> None:
    for _ in range(2):
        reponse = agent_77.post(adresse(dossier), envoi() | {"rendre": "1"}, follow=True)
    texte = reponse.content.decode()
    assert AvisFige.objects.count() == 1
    assert "déjà rendu, le " in texte
    assert AvisDepartemental.objects.get().auteur_nom in texte


def test_un_texte_envoye_apres_le_rendu_d_un_collegue_revient_a_l_ecran(dossier: Candidature, agent_77: Client) -> None:
    rendre(dossier, DEPARTEMENT, "77", un_collegue("77"))
    reponse = agent_77.post(adresse(dossier), envoi(champ_libre="Mon texte à moi.") | {"rendre": "1"})
    texte = reponse.content.decode()
    assert reponse.status_code == 409
    assert "Mon texte à moi." in texte
    assert "déjà rendu" in texte
    assert AvisDepartemental.objects.get().champ_libre == REPONSES[DEPARTEMENT]["champ_libre"]
    exiger_une_page(texte)


# --- Deux collègues (F-13) -----------------------------------------------------------------------------------------------
def conflit(dossier: Candidature, client: Client, **plus: str) -> str:
    """Le collègue a écrit après que la page a été lue vide."""
    ecrire(dossier, DEPARTEMENT, "77", un_collegue("77"), champ_libre="Texte du collègue.", reproductibilite="faible")
    reponse = client.post(adresse(dossier), envoi(champ_libre="Mon texte.") | plus)
    assert reponse.status_code == 409
    texte = reponse.content.decode()
    exiger_une_page(texte)
    return texte


@pytest.mark.parametrize("rendu", [{}, {"rendre": "1"}], ids=["enregistrer", "rendre"])
def test_un_conflit_montre_les_deux_textes_et_n_ecrit_rien(dossier: Candidature, agent_77: Client, rendu: dict[str, str]) -> None:
    texte = conflit(dossier, agent_77, **rendu)
    assert "Texte du collègue." in texte
    assert "Mon texte." in texte
    assert "Faible" in texte
    avis = AvisDepartemental.objects.get()
    assert (avis.champ_libre, avis.reproductibilite, avis.pertinence) == ("Texte du collègue.", "faible", "")
    assert not avis.est_rendu


@pytest.mark.parametrize(
    ("choix", "garde"),
    [
        ("sien", "Mon texte."),
        ("autre", "Texte du collègue."),
        ("deux", "Texte du collègue.\n\nMon texte."),
    ],
)
def test_le_choix_fait_est_ecrit(dossier: Candidature, agent_77: Client, choix: str, garde: str) -> None:
    champs = _caches(conflit(dossier, agent_77))
    reponse = agent_77.post(adresse(dossier), champs | {"choix-champ_libre": choix, "choix-reproductibilite": "sien"})
    assert reponse.status_code == 302
    avis = AvisDepartemental.objects.get()
    assert (avis.champ_libre, avis.reproductibilite) == (garde, "fort")
    assert avis.pertinence == REPONSES[DEPARTEMENT]["pertinence"]


def test_un_troisieme_texte_pendant_le_choix_redemande(dossier: Candidature, agent_77: Client) -> None:
    champs = _caches(conflit(dossier, agent_77))
    ecrire(dossier, DEPARTEMENT, "77", un_collegue("77"), champ_libre="Un troisième texte.")
    reponse = agent_77.post(adresse(dossier), champs | {"choix-champ_libre": "sien", "choix-reproductibilite": "autre"})
    assert reponse.status_code == 409
    assert AvisDepartemental.objects.get().champ_libre == "Un troisième texte."


def test_chacun_sa_rubrique_sans_conflit(dossier: Candidature, agent_77: Client) -> None:
    """Deux collègues écrivent dans des rubriques différentes : tout reste."""
    vides: dict[str, Any] = dict.fromkeys(REPONSES[DEPARTEMENT], "")
    ecrire(dossier, DEPARTEMENT, "77", un_collegue("77"), pertinence="Du collègue.")
    reponse = agent_77.post(adresse(dossier), envoi(**(vides | {"champ_libre": "De moi."})))
    assert reponse.status_code == 302
    avis = AvisDepartemental.objects.get()
    assert (avis.champ_libre, avis.pertinence) == ("De moi.", "Du collègue.")


def test_on_ne_rend_pas_un_texte_qu_on_n_a_pas_lu(dossier: Candidature, agent_77: Client) -> None:
    ecrire(dossier, DEPARTEMENT, "77", un_collegue("77"), conditions="Ajouté par un collègue.")
    reponse = agent_77.post(adresse(dossier), envoi(conditions="") | {"rendre": "1"})
    assert reponse.status_code == 409
    assert "Ajouté par un collègue." in reponse.content.decode()
    assert not AvisDepartemental.objects.get().est_rendu


def _caches(texte: str) -> dict[str, str]:
    """Les champs cachés de la page, comme un navigateur les renverrait."""
    trouves = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', texte)
    return {nom: html.unescape(valeur) for nom, valeur in trouves if nom != "csrfmiddlewaretoken"}


# --- Le dossier a quitté l'instruction -----------------------------------------------------------------------------------
def test_apres_un_retrait_rien_n_est_perdu(dossier: Candidature, agent_77: Client) -> None:
    ecrire(dossier, DEPARTEMENT, "77", champ_libre="Le brouillon.")
    passages.franchir(
        dossier, PASSAGES["retirer"], par=un_bailleur(dossier.organisme), maintenant=timezone.now(), motif="Abandon."
    )
    reponse = agent_77.post(adresse(dossier), envoi(champ_libre="Ce que je viens de taper.") | {"rendre": "1"})
    assert reponse.status_code == 409
    texte = reponse.content.decode()
    exiger_une_page(texte)
    assert "Ce que je viens de taper." in texte
    assert "Retirée" in texte
    assert AvisDepartemental.objects.get().champ_libre == "Le brouillon."
    assert "Le brouillon." in page(agent_77, adresse(dossier))


def test_une_decision_tue_ne_se_lit_dans_aucun_refus(agent_77: Client) -> None:
    dossier = mener_au_comite(un_dossier())
    passages.franchir(dossier, PASSAGES["ne_pas_retenir"], par=un_national(), maintenant=timezone.now(), motif="Hors sujet.")
    reponse = agent_77.post(adresse(dossier), envoi(champ_libre="Trop tard."))
    assert reponse.status_code == 409
    assert "Non retenue" not in reponse.content.decode()
    assert "Hors sujet" not in page(agent_77, adresse(dossier))


# --- Qui ------------------------------------------------------------------------------------------------------------------
def test_ddt_77_sur_un_dossier_13(agent_77: Client) -> None:
    """F-30 : un dossier d'ailleurs n'existe pas ; un dossier partagé, l'avis de l'autre non plus."""
    ailleurs, partage = un_dossier(["13"]), un_dossier(["77", "13"])
    for url in (
        adresse(ailleurs, DEPARTEMENT, "13"),
        adresse(ailleurs),
        adresse(partage, DEPARTEMENT, "13"),
        adresse(partage, REGION, "11"),
    ):
        assert agent_77.get(url).status_code == 404
        assert agent_77.post(url, envoi() | {"rendre": "1"}).status_code == 404
    rendre(partage, DEPARTEMENT, "13")
    assert agent_77.get(adresse(partage, DEPARTEMENT, "13")).status_code == 404
    assert agent_77.get(adresse(partage)).status_code == 200


@pytest.mark.parametrize("fin", ["departement/13/", "departement/999/", "region/77/", "commune/77/", "departement/R11/"])
def test_un_territoire_etranger_au_dossier_n_existe_pas(dossier: Candidature, agent_77: Client, fin: str) -> None:
    assert agent_77.get(f"/avis/{dossier.pk}/{fin}").status_code == 404


def test_le_national_lit_un_avis_rendu_mais_ne_l_ecrit_pas(dossier: Candidature) -> None:
    client = client_de_(un_national())
    ecrire(dossier, DEPARTEMENT, "77", champ_libre="Pas encore rendu.")
    assert "Pas encore rendu." not in page(client, adresse(dossier))
    rendre(dossier, DEPARTEMENT, "77", champ_libre="Rendu.")
    texte = page(client, adresse(dossier))
    assert "Rendu." in texte
    assert 'name="rendre"' not in texte
    assert client.post(adresse(dossier), envoi()).status_code == 404


def test_un_brouillon_de_dossier_n_a_pas_d_avis(client_de: Callable[[str], Client], monde: Monde) -> None:
    brouillon = monde.brouillon_a
    for role in ("agent_departemental", "administrateur", "deposant"):
        assert client_de(role).get(adresse(brouillon)).status_code == 404
