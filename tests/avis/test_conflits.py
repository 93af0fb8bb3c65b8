"""Deux collègues écrivent le même avis (F-13) : les deux textes se montrent, la personne choisit, rien n'est écrasé."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.test import Client

from avis.models import AvisDepartemental
from candidatures.models import Candidature
from tests.avis.fabriques import (
    DEPARTEMENT,
    REPONSES,
    adresse,
    ecrire,
    envoi,
    un_collegue,
)
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
def test_un_conflit_montre_les_deux_textes_et_n_ecrit_que_le_reste(
    dossier: Candidature, agent_77: Client, rendu: dict[str, str]
) -> None:
    texte = conflit(dossier, agent_77, **rendu)
    for morceau in ("collègue.", "Mon texte.", "Faible", "a changé cette réponse à", 'name="choix-champ_libre" value="deux"'):
        assert morceau in texte
    assert 'name="choix-reproductibilite" value="deux"' not in texte
    avis = AvisDepartemental.objects.get()
    assert (avis.champ_libre, avis.reproductibilite) == ("Texte du collègue.", "faible")
    assert avis.pertinence == REPONSES[DEPARTEMENT]["pertinence"]
    assert not avis.est_rendu


@pytest.mark.parametrize(
    ("choix", "garde"),
    [
        ("mien", "Mon texte."),
        ("sien", "Texte du collègue."),
        ("deux", "Texte du collègue.\n\nMon texte."),
    ],
)
def test_le_choix_fait_est_ecrit(dossier: Candidature, agent_77: Client, choix: str, garde: str) -> None:
    champs = renvoi(conflit(dossier, agent_77))
    reponse = agent_77.post(adresse(dossier), champs | {"choix-champ_libre": choix, "choix-reproductibilite": "mien"})
    assert reponse.status_code == 302
    avis = AvisDepartemental.objects.get()
    assert (avis.champ_libre, avis.reproductibilite) == (garde, "fort")
    assert avis.pertinence == REPONSES[DEPARTEMENT]["pertinence"]


def test_corriger_une_faute_n_oppose_personne_a_son_propre_texte(dossier: Candidature, agent_77: Client) -> None:
    """Un champ trop long : les autres sont écrits ; la page qui revient le sait, et on peut les changer encore."""
    texte = agent_77.post(adresse(dossier), envoi(conditions="x" * 20_001)).content.decode()
    suite = renvoi(texte, **REPONSES[DEPARTEMENT] | {"pertinence": "Corrigée."})
    assert agent_77.post(adresse(dossier), suite).status_code == 302
    assert AvisDepartemental.objects.get().pertinence == "Corrigée."


@pytest.mark.parametrize("choix", ["mien", "deux"])
def test_un_troisieme_texte_pendant_le_choix_redemande(dossier: Candidature, agent_77: Client, choix: str) -> None:
    champs = renvoi(conflit(dossier, agent_77))
    ecrire(dossier, DEPARTEMENT, "77", un_collegue("77"), champ_libre="Un troisième texte.")
    reponse = agent_77.post(adresse(dossier), champs | {"choix-champ_libre": choix, "choix-reproductibilite": "sien"})
    assert reponse.status_code == 409
    assert AvisDepartemental.objects.get().champ_libre == "Un troisième texte."


@pytest.mark.parametrize("bouton", ["enregistrer", "rendre"])
def test_sans_choix_rien_n_est_ecrase_et_la_question_revient(dossier: Candidature, agent_77: Client, bouton: str) -> None:
    champs = renvoi(conflit(dossier, agent_77))
    reponse = agent_77.post(adresse(dossier), champs | {"choix-reproductibilite": "mien", bouton: "1"})
    assert reponse.status_code == 409
    avis = AvisDepartemental.objects.get()
    assert (avis.champ_libre, avis.reproductibilite, avis.est_rendu) == ("Texte du collègue.", "fort", False)
    assert 'name="choix-champ_libre"' in reponse.content.decode()
    assert 'name="choix-reproductibilite"' not in reponse.content.decode()


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


def renvoi(texte: str, **reponses: str) -> dict[str, Any]:
    """Ce qu'un navigateur renverrait de la page : ses champs cachés, et le texte resté dans le formulaire."""
    trouves = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', texte)
    disputes = [html.unescape(valeur) for nom, valeur in trouves if nom == "dispute"]
    caches = {nom: html.unescape(valeur) for nom, valeur in trouves if nom not in ("csrfmiddlewaretoken", "dispute")}
    return caches | {"dispute": disputes} | (reponses or REPONSES[DEPARTEMENT] | {"champ_libre": "Mon texte."})
