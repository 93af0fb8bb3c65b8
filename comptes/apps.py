"""L'application « comptes »."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ComptesConfig(AppConfig):
    """Organismes, services, personnes et habilitations."""

    name = "comptes"
    verbose_name = "Comptes"

    def ready(self) -> None:
        """Après chaque migration : charge les services de l'État, protège le journal (sans doublon)."""
        from comptes import journal, services  # les modèles ne sont importables qu'une fois les applications prêtes

        post_migrate.connect(services.charger, sender=self, dispatch_uid="comptes.services")
        post_migrate.connect(journal.proteger, sender=self, dispatch_uid="comptes.journal")
