"""Deux retouches à l'arbre des balises que WeasyPrint 70 écrit, pour les lecteurs d'écran.

Un titre en ligne coupé par une fin de ligne y devient deux titres : ils sont recousus. Un marqueur de liste y est rangé dans
le corps de l'élément (`LBody`) : il est remis à côté (`LI` → `Lbl`, `LBody`).
"""

from __future__ import annotations

from typing import Any, TypeAlias

TITRES = ("/H2", "/H3", "/H4")
Balises: TypeAlias = dict[bytes, Any]
"""Les balises par référence ; chacune est un dictionnaire qui connaît la sienne."""


def retoucher(_document: object, pdf: Any) -> None:
    """Le dernier geste avant l'écriture (`finisher` de WeasyPrint)."""
    balises: Balises = {objet.reference: objet for objet in pdf.objects if _est_balise(objet)}
    for balise in balises.values():
        _recoudre_les_titres(balise, balises)
        if balise["S"] == "/LI":
            _sortir_le_marqueur(balise, balises)


def _est_balise(objet: object) -> bool:
    return isinstance(objet, dict) and objet.get("Type") == "/StructElem"


def _recoudre_les_titres(parent: Any, balises: Balises) -> None:
    """Deux titres voisins de même niveau, sans rien entre eux, sont les morceaux d'un seul."""
    enfants, precedent = parent["K"], None
    for reference in list(enfants):
        balise = balises.get(reference)
        if balise and precedent and balise["S"] == precedent["S"] in TITRES:
            _adopter(precedent, balise["K"], balises)
            balise["K"].clear()
            enfants.remove(reference)
        else:
            precedent = balise


def _sortir_le_marqueur(element: Any, balises: Balises) -> None:
    """`LBody` → [`NonStruct` →] `Lbl` devient `Lbl`, `LBody`."""
    porteur = element
    while porteur["K"] and (premier := balises.get(porteur["K"][0])):
        if premier["S"] == "/Lbl":
            del porteur["K"][0]
            element["K"].insert(0, premier.reference)
            premier["P"] = element.reference
            return
        porteur = premier


def _adopter(parent: Any, enfants: list[Any], balises: Balises) -> None:
    parent["K"].extend(enfants)
    for reference in enfants:
        if reference in balises:
            balises[reference]["P"] = parent.reference
