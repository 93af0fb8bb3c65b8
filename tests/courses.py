"""Jouer des actes en même temps, et voir ce que leurs verrous empêchent (G2).

Rien n'est demandé au code de production : tout se règle au passage de ses requêtes, fil par fil. Sur PostgreSQL seulement : SQLite
met de lui-même les écritures l'une derrière l'autre.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Condition
from typing import Any

import pytest
from django.db import connection, connections

Acte = Callable[[], object]
VERROUS = pytest.mark.parametrize("verrou", [True, False], ids=["avec le verrou", "témoin sans verrou"])
VERROU = re.compile(r' FOR (?:NO KEY )?UPDATE(?: OF "\w+"(?:, "\w+")*)?(?: SKIP LOCKED| NOWAIT)?')
ECRITURE = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"')
AUTOUR = {"cache_hlm", "django_session", "candidatures_presence"}
"""Ce qu'une page écrit autour de l'acte : personne ne s'y attend."""
PATIENCE, LONGUE = 0.5, 20.0
"""Secondes : avec le verrou, on n'attend qu'un instant ceux qu'il retient ; sans, on attend tout le monde."""


class RendezVous:
    """Où chacun attend que tous soient venus, ou aient fini ; passé le délai, plus personne n'y attend."""

    def __init__(self, nombre: int, patience: float) -> None:
        self.restants, self.patience, self.porte = nombre, patience, Condition()

    def passer(self) -> None:
        """Je n'y viendrai pas, ou plus."""
        with self.porte:
            self.restants -= 1
            self.porte.notify_all()

    def attendre(self) -> None:
        """J'y suis ; rend la main quand tous y sont."""
        with self.porte:
            self.restants -= 1
            self.porte.notify_all()
            if not self.porte.wait_for(lambda: self.restants <= 0, self.patience):
                self.restants = 0
                self.porte.notify_all()


def cote_a_cote(actes: Iterable[Acte]) -> list[object]:
    """Joue ces actes en même temps, chacun dans son fil et sa connexion ; rend leurs résultats ou leurs exceptions."""
    actes = list(actes)
    depart = Barrier(len(actes))

    def jouer(acte: Acte) -> object:
        depart.wait(10)
        try:
            return acte()
        except Exception as erreur:
            return erreur
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(actes)) as fils:
        return list(fils.map(jouer, actes))


def ensemble(actes: Iterable[Acte], *, verrou: bool = True, avant: str = "") -> list[object]:
    """De même ; et aucun n'écrit (`avant` : n'écrit dans cette table) avant que tous y soient prêts, ou aient fini.

    Chacun a donc lu, et contrôlé, ce que les verrous lui laissent lire. `verrou` faux, le témoin : on les ôte.
    """
    actes = list(actes)
    rendez_vous = RendezVous(len(actes), PATIENCE if verrou else LONGUE)
    return cote_a_cote(_au_rendez_vous(rendez_vous, acte if verrou else sans_verrou(acte), avant) for acte in actes)


def _au_rendez_vous(rendez_vous: RendezVous, acte: Acte, avant: str) -> Acte:
    def jouer() -> object:
        venu: list[bool] = []

        def venir() -> None:
            venu.append(True)
            rendez_vous.attendre()

        try:
            return avant_d_ecrire(venir, acte, avant)()
        finally:
            if not venu:
                rendez_vous.passer()

    return jouer


def avant_d_ecrire(crochet: Callable[[], object], acte: Acte, table: str = "") -> Acte:
    """Le même acte, qui appelle `crochet` une fois, juste avant sa première écriture (dans cette table, si elle est dite)."""

    def jouer() -> object:
        reste = [crochet]

        def intercepter(execute: Any, sql: str, *suite: Any) -> Any:
            ecriture = ECRITURE.match(sql)
            if reste and ecriture and (ecriture[1] == table if table else ecriture[1] not in AUTOUR):
                reste.pop()()
            return execute(sql, *suite)

        with connection.execute_wrapper(intercepter):
            return acte()

    return jouer


def sans_verrou(acte: Acte) -> Acte:
    """Le même acte, dont les lectures ne retiennent plus rien."""

    def jouer() -> object:
        with connection.execute_wrapper(lambda execute, sql, *suite: execute(VERROU.sub("", sql), *suite)):
            return acte()

    return jouer
