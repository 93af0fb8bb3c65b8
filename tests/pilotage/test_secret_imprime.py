"""Les vrais PDF, rendus : avant la publication, celui qu'on donne à chacun est le même à l'octet près, décidé ou non."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from candidatures.models import Campagne, Candidature
from tests.avis.fabriques import mener_au_comite
from tests.contenus import textes_de
from tests.fabriques import Monde, une_candidature
from tests.pilotage.fabriques import decider, publier
from tests.pilotage.test_secret import IGNORENT, MONTANT, MOTIF, MOTS, SAVENT, OuvrirUnClient

pytestmark = pytest.mark.django_db


@pytest.fixture
def comite(monde: Monde) -> Candidature:
    """Un dossier de l'organisme A au comité ; rien n'est simulé."""
    return mener_au_comite(une_candidature(campagne=monde.campagne, organisme=monde.organisme_a, par=monde.personne("deposant")))


def imprimes(client: Client, dossier: Candidature) -> dict[str, bytes]:
    """Le PDF du dossier, et le reçu quand on y a droit."""
    obtenus = {}
    for route in ("pdf", "recu_pdf"):
        reponse = client.get(reverse(f"candidatures:{route}", args=[dossier.pk]))
        if reponse.status_code == 200:
            obtenus[route] = bytes(reponse.content)
            assert obtenus[route].startswith(b"%PDF-")
    return obtenus


def lus(pdfs: dict[str, bytes]) -> str:
    return "\n".join(texte for pdf in pdfs.values() for texte in textes_de(pdf))


@pytest.mark.parametrize("role", IGNORENT)
def test_le_pdf_de_qui_ignore_ne_change_pas_d_un_octet(role: str, comite: Candidature, client_de: OuvrirUnClient) -> None:
    client = client_de(role)
    avant = imprimes(client, comite)
    assert set(avant) == {"pdf", "recu_pdf"}
    assert str(comite.nom) in lus(avant)
    for decision, options in (("retenir", {"montant": MONTANT}), ("ne_pas_retenir", {"motif": MOTIF})):
        decider(comite, decision, **options)
        assert imprimes(client, comite) == avant
    assert [mot for mot in MOTS if mot in lus(avant).casefold()] == []


@pytest.mark.parametrize("role", [*IGNORENT, *SAVENT])
def test_le_pdf_dit_les_avis_a_qui_les_lit(role: str, comite: Candidature, monde: Monde, client_de: OuvrirUnClient) -> None:
    """Le bailleur, une fois la décision publiée et si la campagne le dit ; sans quoi l'essai ci-dessus ne prouverait rien."""
    Campagne.objects.update(avis_communiques=True)
    attendus = role not in ("redacteur", "deposant")
    assert ("Un projet utile" in lus(imprimes(client_de(role), comite))) is attendus
    decider(comite, montant=MONTANT)
    publier(monde.campagne)
    assert "Un projet utile" in lus(imprimes(client_de(role), comite))
