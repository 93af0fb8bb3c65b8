"""Après un essai qui a validé, la base est celle que les migrations ont laissée, à la ligne près ; et un moule ne se remplit qu'une fois."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction

from comptes.models import Acte, Organisme, Service
from tests.fabriques import Monde, un_organisme
from tests.moules import Moules

pytestmark = pytest.mark.django_db(transaction=True)


def contenu() -> dict[str, list[str]]:
    """Chaque table, colonnes et lignes, celles de Django et du cache comprises ; et les déclencheurs."""
    declencheurs = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    if connection.vendor == "postgresql":
        declencheurs = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    with connection.cursor() as curseur:
        tables = {table: _lignes(curseur, table) for table in connection.introspection.table_names(curseur)}
        curseur.execute(declencheurs)
        return tables | {"déclencheurs": sorted(nom for (nom,) in curseur.fetchall())}


def _lignes(curseur: Any, table: str) -> list[str]:
    curseur.execute(f'SELECT * FROM "{table}"')
    return [*(colonne[0] for colonne in curseur.description), *sorted(map(repr, curseur.fetchall()))]


def ordonner(ordre: str) -> None:
    with connection.cursor() as curseur:
        curseur.execute(ordre)


def tout_salir(monde: Monde) -> None:
    assert monde.deposee_a.version is not None
    Acte.objects.create(acte="essai")
    cache.set("cle", "valeur")


def changer_la_reference(monde: Monde) -> None:
    Service.objects.filter(departement="77").update(nom="Autre nom")
    Service.objects.filter(departement="13").delete()
    Service.objects.create(nom="De trop", type="departement_social", departement_id="13")
    Permission.objects.all().delete()


def perdre_un_declencheur(monde: Monde) -> None:
    table = Acte._meta.db_table
    ordonner(f"DROP TRIGGER {table}_" + (f"ligne ON {table}" if connection.vendor == "postgresql" else "DELETE"))
    Acte.objects.create(acte="essai")
    Acte.objects.all().delete()


def ajouter_une_colonne(monde: Monde) -> None:
    ordonner(f"ALTER TABLE {Organisme._meta.db_table} ADD COLUMN de_trop integer")


@pytest.mark.parametrize("geste", [tout_salir, changer_la_reference, perdre_un_declencheur, ajouter_une_colonne])
def test_la_base_redevient_neuve(geste: Callable[[Monde], None], monde: Monde, moules: Moules) -> None:
    moules.remettre()
    neuve = contenu()
    assert Service.objects.filter(departement="77").count() == 2
    assert not Organisme.objects.exists()
    geste(Monde())
    assert contenu() != neuve
    moules.remettre()
    assert contenu() == neuve
    acte = Acte.objects.create(acte="essai")
    with pytest.raises(DatabaseError, match="ajout seul"), transaction.atomic():
        acte.delete()


@pytest.mark.postgresql
def test_une_ecriture_encore_en_cours_ne_survit_pas(moules: Moules) -> None:
    """Le serveur d'essai n'a pas fini de répondre quand l'essai se termine."""
    ecrit, fini = threading.Event(), threading.Event()

    def ecrire() -> None:
        with transaction.atomic():
            un_organisme()
            ecrit.set()
            fini.wait(60)
        connection.close()

    fil = threading.Thread(target=ecrire)
    fil.start()
    assert ecrit.wait(60)
    threading.Timer(0.5, fini.set).start()
    moules.remettre()
    fil.join(60)
    assert not Organisme.objects.exists()


def test_un_moule_ne_se_remplit_qu_une_fois(moules: Moules, tmp_path: Any) -> None:
    """Le nom est propre à cet essai et à ce dossier : un autre ouvrier a pu le jouer avant."""
    fois: list[int] = []

    def peupler() -> Organisme:
        fois.append(1)
        return un_organisme()

    nom = f"essai-{tmp_path.name}-{moules.ouvrier}"
    faits = []
    for _ in range(2):
        moules.remettre()
        faits.append(moules.reprendre(nom, peupler))
        assert Organisme.objects.get() == faits[-1]
    assert fois == [1]
    assert faits[0].nom == faits[1].nom


@pytest.mark.postgresql
def test_un_fil_encore_connecte_n_empeche_pas_un_moule(moules: Moules, tmp_path: Any) -> None:
    """Le serveur d'essai n'a pas fermé sa connexion quand l'essai suivant demande un moule."""
    connecte, fini = threading.Event(), threading.Event()

    def rester() -> None:
        connection.ensure_connection()
        connecte.set()
        fini.wait(60)
        connection.close()

    fil = threading.Thread(target=rester)
    fil.start()
    assert connecte.wait(60)
    moules.reprendre(f"essai-{tmp_path.name}-{moules.ouvrier}", un_organisme)
    fini.set()
    fil.join(60)
    assert Organisme.objects.exists()
