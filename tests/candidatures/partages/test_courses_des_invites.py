"""Les courses des invités : un lien servi deux fois en même temps, un accès retiré pendant qu'on accepte (G2, F-17)."""

from __future__ import annotations

import time
from collections import Counter
from functools import partial

import pytest
from django.utils import timezone

from candidatures import verrou
from candidatures.models import Evenement, Partage
from candidatures.partages import actions as partages
from comptes.models import Role, Utilisateur
from hlm_projets.models import Courriel
from tests.candidatures.circuit.test_courses import ensemble
from tests.candidatures.partages.invitations import ADRESSE, COMPTE, inviter, jeton_recu
from tests.fabriques import un_bailleur, un_brouillon, une_personne

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def accepter(jeton: str, personne: Utilisateur) -> Partage:
    return partages.accepter(jeton, Utilisateur.objects.get(pk=personne.pk), le=timezone.now())


@pytest.fixture
def _au_ralenti(monkeypatch: pytest.MonkeyPatch) -> None:
    """Élargit l'intervalle entre le contrôle du lien et l'acceptation."""
    monkeypatch.setattr(verrou, "entre_controle_et_ecriture", partial(time.sleep, 0.05))


@pytest.mark.usefixtures("_au_ralenti")
@pytest.mark.parametrize("verrou", [True, False], ids=["avec le verrou", "témoin sans verrou"])
def test_huit_acceptations_du_meme_lien_n_en_font_qu_une(verrou: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    brouillon, personne = un_brouillon(), une_personne()
    inviter(brouillon, personne.courriel)
    jeton = jeton_recu(personne.courriel)
    monkeypatch.setattr(verrou, "VERROU", verrou)
    resultats = ensemble([partial(accepter, jeton, personne)] * 8)
    acceptations = Evenement.objects.filter(acte="accepter_invitation").count()
    if not verrou:
        assert acceptations > 1, "sans verrou, la course doit se voir"
        return
    assert Counter(type(r) for r in resultats) == {Partage: 1, partages.LienRefuse: 7}
    assert acceptations == personne.habilitations.filter(role=Role.INVITE).count() == 1


@pytest.mark.usefixtures("_au_ralenti")
def test_huit_ouvertures_de_compte_n_en_ouvrent_qu_un() -> None:
    inviter(un_brouillon())
    invitee = Utilisateur(prenom="Alix", nom="Renard")
    ouvrir = partial(partages.ouvrir_un_compte, jeton_recu(), invitee, COMPTE["password1"], le=timezone.now())
    resultats = ensemble([ouvrir] * 8)
    assert Counter(type(r) for r in resultats) == {Utilisateur: 1, partages.LienRefuse: 7}
    assert Utilisateur.objects.filter(courriel=ADRESSE).count() == 1


@pytest.mark.usefixtures("_au_ralenti")
def test_deux_invitations_ouvertes_au_meme_instant_n_ouvrent_qu_un_compte() -> None:
    """Deux organismes invitent la même adresse : la seconde ouverture est priée de se connecter, son lien reste entier."""
    jetons = []
    for _ in range(2):
        inviter(un_brouillon())
        jetons.append(jeton_recu())
    invitee = Utilisateur(prenom="Alix", nom="Renard")
    ouvertures = [partial(partages.ouvrir_un_compte, j, invitee, COMPTE["password1"], le=timezone.now()) for j in jetons]
    resultats = ensemble(ouvertures)
    assert Counter(type(r) for r in resultats) == {Utilisateur: 1, partages.CompteExistant: 1}
    perdu = jetons[next(rang for rang, r in enumerate(resultats) if isinstance(r, partages.CompteExistant))]
    personne = Utilisateur.objects.get(courriel=ADRESSE)
    assert accepter(perdu, personne).personne == personne


@pytest.mark.usefixtures("_au_ralenti")
def test_deux_invitations_acceptees_au_meme_instant_ne_donnent_qu_un_role() -> None:
    personne, jetons = une_personne(), []
    for _ in range(6):
        inviter(un_brouillon(), personne.courriel)
        jetons.append(jeton_recu(personne.courriel))
    resultats = ensemble(partial(accepter, jeton, personne) for jeton in jetons)
    assert {type(r) for r in resultats} == {Partage}
    assert personne.habilitations.filter(role=Role.INVITE).count() == 1


@pytest.mark.usefixtures("_au_ralenti")
def test_retirer_et_accepter_au_meme_instant_laisse_l_acces_ferme() -> None:
    """Quel que soit le premier : l'acceptation est refusée, ou aussitôt retirée."""
    for _ in range(5):
        brouillon, personne = un_brouillon(), une_personne()
        par = un_bailleur(brouillon.organisme)
        partage = inviter(brouillon, personne.courriel, par=par)
        ensemble(
            [
                partial(accepter, jeton_recu(personne.courriel), personne),
                partial(partages.revoquer, partage, par=par, le=timezone.now()),
            ]
        )
        assert not Partage.objects.en_cours().filter(candidature=brouillon).exists()


def test_huit_clics_invitent_une_fois() -> None:
    brouillon = un_brouillon()
    par = un_bailleur(brouillon.organisme)
    resultats = ensemble([lambda: inviter(brouillon, par=Utilisateur.objects.get(pk=par.pk))] * 8)
    assert {type(r) for r in resultats} == {Partage}
    assert brouillon.partages.count() == Courriel.objects.filter(nom="invitation_partage").count() == 1
