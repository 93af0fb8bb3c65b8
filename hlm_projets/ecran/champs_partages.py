"""Des champs qu'un formulaire ne recopie pas : ceux qui ne changent pas d'une fois à l'autre.

Django recopie en profondeur chaque champ, son widget et ses messages, à chaque formulaire : pour un tableau de soixante rangées, trois
cents fois.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, TypeVar

from django import forms

Classe = TypeVar("Classe", bound=type[forms.BaseForm])


class ChampsPartages(dict[str, forms.Field]):
    """Les champs d'une classe de formulaire ; « recopiés », ce sont les mêmes, sauf ceux qui lisent la base."""

    def __deepcopy__(self, memo: Any) -> dict[str, forms.Field]:
        """Un dictionnaire neuf : un formulaire peut s'ajouter un champ, jamais en changer un."""
        return {nom: deepcopy(champ, memo) if hasattr(champ, "queryset") else champ for nom, champ in self.items()}


def partager(classe: Classe, reglages: Mapping[str, Mapping[str, Any]] | None = None) -> Classe:
    """Les formulaires de cette classe se partagent leurs champs ; `reglages` : les attributs à y poser, par nom, une fois pour tous."""
    formulaire: Any = classe
    for nom, attributs in (reglages or {}).items():
        for attribut, valeur in attributs.items():
            setattr(formulaire.base_fields[nom], attribut, valeur)
    formulaire.base_fields = ChampsPartages(formulaire.base_fields)
    return classe
