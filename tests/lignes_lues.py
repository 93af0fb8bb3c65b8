"""Combien de lignes une page lit en base : celles que ses requêtes rendent, comptées au curseur (SQLite comme PostgreSQL).

Un nombre de requêtes constant ne dit rien de ce que chacune rapporte ; une page qui relit toute la campagne se voit ici.

    with LignesLues() as lues:
        client.get(adresse)
    assert lues.total < 200, lues
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

from django.db import connection

CARACTERES = 300
"""D'une requête, dans un message d'échec."""


class LignesLues:
    """Les requêtes jouées dans le bloc, chacune avec le nombre de lignes qu'on en a lues."""

    def __init__(self) -> None:
        self.requetes: list[_Requete] = []
        self._ecoute: AbstractContextManager[None] = connection.execute_wrapper(self._jouer)

    def __enter__(self) -> LignesLues:
        self._ecoute.__enter__()
        return self

    def __exit__(self, *erreur: Any) -> None:
        self._ecoute.__exit__(*erreur)

    def _jouer(self, jouer: Any, sql: str, params: Any, many: bool, contexte: dict[str, Any]) -> Any:
        requete, curseur = _Requete(sql), contexte["cursor"]
        self.requetes.append(requete)
        rendu = jouer(sql, params, many, contexte)
        nu = curseur.cursor.nu if isinstance(curseur.cursor, _CurseurCompte) else curseur.cursor
        curseur.cursor = _CurseurCompte(nu, requete)
        return rendu

    @property
    def total(self) -> int:
        """Les lignes lues en tout."""
        return sum(requete.lignes for requete in self.requetes)

    def par_requete(self) -> dict[str, int]:
        """Le nombre de lignes de chaque requête, par son texte ; la même jouée deux fois s'ajoute."""
        lues: dict[str, int] = {}
        for requete in self.requetes:
            lues[requete.sql] = lues.get(requete.sql, 0) + requete.lignes
        return lues

    def de_plus_que(self, autre: LignesLues) -> str:
        """Les requêtes qui ont lu davantage, de la plus bavarde à la moins."""
        avant = autre.par_requete()
        ecarts = {sql: lignes - avant.get(sql, 0) for sql, lignes in self.par_requete().items()}
        tries = sorted(ecarts.items(), key=lambda ecart: -ecart[1])
        return "\n".join(f"+{ecart} lignes : {_abreger(sql)}" for sql, ecart in tries if ecart > 0)

    def __str__(self) -> str:
        return "\n".join(f"{r.lignes} lignes : {_abreger(r.sql)}" for r in self.requetes if r.lignes)


class _Requete:
    """Une requête, et ce qu'on en a lu."""

    def __init__(self, sql: str) -> None:
        self.sql, self.lignes = sql, 0


class _CurseurCompte:
    """Le curseur du pilote, qui ajoute à sa requête chaque ligne qu'on lui prend."""

    def __init__(self, nu: Any, requete: _Requete) -> None:
        self.nu, self._requete = nu, requete

    def __getattr__(self, nom: str) -> Any:
        return getattr(self.nu, nom)

    def __iter__(self) -> Iterator[Any]:
        for ligne in self.nu:
            self._requete.lignes += 1
            yield ligne

    def fetchone(self) -> Any:
        """Une ligne, ou None."""
        ligne = self.nu.fetchone()
        self._requete.lignes += ligne is not None
        return ligne

    def fetchmany(self, *nombre: int) -> Any:
        """Les suivantes."""
        return self._compter(self.nu.fetchmany(*nombre))

    def fetchall(self) -> Any:
        """Toutes celles qui restent."""
        return self._compter(self.nu.fetchall())

    def _compter(self, lignes: Any) -> Any:
        lignes = list(lignes)
        self._requete.lignes += len(lignes)
        return lignes


def _abreger(sql: str) -> str:
    """La requête, sans la liste de ses colonnes."""
    debut, de, suite = sql.partition(" FROM ")
    return f"{debut[:60]}…{de}{suite}"[:CARACTERES]
