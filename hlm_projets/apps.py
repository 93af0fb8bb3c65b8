"""L'application du projet : boîte d'envoi et table de cache."""

from django.apps import AppConfig
from django.core.checks import register
from django.core.management import call_command
from django.db.models.signals import post_migrate

from hlm_projets.requete.verifications import antivirus_a_choisir, mentions_a_completer


def creer_table_de_cache(**_: object) -> None:
    """Le cache partagé (limitation des connexions) vit en base ; sa table est créée avec les autres."""
    call_command("createcachetable", verbosity=0)


class HlmProjetsConfig(AppConfig):
    """Application « hlm_projets »."""

    name = "hlm_projets"
    verbose_name = "HLM Projets"

    def ready(self) -> None:
        """Branche la création de la table de cache et le contrôle de ce que l'exploitant doit choisir."""
        register(mentions_a_completer, deploy=True)
        register(antivirus_a_choisir, deploy=True)
        post_migrate.connect(creer_table_de_cache, sender=self)
