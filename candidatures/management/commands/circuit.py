"""`manage.py circuit` : le circuit en schéma. Avec `--ecrire`, remet à jour `docs/circuit.md`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from candidatures.circuit.passages import schema

DOCUMENT = Path(settings.RACINE) / "docs" / "circuit.md"
GABARIT = """# Le circuit d'une candidature

Ce schéma est engendré par `manage.py circuit --ecrire` à partir de `candidatures/circuit/passages.py` : ne le modifiez pas à la main.

```mermaid
{schema}
```
"""


class Command(BaseCommand):
    """Écrit le schéma du circuit."""

    help = "Le circuit d'une candidature, en Mermaid."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """`--ecrire`."""
        parser.add_argument("--ecrire", action="store_true", help="remet à jour docs/circuit.md")

    def handle(self, *args: Any, ecrire: bool, **options: Any) -> None:
        """Montre le document, ou l'écrit."""
        document = GABARIT.format(schema=schema())
        if ecrire:
            DOCUMENT.write_text(document, encoding="utf-8")
        else:
            self.stdout.write(document, ending="")
