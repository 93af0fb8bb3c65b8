"""Lire l'historique d'une rubrique, et remettre un texte ancien : ce que disent l'adresse et le bouton, validé."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import QuerySet

MOMENT = re.compile(r"(?P<pk>\d{1,18})-(?P<cote>avant|apres)", re.ASCII)


def lire_le_moment(texte: str) -> tuple[int, str] | None:
    """« 12-apres » : l'état de la rubrique après le changement 12."""
    lu = MOMENT.fullmatch(texte)
    return (int(lu["pk"]), lu["cote"]) if lu else None


@dataclass(frozen=True, slots=True)
class Autrefois:
    """Une réponse d'autrefois, au format d'échange : None, si elle était vide."""

    ecrite: Any


class FormulaireDeComparaison(forms.Form):
    """De quel état à quel état ; `moments` : ceux que l'on propose, par leur écriture."""

    rubrique = forms.CharField(widget=forms.HiddenInput)
    de = forms.ChoiceField(label="De", required=False)
    a = forms.ChoiceField(label="À", required=False)

    def __init__(self, donnees: Mapping[str, Any], rubrique: str, moments: Mapping[str, str]) -> None:
        defaut = {"rubrique": rubrique, **dict(zip(("de", "a"), _extremes(moments), strict=True))}
        demandes = {nom: donnees[nom] for nom in ("de", "a") if donnees.get(nom) in moments}
        super().__init__(defaut | demandes)
        for nom in ("de", "a"):
            champ: Any = self.fields[nom]
            champ.choices = list(moments.items())


def _extremes(moments: Mapping[str, str]) -> tuple[str, str]:
    """Ce qu'a fait le dernier changement."""
    recents = list(moments)
    return (recents[1] if len(recents) > 1 else recents[0], recents[0]) if recents else ("", "")


class FormulaireDeRemise(forms.Form):
    """Remettre l'état d'un changement ; `lu` : l'empreinte de la réponse que la page montrait ; `noms` : les rubriques permises."""

    rubrique = forms.ChoiceField()
    moment = forms.RegexField(MOMENT)
    lu = forms.CharField(max_length=120, required=False)

    def __init__(self, donnees: Mapping[str, Any], noms: Iterable[str]) -> None:
        super().__init__(donnees)
        champ: Any = self.fields["rubrique"]
        champ.choices = [(nom, nom) for nom in noms]

    def changement(self, traces: QuerySet[Any]) -> Autrefois | None:
        """La réponse à remettre, au format d'échange ; None si ce changement n'est pas, ou plus, de ceux-là."""
        moment = lire_le_moment(self.cleaned_data["moment"]) if self.is_valid() else None
        if moment is None:
            return None
        trouve = traces.filter(rubrique=self.cleaned_data["rubrique"], pk=moment[0]).first()
        return Autrefois(getattr(trouve, moment[1])) if trouve else None
