"""La liseuse, à part : `python -m candidatures.annexes.fichiers.liseuse reconnaitre` ou `… apercu GENRE`, le fichier sur l'entrée standard.

Un processus par fichier, sans Django, sans base ni secret, qui pose d'abord ses propres limites : un fichier qui fait tomber ou
gonfler la bibliothèque qui le lit ne fait tomber que lui. `reconnaitre` écrit le genre trouvé, ou « code, tabulation, phrase » et
sort par REFUSE ; `apercu` écrit un JPEG.
"""

from __future__ import annotations

import contextlib
import os
import resource
import sys
from importlib import import_module
from pathlib import Path
from typing import IO

from candidatures.annexes.fichiers.refus import FichierRefuse

REFUSE = 3
"""Le code de sortie d'un refus dit."""
CPU = 6
"""Secondes de calcul."""
MEMOIRE = 400 * 1024 * 1024
"""Octets de mémoire, en plus de l'interpréteur."""

MODULES = ((b"%PDF-", "pdf"), (b"PK\x03\x04", "bureautique"), (b"\x89PNG\r\n\x1a\n", "images"), (b"\xff\xd8\xff", "images"))
"""Par quoi commence un fichier, et qui sait le lire ; seul ce module est chargé."""
DESSINATEURS = {"pdf": "dessin", "png": "images", "jpeg": "images"}

ANCIEN = FichierRefuse(
    "ancien",
    "Ce fichier est d'un ancien format (.doc, .xls), ou protégé par un mot de passe. Enregistrez-le sans mot de passe, en .docx, .xlsx ou PDF.",
)
INCONNU = FichierRefuse("inconnu", "Le contenu de ce fichier n'est d'aucun format admis. Enregistrez-le en PDF.")


def principal(arguments: list[str]) -> int:
    """Lit le fichier de l'entrée standard ; rend le code de sortie."""
    _se_limiter()
    sortie = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # ce qu'une bibliothèque imprimerait ne se mêle pas à notre réponse
    with sortie, os.fdopen(0, "rb", closefd=False) as fichier:
        try:
            sortie.write(apercu(fichier, arguments[1]) if arguments[0] == "apercu" else reconnaitre(fichier).encode())
        except FichierRefuse as refus:
            sortie.write(f"{refus.code}\t{refus.phrase}".encode())
            return REFUSE
    return 0


def reconnaitre(fichier: IO[bytes]) -> str:
    """Le genre du fichier, d'après son contenu, lu par le lecteur de ce genre. Lève FichierRefuse."""
    debut = fichier.read(8)
    if debut.startswith(b"\xd0\xcf\x11\xe0"):
        raise ANCIEN
    module = next((nom for signature, nom in MODULES if debut.startswith(signature)), None)
    if module is None:
        raise INCONNU
    genre: str = import_module(f"candidatures.annexes.fichiers.{module}").reconnaitre(fichier)
    return genre


def apercu(fichier: IO[bytes], genre: str) -> bytes:
    """Une image neuve de ce que montre le fichier : aucun de ses octets n'y passe."""
    image: bytes = import_module(f"candidatures.annexes.fichiers.{DESSINATEURS[genre]}").apercu(fichier)
    return image


def _se_limiter() -> None:
    """Temps, mémoire, et aucun fichier écrit."""
    statm = Path("/proc/self/statm")
    deja = int(statm.read_text().split()[0]) * resource.getpagesize() if statm.exists() else 0
    resource.setrlimit(resource.RLIMIT_CPU, (CPU, CPU + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    with contextlib.suppress(ValueError, OSError):  # macOS refuse la limite de mémoire
        resource.setrlimit(resource.RLIMIT_AS, (deja + MEMOIRE,) * 2)


if __name__ == "__main__":
    sys.exit(principal(sys.argv[1:]))
