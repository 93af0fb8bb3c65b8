"""Le journal et les versions figées : la base elle-même refuse d'y toucher (G7), sur les deux bases."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, models, transaction

from candidatures.models import Evenement, Version
from comptes.models import Acte
from tests.fabriques import Monde, une_candidature

pytestmark = pytest.mark.django_db

JOURNAUX = [Acte, Evenement, Version]


@pytest.fixture
def une_ligne(monde: Monde) -> None:
    une_candidature()
    Acte.objects.create(acte="essai", par=monde.personne("administrateur"))


def toutes(modele: type[models.Model]) -> list[dict[str, object]]:
    return list(modele._default_manager.order_by("pk").values())


def sql(ordre: str) -> Callable[[type[models.Model]], object]:
    """Un ordre nu, où « {table} » est celle du journal."""

    def jouer(modele: type[models.Model]) -> None:
        with connection.cursor() as curseur:
            curseur.execute(ordre.format(table=modele._meta.db_table))

    return jouer


ATTEINTES: dict[str, Callable[[type[models.Model]], object]] = {
    "update": lambda modele: modele._default_manager.update(id=models.F("id") + 1000),
    "save": lambda modele: modele._default_manager.earliest("pk").save(),
    "delete": lambda modele: modele._default_manager.all()._raw_delete(using="default"),
    "sql_update": sql("UPDATE {table} SET id = id"),
    "sql_delete": sql("DELETE FROM {table}"),
}


@pytest.mark.parametrize("modele", JOURNAUX)
@pytest.mark.parametrize("atteinte", ATTEINTES)
@pytest.mark.usefixtures("une_ligne")
def test_rien_ne_se_change_ni_ne_s_efface(modele: type[models.Model], atteinte: str) -> None:
    avant = toutes(modele)
    with pytest.raises(DatabaseError, match="ajout seul"), transaction.atomic():
        ATTEINTES[atteinte](modele)
    assert toutes(modele) == avant


@pytest.mark.postgresql
@pytest.mark.parametrize("modele", JOURNAUX)
@pytest.mark.usefixtures("une_ligne")
def test_rien_ne_se_vide(modele: type[models.Model]) -> None:
    with pytest.raises(DatabaseError, match="ajout seul"), transaction.atomic():
        sql("SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE {table} CASCADE")(modele)
    assert modele._default_manager.exists()


@pytest.mark.parametrize("modele", JOURNAUX)
def test_les_declencheurs_reviennent_apres_une_migration(modele: type[models.Model]) -> None:
    """Une modification de table les fait perdre à SQLite ; la migration les repose, sans doublon."""
    declencheurs = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s"
    if connection.vendor == "postgresql":
        declencheurs = "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal"
    table = modele._meta.db_table

    def lus() -> set[str]:
        with connection.cursor() as curseur:
            curseur.execute(declencheurs, [table])
            return {nom for (nom,) in curseur.fetchall()}

    attendus = (
        {f"{table}_ligne", f"{table}_vidage"} if connection.vendor == "postgresql" else {f"{table}_UPDATE", f"{table}_DELETE"}
    )
    assert lus() == attendus
    nom = next(iter(attendus))
    with connection.cursor() as curseur:
        curseur.execute(f"DROP TRIGGER {nom}" + (f" ON {table}" if connection.vendor == "postgresql" else ""))
    assert lus() == attendus - {nom}
    call_command("migrate", verbosity=0)
    assert lus() == attendus


@pytest.mark.usefixtures("une_ligne")
def test_qui_a_agi_ne_s_efface_pas(monde: Monde) -> None:
    """Le compte de qui a laissé une ligne au journal ne se supprime pas ; son nom du jour est recopié."""
    acte = Acte.objects.get()
    with pytest.raises(models.ProtectedError):
        monde.personne("administrateur").delete()
    assert acte.par == monde.personne("administrateur")
