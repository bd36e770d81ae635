"""Ringing for the workers: a queue job that says "look", never what to do.

Everything that is rung for stands in SQL. A bell that is lost is rung again by the timers
process; one that rings twice finds nothing to do. So nothing here may fail a caller, and
nothing waits long for Redis.
"""

import threading
from collections.abc import Sequence

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq import Queue
from rq.queue import EnqueueData
from rq.serializers import JSONSerializer

from app.lanes.service import Bell
from app.logs import get_logger
from app.priority import Priority

#: One queue for each priority, the most urgent first: a worker looks into them in this order. RQ may lose a
#: job of a worker that is killed when there are several; a lost bell is rung again.
QUEUES = {
    Priority.LIVE: "synerity",
    Priority.BACKFILL: "synerity.backfill",
    Priority.SWEEP: "synerity.sweep",
}
#: Where what used up its last slice of time waits for the next one, behind all that is short; before what is
#: less urgent.
LONG_QUEUE = "synerity.long"
#: In the order in which a worker looks into them.
ALL_QUEUES = ("synerity", LONG_QUEUE, "synerity.backfill", "synerity.sweep")
#: A job not taken up by then is worthless: the timers process has rung again.
BELL_LIFE_SECONDS = 600
#: Jobs bound themselves well below this; it is for one that hangs.
LONGEST_JOB_SECONDS = 600
#: A bell that hangs already is not rung again; unless it was lost, for which this is the bound.
QUIET_MILLISECONDS = 3000
#: For how long what used up a slice of time counts as long. Not longer than a bell hangs: one that short work
#: keeps waiting is rung again as if it were short, so that nothing waits for ever.
LONG_MILLISECONDS = 3000
REDIS_PATIENCE_SECONDS = 1.0
#: The Redis key that numbers every ringing.
_NUMBER = "bells:rung"

log = get_logger("doorbell")


def connect(redis_url: str) -> redis.Redis:
    """A client that gives up soon: Redis being away must not hold anybody up."""
    return redis.Redis.from_url(
        redis_url,
        socket_connect_timeout=REDIS_PATIENCE_SECONDS,
        socket_timeout=REDIS_PATIENCE_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )


def connect_patiently(redis_url: str) -> redis.Redis:
    """A client for a worker, which waits for its next job as long as it takes."""
    return redis.Redis.from_url(redis_url, socket_connect_timeout=REDIS_PATIENCE_SECONDS)


def _name(bell: Bell) -> str:
    """The Redis key that says that this bell was rung and not heard yet."""
    return f"bell:{bell.priority.value}:{bell.account_id}:{bell.kind}:{bell.key}"


def _heard_name(bell: Bell) -> str:
    """The Redis key that says up to which ringing this bell was heard."""
    return f"heard:{bell.priority.value}:{bell.account_id}:{bell.kind}:{bell.key}"


def _long_name(bell: Bell) -> str:
    """The Redis key that says that this bell's work used up its slice of time lately."""
    return f"long:{bell.account_id}:{bell.kind}:{bell.key}"


class Doorbell:
    """Rings from any thread.

    Args:
        redis_url: Where the workers listen; None leaves all ringing to the timers process.
    """

    def __init__(self, redis_url: str | None) -> None:
        self._redis = None if redis_url is None else connect(redis_url)
        self._waiting: dict[Bell, None] = {}
        self._rung = threading.Condition()
        self._ringer: threading.Thread | None = None

    @property
    def is_heard(self) -> bool:
        """Whether there are workers that listen."""
        return self._redis is not None

    def ring(self, bells: Sequence[Bell]) -> None:
        """Ring now; a Redis that does not answer is logged and left to the timers process."""
        if self._redis is None or not bells:
            return
        try:
            self._enqueue(self._redis, bells)
        except redis.RedisError as error:
            log.warning("bell_lost", bells=len(bells), error=type(error).__name__)

    def ring_soon(self, bells: Sequence[Bell]) -> None:
        """Ring from a thread of its own, so that the caller does not even wait for Redis."""
        if self._redis is None:
            return
        with self._rung:
            self._waiting.update(dict.fromkeys(bells))
            if self._ringer is None:
                self._ringer = threading.Thread(target=self._ring_forever, name="doorbell", daemon=True)
                self._ringer.start()
            self._rung.notify()

    def take_down(self, bell: Bell, number: int | None = None) -> bool:
        """The bell was heard: from now on it may be rung again. False when this ringing needs no answer.

        A bell that nobody comes to hear is rung again and again. Who answers one of these ringings, by its
        ``number``, looks at all that waits by then, and so answers every one of before.
        """
        if self._redis is None:
            return True
        try:
            with self._redis.pipeline(transaction=False) as pipeline:
                pipeline.get(_NUMBER)
                pipeline.get(_heard_name(bell))
                rung, heard = (None if told is None else int(told) for told in pipeline.execute())
            if number is not None and heard is not None and number <= heard:
                return False
            with self._redis.pipeline(transaction=False) as pipeline:
                pipeline.set(_heard_name(bell), rung or 0, ex=BELL_LIFE_SECONDS)
                pipeline.delete(_name(bell))
                pipeline.execute()
        except redis.RedisError as error:
            log.warning("bell_stuck", error=type(error).__name__)
        return True

    def is_silent(self) -> bool:
        """Whether no bell hangs that nobody has heard yet; False when nobody can say."""
        if self._redis is None:
            return False
        try:
            with self._redis.pipeline(transaction=False) as pipeline:
                for name in ALL_QUEUES:
                    pipeline.llen(Queue(name, connection=self._redis).key)
                return not any(pipeline.execute())
        except redis.RedisError as error:
            log.warning("bells_unknown", error=type(error).__name__)
            return False

    def note_long(self, bell: Bell) -> None:
        """What the bell was rung for used up its slice of time: let it wait behind what is short."""
        if self._redis is None:
            return
        try:
            self._redis.set(_long_name(bell), 1, px=LONG_MILLISECONDS)
        except redis.RedisError as error:
            log.warning("bell_unmarked", error=type(error).__name__)

    def _ring_forever(self) -> None:
        while True:
            with self._rung:
                while not self._waiting:
                    self._rung.wait()
                bells, self._waiting = list(self._waiting), {}
            self.ring(bells)

    def _enqueue(self, connection: redis.Redis, bells: Sequence[Bell]) -> None:
        with connection.pipeline(transaction=False) as pipeline:
            for bell in bells:
                pipeline.set(_name(bell), 1, nx=True, px=QUIET_MILLISECONDS)
                pipeline.exists(_long_name(bell))
                pipeline.incr(_NUMBER)
            told = pipeline.execute()
        jobs: dict[str, list[EnqueueData]] = {}
        for bell, is_new, is_long, number in zip(bells, told[::3], told[1::3], told[2::3], strict=True):
            if is_new:
                jobs.setdefault(_queue(bell, is_long=bool(is_long)), []).append(_job(bell, int(number)))
        for name, waiting in jobs.items():
            Queue(name, connection=connection, serializer=JSONSerializer).enqueue_many(waiting)


def _queue(bell: Bell, *, is_long: bool) -> str:
    return LONG_QUEUE if is_long and bell.priority is Priority.LIVE else QUEUES[bell.priority]


def _job(bell: Bell, number: int) -> EnqueueData:
    return Queue.prepare_data(
        "workers.jobs.answer",
        args=(bell.account_id, bell.kind, bell.key, bell.priority.value, number),
        timeout=LONGEST_JOB_SECONDS,
        ttl=BELL_LIFE_SECONDS,
        result_ttl=0,
        failure_ttl=BELL_LIFE_SECONDS,
        description="answer a bell",
    )
