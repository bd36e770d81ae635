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


def test_one_answer_is_an_answer_to_every_ringing_of_before(redis_url: str) -> None:
    """As when no worker ran for minutes, and each of them rang again."""
    bell = Doorbell(redis_url)
    for _ in range(3):
        bell.ring([ITEMS])
        forget_that_it_hangs(redis_url)
    first, second, third = (number for _, number in rung(redis_url))
    assert bell.take_down(ITEMS, first)
    assert not bell.take_down(ITEMS, second)
    assert not bell.take_down(ITEMS, third)


def test_what_is_rung_after_the_answer_began_is_answered_too(redis_url: str) -> None:
    bell = Doorbell(redis_url)
    bell.ring([ITEMS])
    [(_, first)] = rung(redis_url)
    assert bell.take_down(ITEMS, first)
    bell.ring([ITEMS])
    [_, (_, second)] = rung(redis_url)
    assert bell.take_down(ITEMS, second)


def test_an_answer_to_one_bell_is_none_to_another(redis_url: str) -> None:
    bell = Doorbell(redis_url)
    bell.ring([BOARD, ITEMS])
    numbers = dict(rung(redis_url))
    assert bell.take_down(ITEMS, numbers[ITEMS.kind])
    assert bell.take_down(BOARD, numbers[BOARD.kind])


def test_a_ringing_is_answered_though_redis_was_emptied(redis_url: str) -> None:
    bell = Doorbell(redis_url)
    for _ in range(3):
        bell.ring([BOARD])
        bell.take_down(BOARD)
    with redis.Redis.from_url(redis_url) as connection:
        connection.flushall()
    bell.ring([BOARD])
    [(_, number)] = rung(redis_url)
    assert bell.take_down(BOARD, number)


def test_it_is_silent_where_no_bell_waits(redis_url: str) -> None:
    bell = Doorbell(redis_url)
    assert bell.is_silent()
    bell.ring([ITEMS])
    assert not bell.is_silent()


def test_nobody_can_say_whether_it_is_silent_without_redis() -> None:
    assert not Doorbell(None).is_silent()
    assert not Doorbell("redis://127.0.0.1:1/0").is_silent()


def forget_that_it_hangs(redis_url: str) -> None:
    """As some seconds do."""
    with redis.Redis.from_url(redis_url) as connection:
        connection.delete(*connection.keys("bell:*"))


def rung(redis_url: str) -> list[tuple[str, int]]:
    """The kind and the number of every ringing that waits in the first queue, oldest first."""
    with redis.Redis.from_url(redis_url) as connection:
        queue = Queue(ALL_QUEUES[0], connection=connection, serializer=JSONSerializer)
        return [(job.args[1], job.args[4]) for job in queue.jobs]
