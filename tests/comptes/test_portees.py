"""La portée d'une personne : la somme de ses habilitations du jour."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from comptes.models import Habilitation, Role, Service, Utilisateur
from comptes.portees import Portee, portee_de
from territoires.models import Departement
from tests.fabriques import habiliter, un_agent, un_bailleur, un_national, un_organisme, une_personne

pytestmark = pytest.mark.django_db

ILE_DE_FRANCE = {"75", "77", "78", "91", "92", "93", "94", "95"}


def test_sans_habilitation_rien() -> None:
    assert portee_de(une_personne()) == Portee()


@pytest.mark.parametrize(("role", "depots"), [(Role.REDACTEUR, False), (Role.DEPOSANT, True)])
def test_un_bailleur(role: Role, depots: bool) -> None:
    organisme = un_organisme()
    portee = portee_de(un_bailleur(organisme, role))
    attendue = frozenset({organisme.pk})
    assert portee == Portee(organismes=attendue, depots=attendue if depots else frozenset())
    assert (portee.est_bailleur, portee.est_agent, portee.consulte) == (True, False, False)


@pytest.mark.parametrize(
    ("territoire", "regional", "departements"),
    [
        ("77", False, {"77"}),
        ("2A", False, {"2A"}),
        ("11", True, ILE_DE_FRANCE),
        ("94", True, {"2A", "2B"}),
        ("04", True, {"974"}),
    ],
)
def test_un_agent_instruit_son_territoire(territoire: str, regional: bool, departements: set[str]) -> None:
    """Le code « 94 » d'une région (la Corse) n'est pas celui d'un département (le Val-de-Marne)."""
    portee = portee_de(un_agent(territoire, regional=regional))
    assert portee.departements == departements
    assert (portee.est_bailleur, portee.est_agent, portee.consulte, portee.administre) == (False, True, True, False)


def test_les_roles_nationaux() -> None:
    assert portee_de(un_national()) == Portee(administre=True, lit_tout=True, connait_les_decisions=True)
    assert portee_de(un_national(Role.LECTEUR)) == Portee(lit_tout=True, connait_les_decisions=True)
    assert portee_de(un_national(Role.LECTEUR)).consulte is True


def test_plusieurs_habilitations_s_ajoutent() -> None:
    un, autre = un_organisme(), un_organisme()
    personne = habiliter(un_bailleur(un, Role.REDACTEUR), Role.DEPOSANT, autre)
    personne = habiliter(personne, Role.AGENT, Service.objects.get(departement="13", type="departement_social"))
    personne = habiliter(personne, Role.AGENT, Service.objects.get(region="94", type="region_social"))
    portee = portee_de(personne)
    assert portee.organismes == {un.pk, autre.pk}
    assert portee.depots == {autre.pk}
    assert portee.departements == {"13", "2A", "2B"}
    assert len(portee.services) == 2


@pytest.mark.parametrize(
    ("debut", "fin", "vaut"),
    [(None, None, True), (0, 0, True), (-1, 1, True), (1, None, False), (None, -1, False), (None, 0, True), (0, None, True)],
)
def test_les_dates_comprises(debut: int | None, fin: int | None, vaut: bool) -> None:
    jour = timezone.localdate()
    dates: dict[str, Any] = {
        nom: None if ecart is None else jour + timedelta(days=ecart) for nom, ecart in (("debut", debut), ("fin", fin))
    }
    personne = habiliter(une_personne(), Role.ADMINISTRATEUR, **dates)
    assert portee_de(personne).administre is vaut
    assert Habilitation.objects.en_cours(jour).exists() is vaut


def test_un_compte_ferme_n_a_plus_de_portee() -> None:
    personne = un_national()
    Utilisateur.objects.filter(pk=personne.pk).update(is_active=False)
    assert portee_de(Utilisateur.objects.get(pk=personne.pk)) == Portee()
    assert not Habilitation.objects.en_cours().exists()


def test_deux_requetes_puis_aucune(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    personne = un_agent("11", regional=True)
    with django_assert_num_queries(2):
        portee_de(personne)
        portee_de(personne)


def test_chaque_departement_a_ses_agents_departementaux_et_regionaux() -> None:
    """Aucun territoire n'échappe à l'instruction."""
    for departement in Departement.objects.select_related("region"):
        assert departement.services.count() == 2, departement
        assert departement.region.services.count() == 2, departement
