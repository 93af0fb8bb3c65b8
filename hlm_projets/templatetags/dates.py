"""Les dates comme on les dit : « lundi 30 juin 2026 à 23 h 59, heure de Paris », « il reste 6 jours »."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django import template
from django.utils import timezone
from django.utils.formats import date_format

from hlm_projets.middleware import maintenant

register = template.Library()
PARIS = ZoneInfo("Europe/Paris")
Dire = Callable[[datetime], str]
INSECABLE = "\N{NO-BREAK SPACE}"


@register.filter
def jour_dit(jour: date | datetime) -> str:
    """« lundi 30 juin 2026 » ; le premier du mois se dit « 1er »."""
    local = jour.astimezone(PARIS) if isinstance(jour, datetime) else jour
    quantieme = "1er" if local.day == 1 else str(local.day)
    return f"{date_format(local, 'l')} {quantieme}{INSECABLE}{date_format(local, 'F')}{INSECABLE}{local.year}"


@register.filter
def heure_dite(instant: datetime, fuseau: str = "Europe/Paris") -> str:
    """« 23 h 59 », à l'heure de Paris ou du fuseau donné."""
    local = instant.astimezone(ZoneInfo(fuseau))
    return f"{local.hour}{INSECABLE}h{INSECABLE}{local.minute:02}"


@register.filter
def instant_dit(instant: datetime) -> str:
    """« lundi 30 juin 2026 à 23 h 59, heure de Paris »."""
    return f"{jour_dit(instant)} à {heure_dite(instant)}, heure de Paris"


@register.filter
def instant_court(instant: datetime) -> str:
    """« 30/06/2026 à 23 h 59 », pour les tableaux (heure de Paris)."""
    return f"{instant.astimezone(PARIS):%d/%m/%Y} à {heure_dite(instant)}"


@register.filter
def a_la_seconde(instant: datetime) -> str:
    """« lundi 30 juin 2026 à 23 h 59 min 07 s, heure de Paris », pour un reçu."""
    secondes = f"min{INSECABLE}{instant.second:02}{INSECABLE}s"
    return f"{jour_dit(instant)} à {heure_dite(instant)}{INSECABLE}{secondes}, heure de Paris"


@register.filter
def heure_locale(instant: datetime, fuseau: str) -> str:
    """« mardi 1er juillet 2026 à 1 h 59, heure locale » ; vide si le fuseau a l'heure de Paris à cet instant."""
    local = instant.astimezone(ZoneInfo(fuseau))
    if local.utcoffset() == instant.astimezone(PARIS).utcoffset():
        return ""
    return f"{jour_dit(local.date())} à {heure_dite(instant, fuseau)}, heure locale"


@register.filter
def temps_restant(instant: datetime) -> str:
    """« il reste 6 jours », « il reste 3 heures », « il reste 12 minutes » ; « terminé » une fois l'instant passé."""
    return reste_entre(maintenant(), instant)


def reste_entre(debut: datetime, fin: datetime) -> str:
    """Le temps qui sépare deux instants, dit dans la plus grande unité utile, arrondi par défaut : on ne promet jamais trop."""
    minutes = int((fin - debut).total_seconds() // 60)
    if fin <= debut:
        return "terminé"
    if minutes < 1:
        return "il reste moins d’une minute"
    jours, heures = (fin.astimezone(PARIS).date() - debut.astimezone(PARIS).date()).days, minutes // 60
    nombre, unite = (jours, "jour") if heures >= 48 else (heures, "heure") if heures else (minutes, "minute")
    return f"il reste {nombre}{INSECABLE}{unite}{'s' if nombre > 1 else ''}"


@register.filter
def est_passe(instant: datetime) -> bool:
    """Vrai si l'instant est passé."""
    return instant <= maintenant()


@register.filter
def iso(instant: datetime | date) -> str:
    """Pour l'attribut `datetime` de <time>, à la seconde et à l'heure de Paris."""
    if not isinstance(instant, datetime):
        return instant.isoformat()
    return timezone.localtime(instant, PARIS).isoformat(timespec="seconds")
