"""Un champ de plus dans un envoi n'écrit rien de plus (F-28), et chaque formulaire dit lui-même ce qu'il écrit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import models
from django.forms import BaseModelForm
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from candidatures.models import Candidature
from candidatures.sections import CHAMPS, CONTACT, SECTION_PAR_CODE
from territoires.cles import ChampCle
from tests.droits.matrice import routes
from tests.fabriques import Monde

pytestmark = pytest.mark.django_db

OuvrirUnClient = Callable[[str], Client]
RESERVES = {
    "id": "999",
    "pk": "999",
    "campagne": "999",
    "campagne_id": "999",
    "organisme": "999",
    "organisme_id": "999",
    "etat": "retenue",
    "numero": "2026-77-999",
    "deposee_le": "2026-01-01",
    "cree_le": "2026-01-01",
    "version": "999",
    "publiee_le": "2026-01-01",
    "password": "x",
    "last_login": "2026-01-01",
    "cle": "x",
    "par": "1",
    "utilisateur": "1",
}
PIRATE = dict.fromkeys(CHAMPS, "7") | dict.fromkeys(CONTACT, "pirate") | RESERVES


def colonnes(objet: models.Model) -> dict[str, Any]:
    """Toutes les colonnes en base, sauf l'instant de la modification."""
    valeurs = type(objet)._default_manager.filter(pk=objet.pk).values().get()
    return {nom: valeur for nom, valeur in valeurs.items() if nom != "modifie_le"}


def changements(objet: models.Model, agir: Callable[[], Any]) -> set[str]:
    """Les colonnes changées, moins les clés de recherche : refaites de leur ligne, jamais reçues."""
    avant = colonnes(objet)
    agir()
    apres, relu = colonnes(objet), type(objet)._default_manager.get(pk=objet.pk)
    cles = [champ for champ in objet._meta.local_fields if isinstance(champ, ChampCle)]
    assert all(apres[cle.attname] == cle.pre_save(relu, add=False) for cle in cles)
    return {nom for nom in avant if avant[nom] != apres[nom]} - {cle.attname for cle in cles}


@pytest.mark.parametrize("code", SECTION_PAR_CODE)
def test_une_section_n_ecrit_que_ses_rubriques(code: str, monde: Monde, client_de: OuvrirUnClient) -> None:
    client, brouillon = client_de("redacteur"), monde.brouillon_a
    permises = {champ.name for champ in SECTION_PAR_CODE[code]._meta.local_fields} | (set(CONTACT) if code == "projet" else set())
    url = reverse("candidatures:section", args=[brouillon.pk, code])
    changees = changements(brouillon, lambda: client.post(url, PIRATE))
    assert changees <= permises
    assert changees


def test_une_candidature_neuve_est_un_brouillon_de_son_organisme(monde: Monde, client_de: OuvrirUnClient) -> None:
    donnees = PIRATE | {"campagne": monde.campagne.pk, "organisme": monde.organisme_a.pk}
    client_de("redacteur").post(reverse("candidatures:creer"), donnees)
    neuve = Candidature.objects.get()
    assert (neuve.etat, neuve.numero, neuve.deposee_le, neuve.nom) == ("brouillon", None, None, "")
    assert (neuve.organisme, neuve.contact_courriel) == (monde.organisme_a, monde.personne("redacteur").courriel)


def test_on_ne_commence_rien_pour_l_organisme_d_autrui(monde: Monde, client_de: OuvrirUnClient) -> None:
    donnees = {"campagne": monde.campagne.pk, "organisme": monde.organisme_b.pk}
    reponse = client_de("redacteur").post(reverse("candidatures:creer"), donnees)
    assert reponse.status_code == 200
    assert not Candidature.objects.exists()


@pytest.mark.parametrize(
    ("route", "objet", "permises"),
    [
        ("comptes:organisme_modifier", "organisme_a", {"nom", "statut", "siren"}),
        ("comptes:personne_modifier", "personne", {"prenom", "nom", "is_active"}),
    ],
)
def test_un_ecran_de_gestion_n_ecrit_que_ce_qu_il_montre(
    route: str, objet: str, permises: set[str], monde: Monde, client_de: OuvrirUnClient
) -> None:
    vise = monde.organisme_a if objet == "organisme_a" else monde.personne("redacteur")
    client = client_de("administrateur")
    jeu = {f"habilitations-{cle}_FORMS": "0" for cle in ("TOTAL", "INITIAL")}
    donnees = RESERVES | jeu | {"nom": "Nouveau nom", "prenom": "Nouveau", "courriel": "pirate@exemple.fr"}
    changees = changements(vise, lambda: client.post(reverse(route, args=[vise.pk]), donnees))
    assert changees <= permises
    assert "nom" in changees


@pytest.mark.parametrize("transition", ["deposer", "retirer"])
def test_un_passage_ne_lit_que_son_motif(transition: str, monde: Monde, client_de: OuvrirUnClient) -> None:
    candidature = monde.brouillon_a if transition == "deposer" else monde.deposee_a
    url, client = reverse("candidatures:franchir", args=[candidature.pk, transition]), client_de("deposant")
    avant = timezone.now()
    changees = changements(candidature, lambda: client.post(url, PIRATE | {"motif": "Un motif.", "recu_le": "2020-01-01"}))
    assert changees == ({"etat", "numero", "deposee_le"} if transition == "deposer" else {"etat"})
    evenement = candidature.evenements.latest("pk")
    assert evenement.le >= avant
    assert (evenement.par, evenement.acte) == (monde.personne("deposant"), transition)


def _formulaires(classe: type[BaseModelForm[Any]] = BaseModelForm) -> Iterator[type[BaseModelForm[Any]]]:
    for sorte in classe.__subclasses__():
        yield sorte
        yield from _formulaires(sorte)


def test_chaque_formulaire_nomme_ses_champs() -> None:
    """Ni `__all__`, ni `exclude` : une colonne ajoutée demain ne devient pas saisissable sans qu'on le dise."""
    list(routes())  # importe toutes les vues
    notres = {"comptes", "candidatures", "avis", "hlm_projets"}
    lies = [f for f in _formulaires() if f.__module__.partition(".")[0] in notres and getattr(f._meta, "model", None)]
    assert len(lies) >= 5
    fautifs = [f for f in lies if f._meta.exclude or not f._meta.fields or f._meta.fields == "__all__"]
    assert fautifs == []
