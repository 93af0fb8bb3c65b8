"""`manage.py exporter_fiche` : imprime une candidature au format d'échange."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import CommandParser

from candidatures.echange.ecrire import fiche_rendue
from candidatures.management.commun import Commande, dossier


class Command(Commande):
    """Rechargée, la fiche imprimée donne la même candidature."""

    help = "Imprime une candidature au format « hlm-fiche/1 »."

    def add_arguments(self, parser: CommandParser) -> None:
        """Déclare le numéro."""
        parser.add_argument("numero", help="« 2026-77-003 », ou « B-12 » pour un brouillon")

    def handle(self, *_: object, **options: Any) -> None:
        """Imprime en UTF-8, quelle que soit la langue du terminal."""
        if hasattr(self.stdout._out, "reconfigure"):
            self.stdout._out.reconfigure(encoding="utf-8")
        self.stdout.write(json.dumps(fiche_rendue(dossier(options["numero"])), ensure_ascii=False, indent=2))
