"""Commencer une candidature."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms

from candidatures.models import Campagne
from comptes.models import Organisme, Utilisateur
from comptes.portees import portee_de


class FormulaireDeCreation(forms.Form):
    """La campagne ouverte et l'organisme de la personne ; choisis d'avance quand il n'y en a qu'un."""

    campagne = forms.ModelChoiceField(Campagne.objects.none(), label="Campagne", empty_label="Choisir une campagne")
    organisme = forms.ModelChoiceField(Organisme.objects.none(), label="Pour quel organisme", empty_label="Choisir un organisme")

    def __init__(self, *args: Any, par: Utilisateur, maintenant: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._proposer("campagne", Campagne.objects.ouvertes(maintenant))
        self._proposer("organisme", Organisme.objects.filter(pk__in=portee_de(par).organismes))
        self.fields["campagne"].error_messages["invalid_choice"] = "Cette campagne n'est pas ouverte."
        self.fields["organisme"].error_messages["invalid_choice"] = "Choisissez l'un de vos organismes."

    def _proposer(self, nom: str, choix: Any) -> None:
        champ: Any = self.fields[nom]
        champ.queryset = choix
        if len(possibles := list(choix[:2])) == 1:
            champ.initial = possibles[0].pk
            champ.empty_label = None
