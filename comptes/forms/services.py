"""Pour chaque région, le service qui rend l'avis régional ; les autres contribuent à son brouillon."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any, cast

from django import forms
from django.http import QueryDict

from comptes.ecriture import Changement
from comptes.models import Service
from territoires.models import cle_de_nom


class FormulaireDesServices(forms.Form):
    """Un choix par région ; la page retient ce qu'elle montrait, pour ne rien effacer de ce qu'un autre vient de choisir."""

    def __init__(self, donnees: Any = None) -> None:
        super().__init__(donnees)
        services = list(Service.objects.filter(region__isnull=False).select_related("region").order_by("type"))
        services.sort(key=lambda service: cle_de_nom(str(service.region)))
        self.par_region = {str(code): list(siens) for code, siens in groupby(services, key=lambda service: service.region_id)}
        for code, siens in self.par_region.items():
            self._ajouter(code, siens)

    def _ajouter(self, code: str, services: list[Service]) -> None:
        present = next((str(service.pk) for service in services if service.rend_avis_regional), "")
        self.fields[f"region_{code}"] = forms.ChoiceField(
            label=str(services[0].region),
            choices=[(str(service.pk), f"{service.nom} – {service.get_type_display()}") for service in services],
            initial=present,
            error_messages={"required": "Choisissez le service qui rend l'avis."},
        )
        vars(self.fields[f"region_{code}"])["exige"] = False  # toujours rempli : pas d'étoile
        self.fields[f"lu_{code}"] = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput, initial=present)

    @property
    def choix(self) -> dict[str, Changement]:
        """Par région, le service lu et le service voulu, en clés ; seulement celles qui changent."""
        tous = {c: Changement(self.cleaned_data[f"lu_{c}"], self.cleaned_data[f"region_{c}"]) for c in self.par_region}
        return {code: changement for code, changement in tous.items() if changement.lu != changement.voulu}

    def signaler(self, presents: Mapping[str, str]) -> None:
        """Ces régions ont changé entre-temps ; le prochain envoi se compare à ce qu'elles sont."""
        donnees = cast(QueryDict, self.data).copy()
        noms = {str(service.pk): service.nom for siens in self.par_region.values() for service in siens}
        for code, present in presents.items():
            donnees[f"lu_{code}"] = present
            self.add_error(
                f"region_{code}",
                f"Une autre personne vient de choisir « {noms.get(present, 'aucun')} ». Confirmez en enregistrant encore.",
            )
        self.data = donnees
