"""Les pages du site à 40 puis 2 000 candidatures : requêtes SQL, p50 et p95 à 1 et 8 connexions, octets, à côté du plancher.

`python bench/pages.py [--dossiers 2000,20000] [--requetes N] [--json]` : crée un PostgreSQL jetable, sert le site par gunicorn avec
les réglages de production, et interclasse chaque page avec son plancher (`bench/plancher.py`) dans la même exécution. Code de retour 1
si une réponse est fausse ou si le nombre de requêtes SQL dépend de la taille.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RACINE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(RACINE))

from bench.charge import BOUCLE_LOCALE, Cible, Envoi, Mesure, charger

CONNEXIONS = [1, 8]
COTES = ("page", "plancher")
TOURS = 5
VISE = 3.0
Ligne = dict[str, Any]


def principal() -> int:
    choix = options()
    lignes: list[Ligne] = []
    with tempfile.TemporaryDirectory(prefix="hlm-banc.") as dossier, postgresql(f"{dossier}-pg") as base:
        reglages = environnement(dossier, base)
        executer(reglages, "manage.py", "migrate", "--verbosity", "0")
        for taille in choix.tailles:
            terrain = json.loads(executer(reglages, "-m", "bench.terrain", str(taille)))
            with serveur(reglages) as ici:
                lignes += [mesurer(ici, page, taille, choix) for page in terrain["pages"] if choix.page in page["nom"]]
    machine = f"{os.cpu_count()} cœurs, Python {platform.python_version()}, PostgreSQL {terrain['postgresql']}, gunicorn à 2 processus de 4 fils"
    print(
        json.dumps({"machine": machine, "lignes": lignes}, ensure_ascii=False, indent=1)
        if choix.json
        else tableau(lignes, machine, choix.connexions)
    )
    return dire_les_fautes(lignes)


def options() -> argparse.Namespace:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument(
        "--dossiers", "--tailles", dest="tailles", metavar="N[,N]", type=des_nombres, default=[40, 2000], help="défaut : 40,2000"
    )
    arguments.add_argument("--requetes", type=int, default=200, help="par page et par nombre de connexions (défaut : 200)")
    arguments.add_argument("--connexions", metavar="N[,N]", type=des_nombres, default=CONNEXIONS, help="défaut : 1,8")
    arguments.add_argument("--tours", type=int, default=TOURS, help="alternances de la page et de son plancher (défaut : 5)")
    arguments.add_argument("--page", default="", help="seulement les pages dont le nom contient ce texte")
    arguments.add_argument("--json", action="store_true")
    return arguments.parse_args()


def des_nombres(texte: str) -> list[int]:
    """« 2000,20000 »."""
    return [int(nombre) for nombre in texte.split(",")]


# --- Le lieu -------------------------------------------------------------------------------------------------------------
@contextmanager
def postgresql(dossier: str) -> Iterator[str]:
    """Un PostgreSQL jetable ; rend son DATABASE_URL."""
    pg_prive = str(RACINE / "bin" / "pg_prive")
    try:
        yield subprocess.run([pg_prive, "start", dossier], check=True, capture_output=True, text=True).stdout.strip()
    finally:
        subprocess.run([pg_prive, "stop", dossier], check=False, capture_output=True)


def environnement(dossier: str, base: str) -> dict[str, str]:
    """Les réglages de production ; SECURISE=0 : la mesure parle http, sur la boucle locale."""
    gardes = {nom: os.environ[nom] for nom in ("PATH", "HOME", "LANG") if nom in os.environ}
    return gardes | {
        "HLM_SANS_ENV": "1",
        "DEBUG": "0",
        "SECURISE": "0",
        "SECRET_KEY": "cle-du-banc-qui-ne-protege-rien-0123456789abcdef",
        "ALLOWED_HOSTS": BOUCLE_LOCALE,
        "DATABASE_URL": base,
        "VAR_DIR": dossier,
        "DJANGO_SETTINGS_MODULE": "bench.reglages",
        "PYTHONWARNINGS": "ignore:No directory at",
    }


def executer(reglages: dict[str, str], *arguments: str) -> str:
    """Une commande du projet ; rend sa sortie, ou s'arrête sur son erreur."""
    fini = subprocess.run([sys.executable, *arguments], cwd=RACINE, env=reglages, stdout=subprocess.PIPE, text=True, check=True)
    return fini.stdout


@dataclass(frozen=True, slots=True)
class Serveur:
    """Le site qui tourne."""

    port: int
    pid: int

    def calcul(self) -> float:
        """Le temps de processeur pris jusqu'ici par les processus du site, en millisecondes (Linux ; ailleurs, 0)."""
        proc = Path("/proc")
        enfants = proc / str(self.pid) / "task" / str(self.pid) / "children"
        pids = enfants.read_text().split() if enfants.exists() else []
        etats = [(proc / pid / "stat").read_text().rpartition(")")[2].split() for pid in pids]
        return sum(int(etat[11]) + int(etat[12]) for etat in etats) * 1000 / os.sysconf("SC_CLK_TCK")


@contextmanager
def serveur(reglages: dict[str, str]) -> Iterator[Serveur]:
    """Le site sous gunicorn, comme en production, sur un port libre."""
    port = port_libre()
    commande = [
        "-m",
        "gunicorn",
        "--config",
        "python:hlm_projets.serveur",
        "--bind",
        f"{BOUCLE_LOCALE}:{port}",
        "hlm_projets.wsgi",
    ]
    processus = subprocess.Popen([sys.executable, *commande], cwd=RACINE, env=reglages)
    try:
        attendre(port)
        yield Serveur(port, processus.pid)
    finally:
        processus.terminate()
        processus.wait(timeout=20)


def port_libre() -> int:
    with socket.socket() as prise:
        prise.bind((BOUCLE_LOCALE, 0))
        port: int = prise.getsockname()[1]
    return port


def attendre(port: int, essais: int = 100) -> None:
    for _ in range(essais):
        try:
            urllib.request.urlopen(f"http://{BOUCLE_LOCALE}:{port}/sante/", timeout=5).read()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit("Le serveur ne répond pas.")


# --- La mesure -----------------------------------------------------------------------------------------------------------
def mesurer(ici: Serveur, page: Ligne, taille: int, choix: argparse.Namespace) -> Ligne:
    """Une page et son plancher, tour à tour : ils voient la même machine."""
    ligne: Ligne = {
        "page": page["nom"],
        "taille": taille,
        "sql": page["sql_page"],
        "sql_plancher": page["sql_plancher"],
        "fautes": [],
    }
    for connexions in choix.connexions:
        mesures, calculs = {cote: Mesure() for cote in COTES}, dict.fromkeys(COTES, 0.0)
        for cote in COTES * choix.tours:
            avant = ici.calcul()
            nombre = max(connexions, choix.requetes // choix.tours)
            mesures[cote].ajouter(charger(ici.port, cible(page, cote), connexions=connexions, nombre=nombre))
            calculs[cote] += ici.calcul() - avant
        ligne |= resumer(connexions, mesures, calculs)
        ligne["fautes"] += [faute for mesure in mesures.values() for faute in mesure.fautes]
    return ligne


def cible(page: Ligne, cote: str) -> Cible:
    cookie = "; ".join(f"{nom}={valeur}" for nom, valeur in page["cookies"].items())
    return Cible(tuple(Envoi(chemin, corps) for chemin, corps in page[cote]), cookie, page["statut"])


def resumer(connexions: int, mesures: dict[str, Mesure], calculs: dict[str, float]) -> Ligne:
    page, plancher = (mesures[cote] for cote in COTES)
    valeurs = {
        "p50": page.centile(50),
        "p95": page.centile(95),
        "calcul": calculs["page"] / max(1, len(page.durees)),
        "plancher_p50": plancher.centile(50),
        "plancher_p95": plancher.centile(95),
        "plancher_calcul": calculs["plancher"] / max(1, len(plancher.durees)),
        "rapport": page.centile(50) / plancher.centile(50),
    }
    return {"octets": page.octets_moyens} | {f"{nom}_{connexions}": round(valeur, 2) for nom, valeur in valeurs.items()}


# --- Le tableau ----------------------------------------------------------------------------------------------------------
def tableau(lignes: list[Ligne], machine: str, connexions: list[int]) -> str:
    groupes = "".join(f" │ {f'{c} connexion' + 's' * (c > 1):^35}" for c in connexions)
    colonnes_dites = f" │ {'p50':>7}{'p95':>7}{'plancher':>9}{'rapport':>8}{'':>4}" * len(connexions)
    titres = [f"{'':<48}{groupes}", f"{'page':<26}{'dossiers':>9}{'SQL':>5}{'octets':>8}{colonnes_dites} │ calcul plancher"]
    legende = "Durées en ms. Rapport : p50 de la page sur celui du plancher (visé : 3 au plus). Calcul : processeur du site par requête."
    return "\n".join([machine, legende, "", *titres, *(une_ligne(ligne, connexions) for ligne in lignes)])


def une_ligne(ligne: Ligne, connexions: list[int]) -> str:
    debut = f"{ligne['page']:<26}{ligne['taille']:>9}{ligne['sql']:>5}{ligne['octets']:>8}"
    calcul, plancher = (ligne[f"{nom}_{connexions[0]}"] for nom in ("calcul", "plancher_calcul"))
    return debut + "".join(colonnes(ligne, c) for c in connexions) + f" │ {calcul:>6.1f} {plancher:>8.1f}"


def colonnes(ligne: Ligne, c: int) -> str:
    marque = "!" if ligne[f"rapport_{c}"] > VISE else " "
    p50, p95, plancher = (ligne[f"{nom}_{c}"] for nom in ("p50", "p95", "plancher_p50"))
    return f" │ {p50:>7.1f}{p95:>7.1f}{plancher:>9.1f}{ligne[f'rapport_{c}']:>8.1f}{marque}   "


def dire_les_fautes(lignes: list[Ligne]) -> int:
    """Écrit ce qui ne doit jamais arriver ; rend le code de retour."""
    comptes: dict[str, set[int]] = {}
    for ligne in lignes:
        comptes.setdefault(ligne["page"], set()).add(ligne["sql"])
    fautes = [
        f"{page} : le nombre de requêtes SQL dépend de la taille ({sorted(n)})." for page, n in comptes.items() if len(n) > 1
    ]
    fautes += [f"{ligne['page']} : {faute}" for ligne in lignes for faute in ligne["fautes"][:3]]
    print(*fautes, sep="\n", file=sys.stderr, end="\n" if fautes else "")
    return 1 if fautes else 0


if __name__ == "__main__":
    sys.exit(principal())
