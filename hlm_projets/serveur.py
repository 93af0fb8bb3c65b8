"""Le serveur de production : `gunicorn --config python:hlm_projets.serveur hlm_projets.wsgi`.

Chaque réglage peut être remplacé sur la ligne de commande de gunicorn (`--bind`, `--workers`…).
"""

import gc
from typing import Any

bind = "127.0.0.1:8000"
worker_class = "gthread"
workers = 2
threads = 4
timeout = 60
loglevel = "warning"
control_socket_disable = True


def post_worker_init(travailleur: Any) -> None:
    """Gèle ce que le démarrage a laissé en mémoire : le ramasse-miettes ne le parcourt plus à chaque passage."""
    gc.collect()
    gc.freeze()
