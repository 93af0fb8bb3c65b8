"""Les formulaires des avis : chercher dans sa liste, écrire un avis, donner un motif."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from avis.a_traiter import ETAPES_A_FAIRE, Territoire, repond
from avis.attendus import Etape
from avis.colonnes import Repere
from avis.models import AvisDepartemental, AvisRegional
from candidatures.champs_formulaire import TexteField
from candidatures.echange import champs_d_avis
from candidatures.forms.instants import ChampDInstant

Avis = AvisDepartemental | AvisRegional
LU, CHOIX = "lu-", "choix-"
"""Devant le nom d'un champ : la valeur que la page montrait ; le texte gardé après un conflit."""
MOTIF_MAXIMUM = 2_000
A_FAIRE = "a_faire"
EXIGES = {"reproductibilite", "sens", "motif_passer_outre"}
AIDES = {
    "champ_libre": "Les listes à puces et la numérotation sont gardées telles que tapées ou collées.",
    "motif_passer_outre": "Il est lu du niveau national. Les avis en retard ne seront plus attendus.",
}


# --- Chercher ----------------------------------------------------------------------------------------------------------
class FiltreATraiter(forms.Form):
    """Chercher dans « À traiter ». Une valeur inconnue est dite, et ne filtre rien."""

    q = forms.CharField(label="Numéro, projet ou organisme", required=False, max_length=200)
    etape = forms.ChoiceField(label="Étape", required=False, choices=[("", "Toutes"), (A_FAIRE, "à rendre"), *Etape.choices])

    def __init__(self, donnees: Mapping[str, Any], territoires: list[Territoire]) -> None:
        super().__init__(donnees)
        if len(territoires) > 1:
            choix = [(territoire.cle, str(territoire)) for territoire in territoires]
            self.fields["territoire"] = forms.ChoiceField(label="Territoire", required=False, choices=[("", "Tous"), *choix])

    def filtrer(self, lignes: Iterable[Repere]) -> list[Repere]:
        """Les lignes qui répondent à tout ce qui est compris."""
        self.is_valid()
        etape, territoire = self.cleaned_data.get("etape"), self.cleaned_data.get("territoire")
        mots, etapes = self.cleaned_data.get("q", "").split(), ETAPES_A_FAIRE if etape == A_FAIRE else (etape,)
        return [
            ligne
            for ligne in lignes
            if (not etape or ligne.etape in etapes)
            and (not territoire or f"{ligne.niveau}-{ligne.territoire}" == territoire)
            and repond(ligne, mots)
        ]

    @property
    def est_pose(self) -> bool:
        """Vrai si un filtre au moins est compris et rempli."""
        self.is_valid()
        return any(self.cleaned_data.values())


# --- Écrire un avis ----------------------------------------------------------------------------------------------------
class FormulaireDAvis(forms.ModelForm[Any]):
    """Les rubriques d'un avis, intitulées comme sur le papier ; rien n'est exigé pour enregistrer le brouillon.

    La page garde, à côté de chaque réponse, celle qu'elle montrait : un collègue qui a écrit entre-temps n'est pas effacé.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for nom, champ in self.fields.items():
            champ.required = False
            vars(champ).update(exige=nom in EXIGES, aide=AIDES.get(nom, ""))  # lu par le gabarit du champ

    def _post_clean(self) -> None:
        """L'instance n'est pas touchée : seules les actions écrivent."""

    def reponses(self) -> dict[str, Any]:
        """Les réponses envoyées et justes."""
        self.is_valid()
        return {nom: valeur for nom, valeur in self.cleaned_data.items() if self._est_envoye(nom)}

    def valeurs(self) -> dict[str, Any]:
        """Ce qu'il faut écrire : les réponses justes qui diffèrent de ce que la page montrait."""
        lues = self.lues()
        return {nom: valeur for nom, valeur in self.reponses().items() if valeur != lues[nom]}

    def lues(self) -> dict[str, Any]:
        """Ce que la page montrait ; à défaut (rien d'envoyé, illisible), ce qui est gardé."""
        return {nom: self._lue(nom, champ) for nom, champ in self.fields.items()}

    def _lue(self, nom: str, champ: forms.Field) -> Any:
        gardee = getattr(self.instance, nom)
        if not self.is_bound or LU + nom not in self.data:
            return gardee
        try:
            return champ.clean(self.data[LU + nom])
        except ValidationError:
            return gardee

    def retenir(self, gardees: Mapping[str, Any]) -> None:
        """La page, réaffichée, montrera ces réponses comme gardées : qui les change encore ne se les dispute pas à soi-même."""
        self.data = {**dict(self.data.items()), **{LU + nom: valeur for nom, valeur in gardees.items()}}

    def _est_envoye(self, nom: str) -> bool:
        return not self.fields[nom].widget.value_omitted_from_data(self.data, self.files, nom)

    @property
    def caches(self) -> list[tuple[str, str, Any]]:
        """Les champs cachés qui retiennent ce que la page montre : leur nom, celui du champ dont ils parlent, leur valeur."""
        return [(LU + nom, nom, valeur) for nom, valeur in self.lues().items()]


@cache
def _classe(modele: type[Avis], *plus: str) -> type[FormulaireDAvis]:
    noms = [champ.name for champ in champs_d_avis(modele)]
    fabrique: Any = forms.modelform_factory(modele, form=FormulaireDAvis, fields=[*noms, *plus])
    if plus:
        motif = TexteField(maximum=MOTIF_MAXIMUM, lignes=3, required=False, label="Motif pour passer outre les avis en retard")
        fabrique = type("FormulairePassantOutre", (fabrique,), {"motif_passer_outre": motif})
    classe: type[FormulaireDAvis] = fabrique
    return classe


def formulaire_d_avis(avis: Avis, donnees: QueryDict | None = None, *, passe_outre: bool = False) -> FormulaireDAvis:
    """Le formulaire de ce niveau ; `passe_outre` : avec le motif pour ne pas attendre des départements en retard."""
    plus = ("motif_passer_outre",) if passe_outre else ()
    return _classe(type(avis), *plus)(donnees, instance=avis)


def choix_faits(donnees: QueryDict) -> QueryDict:
    """Après un conflit : pour chaque champ disputé, le texte que la personne a choisi de garder (le sien, l'autre, les deux)."""
    resolues = donnees.copy()
    for cle in [cle for cle in donnees if cle.startswith(CHOIX)]:
        nom = cle.removeprefix(CHOIX)
        autre, sien = donnees.get(LU + nom, ""), donnees.get(nom, "")
        resolues[nom] = {"autre": autre, "deux": f"{autre}\n\n{sien}"}.get(str(donnees[cle]), sien)
    return resolues


# --- L'administrateur national -----------------------------------------------------------------------------------------
class FormulaireDeMotif(forms.Form):
    """Un motif, exigé."""

    motif = TexteField(maximum=MOTIF_MAXIMUM, lignes=4, label="Motif", error_messages={"required": "Écrivez le motif."})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        vars(self.fields["motif"])["aide"] = "Le service le lit dans le courriel qui le prévient."

    def clean_motif(self) -> str:
        """Des espaces ne sont pas un motif."""
        motif = str(self.cleaned_data["motif"])
        if not motif.strip():
            raise ValidationError("Écrivez le motif.")
        return motif


class FormulaireDeReport(FormulaireDeMotif):
    """Une nouvelle échéance, et pourquoi."""

    echeance = ChampDInstant("Nouvelle échéance", vide="Indiquez la date et l'heure.")
    field_order = ("echeance", "motif")
