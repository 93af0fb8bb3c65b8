"""Les justifications des constats : un champ de texte par constat à justifier."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from candidatures.champs.a_saisir import TexteField
from candidatures.champs.textes import normaliser
from candidatures.coherence import CONTROLE_PAR_CODE, Constat, Niveau, justifications_exigees
from candidatures.coherence.justifier import MAXIMUM, textes_de
from candidatures.models import Candidature

PREFIXE = "justification-"
LU = "lu-"


class FormulaireDeJustifications(forms.Form):
    """Un champ par constat à justifier ; la page garde, à côté, le texte qu'elle montrait."""

    def __init__(self, candidature: Candidature, constats: list[Constat], donnees: Any = None) -> None:
        super().__init__(donnees)
        self.gardees = textes_de(candidature)
        self.tenues: dict[str, str] = {}
        self.constats = [constat for constat in constats if constat.niveau == Niveau.A_JUSTIFIER]
        for code in self._codes():
            champ = TexteField(maximum=MAXIMUM, lignes=3, required=False, label="Votre justification")
            champ.initial = self.gardees.get(code, "")
            vars(champ).update(aide="Lue des services avec le constat.", exige=justifications_exigees(candidature))
            self.fields[f"{PREFIXE}{code}"] = champ

    def _codes(self) -> list[str]:
        """Ceux des constats, et ceux qu'une page envoie encore : un constat levé par un collègue n'emporte pas ce qu'on y répond."""
        envoyes = [code for code in CONTROLE_PAR_CODE if f"{PREFIXE}{code}" in self.data]
        return list(dict.fromkeys([*(constat.code for constat in self.constats), *envoyes]))

    def textes(self) -> dict[str, str]:
        """Les textes envoyés et justes, par code de contrôle ; d'un formulaire envoyé entier, ceux qui ont changé.

        Au fil de la frappe (`champs`), la page n'envoie que ce qu'elle veut voir écrit : un texte défait après une réponse perdue
        est celui qu'elle montrait, et n'est peut-être plus celui qui est gardé.
        """
        self.is_valid()
        envoyes = {nom.removeprefix(PREFIXE): texte for nom, texte in self.cleaned_data.items() if nom in self.data}
        if "champs" in self.data:
            return envoyes
        return {code: texte for code, texte in envoyes.items() if texte != self.lues().get(code)}

    def lues(self) -> dict[str, str]:
        """Ce que la page montrait, par code ; à défaut, ce qui est gardé."""
        return {c: normaliser(str(self.data.get(f"{LU}{PREFIXE}{c}", self.gardees.get(c, "")))) for c in self._codes()}

    def tient(self, nom: str, texte: str) -> bool:
        """Vrai si la base garde ce texte : un envoi devancé par un plus récent de la même page n'est pas ce qu'elle garde."""
        return self.tenues.get(nom.removeprefix(PREFIXE), texte) == texte

    def champ_de(self, code: str) -> forms.BoundField | None:
        """Le champ d'un constat, s'il est à justifier."""
        nom = f"{PREFIXE}{code}"
        return self[nom] if nom in self.fields else None

    def disputer(self, sienne: Mapping[str, str]) -> None:
        """Dit, à côté du texte tapé, ce qu'un collègue vient d'écrire ; enregistrer de nouveau gardera le texte tapé."""
        lus = {f"{LU}{PREFIXE}{code}": texte for code, texte in sienne.items()}
        self.data = {**dict(self.data.items()), **lus}
        for code, texte in sienne.items():
            self.add_error(
                f"{PREFIXE}{code}", f"Un collègue vient d'écrire : « {texte} ». Enregistrez de nouveau pour garder votre texte."
            )

    @property
    def caches(self) -> list[tuple[str, str, str]]:
        """Les champs cachés qui retiennent ce que la page montre : leur nom, le champ dont ils parlent, leur valeur."""
        return [(f"{LU}{PREFIXE}{code}", f"{PREFIXE}{code}", texte) for code, texte in self.lues().items()]
