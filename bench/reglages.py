"""Les réglages de production, plus les adresses et les gabarits du plancher."""

from typing import Any

from hlm_projets import settings
from hlm_projets.settings import *

ROOT_URLCONF = "bench.urls"
TEMPLATES: list[dict[str, Any]] = [
    {**settings.TEMPLATES[0], "DIRS": [settings.RACINE / "templates", settings.RACINE / "bench" / "gabarits"]}
]
# Les noms à empreinte demandent « collectstatic » ; en changer ne coûte qu'une lecture de dictionnaire par fichier.
STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
