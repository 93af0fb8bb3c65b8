"""Les courses des invités : un lien servi deux fois en même temps, un accès retiré pendant qu'on accepte (G2, F-17)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import partial

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from candidatures.models import Evenement, Partage
from candidatures.partages import actions as partages
from comptes.models import Role, Utilisateur
from hlm_projets.models import Courriel
from tests.candidatures.partages.invitations import ADRESSE, COMPTE, inviter, jeton_recu
from tests.courses import VERROUS, Acte, ensemble, pendant
from tests.fabriques import un_bailleur, un_brouillon, une_personne

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def accepter(jeton: str, personne: Utilisateur) -> Partage:
    return partages.accepter(jeton, Utilisateur.objects.get(pk=personne.pk), le=timezone.now())


@VERROUS
def test_huit_acceptations_du_meme_lien_n_en_font_qu_une(verrou: bool) -> None:
    brouillon, personne = un_brouillon(), une_personne()
    inviter(brouillon, personne.courriel)
    jeton = jeton_recu(personne.courriel)
    resultats = ensemble([partial(accepter, jeton, personne)] * 8, verrou=verrou)
    acceptations = Evenement.objects.filter(acte="accepter_invitation").count()
    if not verrou:
        assert acceptations > 1, "sans verrou, la course doit se voir"
        return
    assert Counter(type(r) for r in resultats) == {Partage: 1, partages.LienRefuse: 7}
    assert acceptations == personne.habilitations.filter(role=Role.INVITE).count() == 1


@VERROUS
def test_huit_ouvertures_de_compte_n_en_ouvrent_qu_un(verrou: bool) -> None:
    """Sept apprennent que leur lien est usé ; sans verrou, la base seule arrête le second compte, et la phrase est fausse."""
    inviter(un_brouillon())
    invitee = Utilisateur(prenom="Alix", nom="Renard")
    ouvrir = partial(partages.ouvrir_un_compte, jeton_recu(), invitee, COMPTE["password1"], le=timezone.now())
    resultats = ensemble([ouvrir] * 8, verrou=verrou)
    genres = Counter(type(r) for r in resultats)
    if not verrou:
        assert genres == {Utilisateur: 1, partages.CompteExistant: 7}, "sans verrou, la course doit se voir"
        return
    assert genres == {Utilisateur: 1, partages.LienRefuse: 7}
    assert Utilisateur.objects.filter(courriel=ADRESSE).count() == 1


UNICITE = "CONSTRAINT comptes_utilisateur_courriel_key"


@pytest.fixture
def adresses_libres() -> Iterator[None]:
    """Deux comptes peuvent avoir la même adresse, le temps de l'essai ; elles sont ensuite rendues distinctes."""
    with connection.cursor() as base:
        base.execute(f"ALTER TABLE comptes_utilisateur DROP {UNICITE}")
        yield
        base.execute("UPDATE comptes_utilisateur SET courriel = id || '@rendue.invalid'")
        base.execute(f"ALTER TABLE comptes_utilisateur ADD {UNICITE} UNIQUE (courriel)")


@pytest.mark.parametrize("unique", [True, False], ids=["adresse unique", "témoin où elle ne l'est pas"])
def test_deux_invitations_ouvertes_au_meme_instant_n_ouvrent_qu_un_compte(unique: bool, request: pytest.FixtureRequest) -> None:
    """Deux organismes invitent la même adresse : la seconde ouverture est priée de se connecter, son lien reste entier.

    Les deux candidatures n'ont pas de verrou commun : c'est l'adresse, unique en base, qui garde.
    """
    if not unique:
        request.getfixturevalue("adresses_libres")
    jetons = []
    for _ in range(2):
        inviter(un_brouillon())
        jetons.append(jeton_recu())
    invitee = Utilisateur(prenom="Alix", nom="Renard")
    ouvertures = [partial(partages.ouvrir_un_compte, j, invitee, COMPTE["password1"], le=timezone.now()) for j in jetons]
    resultats = ensemble(ouvertures, verrou=unique)
    if not unique:
        assert Counter(type(r) for r in resultats) == {Utilisateur: 2}, "sans elle, la course doit se voir"
        return
    assert Counter(type(r) for r in resultats) == {Utilisateur: 1, partages.CompteExistant: 1}
    perdu = jetons[next(rang for rang, r in enumerate(resultats) if isinstance(r, partages.CompteExistant))]
    personne = Utilisateur.objects.get(courriel=ADRESSE)
    assert accepter(perdu, personne).personne == personne


@VERROUS
def test_deux_invitations_acceptees_au_meme_instant_ne_donnent_qu_un_role(verrou: bool) -> None:
    personne, jetons = une_personne(), []
    for _ in range(6):
        inviter(un_brouillon(), personne.courriel)
        jetons.append(jeton_recu(personne.courriel))
    resultats = ensemble((partial(accepter, jeton, personne) for jeton in jetons), verrou=verrou)
    assert {type(r) for r in resultats} == {Partage}
    roles = personne.habilitations.filter(role=Role.INVITE).count()
    assert roles == (1 if verrou else 6), "sans verrou, la course doit se voir"


ACCEPTE, RETIRE = "accepter_invitation", "retirer_acces"


@VERROUS
@pytest.mark.parametrize("premier", [ACCEPTE, RETIRE])
def test_retirer_et_accepter_au_meme_instant_laisse_l_acces_ferme(verrou: bool, premier: str) -> None:
    """Retirée la première, l'invitation n'est plus acceptée ; acceptée la première, elle est aussitôt retirée.

    Sans verrou, l'accès reste fermé aussi, mais le journal se contredit, ou quelqu'un entre par une porte qu'on ferme.
    """
    brouillon, personne = un_brouillon(), une_personne()
    par = un_bailleur(brouillon.organisme)
    partage = inviter(brouillon, personne.courriel, par=par)
    actes: dict[str, Acte] = {
        ACCEPTE: partial(accepter, jeton_recu(personne.courriel), personne),
        RETIRE: partial(partages.revoquer, partage, par=par, le=timezone.now()),
    }
    second = RETIRE if premier == ACCEPTE else ACCEPTE
    resultats = dict(zip((premier, second), pendant(actes[premier], actes[second], verrou=verrou), strict=True))
    dits = list(brouillon.evenements.filter(acte__in=actes).order_by("pk").values_list("acte", flat=True))
    assert not Partage.objects.en_cours().filter(candidature=brouillon).exists()
    assert resultats[RETIRE] is True
    if not verrou:
        assert (type(resultats[ACCEPTE]), dits) == (Partage, [second, premier]), "sans verrou, la course doit se voir"
    elif premier == ACCEPTE:
        assert (type(resultats[ACCEPTE]), dits) == (Partage, [ACCEPTE, RETIRE])
    else:
        assert (type(resultats[ACCEPTE]), dits) == (partages.LienRefuse, [RETIRE])


@VERROUS
def test_huit_clics_invitent_une_fois(verrou: bool) -> None:
    brouillon = un_brouillon()
    par = un_bailleur(brouillon.organisme)
    resultats = ensemble([lambda: inviter(brouillon, par=Utilisateur.objects.get(pk=par.pk))] * 8, verrou=verrou)
    if not verrou:
        assert IntegrityError in {type(r) for r in resultats}, "sans verrou, la course doit se voir"
        return
    assert {type(r) for r in resultats} == {Partage}
    assert brouillon.partages.count() == Courriel.objects.filter(nom="invitation_partage").count() == 1
