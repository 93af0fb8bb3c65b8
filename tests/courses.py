"""Jouer des actes en même temps, et voir ce que leurs verrous empêchent (G2).

Rien n'est demandé au code de production : tout se règle au passage de ses requêtes, fil par fil. Sur PostgreSQL seulement : SQLite
met de lui-même les écritures l'une derrière l'autre.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Condition, Event
from time import monotonic
from typing import Any

import pytest
from django.db import connection, connections, transaction

Acte = Callable[[], object]
Accroche = Callable[[Acte, Acte], Acte]
"""Rend le second, qui jouera le premier en chemin."""
VERROUS = pytest.mark.parametrize("verrou", [True, False], ids=["avec le verrou", "témoin sans verrou"])
VERROU = re.compile(r' FOR (?:NO KEY )?UPDATE(?: OF "\w+"(?:, "\w+")*)?(?: SKIP LOCKED| NOWAIT)?')
ECRITURE = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"')
AUTOUR = {"cache_hlm", "comptes_seance", "candidatures_presence"}
"""Ce qu'une page écrit autour de l'acte : personne ne s'y attend."""
PATIENCE, LONGUE = 0.5, 300.0
"""Secondes : avec le verrou, on n'attend qu'un instant ceux qu'il retient ; sans, on attend tout le monde, ou l'essai échoue."""
CONNEXIONS = 50
"""Ce qu'un ouvrier peut ouvrir : trois en prennent autant ensemble sans atteindre les deux cents de `bin/pg_prive`."""
COUP_D_OEIL = 0.02
"""Secondes entre deux regards sur les verrous de la base."""
ON_M_ATTEND = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))"


class RendezVous:
    """Où chacun attend que tous soient venus, ou aient fini ; passé le délai, plus personne n'y attend : il est `manque`."""

    def __init__(self, nombre: int, patience: float) -> None:
        self.restants, self.patience, self.porte, self.manque = nombre, patience, Condition(), False

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
                self.restants, self.manque = 0, True
                self.porte.notify_all()


def cote_a_cote(actes: Iterable[Acte]) -> list[object]:
    """Joue ces actes en même temps, chacun dans son fil et sa connexion ; rend leurs résultats ou leurs exceptions."""
    actes = list(actes)
    depart = Barrier(len(actes))

    def jouer(acte: Acte) -> object:
        depart.wait(LONGUE)
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
    return _ensemble(actes, verrou, lambda venir, acte: avant_d_ecrire(venir, acte, avant))


def jusqu_au_bout(actes: Iterable[Acte], *, verrou: bool = True) -> list[object]:
    """De même ; et aucun ne rend ses écritures visibles aux autres avant que tous aient fini les leurs."""
    return _ensemble(actes, verrou, avant_de_finir)


def pendant(premier: Acte, second: Acte, *, verrou: bool = True, avant: str = "") -> list[object]:
    """Joue `second` au moment où `premier`, qui a lu et contrôlé, va écrire (`avant` : va écrire dans cette table).

    `premier` reprend quand `second` a fini, ou dès qu'il bute sur ce que `premier` retient : la base le dit.
    """
    pret, fini = Event(), Event()

    def laisser_passer() -> None:
        pret.set()
        terme = monotonic() + LONGUE
        while not fini.wait(COUP_D_OEIL) and not _on_m_attend():
            assert monotonic() < terme, "le second n'a ni fini, ni buté sur le premier"

    def d_abord() -> object:
        try:
            return avant_d_ecrire(laisser_passer, premier if verrou else sans_verrou(premier), avant)()
        finally:
            pret.set()

    def ensuite() -> object:
        pret.wait(LONGUE)
        try:
            return (second if verrou else sans_verrou(second))()
        finally:
            fini.set()

    return cote_a_cote([d_abord, ensuite])


def _on_m_attend() -> bool:
    """Vrai si un autre fil bute sur un verrou que cette transaction-ci tient."""
    with connection.cursor() as curseur:
        curseur.execute(ON_M_ATTEND)
        return bool(curseur.fetchone()[0])


def _ensemble(actes: Iterable[Acte], verrou: bool, accrocher: Accroche) -> list[object]:
    actes = list(actes)
    rendez_vous = RendezVous(len(actes), PATIENCE if verrou else LONGUE)
    if not verrou:
        actes = [sans_verrou(acte) for acte in actes]
        assert len(actes) <= CONNEXIONS, "un acte sans connexion ne viendrait jamais"
    resultats = cote_a_cote(_au_rendez_vous(rendez_vous, acte, accrocher) for acte in actes)
    assert verrou or not rendez_vous.manque, "sans verrou, tous devaient se réunir avant d'écrire"
    return resultats


def _au_rendez_vous(rendez_vous: RendezVous, acte: Acte, accrocher: Accroche) -> Acte:
    def jouer() -> object:
        venu: list[bool] = []

        def venir() -> None:
            venu.append(True)
            rendez_vous.attendre()

        try:
            return accrocher(venir, acte)()
        finally:
            if not venu:
                rendez_vous.passer()

    return jouer


def avant_d_ecrire(crochet: Acte, acte: Acte, table: str = "") -> Acte:
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


def avant_de_finir(crochet: Acte, acte: Acte) -> Acte:
    """Le même acte, qui appelle `crochet` une fois tout écrit, rien n'étant encore visible des autres ; pas du tout s'il échoue."""

    def jouer() -> object:
        with transaction.atomic():
            rendu = acte()
            crochet()
        return rendu

    return jouer


def sans_verrou(acte: Acte) -> Acte:
    """Le même acte, dont les lectures ne retiennent plus rien."""

    def jouer() -> object:
        with connection.execute_wrapper(lambda execute, sql, *suite: execute(VERROU.sub("", sql), *suite)):
            return acte()

    return jouer
