"""Migrer une base pleine : celle d'une version précédente passe à celle d'aujourd'hui, revient, et repasse, sans rien perdre.

La base est à part, sur le même serveur : créée à l'état d'alors, remplie de lignes vraies (celles qu'écrivent les actions, moins
ce que cette version ne connaissait pas), puis migrée par un autre processus, comme le ferait un administrateur.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone
from psycopg.sql import SQL, Identifier

from candidatures.etats import Etat
from candidatures.models import Archive, TypeDAnnexe
from hlm_projets.models import Courriel
from tests.fabriques import un_national, une_annexe, une_campagne, une_candidature

VERSIONS: dict[str, dict[str, str]] = {
    "avant la saisie au fil de la frappe": {"avis": "0002", "candidatures": "0002", "comptes": "0001"},
    "avant le rang de l'envoi": {"avis": "0003", "candidatures": "0004", "comptes": "0002"},
    "quand les annexes étaient des pièces": {"avis": "0005", "candidatures": "0006", "comptes": "0002"},
}
"""Jusqu'où chaque version avait migré. Une version de plus se livre : son état s'ajoute ici."""
AUTRES = ("territoires", "hlm_projets", "contenttypes", "auth", "sessions", "account")
"""Ce qui n'a pas changé depuis."""
PREFIXES = ("avis_", "candidatures_", "comptes_", "hlm_projets_")

SCRIPT = "import json, sys, django; django.setup()\nfrom django.core.management import call_command\n"
SCRIPT += "for cible in json.loads(sys.argv[1]): call_command('migrate', *cible, verbosity=0)"
COMPTEURS = "SELECT table_name, column_name FROM information_schema.columns WHERE is_identity = 'YES' AND table_schema = 'public'"

Lignes = dict[str, list[dict[str, Any]]]
"""Les lignes de chaque table, dans un ordre constant."""

pytestmark = [pytest.mark.postgresql, pytest.mark.lent, pytest.mark.django_db]


# --- La base à part ------------------------------------------------------------------------------------------------------
class Base:
    """Une base du même serveur que celle des essais."""

    def __init__(self, nom: str) -> None:
        parametres = connection.get_connection_params()
        self.nom, self.acces = nom, {cle: parametres[cle] for cle in ("host", "port", "user", "password") if cle in parametres}

    def ouvrir(self, nom: str = "") -> psycopg.Connection[Any]:
        """Une connexion en autocommit, à cette base ou à celle-ci."""
        return psycopg.connect(dbname=nom or self.nom, autocommit=True, **self.acces)

    @property
    def url(self) -> str:
        """Son DATABASE_URL."""
        qui = ":".join(quote(str(self.acces[cle]), safe="") for cle in ("user", "password") if self.acces.get(cle))
        ou = "&".join(f"{cle}={self.acces[cle]}" for cle in ("host", "port") if self.acces.get(cle))
        return f"postgres://{qui}@/{self.nom}?{ou}"

    def migrer(self, *cibles: tuple[str, ...]) -> None:
        """Vers chacune de ces cibles, tour à tour ; `()` est le bout."""
        environnement = {**os.environ, "DATABASE_URL": self.url, "DJANGO_SETTINGS_MODULE": "hlm_projets.settings"}
        commande = [sys.executable, "-c", SCRIPT, json.dumps(cibles)]
        fini = subprocess.run(commande, cwd=settings.RACINE, env=environnement, capture_output=True, text=True, check=False)
        assert fini.returncode == 0, f"{cibles} : {fini.stderr[-2000:]}"

    def remplir(self, lignes: Lignes) -> None:
        """Écrit ces lignes en une transaction, puis place les compteurs après elles ; les colonnes inconnues d'ici sont laissées."""
        connues = self.lire()
        with self.ouvrir() as base, base.transaction(), base.cursor() as curseur:
            for table in connues.keys() & lignes.keys():
                if connues[table]:  # les services, que la migration charge d'elle-même
                    curseur.execute(SQL("DELETE FROM {}").format(Identifier(table)))
                ordre = SQL("INSERT INTO {t} SELECT * FROM json_populate_record(NULL::{t}, %s)").format(t=Identifier(table))
                curseur.executemany(ordre, [(json.dumps(ligne),) for ligne in lignes[table]])
            for table, colonne in curseur.execute(COMPTEURS).fetchall():
                recaler = SQL("SELECT setval(pg_get_serial_sequence(%s, %s), GREATEST(MAX({c}), 1)) FROM {t}")
                curseur.execute(recaler.format(c=Identifier(colonne), t=Identifier(table)), (table, colonne))

    def lire(self) -> Lignes:
        """Toutes les lignes de nos tables."""
        with self.ouvrir() as base, base.cursor() as curseur:
            return lire(curseur)


def lire(curseur: Any) -> Lignes:
    """Les lignes de nos tables, par ce curseur (celui de Django ou un autre)."""
    curseur.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    tables = [nom for (nom,) in curseur.fetchall() if nom.startswith(PREFIXES)]
    lues: Lignes = {}
    for table in tables:
        curseur.execute(SQL("SELECT to_jsonb(t)::text FROM {} t").format(Identifier(table)).as_string())
        lues[table] = [json.loads(ligne) for (ligne,) in curseur.fetchall()]
    return {table: ranger(lignes) for table, lignes in lues.items()}


def ranger(lignes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(lignes, key=lambda ligne: json.dumps(ligne, sort_keys=True))


def vues_d_alors(apres: Lignes, avant: Lignes) -> Lignes:
    """Les lignes d'aujourd'hui, réduites aux tables et aux colonnes d'alors."""
    colonnes = {table: {cle for ligne in lignes for cle in ligne} for table, lignes in avant.items()}
    return {
        table: ranger([{cle: ligne[cle] for cle in ligne.keys() & colonnes[table]} for ligne in apres[table]]) for table in avant
    }


@pytest.fixture
def a_part() -> Iterator[Base]:
    """Une base vide, effacée à la fin quoi qu'il arrive : celle des essais n'en voit rien."""
    base = Base(f"{connection.settings_dict['NAME']}_migree")
    effacer = SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(base.nom))
    with base.ouvrir("postgres") as serveur:
        serveur.execute(effacer)
        serveur.execute(SQL("CREATE DATABASE {}").format(Identifier(base.nom)))
        yield base
        serveur.execute(effacer)


@pytest.fixture
def monde_ancien() -> Lignes:
    """Des dossiers dans chaque état, leurs avis, leurs versions figées, leur journal, leurs courriels : ce qu'une version a de plus vrai."""
    campagne = une_campagne()
    TypeDAnnexe.objects.creer_les_habituels(campagne)
    une_annexe(une_candidature(Etat.BROUILLON, campagne=campagne))
    for etat in (Etat.DEPOSEE, Etat.COMITE, Etat.RETENUE, Etat.NON_RETENUE, Etat.RETIREE):
        une_candidature(etat, campagne=campagne)
    Archive.objects.create(demandee_par=un_national(), demandee_le=timezone.now())
    with connection.cursor() as curseur:
        return lire(curseur)


# --- L'essai -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("version", VERSIONS)
def test_une_base_pleine_avance_revient_et_repasse(version: str, a_part: Base, monde_ancien: Lignes) -> None:
    cibles = tuple(VERSIONS[version].items())
    a_part.migrer(*((nom,) for nom in AUTRES), *cibles)
    a_part.remplir(monde_ancien)
    avant, contenus = a_part.lire(), types_de_contenu(a_part)
    peuplees = {table for table, lignes in avant.items() if lignes}
    assert peuplees >= TOUJOURS_LA, "la base d'alors est pleine"
    assert Courriel.objects.exists()

    a_part.migrer(())
    apres = a_part.lire()
    assert vues_d_alors(apres, avant) == avant
    rangs = {0} if "candidatures_changement" in avant else set()
    assert neuf(apres) == {"types par campagne": {5}, "rangs": rangs, "constats": {"list"}}
    assert journal_protege(a_part)
    assert types_de_contenu(a_part).items() >= {RENOMMES[nom]: cle for nom, cle in contenus.items()}.items()
    assert permissions(a_part) == permises(RENOMMES.values())

    a_part.migrer(*cibles)
    assert a_part.lire() == avant
    assert types_de_contenu(a_part).items() >= contenus.items()

    a_part.migrer(())
    assert a_part.lire() == apres


def test_les_permissions_suivent_les_modeles_renommes(a_part: Base) -> None:
    """Une base en service a les anciennes et les nouvelles : il n'en reste qu'un jeu, et un retour rend l'ancien."""
    ancienne = tuple(VERSIONS["quand les annexes étaient des pièces"].items())
    a_part.migrer(*((nom,) for nom in AUTRES), *ancienne)
    assert permissions(a_part) == permises(RENOMMES)
    a_part.migrer(("candidatures", "0008"))
    assert permissions(a_part) == sorted(permises(RENOMMES) + permises(RENOMMES.values()))
    for cible, attendues in ((), RENOMMES.values()), (("candidatures", "0006"), RENOMMES), ((), RENOMMES.values()):
        a_part.migrer(cible)
        assert permissions(a_part) == permises(attendues)


TOUJOURS_LA = {
    *("candidatures_campagne", "candidatures_candidature", "candidatures_candidature_departements", "candidatures_ligneduplan"),
    *("candidatures_evenement", "candidatures_version", "candidatures_compteur", "candidatures_archive"),
    *("avis_avisdepartemental", "avis_avisregional", "comptes_utilisateur", "comptes_habilitation", "comptes_organisme"),
    *("comptes_service", "hlm_projets_courriel"),
}


RENOMMES = {"piece": "annexe", "typedepiece": "typedannexe"}
"""Les modèles qui ont changé de nom ; leur table a gardé le sien."""


def types_de_contenu(base: Base) -> dict[str, int]:
    """Le numéro du type de contenu de chaque modèle renommé, sous son nom d'alors ou d'aujourd'hui."""
    with base.ouvrir() as ouverte:
        lus = ouverte.execute("SELECT model, id FROM django_content_type WHERE app_label = 'candidatures'").fetchall()
    return {nom: cle for nom, cle in lus if nom in RENOMMES or nom in RENOMMES.values()}


def permises(modeles: Iterable[str]) -> list[str]:
    """Les permissions que Django donne à chacun de ces modèles."""
    return sorted(f"{acte}_{modele}" for modele in modeles for acte in ("add", "change", "delete", "view"))


def permissions(base: Base) -> list[str]:
    """Celles des modèles renommés, sous leur nom d'alors ou d'aujourd'hui."""
    with base.ouvrir() as ouverte:
        lues = ouverte.execute("SELECT codename FROM auth_permission").fetchall()
    connues = {*permises(RENOMMES), *permises(RENOMMES.values())}
    return sorted(code for (code,) in lues if code in connues)


def neuf(apres: Lignes) -> dict[str, set[Any]]:
    """Ce que les migrations ont donné aux lignes déjà là."""
    types = [ligne["campagne_id"] for ligne in apres["candidatures_typedepiece"]]
    return {
        "types par campagne": {types.count(ligne["id"]) for ligne in apres["candidatures_campagne"]},
        "constats": {type(ligne["constats"]).__name__ for ligne in apres["candidatures_version"]},
        "rangs": {ligne["rang"] for ligne in apres["candidatures_changement"]},
    }


def journal_protege(base: Base) -> bool:
    """La base refuse encore qu'on réécrive le journal et les versions."""
    with base.ouvrir() as ouverte:
        for ordre in ("UPDATE candidatures_evenement SET acte = 'x'", "DELETE FROM candidatures_version"):
            with pytest.raises(psycopg.errors.RaiseException, match="journal en ajout seul"):
                ouverte.execute(ordre)
    return True
