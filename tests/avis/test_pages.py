"""L'avis à côté de la fiche : enregistrer, rendre, et tout ce qui peut mal se passer."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from avis.attendus import Niveau
from avis.models import AvisDepartemental, AvisFige, AvisRegional
from candidatures.circuit import PASSAGES
from candidatures.circuit.franchir import franchir
from candidatures.models import Candidature
from tests.avis.fabriques import (
    DEPARTEMENT,
    REGION,
    REPONSES,
    adresse,
    agent,
    ecrire,
    envoi,
    mener_au_comite,
    ouvrir,
    rendre,
    un_collegue,
    un_contributeur,
    un_dossier,
)
from tests.fabriques import Monde, relire, un_agent, un_bailleur, un_national
from tests.hlm_projets.une_page import exiger_une_page

pytestmark = pytest.mark.django_db


def page(client: Client, url: str, status: int = 200) -> str:
    reponse = client.get(url)
    assert reponse.status_code == status
    texte = reponse.content.decode()
    exiger_une_page(texte)
    return texte


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
    collegue = ouvrir(un_collegue("77"))
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
    lues = {"champ_libre": "un\ndeux"}
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
    assert f'id="id_{champ}_error"><p class="fr-message fr-message--error">{phrase}' in re.sub(r"\s*(<[^>]*>)\s*", r"\1", texte)
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


# --- Le dossier a quitté l'instruction -----------------------------------------------------------------------------------
def test_apres_un_retrait_rien_n_est_perdu(dossier: Candidature, agent_77: Client) -> None:
    ecrire(dossier, DEPARTEMENT, "77", champ_libre="Le brouillon.")
    franchir(dossier, PASSAGES["retirer"], par=un_bailleur(dossier.organisme), maintenant=timezone.now(), motif="Abandon.")
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
    franchir(dossier, PASSAGES["ne_pas_retenir"], par=un_national(), maintenant=timezone.now(), motif="Hors sujet.")
    reponse = agent_77.post(adresse(dossier), envoi(champ_libre="Trop tard."))
    assert reponse.status_code == 409
    assert "Non retenue" not in reponse.content.decode()
    assert "Hors sujet" not in page(agent_77, adresse(dossier))


# --- La région -----------------------------------------------------------------------------------------------------------
def test_la_region_lit_les_avis_de_ses_departements_avant_d_ecrire() -> None:
    dossier = un_dossier(["77", "13"])
    rendre(dossier, DEPARTEMENT, "77", champ_libre="Avis de Seine-et-Marne.")
    rendre(dossier, DEPARTEMENT, "13", champ_libre="Avis des Bouches-du-Rhône.")
    texte = page(ouvrir(agent(REGION, "11")), adresse(dossier, REGION, "11"))
    assert "Avis de Seine-et-Marne." in texte
    assert "Avis des Bouches-du-Rhône." not in texte
    assert "Avis global formulé par le niveau régional (DREAL en collaboration avec DRJSCS)" in texte


def test_la_region_attend_ses_departements(dossier: Candidature) -> None:
    client = ouvrir(agent(REGION, "11"))
    texte = page(client, adresse(dossier, REGION, "11"))
    assert 'name="rendre"' not in texte
    assert "Seine-et-Marne (77)" in texte
    assert "leur date n&#x27;est pas passée" in texte
    reponse = client.post(adresse(dossier, REGION, "11"), envoi(REGION) | {"rendre": "1"})
    assert reponse.status_code == 409
    assert not AvisRegional.objects.get().est_rendu


def test_la_region_passe_outre_un_retard_avec_un_motif() -> None:
    dossier = un_dossier(echeance=timedelta(days=-2))
    client = ouvrir(agent(REGION, "11"))
    url = adresse(dossier, REGION, "11")
    assert 'name="motif_passer_outre"' in page(client, url)
    sans = client.post(url, envoi(REGION, motif_passer_outre="  ") | {"rendre": "1"})
    assert sans.status_code == 409
    assert 'id="id_motif_passer_outre_error"' in sans.content.decode()
    lues = REPONSES[REGION] | {"motif_passer_outre": "  "}
    avec = client.post(url, envoi(REGION, lues=lues, motif_passer_outre="Sans réponse.") | {"rendre": "1"})
    assert avec.status_code == 302, avec.content.decode()
    assert AvisRegional.objects.get().motif_passer_outre == "Sans réponse."
    assert relire(dossier).etat == "comite"
    assert "Sans réponse." in page(client, url)
    agent_77 = page(ouvrir(un_agent("77")), adresse(dossier))
    assert "La région a rendu son avis sans attendre celui-ci" in agent_77
    assert "Un projet à soutenir." not in agent_77


def test_le_motif_n_est_demande_que_s_il_y_a_lieu(dossier: Candidature) -> None:
    rendre(dossier, DEPARTEMENT, "77")
    client = ouvrir(agent(REGION, "11"))
    assert "motif_passer_outre" not in page(client, adresse(dossier, REGION, "11"))
    reponse = client.post(adresse(dossier, REGION, "11"), envoi(REGION) | {"rendre": "1", "motif_passer_outre": "Forgé."})
    assert reponse.status_code == 302
    assert AvisRegional.objects.get().motif_passer_outre == ""


def test_le_contributeur_enregistre_sans_rendre(dossier: Candidature) -> None:
    rendre(dossier, DEPARTEMENT, "77")
    client, url = ouvrir(un_contributeur("11")), adresse(dossier, REGION, "11")
    texte = page(client, url)
    assert 'name="rendre"' not in texte
    assert "Votre service contribue à ce brouillon, il ne rend pas l&#x27;avis : prévenez DRIHL – Île-de-France" in texte
    assert client.post(url, envoi(REGION)).status_code == 302
    force = client.post(url, envoi(REGION, lues=REPONSES[REGION]) | {"rendre": "1"})
    assert force.status_code == 409
    assert "il ne rend pas l&#x27;avis" in force.content.decode()
    avis = AvisRegional.objects.get()
    assert (avis.sens, avis.est_rendu) == ("favorable", False)


def test_un_avis_defavorable_s_explique(dossier: Candidature) -> None:
    rendre(dossier, DEPARTEMENT, "77")
    client, url = ouvrir(agent(REGION, "11")), adresse(dossier, REGION, "11")
    reponse = client.post(url, envoi(REGION, sens="defavorable", champ_libre=" / ") | {"rendre": "1"})
    assert "Un avis défavorable s&#x27;explique" in reponse.content.decode()
    assert not AvisRegional.objects.get().est_rendu


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
    client = ouvrir(un_national())
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


@pytest.mark.parametrize(
    ("departements", "niveau", "territoire", "outremer"),
    [(["974"], DEPARTEMENT, "974", True), (["974"], REGION, "04", True), (["974", "77"], DEPARTEMENT, "77", False)],
)
def test_l_echeance_se_dit_aussi_a_l_heure_du_territoire(
    departements: list[str], niveau: Niveau, territoire: str, outremer: bool
) -> None:
    dossier = un_dossier(departements)
    texte = page(ouvrir(agent(niveau, territoire)), adresse(dossier, niveau, territoire))
    assert "heure de Paris" in texte
    assert ("heure de La Réunion" in texte) is outremer
