"""Le reçu de dépôt, tel qu'il s'imprime."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recu:
    """`depose_le` : une date déjà en toutes lettres ; `empreinte` : celle de la version figée ; `suite` : ce qui se passe ensuite."""

    numero: str
    nom: str
    campagne: str
    organisme: str
    depose_le: str
    depose_par: str
    empreinte: str
    suite: tuple[str, ...] = ()
