"""Les fiches dont se servent les essais : trois inventées, gardées ici ; trois vraies, lues à côté du dépôt si elles y sont."""

import json
from pathlib import Path
from typing import Any

DOSSIER = Path(__file__).resolve().parent


def fiches_inventees() -> dict[str, dict[str, Any]]:
    """Les trois fiches inventées, au format d'échange, par nom de fichier sans extension."""
    return {chemin.stem: json.loads(chemin.read_text("utf-8")) for chemin in sorted(DOSSIER.glob("*.json"))}
