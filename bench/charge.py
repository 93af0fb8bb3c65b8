"""Un client de charge, petit et borné : boucle locale seulement, connexions gardées ouvertes, bibliothèque standard."""

from __future__ import annotations

import http.client
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from threading import Thread

BOUCLE_LOCALE = "127.0.0.1"
DELAI = 30.0
REQUETES_MAXIMUM = 5_000
CONNEXIONS_MAXIMUM = 32


@dataclass(frozen=True, slots=True)
class Envoi:
    """Une requête : GET sans `corps`, POST sinon. « {n} » dans le corps devient un nombre neuf : chaque envoi change quelque chose."""

    chemin: str
    corps: str = ""


@dataclass(frozen=True, slots=True)
class Cible:
    """Une page à charger : des envois pris à tour de rôle, le cookie qui les accompagne, la réponse attendue."""

    envois: tuple[Envoi, ...]
    cookie: str
    statut: int = 200


@dataclass(slots=True)
class Mesure:
    """Durées en millisecondes, octets reçus, et les réponses qui n'étaient pas celles attendues."""

    durees: list[float] = field(default_factory=list)
    octets: int = 0
    fautes: list[str] = field(default_factory=list)

    def ajouter(self, autre: Mesure) -> None:
        """Cumule."""
        self.durees += autre.durees
        self.octets += autre.octets
        self.fautes += autre.fautes

    def centile(self, rang: int) -> float:
        """La durée sous laquelle tombent `rang` % des réponses."""
        tri = sorted(self.durees)
        return tri[max(0, -(-len(tri) * rang // 100) - 1)] if tri else float("nan")

    @property
    def octets_moyens(self) -> int:
        """Le poids moyen d'une réponse, sans ses en-têtes."""
        return self.octets // max(1, len(self.durees))


_numeros = count(1)


def charger(port: int, cible: Cible, *, connexions: int, nombre: int) -> Mesure:
    """Envoie `nombre` requêtes réparties sur `connexions` ; une par connexion, d'abord, n'est pas comptée."""
    if nombre > REQUETES_MAXIMUM or connexions > CONNEXIONS_MAXIMUM:
        raise ValueError(f"Au plus {REQUETES_MAXIMUM} requêtes sur {CONNEXIONS_MAXIMUM} connexions.")
    mesures = [Mesure() for _ in range(connexions)]
    fils = [
        Thread(target=_une_connexion, args=(port, cible, range(rang, nombre, connexions), mesure))
        for rang, mesure in enumerate(mesures)
    ]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    total = Mesure()
    for mesure in mesures:
        total.ajouter(mesure)
    return total


def _une_connexion(port: int, cible: Cible, rangs: Sequence[int], mesure: Mesure) -> None:
    connexion = http.client.HTTPConnection(BOUCLE_LOCALE, port, timeout=DELAI)
    try:
        _envoyer(connexion, cible, rangs[0], Mesure())
        for rang in rangs:
            _envoyer(connexion, cible, rang, mesure)
    except OSError as panne:
        mesure.fautes.append(repr(panne))
    finally:
        connexion.close()


def _envoyer(connexion: http.client.HTTPConnection, cible: Cible, rang: int, mesure: Mesure) -> None:
    envoi = cible.envois[rang % len(cible.envois)]
    entetes = {"Cookie": cible.cookie, "Accept": "text/html"}
    corps = envoi.corps.replace("{n}", str(next(_numeros))).encode() if envoi.corps else None
    if corps:
        entetes["Content-Type"] = "application/x-www-form-urlencoded"
    debut = time.perf_counter()
    connexion.request("POST" if corps else "GET", envoi.chemin, corps, entetes)
    reponse = connexion.getresponse()
    recu = reponse.read()
    mesure.durees.append((time.perf_counter() - debut) * 1000)
    mesure.octets += len(recu)
    if reponse.status != cible.statut:
        mesure.fautes.append(f"{envoi.chemin} : {reponse.status} au lieu de {cible.statut}")
