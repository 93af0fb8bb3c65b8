"""Les montants dans les gabarits."""

from __future__ import annotations

from django import template

from candidatures.champs.montants import dire_montant, dire_part

register = template.Library()
register.filter("euros", dire_montant)
register.filter("pourcent", dire_part)
