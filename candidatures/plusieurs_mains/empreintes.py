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


VIDE = empreinte_ecrite(None)
"""L'empreinte d'une réponse vide."""


def reponse(sujet: Model, nom: str) -> Any:
    """La réponse gardée, d'une candidature ou d'un avis."""
    gardee = getattr(sujet, nom)
    return list(gardee.all()) if nom in LISTE_PAR_NOM else gardee


def empreintes(sujet: Model, noms: Iterable[str]) -> dict[str, str]:
    """L'empreinte de chaque réponse gardée."""
    return {nom: empreinte(nom, reponse(sujet, nom)) for nom in noms}


def changees(sujet: Model, lues: Mapping[str, str]) -> dict[str, str]:
    """Les réponses que la base n'a plus telles que la page les montrait, et leur empreinte d'aujourd'hui."""
    gardees = {nom: ecrire_la_reponse(nom, reponse(sujet, nom)) for nom in lues}
    empreintees = {
        nom: empreinte_ecrite(gardee) for nom, gardee in gardees.items() if not case_laissee_vide(nom, gardee, lues[nom])
    }
    return {nom: e for nom, e in empreintees.items() if e != lues[nom]}


def case_laissee_vide(nom: str, gardee: Any, lue: str) -> bool:
    """Vrai d'une case qui n'avait pas de réponse, et que l'enregistrement de sa section a dite « non »."""
    return isinstance(CHAMPS.get(nom), Case) and gardee is False and lue == VIDE


def ecrire(gardees: Mapping[str, str]) -> str:
    """« nom:0123456789abcdef … », pour un champ caché."""
    return " ".join(f"{nom}:{valeur}" for nom, valeur in gardees.items())


def lire(texte: str) -> dict[str, str]:
    """L'inverse ; ce qui n'est pas lisible est ignoré."""
    couples = (mot.partition(":") for mot in texte.split())
    return {nom: valeur for nom, separe, valeur in couples if separe}
