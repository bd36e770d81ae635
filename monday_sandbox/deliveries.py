"""Telling webhooks what happened: a durable queue, prompt, tried again once a minute for half an hour.

Each happening is matched with the board's webhooks in one step; from then on it is a row that
is sent until somebody answers 200, or until it was tried 30 times more. Order is not promised.
Times here are the machine's, not the sandbox's clock: receivers judge ``exp`` by their own.
"""

import json
import queue
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from monday_sandbox.agenda import Agenda
from monday_sandbox.apps.registration import AppSecrets
from monday_sandbox.apps.sessions import integration_token
from monday_sandbox.clock import iso_milliseconds
from monday_sandbox.faults import Sky, Weather
from monday_sandbox.journal import Journal
from monday_sandbox.sender import Sender
from monday_sandbox.state import Store

#: Tries after the first.
MOST_RETRIES = 30
PATIENCE_SECONDS = 10.0
CHALLENGE_PATIENCE_SECONDS = 5.0
SENDERS = 32
#: Happenings matched in one transaction.
MATCHED_AT_ONCE = 200
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
    #: Who made the webhook, and whom its token speaks for.
    owner_id: int
    url: str
    event: str
    is_signed: bool
    is_wanted: bool
    body: Mapping[str, Any]
    tries: int


class Deliverer:
    """Delivers happenings to webhooks in the background."""

    def __init__(
        self,
        store: Store,
        journal: Journal,
        sky: Sky,
        *,
        app: AppSecrets,
        retry_seconds: float,
        short_token: Callable[[int], str],
    ) -> None:
        self._store = store
        self._journal = journal
        self._sky = sky
        self._app = app
        self._retry_seconds = retry_seconds
        self._short_token = short_token
        self._sender = Sender()
        self._agenda = Agenda()
        self._ready: queue.SimpleQueue[tuple[int, str]] = queue.SimpleQueue()
        self._news = threading.Condition()
        self._has_heard = True
        self._has_new_plan = False
        with store.writing() as connection:
            for statement in _TABLES.split(";"):
                connection.execute(statement)

    def start(self) -> None:
        """Begin to deliver, what was left from an earlier run first."""
        with self._store.reading() as connection:
            left = connection.execute(
                "SELECT deliveries.id, due, url FROM deliveries JOIN webhooks ON webhooks.id = webhook_id"
                " WHERE state = 'waiting'"
            ).fetchall()
        for row in left:
            self._agenda.add(row["due"], row["id"], row["url"])
        self._store.on_happening(self._hear)
        threading.Thread(target=self._run, name="deliveries", daemon=True).start()
        for number in range(SENDERS):
            threading.Thread(target=self._send_forever, name=f"webhook-{number}", daemon=True).start()

    def challenge(self, url: str) -> bool:
        """Whether an address echoes a challenge, as it must before it is subscribed."""
        body = {"challenge": secrets.token_urlsafe(40)}
        reply = self._sender.post(url, body, headers={}, patience_seconds=CHALLENGE_PATIENCE_SECONDS)
        self._journal.write(
            "webhook",
            iso_milliseconds(self._store.clock.now()),
            None,
            url=url,
            event="challenge",
            attempts=1,
            status=reply.status,
            error=reply.error,
            payload=body,
            duration_ms=reply.duration_ms,
        )
        echoed = reply.body if isinstance(reply.body, dict) else {}
        return reply.status == 200 and echoed.get("challenge") == body["challenge"]

    def _hear(self) -> None:
        with self._news:
            self._has_heard = True
            self._news.notify()

    def _run(self) -> None:
        while True:
            with self._news:
                while not (self._has_heard or self._has_new_plan):
                    due = self._agenda.next_due()
                    wait = None if due is None else due - time.time()
                    if wait is not None and wait <= 0:
                        break
                    self._news.wait(wait)
                has_heard, self._has_heard, self._has_new_plan = self._has_heard, False, False
            if has_heard:
                self._fan_out()
            for taken in self._agenda.take(time.time()):
                self._ready.put(taken)

    def _fan_out(self) -> None:
        """Match new happenings with webhooks."""
        planned: list[tuple[float, int, str]] = []
        with self._store.writing() as connection:
            (last,) = connection.execute("SELECT happening_id FROM told").fetchone()
            rows = connection.execute(
                "SELECT happenings.*, slug FROM happenings JOIN accounts ON accounts.id = account_id"
                " WHERE happenings.id > ? ORDER BY happenings.id LIMIT ?",
                (last, MATCHED_AT_ONCE),
            ).fetchall()
            for row in rows:
                planned += self._match(connection, row)
            if rows:
                connection.execute("UPDATE told SET happening_id = ?", (rows[-1]["id"],))
        for due, delivery_id, url in planned:
            self._agenda.add(due, delivery_id, url)
        for row in rows:
            self._journal.tell("change", _change(row))
        if len(rows) == MATCHED_AT_ONCE:
            self._hear()

    def _match(self, connection: sqlite3.Connection, happening: sqlite3.Row) -> list[tuple[float, int, str]]:
        """Write a row for every delivery of a happening: when it is due, its id, its address."""
        heard_as = _HEARS.get(happening["event"], (happening["event"],))
        marks = ", ".join("?" * len(heard_as))
        webhooks = connection.execute(
            f"SELECT * FROM webhooks WHERE active AND account_id = ? AND board_id = ? AND event IN ({marks})",  # noqa: S608 - only question marks are put in
            (happening["account_id"], happening["board_id"], *heard_as),
        ).fetchall()
        weather = self._sky.over(happening["slug"]) or Weather()
        planned = []
        for webhook in webhooks:
            if not _is_meant(webhook, happening) or weather.webhook_chance.random() < weather.webhook_drop:
                continue
            trigger_uuid = secrets.token_hex(16)
            for _ in range(1 + weather.webhook_copies):
                due = time.time() + weather.webhook_delay_seconds
                due += weather.webhook_chance.random() * weather.webhook_shuffle_seconds
                is_second = weather.webhook_retried > 0 and (
                    weather.webhook_chance.random() < weather.webhook_retried
                )
                made = connection.execute(
                    "INSERT INTO deliveries (happening_id, webhook_id, trigger_uuid, due, tries, state)"
                    " VALUES (?, ?, ?, ?, ?, 'waiting') RETURNING id",
                    (happening["id"], webhook["id"], trigger_uuid, due, int(is_second)),
                ).fetchone()
                planned.append((due, made["id"], webhook["url"]))
        return planned

    def _send_forever(self) -> None:
        while True:
            delivery_id, url = self._ready.get()
            following: int | None = delivery_id
            while following is not None:
                try:
                    self._send(following)
                finally:
                    following = self._agenda.finish(url)

    def _send(self, delivery_id: int) -> None:
        delivery = self._find(delivery_id)
        if not delivery.is_wanted:
            self._settle(delivery, "withdrawn")
            return
        reply = self._sender.post(
            delivery.url, delivery.body, headers=self._headers(delivery), patience_seconds=PATIENCE_SECONDS
        )
        is_last = delivery.tries == MOST_RETRIES
        self._settle(delivery, "done" if reply.status == 200 else "given_up" if is_last else "waiting")
        self._journal.write(
            "webhook",
            iso_milliseconds(self._store.clock.now()),
            delivery.account_id,
            delivery.owner_id,
            url=delivery.url,
            event=delivery.event,
            attempts=delivery.tries + 1,
            status=reply.status,
            error=reply.error,
            payload=delivery.body,
            duration_ms=reply.duration_ms,
        )

    def _find(self, delivery_id: int) -> _Delivery:
        with self._store.reading() as connection:
            row = connection.execute(
                "SELECT deliveries.*, payload, webhooks.account_id, webhooks.user_id AS owner_id, url,"
                " signed, active, webhooks.event FROM deliveries"
                " JOIN happenings ON happenings.id = happening_id JOIN webhooks ON webhooks.id = webhook_id"
                " WHERE deliveries.id = ?",
                (delivery_id,),
            ).fetchone()
        return _read(row)

    def _headers(self, delivery: _Delivery) -> dict[str, str]:
        if not delivery.is_signed:
            return {}
        short = self._short_token(delivery.owner_id)
        token = integration_token(
            self._app,
            account_id=delivery.account_id,
            user_id=delivery.owner_id,
            audience=delivery.url,
            short=short,
        )
        return {"Authorization": token}

    def _settle(self, delivery: _Delivery, state: str) -> None:
        due = time.time() + self._retry_seconds
        with self._store.writing() as connection:
            if state == "done":
                connection.execute("DELETE FROM deliveries WHERE id = ?", (delivery.id,))
            else:
                connection.execute(
                    "UPDATE deliveries SET state = ?, tries = ?, due = ? WHERE id = ?",
                    (state, delivery.tries + 1, due, delivery.id),
                )
        if state == "waiting":
            self._agenda.add(due, delivery.id, delivery.url)
            with self._news:
                self._has_new_plan = True
                self._news.notify()


def _read(row: sqlite3.Row) -> _Delivery:
    event = json.loads(row["payload"])
    # The recorded deliveries have these two after the time, and the trigger's id at the end.
    body = {"app": event.pop("app"), "type": event.pop("type"), "triggerTime": event.pop("triggerTime")}
    body |= {"subscriptionId": row["webhook_id"], "isRetry": row["tries"] > 0, **event}
    body["triggerUuid"] = row["trigger_uuid"]
    return _Delivery(
        id=row["id"],
        account_id=row["account_id"],
        owner_id=row["owner_id"],
        url=row["url"],
        event=row["event"],
        is_signed=bool(row["signed"]),
        is_wanted=bool(row["active"]),
        body={"event": body},
        tries=row["tries"],
    )


def _change(happening: sqlite3.Row) -> dict[str, Any]:
    """What pages are told, so that they read anew what they show of it."""
    item_id = happening["item_id"]
    return {
        "account_id": str(happening["account_id"]),
        "board_id": str(happening["board_id"]),
        "item_id": None if item_id is None else str(item_id),
        "what": happening["event"],
    }


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
