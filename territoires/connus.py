"""Les territoires de la donnée de référence, sans lire la base : chaque migration l'y remet (`territoires.chargement`).

Les objets sont les mêmes d'une page à l'autre : on les lit, on ne les change pas.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

from territoires.chargement import tables
from territoires.models import Departement, Region, cle_de_nom, libelle_de


def regions_de(codes: Collection[str]) -> dict[str, Region]:
    """Ces régions, par code, dans leur ordre ; la base n'est lue que d'un code que la référence ne connaît plus."""
    connues = _regions()
    if all(code in connues for code in codes):
        return {code: connues[code] for code in sorted(codes)}
    return Region.objects.in_bulk(codes)


def departements_de(codes: Collection[str]) -> dict[str, Departement]:
    """De même, chacun avec sa région."""
    connus = _departements()
    if all(code in connus for code in codes):
        return {code: connus[code] for code in sorted(codes)}
    return Departement.objects.select_related("region").in_bulk(codes)


@cache
def choix_de_regions() -> list[tuple[str, str]]:
    """(code, nom), par ordre alphabétique."""
    return sorted(((region.pk, region.nom) for region in _regions().values()), key=lambda choix: cle_de_nom(choix[1]))


@cache
def choix_de_departements() -> list[tuple[str, str]]:
    """(code, « 77 – Seine-et-Marne »), par code."""
    return [(code, f"{code} – {_departements()[code].nom}") for code in sorted(_departements())]


@cache
def departements_par_region() -> list[tuple[str, list[tuple[str, str]]]]:
    """Chaque région par son nom, dans l'ordre des noms, et ses départements par code : (code, « Seine-et-Marne (77) »)."""
    regions: dict[str, list[tuple[str, str]]] = {}
    for code in sorted(_departements()):
        departement = _departements()[code]
        regions.setdefault(departement.region.nom, []).append((code, libelle_de(departement.nom, code)))
    return sorted(regions.items(), key=lambda couple: cle_de_nom(couple[0]))


@cache
def _regions() -> dict[str, Region]:
    return {ligne["code"]: Region(**ligne) for ligne in dict(tables())["Region"]}


@cache
def _departements() -> dict[str, Departement]:
    connus = {ligne["code"]: Departement(**ligne) for ligne in dict(tables())["Departement"]}
    for departement in connus.values():
        departement.region = _regions()[departement.region_id]
    return connus
