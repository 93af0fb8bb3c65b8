"""Confirmer un passage : le montant ou le motif qu'il exige, et ce que la personne avait sous les yeux."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.http import url_has_allowed_host_and_scheme

from candidatures.avancement.plan import aide_demandee
from candidatures.champs.a_saisir import MontantField, TexteField
from candidatures.circuit import Ecran, Transition
from candidatures.circuit.franchir import dernier_passage
from candidatures.models import Candidature, Evenement
from candidatures.verrou import MOTIF_MAXIMUM


class FormulaireDePassage(forms.Form):
    """N'a que les champs du passage ; `lu` : le dernier passage montré, pour une décision que d'autres prennent aussi."""

    montant = MontantField(label="Montant accordé", error_messages={"required": "Écrivez le montant accordé, en euros."})
    motif = TexteField(label="Motif", maximum=MOTIF_MAXIMUM, lignes=4, required=True)
    lu = forms.IntegerField(required=False, widget=forms.HiddenInput)
    suite = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, passage: Transition, candidature: Candidature, donnees: Any = None, *, suite: str = "") -> None:
        initial: dict[str, Any] = {"montant": candidature.montant_accorde or aide_demandee(candidature).montant, "suite": suite}
        initial["motif"] = candidature.motif_de_la_decision if candidature.etat == passage.vers else ""
        if passage.ecran is Ecran.DECISION:
            dernier = dernier_passage(candidature)
            initial["lu"] = dernier.pk if dernier else None
        super().__init__(donnees, initial=initial)
        for nom, utile in (
            ("montant", passage.montant_exige),
            ("motif", passage.motif_exige),
            ("lu", passage.ecran is Ecran.DECISION),
        ):
            if not utile:
                del self.fields[nom]
        if passage.montant_exige:
            vars(self.fields["montant"]).update(unite="€", aide="Proposé : l'aide demandée, ou le montant déjà décidé.")

    def clean_montant(self) -> Decimal:
        """Un montant accordé n'est pas nul."""
        montant: Decimal | None = self.cleaned_data["montant"]
        if montant is None or montant <= 0:
            raise ValidationError("Écrivez le montant accordé, en euros : il est plus grand que zéro.")
        return montant

    def clean_motif(self) -> str:
        """Un motif exigé s'écrit."""
        motif: str = self.cleaned_data["motif"].strip()
        if not motif:
            raise ValidationError("Écrivez le motif.")
        return motif

    @property
    def valeurs(self) -> dict[str, Any]:
        """Ce qu'attend `actions.franchir`."""
        return {nom: valeur for nom, valeur in self.cleaned_data.items() if nom != "suite"}

    @property
    def ensuite(self) -> str:
        """La page du site où aller ensuite ; vide si l'adresse n'en est pas une."""
        demandee = str(self["suite"].value() or "")
        sure = demandee.startswith("/") and url_has_allowed_host_and_scheme(demandee, allowed_hosts=None)
        return demandee if sure else ""

    def devancer(self, evenement: Evenement) -> None:
        """Le prochain envoi se compare à ce passage, désormais sous les yeux de la personne."""
        donnees = cast(QueryDict, self.data).copy()
        donnees["lu"] = str(evenement.pk)
        self.data = donnees
