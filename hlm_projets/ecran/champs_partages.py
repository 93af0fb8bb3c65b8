"""Les champs d'une classe de formulaire, les mêmes pour toutes ses instances.

Django les recopie à chaque instance, choix et validateurs compris : un quart du temps d'un tableau de douze rangées. Une classe dont
rien ne change les champs une fois qu'elle est faite les partage ; le dictionnaire, lui, reste propre à chaque instance.
"""

from __future__ import annotations

from typing import Any

from django import forms


class ChampsPartages(dict[str, forms.Field]):
    """Copié, le dictionnaire est neuf et ses champs sont les mêmes ; sauf ceux qui lisent la base : leur requête est à chacun."""

    def __deepcopy__(self, memo: dict[int, Any]) -> ChampsPartages:
        """Ce que `BaseForm.__init__` fait de `base_fields`."""
        copies = {nom: champ.__deepcopy__(memo) for nom, champ in self.items() if isinstance(champ, forms.ModelChoiceField)}
        return ChampsPartages({**self, **copies})


def partager(classe: Any) -> Any:
    """Décore une classe de formulaire, une fois ses champs tels qu'ils resteront ; une classe qui en hérite est à décorer aussi."""
    classe.base_fields = ChampsPartages(classe.base_fields)
    return classe
