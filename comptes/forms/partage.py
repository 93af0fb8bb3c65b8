"""Un formulaire que deux personnes peuvent ouvrir en même temps sans s'effacer l'une l'autre (`comptes.ecriture`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from django import forms
from django.core import signing
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.http import QueryDict

from comptes.ecriture import Changement, Changements, Conflit, EcritureRefusee, en_mots, valeur
from hlm_projets.ecran.colonnes import colonne

M = TypeVar("M", bound=models.Model)
SEL = "comptes.forms.partage"


class ChampLu(forms.CharField):
    """Ce que la personne avait sous les yeux, caché dans la page ; n'est pas une réponse."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(required=False)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Jamais : une ligne vide le reste."""
        return False


class FormulairePartage(forms.ModelForm[M]):
    """Retient dans la page les valeurs montrées ; `changements` dit ce qui a été changé, et depuis quoi."""

    lu = ChampLu()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._montrees = {nom: valeur(self.instance, nom) for nom in self._noms()}
        if self.instance.pk:
            self.initial["lu"] = _sceller(self._montrees)

    def _noms(self) -> list[str]:
        """Les champs qu'on peut changer ; un jeu de formulaires en ajoute d'autres, les siens, après coup."""
        declares = type(self).base_fields
        return [nom for nom in self._meta.fields or () if nom in declares and not self.fields[nom].disabled]

    def changements(self) -> Changements:
        """Les champs dont la réponse diffère de ce qui était montré ; à lire une fois le formulaire valide."""
        lues = self._lues()
        voulues = {nom: valeur(self.instance, nom) for nom in self._noms()}
        return {nom: Changement(lues[nom], voulue) for nom, voulue in voulues.items() if voulue != lues[nom]}

    def _lues(self) -> dict[str, Any]:
        """Ce que la page avait retenu ; à défaut (rien, illisible), ce qui est en base."""
        try:
            retenues = signing.loads(self.data.get(self.add_prefix("lu"), ""), salt=SEL)
        except signing.BadSignature:
            return self._montrees
        return {nom: self._relire(nom, retenues[nom]) if nom in retenues else v for nom, v in self._montrees.items()}

    def _relire(self, nom: str, texte: Any) -> Any:
        return colonne(self._meta.model, nom).to_python(texte)

    def signaler(self, conflit: Conflit) -> None:
        """Dit ce qu'une autre personne a écrit ; le prochain envoi se compare à cela."""
        donnees = cast(QueryDict, self.data).copy()
        donnees[self.add_prefix("lu")] = _sceller(self._lues() | {nom: valeur(conflit.objet, nom) for nom in conflit.champs})
        self.data = donnees
        for nom in conflit.champs:
            dite = en_mots(conflit.objet, nom) or "vide"
            phrase = f"Une autre personne vient d'écrire ici : « {dite} ». Gardez votre réponse en enregistrant encore, ou recopiez la sienne."
            self.add_error(nom, phrase)


def _sceller(valeurs: dict[str, Any]) -> str:
    textes = {nom: v if v is None or isinstance(v, bool | int) else str(v) for nom, v in valeurs.items()}
    return signing.dumps(textes, salt=SEL)


Formulaire = forms.BaseForm


def tenter(acte: Callable[[], object], principal: Formulaire, *autres: Formulaire) -> bool:
    """Fait l'acte ; ce qui l'empêche est dit dans le formulaire concerné, à défaut dans le principal. Vrai s'il est fait."""
    try:
        acte()
    except Conflit as conflit:
        concernes = [f for f in (principal, *autres) if isinstance(f, FormulairePartage) and f.instance == conflit.objet]
        concernes[0].signaler(conflit)
    except ValidationError as erreur:
        _dire(principal, erreur)
    except EcritureRefusee as refus:
        principal.add_error(None, str(refus))
    else:
        return True
    return False


def _dire(formulaire: Formulaire, erreur: ValidationError) -> None:
    for nom, messages in erreur.message_dict.items():
        connu = nom != NON_FIELD_ERRORS and nom in formulaire.fields
        formulaire.add_error(nom if connu else None, messages)
