"""Le serveur de production : `gunicorn --config python:hlm_projets.serveur hlm_projets.wsgi`.

Tout se remplace sur la ligne de commande de gunicorn (`--bind`, `--workers`…). Le site est chargé une fois, puis dédoublé : `wsgi.py`
a déjà gelé ce que le démarrage laisse en mémoire, que les processus partagent.
"""

bind = "127.0.0.1:8000"
preload_app = True
worker_class = "gthread"
workers = 2
threads = 4
timeout = 60
loglevel = "warning"
control_socket_disable = True
