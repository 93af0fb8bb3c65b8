"""Un nom gardé sans accents ni casse, pour que la base y cherche : SQLite ne sait pas que « É » et « é » sont la même lettre."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from typing import Any

from django.db import models
from django.db.models import Model

from territoires.models import cle_de_nom

LONGUEUR = 600
"""Au plus 2 400 octets : un index de PostgreSQL en admet 2 700."""


class ChampCle(models.CharField[str, str]):
    """La clé (`cle_de_nom`) de champs de la même ligne, refaite à chaque écriture ; `de` : leurs noms."""

    def __init__(self, *, de: Iterable[str], **options: Any) -> None:
        self.de = tuple(de)
        toutes: dict[str, Any] = {"max_length": LONGUEUR, "default": "", "editable": False, "blank": True} | options
        super().__init__(**toutes)

    def deconstruct(self) -> Any:
        """Avec `de`."""
        nom, chemin, arguments, options = super().deconstruct()
        return nom, chemin, arguments, options | {"de": self.de}

    def pre_save(self, instance: Model, add: bool) -> str:
        """La clé de ce qui s'écrit."""
        cle = cle_de_nom(" ".join(str(getattr(instance, nom) or "") for nom in self.de))[:LONGUEUR]
        setattr(instance, self.attname, cle)
        return cle


class AvecCle(models.Model):
    """Un modèle qui a un `ChampCle` nommé `cle` : il s'écrit avec ce dont il est fait."""

    class Meta:
        abstract = True

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **options: Any) -> None:
        """Ajoute la clé à ce qui s'écrit, si elle en dépend."""
        suite = None if update_fields is None else avec_la_cle(self, update_fields)
        super().save(*args, update_fields=suite, **options)


def avec_la_cle(objet: Model, noms: Iterable[str]) -> set[str]:
    """Ces colonnes, et la clé si elle en dépend."""
    champ, ecrits = objet._meta.get_field("cle"), set(noms)
    return ecrits | {"cle"} if isinstance(champ, ChampCle) and ecrits & set(champ.de) else ecrits


class IndexVideALaFin(models.Index):
    """Un index décroissant, les lignes sans valeur à la fin : SQLite les y met de lui-même, et n'admet pas qu'on le dise."""

    def create_sql(self, model: type[Model], schema_editor: Any, using: str = "", **options: Any) -> Any:
        """Sans « NULLS LAST » pour SQLite."""
        if schema_editor.connection.vendor != "sqlite":
            return super().create_sql(model, schema_editor, using, **options)
        nues: list[Any] = [copy(expression) for expression in self.expressions]
        for nue in nues:
            nue.nulls_last = None
        return models.Index(*nues, name=self.name).create_sql(model, schema_editor, using, **options)
