"""L'application « pilotage »."""

from django.apps import AppConfig


class PilotageConfig(AppConfig):
    """La matrice des avis, la décision du comité, la publication : lit candidatures et avis, n'est lue par personne."""

    name = "pilotage"
    verbose_name = "Pilotage"
