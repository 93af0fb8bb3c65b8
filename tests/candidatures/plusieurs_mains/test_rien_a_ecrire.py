"""Un enregistrement qui n'a rien à écrire ne laisse aucune trace : ni date, ni case dite « non », ni réponse reprise tenue pour relue."""

from __future__ import annotations

import uuid

import pytest
from django.utils import timezone

from candidatures.fiche import Mobilisation
from candidatures.models import Candidature
from candidatures.plusieurs_mains.empreintes import empreinte
from candidatures.saisie import actions
from comptes.ecriture import Conflit
from comptes.models import Utilisateur
from tests.fabriques import relire, un_bailleur, un_brouillon

pytestmark = pytest.mark.django_db
CASES = ("offre_nouvelle", "amenagement", "sans_amenagement", "bas_loyer")
NOM = "typologie_logements"


@pytest.fixture
def brouillon() -> Candidature:
    """Un brouillon aux cases sans réponse, dont une rubrique est reprise d'une ancienne fiche."""
    brouillon = un_brouillon(complet=False)
    actions.enregistrer(brouillon, {NOM: "Du T1 au T3."}, par=un_bailleur(brouillon.organisme))
    Candidature.objects.filter(pk=brouillon.pk).update(a_revoir=[NOM])
    return relire(brouillon)


@pytest.fixture
def par(brouillon: Candidature) -> Utilisateur:
    return un_bailleur(brouillon.organisme)


def traces(brouillon: Candidature) -> tuple[object, ...]:
    """Tout ce qu'un enregistrement change en passant."""
    gardee = relire(brouillon)
    return gardee.modifie_le, gardee.a_revoir, gardee.changements.count(), [getattr(gardee, nom) for nom in CASES]


def test_un_envoi_tout_entier_dispute(brouillon: Candidature, par: Utilisateur) -> None:
    avant, lues = traces(brouillon), {NOM: empreinte(NOM, "Ce que montrait la page.")}
    with pytest.raises(Conflit):
        actions.enregistrer(brouillon, {NOM: "Le mien."}, par=par, section=Mobilisation, lues=lues, page=str(uuid.uuid4()))
    assert (traces(brouillon), relire(brouillon).typologie_logements) == (avant, "Du T1 au T3.")


def test_un_envoi_vide(brouillon: Candidature, par: Utilisateur) -> None:
    avant = traces(brouillon)
    actions.enregistrer(brouillon, {}, par=par, section=Mobilisation, page=str(uuid.uuid4()), le=timezone.now())
    assert traces(brouillon) == avant


def test_ce_qui_est_ecrit_laisse_les_siennes(brouillon: Candidature, par: Utilisateur) -> None:
    """Le témoin : dès qu'une réponse s'écrit, chacune de ces traces change."""
    avant = traces(brouillon)
    actions.enregistrer(brouillon, {NOM: "Le mien."}, par=par, section=Mobilisation, page=str(uuid.uuid4()))
    assert all(a != b for a, b in zip(traces(brouillon), avant, strict=True))
