"""L'outil des courses : il ôte tout verrou, ne laisse écrire personne avant que tous aient lu, et voit qui attend qui."""

from __future__ import annotations

from functools import partial
from time import monotonic
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from comptes.models import Organisme, Service
from tests.courses import LONGUE, VERROU, VERROUS, ensemble, jusqu_au_bout, pendant
from tests.fabriques import un_organisme

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@VERROUS
def test_lire_puis_ecrire_perd_ce_qu_un_autre_a_ecrit_sans_verrou(verrou: bool) -> None:
    """Le cas d'école : chacun ajoute une lettre à ce qu'il a lu."""
    organisme = un_organisme(nom="n")
    assert ensemble([partial(ajouter, organisme, "x")] * 5, verrou=verrou) == [None] * 5
    organisme.refresh_from_db()
    assert organisme.nom == ("nxxxxx" if verrou else "nx")


@VERROUS
def test_le_second_passe_pendant_que_le_premier_va_ecrire(verrou: bool) -> None:
    """Retenu, il attend, et le premier reprend dès qu'il attend ; sans verrou, il a fini avant que le premier n'écrive."""
    organisme, debut = un_organisme(nom="n"), monotonic()
    assert pendant(partial(ajouter, organisme, "x"), partial(ajouter, organisme, "y"), verrou=verrou) == [None, None]
    organisme.refresh_from_db()
    assert organisme.nom == ("nxy" if verrou else "nx")
    assert monotonic() - debut < LONGUE / 2, "personne n'attend un délai : la base dit qui attend"


def test_un_premier_qui_echoue_avant_d_ecrire_laisse_passer_le_second() -> None:
    organisme, debut = un_organisme(nom="n"), monotonic()
    echec, suite = pendant(lambda: Organisme.objects.get(nom="nul ne porte ce nom"), partial(ajouter, organisme, "y"))
    assert (type(echec), suite) == (Organisme.DoesNotExist, None)
    organisme.refresh_from_db()
    assert organisme.nom == "ny"
    assert monotonic() - debut < LONGUE / 2


@VERROUS
def test_jusqu_au_bout_nul_ne_voit_ce_que_l_autre_vient_d_ecrire(verrou: bool) -> None:
    """Chacun inscrit le compte des services qu'il voit après avoir écrit le sien."""
    services = list(Service.objects.order_by("pk")[:2])
    garde = un_organisme()

    def designer(rang: int) -> int:
        with transaction.atomic():
            list(Organisme.objects.select_for_update(of=("self",)).filter(pk=garde.pk))
            Service.objects.filter(pk=services[rang].pk).update(nom=f"Désigné {rang}")
            return Service.objects.filter(nom__startswith="Désigné").count()

    vus = jusqu_au_bout((partial(designer, rang) for rang in range(2)), verrou=verrou)
    assert sorted(vus, key=repr) == ([1, 2] if verrou else [1, 1])


def ajouter(organisme: Organisme, lettre: str) -> None:
    """Ajoute une lettre au nom lu."""
    with transaction.atomic():
        lu = Organisme.objects.select_for_update(of=("self",)).get(pk=organisme.pk)
        Organisme.objects.filter(pk=lu.pk).update(nom=lu.nom + lettre)


FORMES: list[dict[str, Any]] = [
    {"of": ("self",)},
    {"of": ("self", "region")},
    {"skip_locked": True, "of": ("self",)},
    {"nowait": True, "of": ("self",)},
]


@pytest.mark.parametrize("forme", FORMES)
def test_toute_forme_de_verrou_s_ote(forme: dict[str, Any]) -> None:
    services = Service.objects.filter(region__isnull=False).select_related(*(["region"] if "region" in str(forme) else []))
    with transaction.atomic(), CaptureQueriesContext(connection) as vues:
        list(services.select_for_update(**forme)[:1])
    [requete] = [r["sql"] for r in vues.captured_queries if "SELECT" in r["sql"]]
    assert "FOR UPDATE" in requete
    assert "FOR UPDATE" not in VERROU.sub("", requete)
    assert VERROU.sub("", requete).endswith("LIMIT 1")
