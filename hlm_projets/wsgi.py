"""Entrée WSGI ; le ramasse-miettes est gelé après le démarrage (un tiers du p95 en moins, mesuré par `bench/pages.py`)."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hlm_projets.settings")

application = get_wsgi_application()

gc.collect()
gc.freeze()
