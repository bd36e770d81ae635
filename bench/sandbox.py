"""The local monday.com with 100 accounts, 1,000 boards and 1,000,000 items: pages, lookups and mutations.

The state is written with direct inserts, then served and asked over HTTP, client and server on the same
machine. Pages have 500 items with id and name, of a board of 10,000; each figure is the median of some.
"""

import json
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from bench.rows import Row
from monday_sandbox.admission import open_account
from monday_sandbox.api import Api, Caller
from monday_sandbox.clock import SandboxClock
from monday_sandbox.state import FIRST_IDS, Store
from monday_sandbox.testing import RunningSandbox, running_sandbox

ACCOUNTS, BOARDS_EACH, ITEMS_EACH, ITEMS_OF_LARGEST = 100, 10, 1_000, 10_000
REACH_PAGE_MS, REACH_MUTATIONS = 50.0, 300.0
WRITERS, SECONDS = 4, 5.0
COLUMNS = ("text", "status", "date", "people")
_PAGE = (
    "query ($b: ID!, $q: ItemsQuery) { boards(ids: [$b]) {"
    " items_page(limit: 500, query_params: $q) { cursor items { id name } } } }"
)
_NEXT = "query ($c: String!) { next_items_page(limit: 500, cursor: $c) { cursor items { id name } } }"
_LOOKUP = (
    "query ($b: ID!) { items_page_by_column_values(board_id: $b, limit: 500,"
    ' columns: [{column_id: "text", column_values: ["key 7"]}]) { cursor items { id name } } }'
)
_ITEMS = """
    WITH RECURSIVE numbers (number) AS (
        SELECT 0 UNION ALL SELECT number + 1 FROM numbers WHERE number + 1 < ?)
    INSERT INTO items (account_id, id, board_id, group_id, name, state, position, creator_id, created_at,
        updated_at)
    SELECT ?, ? + number, ?, ?, 'Fault ' || number, 'active', number * 65536.0, ?, '2026-11-01T08:00:00Z',
        strftime('%Y-%m-%dT%H:%M:%SZ', '2026-11-01', (number % 20) || ' days') FROM numbers"""
_CELLS = """
    INSERT INTO cells (account_id, item_id, column_id, value, updated_at)
    SELECT account_id, items.id, kinds.column1, CASE kinds.column1
        WHEN 'text' THEN '"key ' || (items.id % 5000) || '"'
        WHEN 'status' THEN '{"index": ' || (items.id % 3) || ', "post_id": null, "changed_at": "'
            || updated_at || '"}'
        WHEN 'date' THEN json_object('date', date('2026-11-01', (items.id % 28) || ' days'), 'time', NULL,
            'icon', NULL, 'changed_at', updated_at)
        ELSE json_object('personsAndTeams', json_array(json_object('id', creator_id, 'kind', 'person')),
            'changed_at', updated_at) END, updated_at
    FROM items, (VALUES ('text'), ('status'), ('date'), ('people')) AS kinds
    WHERE account_id = ? AND board_id = ?"""


@dataclass(frozen=True)
class _Asker:
    """Somebody of the account whose largest board is read."""

    sandbox: RunningSandbox
    token: str
    user_id: int
    board_id: str

    def ask(self, document: str, session: requests.Session | None = None, **variables: Any) -> Any:
        """Run a document that must succeed, and give its single field."""
        poster = session or requests
        answer = poster.post(
            f"{self.sandbox.url}/v2",
            json={"query": document, "variables": {"b": self.board_id, **variables}},
            headers={"Authorization": self.token},
        ).json()
        if "errors" in answer:
            raise RuntimeError(f"The bench was refused: {json.dumps(answer['errors'])}")
        (value,) = answer["data"].values()
        return value


def run(*, tiny: bool) -> list[Row]:
    """Fill a state, serve it, and measure pages, a lookup and mutations."""
    accounts = 2 if tiny else ACCOUNTS
    with tempfile.TemporaryDirectory(prefix="synerity-bench-") as folder:
        state, clock = Path(folder) / "state", Path(folder) / "clock.json"
        started = time.perf_counter()
        board_id, user_id, token, count = _fill(state, clock, accounts, tiny=tiny)
        filled = time.perf_counter() - started
        with running_sandbox(state, clock_file=clock) as sandbox:
            requests.post(
                f"{sandbox.url}/sandbox/limits", json={"minute_rate": 10**6}, timeout=30
            ).raise_for_status()
            asker = _Asker(sandbox, token, user_id, board_id)
            rows = [Row(f"filled with {count:,} items", f"{filled:.0f} s", "-", "-", "-")]
            rows += _pages(asker, 1 if tiny else 9)
            rows += [_mutations(asker, aliases, 0.2 if tiny else SECONDS) for aliases in (1, 10)]
    return rows


def _fill(state: Path, clock: Path, accounts: int, *, tiny: bool) -> tuple[str, int, str, int]:
    """Write the state; the largest board's id, its owner's id and token, and how many items there are."""
    store = Store(state, SandboxClock(clock))
    api = Api(store, lambda _: False)
    count = 0
    largest = ("", 0, "")
    for number in range(accounts):
        slug = f"bench-{number}"
        open_account(store, {"slug": slug, "plan": "enterprise"})
        with store.reading() as connection:
            user = connection.execute(
                "SELECT users.* FROM users JOIN accounts ON accounts.id = account_id WHERE slug = ?", (slug,)
            ).fetchone()
        caller = Caller(user["account_id"], user["id"], None, signed=False)
        next_item = FIRST_IDS["item"]
        for place in range(1 if tiny else BOARDS_EACH):
            is_largest = number == place == 0
            wanted = 100 if tiny else ITEMS_OF_LARGEST if is_largest else ITEMS_EACH
            board_id = _make_board(api, caller)
            _put_items(store, caller, int(board_id), next_item, wanted)
            next_item += wanted
            count += wanted
            if is_largest:
                largest = (board_id, int(user["id"]), str(user["api_token"]))
    store.close()
    return (*largest, count)


def _make_board(api: Api, caller: Caller) -> str:
    def one(document: str, variables: Mapping[str, Any]) -> Any:
        return next(iter(api.execute(caller, document, dict(variables), None).body["data"].values()))

    made = one('mutation { create_board(board_name: "B", board_kind: public, empty: true) { id } }', {})
    board_id = str(made["id"])
    one('mutation ($b: ID!) { create_group(board_id: $b, group_name: "G") { id } }', {"b": board_id})
    for column in COLUMNS:
        one(
            "mutation ($b: ID!, $i: String!, $t: ColumnType!) {"
            " create_column(board_id: $b, id: $i, title: $i, column_type: $t) { id } }",
            {"b": board_id, "i": column, "t": column},
        )
    return board_id


def _put_items(store: Store, caller: Caller, board_id: int, first: int, count: int) -> None:
    key = (caller.account_id, board_id)
    with store.writing() as connection:
        (group,) = connection.execute(
            "SELECT id FROM board_groups WHERE account_id = ? AND board_id = ?", key
        ).fetchone()
        connection.execute(_ITEMS, (count, caller.account_id, first, board_id, group, caller.user_id))
        connection.execute(_CELLS, key)


def _pages(asker: _Asker, times: int) -> list[Row]:
    def rule(column: str, operator: str, *values: Any) -> Mapping[str, Any]:
        return {"rules": [{"column_id": column, "operator": operator, "compare_value": values}]}

    queries: Mapping[str, Any] = {
        "first page": None,
        "… by status": rule("status", "any_of", 1),
        "… by text": rule("text", "contains_text", "77"),
        "… by date": rule("date", "greater_than_or_equals", "EXACT", "2026-11-15"),
        "… by people": rule("people", "any_of", f"person-{asker.user_id}"),
        "… by last update": rule("__last_updated__", "greater_than_or_equals", "EXACT", "2026-11-10"),
        "… in the order of a text": {"order_by": [{"column_id": "text", "direction": "asc"}]},
    }
    rows = [
        _page_row(what, times, lambda query=query: asker.ask(_PAGE, q=query))  # type: ignore[misc]
        for what, query in queries.items()
    ]
    cursor = asker.ask(_PAGE)[0]["items_page"]["cursor"]
    if cursor is not None:
        rows.append(_page_row("next page", times, lambda: asker.ask(_NEXT, c=cursor)))
    return [*rows, _page_row("items by a column's value", times, lambda: asker.ask(_LOOKUP))]


def _page_row(what: str, times: int, ask: Callable[[], Any]) -> Row:
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        ask()
        taken.append((time.perf_counter() - started) * 1000)
    median = statistics.median(taken)
    ratio = median / REACH_PAGE_MS
    return Row(
        what, f"{median:.0f} ms", f"{REACH_PAGE_MS:.0f} ms", f"{ratio:.2f}", "below 1", reached=ratio < 1
    )


def _mutations(asker: _Asker, aliases: int, seconds: float) -> Row:
    """Changes of a text by several writers at once, each on an item of its own; no limit stops them."""
    asker.sandbox.lift_limits()
    items = [item["id"] for item in asker.ask(_PAGE)[0]["items_page"]["items"][:WRITERS]]
    # As apps send them: the same document each time, what differs in variables.
    declared = " ".join(f"$v{place}: String" for place in range(aliases))
    changes = " ".join(
        f'a{place}: change_simple_column_value(board_id: $b, item_id: $i, column_id: "text",'
        f" value: $v{place}) {{ id }}"
        for place in range(aliases)
    )
    document = f"mutation ($b: ID!, $i: ID!, {declared}) {{ {changes} }}"

    def write(item_id: str) -> int:
        done = 0
        session = requests.Session()
        session.trust_env = False
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            values = {f"v{place}": str(done + place) for place in range(aliases)}
            answer = session.post(
                f"{asker.sandbox.url}/v2",
                json={"query": document, "variables": {"b": asker.board_id, "i": item_id, **values}},
                headers={"Authorization": asker.token},
            ).json()
            if "errors" in answer:
                raise RuntimeError(f"The bench was refused: {json.dumps(answer['errors'])}")
            done += aliases
        return done

    with ThreadPoolExecutor(WRITERS) as pool:
        rate = sum(pool.map(write, items)) / seconds
    return Row(
        f"mutations, {WRITERS} writers, {aliases} in a request",
        f"{rate:,.0f}/s",
        f"{REACH_MUTATIONS:.0f}/s",
        f"{rate / REACH_MUTATIONS:.2f}",
        "above 1",
        reached=rate > REACH_MUTATIONS,
    )
