"""`manage.py travailleur` : envoie les courriels et fait les autres besognes de fond."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.module_loading import autodiscover_modules

from hlm_projets.envoi.travailleur import Arret, besognes, travailler


class Command(BaseCommand):
    """Tourne jusqu'à SIGTERM ; on peut en lancer plusieurs."""

    help = "Envoie les courriels en attente et fait les autres besognes de fond, jusqu'à SIGTERM."

    def add_arguments(self, parser: CommandParser) -> None:
        """Déclare `--une-fois`."""
        parser.add_argument("--une-fois", action="store_true", help="s'arrêter quand il n'y a plus rien à faire")

    def handle(self, *_: object, **options: Any) -> None:
        """Découvre les besognes des applications, puis les enchaîne."""
        autodiscover_modules("taches")
        arret = Arret()
        arret.ecouter()
        self.stdout.write(f"Travailleur en marche : {len(besognes)} besogne(s).")
        travailler(arret, une_fois=options["une_fois"])
