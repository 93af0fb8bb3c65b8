"""Charge la donnée de référence après chaque migration (et après chaque vidage de la base de test)."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from django.apps import apps as applications
from django.apps.registry import Apps

from territoires.heures import PAR_DEPARTEMENT, Fuseau

DONNEES = Path(__file__).parent / "donnees"
Lignes = list[dict[str, Any]]


def charger(*, using: str = "default", apps: Apps = applications, **_signal: object) -> None:
    """Ajoute ou corrige régions et départements : trois requêtes, le même résultat autant de fois qu'on l'appelle.

    Récepteur de `post_migrate` : `apps` est alors l'état migré, où les modèles manquent si l'on revient à zéro.
    """
    if not _est_en_place(apps):
        return
    for nom, lignes in tables():
        modele = apps.get_model("territoires", nom)
        objets = [modele(**ligne) for ligne in lignes]
        champs = [c for c in lignes[0] if c != "code"]
        modele._default_manager.using(using).bulk_create(
            objets, update_conflicts=True, unique_fields=["code"], update_fields=champs
        )


def _est_en_place(apps: Apps) -> bool:
    return "departement" in apps.all_models["territoires"]


def tables() -> list[tuple[str, Lignes]]:
    """Les lignes de chaque modèle, dans l'ordre des dépendances ; les clés sont les colonnes."""
    regions, anciennes = _lire("regions"), _lire("anciennes_regions")
    avant_2016 = {dep: a["code"] for a in anciennes for dep in a["departements"]}
    departements = [
        {
            "code": d["code"],
            "nom": d["nom"],
            "region_id": d["region"],
            "ancienne_region_id": avant_2016.get(d["code"]),
            "fuseau": PAR_DEPARTEMENT.get(d["code"], Fuseau.PARIS).value,
        }
        for d in _lire("departements")
    ]
    lignes_anciennes = [
        {"code": a["code"], "nom": a["nom"], "variantes": a["variantes"], "region_id": a["region"]} for a in anciennes
    ]
    return [
        ("Region", regions),
        ("AncienneRegion", lignes_anciennes),
        ("Departement", departements),
    ]


@cache
def _lire(nom: str) -> Lignes:
    lignes: Lignes = json.loads((DONNEES / f"{nom}.json").read_text("utf-8"))
    return lignes


@cache
def noms_des_regions() -> dict[str, str]:
    """Chaque nom de région, d'aujourd'hui ou d'avant 2016, et ses variantes, avec le code d'aujourd'hui ; sans lire la base."""
    anciennes = {nom: a["region"] for a in _lire("anciennes_regions") for nom in (a["nom"], *a["variantes"])}
    return anciennes | {r["nom"]: r["code"] for r in _lire("regions")}
