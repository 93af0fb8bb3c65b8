"""Aucun bouton qui décide pour qui lit seulement, ni pour personne une fois publié ; et plus de dépôt ensuite."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from candidatures import verrou
from candidatures.circuit import PASSAGES
from candidatures.circuit.franchir import franchir
from candidatures.models import Campagne, Candidature
from comptes.models import Role
from tests.fabriques import relire, un_bailleur, un_brouillon, un_national, une_campagne
from tests.pilotage.fabriques import au_comite, connecte, decider, publier

pytestmark = pytest.mark.django_db
INTERNES = [nom for nom, passage in PASSAGES.items() if passage.interne]


def pages(candidature: Candidature) -> tuple[str, str]:
    """La page des décisions de sa campagne, et celle du dossier."""
    return (
        f"{reverse('pilotage:decisions')}?campagne={candidature.campagne_id}",
        reverse("candidatures:fiche", args=[candidature.pk]),
    )


def gestes(client: Client, page: str) -> set[str]:
    """Les passages et la publication que cette page propose."""
    contenu = client.get(page).content.decode()
    passages = set(re.findall(r"/passage/(\w+)/", contenu))
    return passages | ({"publier"} if "/publier/" in contenu else set())


def test_l_administrateur_decide_des_deux_pages() -> None:
    """Le témoin : sans lui, les pages vides ci-dessous ne prouveraient rien."""
    dossier, client = au_comite(), connecte(un_national())
    decisions, fiche = pages(dossier)
    attendus = {"retenir", "mettre_en_liste_complementaire", "ne_pas_retenir"}
    assert gestes(client, decisions) == attendus | {"publier"}
    assert gestes(client, fiche) == attendus


@pytest.mark.parametrize("decide", [False, True])
def test_le_lecteur_du_comite_n_a_aucun_bouton(decide: bool) -> None:
    dossier, client = au_comite(), connecte(un_national(Role.LECTEUR))
    if decide:
        decider(dossier)
    assert [gestes(client, page) for page in pages(dossier)] == [set(), set()]
    for nom in INTERNES:
        adresse = reverse("candidatures:franchir", args=[dossier.pk, nom])
        assert (client.get(adresse).status_code, client.post(adresse, {"motif": "x"}).status_code) == (404, 404)


def test_publie_plus_personne_n_a_de_bouton() -> None:
    campagne = une_campagne()
    dossier = au_comite(campagne)
    decider(dossier)
    publier(campagne)
    avant = relire(dossier).etat
    personnes = (un_national(), un_national(Role.LECTEUR), un_bailleur(dossier.organisme))
    for client in map(connecte, personnes[:2]):
        assert [gestes(client, page) for page in pages(dossier)] == [set(), set()]
    assert gestes(connecte(personnes[2]), pages(dossier)[1]) == set()
    administrateur = connecte(personnes[0])
    for nom in ("mettre_en_liste_complementaire", "ne_pas_retenir", "revenir_au_comite"):
        adresse = reverse("candidatures:franchir", args=[dossier.pk, nom])
        page = administrateur.get(adresse).content.decode()
        assert "sont publiées depuis le" in page
        assert f">{PASSAGES[nom].libelle}</button>" not in page
        assert administrateur.post(adresse, {"motif": "Autre."}).status_code == 409
    assert relire(dossier).etat == avant


# --- Le dépôt ----------------------------------------------------------------------------------------------------------------
def une_campagne_encore_ouverte(*, publiee: bool) -> Campagne:
    """Sa clôture a été repoussée après la publication : seule la publication ferme le dépôt."""
    return une_campagne(cloture=timezone.now() + timedelta(days=5), publiee_le=timezone.now() if publiee else None)


@pytest.mark.parametrize("publiee", [False, True])
def test_on_ne_depose_plus_une_fois_les_decisions_publiees(publiee: bool) -> None:
    brouillon = un_brouillon(une_campagne_encore_ouverte(publiee=publiee))
    par = un_bailleur(brouillon.organisme)
    if not publiee:
        franchir(brouillon, PASSAGES["deposer"], par=par, maintenant=timezone.now())
    else:
        with pytest.raises(verrou.Refus, match="sont publiées depuis le"):
            franchir(brouillon, PASSAGES["deposer"], par=par, maintenant=timezone.now())
    assert relire(brouillon).est_brouillon is publiee


def test_la_page_de_depot_le_dit_et_ne_depose_pas() -> None:
    brouillon = un_brouillon(une_campagne_encore_ouverte(publiee=True))
    client = connecte(un_bailleur(brouillon.organisme))
    adresse = reverse("candidatures:franchir", args=[brouillon.pk, "deposer"])
    assert "sont publiées depuis le" in client.get(adresse).content.decode()
    assert client.post(adresse).status_code == 409
    assert relire(brouillon).est_brouillon
