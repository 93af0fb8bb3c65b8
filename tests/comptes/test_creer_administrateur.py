"""Le premier administrateur d'une base neuve."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from comptes.models import Acte, Invitation, Utilisateur
from comptes.portees import portee_de
from hlm_projets.models import Courriel


@pytest.mark.django_db
def test_il_est_invite_et_administre() -> None:
    call_command("creer_administrateur", "Chef@Exemple.fr", prenom="Ada", nom="Martin")
    chef = Utilisateur.objects.get(courriel="chef@exemple.fr")
    assert (str(chef), portee_de(chef).administre, chef.has_usable_password()) == ("Ada Martin", True, False)
    assert Invitation.objects.filter(utilisateur=chef).count() == 1
    assert Courriel.objects.get(destinataire="chef@exemple.fr").secret
    assert Acte.objects.filter(acte="amorcer_administrateur").count() == 1


@pytest.mark.django_db
def test_fait_deux_fois_il_n_y_a_qu_un_compte_et_qu_un_role() -> None:
    for _ in range(2):
        call_command("creer_administrateur", "chef@exemple.fr")
    assert Utilisateur.objects.get().habilitations.count() == 1


@pytest.mark.django_db
def test_une_adresse_illisible_est_refusee_par_une_phrase() -> None:
    with pytest.raises(CommandError, match="n'est pas une adresse"):
        call_command("creer_administrateur", "chef")
    assert not Utilisateur.objects.exists()
