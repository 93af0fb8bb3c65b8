"""L'application « candidatures »."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CandidaturesConfig(AppConfig):
    """Campagnes, candidatures, circuit, documents."""

    name = "candidatures"
    verbose_name = "Candidatures"

    def ready(self) -> None:
        """Après chaque migration : protège le journal et les versions figées (sans doublon)."""
        from candidatures.models import protection as journal

        post_migrate.connect(journal.proteger, sender=self, dispatch_uid="candidatures.models.protection")
