"""A bell that hangs is not rung twice, one that was heard can be, and Redis holds nobody up."""

import redis
from rq import Queue
from rq.serializers import JSONSerializer

from app.doorbell import ALL_QUEUES, Doorbell
from app.lanes.service import Bell
from app.priority import Priority

ITEMS = Bell("100", "item")
BOARD = Bell("100", "board", "board:100:200")


def jobs(redis_url: str) -> int:
    with redis.Redis.from_url(redis_url) as connection:
        queues = [Queue(name, connection=connection, serializer=JSONSerializer) for name in ALL_QUEUES]
        return sum(queue.count for queue in queues)


def test_a_bell_makes_a_job(redis_url: str) -> None:
    Doorbell(redis_url).ring([ITEMS, BOARD])
    assert jobs(redis_url) == 2


def test_a_bell_that_hangs_is_not_rung_again(redis_url: str) -> None:
    bell = Doorbell(redis_url)
    bell.ring([ITEMS])
    Doorbell(redis_url).ring([ITEMS])
    assert jobs(redis_url) == 1


def test_a_bell_that_was_heard_can_be_rung_again(redis_url: str) -> None:
    bell = Doorbell(redis_url)
    bell.ring([ITEMS])
    bell.take_down(ITEMS)
    bell.ring([ITEMS])
    assert jobs(redis_url) == 2


def test_a_redis_that_is_away_fails_nobody() -> None:
    bell = Doorbell("redis://127.0.0.1:1/0")
    bell.ring([ITEMS])
    bell.take_down(ITEMS)


def test_without_redis_the_timers_do_the_ringing() -> None:
    bell = Doorbell(None)
    bell.ring([ITEMS])
    bell.ring_soon([ITEMS])
    bell.take_down(ITEMS)


def test_the_most_urgent_bell_is_heard_first(redis_url: str) -> None:
    bells = [Bell(f"10{urgency.value}", "item", "", urgency) for urgency in reversed(Priority)]
    Doorbell(redis_url).ring(bells)
    with redis.Redis.from_url(redis_url) as connection:
        queues = [Queue(name, connection=connection, serializer=JSONSerializer) for name in ALL_QUEUES]
        heard = [Queue.dequeue_any(queues, None, connection, serializer=JSONSerializer) for _ in Priority]
    assert [job.args[0] for job, _ in filter(None, heard)] == ["100", "101", "102"]


def test_an_urgent_bell_is_rung_though_one_that_is_not_hangs(redis_url: str) -> None:
    bell = Doorbell(redis_url)
    bell.ring([Bell("100", "item", "", Priority.SWEEP)])
    bell.ring([ITEMS])
    assert jobs(redis_url) == 2


def test_what_used_up_its_slice_of_time_waits_behind_what_is_short(redis_url: str) -> None:
    bell = Doorbell(redis_url)
    bell.note_long(BOARD)
    bell.ring([BOARD, ITEMS])
    with redis.Redis.from_url(redis_url) as connection:
        queues = [Queue(name, connection=connection, serializer=JSONSerializer) for name in ALL_QUEUES]
        first = Queue.dequeue_any(queues, None, connection, serializer=JSONSerializer)
    assert first is not None
    assert first[0].args[1] == ITEMS.kind


def test_what_is_long_goes_before_what_is_less_urgent(redis_url: str) -> None:
    bell = Doorbell(redis_url)
    bell.note_long(BOARD)
    bell.ring([Bell("100", "item", "", Priority.BACKFILL), BOARD])
    with redis.Redis.from_url(redis_url) as connection:
        queues = [Queue(name, connection=connection, serializer=JSONSerializer) for name in ALL_QUEUES]
        first = Queue.dequeue_any(queues, None, connection, serializer=JSONSerializer)
    assert first is not None
    assert first[0].args[1] == BOARD.kind
