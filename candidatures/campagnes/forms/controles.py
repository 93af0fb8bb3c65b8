"""Le niveau de chaque contrôle de cohérence, pour une campagne."""

from __future__ import annotations

import json
from typing import Any

from django import forms

from candidatures.coherence import AUCUN, CONTROLE_PAR_CODE, CONTROLES, EXIGEES, JUSTIFICATIONS, PERSONNELLES, Controle, Niveau
from candidatures.models import Campagne

CHOIX_JUSTIFICATIONS = [
    ("", "Demandées : le dépôt reste possible sans, et les services le lisent (réglage habituel)"),
    (EXIGEES, "Exigées : pas de dépôt tant qu'un constat « à justifier » ne l'est pas"),
]


class FormulaireDesControles(forms.Form):
    """Un choix par contrôle ; vide : le niveau habituel. La page retient ce qu'elle montrait."""

    lu = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, campagne: Campagne, donnees: Any = None) -> None:
        super().__init__(donnees, initial={"lu": json.dumps(campagne.niveaux, sort_keys=True)})
        self.campagne = campagne
        self.fields[JUSTIFICATIONS] = forms.ChoiceField(
            label="Justifications", required=False, choices=CHOIX_JUSTIFICATIONS, initial=campagne.niveaux.get(JUSTIFICATIONS, "")
        )
        for controle in CONTROLES:
            self.fields[controle.code] = forms.ChoiceField(
                label=controle.libelle, required=False, choices=_choix(controle), initial=campagne.niveaux.get(controle.code, "")
            )

    def niveaux(self) -> dict[str, str]:
        """Les niveaux choisis, ceux qui diffèrent de l'habituel."""
        return {code: niveau for code, niveau in self.cleaned_data.items() if code != "lu" and niveau}

    def clean_lu(self) -> dict[str, str]:
        """Ce que la page montrait ; illisible, ce qui est gardé."""
        try:
            lu = json.loads(self.cleaned_data["lu"])
        except ValueError:
            lu = None
        return lu if isinstance(lu, dict) else self.campagne.niveaux

    def disputer(self, campagne: Campagne, codes: list[str]) -> None:
        """Dit ce qu'un autre administrateur vient de choisir ; enregistrer de nouveau gardera les choix de cette page."""
        for code in codes:
            libelles = dict(CHOIX_JUSTIFICATIONS if code == JUSTIFICATIONS else _choix(CONTROLE_PAR_CODE[code]))
            choisi = libelles[campagne.niveaux.get(code, "")]
            self.add_error(
                code, f"Un autre administrateur vient de choisir « {choisi} ». Enregistrez de nouveau pour garder votre choix."
            )
        self.data = {**dict(self.data.items()), "lu": json.dumps(campagne.niveaux, sort_keys=True)}


def _choix(controle: Controle) -> list[tuple[str, str]]:
    choix = [("", f"{controle.niveau.label} (niveau habituel)")]
    if controle.code != PERSONNELLES:  # un rappel ne refuse jamais un dépôt (E-2)
        choix += [(niveau.value, niveau.label) for niveau in Niveau if niveau != controle.niveau]
    return [*choix, (AUCUN, "Ne pas contrôler")]
