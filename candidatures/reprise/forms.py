"""Choisir, rubrique par rubrique, ce qu'on reprend d'une candidature antérieure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from django import forms
from django.forms.boundfield import BoundField

from candidatures.models import Annexe, Campagne
from candidatures.reprise.reprenables import Reprenable, Sort

PROPOSE = "propose"
ENSEMBLE = (
    (PROPOSE, "Comme proposé sous chaque rubrique"),
    (Sort.GARDER.value, "Tout garder"),
    (Sort.REVOIR.value, "Tout garder, et tout marquer à relire"),
)


@dataclass(frozen=True, slots=True)
class Choix:
    """Une rubrique à l'écran : ce qu'elle disait, et le champ où l'on choisit."""

    rubrique: Reprenable
    champ: BoundField


class FormulaireDeReprise(forms.Form):
    """Un choix d'ensemble, et des exceptions : une liste par rubrique répondue, une case par annexe."""

    campagne = forms.ModelChoiceField(Campagne.objects.none(), label="Pour quelle campagne", empty_label="Choisir une campagne")
    ensemble = forms.ChoiceField(label="Choix d'ensemble", choices=ENSEMBLE, widget=forms.RadioSelect, initial=PROPOSE)
    connues = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        donnees: Any = None,
        *,
        campagnes: Any,
        rubriques: Sequence[Reprenable],
        annexes: Iterable[Annexe],
        connues: Iterable[int],
    ) -> None:
        super().__init__(donnees, initial={"connues": " ".join(map(str, connues))})
        self.rubriques, self.annexes = rubriques, list(annexes)
        self._proposer(campagnes)
        for rubrique in rubriques:
            self.fields[f"sort_{rubrique.code}"] = _liste(rubrique)
        for annexe in self.annexes:
            self.fields[f"annexe_{annexe.pk}"] = forms.BooleanField(label=str(annexe), required=False, initial=True)

    def _proposer(self, campagnes: Any) -> None:
        champ: Any = self.fields["campagne"]
        champ.queryset = campagnes
        champ.error_messages["invalid_choice"] = "Cette campagne n'est pas ouverte."
        if len(possibles := list(campagnes[:2])) == 1:
            champ.initial, champ.empty_label = possibles[0].pk, None

    def par_section(self) -> list[tuple[str, list[Choix]]]:
        """Les rubriques à l'écran, section par section."""
        return [(section, list(choix)) for section, choix in groupby(self._choix(), key=lambda choix: choix.rubrique.section)]

    def _choix(self) -> Iterator[Choix]:
        return (Choix(rubrique, self[f"sort_{rubrique.code}"]) for rubrique in self.rubriques)

    def cases_des_annexes(self) -> list[BoundField]:
        """Une case par annexe."""
        return [self[f"annexe_{annexe.pk}"] for annexe in self.annexes]

    def champs_d_en_tete(self) -> list[BoundField]:
        """Ce qui se choisit une fois pour toutes."""
        return [self["campagne"], self["ensemble"]]

    def sorts(self) -> dict[str, Sort]:
        """Ce que devient chaque rubrique : l'exception si l'on en a dit une, sinon le choix d'ensemble."""
        ensemble = self.cleaned_data["ensemble"]
        return {r.code: Sort(self.cleaned_data[f"sort_{r.code}"] or _d_ensemble(ensemble, r)) for r in self.rubriques}

    def annexes_voulues(self) -> list[UUID]:
        """Les annexes à reprendre."""
        return [annexe.pk for annexe in self.annexes if self.cleaned_data[f"annexe_{annexe.pk}"]]

    def reprises_connues(self) -> list[int]:
        """Les reprises que la page montrait déjà."""
        return [int(mot) for mot in str(self.cleaned_data["connues"]).split()[:1000] if mot.isascii() and mot.isdigit()]


def _liste(rubrique: Reprenable) -> forms.ChoiceField:
    return forms.ChoiceField(label=rubrique.intitule, required=False, choices=[("", "selon le choix d'ensemble"), *Sort.choices])


def _d_ensemble(ensemble: str, rubrique: Reprenable) -> str:
    return rubrique.propose.value if ensemble == PROPOSE else ensemble
