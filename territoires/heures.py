"""Dire un instant et une échéance en français, à l'heure de Paris et à celle de l'outre-mer."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import TextChoices

INSECABLE = "\u00a0"
JOURS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MOIS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)


class Fuseau(TextChoices):
    """Les fuseaux des 101 départements ; le libellé se met après une heure."""

    PARIS = "Europe/Paris", "heure de Paris"
    GUADELOUPE = "America/Guadeloupe", "heure de la Guadeloupe"
    MARTINIQUE = "America/Martinique", "heure de la Martinique"
    GUYANE = "America/Cayenne", "heure de la Guyane"
    REUNION = "Indian/Reunion", "heure de La Réunion"
    MAYOTTE = "Indian/Mayotte", "heure de Mayotte"


PAR_DEPARTEMENT = {
    "971": Fuseau.GUADELOUPE,
    "972": Fuseau.MARTINIQUE,
    "973": Fuseau.GUYANE,
    "974": Fuseau.REUNION,
    "976": Fuseau.MAYOTTE,
}
"""Le fuseau des départements d'outre-mer, par code ; partout ailleurs, celui de Paris."""


def heure_locale(instant: datetime, fuseau: str = Fuseau.PARIS) -> datetime:
    """Le même instant, lu à l'horloge de ce fuseau ; ValueError si l'instant est sans fuseau."""
    if instant.tzinfo is None:
        raise ValueError("Un instant sans fuseau horaire ne se convertit pas.")
    return instant.astimezone(ZoneInfo(fuseau))


def dire_jour(instant: datetime, fuseau: str = Fuseau.PARIS) -> str:
    """« mardi 30 juin 2026 », « mardi 1er décembre 2026 »."""
    local = heure_locale(instant, fuseau)
    quantieme = "1er" if local.day == 1 else str(local.day)
    return f"{JOURS[local.weekday()]} {quantieme} {MOIS[local.month - 1]} {local.year}"


def dire_heure(instant: datetime, fuseau: str = Fuseau.PARIS) -> str:
    """« 23 h 59 », « 9 h » ; les espaces sont insécables."""
    local = heure_locale(instant, fuseau)
    minutes = f"{INSECABLE}{local.minute:02}" if local.minute else ""
    return f"{local.hour}{INSECABLE}h{minutes}"


def dire(instant: datetime, fuseau: str = Fuseau.PARIS) -> str:
    """« mardi 30 juin 2026 à 23 h 59, heure de Paris »."""
    jour, heure = dire_jour(instant, fuseau), dire_heure(instant, fuseau)
    return f"{jour} à {heure}, {Fuseau(fuseau).label}"


def dire_a_la_seconde(instant: datetime, fuseau: str = Fuseau.PARIS) -> str:
    """« mardi 30 juin 2026 à 23 h 59 min 07 s, heure de Paris », pour un reçu."""
    local = heure_locale(instant, fuseau)
    heure = f"{local.hour}{INSECABLE}h{INSECABLE}{local.minute:02}{INSECABLE}min{INSECABLE}{local.second:02}{INSECABLE}s"
    return f"{dire_jour(instant, fuseau)} à {heure}, {Fuseau(fuseau).label}"


def dire_partout(instant: datetime, fuseaux: set[str]) -> str:
    """L'heure de Paris, puis celle de chaque fuseau d'outre-mer entre parenthèses ; le jour quand il diffère."""
    locales = [_dire_localement(instant, f) for f in Fuseau if f in fuseaux and f != Fuseau.PARIS]
    return dire(instant) + (f" ({' ; '.join(locales)})" if locales else "")


def _dire_localement(instant: datetime, fuseau: Fuseau) -> str:
    if heure_locale(instant, fuseau).date() != heure_locale(instant).date():
        return dire(instant, fuseau)
    return f"{dire_heure(instant, fuseau)}, {fuseau.label}"


def reste(instant: datetime, maintenant: datetime) -> str:
    """« il reste 6 jours », « il reste 3 heures », « close depuis le mardi 30 juin 2026 ».

    Compté vers le bas, pour ne jamais promettre plus que le temps restant ; en heures sous deux jours. L'instant de
    clôture lui-même est encore ouvert (F-19). Compté en UTC : entre deux heures de même fuseau, Python soustrait les
    horloges, et oublie l'heure de plus ou de moins d'un changement d'heure.
    """
    duree = instant.astimezone(UTC) - maintenant.astimezone(UTC)
    if duree < timedelta(0):
        return f"close depuis le {dire_jour(instant)}"
    return f"il reste {dire_duree(duree)}"


def dire_duree(duree: timedelta) -> str:
    """« 6 jours », « 47 heures », « 12 minutes », « moins d'une minute »."""
    minutes = int(duree.total_seconds()) // 60
    if minutes < 1:
        return "moins d'une minute"
    if minutes < 60:
        return _compter(minutes, "minute")
    if minutes < 48 * 60:
        return _compter(minutes // 60, "heure")
    return _compter(minutes // (24 * 60), "jour")


def _compter(nombre: int, unite: str) -> str:
    return f"{nombre}{INSECABLE}{unite}{'s' if nombre > 1 else ''}"


def dire_delai(instant: datetime, maintenant: datetime) -> str:
    """« hier », « aujourd'hui », « dans 3 jours », « il y a 5 jours » : en jours du calendrier de Paris."""
    jours = (heure_locale(instant).date() - heure_locale(maintenant).date()).days
    proches = {-1: "hier", 0: "aujourd'hui", 1: "demain"}
    if jours in proches:
        return proches[jours]
    return f"dans {_compter(jours, 'jour')}" if jours > 0 else f"il y a {_compter(-jours, 'jour')}"
