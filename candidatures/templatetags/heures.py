"""Les échéances et les montants, dits."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from candidatures.montants import dire_montant, dire_part
from hlm_projets.middleware import maintenant
from territoires.heures import dire_partout, reste
from territoires.models import Departement

register = template.Library()
register.filter("euros", dire_montant)
register.filter("pourcent", dire_part)


@register.simple_tag
def echeance(cloture: datetime, territoires: Iterable[Departement | str] = ()) -> SafeString:
    """« il reste 6 jours, jusqu'au mardi 30 juin 2026 à 23 h 59, heure de Paris (…, heure de la Guadeloupe) » (F-20)."""
    fuseaux = {t.fuseau if isinstance(t, Departement) else t for t in territoires}
    instant = maintenant()
    if instant > cloture:
        return format_html("Dépôts clos depuis le {}.", dire_partout(cloture, fuseaux))
    return format_html("<strong>{}</strong>, jusqu’au {}.", reste(cloture, instant).capitalize(), dire_partout(cloture, fuseaux))
