"""Des fautes mises exprès dans le code, une par une : pour chacune, les essais nommés doivent tomber.

`python bench/mutants.py [--famille circuit] [--un 12] [--petit]` : copie le dépôt dans un dossier provisoire, y joue d'abord les essais
sans aucune faute, puis une faute à la fois (SQLite, deux processus au plus), et imprime le score de chaque famille. Code de retour 1 sous
90 %, 2 si une faute ne s'applique plus (fragment absent, ou présent deux fois) ou si ses essais ne se jouent pas.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from queue import SimpleQueue
from typing import TypeVar

RACINE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(RACINE))

from bench.mutations import FAMILLES, PETIT
from bench.mutations.lieux import ESSAIS, MODULES
from bench.mutations.mutant import Mutant

SEUIL = 90
"""La part des fautes qu'une famille doit tuer, en pour cent."""
PROCESSUS = 2
DELAI, ATTENTE = 300, 3_000
"""Secondes de calcul, et d'horloge : au-delà, la faute a fait boucler le code, ou l'a figé, et c'est bien une mort.

L'horloge seule tuerait à tort sur une machine occupée à autre chose.
"""
ABSENTS = shutil.ignore_patterns(".git", ".venv*", "var", ".*_cache", "__pycache__", "captures", "node_modules")
REGLAGES = {
    "HLM_SANS_ENV": "1",
    "SECRET_KEY": "cle-des-essais-qui-ne-protege-rien-0123456789",
    "ALLOWED_HOSTS": "127.0.0.1,localhost,testserver",
    "SECURISE": "0",
}
TUS = (
    "DEBUG",
    "DEMONSTRATION",
    "DATABASE_URL",
    "SITE_URL",
    "EMAIL_URL",
    "DJANGO_SETTINGS_MODULE",
    "PYTEST_ADDOPTS",
    "PYTEST_XDIST_WORKER",
)


Objet = TypeVar("Objet")
Rendu = TypeVar("Rendu")


class NeSAppliquePlus(Exception):
    """Le fragment n'est plus dans le module, ou il y est deux fois : la faute est à récrire."""


class Sort(Enum):
    """Ce qu'il est advenu d'une faute."""

    TUE = "tué"
    SURVIT = "SURVIT"
    INVALIDE = "ses essais ne se jouent pas"


@dataclass(frozen=True, slots=True)
class Issue:
    """Une faute, son rang dans la liste entière, son sort."""

    rang: int
    famille: str
    mutant: Mutant
    sort: Sort


# --- Appliquer -------------------------------------------------------------------------------------------------------------
def fichier_de(module: str, racine: Path = RACINE) -> Path:
    """Le fichier d'un module, par son seul nom : aucun n'est importé. Lève NeSAppliquePlus."""
    chemin = racine.joinpath(*module.split("."))
    for candidat in (chemin.with_suffix(".py"), chemin / "__init__.py"):
        if candidat.is_file():
            return candidat
    raise NeSAppliquePlus(f"{module} : module introuvable")


def muter(mutant: Mutant, racine: Path = RACINE) -> tuple[Path, str]:
    """Le fichier à écrire, et son texte fautif. Lève NeSAppliquePlus."""
    fichier = fichier_de(MODULES[mutant.module], racine)
    texte = fichier.read_text(encoding="utf-8")
    if (combien := texte.count(mutant.avant)) != 1:
        raise NeSAppliquePlus(f"{MODULES[mutant.module]} : « {mutant.avant} » y est {combien} fois")
    return fichier, texte.replace(mutant.avant, mutant.apres)


@contextmanager
def applique(mutant: Mutant, racine: Path) -> Iterator[None]:
    """La faute, le temps d'un essai ; l'ancien texte revient avec sa date, l'ancien code compilé n'est jamais relu."""
    fichier, fautif = muter(mutant, racine)
    sain, date = fichier.read_text(encoding="utf-8"), fichier.stat()
    compile_ = Path(importlib.util.cache_from_source(str(fichier)))
    try:
        compile_.unlink(missing_ok=True)
        fichier.write_text(fautif, encoding="utf-8")
        yield
    finally:
        fichier.write_text(sain, encoding="utf-8")
        os.utime(fichier, ns=(date.st_atime_ns, date.st_mtime_ns))
        compile_.unlink(missing_ok=True)


# --- Jouer -----------------------------------------------------------------------------------------------------------------
@contextmanager
def copie() -> Iterator[Path]:
    """Le dépôt, dans un dossier provisoire, sans son histoire ni ses données."""
    with tempfile.TemporaryDirectory(prefix="hlm-mutants.") as dossier:
        ici = Path(dossier, "depot")
        shutil.copytree(RACINE, ici, ignore=ABSENTS)
        (ici / "var").mkdir()
        yield ici


def moules(racine: Path) -> Path:
    """Où les essais de cette copie gardent, d'une fois sur l'autre, la base que laissent les migrations (`tests/moules.py`), elle seule.

    Migrer prend la moitié du temps d'un essai. Une base peuplée ne se garde pas : le code fautif doit la peupler, et lui seul.
    """
    dossier = racine / "var" / "essais" / "moules"
    dossier.mkdir(parents=True, exist_ok=True)
    (dossier / "la-course.la").touch()  # le dernier parti n'efface donc rien
    for moule in dossier.glob("*.moule"):
        if moule.stem != "migree":
            moule.unlink()
            moule.with_suffix(".sqlite3").unlink(missing_ok=True)
    return dossier


def jouer(essais: Sequence[str], racine: Path) -> int:
    """Joue ces essais (« fichier », ou « fichier -k mots ») ; rend le code de pytest, 1 si le temps a manqué."""
    ouvrier = {"PYTEST_XDIST_WORKER": "gw0", "VAR_DIR": str(racine / "var")}
    environnement = {nom: valeur for nom, valeur in os.environ.items() if nom not in TUS} | REGLAGES | ouvrier
    for essai in essais:
        ou = moules(racine).with_name("gw0")
        fichier, _, mots = essai.partition(" -k ")
        pytest = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", f"--basetemp={ou}", ESSAIS[fichier]]
        commande = ["sh", "-c", f'ulimit -t {DELAI}; exec "$@"', "sh", *pytest, *(("-k", mots) if mots else ())]
        try:
            fini = subprocess.run(commande, cwd=racine, env=environnement, capture_output=True, timeout=ATTENTE, check=False)
        except subprocess.TimeoutExpired:
            return 1
        if fini.returncode:
            return max(1, fini.returncode)  # négatif : tué, le calcul ayant trop duré
    return 0


def eprouver(mutant: Mutant, racine: Path) -> Sort:
    """Le sort d'une faute : tuée si un essai échoue ; un module qui ne s'importe plus ne prouve rien. Lève NeSAppliquePlus."""
    with applique(mutant, racine), base_de(mutant, racine):
        return {0: Sort.SURVIT, 1: Sort.TUE}.get(jouer(mutant.essais, racine), Sort.INVALIDE)


@contextmanager
def base_de(mutant: Mutant, racine: Path) -> Iterator[None]:
    """Ce qu'un modèle fait d'une base se voit dès les migrations : une faute qui y est mise a la sienne, que nulle autre ne reprend."""
    if ".models" not in MODULES[mutant.module]:
        yield
        return
    shutil.rmtree(moules(racine))
    try:
        yield
    finally:
        shutil.rmtree(moules(racine))


def sans_faute(mutants: Sequence[Mutant], copies: Sequence[Path]) -> list[str]:
    """Les essais nommés qui échouent sans aucune faute : ils ne tueraient que pour cela."""
    essais = list(dict.fromkeys(e for m in mutants for e in m.essais))
    codes = repartir(lambda essai, racine: jouer([essai], racine), essais, copies)
    return [essai for essai, code in zip(essais, codes, strict=True) if code]


def repartir(faire: Callable[[Objet, Path], Rendu], objets: Sequence[Objet], copies: Sequence[Path]) -> list[Rendu]:
    """Ce que `faire` rend de chaque objet, dans l'ordre ; un objet à la fois dans chaque copie du dépôt."""
    libres: SimpleQueue[Path] = SimpleQueue()
    for racine in copies:
        libres.put(racine)

    def un(objet: Objet) -> Rendu:
        racine = libres.get()
        try:
            return faire(objet, racine)
        finally:
            libres.put(racine)

    with ThreadPoolExecutor(len(copies)) as fils:
        return list(fils.map(un, objets))


# --- La course entière -------------------------------------------------------------------------------------------------------
Rangs = list[tuple[int, str, Mutant]]


def liste() -> Rangs:
    """Toutes les fautes, numérotées à partir de 1."""
    toutes = ((famille, mutant) for famille, mutants in FAMILLES.items() for mutant in mutants)
    return [(rang, famille, mutant) for rang, (famille, mutant) in enumerate(toutes, 1)]


def choisir(options: argparse.Namespace) -> Rangs:
    """Celles que les options demandent."""
    retenues = liste()
    if options.un:
        return [ligne for ligne in retenues if ligne[0] in options.un]
    if options.petit:
        return [ligne for ligne in retenues if ligne[2] in PETIT]
    return [ligne for ligne in retenues if options.famille in (None, ligne[1])]


def courir(choix: Rangs, copies: Sequence[Path]) -> list[Issue]:
    """Éprouve ces fautes, une à la fois dans chaque copie du dépôt ; imprime chacune dès qu'on la sait."""

    def une(ligne: tuple[int, str, Mutant], racine: Path) -> Issue:
        rang, famille, mutant = ligne
        issue = Issue(rang, famille, mutant, eprouver(mutant, racine))
        print(f"  {rang:4d}  {famille:15s} {issue.sort.value:8s} {mutant.nom}", flush=True)
        return issue

    return repartir(une, choix, copies)


def score(issues: Sequence[Issue]) -> bool:
    """Imprime le score de chaque famille, et ce qui survit ; vrai si toutes passent le seuil."""
    suffisant = True
    for famille in dict.fromkeys(issue.famille for issue in issues):
        siennes = [issue for issue in issues if issue.famille == famille]
        tues = sum(issue.sort == Sort.TUE for issue in siennes)
        part = 100 * tues / len(siennes)
        suffisant &= part >= SEUIL
        print(f"{famille:16s} {tues:3d} / {len(siennes):3d}   {part:5.1f} %")
    print(f"{'en tout':16s} {sum(i.sort == Sort.TUE for i in issues):3d} / {len(issues):3d}")
    return suffisant


def principal(arguments: Sequence[str] | None = None) -> int:
    """Lit les options, éprouve, imprime ; rend le code de retour."""
    lecteur = argparse.ArgumentParser(description="Des fautes mises exprès dans le code, et les essais qui doivent les trouver.")
    lecteur.add_argument("--famille", choices=list(FAMILLES))
    lecteur.add_argument("--un", type=int, action="append", metavar="N", help="la faute de ce rang (plusieurs fois si besoin)")
    lecteur.add_argument("--petit", action="store_true", help="quelques fautes, en quelques secondes")
    lecteur.add_argument("--processus", type=int, default=PROCESSUS, choices=range(1, PROCESSUS + 1))
    lecteur.add_argument("--liste", action="store_true", help="les nomme, sans rien jouer")
    options = lecteur.parse_args(arguments)
    choix = choisir(options)
    try:
        for rang, famille, mutant in choix:
            muter(mutant)
            if options.liste:
                print(f"  {rang:4d}  {famille:15s} {mutant.nom}")
    except NeSAppliquePlus as perdue:
        print(f"{perdue} : cette faute ne s'applique plus, récrivez-la.")
        return 2
    return 0 if options.liste else _eprouver_tout(choix, options.processus)


def _eprouver_tout(choix: Rangs, processus: int) -> int:
    with ExitStack() as pile:
        copies = [pile.enter_context(copie()) for _ in range(min(processus, len(choix)))]
        if rates := sans_faute([mutant for _, _, mutant in choix], copies):
            print("Sans aucune faute, ces essais échouent déjà, ou ne se jouent pas : " + ", ".join(rates))
            return 2
        issues = courir(choix, copies)
    suffisant = score(issues)
    if any(issue.sort == Sort.INVALIDE for issue in issues):
        return 2
    return 0 if suffisant else 1


if __name__ == "__main__":
    sys.exit(principal())
