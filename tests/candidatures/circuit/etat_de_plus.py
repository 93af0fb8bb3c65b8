"""Un état et deux passages de plus, écrits comme les écrirait quelqu'un : des lignes ajoutées à deux fichiers, au chargement.

Greffon de pytest (`-p`) : chargé avant Django, il lit les vrais fichiers et y insère ces lignes ; constantes, choix, formulaires
et adresses se calculent donc d'après elles. Rien n'est écrit sur le disque.
"""

from __future__ import annotations

import importlib.abc
import importlib.util
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType

RACINE = Path(__file__).resolve().parents[3]
NOM = '    COMPLEMENTS = "complements", "Compléments demandés"\n'
TRAITS = '    Etat.COMPLEMENTS: Traits(True, True, False, True, "deposee"),\n'
PASSAGES = """    Transition(
        nom="demander_des_complements",
        libelle="Demander des compléments",
        fait="Compléments demandés",
        depuis=(Etat.DEPOSEE, Etat.AVIS_REGIONAUX, Etat.COMITE),
        vers=Etat.COMPLEMENTS,
        acteur="administrateur",
        conditions=(decisions_non_publiees,),
        motif_exige=True,
    ),
    Transition(
        nom="envoyer_les_complements",
        libelle="Envoyer les compléments",
        fait="Compléments envoyés",
        depuis=(Etat.COMPLEMENTS,),
        vers=Etat.DEPOSEE,
        acteur="deposant",
        conditions=(decisions_non_publiees, fiche_prete, annexes_pretes, constats_traites),
        fige=True,
        ecran=Ecran.DEPOT,
    ),
"""
AJOUTS: dict[str, tuple[tuple[str, str], ...]] = {
    "candidatures.etats": (
        ('    COMITE = "comite", "Au comité"\n', NOM),
        ("    # état : connu du bailleur, en instruction, décidé, fiche ouverte, pastille\n", TRAITS),
    ),
    "candidatures.circuit.passages": (("CIRCUIT: tuple[Transition, ...] = (\n", PASSAGES),),
}
"""Par module : après quelle ligne, quelles lignes."""


class Complete(SourceFileLoader):
    """Charge un module avec les lignes qu'on lui ajoute."""

    def get_code(self, fullname: str) -> CodeType:
        """Le fichier tel qu'il est, complété ; une ligne d'ancrage absente ou double est une faute."""
        source = Path(self.path).read_text("utf-8")
        for ancre, lignes in AJOUTS[fullname]:
            if source.count(ancre) != 1:
                raise ImportError(f"{fullname} : « {ancre.strip()} » n'y est pas une fois.")
            source = source.replace(ancre, ancre + lignes)
        return compile(source, self.path, "exec")


class Chercheur(importlib.abc.MetaPathFinder):
    """Trouve les deux modules complétés, et eux seuls."""

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """Rend leur adresse ; None pour tout autre module."""
        if fullname not in AJOUTS:
            return None
        fichier = RACINE.joinpath(*fullname.split(".")).with_suffix(".py")
        return importlib.util.spec_from_file_location(fullname, fichier, loader=Complete(fullname, str(fichier)))


sys.meta_path.insert(0, Chercheur())
