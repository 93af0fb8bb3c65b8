"""Le filtre des décisions, et la confirmation de leur publication."""

from __future__ import annotations

from typing import cast

from django import forms
from django.http import QueryDict

from candidatures.etats import DU_COMITE, Etat
from candidatures.models import Campagne, Candidature
from pilotage.decisions.dossiers import TRIS as TRIS_DES_DECISIONS


class FiltreDesDecisions(forms.Form):
    """La campagne, l'état de la décision, l'ordre dans lequel l'enveloppe se consomme."""

    campagne = forms.ChoiceField(label="Campagne", required=False)
    decision = forms.ChoiceField(label="Décision", required=False)
    tri = forms.ChoiceField(label="Trier par", required=False)

    def __init__(self, donnees: QueryDict) -> None:
        self.campagnes = {str(campagne.pk): campagne for campagne in Campagne.objects.all()}
        demandees = donnees.copy()
        if not demandees.get("campagne"):
            demandees["campagne"] = self._par_defaut()
        super().__init__(demandees)
        etats = [(etat.value, "À décider" if etat == Etat.COMITE else etat.label) for etat in DU_COMITE]
        self._choisir("campagne", [(pk, campagne.titre) for pk, campagne in self.campagnes.items()])
        self._choisir("decision", [("", "Toutes"), *etats])
        self._choisir("tri", [(nom, libelle) for nom, (libelle, _) in TRIS_DES_DECISIONS.items()])
        self.is_valid()

    def _par_defaut(self) -> str:
        """La campagne la plus récente qui a un dossier devant le comité, à défaut la plus récente."""
        examinees = set(Candidature.objects.filter(etat__in=DU_COMITE).order_by().values_list("campagne", flat=True).distinct())
        cles = list(self.campagnes)
        return next((pk for pk in cles if int(pk) in examinees), next(iter(cles), ""))

    def _choisir(self, nom: str, choix: list[tuple[str, str]]) -> None:
        cast(forms.ChoiceField, self.fields[nom]).choices = choix

    def valeur(self, nom: str) -> str:
        """La valeur demandée, si elle a été comprise."""
        return str(self.cleaned_data.get(nom) or "")

    @property
    def choisie(self) -> Campagne | None:
        """La campagne demandée ; None s'il n'y en a aucune."""
        return self.campagnes.get(self.valeur("campagne")) or self.campagnes.get(self._par_defaut())


class FormulaireDePublication(forms.Form):
    """La confirmation explicite, et l'empreinte de ce qui a été relu."""

    confirme = forms.BooleanField(
        label="J'ai relu ces décisions, et je les publie : elles ne se corrigeront plus.",
        error_messages={"required": "Cochez cette case pour publier."},
    )
    relue = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
