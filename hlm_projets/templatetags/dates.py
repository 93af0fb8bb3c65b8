"""Les instants dans les gabarits ; la façon de les dire est dans `territoires.heures`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from hlm_projets.requete.middleware import maintenant
from territoires.heures import dire, dire_heure, dire_partout, heure_locale, reste

register = template.Library()


@register.filter
def instant_dit(instant: datetime) -> str:
    """« mardi 30 juin 2026 à 23 h 59, heure de Paris »."""
    return dire(instant)


@register.filter
def instant_court(instant: datetime) -> str:
    """« 30/06/2026 à 23 h 59 », pour les tableaux (heure de Paris)."""
    return f"{heure_locale(instant):%d/%m/%Y} à {dire_heure(instant)}"


@register.filter
def iso(instant: datetime) -> str:
    """Pour l'attribut `datetime` de <time>, à la seconde et à l'heure de Paris."""
    return heure_locale(instant).isoformat(timespec="seconds")


@register.simple_tag
def echeance(cloture: datetime, fuseaux: Iterable[str] = ()) -> SafeString:
    """« Il reste 6 jours, jusqu'au mardi 30 juin 2026 à 23 h 59, heure de Paris (…, heure de la Guadeloupe). » (F-20)."""
    instant, dite = maintenant(), dire_partout(cloture, set(fuseaux))
    if instant > cloture:
        return format_html("Dépôts clos depuis le {}.", dite)
    return format_html("<strong>{}</strong>, jusqu’au {}.", reste(cloture, instant).capitalize(), dite)
