"""A board with 9,900 old items is connected while tickets of another account go on being changed.

A board of monday.com holds 10,000 items, and some stand on the service desk already.

Live changes are made on the service desk, one after the other: first with nothing beside them, then
during the backfill. Their time runs from the moment the web process has received the delivery to the
moment monday.com has confirmed the change on the customer's board. Counted are the calls that the
local monday.com got, with what each cost, against each account's budget of the same minute.
"""

import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from bench.rows import Row
from bench.traffic import BUDGET, CREATE_ITEM, UNLIMITED, Watch, fullest_minute, is_write, many, watching
from local.people import Board, Person
from tests.support.estate import PARTNER, Estate, running_estate

ITEMS, TINY_ITEMS = 9_900, 8
ALONE, TINY_ALONE = 100, 2
OLD, LIVE = "customer-silver", "customer-gold"
PATIENCE_SECONDS = 2_400.0
#: Tickets that are renamed in turn: one alone would be taken for two automations that answer each other.
WORKED_ON, TINY_WORKED_ON = 60, 3
#: Between two live changes.
PACE_SECONDS = 0.5
REACH_P99_SECONDS = 2.0
_BOARD = 'mutation { create_board(board_name: "Old questions", board_kind: public, empty: true) { id } }'
_GROUP = 'mutation ($board: ID!) { create_group(board_id: $board, group_name: "Old") { id } }'
_COUNT = "query ($board: ID!) { boards(ids: [$board]) { items_count } }"


@dataclass
class _LiveWork:
    """A technician who renames one ticket after the other."""

    estate: Estate
    technician: Person
    desk: Board
    tickets: Sequence[str]
    seconds: list[float] = field(default_factory=list)

    def rename(self) -> None:
        """Rename the next ticket and wait until its customer has the name."""
        number = len(self.seconds)
        ticket = self.tickets[number % len(self.tickets)]
        ((heard,),) = self.estate.rows("SELECT coalesce(max(id), 0) FROM inbox")
        ((wanted,),) = self.estate.rows("SELECT coalesce(max(id), 0) FROM changes")
        self.technician.change(self.desk, ticket, {"name": f"Renamed {number} {wanted}"})
        settled = (
            "SELECT settled_at FROM changes JOIN installations USING (account_id)"
            f" WHERE changes.id > {wanted} AND slug = '{LIVE}' AND kind = 'set_column'"
            " AND changes.state = 'done' ORDER BY changes.id"
        )
        done = self.estate.wait_until(lambda: self.estate.rows(settled), "a live change", seconds=120)
        received = (
            f"SELECT received_at FROM inbox WHERE id > {heard} AND source = 'webhook'"
            f" AND lane_key LIKE 'item:%:{self.desk.id}:{ticket}' ORDER BY id LIMIT 1"
        )
        ((told,),) = self.estate.rows(received)
        self.seconds.append(
            (datetime.fromisoformat(done[0][0]) - datetime.fromisoformat(told)).total_seconds()
        )


def run(*, tiny: bool) -> list[Row]:
    """Measure a backfill, and what it does to the live work beside it."""
    count, alone = (TINY_ITEMS, TINY_ALONE) if tiny else (ITEMS, ALONE)
    with (
        tempfile.TemporaryDirectory(prefix="synerity-bench-") as folder,
        running_estate(Path(folder), workers=2, env={"LANE_LEASE_SECONDS": "20"}) as estate,
    ):
        estate.control("limits", UNLIMITED)
        work = _live_work(estate, TINY_WORKED_ON if tiny else WORKED_ON)
        board = _old_board(estate, count)
        estate.wait_until_quiet(seconds=PATIENCE_SECONDS)
        estate.control_delete("limits")
        # As from the marketplace: a day's calls are not counted.
        estate.control("limits", {"daily": 10**6})
        for _ in range(alone):
            work.rename()
        before, work.seconds = work.seconds, []
        stood = _on_the_desk(work)
        with watching(estate) as watch:
            seconds = _backfill(estate, work, board, count)
        return [
            *_came(watch, count, _on_the_desk(work) - stood, seconds),
            *_latency("live changes with nothing beside them", before),
            *_latency("live changes during the backfill", work.seconds),
        ]


def _live_work(estate: Estate, tickets: int) -> _LiveWork:
    person, board = estate.as_user(LIVE), estate.board(LIVE, "tickets")
    names = [{"n": f"Worked on meanwhile {number}"} for number in range(tickets)]
    many(person, CREATE_ITEM, names, b=board.id)
    estate.wait_until_settled(seconds=60)
    rows = estate.rows(
        "SELECT desk.item_id FROM sides AS theirs JOIN sides AS desk ON desk.story = theirs.story"
        " JOIN installations ON installations.account_id = theirs.account_id"
        f" WHERE desk.role = 'desk' AND slug = '{LIVE}'"
    )
    technician, desk = estate.with_title(PARTNER, "Technician"), estate.board(PARTNER, "service_desk")
    return _LiveWork(estate, technician, desk, [str(ticket) for (ticket,) in rows])


def _old_board(estate: Estate, count: int) -> Board:
    """A board that nobody has connected yet."""
    person = estate.as_user(OLD)
    board = Board(str(person.ask(_BOARD, {})["create_board"]["id"]), "tickets", "sv")
    person.ask(_GROUP, {"board": board.id})
    many(person, CREATE_ITEM, [{"n": f"Old {number}"} for number in range(count)], b=board.id)
    return board


def _backfill(estate: Estate, work: _LiveWork, board: Board, count: int) -> float:
    """Connect the board and work on until all its items have come; seconds from the one to the other."""
    told = estate.synerity("link", "adopt", "--customer", OLD, "--account", OLD, board.id)
    assert told.returncode == 0, told.stderr
    started = time.perf_counter()
    pause = threading.Event()
    while time.perf_counter() - started < PATIENCE_SECONDS:
        work.rename()
        if _copies(estate) >= count:
            break
        pause.wait(PACE_SECONDS)
    seconds = time.perf_counter() - started
    estate.wait_until_settled(seconds=PATIENCE_SECONDS)
    return seconds


def _copies(estate: Estate) -> int:
    """How many items were made for what stood on the board."""
    ((made,),) = estate.rows(
        "SELECT count(*) FROM changes WHERE kind = 'create_item' AND state = 'done' AND priority = 1"
    )
    return int(made)


def _on_the_desk(work: _LiveWork) -> int:
    """How many items monday.com counts there."""
    [seen] = work.technician.ask(_COUNT, {"board": work.desk.id})["boards"]
    return int(seen["items_count"])


def _came(watch: Watch, count: int, came: int, seconds: float) -> list[Row]:
    calls = watch.of([OLD, PARTNER])
    writes = [call for call in calls if is_write(call)]
    fullest = max(fullest_minute(watch.of([slug])) for slug in (OLD, PARTNER))
    refused = [call for call in watch.of([OLD, LIVE, PARTNER]) if call["status"] == 429]
    spent = sum(int(call["complexity"] or 0) for call in calls)
    return [
        Row(f"{count:,} old items brought across", f"{seconds:.0f} s", "-", "-", "-"),
        Row("… items a second", f"{count / seconds:,.0f}", "-", "-", "-"),
        Row("… items on the desk for them", f"{came:,}", f"{count:,}", "-", f"{count:,}", came == count),
        Row("… requests: reads", f"{len(calls) - len(writes):,}", f"{count:,} items", "-", "-"),
        Row("… requests: writes, live ones included", f"{len(writes):,}", f"{count:,} items", "-", "-"),
        Row("… points an item", f"{spent / count:,.0f}", "-", "-", "-"),
        Row(
            "… the fullest minute of an account",
            f"{fullest:,} points",
            f"{BUDGET:,} points",
            f"{fullest / BUDGET:.2f}",
            "at most 1",
            fullest <= BUDGET,
        ),
        Row("… calls refused for a limit", f"{len(refused)}", "0", "-", "0", not refused),
    ]


def _latency(what: str, seconds: Sequence[float]) -> list[Row]:
    ordered = sorted(seconds)
    rows = []
    for name, share in (("p50", 0.5), ("p99", 0.99)):
        value = ordered[min(len(ordered) - 1, int(len(ordered) * share))]
        rows.append(
            Row(
                f"{what}, {name} of {len(ordered)}",
                f"{value * 1e3:.0f} ms",
                f"{REACH_P99_SECONDS * 1e3:.0f} ms",
                f"{value / REACH_P99_SECONDS:.2f}",
                "below 1",
                value < REACH_P99_SECONDS,
            )
        )
    return rows
