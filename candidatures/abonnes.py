"""Qui doit suivre ce que deviennent des candidatures, sans que `candidatures` le connaisse : `avis`, dont les lignes en dépendent.

Une liste dite au démarrage (`AppConfig.ready`), appelée par chaque acte, dans sa transaction : rien n'est deviné, comme le ferait un
signal d'une écriture, et ce qui échoue défait l'acte.
"""

from __future__ import annotations

from collections.abc import Callable

from candidatures.models.candidature import Candidatures

Abonne = Callable[[Candidatures], None]
_ABONNES: list[Abonne] = []


def abonner(abonne: Abonne) -> None:
    """Appellera cette fonction après chaque acte ; une seule fois, même abonnée deux fois."""
    if abonne not in _ABONNES:
        _ABONNES.append(abonne)


def prevenir(candidatures: Candidatures) -> None:
    """Dit aux abonnés que l'état, ou les dates, de ces candidatures viennent de changer."""
    for abonne in _ABONNES:
        abonne(candidatures)
