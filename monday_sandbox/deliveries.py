"""Telling webhooks what happened: a durable queue, prompt, retried once a minute for half an hour.

Each happening is matched with the board's webhooks in one step; from then on it is a row
that is delivered until somebody answers 200 or half an hour is over. Order is not promised.
"""

import json
import secrets
import sqlite3
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import jwt
import requests

from monday_sandbox.clock import iso_milliseconds
from monday_sandbox.faults import Sky, Weather
from monday_sandbox.journal import Journal
from monday_sandbox.state import Store

MOST_TRIES = 30
PATIENCE_SECONDS = 10.0
CHALLENGE_PATIENCE_SECONDS = 5.0
TOKEN_LIFE_SECONDS = 300
SENDERS = 12
MOST_AT_ONCE = 200
#: Subscriptions that hear of a happening recorded under another name.
_HEARS = {
    "change_column_value": (
        "change_column_value",
        "change_status_column_value",
        "change_specific_column_value",
    ),
    "item_moved_to_any_group": ("item_moved_to_any_group", "item_moved_to_specific_group"),
}

_TABLES = """
CREATE TABLE IF NOT EXISTS deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT, happening_id INTEGER NOT NULL, webhook_id INTEGER NOT NULL,
    trigger_uuid TEXT NOT NULL, due REAL NOT NULL, tries INTEGER NOT NULL, state TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (state, due);
CREATE TABLE IF NOT EXISTS told (one INTEGER PRIMARY KEY, happening_id INTEGER NOT NULL);
INSERT OR IGNORE INTO told (one, happening_id) VALUES (1, 0);
"""


@dataclass(frozen=True)
class _Delivery:
    id: int
    account_id: int
    user_id: int
    url: str
    signed: bool
    event: str
    body: Mapping[str, Any]
    tries: int


class Deliverer:
    """Delivers happenings to webhooks in the background."""

    def __init__(
        self, store: Store, journal: Journal, sky: Sky, *, signing_secret: str, retry_seconds: float
    ) -> None:
        self._store = store
        self._journal = journal
        self._sky = sky
        self._signing_secret = signing_secret
        self._retry_seconds = retry_seconds
        self._session = requests.Session()
        self._session.trust_env = False
        adapter = requests.adapters.HTTPAdapter(pool_connections=SENDERS, pool_maxsize=SENDERS)
        self._session.mount("http://", adapter)
        self._under_way: set[int] = set()
        self._work = threading.Condition()
        self._stirred = True
        self._stopping = False
        self._senders = ThreadPoolExecutor(SENDERS, thread_name_prefix="webhook")
        with store.writing() as connection:
            for statement in _TABLES.split(";"):
                connection.execute(statement)

    def start(self) -> None:
        """Begin to deliver, what was left from an earlier run first."""
        self._store.on_happening(self.stir)
        threading.Thread(target=self._run, name="deliveries", daemon=True).start()

    def stop(self) -> None:
        """Deliver nothing more."""
        with self._work:
            self._stopping = True
            self._work.notify()
        self._senders.shutdown(wait=False, cancel_futures=True)

    def stir(self) -> None:
        """Something happened, or became due."""
        with self._work:
            self._stirred = True
            self._work.notify()

    def challenge(self, url: str) -> bool:
        """Whether an address echoes a challenge, as it must before it is subscribed."""
        challenge = secrets.token_urlsafe(40)
        try:
            answer = self._session.post(
                url, json={"challenge": challenge}, timeout=CHALLENGE_PATIENCE_SECONDS
            )
            echoed = answer.json()
        except (requests.RequestException, ValueError):
            return False
        return answer.status_code == 200 and isinstance(echoed, dict) and echoed.get("challenge") == challenge

    def _run(self) -> None:
        while not self._stopping:
            with self._work:
                if not self._stirred:
                    self._work.wait(self._until_next())
                self._stirred = False
            if self._stopping:
                return
            self._fan_out()
            for delivery in self._due():
                self._senders.submit(self._deliver, delivery)

    def _until_next(self) -> float:
        with self._store.reading() as connection:
            row = connection.execute("SELECT MIN(due) FROM deliveries WHERE state = 'waiting'").fetchone()
        return 5.0 if row[0] is None else max(0.005, min(5.0, row[0] - time.time()))

    def _fan_out(self) -> None:
        """Match new happenings with webhooks."""
        with self._store.writing() as connection:
            (last,) = connection.execute("SELECT happening_id FROM told").fetchone()
            rows = connection.execute(
                "SELECT happenings.*, slug FROM happenings JOIN accounts ON accounts.id = account_id"
                " WHERE happenings.id > ? ORDER BY happenings.id LIMIT ?",
                (last, MOST_AT_ONCE),
            ).fetchall()
            if not rows:
                return
            for row in rows:
                self._match(connection, row)
            connection.execute("UPDATE told SET happening_id = ?", (rows[-1]["id"],))
        for row in rows:
            self._journal.tell(
                "change",
                {
                    "account_id": str(row["account_id"]),
                    "board_id": str(row["board_id"]),
                    "item_id": None if row["item_id"] is None else str(row["item_id"]),
                    "what": row["event"],
                },
            )
        if len(rows) == MOST_AT_ONCE:
            self.stir()

    def _match(self, connection: sqlite3.Connection, happening: sqlite3.Row) -> None:
        heard_as = _HEARS.get(happening["event"], (happening["event"],))
        marks = ", ".join("?" * len(heard_as))
        webhooks = connection.execute(
            f"SELECT * FROM webhooks WHERE active AND account_id = ? AND board_id = ? AND event IN ({marks})",  # noqa: S608 - only question marks are put in
            (happening["account_id"], happening["board_id"], *heard_as),
        ).fetchall()
        weather = self._sky.over(happening["slug"]) or Weather()
        for webhook in webhooks:
            if not _is_meant(webhook, happening) or weather.chance.random() < weather.webhook_drop:
                continue
            trigger_uuid = secrets.token_hex(16)
            for _ in range(1 + weather.webhook_copies):
                delay = weather.webhook_delay_seconds
                delay += weather.chance.random() * weather.webhook_shuffle_seconds
                connection.execute(
                    "INSERT INTO deliveries (happening_id, webhook_id, trigger_uuid, due, tries, state)"
                    " VALUES (?, ?, ?, ?, 0, 'waiting')",
                    (happening["id"], webhook["id"], trigger_uuid, time.time() + delay),
                )

    def _due(self) -> list[_Delivery]:
        with self._store.reading() as connection:
            rows = connection.execute(
                "SELECT deliveries.*, payload, webhooks.account_id, webhooks.user_id AS owner_id, url,"
                " signed, webhooks.event FROM deliveries JOIN happenings ON happenings.id = happening_id"
                " JOIN webhooks ON webhooks.id = webhook_id"
                " WHERE deliveries.state = 'waiting' AND due <= ? ORDER BY due, deliveries.id LIMIT ?",
                (time.time(), MOST_AT_ONCE),
            ).fetchall()
        found = []
        with self._work:
            for row in rows:
                if row["id"] not in self._under_way:
                    self._under_way.add(row["id"])
                    found.append(_read(row))
        return found

    def _deliver(self, delivery: _Delivery) -> None:
        started = time.monotonic()
        status: int | None = None
        error = ""
        try:
            answer = self._session.post(
                delivery.url,
                json=delivery.body,
                headers=self._headers(delivery),
                timeout=PATIENCE_SECONDS,
                allow_redirects=False,
            )
            status = answer.status_code
        except requests.RequestException as failure:
            error = type(failure).__name__
        self._settle(delivery, delivered=status == 200)
        self._journal.write(
            "webhook",
            iso_milliseconds(self._store.clock.now()),
            delivery.account_id,
            url=delivery.url,
            event=delivery.event,
            attempt=delivery.tries + 1,
            status=status,
            error=error,
            payload=delivery.body,
            duration_ms=round((time.monotonic() - started) * 1000, 1),
        )

    def _headers(self, delivery: _Delivery) -> dict[str, str]:
        if not delivery.signed:
            return {}
        now = int(time.time())
        claims = {
            "accountId": delivery.account_id,
            "userId": delivery.user_id,
            "aud": delivery.url,
            "iat": now,
            "exp": now + TOKEN_LIFE_SECONDS,
            "shortLivedToken": secrets.token_urlsafe(32),
        }
        return {"Authorization": jwt.encode(claims, self._signing_secret, algorithm="HS256")}

    def _settle(self, delivery: _Delivery, *, delivered: bool) -> None:
        tries = delivery.tries + 1
        state = "done" if delivered else "given_up" if tries > MOST_TRIES else "waiting"
        with self._store.writing() as connection:
            connection.execute(
                "UPDATE deliveries SET state = ?, tries = ?, due = ? WHERE id = ?",
                (state, tries, time.time() + self._retry_seconds, delivery.id),
            )
        with self._work:
            self._under_way.discard(delivery.id)
        if not delivered:
            self.stir()


def _read(row: sqlite3.Row) -> _Delivery:
    event = json.loads(row["payload"])
    # The recorded deliveries have these two after the time, and the trigger's id at the end.
    body = {"app": event.pop("app"), "type": event.pop("type"), "triggerTime": event.pop("triggerTime")}
    body |= {"subscriptionId": row["webhook_id"], "isRetry": row["tries"] > 0, **event}
    body["triggerUuid"] = row["trigger_uuid"]
    return _Delivery(
        id=row["id"],
        account_id=row["account_id"],
        user_id=row["owner_id"],
        url=row["url"],
        signed=bool(row["signed"]),
        event=row["event"],
        body={"event": body},
        tries=row["tries"],
    )


def _is_meant(webhook: sqlite3.Row, happening: sqlite3.Row) -> bool:
    """Whether a webhook's configuration lets this happening through."""
    config = json.loads(webhook["config"] or "{}") or {}
    event = json.loads(happening["payload"])
    if webhook["event"] == "change_specific_column_value":
        return bool(config.get("columnId") == happening["column_id"])
    if webhook["event"] == "change_status_column_value":
        wanted = config.get("columnValue") or {}
        label = (event.get("value") or {}).get("label") or {}
        is_any = bool(wanted.get("$any$"))
        return config.get("columnId") == happening["column_id"] and (
            is_any or wanted.get("index") == label.get("index")
        )
    if webhook["event"] == "item_moved_to_specific_group":
        return bool(config.get("groupId") == event.get("destGroupId"))
    return True
