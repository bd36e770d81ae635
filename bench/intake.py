"""Webhook intake against an empty view of the same server, under the same load.

A delivery is verified (its signature and audience), parsed, de-duplicated, committed to
disk and only then acknowledged; the empty view answers 200. Both run under gunicorn with
the product's own configuration and as many processes, in turns.
"""

import json
import os
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median

import jwt
from sqlalchemy.orm import Session

from app import schema
from app.boards.models import Board
from app.clock import SystemClock
from app.db import Database
from bench import load, slow_disk
from bench.rows import Row
from local import product
from local.ports import free_port
from local.processes import Supervisor
from local.product import Place
from workers import embedded_redis

ACCOUNT, BOARD, KEY = "5001", "7001", "bench-webhook-key-that-nobody-guesses"
SIGNING_SECRET = "the signing secret of a bench, long enough"
EMPTY, INTAKE = "bench.empty_view:create_app()", "app.factory:create_app()"
CONNECTIONS = 64
SECONDS, TINY_SECONDS = 4.0, 0.3
ROUNDS = 5
REACH_RATIO = 0.6
REACH_P99_SECONDS = 0.050

BODY = {
    "event": {
        "app": "monday",
        "type": "update_column_value",
        "triggerTime": "2026-11-02T09:00:00.000Z",
        "subscriptionId": 466701503,
        "isRetry": False,
        "userId": 67214742,
        "originalTriggerUuid": None,
        "boardId": int(BOARD),
        "groupId": "topics",
        "pulseId": "ITEM",
        "pulseName": "A ticket",
        "columnId": "status",
        "columnType": "color",
        "columnTitle": "Status",
        "value": {
            "label": {"index": 1, "text": "In progress", "style": {"color": "#fdab3d"}},
            "post_id": None,
        },
        "previousValue": None,
        "changedAt": 1793610000.0,
        "isTopGroup": True,
        "triggerUuid": "UUID",
    }
}


def run(*, tiny: bool) -> list[Row]:
    """Measure the ceiling, the intake, its latency at half its load, and both on a slow disk."""
    seconds, rounds = (TINY_SECONDS, 1) if tiny else (SECONDS, ROUNDS)
    with tempfile.TemporaryDirectory(prefix="synerity-bench-") as folder, ExitStack() as stack:
        directory = Path(folder)
        empty = stack.enter_context(_serving(directory / "empty", EMPTY, {}))
        intakes = [_Intake("", stack.enter_context(_serving(directory / "here", INTAKE, {})))]
        slowly = slow_disk.environment(directory)
        if slowly is not None:
            slow = stack.enter_context(_serving(directory / "slow", INTAKE, slowly))
            intakes.append(_Intake(", an fsync costs 3 ms more", slow))
        ceilings = []
        # In turns, so that what else the machine does meets all of them alike.
        for _ in range(rounds):
            ceilings.append(load.run(_empty(empty.port), connections=CONNECTIONS, seconds=seconds).rate)
            for intake in intakes:
                intake.load(seconds)
        rows = [row for intake in intakes for row in intake.rows(ceilings, seconds)]
    if slowly is None:
        rows.append(Row("webhook intake, an fsync costs 3 ms more", "left out: no C compiler", "", "", "0.6"))
    return rows


class _Intake:
    """A running intake and what was measured of it."""

    def __init__(self, where: str, place: Place) -> None:
        self._where = where
        self._place = place
        self._next_number = 0
        self._acknowledged = 0
        self._rates: list[float] = []

    def load(self, seconds: float, rate: float | None = None) -> load.Outcome:
        """Load it for so long; each delivery it has acknowledged must be a row."""
        outcome = load.run(
            _webhook(self._place),
            connections=CONNECTIONS,
            seconds=seconds,
            first_number=self._next_number,
            rate=rate,
        )
        self._next_number += load.GENERATORS * load.NUMBERS_EACH
        self._acknowledged += outcome.answered
        _require_durable(self._place, self._acknowledged, outcome.refused)
        if rate is None:
            self._rates.append(outcome.rate)
        return outcome

    def rows(self, ceilings: Sequence[float], seconds: float) -> list[Row]:
        """What it reached against the ceilings of the same rounds, and how fast it is at half of that."""
        ratio = median(rate / ceiling for rate, ceiling in zip(self._rates, ceilings, strict=True))
        half = self.load(seconds, rate=median(self._rates) / 2)
        p99 = half.percentile(99)
        return [
            Row(
                f"webhook intake{self._where}",
                f"{median(self._rates):,.0f}/s",
                f"empty view {median(ceilings):,.0f}/s",
                f"{ratio:.2f}",
                f"{REACH_RATIO:g}",
                ratio >= REACH_RATIO,
            ),
            Row(
                f"… at half that load{self._where}",
                f"p50 {half.percentile(50) * 1e3:.1f} ms, p99 {p99 * 1e3:.1f} ms",
                f"p99 {REACH_P99_SECONDS * 1e3:.0f} ms",
                f"{p99 / REACH_P99_SECONDS:.2f}",
                "below 1",
                p99 < REACH_P99_SECONDS,
            ),
        ]


@contextmanager
def _serving(directory: Path, application: str, extra: Mapping[str, str]) -> Iterator[Place]:
    """Run an application under the product's own server until the block ends."""
    place = Place(directory, *(free_port() for _ in range(4)))
    redis_url = embedded_redis.ensure_running(directory / "valkey")
    variables = product.environment(place, redis_url, dict(os.environ)) | _places(place, redis_url)
    supervisor = Supervisor(directory / "log", print, restart=False)
    try:
        if application == INTAKE:
            _make_database(variables["DATABASE_URL"])
        program = product.web({**variables, **extra})
        supervisor.start(replace(program, command=(*program.command[:-1], application)))
        product.wait_until_ready(supervisor, "web", f"{place.app_url}/healthz")
        yield place
    finally:
        supervisor.stop()
        embedded_redis.stop(directory / "valkey")


def _places(place: Place, redis_url: str) -> dict[str, str]:
    """What a bench must not take from the surroundings."""
    return {
        "DATABASE_URL": f"sqlite:///{place.var / 'synerity.db'}",
        "REDIS_URL": redis_url,
        "BASE_URL": place.app_url,
        "MONDAY_SIGNING_SECRET": SIGNING_SECRET,
        "PORT": str(place.port),
        "VAR_DIR": str(place.var),
    }


def _make_database(database_url: str) -> None:
    """The newest schema, and the board that deliveries are about."""
    database = Database(database_url)
    schema.upgrade(database)
    with Session(database.engine) as session, session.begin():
        session.add(
            Board(
                account_id=ACCOUNT,
                board_id=BOARD,
                key="tickets",
                slot="tickets",
                language="sv",
                state="active",
                webhook_key=KEY,
                structure={},
                webhooks={},
            )
        )
    database.dispose()


def _empty(port: int) -> load.Target:
    return load.target(port, "/empty", _body())


def _webhook(place: Place) -> load.Target:
    path = f"/monday/webhooks/{KEY}"
    now = int(SystemClock().now().timestamp())
    claims = {
        "accountId": int(ACCOUNT),
        "userId": 67214742,
        "aud": f"{place.app_url}{path}",
        "iat": now,
        "exp": now + 300,
    }
    token = jwt.encode(claims, SIGNING_SECRET, algorithm="HS256")
    return load.target(place.port, path, _body(), {"Authorization": token})


def _body() -> bytes:
    """The delivery with places for who it is and which of a thousand items it is about."""
    text = json.dumps(BODY).replace("%", "%%")
    return text.replace('"UUID"', '"%(own)032d"').replace('"ITEM"', "1%(shared)09d").encode()


def _require_durable(place: Place, acknowledged: int, refused: int) -> None:
    """Make sure the figure is of work done: each delivery acknowledged is a row, and none was refused."""
    connection = sqlite3.connect(place.var / "synerity.db")
    (stored,) = connection.execute("SELECT count(*) FROM inbox").fetchone()
    connection.close()
    if stored != acknowledged or refused:
        raise RuntimeError(
            f"{acknowledged} deliveries were acknowledged and {refused} refused, but {stored} are stored."
        )
