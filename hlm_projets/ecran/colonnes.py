"""Retrouver une colonne par son nom."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models


def colonne(modele: type[models.Model] | models.Model, nom: str) -> models.Field[Any, Any]:
    """Le champ de ce nom ; lève FieldDoesNotExist si c'est une relation inverse, ou s'il n'y en a pas."""
    champ = modele._meta.get_field(nom)
    if not isinstance(champ, models.Field):
        raise FieldDoesNotExist(f"{modele._meta.label} n'a pas de colonne « {nom} ».")
    return champ
