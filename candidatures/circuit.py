"""Quels passages existent : des données, rien d'autre (architecture, « Le circuit »). Le schéma est dans `docs/circuit.md`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from candidatures.conditions import delai_de_depot, fiche_prete
from candidatures.etats import EN_INSTRUCTION, Etat
from candidatures.models import Candidature

Condition = Callable[[Candidature, datetime], str | None]


@dataclass(frozen=True, slots=True)
class Transition:
    """Un passage d'un état à un autre.

    - `acteur` : le nom d'un prédicat de `regles.ACTEURS` (qui peut) ;
    - `conditions` : chacune rend None, ou la raison du refus, en français (ce qui manque) ;
    - `motif_exige` : un motif doit être écrit ; `fige` : une version figée est prise, et un numéro donné au premier dépôt.
    """

    nom: str
    libelle: str
    fait: str
    depuis: tuple[Etat, ...]
    vers: Etat
    acteur: str
    conditions: tuple[Condition, ...] = ()
    motif_exige: bool = False
    fige: bool = False


CIRCUIT: tuple[Transition, ...] = (
    Transition(
        nom="deposer",
        libelle="Déposer la candidature",
        fait="Candidature déposée",
        depuis=(Etat.BROUILLON,),
        vers=Etat.DEPOSEE,
        acteur="deposant",
        conditions=(delai_de_depot, fiche_prete),
        fige=True,
    ),
    Transition(
        nom="retirer",
        libelle="Retirer la candidature",
        fait="Candidature retirée",
        depuis=EN_INSTRUCTION,
        vers=Etat.RETIREE,
        acteur="deposant",
        motif_exige=True,
    ),
)

PASSAGES = {transition.nom: transition for transition in CIRCUIT}


def possibles(etat: str) -> list[Transition]:
    """Les passages qui partent de cet état."""
    return [transition for transition in CIRCUIT if etat in transition.depuis]


def raisons(transition: Transition, candidature: Candidature, maintenant: datetime) -> list[str]:
    """Pourquoi ce passage est refusé à cet instant ; vide s'il est ouvert."""
    if candidature.etat not in transition.depuis:
        return [f"Ce passage n'existe pas depuis l'état « {candidature.get_etat_display()} »."]
    return [raison for condition in transition.conditions if (raison := condition(candidature, maintenant))]


def schema() -> str:
    """Le circuit en Mermaid, pour la documentation."""
    fleches = [f"    {depuis.value} --> {t.vers.value} : {t.libelle}" for t in CIRCUIT for depuis in t.depuis]
    noms = [f"    {etat.value} : {etat.label}" for etat in Etat]
    return "\n".join(["stateDiagram-v2", *noms, "    [*] --> brouillon", *fleches])
