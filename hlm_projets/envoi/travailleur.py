"""Le travailleur : ce qui se fait hors des pages, une besogne après l'autre.

Une application déclare les siennes dans son module `taches`, que la commande `travailleur` découvre. Une besogne rend True si
elle a fait quelque chose, et rend la main en quelques secondes : les autres attendent leur tour.
"""

import logging
import signal
import time
from collections.abc import Callable

from django.db import InterfaceError, OperationalError, close_old_connections

Besogne = Callable[[], bool]

journal = logging.getLogger(__name__)
besognes: list[Besogne] = []
PAUSE = 1.0
"""Le repos, en secondes, quand il n'y a rien à faire."""


def besogne(fonction: Besogne) -> Besogne:
    """Décorateur : ajoute une besogne à celles du travailleur."""
    if fonction not in besognes:
        besognes.append(fonction)
    return fonction


class Arret:
    """L'arrêt demandé par SIGTERM ou SIGINT : la besogne commencée va à son terme."""

    def __init__(self) -> None:
        self.demande = False

    def ecouter(self) -> None:
        """Reçoit les signaux à la place de Python, qui interromprait un envoi."""
        for numero in (signal.SIGTERM, signal.SIGINT):
            signal.signal(numero, self._demander)

    def _demander(self, *_: object) -> None:
        self.demande = True


def travailler(arret: Arret, *, une_fois: bool = False) -> None:
    """Enchaîne les tours jusqu'à l'arrêt ; `une_fois` s'arrête au premier tour où il n'y a rien à faire."""
    while not arret.demande:
        if faire_un_tour():
            continue
        if une_fois:
            return
        time.sleep(PAUSE)


def faire_un_tour() -> bool:
    """Donne son tour à chaque besogne ; rend True si l'une a fait quelque chose."""
    close_old_connections()
    faites = [_tenter(fonction) for fonction in besognes]
    return any(faites)


def _tenter(fonction: Besogne) -> bool:
    """Une besogne qui échoue n'arrête ni le travailleur ni les autres ; la base coupée est réessayée au tour suivant."""
    try:
        return fonction()
    except (InterfaceError, OperationalError) as erreur:
        journal.warning("La base ne répond pas : %s", erreur)
    except Exception:
        journal.exception("Une besogne a échoué : %s", fonction)
    return False
