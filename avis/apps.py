"""L'application « avis »."""

from django.apps import AppConfig


class AvisConfig(AppConfig):
    """Avis départementaux et régionaux."""

    name = "avis"
    verbose_name = "Avis"
