"""A million armed timers: what they cost while none is due, and how late they are when many are.

The product's own process of timers on SQLite, and RQ's scheduler on Valkey beside it. A timer counts as
handed on when another process can see its event, or its job in the queue. RQ knows whole seconds, and
queues up to one early.
"""

import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import redis
from rq import Queue
from rq.serializers import JSONSerializer

from app import schema
from app.clock import SystemClock
from app.db import Database
from bench.rows import Row
from workers import embedded_redis

ARMED, TINY_ARMED = 1_000_000, 1_000
#: Timers for RQ's memory; a million would only take as much longer.
RQ_ARMED, TINY_RQ_ARMED = 20_000, 100
A_SECOND, SECONDS, TINY_SECONDS = 1_000, 10, 1
AT_ONCE, TINY_AT_ONCE = 50_000, 200
#: Lanes that wait for a moment: their back-off, room in a budget, a paused account.
PUT_OFF, TINY_PUT_OFF = 100_000, 100
IDLE_SECONDS, TINY_IDLE_SECONDS = 20.0, 0.5
REACH_LATE, REACH_AT_ONCE, REACH_IDLE = 0.25, 10.0, 0.01
#: Until the first of a row of timers is due.
AHEAD_SECONDS = 2.0
PATIENCE_SECONDS = 180.0
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


def run(*, tiny: bool) -> list[Row]:
    """Measure the product's timers, then RQ's."""
    rate = 50 if tiny else A_SECOND
    due = rate * (TINY_SECONDS if tiny else SECONDS)
    at_once = TINY_AT_ONCE if tiny else AT_ONCE
    with tempfile.TemporaryDirectory(prefix="synerity-bench-") as folder:
        rows = _ours(Path(folder), tiny=tiny, rate=rate, due=due, at_once=at_once)
        rows += _rq(Path(folder), tiny=tiny, rate=rate, due=due, at_once=at_once)
    return rows


def _ours(folder: Path, *, tiny: bool, rate: int, due: int, at_once: int) -> list[Row]:
    armed = TINY_ARMED if tiny else ARMED
    path = folder / "timers.db"
    database = Database(f"sqlite:///{path}")
    schema.upgrade(database)
    database.dispose()
    with closing(sqlite3.connect(path, timeout=60, isolation_level=None)) as connection:
        far = SystemClock().now() + timedelta(days=400)
        _arm(connection, (far + timedelta(seconds=number) for number in range(armed)), "far")
        with _process(folder, path) as timers:
            idle_seconds = TINY_IDLE_SECONDS if tiny else IDLE_SECONDS
            idle = _busy_share(timers.pid, idle_seconds)
            memory = _memory(timers.pid)
            put_off = TINY_PUT_OFF if tiny else PUT_OFF
            _put_off(connection, put_off)
            idle_beside = _busy_share(timers.pid, idle_seconds)
            late = _lateness(connection, rate, due)
            spent = _at_once(connection, at_once)
    return [
        Row(f"{armed:,} timers armed: memory of the process", f"{memory / 2**20:.0f} MiB", "-", "-", "-"),
        Row(
            "… processor while none is due",
            f"{idle:.1%}",
            f"{REACH_IDLE:.0%}",
            f"{idle / REACH_IDLE:.2f}",
            "below 1",
            idle < REACH_IDLE,
        ),
        Row(
            f"… and {put_off:,} lanes wait for a moment",
            f"{idle_beside:.1%}",
            f"{REACH_IDLE:.0%}",
            f"{idle_beside / REACH_IDLE:.2f}",
            "below 1",
            idle_beside < REACH_IDLE,
        ),
        *_late_rows(f"… {rate:,} due a second, handed on late", late),
        Row(
            f"… {at_once:,} due at once, the last handed on after",
            f"{spent:.1f} s",
            f"{REACH_AT_ONCE:.0f} s",
            f"{spent / REACH_AT_ONCE:.2f}",
            "below 1",
            spent < REACH_AT_ONCE,
        ),
    ]


def _arm(connection: sqlite3.Connection, moments: Iterator[datetime], prefix: str) -> None:
    rows = (
        ("response", f"{number}" if prefix == "" else f"{prefix}{number}", "1", _stored(at))
        for number, at in enumerate(moments, start=1)
    )
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany("INSERT INTO timers (kind, subject, account_id, due_at) VALUES (?, ?, ?, ?)", rows)
    connection.execute("COMMIT")


def _put_off(connection: sqlite3.Connection, count: int) -> None:
    """Let so many lanes wait until long after the bench."""
    now = time.time()
    rows = ((f"item:{n % 50}:7:{n}", f"{n % 50}", f"{n % 50}:7", now + 86_400, now) for n in range(count))
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany(
        "INSERT INTO lanes (key, account_id, kind, share, priority, wanted, done, fence, lease_until,"
        " not_before, pending_since, attempts) VALUES (?, ?, 'item', ?, 0, 1, 0, 0, 0, ?, ?, 1)",
        rows,
    )
    connection.execute("COMMIT")


def _stored(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S.%f")


def _lateness(connection: sqlite3.Connection, rate: int, count: int) -> list[float]:
    """Arm timers that are due one after the other; how late each was seen handed on, in seconds."""
    ((before,),) = connection.execute("SELECT COALESCE(MAX(id), 0) FROM inbox")
    first = SystemClock().now() + timedelta(seconds=AHEAD_SECONDS)
    _arm(connection, (first + timedelta(seconds=number / rate) for number in range(count)), "")
    late: list[float] = []

    def look() -> bool:
        nonlocal before
        rows = connection.execute(
            "SELECT id, json_extract(content, '$.due_at') FROM inbox"
            " WHERE id > ? AND source = 'timer.response'",
            (before,),
        ).fetchall()
        now = time.time()
        late.extend(now - datetime.fromisoformat(due_at).timestamp() for _, due_at in rows)
        before = max((number for number, _ in rows), default=before)
        return len(late) >= count

    _watch(look)
    return late


def _at_once(connection: sqlite3.Connection, count: int) -> float:
    """Arm timers that are due at one moment; seconds from it until the last was handed on."""
    ((before,),) = connection.execute("SELECT COUNT(*) FROM inbox")
    due = SystemClock().now() + timedelta(seconds=AHEAD_SECONDS + count / 50_000)
    # Subjects of their own: one timer of a kind a subject.
    _arm(connection, (due for _ in range(count)), "9")

    def look() -> bool:
        ((seen,),) = connection.execute("SELECT COUNT(*) FROM inbox")
        return bool(seen - before >= count)

    _watch(look)
    return time.time() - due.timestamp()


def _watch(is_done: Callable[[], bool]) -> None:
    pause, deadline = threading.Event(), time.monotonic() + PATIENCE_SECONDS
    while not is_done():
        assert time.monotonic() < deadline, "the timers were not handed on"
        pause.wait(0.005)


@contextmanager
def _process(folder: Path, database: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The product's process of timers, at work on a database."""
    environment = {
        **os.environ,
        "APP_ENV": "production",
        "VAR_DIR": str(folder / "var"),
        "DATABASE_URL": f"sqlite:///{database}",
        "BASE_URL": "https://support.example",
        "SECRET_KEYS": "x3Ywq1Zk3mTn0eVtZ4l8oY0mJc1n1mJm3b1Zk3mTn0c=",
        "MONDAY_CLIENT_ID": "bench",
        "MONDAY_CLIENT_SECRET": "bench",
        "MONDAY_SIGNING_SECRET": "bench",
    }
    command = [sys.executable, "-m", "workers.timers"]
    with (folder / "timers.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            _watch(lambda: b"started" in (folder / "timers.log").read_bytes())
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)
            embedded_redis.stop(folder / "var" / "redis")


def _busy_share(pid: int, seconds: float) -> float:
    """The share of a processor that a process uses."""
    before = _ticks(pid)
    threading.Event().wait(seconds)
    return (_ticks(pid) - before) / _TICKS / seconds


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def _memory(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE


def _late_rows(what: str, late: Sequence[float]) -> list[Row]:
    ordered = sorted(late)
    rows = []
    for name, share in (("p50", 0.5), ("p99", 0.99)):
        value = ordered[min(len(ordered) - 1, int(len(ordered) * share))]
        asked = name == "p99"
        rows.append(
            Row(
                f"{what}, {name}",
                f"{value * 1e3:.0f} ms",
                f"{REACH_LATE * 1e3:.0f} ms" if asked else "-",
                f"{value / REACH_LATE:.2f}" if asked else "-",
                "below 1" if asked else "-",
                value < REACH_LATE if asked else None,
            )
        )
    return rows


def _rq(folder: Path, *, tiny: bool, rate: int, due: int, at_once: int) -> list[Row]:
    """The same of RQ's scheduler, its jobs as small as can be."""
    armed = TINY_RQ_ARMED if tiny else RQ_ARMED
    url = embedded_redis.ensure_running(folder / "rq")
    try:
        with closing(redis.Redis.from_url(url)) as connection:
            queue = Queue("bench", connection=connection, serializer=JSONSerializer)
            before = int(connection.info("memory")["used_memory"])
            far = SystemClock().now() + timedelta(days=400)
            for number in range(armed):
                queue.enqueue_at(far, "bench.timers.run", job_id=f"far{number}")
            each = (int(connection.info("memory")["used_memory"]) - before) / armed
            with _scheduler(url, folder):
                late = _rq_lateness(queue, rate, due)
                spent = _rq_at_once(queue, at_once)
    finally:
        embedded_redis.stop(folder / "rq")
    ordered = sorted(late)
    median, p99 = ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    memory = f"{each * 1e6 / 2**20:,.0f} MiB"
    return [
        Row("RQ's scheduler: memory of Valkey, a million timers", memory, "-", "-", "-"),
        Row(f"… {rate:,} due a second, queued late, p50", f"{median * 1e3:.0f} ms", "-", "-", "-"),
        Row(f"… {rate:,} due a second, queued late, p99", f"{p99 * 1e3:.0f} ms", "-", "-", "-"),
        Row(f"… {at_once:,} due at once, the last queued after", f"{spent:.1f} s", "-", "-", "-"),
    ]


@contextmanager
def _scheduler(url: str, folder: Path) -> Iterator[None]:
    program = (
        "import sys, redis; from rq.scheduler import RQScheduler; from rq.serializers import JSONSerializer;"
        " RQScheduler(['bench'], connection=redis.Redis.from_url(sys.argv[1]), interval=1,"
        " serializer=JSONSerializer).work()"
    )
    with (folder / "rq.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-c", program, url], stdout=log, stderr=log)
        try:
            yield
        finally:
            process.terminate()
            process.wait(20)


def _rq_lateness(queue: Queue, rate: int, count: int) -> list[float]:
    first = time.time() + AHEAD_SECONDS + count / 2_000
    moments = {f"due{number}": first + number / rate for number in range(count)}
    for job_id, at in moments.items():
        queue.enqueue_at(datetime.fromtimestamp(at, UTC), "bench.timers.run", job_id=job_id)
    late: list[float] = []

    def look() -> bool:
        seen = queue.connection.lpop(queue.key, 10_000)
        now = time.time()
        ids = [one for one in seen or () if isinstance(one, bytes)] if isinstance(seen, list) else []
        late.extend(now - moments[job_id.decode()] for job_id in ids)
        return len(late) >= count

    _watch(look)
    return late


def _rq_at_once(queue: Queue, count: int) -> float:
    due = time.time() + AHEAD_SECONDS + count / 1_000
    for number in range(count):
        queue.enqueue_at(datetime.fromtimestamp(due, UTC), "bench.timers.run", job_id=f"once{number}")
    due = max(due, time.time())
    _watch(lambda: queue.count >= count)
    return time.time() - due
