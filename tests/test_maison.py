"""Le dépôt lui-même : des verrous sûrs, des fichiers courts, rien de propre à une machine."""

from __future__ import annotations

import ast
import re
import shutil
import statistics
import subprocess
import tomllib
from functools import cache
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from candidatures.sections import CHAMPS, LISTE_PAR_NOM

RACINE = Path(__file__).resolve().parent.parent
GIT = shutil.which("git") or "git"
VERROUS = ("requirements.lock", "requirements-dev.lock", "requirements-outils.lock")
COMMANDES = ("bin/setup", "bin/demo", "bin/test", "bin/pg_prive", ".ci/run")
TEXTES = {".py", ".md", ".html", ".txt", ".toml", ".lock", ".in", ".js", ".css", ".json", ".yml", ".svg", ""}

# Coupés en deux pour que ce fichier-ci reste permis.
HOTES = tuple("".join(morceaux) for morceaux in (
    ("pypi", ".org"), ("python", "hosted.org"), ("registry.npm", "js.org"), ("deb.debian", ".org"), ("security.debian", ".org"),
    ("registry.yarn", "pkg.com"), ("unpkg", ".com"), ("jsdelivr", ".net"), ("cdn", "js.com"), ("files.python", "hosted"),
))  # fmt: skip
CHEMINS = tuple("".join(morceaux) for morceaux in (("/wo", "rk/"), ("/opt/py", "pi"), ("/opt/whe", "els"), ("/root", "/")))


def git(*arguments: str) -> str:
    return subprocess.run([GIT, *arguments], cwd=RACINE, capture_output=True, text=True, check=True).stdout


@cache
def fichiers(*suffixes: str) -> list[Path]:
    """Les fichiers suivis ou sur le point de l'être, présents sur le disque."""
    noms = git("ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
    chemins = [RACINE / nom for nom in sorted(set(noms)) if nom]
    return [chemin for chemin in chemins if chemin.is_file() and (not suffixes or chemin.suffix in suffixes)]


def relatif(chemin: Path) -> str:
    return chemin.relative_to(RACINE).as_posix()


def nos_modules() -> list[Path]:
    return [chemin for chemin in fichiers(".py") if "migrations" not in chemin.parts]


def lignes_du_verrou(verrou: str) -> list[str]:
    """Une ligne par paquet, ses empreintes comprises."""
    texte = (RACINE / verrou).read_text(encoding="utf-8").replace("\\\n", " ")
    return [ligne for ligne in texte.splitlines() if ligne.strip() and not ligne.startswith("#")]


def paquets(verrou: str) -> dict[str, Requirement]:
    exigences = [Requirement(ligne.split("--hash")[0].strip()) for ligne in lignes_du_verrou(verrou)]
    return {canonicalize_name(exigence.name): exigence for exigence in exigences}


def declares(fichier: str) -> set[str]:
    lignes = (RACINE / fichier).read_text(encoding="utf-8").splitlines()
    return {canonicalize_name(Requirement(ligne).name) for ligne in lignes if ligne and ligne[0] not in "#-"}


class TestVerrous:
    @pytest.mark.parametrize("verrou", VERROUS)
    def test_version_exacte_et_empreintes_rien_d_autre(self, verrou: str) -> None:
        forme = re.compile(r"^[a-z0-9._-]+==[^\s;]+(?: ; [^\\]+?)?(?:\s+--hash=sha256:[0-9a-f]{64})+\s*$")
        assert [ligne[:80] for ligne in lignes_du_verrou(verrou) if not forme.match(ligne)] == []

    def test_les_deux_verrous_s_accordent(self) -> None:
        execution, complet = paquets("requirements.lock"), paquets("requirements-dev.lock")
        assert {nom: str(complet.get(nom)) for nom in execution} == {nom: str(exigence) for nom, exigence in execution.items()}

    @pytest.mark.parametrize("declaration", ["requirements", "requirements-dev", "requirements-outils"])
    def test_tout_ce_qui_est_declare_est_fige(self, declaration: str) -> None:
        assert declares(f"{declaration}.in") - set(paquets(f"{declaration}.lock")) == set()

    def test_l_environnement_est_celui_du_verrou(self) -> None:
        attendus = {nom: ex for nom, ex in paquets("requirements-dev.lock").items() if ex.marker is None or ex.marker.evaluate()}
        installes: dict[str, str] = {canonicalize_name(d.metadata["Name"]): d.version for d in metadata.distributions()}
        assert {nom: installes.get(nom) for nom, ex in attendus.items() if installes.get(nom, "0") not in ex.specifier} == {}

    def test_les_dependances_du_projet_sont_celles_du_verrou(self) -> None:
        projet = tomllib.loads((RACINE / "pyproject.toml").read_text(encoding="utf-8"))
        assert projet["tool"]["setuptools"]["dynamic"]["dependencies"]["file"] == ["requirements.in"]
        assert projet["project"]["requires-python"] == ">=3.11"


class TestPropreDuDepot:
    @pytest.mark.parametrize("interdits", [HOTES, CHEMINS], ids=["hôtes", "chemins"])
    def test_rien_d_une_machine_ni_d_un_depot_de_paquets(self, interdits: tuple[str, ...]) -> None:
        trouves = [
            f"{relatif(chemin)} : {interdit}"
            for chemin in fichiers()
            if chemin.suffix in TEXTES
            for interdit in interdits
            if interdit.encode() in chemin.read_bytes()
        ]
        assert trouves == []

    @pytest.mark.parametrize("chemin", [".env", "var/demonstration.sqlite3", ".venv/bin/python", ".venv-outils/x"])
    def test_ce_qui_est_local_n_est_pas_suivi(self, chemin: str) -> None:
        assert git("check-ignore", chemin).strip() == chemin
        assert git("ls-files", chemin) == ""

    @pytest.mark.parametrize("commande", COMMANDES)
    def test_les_commandes_sont_executables_et_bien_formees(self, commande: str) -> None:
        assert (RACINE / commande).stat().st_mode & 0o111
        bash = shutil.which("bash") or "bash"
        essai = subprocess.run([bash, "-n", RACINE / commande], capture_output=True, text=True, check=False)
        assert (essai.returncode, essai.stderr) == (0, "")


def longueurs_des_fonctions(chemin: Path) -> dict[str, int]:
    arbre = ast.parse(chemin.read_text(encoding="utf-8"))
    return {
        f"{relatif(chemin)}:{noeud.lineno} {noeud.name}": (noeud.end_lineno or noeud.lineno) - noeud.lineno + 1
        for noeud in ast.walk(arbre)
        if isinstance(noeud, ast.FunctionDef | ast.AsyncFunctionDef)
    }


ENUMERENT = {
    "candidatures/coherence/couts.py": "un contrôle nomme les montants qu'il confronte",
    "candidatures/coherence/rapprochements.py": "les textes dont on compare deux dossiers",
    "candidatures/demonstration/redaction.py": "elle rédige des fiches, rubrique par rubrique",
    "candidatures/dossier/forms/liste.py": "les colonnes que lit la liste des dossiers",
    "pilotage/decisions/dossiers.py": "les colonnes que lit l'écran des décisions",
}
"""Les seuls modules qui énumèrent des réponses de la fiche, et pourquoi ; les autres les tiennent de `candidatures/sections.py`."""


def enumerations(source: str) -> list[tuple[int, list[str]]]:
    """Les tuples, listes, ensembles et dictionnaires écrits en toutes lettres qui nomment trois réponses de la fiche ou plus."""
    reponses, trouvees = {*CHAMPS, *LISTE_PAR_NOM}, []
    for noeud in ast.walk(ast.parse(source)):
        elements = noeud.keys if isinstance(noeud, ast.Dict) else getattr(noeud, "elts", [])
        noms = {e.value for e in elements if isinstance(e, ast.Constant) and isinstance(e.value, str)} & reponses
        if len(noms) >= 3:
            trouvees.append((getattr(noeud, "lineno", 0), sorted(noms)))
    return trouvees


class TestUneFois:
    """« Un fait est écrit une fois » : où est une réponse, comment elle se dit, ne se récrit pas de module en module."""

    def test_la_fiche_ne_s_enumere_pas_ailleurs(self) -> None:
        modules = [c for c in nos_modules() if not {"tests", "bench"} & set(c.relative_to(RACINE).parts)]
        trouvees = {relatif(c): listees for c in modules if (listees := enumerations(c.read_text(encoding="utf-8")))}
        assert {nom: listees for nom, listees in trouvees.items() if nom not in ENUMERENT} == {}
        assert sorted(set(ENUMERENT) - set(trouvees)) == [], "la liste des exceptions ne garde que celles qui servent"

    @pytest.mark.parametrize(
        ("source", "combien"),
        [
            ('X = ("departements", "organismes", "lignes")', 1),
            ('X = {"departements": 1, "nom": 2, "dalo": 3}', 1),
            ('f(["nom", "dalo", "lignes"], {"nom", "dalo", "duree_mois"})', 2),
            ('X = ("departements", "organismes", "autre")', 0),
            ('X = ("nom", "nom", "nom")', 0),
        ],
    )
    def test_ce_qui_est_une_enumeration(self, source: str, combien: int) -> None:
        assert len(enumerations(source)) == combien


class TestMesures:
    """Les bornes que la maison s'est données : un fichier, une fonction, un gabarit se lisent d'un coup d'œil."""

    def test_fonctions_courtes(self) -> None:
        longueurs = {nom: n for chemin in nos_modules() for nom, n in longueurs_des_fonctions(chemin).items()}
        assert {nom: n for nom, n in longueurs.items() if n > 50} == {}
        assert statistics.median(longueurs.values()) <= 8

    def test_vues_courtes(self) -> None:
        vues = [c for c in nos_modules() if "tests" not in c.parts and ("views" in c.parts or c.name == "views.py")]
        longueurs = {nom: n for chemin in vues for nom, n in longueurs_des_fonctions(chemin).items()}
        assert {nom: n for nom, n in longueurs.items() if n > 25} == {}

    @pytest.mark.parametrize(("suffixe", "borne"), [(".py", 350), (".html", 120)])
    def test_fichiers_courts(self, suffixe: str, borne: int) -> None:
        lignes = {
            relatif(c): len(c.read_text(encoding="utf-8").splitlines()) for c in fichiers(suffixe) if "migrations" not in c.parts
        }
        assert {nom: n for nom, n in lignes.items() if n > borne} == {}

    def test_exceptions_rares_et_raisonnees(self) -> None:
        """Chaque `noqa` ou `type: ignore` porte un code et une raison ; moins de dix en tout."""
        marque = re.compile(r"#\s*(?:noqa|type:\s*ignore)(?P<suite>.*)$")
        lignes = [
            (f"{relatif(chemin)}:{numero}", trouve["suite"])
            for chemin in nos_modules()
            for numero, ligne in enumerate(chemin.read_text(encoding="utf-8").splitlines(), 1)
            if (trouve := marque.search(ligne))
        ]
        forme = re.compile(r"^(?::\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*|\[[a-z, -]+\])\s+(?:#\s*)?\S.{7,}$")
        assert [lieu for lieu, suite in lignes if not forme.match(suite)] == []
        assert len(lignes) < 10


FIABILITE = RACINE / "docs" / "fiabilite.md"
CODE = re.compile(r"(?<![\w-])(?:[FV]-\d{2}|[ADE]-\d{1,2}|G\d)(?![\w-])")
SUITE_DE_CODES = re.compile(rf"{CODE.pattern} à {CODE.pattern}")
OU_L_ON_CITE = (".py", ".js", ".mjs", ".css", ".html", ".md", ".toml", "")


def textes_qui_citent() -> dict[str, str]:
    """Fichier → texte, de tout ce qui peut citer un code ; sans la page qui les explique, ni cet essai, qui en forge."""
    sauf = {FIABILITE, Path(__file__).resolve()}
    return {relatif(c): c.read_text(encoding="utf-8") for c in fichiers(*OU_L_ON_CITE) if c not in sauf}


def lignes_de_fiabilite() -> list[list[str]]:
    """Code, sens, preuves : les cellules de chaque ligne de `docs/fiabilite.md`."""
    lignes = FIABILITE.read_text(encoding="utf-8").splitlines()
    cellules = [[cellule.strip() for cellule in ligne.strip("|").split("|")] for ligne in lignes if ligne.startswith("| ")]
    return [ligne for ligne in cellules if ligne[0] != "Code"]


class TestEcrits:
    """Ce que le dépôt dit de lui-même mène quelque part."""

    def test_chaque_code_cite_a_sa_ligne_et_chaque_ligne_est_citee(self) -> None:
        cites = {code for texte in textes_qui_citent().values() for code in CODE.findall(texte)}
        expliques = [ligne[0] for ligne in lignes_de_fiabilite()]
        assert sorted(set(expliques)) == sorted(expliques)
        assert {"sans ligne": sorted(cites - set(expliques)), "cités nulle part": sorted(set(expliques) - cites)} == {
            "sans ligne": [],
            "cités nulle part": [],
        }

    def test_une_suite_de_codes_s_ecrit_code_par_code(self) -> None:
        assert {nom: trouve[0] for nom, texte in textes_qui_citent().items() if (trouve := SUITE_DE_CODES.search(texte))} == {}

    def test_chaque_preuve_de_fiabilite_existe(self) -> None:
        essais = {"bench/saisie.py"}
        for chemin in fichiers(".py"):
            if chemin.name.startswith("test_"):
                essais |= {chemin.name, f"{chemin.parent.name}/{chemin.name}"}
        preuves = {code: set(re.findall(r"`([^`]+)`", preuve)) for code, _, preuve in lignes_de_fiabilite()}
        assert {code: sorted(noms - essais) or "aucune" for code, noms in preuves.items() if not noms or noms - essais} == {}

    def test_l_index_des_decisions_les_nomme_toutes_dans_l_ordre(self) -> None:
        dossier = RACINE / "docs" / "decisions"
        attendues = [c.name for c in fichiers(".md") if c.parent == dossier and c.name != "README.md"]
        lignes = (dossier / "README.md").read_text(encoding="utf-8").splitlines()
        liens = [lien[1] for ligne in lignes if (lien := re.match(r"- \[\d+\. .+\]\((.+)\) : .+\.$", ligne))]
        assert liens == attendues

    def test_la_licence_est_entiere_et_dite(self) -> None:
        texte = (RACINE / "LICENSE").read_text(encoding="utf-8")
        assert texte.startswith("LICENCE PUBLIQUE DE L'UNION EUROPÉENNE v. 1.2\n")
        assert re.findall(r"^(\d+)\. \S", texte, re.MULTILINE) == [str(rang) for rang in range(1, 16)]
        assert "\nAppendice\n" in texte
        assert texte.endswith("la production d'une nouvelle version de\nl'EUPL.\n")
        projet = tomllib.loads((RACINE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        assert (projet["license"], projet["license-files"]) == ("EUPL-1.2", ["LICENSE"])
