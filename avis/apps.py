"""L'application « avis »."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AvisConfig(AppConfig):
    """Avis départementaux et régionaux."""

    name = "avis"
    verbose_name = "Avis"

    def ready(self) -> None:
        """Après chaque migration, protège les avis figés (sans doublon) ; après un acte de `candidatures`, réécrit les avis attendus."""
        from avis.lignes import reecrire_les_attendus
        from avis.models import protection as journal
        from candidatures.abonnes import abonner

        post_migrate.connect(journal.proteger, sender=self, dispatch_uid="avis.models.protection")
        abonner(reecrire_les_attendus)
