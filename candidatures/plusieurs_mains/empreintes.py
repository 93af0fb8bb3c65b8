"""Ce que la page montrait, en une empreinte par réponse : de quoi n'écrire que ce que la personne a changé (F-09).

Deux personnes qui changent deux réponses s'ajoutent ; celle qui change la même réponse après l'autre lit les deux textes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Model

from candidatures.champs import Case
from candidatures.echange.ecrire import ecrire_la_reponse
from candidatures.sections import CHAMPS, LISTE_PAR_NOM


def empreinte(nom: str, valeur: Any) -> str:
    """Seize chiffres hexadécimaux ; la même réponse, venue de la base ou d'une saisie, a la même."""
    return empreinte_ecrite(ecrire_la_reponse(nom, valeur))


def empreinte_ecrite(ecrite: Any) -> str:
    """La même, d'une réponse déjà au format d'échange (l'historique la garde ainsi)."""
    contenu = json.dumps(ecrite, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(contenu.encode()).hexdigest()[:16]


def reponse(candidature: Model, nom: str) -> Any:
    """La réponse gardée, d'une candidature ou d'un avis."""
    gardee = getattr(candidature, nom)
    return list(gardee.all()) if nom in LISTE_PAR_NOM else gardee


def empreintes(candidature: Model, noms: Iterable[str]) -> dict[str, str]:
    """L'empreinte de chaque réponse gardée."""
    return {nom: empreinte(nom, reponse(candidature, nom)) for nom in noms}


def disputees(candidature: Model, voulues: Mapping[str, Any], lues: Mapping[str, str]) -> list[str]:
    """Les réponses que la base n'a plus telles que la page les montrait, et que l'on veut autres qu'elle ne les a.

    Une case devenue « non » parce que sa section a été enregistrée n'a été changée par personne.
    """
    gardees = empreintes(candidature, [nom for nom in voulues if nom in lues])
    return [
        nom
        for nom, gardee in gardees.items()
        if gardee not in (lues[nom], empreinte(nom, voulues[nom])) and not case_laissee_vide(candidature, nom, lues[nom])
    ]


def changees(candidature: Model, lues: Mapping[str, str]) -> dict[str, str]:
    """Les réponses que la base n'a plus telles que la page les montrait, et leur empreinte d'aujourd'hui."""
    gardees = empreintes(candidature, lues)
    return {nom: e for nom, e in gardees.items() if e != lues[nom] and not case_laissee_vide(candidature, nom, lues[nom])}


def case_laissee_vide(candidature: Model, nom: str, lue: str) -> bool:
    """Vrai d'une case qui n'avait pas de réponse, et que l'enregistrement de sa section a dite « non »."""
    return isinstance(CHAMPS.get(nom), Case) and getattr(candidature, nom) is False and lue == empreinte(nom, None)


def ecrire(gardees: Mapping[str, str]) -> str:
    """« nom:0123456789abcdef … », pour un champ caché."""
    return " ".join(f"{nom}:{valeur}" for nom, valeur in gardees.items())


def lire(texte: str) -> dict[str, str]:
    """L'inverse ; ce qui n'est pas lisible est ignoré."""
    couples = (mot.partition(":") for mot in texte.split())
    return {nom: valeur for nom, separe, valeur in couples if separe}
