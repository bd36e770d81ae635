"""gunicorn's settings: `gunicorn --config app/gunicorn_conf.py "app.factory:create_app()"`."""

import os

bind = f"127.0.0.1:{os.environ.get('PORT') or 8000}" if not os.environ.get("BIND") else os.environ["BIND"]
workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
# Deliveries wait for the group commit, not for the processor: greenlets hold many of them cheaply.
worker_class = "gevent"
worker_connections = 1000
keepalive = 75
timeout = 60
graceful_timeout = 10
# Webhook addresses hold keys: they do not belong in a log.
accesslog = None
errorlog = "-"
loglevel = "warning"
control_socket_disable = True
