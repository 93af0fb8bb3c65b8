"""`manage.py demonstration` : installe les données inventées de la démonstration."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from hlm_projets.requete.middleware import maintenant
from pilotage.demonstration.installation import installer


class Command(BaseCommand):
    """Rejouable : des données déjà là sont gardées."""

    help = "Installe les données inventées de la démonstration, si elles n'y sont pas déjà."

    def handle(self, *_: object, **options: Any) -> None:
        """Refuse hors de la démonstration : ces comptes s'ouvrent sans mot de passe."""
        if not settings.DEMONSTRATION:
            raise CommandError("Ces comptes s'ouvrent sans mot de passe : réservé à la démonstration (DEMONSTRATION=1).")
        faite = installer(maintenant())
        if faite.creees:
            self.stdout.write(f"Démonstration prête : {faite.creees} candidatures inventées.")
        elif faite.prolongee:
            self.stdout.write("Démonstration gardée ; la campagne, close, est rouverte pour trois semaines.")
