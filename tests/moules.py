"""Les bases d'essai : migrées une fois par passage, copiées ensuite ; et rendues neuves après chaque essai qui a validé.

Un « moule » est une base toute prête : celle que laissent les migrations, ou une plus peuplée, que son premier demandeur a remplie.
Sur PostgreSQL, une base gabarit (`CREATE DATABASE … TEMPLATE`) ; sur SQLite, un fichier recopié dans la base en mémoire.
Le dossier où les ouvriers d'un même passage se les partagent porte un verrou par moule : le premier fait, les autres attendent.
"""

from __future__ import annotations

import fcntl
import pickle
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TypeVar, cast

from django.conf import settings
from django.db import ProgrammingError, connection, transaction

Etat = TypeVar("Etat")
MIGREE = "migree"
PATIENCE = 120
"""Secondes. En production, une requête lente ou une transaction oisive est coupée ; sur une machine chargée, un essai n'est que lent."""
SANS_HATE = f"-c statement_timeout={PATIENCE}s -c lock_timeout={PATIENCE}s -c idle_in_transaction_session_timeout=0"


class Moules(ABC):
    """La base d'un ouvrier, et les moules du passage."""

    def __init__(self, dossier: Path, passage: str, ouvrier: str) -> None:
        self.dossier, self.passage, self.ouvrier = dossier, passage, ouvrier
        self.d_origine = str(connection.settings_dict["NAME"])
        dossier.mkdir(exist_ok=True)

    def installer(self) -> None:
        """La base de cet ouvrier, migrée ; à appeler une fois, avant le premier essai."""
        with self._verrou("ouvriers"):
            (self.dossier / f"{self.ouvrier}.la").touch()
        with self._verrou(MIGREE):
            if self._existe(MIGREE):
                self._couler(MIGREE)
            else:
                connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
                self._preparer()
                self._garder(MIGREE, None)

    def reprendre(self, nom: str, peupler: Callable[[], Etat]) -> Etat:
        """La base telle que `peupler` l'a laissée, jouée une seule fois par passage ; rend ce qu'il a rendu (picklable).

        La base doit être neuve à l'appel. Elle n'est plus la même ensuite : aucune connexion d'avant ne vaut.
        """
        with self._verrou(nom):
            if self._existe(nom):
                self._couler(nom)
            else:
                self._garder(nom, peupler())
        etat: Etat = pickle.loads(self._fichier(nom).read_bytes())
        return etat

    @abstractmethod
    def remettre(self) -> None:
        """La base redevient ce que les migrations ont laissé, données de référence comprises."""

    def defaire(self) -> None:
        """Efface la base de cet ouvrier ; le dernier parti efface les moules."""
        self._detruire()
        with self._verrou("ouvriers"):
            (self.dossier / f"{self.ouvrier}.la").unlink()
            if not list(self.dossier.glob("*.la")):
                for fichier in self.dossier.glob("*.moule"):
                    self._briser(fichier.stem)
                    fichier.unlink()

    # --- Ce que chaque moteur fait à sa façon ----------------------------------------------------------------------------
    @abstractmethod
    def _mouler(self, nom: str) -> None:
        """Fait un moule de la base de cet ouvrier."""

    @abstractmethod
    def _couler(self, nom: str) -> None:
        """La base de cet ouvrier devient une copie de ce moule."""

    @abstractmethod
    def _preparer(self) -> None:
        """Ajoute ce qu'il faut à une base qui vient d'être migrée."""

    @abstractmethod
    def _detruire(self) -> None:
        """Efface la base de cet ouvrier."""

    @abstractmethod
    def _briser(self, nom: str) -> None:
        """Efface ce que ce moule occupe."""

    def _garder(self, nom: str, etat: Any) -> None:
        self._mouler(nom)
        self._fichier(nom).write_bytes(pickle.dumps(etat))

    def _existe(self, nom: str) -> bool:
        return self._fichier(nom).exists()

    def _fichier(self, nom: str) -> Path:
        return self.dossier / f"{nom}.moule"

    @contextmanager
    def _verrou(self, nom: str) -> Iterator[None]:
        with (self.dossier / f"{nom}.verrou").open("w") as fichier:
            fcntl.flock(fichier, fcntl.LOCK_EX)
            yield


class MoulesSqlite(Moules):
    """Une base en mémoire, où l'image du moule se recopie en quelques millisecondes."""

    def remettre(self) -> None:
        self._copier(self._image(MIGREE), connection.connection)

    def _mouler(self, nom: str) -> None:
        connection.ensure_connection()
        self._copier(connection.connection, self._image(nom))

    def _couler(self, nom: str) -> None:
        if connection.settings_dict["NAME"] == self.d_origine:
            connection.close()
            connection.settings_dict["NAME"] = cast(
                Any, connection.creation
            )._get_test_db_name()  # la base en mémoire de cet ouvrier
        connection.ensure_connection()
        self._copier(self._image(nom), connection.connection)

    def _preparer(self) -> None:
        """Une image se recopie telle quelle."""

    def _detruire(self) -> None:
        connection.creation.destroy_test_db(self.d_origine, verbosity=0)

    def _briser(self, nom: str) -> None:
        self._image(nom).unlink()

    def _image(self, nom: str) -> Path:
        return self.dossier / f"{nom}.sqlite3"

    @staticmethod
    def _copier(de: Any, vers: Any) -> None:
        """D'une connexion ou d'un fichier à l'autre."""
        with closing(sqlite3.connect(de if isinstance(de, Path) else vers)) as fichier:
            source, cible = (fichier, vers) if isinstance(de, Path) else (de, fichier)
            source.backup(cible)


class MoulesPostgresql(Moules):
    """Des bases gabarits ; et, pour rendre la sienne neuve, un vidage que rien n'arrête et qui ne rejoue pas les migrations."""

    def __init__(self, dossier: Path, passage: str, ouvrier: str) -> None:
        super().__init__(dossier, passage, ouvrier)
        connection.settings_dict["TEST"]["NAME"] = self.base = f"essais_{passage}_{ouvrier}"
        options = connection.settings_dict["OPTIONS"]
        # Sans réserve de connexions : un fil qui oublie de rendre la sienne se dit là où il l'oublie, pas vingt essais plus loin.
        options |= {"connect_timeout": PATIENCE, "options": SANS_HATE, "pool": False}
        # Le serveur d'essai garde celle d'un fil d'une requête à l'autre : en ouvrir une coûte autant qu'une petite page.
        connection.settings_dict |= {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True}

    def remettre(self) -> None:
        """Un essai qui a changé la forme de la base, ou un serveur où l'on n'est pas maître : la base est recopiée."""
        try:
            with transaction.atomic(), connection.cursor() as curseur:
                curseur.execute("SELECT essais.remettre()")
                [(remise,)] = curseur.fetchall()
        except ProgrammingError:
            remise = False
        if not remise:
            self._couler(MIGREE)

    def _preparer(self) -> None:
        with connection.cursor() as curseur:
            curseur.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
            if curseur.fetchone() != (True,):
                return
            tables = connection.introspection.table_names(curseur)
            curseur.execute("CREATE SCHEMA essais")
            pleines = [table for table in tables if self._est_pleine(curseur, table)]
            for table in pleines:
                curseur.execute(f'CREATE TABLE essais."{table}" AS TABLE public."{table}"')
            curseur.execute(FORME)
            curseur.execute(remise_a_neuf(tables, pleines))

    @staticmethod
    def _est_pleine(curseur: Any, table: str) -> bool:
        curseur.execute(f'SELECT EXISTS (SELECT FROM "{table}")')
        return bool(curseur.fetchone()[0])

    def _mouler(self, nom: str) -> None:
        """Une base où quelqu'un est encore ne se copie pas : un fil du serveur d'essai, pas encore parti, perd sa connexion."""
        with connection.cursor() as curseur:
            curseur.execute(SORTIR_LES_AUTRES)
        self._creer(f"moule_{self.passage}_{nom}", self.base)

    def _couler(self, nom: str) -> None:
        connection.settings_dict["NAME"] = settings.DATABASES["default"]["NAME"] = self.base
        self._creer(self.base, f"moule_{self.passage}_{nom}")

    def _detruire(self) -> None:
        """`destroy_test_db` refuserait tant qu'un fil du serveur d'essai n'a pas rendu sa connexion."""
        self._ordonner(EFFACER.format(self.base))
        connection.settings_dict["NAME"] = settings.DATABASES["default"]["NAME"] = self.d_origine

    def _briser(self, nom: str) -> None:
        self._ordonner(EFFACER.format(f"moule_{self.passage}_{nom}"))

    def _creer(self, base: str, gabarit: str) -> None:
        self._ordonner(EFFACER.format(base), f'CREATE DATABASE "{base}" TEMPLATE "{gabarit}"')

    @staticmethod
    def _ordonner(*ordres: str) -> None:
        """Sur le serveur, la connexion à la base fermée."""
        connection.close()
        with connection._nodb_cursor() as curseur:
            for ordre in ordres:
                curseur.execute(ordre)


EFFACER = 'DROP DATABASE IF EXISTS "{}" WITH (FORCE)'
SORTIR_LES_AUTRES = """
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
FORME = """
CREATE FUNCTION essais.forme() RETURNS text LANGUAGE sql AS $$
  SELECT md5(string_agg(trait, ',' ORDER BY trait)) FROM (
    SELECT oid::text FROM pg_class WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT oid::text FROM pg_trigger
    UNION ALL SELECT attrelid || '.' || attnum || ':' || atttypid || attisdropped || attnotnull FROM pg_attribute
      JOIN pg_class ON pg_class.oid = attrelid WHERE relnamespace = 'public'::regnamespace
  ) AS traits(trait)
$$;
"""
"""Ce qui change quand une table, une colonne ou un déclencheur est créé, modifié ou perdu ; une copie garde la même."""


def remise_a_neuf(tables: list[str], pleines: list[str]) -> str:
    """La fonction qui remet ces tables comme elles sont : vides, sauf les `pleines`, reprises si un essai les a changées.

    `session_replication_role` tait les déclencheurs : ni journal en ajout seul, ni ordre entre clés étrangères. Le verrou attend
    qu'une requête encore en cours dans le serveur d'essai ait fini d'écrire : ce qu'elle écrit part avec le reste.
    """
    vides = "".join(f'DELETE FROM public."{table}";' for table in tables if table not in pleines)
    reprises = "".join(
        f"""IF (SELECT array_agg(t::text ORDER BY t::text) FROM public."{table}" t)
              IS DISTINCT FROM (SELECT array_agg(t::text ORDER BY t::text) FROM essais."{table}" t) THEN
              DELETE FROM public."{table}"; INSERT INTO public."{table}" SELECT * FROM essais."{table}";
            END IF;"""
        for table in pleines
    )
    toutes = ", ".join(f'public."{table}"' for table in tables)
    return f"""
        CREATE TABLE essais.forme_d_origine AS SELECT essais.forme() AS forme;
        CREATE FUNCTION essais.remettre() RETURNS boolean LANGUAGE plpgsql
          SET session_replication_role = replica AS $$
        BEGIN
          IF essais.forme() IS DISTINCT FROM (SELECT forme FROM essais.forme_d_origine) THEN RETURN false; END IF;
          LOCK TABLE {toutes} IN SHARE ROW EXCLUSIVE MODE;
          {vides}
          {reprises}
          RETURN true;
        END $$;
    """
