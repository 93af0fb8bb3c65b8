"""L'application des territoires."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from territoires.chargement import charger


class TerritoiresConfig(AppConfig):
    """Régions et départements, chargés après chaque migration."""

    name = "territoires"
    verbose_name = "Territoires"

    def ready(self) -> None:
        """Branche le chargement de la donnée de référence."""
        post_migrate.connect(charger, sender=self, dispatch_uid="territoires.chargement")
