"""Inviter quand les organismes sont trop nombreux pour une liste déroulante : on cherche le sien, sans rien perdre de ce qui est tapé."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from comptes.models import Habilitation, Organisme, Utilisateur
from tests.comptes.test_invitations import INVITER, saisie
from tests.fabriques import un_organisme

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(client_de: Callable[[str], Client]) -> Client:
    """Un navigateur d'administrateur."""
    return client_de("administrateur")


@pytest.mark.parametrize(("beaucoup", "a_chercher"), [(2, True), (3, False), (4, False)])
def test_beaucoup_d_organismes_se_cherchent(
    client: Client, monkeypatch: pytest.MonkeyPatch, beaucoup: int, a_chercher: bool
) -> None:
    """Trois organismes : la liste les propose tous s'il n'y en a pas plus."""
    Organisme.objects.all().delete()
    for rang in range(3):
        un_organisme(nom=f"Habitat {rang}")
    monkeypatch.setattr("comptes.forms.habilitations.BEAUCOUP", beaucoup)
    page = client.get(INVITER)
    assert ('name="cherche"' in page.content.decode()) is a_chercher
    assert len(page.context["habilitation"].fields["organisme"].choices) == (1 if a_chercher else 4)


@pytest.mark.parametrize(
    ("texte", "trouve"),
    [("ETE", True), ("toits d'été", True), ("123 456 782", True), ("hiver", False), ("", False), ("'", False)],
)
def test_chercher_un_organisme_garde_ce_qui_est_tape(
    client: Client, monkeypatch: pytest.MonkeyPatch, texte: str, trouve: bool
) -> None:
    monkeypatch.setattr("comptes.forms.habilitations.BEAUCOUP", 0)
    cherche = un_organisme(nom="Toits d'Été", siren="123456782")
    page = client.post(INVITER, saisie(cherche, cherche=texte, chercher="1") | {"organisme": ""})
    assert [str(cle) for cle, _ in page.context["habilitation"].fields["organisme"].choices] == ["", *[str(cherche.pk)] * trouve]
    html = page.content.decode()
    assert 'value="zoe.lambert@exemple.fr"' in html
    assert "fr-message--error" not in html
    assert ("Aucun organisme ne répond" in html) is not trouve
    assert not Utilisateur.objects.filter(courriel="zoe.lambert@exemple.fr").exists()
    assert client.post(INVITER, saisie(cherche, cherche=texte)).status_code == 302
    assert Habilitation.objects.get(utilisateur__courriel="zoe.lambert@exemple.fr").organisme == cherche
