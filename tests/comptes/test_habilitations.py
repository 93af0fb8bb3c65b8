"""Une habilitation : un rôle, sa portée, ses dates ; ce qui est faux est refusé par une phrase, puis par la base."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from comptes.models import Habilitation, Role, Service, Utilisateur
from tests.fabriques import un_organisme, une_personne

pytestmark = pytest.mark.django_db

ORGANISME, SERVICE = "organisme", "service"
PORTEES = {
    Role.REDACTEUR: ORGANISME,
    Role.DEPOSANT: ORGANISME,
    Role.AGENT: SERVICE,
    Role.INVITE: None,
    Role.LECTEUR: None,
    Role.ADMINISTRATEUR: None,
}


def champs(*noms: str) -> dict[str, Any]:
    return {
        nom: un_organisme() if nom == ORGANISME else Service.objects.get(departement="77", type="departement_social")
        for nom in noms
    }


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("portee", [(), (ORGANISME,), (SERVICE,), (ORGANISME, SERVICE)])
def test_la_base_n_admet_que_la_portee_du_role(role: Role, portee: tuple[str, ...]) -> None:
    attendue = () if PORTEES[role] is None else (PORTEES[role],)
    habilitation = Habilitation(utilisateur=une_personne(), role=role, **champs(*portee))
    if portee == attendue:
        habilitation.save()
        assert habilitation.portee == (habilitation.organisme or habilitation.service)
        return
    with pytest.raises(IntegrityError), transaction.atomic():
        habilitation.save()


@pytest.mark.parametrize("role", Role)
def test_le_formulaire_dit_ce_qui_manque_et_retire_ce_qui_est_de_trop(role: Role) -> None:
    attendue = PORTEES[role]
    de_trop = Habilitation(utilisateur=une_personne(), role=role, **champs(ORGANISME, SERVICE))
    de_trop.clean()
    de_trop.save()
    assert de_trop.portee == (getattr(de_trop, attendue) if attendue else None)
    if attendue:
        with pytest.raises(ValidationError) as refus:
            Habilitation(utilisateur=une_personne(), role=role).clean()
        assert list(refus.value.message_dict) == [attendue]


def test_des_dates_a_l_envers() -> None:
    dates = {"debut": date(2026, 2, 1), "fin": date(2026, 1, 31)}
    a_l_envers = Habilitation(utilisateur=une_personne(), role=Role.LECTEUR, **dates)
    with pytest.raises(ValidationError, match="La fin précède le début"):
        a_l_envers.clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        a_l_envers.save()


def test_une_habilitation_se_lit() -> None:
    organisme = un_organisme(nom="OPH d'Ourcelle")
    assert str(Habilitation(role=Role.DEPOSANT, organisme=organisme)) == "Bailleur – saisie et dépôt – OPH d'Ourcelle"
    assert str(Habilitation(role=Role.LECTEUR)) == "Lecteur du comité national"


class TestComptes:
    def test_le_courriel_est_l_identifiant_en_minuscules(self) -> None:
        personne = Utilisateur.objects.creer("  Lea.Martin@Exemple.FR ", prenom="Léa", nom="Martin")
        assert (personne.courriel, str(personne)) == ("lea.martin@exemple.fr", "Léa Martin")
        assert not personne.has_usable_password()
        assert Utilisateur.objects.get_by_natural_key("LEA.martin@exemple.fr ") == personne

    def test_la_base_refuse_deux_casses_du_meme_courriel(self) -> None:
        Utilisateur.objects.creer("lea@exemple.fr")
        for courriel in ("lea@exemple.fr", "Lea@exemple.fr"):
            with pytest.raises(IntegrityError), transaction.atomic():
                Utilisateur.objects.create(courriel=courriel)

    def test_sans_nom_on_lit_le_courriel(self) -> None:
        assert str(Utilisateur.objects.creer("lea@exemple.fr")) == "lea@exemple.fr"
