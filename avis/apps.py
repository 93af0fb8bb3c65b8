"""L'application « avis »."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AvisConfig(AppConfig):
    """Avis départementaux et régionaux."""

    name = "avis"
    verbose_name = "Avis"

    def ready(self) -> None:
        """Après chaque migration : protège les avis figés (sans doublon)."""
        from avis import protection as journal

        post_migrate.connect(journal.proteger, sender=self, dispatch_uid="avis.protection")
