"""Écrire ce qu'une personne a changé, et cela seul, sans effacer ce qu'une autre a écrit pendant ce temps.

Un champ changé porte la valeur lue et la valeur voulue : deux saisies sur des champs différents s'ajoutent, deux saisies
sur le même champ se signalent (`Conflit`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import models

from comptes.models import Habilitation, Role, Utilisateur
from hlm_projets.ecran.colonnes import colonne
from territoires.heures import dire, heure_locale

Objet = TypeVar("Objet", bound=models.Model)


@dataclass(frozen=True, slots=True)
class Changement:
    """Un champ changé : ce que la personne avait sous les yeux, ce qu'elle veut."""

    lu: Any
    voulu: Any


Changements = Mapping[str, Changement]


class EcritureRefusee(Exception):
    """L'acte n'est pas possible ; le texte est la phrase à montrer."""


class Conflit(Exception):
    """Une autre personne a changé les mêmes `champs` ; `objet` est l'état gardé."""

    def __init__(self, objet: models.Model, champs: list[str]) -> None:
        super().__init__(f"{objet} : {', '.join(champs)}")
        self.objet, self.champs = objet, champs


def valeur(objet: models.Model, nom: str) -> Any:
    """La valeur d'un champ, telle que la base la garde (la clé, pour un lien)."""
    return colonne(objet, nom).value_from_object(objet)


def en_mots(objet: models.Model, nom: str) -> str:
    """La valeur d'un champ, telle qu'on la dit ; vide pour rien."""
    choix = getattr(objet, f"get_{nom}_display", None)
    dite = choix() if choix else getattr(objet, nom)
    match dite:
        case None:
            return ""
        case bool():
            return "oui" if dite else "non"
        case datetime():
            return dire(dite)
        case date():
            return f"{dite:%d/%m/%Y}"
        case Decimal():
            return f"{dite:f}".replace(".", ",")
        case _:
            return str(dite)


def verrouiller(objet: Objet) -> Objet:
    """L'objet tel qu'il est en base, retenu jusqu'à la fin de la transaction."""
    return type(objet)._default_manager.select_for_update(of=("self",)).get(pk=objet.pk)


def verrouiller_l_administration(par: Utilisateur, le: datetime) -> None:
    """Met à la file les actes des administrateurs, et vérifie que `par` en est encore ; lève PermissionDenied sinon."""
    administrateurs = Habilitation.objects.filter(role=Role.ADMINISTRATEUR)
    list(administrateurs.order_by("pk").select_for_update(of=("self",)))
    if not administrateurs.en_cours(heure_locale(le).date()).filter(utilisateur=par).exists():
        raise PermissionDenied


def appliquer(garde: models.Model, changements: Changements) -> dict[str, list[str]]:
    """Écrit les champs changés dans un objet verrouillé ; rend {champ: [avant, après]}, vide si tout était déjà écrit.

    Lève Conflit, ou ValidationError si l'ensemble ne tient plus.
    """
    actuelles = {nom: valeur(garde, nom) for nom in changements}
    if conflits := [nom for nom, c in changements.items() if actuelles[nom] not in (c.lu, c.voulu)]:
        raise Conflit(garde, conflits)
    a_ecrire = [nom for nom, c in changements.items() if actuelles[nom] != c.voulu]
    if not a_ecrire:
        return {}
    avant = {nom: en_mots(garde, nom) for nom in a_ecrire}
    _poser(garde, {nom: changements[nom].voulu for nom in a_ecrire})
    garde.full_clean()
    garde.save(update_fields=a_ecrire)
    return {nom: [avant[nom], en_mots(garde, nom)] for nom in a_ecrire}


def _poser(objet: models.Model, valeurs: Mapping[str, Any]) -> None:
    for nom, voulue in valeurs.items():
        setattr(objet, colonne(objet, nom).attname, voulue)


def description(objet: models.Model, noms: Iterable[str]) -> dict[str, str]:
    """Les champs remplis, tels qu'on les dit, pour le journal."""
    return {nom: dite for nom in noms if (dite := en_mots(objet, nom))}
