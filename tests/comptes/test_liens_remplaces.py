"""Un nouveau lien d'invitation éteint le précédent, fût-il encore dans ses sept jours."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from comptes import invitations
from comptes.invitations import LienRefuse
from comptes.models import Habilitation, Invitation, Role, Utilisateur
from tests.comptes.test_invitations import invitee, jeton_de, lien_recu
from tests.fabriques import MOT_DE_PASSE, un_national, un_organisme

pytestmark = pytest.mark.django_db
Geste = Callable[[Utilisateur, datetime], None]


def renvoyer(personne: Utilisateur, le: datetime) -> None:
    invitations.reinviter(personne, par=un_national(), le=le)


def inviter_de_nouveau(personne: Utilisateur, le: datetime) -> None:
    """Pour une autre fonction : c'est aussi un nouveau lien."""
    de_plus = Habilitation(role=Role.DEPOSANT, organisme=un_organisme())
    invitations.inviter(Utilisateur(courriel=personne.courriel), de_plus, par=un_national(), le=le)


@pytest.mark.parametrize("geste", [renvoyer, inviter_de_nouveau])
def test_le_lien_precedent_meurt_quand_le_suivant_part(geste: Geste) -> None:
    hier, maintenant = timezone.now() - timedelta(days=1), timezone.now()
    personne, premier = invitee(le=hier)
    assert invitations.lire(premier, le=maintenant) == personne, "il valait encore"
    geste(personne, maintenant)
    second = jeton_de(lien_recu())
    assert second != premier
    with pytest.raises(LienRefuse):
        invitations.lire(premier, le=maintenant)
    with pytest.raises(LienRefuse):
        invitations.accepter(premier, MOT_DE_PASSE, le=maintenant)
    assert Client().get(f"/comptes/invitation/{premier}/").status_code == 410
    assert not Utilisateur.objects.get(pk=personne.pk).has_usable_password()
    assert Invitation.objects.filter(utilisateur=personne).count() == 1
    assert invitations.accepter(second, MOT_DE_PASSE, le=maintenant) == personne
