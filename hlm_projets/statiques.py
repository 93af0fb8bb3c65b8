"""Les fichiers statiques de production : compressés, et nommés d'après leur contenu, modules JavaScript importés compris.

Sans cela, un module importé garderait son nom d'une version à l'autre : une page neuve pourrait charger un module d'avant.
"""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class Statiques(CompressedManifestStaticFilesStorage):
    """Réécrit aussi les « import » de nos modules."""

    support_js_module_import_aggregation = True
