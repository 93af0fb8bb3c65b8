"""Ce qu'un contrôle trouve, et ce qu'on en fait."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.db import models

from candidatures.champs.textes import est_vide
from candidatures.models import Candidature
from candidatures.sections import TEXTES, intitule_de, precisee


class Niveau(models.TextChoices):
    """Ce qu'un constat demande au porteur."""

    BLOQUANT = "bloquant", "Bloquant"
    A_JUSTIFIER = "a_justifier", "À justifier"
    INFORMATION = "information", "Information"


DES_ANNEXES = "pieces"
"""Le nom, dans `rubriques`, des annexes du dossier ; des versions figées le gardent ainsi."""


@dataclass(frozen=True, slots=True)
class Trouve:
    """Ce que rend un contrôle ; `rubriques` : des noms de champs ou de listes, le premier est là où le constat se montre."""

    phrase: str
    rubriques: tuple[str, ...]
    chiffres: dict[str, str] = field(default_factory=dict)
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Constat:
    """Un contrôle qui a trouvé quelque chose : `phrase` dit quoi et que faire, `chiffres` les nombres par leur nom."""

    code: str
    niveau: Niveau
    phrase: str
    rubriques: tuple[str, ...]
    chiffres: dict[str, str] = field(default_factory=dict)
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Controle:
    """Une ligne de la table : le code ne change plus une fois publié (les justifications et les campagnes le nomment).

    `rapproche` : il lit d'autres dossiers ; la page de saisie, qui se rafraîchit sans cesse, s'en passe.
    """

    code: str
    libelle: str
    niveau: Niveau
    fonction: Callable[[Candidature], Trouve | None]
    rapproche: bool = False


def textes_de(candidature: Candidature, *, vides: bool = False) -> Iterator[tuple[str, str]]:
    """Chaque texte répondu, avec le nom de son champ, dans l'ordre du papier ; `vides` : ceux de points de conduite aussi."""
    for champ in TEXTES:
        texte = getattr(candidature, champ.name) or ""
        if texte and (vides or not est_vide(texte)):
            yield champ.name, texte


def intitule(nom: str) -> str:
    """L'intitulé officiel d'un champ, abrégé ; pour une précision, celui de la rubrique qu'elle précise."""
    dit = intitule_de(precisee(nom))
    return dit if len(dit) <= 60 else dit[:59].rsplit(" ", 1)[0] + "…"
