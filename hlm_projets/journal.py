"""Le journal en ajout seul : des lignes que la base elle-même refuse de changer ou d'effacer (fiabilité, G7)."""

from __future__ import annotations

from django.conf import settings
from django.db import connection, models
from django.utils import timezone

SQLITE = """CREATE TRIGGER IF NOT EXISTS {table}_{acte} BEFORE {acte} ON {table}
BEGIN SELECT RAISE(ABORT, 'journal en ajout seul'); END"""

POSTGRESQL = (
    """CREATE OR REPLACE FUNCTION journal_en_ajout_seul() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'journal en ajout seul'; END $$""",
    "CREATE OR REPLACE TRIGGER {table}_ligne BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION journal_en_ajout_seul()",
    "CREATE OR REPLACE TRIGGER {table}_vidage BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION journal_en_ajout_seul()",
)


class LigneDeJournal(models.Model):
    """Un acte : qui, quand, quoi. Le nom est recopié : il reste lisible si le compte change."""

    le = models.DateTimeField("le", default=timezone.now)
    par = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="par")
    par_nom = models.CharField("nom au moment de l'acte", max_length=250, blank=True)
    acte = models.CharField("acte", max_length=60)
    objet = models.CharField("objet", max_length=350, blank=True)
    detail = models.JSONField("détail", default=dict, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.le:%d/%m/%Y %H:%M} – {self.acte} – {self.objet}"


def poser_declencheurs(*modeles: type[models.Model]) -> None:
    """Interdit UPDATE, DELETE et TRUNCATE sur ces tables ; rejouable sans effet. Une table pas encore migrée est passée."""
    with connection.cursor() as curseur:
        presentes = connection.introspection.table_names(curseur)
        for table in (m._meta.db_table for m in modeles if m._meta.db_table in presentes):
            if connection.vendor == "sqlite":
                for acte in ("UPDATE", "DELETE"):
                    curseur.execute(SQLITE.format(table=table, acte=acte))
            else:
                for ordre in POSTGRESQL:
                    curseur.execute(ordre.format(table=table))


def lever_declencheurs(*modeles: type[models.Model]) -> None:
    """Lève l'interdiction : la remise à zéro d'une base de test en a besoin, rien d'autre."""
    with connection.cursor() as curseur:
        for table in (m._meta.db_table for m in modeles):
            if connection.vendor == "sqlite":
                for nom in ("UPDATE", "DELETE"):
                    curseur.execute(f"DROP TRIGGER IF EXISTS {table}_{nom}")
            else:
                for nom in ("ligne", "vidage"):
                    curseur.execute(f"DROP TRIGGER IF EXISTS {table}_{nom} ON {table}")
