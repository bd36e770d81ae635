"""The sandbox's state: one SQLite file that survives a restart, and how it is read and written.

Account and user ids are unique; ids of boards, items, updates and workspaces are unique
within their account only, so every key has the account in it. Moments are ISO text: in
seconds as the API gives them, in ``happenings`` with milliseconds as webhooks do. Column
values are monday.com's raw JSON. One writer at a time; a connection a thread.
"""

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from monday_sandbox import seed, tables
from monday_sandbox.clock import SandboxClock, iso_milliseconds
from monday_sandbox.files.storage import Files

FILE_NAME = "monday.db"

#: First ids handed out in each account. Boards, items and updates are beyond 32 bits, as on monday.com.
FIRST_IDS: Mapping[str, int] = {
    "board": 5_090_100_001,
    "item": 10_700_200_001,
    "update": 4_300_300_001,
    "workspace": 12_400_001,
    "notification": 1,
    "team": 1_440_001,
    "folder": 19_620_001,
    "asset": 2_564_000_001,
    "like": 88_700_001,
    "department": 310_001,
    "tag": 26_510_001,
    # Of all accounts together, under the account 0.
    "account": 32_900_001,
    "user": 90_210_001,
}

_TABLES = """
CREATE TABLE IF NOT EXISTS accounts (
    id INTEGER PRIMARY KEY, slug TEXT NOT NULL UNIQUE, name TEXT NOT NULL, plan TEXT NOT NULL,
    time_zone TEXT NOT NULL, country_code TEXT NOT NULL, created_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS users (
    id INTEGER PRIMARY KEY, account_id INTEGER NOT NULL REFERENCES accounts, name TEXT NOT NULL,
    email TEXT NOT NULL, title TEXT NOT NULL, kind TEXT NOT NULL, api_token TEXT NOT NULL UNIQUE,
    created_at TEXT NOT NULL, UNIQUE (account_id, email));
CREATE INDEX IF NOT EXISTS users_of_account ON users (account_id);
CREATE TABLE IF NOT EXISTS sequences (
    account_id INTEGER NOT NULL, kind TEXT NOT NULL, next INTEGER NOT NULL,
    PRIMARY KEY (account_id, kind)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS workspaces (
    account_id INTEGER NOT NULL, id INTEGER NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL,
    description TEXT, state TEXT NOT NULL, is_default INTEGER NOT NULL, created_at TEXT NOT NULL,
    PRIMARY KEY (account_id, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS boards (
    account_id INTEGER NOT NULL, id INTEGER NOT NULL, name TEXT NOT NULL, description TEXT,
    state TEXT NOT NULL, board_kind TEXT NOT NULL, workspace_id INTEGER, creator_id INTEGER NOT NULL,
    item_terminology TEXT, created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
    PRIMARY KEY (account_id, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS board_users (
    account_id INTEGER NOT NULL, board_id INTEGER NOT NULL, user_id INTEGER NOT NULL, kind TEXT NOT NULL,
    PRIMARY KEY (account_id, board_id, user_id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS board_groups (
    account_id INTEGER NOT NULL, board_id INTEGER NOT NULL, id TEXT NOT NULL, title TEXT NOT NULL,
    color TEXT NOT NULL, position REAL NOT NULL, archived INTEGER NOT NULL, deleted INTEGER NOT NULL,
    PRIMARY KEY (account_id, board_id, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS board_columns (
    account_id INTEGER NOT NULL, board_id INTEGER NOT NULL, id TEXT NOT NULL, title TEXT NOT NULL,
    type TEXT NOT NULL, description TEXT, width INTEGER, settings TEXT NOT NULL, revision TEXT NOT NULL,
    position REAL NOT NULL, archived INTEGER NOT NULL,
    PRIMARY KEY (account_id, board_id, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS items (
    account_id INTEGER NOT NULL, id INTEGER NOT NULL, board_id INTEGER NOT NULL, group_id TEXT NOT NULL,
    name TEXT NOT NULL, state TEXT NOT NULL, position REAL NOT NULL, creator_id INTEGER NOT NULL,
    created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
    PRIMARY KEY (account_id, id)) WITHOUT ROWID;
DROP INDEX IF EXISTS items_of_board;
CREATE INDEX IF NOT EXISTS items_in_order ON items (account_id, board_id, state, group_id, position);
CREATE TABLE IF NOT EXISTS cells (
    account_id INTEGER NOT NULL, item_id INTEGER NOT NULL, column_id TEXT NOT NULL, value TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (account_id, item_id, column_id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS updates (
    account_id INTEGER NOT NULL, id INTEGER NOT NULL, board_id INTEGER NOT NULL, item_id INTEGER NOT NULL,
    parent_id INTEGER, creator_id INTEGER NOT NULL, body TEXT NOT NULL, text_body TEXT NOT NULL,
    created_at TEXT NOT NULL, updated_at TEXT NOT NULL, edited_at TEXT NOT NULL, original_creation_date TEXT,
    PRIMARY KEY (account_id, id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS updates_of_item ON updates (account_id, item_id, parent_id, id);
CREATE INDEX IF NOT EXISTS updates_of_board ON updates (account_id, board_id, parent_id, id);
CREATE INDEX IF NOT EXISTS replies_of_update ON updates (account_id, parent_id, id);
CREATE TABLE IF NOT EXISTS webhooks (
    id INTEGER PRIMARY KEY AUTOINCREMENT, account_id INTEGER NOT NULL, board_id INTEGER NOT NULL,
    event TEXT NOT NULL, config TEXT, url TEXT NOT NULL, user_id INTEGER NOT NULL, signed INTEGER NOT NULL,
    active INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS webhooks_of_board ON webhooks (account_id, board_id, event);
CREATE TABLE IF NOT EXISTS happenings (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, account_id INTEGER NOT NULL,
    board_id INTEGER NOT NULL, event TEXT NOT NULL, item_id INTEGER, column_id TEXT,
    user_id INTEGER NOT NULL, payload TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS happenings_of_board ON happenings (account_id, board_id, id);
CREATE INDEX IF NOT EXISTS happenings_of_user ON happenings (account_id, user_id, id);
CREATE TABLE IF NOT EXISTS notifications (
    account_id INTEGER NOT NULL, id INTEGER NOT NULL, user_id INTEGER NOT NULL, creator_id INTEGER NOT NULL,
    target_type TEXT NOT NULL, target_id INTEGER NOT NULL, text TEXT NOT NULL, created_at TEXT NOT NULL,
    PRIMARY KEY (account_id, id)) WITHOUT ROWID;
"""
_FIRST_WEBHOOK_ID = 466_700_000


class Store:
    """The sandbox's database."""

    def __init__(self, data_dir: Path, clock: SandboxClock) -> None:
        self.clock = clock
        self.path = data_dir / FILE_NAME
        self.files = Files(data_dir / "files")
        self._local = threading.local()
        self._writer = threading.RLock()
        self._callbacks: list[Callable[[], None]] = []
        self._connections: list[sqlite3.Connection] = []
        data_dir.mkdir(parents=True, exist_ok=True)
        self._connection().executescript(_TABLES)
        self._connection().executescript(tables.PEOPLE_AND_PLACES)
        with self.writing() as connection:
            tables.bring_up_to_date(connection)
            if connection.execute("SELECT 1 FROM accounts").fetchone() is None:
                seed.plant(connection, clock.now())
                connection.execute(
                    "INSERT INTO sqlite_sequence (name, seq) VALUES ('webhooks', ?)", (_FIRST_WEBHOOK_ID,)
                )

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One unchanging view of the state for as long as it is open."""
        connection = self._connection()
        if connection.in_transaction:
            yield connection
            return
        connection.execute("BEGIN")
        try:
            yield connection
        finally:
            connection.execute("COMMIT")

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Changes that take effect together when the block ends, or not at all when it raises."""
        connection = self._connection()
        if connection.in_transaction:
            raise RuntimeError("A change was begun inside another reading or writing.")
        with self._writer:
            connection.execute("BEGIN IMMEDIATE")
            self._local.happened = False
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")
            happened = self._local.happened
        if happened:
            for callback in self._callbacks:
                callback()

    def on_happening(self, callback: Callable[[], None]) -> None:
        """Call back, on the writing thread, after each commit that recorded happenings."""
        self._callbacks.append(callback)

    def record_happening(
        self,
        connection: sqlite3.Connection,
        *,
        account_id: int,
        event: str,
        payload: Mapping[str, Any],
        board_id: int | None = None,
        item_id: int | None = None,
        column_id: str | None = None,
    ) -> None:
        """Record one thing that happened, under the name it is subscribed to by.

        ``board_id`` is where it is subscribed to, unless that is the payload's board.

        ``payload`` is the delivery's event without ``triggerTime``, ``subscriptionId``,
        ``isRetry`` and ``triggerUuid``; the first is added here.
        """
        at = iso_milliseconds(self.clock.now())
        whole = {
            "app": payload["app"],
            "type": payload["type"],
            "triggerTime": at,
            **{name: value for name, value in payload.items() if name not in ("app", "type")},
        }
        connection.execute(
            "INSERT INTO happenings (at, account_id, board_id, event, item_id, column_id, user_id, payload)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                at,
                account_id,
                payload["boardId"] if board_id is None else board_id,
                event,
                item_id,
                column_id,
                payload["userId"],
                json.dumps(whole, ensure_ascii=False),
            ),
        )
        self._local.happened = True

    def close(self) -> None:
        """Close the connections of all threads; nothing may use the store any more."""
        with self._writer:
            while self._connections:
                self._connections.pop().close()
        self._local = threading.local()

    def _connection(self) -> sqlite3.Connection:
        found: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if found is None:
            found = sqlite3.connect(
                self.path, timeout=30, isolation_level=None, check_same_thread=False, cached_statements=512
            )
            found.row_factory = sqlite3.Row
            found.execute("PRAGMA journal_mode = WAL")
            found.execute("PRAGMA synchronous = NORMAL")
            self._local.connection = found
            self._connections.append(found)
        return found


def next_id(connection: sqlite3.Connection, account_id: int, kind: str) -> int:
    """The account's next id of a kind that ``FIRST_IDS`` names."""
    row = connection.execute(
        "INSERT INTO sequences (account_id, kind, next) VALUES (?, ?, ? + 1)"
        " ON CONFLICT DO UPDATE SET next = next + 1 RETURNING next - 1",
        (account_id, kind, FIRST_IDS[kind]),
    ).fetchone()
    return int(row[0])
