"""Avant la publication, rien ne trahit une décision ; après, le bailleur lit la sienne.

La preuve est la plus forte possible : chaque page, pour chaque personne qui ne doit rien savoir, est **la même au caractère près**
avant la décision, après elle, et après chacune de ses corrections.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from candidatures.dossier.views import lire as vues
from candidatures.etats import Etat
from candidatures.models import Campagne, Candidature
from tests.avis.fabriques import mener_au_comite
from tests.fabriques import Monde, relire, une_candidature
from tests.pilotage.fabriques import decider, publier

pytestmark = [pytest.mark.django_db, pytest.mark.une_fois]
OuvrirUnClient = Callable[[str], Client]
MONTANT, MOTIF = Decimal("78787.87"), "Motif que nul ne doit lire zzmotifzz"
IGNORENT = ("redacteur", "deposant", "agent_departemental", "agent_regional")
SAVENT = ("lecteur", "administrateur")
DECISIONS: dict[str, dict[str, Any]] = {
    "retenir": {"montant": MONTANT},
    "mettre_en_liste_complementaire": {},
    "ne_pas_retenir": {"motif": MOTIF},
    "revenir_au_comite": {"motif": MOTIF},
}
CHEMINS = (
    ("retenir",),
    ("mettre_en_liste_complementaire",),
    ("ne_pas_retenir",),
    ("retenir", "revenir_au_comite"),
    ("retenir", "ne_pas_retenir", "mettre_en_liste_complementaire"),
)
MOTS = ("retenue", "liste complémentaire", "78\u00a0787", "78787", "zzmotifzz")


@pytest.fixture
def comite(monde: Monde, monkeypatch: pytest.MonkeyPatch) -> Candidature:
    """Un dossier de l'organisme A au comité, à côté d'un autre ; le PDF et le reçu rendent ce qu'on leur donne à imprimer."""
    monkeypatch.setattr(vues, "produire_pdf", lambda document: repr(document).encode())
    monkeypatch.setattr(vues, "produire_recu", lambda recu: repr(recu).encode())
    une_candidature(campagne=monde.campagne, organisme=monde.organisme_a, par=monde.personne("deposant"))
    return mener_au_comite(une_candidature(campagne=monde.campagne, organisme=monde.organisme_a, par=monde.personne("deposant")))


def pages(candidature: Candidature) -> Iterator[tuple[str, dict[str, str]]]:
    """Tout ce qu'une personne peut demander d'un dossier, et des listes où il est."""
    for route in ("fiche", "lecture", "pdf", "recu", "recu_pdf", "section:publics", "verifier"):
        nom, _, code = route.partition(":")
        yield reverse(f"candidatures:{nom}", args=[candidature.pk, code] if code else [candidature.pk]), {}
    for passage in ("deposer", "retirer", "retenir", "ne_pas_retenir", "ouvrir_comite"):
        yield reverse("candidatures:franchir", args=[candidature.pk, passage]), {}
    yield reverse("candidatures:mes"), {}
    listes = [{}, *({"etat": etat.value} for etat in Etat), *({"tri": tri} for tri in ("numero", "nom", "organisme", "menages"))]
    for filtre in listes:
        yield reverse("candidatures:liste"), filtre
        yield reverse("pilotage:matrice"), filtre
    for tri in ("retard", "etat", "depot"):
        yield reverse("pilotage:matrice"), {"tri": tri}
    yield reverse("pilotage:decisions"), {}
    yield reverse("pilotage:publier", args=[candidature.campagne_id]), {}
    yield reverse("avis:a_traiter"), {}
    for niveau, territoire in (("departement", "77"), ("region", "11")):
        yield reverse("avis:avis", args=[candidature.pk, niveau, territoire]), {}


def vues_de(client: Client, candidature: Candidature) -> dict[str, tuple[int, str]]:
    """Chaque page : son code et son texte, sans les jetons."""
    obtenues = {}
    for url, parametres in pages(candidature):
        reponse = client.get(url, parametres)
        texte = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", reponse.content.decode())
        obtenues[f"{url}?{parametres}"] = (reponse.status_code, texte)
    return obtenues


@pytest.mark.parametrize("role", IGNORENT)
def test_avant_la_publication_tout_est_comme_au_comite(role: str, comite: Candidature, client_de: OuvrirUnClient) -> None:
    client = client_de(role)
    avant = vues_de(client, comite)
    assert {code for code, _ in avant.values()} <= {200, 302, 404}
    assert any("Au comité" in texte for _, texte in avant.values())
    for chemin in CHEMINS:
        with transaction.atomic():
            for passage in chemin:
                decider(comite, passage, **DECISIONS[passage])
            apres = vues_de(client, comite)
            transaction.set_rollback(True)
        assert [(chemin, url) for url in avant if avant[url] != apres[url]] == []
        assert [(chemin, mot) for _, texte in apres.values() for mot in MOTS[2:] if mot in texte.casefold()] == []


@pytest.mark.parametrize("role", SAVENT)
def test_le_temoin_le_comite_et_le_national_le_voient(role: str, comite: Candidature, client_de: OuvrirUnClient) -> None:
    """Sans quoi la comparaison ci-dessus ne prouverait rien."""
    client = client_de(role)
    avant = vues_de(client, comite)
    decider(comite, montant=MONTANT)
    apres = vues_de(client, comite)
    changees = [url for url in avant if avant[url] != apres[url]]
    assert any("/fiche" in url or url.startswith(reverse("candidatures:fiche", args=[comite.pk])) for url in changees)
    assert any(url.startswith(reverse("candidatures:liste")) for url in changees)
    assert "78\u00a0787,87\u00a0€" in apres[f"{reverse('candidatures:fiche', args=[comite.pk])}?{{}}"][1]
    assert "Pas encore publiée" in apres[f"{reverse('candidatures:fiche', args=[comite.pk])}?{{}}"][1]


@pytest.mark.parametrize(
    "passage", ["deposer", "retenir", "ne_pas_retenir", "revenir_au_comite", "mettre_en_liste_complementaire"]
)
@pytest.mark.parametrize("role", IGNORENT)
def test_un_envoi_ne_trahit_rien_non_plus(passage: str, role: str, comite: Candidature, client_de: OuvrirUnClient) -> None:
    """Poster un passage qui n'est pas à soi, ou plus ouvert : la même réponse, décidé ou non, messages compris."""
    client, url = client_de(role), reverse("candidatures:franchir", args=[comite.pk, passage])
    envoi = {"motif": "Un motif.", "montant": "1000"}

    def essayer() -> tuple[int, str]:
        reponse = client.post(url, envoi, follow=True)
        return reponse.status_code, re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", reponse.content.decode())

    avant = essayer()
    decider(comite, montant=MONTANT)
    assert essayer() == avant
    assert relire(comite).etat == Etat.RETENUE


def test_le_bouton_du_retrait_reste(comite: Candidature, client_de: OuvrirUnClient, monde: Monde) -> None:
    """Disparu, il révélerait la décision ; il ne disparaît qu'à la publication."""
    client, retirer = client_de("deposant"), reverse("candidatures:franchir", args=[comite.pk, "retirer"])
    decider(comite, "ne_pas_retenir", motif=MOTIF)
    fiche = reverse("candidatures:fiche", args=[comite.pk])
    assert retirer in client.get(fiche).content.decode()
    _publier(monde.campagne)
    assert retirer not in client.get(fiche).content.decode()
    assert client.post(retirer, {"motif": "Trop tard."}).status_code == 409


def _publier(campagne: Campagne) -> None:
    """Publie, l'autre dossier étant décidé sans passer par ses avis."""
    Candidature.objects.filter(campagne=campagne, etat=Etat.DEPOSEE).update(etat=Etat.LISTE_COMPLEMENTAIRE)
    publier(campagne)


class TestApresLaPublication:
    @pytest.mark.parametrize(
        ("passage", "dits", "tus"),
        [
            ("retenir", ("Retenue", "78\u00a0787,87\u00a0€"), ("zzmotifzz",)),
            ("mettre_en_liste_complementaire", ("Liste complémentaire",), ("zzmotifzz", "78\u00a0787")),
            ("ne_pas_retenir", ("Non retenue", "zzmotifzz"), ("78\u00a0787",)),
        ],
    )
    @pytest.mark.parametrize("role", IGNORENT)
    def test_chacun_lit_la_decision_sur_la_page(
        self,
        role: str,
        passage: str,
        dits: tuple[str, ...],
        tus: tuple[str, ...],
        comite: Candidature,
        monde: Monde,
        client_de: OuvrirUnClient,
    ) -> None:
        decider(comite, passage, **DECISIONS[passage])
        _publier(monde.campagne)
        page = client_de(role).get(reverse("candidatures:fiche", args=[comite.pk])).content.decode()
        assert [d for d in dits if d not in page] == []
        assert [t for t in tus if t in page] == []
        assert "Décision publiée" in page

    def test_les_corrections_d_avant_restent_au_comite(
        self, comite: Candidature, monde: Monde, client_de: OuvrirUnClient
    ) -> None:
        """Retenu, puis refusé, puis retenu : le bailleur ne lit que la fin."""
        decider(comite, montant=Decimal(11_111))
        decider(comite, "ne_pas_retenir", motif=MOTIF)
        decider(comite, montant=MONTANT)
        _publier(monde.campagne)
        for role in IGNORENT:
            page = client_de(role).get(reverse("candidatures:fiche", args=[comite.pk])).content.decode()
            assert "78\u00a0787,87" in page
            assert [t for t in ("11\u00a0111", "zzmotifzz", "Non retenue", "non retenue", "Décision reprise") if t in page] == []

    def test_mes_candidatures_dit_l_etat_et_le_montant(
        self, comite: Candidature, monde: Monde, client_de: OuvrirUnClient
    ) -> None:
        decider(comite, montant=MONTANT)
        _publier(monde.campagne)
        page = client_de("redacteur").get(reverse("candidatures:mes")).content.decode()
        assert "Retenue" in page
        assert "78\u00a0787,87\u00a0€ accordés" in page

    @pytest.mark.parametrize("communiques", [False, True])
    def test_les_avis_si_la_campagne_le_dit(
        self, communiques: bool, comite: Candidature, monde: Monde, client_de: OuvrirUnClient
    ) -> None:
        """Sur la page, dans la lecture et dans le PDF."""
        Campagne.objects.update(avis_communiques=communiques)
        decider(comite)
        for publiee in (False, True):
            if publiee:
                _publier(monde.campagne)
            for route in ("fiche", "lecture", "pdf"):
                page = client_de("redacteur").get(reverse(f"candidatures:{route}", args=[comite.pk])).content.decode()
                lus = "Un projet utile au département." in page, "Un projet à soutenir." in page
                assert lus == ((publiee and communiques),) * 2, (route, publiee)
