"""``python -m workers``: one RQ worker, which answers bells until it is told to stop.

Jobs run in this process, so that connections to the database and to monday.com live on
from job to job. A process that dies loses nothing: its lanes' leases end and others go on.
"""

import logging
import sys

from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer

from app.doorbell import ALL_QUEUES, connect_patiently
from app.errors import SettingsError
from app.settings import Settings
from workers import jobs
from workers.embedded_redis import EmbeddedRedisError, redis_url


def main() -> int:
    """Work until stopped; 2 when the settings do not allow it."""
    try:
        settings = Settings.from_env()
        url = redis_url(settings)
    except (SettingsError, EmbeddedRedisError) as error:
        sys.stderr.write(f"{error.message}\n")
        return 2
    jobs.prepare(url)
    logging.getLogger("rq.worker").setLevel(logging.WARNING)
    connection = connect_patiently(url)
    worker = SimpleWorker(
        [Queue(name, connection=connection, serializer=JSONSerializer) for name in ALL_QUEUES],
        connection=connection,
        serializer=JSONSerializer,
        log_job_description=False,
    )
    worker.work(logging_level="WARNING")
    return 0


if __name__ == "__main__":
    sys.exit(main())
