"""L'enregistrement au fil de la frappe : 1 puis 200 robots qui enregistrent ensemble, à côté du plancher ; et un serveur qu'on tue.

`python bench/saisie.py [--robots 1,200] [--duree 20]` : crée un PostgreSQL jetable, sert le site par gunicorn avec les réglages de
production ; chaque robot a sa candidature et envoie son texte toutes les deux secondes (F-22). Code de retour 1 à la moindre faute.
`python bench/saisie.py --tuer 20 [--duree 120]` : trois robots tapent sur la même fiche pendant que le serveur est tué (`kill -9`) à des
instants tirés au sort, puis relancé : rien d'annoncé enregistré ne se perd, et tout est là à la fin.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import platform
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlencode

RACINE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(RACINE))

from bench.charge import BOUCLE_LOCALE, DELAI, Mesure
from bench.memoire import fondre
from bench.pages import Serveur, environnement, executer, postgresql, serveur
from bench.tuer import tuer

CAS = ("texte", "tableau", "plancher")
INTERVALLE = 2.0
"""Secondes entre deux enregistrements d'un robot."""
TEXTE_LONG = 6_000
SQL_DU_PLANCHER = 2
"""La session avec son compte et ses habilitations, un UPDATE nu."""
Robot = dict[str, Any]
Envoi = tuple[str, dict[str, str]]


def principal() -> int:
    choix = options()
    combien = 1 if choix.tuer else max(choix.robots)
    with tempfile.TemporaryDirectory(prefix="hlm-bs.") as dossier, postgresql(f"{dossier}-pg") as base:
        reglages = environnement(dossier, base)
        executer(reglages, "manage.py", "migrate", "--verbosity", "0")
        terrain = json.loads(executer(reglages, "-m", "bench.robots", str(combien)))
        if choix.tuer:
            return tuer(reglages, terrain["robots"][0], fois=choix.tuer, duree=choix.duree or 120)
        with serveur(reglages) as ici:
            lignes = [mesurer(ici, terrain["robots"][:n], cas, choix.duree or 20) for n in choix.robots for cas in choix.cas]
    print(f"{os.cpu_count()} cœurs, Python {platform.python_version()}, PostgreSQL {terrain['postgresql']}")
    print(*tableau(lignes, terrain["sql"]), sep="\n")
    fautes = [faute for ligne in lignes for faute in ligne["mesure"].fautes]
    print(*fautes[:10], sep="\n", file=sys.stderr, end="\n" if fautes else "")
    return 1 if fautes else 0


def options() -> argparse.Namespace:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--robots", type=lambda texte: [int(n) for n in texte.split(",")], default=[1, 200])
    arguments.add_argument("--cas", nargs="+", choices=CAS, default=CAS, help="ce que les robots enregistrent (défaut : tout)")
    arguments.add_argument("--duree", type=float, default=0, help="secondes par mesure (défaut : 20 ; 120 avec --tuer)")
    arguments.add_argument(
        "--tuer", type=int, default=0, metavar="FOIS", help="tue le serveur web autant de fois pendant la frappe"
    )
    return arguments.parse_args()


# --- La mesure -----------------------------------------------------------------------------------------------------------
def mesurer(ici: Serveur, robots: list[Robot], cas: str, duree: float) -> dict[str, Any]:
    """Tous les robots à la fois, décalés au hasard dans l'intervalle ; le premier envoi de chacun n'est pas compté."""
    mesures, fin = [Mesure() for _ in robots], time.monotonic() + duree
    envoyes, avant = [0] * len(robots), ici.calcul()

    def jouer(rang: int) -> None:
        hasard = random.Random(rang)
        time.sleep(hasard.uniform(0, INTERVALLE))
        while time.monotonic() < fin:
            debut = time.monotonic()
            envoyes[rang] += envoyer(ici.port, robots[rang], cas, mesures[rang])
            time.sleep(max(0.0, debut + INTERVALLE * hasard.uniform(0.9, 1.1) - time.monotonic()))

    ensemble(jouer, len(robots))
    total = Mesure()
    for mesure in mesures:
        mesure.durees = mesure.durees[1:] or mesure.durees
        total.ajouter(mesure)
    reponses = len(total.durees) + len(robots)
    calcul = (ici.calcul() - avant) / reponses
    return {
        "robots": len(robots),
        "cas": cas,
        "mesure": total,
        "envoyes": sum(envoyes) // reponses,
        "duree": duree,
        "calcul": calcul,
    }


def ensemble(acte: Callable[[int], None], combien: int) -> None:
    fils = [Thread(target=acte, args=(rang,)) for rang in range(combien)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()


def envoyer(port: int, robot: Robot, cas: str, mesure: Mesure) -> int:
    """Un enregistrement ; rend les octets envoyés. Une réponse qui n'est pas « écrit » est une faute."""
    chemin, donnees = preparer(robot, cas)
    corps = urlencode(donnees | {"csrfmiddlewaretoken": robot["cookies"]["csrftoken"]}).encode()
    debut = time.perf_counter()
    try:
        statut, recu = poster(port, robot, chemin, corps)
    except OSError as panne:
        mesure.fautes.append(repr(panne))
        return len(corps)
    mesure.durees.append((time.perf_counter() - debut) * 1000)
    mesure.octets += len(recu)
    if cas == "plancher":
        mesure.fautes += [] if statut == 302 else [f"plancher : {statut}"]
        return len(corps)
    rendu = json.loads(recu) if statut == 200 else {}
    if not rendu.get("ecrits") or rendu["conflits"] or rendu["erreurs"]:
        mesure.fautes.append(f"{chemin} : {statut} {recu[:200]!r}")
    else:
        robot["lu"] = fondre(robot["lu"], rendu["memoire"]["lu"])
    return len(corps)


def preparer(robot: Robot, cas: str) -> Envoi:
    """Quelques mots de plus au texte, ou un libellé du plan qui change."""
    robot["rang"] = robot.get("rang", 0) + 1
    robot["texte"] = f"{robot['texte'][-TEXTE_LONG:]} et {robot['rang']} mots de plus"
    if cas == "plancher":
        return robot["plancher"], {"methodologie": robot["texte"]}
    commun = {"page": robot["page"], "lu": robot["lu"]}
    if cas == "texte":
        return robot["saisie"][cas], commun | {"champs": "methodologie", "methodologie": robot["texte"]}
    plan = robot["tableau"] | {"depenses-0-libelle": f"Diagnostic {robot['rang']}"}
    return robot["saisie"][cas], commun | {"champs": "lignes"} | plan


def poster(port: int, robot: Robot, chemin: str, corps: bytes) -> tuple[int, bytes]:
    """Une connexion par envoi : entre deux frappes, un navigateur n'en garde pas toujours."""
    connexion = http.client.HTTPConnection(BOUCLE_LOCALE, port, timeout=DELAI)
    try:
        entetes = {"Content-Type": "application/x-www-form-urlencoded", "X-Saisie": "1", "Connection": "close"}
        entetes["Cookie"] = "; ".join(f"{nom}={valeur}" for nom, valeur in robot["cookies"].items())
        connexion.request("POST", chemin, corps, entetes)
        reponse = connexion.getresponse()
        return reponse.status, reponse.read()
    finally:
        connexion.close()


# --- Le tableau ----------------------------------------------------------------------------------------------------------
TITRES = ("robots", "envoi", "SQL", "envoyés", "rendus", "nombre", "par s", "p50", "p95", "calcul", "fautes")
LEGENDE = "Durées en ms, octets par enregistrement (corps seuls) ; calcul : processeur du site, par enregistrement."


def tableau(lignes: list[dict[str, Any]], sql: dict[str, int]) -> list[str]:
    return [LEGENDE, "", *(_rangee(valeurs) for valeurs in (TITRES, *(une_ligne(ligne, sql) for ligne in lignes)))]


def _rangee(valeurs: tuple[object, ...]) -> str:
    return " ".join(f"{f'{v:.1f}' if isinstance(v, float) else v!s:>9}" for v in valeurs)


def une_ligne(ligne: dict[str, Any], sql: dict[str, int]) -> tuple[object, ...]:
    mesure: Mesure = ligne["mesure"]
    nombre = len(mesure.durees)
    debut = (ligne["robots"], ligne["cas"], sql.get(ligne["cas"], SQL_DU_PLANCHER), ligne["envoyes"], mesure.octets_moyens)
    return (
        *debut,
        *(nombre, nombre / ligne["duree"], mesure.centile(50), mesure.centile(95)),
        *(float(ligne["calcul"]), len(mesure.fautes)),
    )


if __name__ == "__main__":
    sys.exit(principal())
