"""L'outil des courses : il ôte tout verrou, et ne laisse écrire personne avant que tous aient lu."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from comptes.models import Organisme, Service
from tests.courses import VERROU, VERROUS, ensemble
from tests.fabriques import un_organisme

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@VERROUS
def test_lire_puis_ecrire_perd_ce_qu_un_autre_a_ecrit_sans_verrou(verrou: bool) -> None:
    """Le cas d'école : chacun ajoute une lettre à ce qu'il a lu."""
    organisme = un_organisme(nom="n")

    def ajouter() -> None:
        with transaction.atomic():
            lu = Organisme.objects.select_for_update(of=("self",)).get(pk=organisme.pk)
            Organisme.objects.filter(pk=lu.pk).update(nom=f"{lu.nom}x")

    assert ensemble([ajouter] * 5, verrou=verrou) == [None] * 5
    organisme.refresh_from_db()
    assert organisme.nom == ("nxxxxx" if verrou else "nx")


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
