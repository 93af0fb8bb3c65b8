"""Lancer une commande comme le ferait un terminal."""

from __future__ import annotations

from io import StringIO
from typing import Any

from django.core.management import call_command


class Sortie:
    """Ce qu'une commande a imprimé, et son code."""

    def __init__(self, commande: str, *args: str) -> None:
        sortie, erreur = StringIO(), StringIO()
        try:
            call_command(commande, *args, stdout=sortie, stderr=erreur)
            self.code: Any = 0
        except SystemExit as fin:
            self.code = fin.code
        self.dit, self.erreurs = sortie.getvalue(), erreur.getvalue().splitlines()
