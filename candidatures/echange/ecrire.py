"""Écrire le format d'échange « hlm-fiche/1 » : un JSON à plat dont les clés sont les codes du formulaire.

L'aller-retour est exact. Clé absente ou `null` : non renseigné.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db import models

from candidatures.champs import Champ, Choix, Cout, Texte
from candidatures.models import Candidature
from candidatures.sections import CHAMPS, LISTE_APRES, LISTE_PAR_NOM, Liste
from hlm_projets.ecran.colonnes import colonne

FORMAT = "hlm-fiche/1"
AVIS = ("avis_departementaux", "avis_regionaux")


def en_fiche(candidature: Candidature) -> dict[str, Any]:
    """La candidature au format d'échange, dans l'ordre du papier."""
    fiche: dict[str, Any] = {"format": FORMAT}
    for code, champ in CHAMPS.items():
        fiche[code] = _ecrire(champ, getattr(candidature, code))
        if liste := LISTE_APRES.get(code):
            fiche[liste.nom] = _ecrire_la_liste(liste, getattr(candidature, liste.nom).all())
    return fiche | {cle: avis_en_fiche(candidature, cle) for cle in AVIS}


def fiche_rendue(candidature: Candidature) -> dict[str, Any]:
    """La fiche à donner à qui la demande : une candidature déposée l'est dans sa version figée, avec les avis rendus depuis."""
    version = candidature.version
    figee = {cle: valeur for cle, valeur in version.fiche.items() if cle not in AVIS} if version else {}
    return en_fiche(candidature) | figee


def avis_en_fiche(candidature: Candidature, cle: str) -> list[dict[str, Any]]:
    """Les avis rendus, lus par l'accesseur inverse : ce module ne connaît pas l'application des avis."""
    territoire = "departement" if cle == "avis_departementaux" else "region"
    rendus = getattr(candidature, cle).filter(rendu_le__isnull=False).order_by(territoire)
    return [avis_fige(avis, territoire) for avis in rendus]


def avis_fige(avis: Any, territoire: str) -> dict[str, Any]:
    """Un avis rendu, dans sa forme d'échange ; `territoire` : « departement » ou « region »."""
    return (
        {territoire: getattr(avis, f"{territoire}_id"), "service": avis.service_nom or None}
        | {champ.name: _ecrire(champ, getattr(avis, champ.name)) for champ in champs_d_avis(type(avis))}
        | {"rendu_le": avis.rendu_le.isoformat()}
    )


def champs_d_avis(modele: type[models.Model]) -> list[Champ]:
    """Les rubriques d'un avis, dans l'ordre du papier."""
    return [champ for champ in modele._meta.local_fields if isinstance(champ, (Texte, Choix))]


def canonique(fiche: dict[str, Any]) -> str:
    """Le JSON canonique dont on prend l'empreinte."""
    return json.dumps(fiche, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def empreinte(fiche: dict[str, Any]) -> str:
    """SHA-256 du JSON canonique, en hexadécimal."""
    return hashlib.sha256(canonique(fiche).encode()).hexdigest()


def ecrire_la_reponse(nom: str, valeur: Any) -> Any:
    """Une réponse de la fiche (ou une ligne du contact) au format d'échange ; None si elle est vide."""
    if liste := LISTE_PAR_NOM.get(nom):
        ecrite = _ecrire_la_liste(liste, valeur)
        if "nature" in liste.colonnes:
            ecrite.sort(key=lambda objet: objet["nature"] or "")  # les dépenses précèdent les ressources
        return ecrite or None
    return _ecrire(CHAMPS[nom], valeur) if nom in CHAMPS else valeur or None


def _ecrire(champ: Champ, valeur: Any) -> Any:
    if valeur is None or valeur == "":
        return None
    if isinstance(valeur, Decimal):
        return f"{valeur:.2f}"
    return valeur.en_json() if isinstance(champ, Cout) else valeur


def _ecrire_la_liste(liste: Liste, elements: Iterable[models.Model]) -> list[Any]:
    """Un objet par élément, dans l'ordre donné ; la clé de chacun, par ordre croissant, si la liste n'a pas de colonnes."""
    if not liste.colonnes:
        return sorted(element.pk for element in elements)
    return [{nom: _ecrire(colonne(type(e), nom), getattr(e, nom)) for nom in liste.colonnes} for e in elements]
