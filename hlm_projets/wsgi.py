"""Entrée WSGI ; ce que le démarrage laisse en mémoire est gelé : le ramasse-miettes ne le parcourt plus, les processus le partagent."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hlm_projets.settings")

application = get_wsgi_application()

gc.collect()
gc.freeze()
