"""Un instant saisi à l'heure de Paris : une date, une heure, et le changement d'heure dit clairement (F-21)."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError

from territoires.heures import MOIS, Fuseau, heure_locale

PARIS = ZoneInfo(Fuseau.PARIS)
HEURE_DITE = re.compile(r"(\d{1,2})[h:](\d{2})?(?::(\d{2}))?\Z", re.ASCII | re.IGNORECASE)
CONSEIL = "Écrivez par exemple 1 h 59 ou 3 h 00."


def instant_a_paris(jour: date, heure: time) -> datetime:
    """L'instant de cette date et de cette heure à Paris.

    Lève ValidationError pour une heure qui n'existe pas (fin mars) ou qui a lieu deux fois (fin octobre).
    """
    horloge = datetime.combine(jour, heure)
    premier, second = (horloge.replace(tzinfo=PARIS, fold=fold) for fold in (0, 1))
    quand = f"le {'1er' if jour.day == 1 else jour.day} {MOIS[jour.month - 1]} {jour.year}"
    dite = f"{heure.hour} h {heure.minute:02}"
    if premier.astimezone(UTC).astimezone(PARIS).replace(tzinfo=None) != horloge:
        phrase = f"{dite} n'existe pas {quand} : cette nuit-là, l'heure passe de 2 h à 3 h. {CONSEIL}"
        raise ValidationError(phrase, code="inexistant")
    if premier.utcoffset() != second.utcoffset():
        phrase = f"{dite} a lieu deux fois {quand} : cette nuit-là, l'heure revient de 3 h à 2 h. {CONSEIL}"
        raise ValidationError(phrase, code="ambigu")
    return premier


class ChampDHeure(forms.Field):
    """Une heure : « 23:59 » (navigateur), « 23 h 59 », « 9h »."""

    widget = forms.TimeInput

    def to_python(self, value: Any) -> time | None:
        """Lit l'heure ; None si vide."""
        texte = "".join(str(value or "").split())
        if not texte:
            return None
        heures, minutes, secondes = (int(m or 0) for m in lue.groups()) if (lue := HEURE_DITE.match(texte)) else (24, 0, 0)
        if heures > 23 or minutes > 59 or secondes > 59:
            raise ValidationError(f"« {str(value).strip()[:20]} » n'est pas une heure. Écrivez-la comme 23 h 59.", code="heure")
        return time(heures, minutes, secondes)


class SaisieDInstant(forms.MultiWidget):
    """Deux champs natifs du navigateur, qui se remplissent aussi au clavier et sans JavaScript."""

    libelles = ("Date", "Heure de Paris")
    use_fieldset = True

    def __init__(self) -> None:
        jour = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
        super().__init__({"jour": jour, "heure": forms.TimeInput({"type": "time"}, format="%H:%M:%S")})

    def decompress(self, value: Any) -> list[Any]:
        """Éclate un instant, lu à l'horloge de Paris ; les secondes ne sont montrées que s'il y en a."""
        if not isinstance(value, datetime):
            return [None, None]
        local = heure_locale(value)
        return [local.date(), f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"]

    def id_for_label(self, id_: str) -> str:
        """Un lien d'erreur mène à la date."""
        return f"{id_}_0"


class ChampDInstant(forms.MultiValueField):
    """Une date et une heure de Paris ; rend l'instant, ou None s'il est facultatif. `vide` : la phrase qui le réclame."""

    def __init__(self, label: str, *, vide: str = "", required: bool = True) -> None:
        jour = forms.DateField(error_messages={"invalid": "Cette date n'existe pas. Écrivez-la comme 30/06/2026."})
        jour.error_messages["incomplete"] = "Indiquez aussi la date."
        heure = ChampDHeure()
        heure.error_messages["incomplete"] = "Indiquez aussi l'heure."
        super().__init__(fields=(jour, heure), label=label, required=required, require_all_fields=False, widget=SaisieDInstant())
        self.error_messages["required"] = vide

    def compress(self, data_list: list[Any]) -> datetime | None:
        """Assemble, à l'heure de Paris."""
        return instant_a_paris(*data_list) if data_list else None
