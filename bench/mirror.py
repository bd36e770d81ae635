"""10,000 changed items drained to 20 accounts at monday.com's limits; one noisy account beside nine.

Where a budget is smaller than the work, how much of it is used, minute by minute.

Each customer's first ticket is made through the product; the others are copies of its rows in both
databases, of which the product then finds in a sweep that they are as it would have made them. A
technician has changed status, priority and name of every ticket while no worker ran; then two
workers start. Counted are the calls that the local monday.com got, with what each cost, against
each account's budget of the same minute. Beside it the same is done naively, with fewer items: one
call a column.
"""

import json
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import requests

from app.mirror.reading import ITEMS_PER_READ
from bench.rows import Row
from bench.seeding import multiply_tickets, require_consistent
from bench.traffic import (
    BUDGET,
    UNLIMITED,
    WINDOW_SECONDS,
    Watch,
    fullest_minute,
    is_write,
    many,
    watching,
)
from local.install import install
from local.people import Board, Person, people_of
from tests.support.estate import PARTNER, Estate, running_estate

ACCOUNTS, ITEMS_EACH, NOISE, NAIVE_ITEMS = 20, 500, 5_000, 50
TINY_ACCOUNTS, TINY_ITEMS, TINY_NOISE, TINY_NAIVE_ITEMS = 2, 3, 4, 2
#: A budget that keeps one account's changed items waiting for some minutes; in a tiny run, for none.
POINTS, TINY_POINTS, ANSWERS = 500_000, 1_000_000, 2
COLUMNS_CHANGED = 3
QUIET_NEIGHBOURS = 9
#: Of so many customers every item is compared with what the product knows, before anything is measured.
SWEPT = 2
WORKERS = 2
PATIENCE_SECONDS = 1_200.0
REACH_ITEMS_A_REQUEST, REACH_FAIR_SECONDS, REACH_OF_BUDGET = 10.0, 2.0, 0.9
_CHANGE = "change_multiple_column_values(board_id: $b, item_id: $i{0}, column_values: $v) {{ id }}"
_NAMES = "query ($b: ID!) { boards(ids: [$b]) { items_page(limit: 500) { items { name } } } }"
_POST = "create_update(item_id: $i{0}, body: $t{0}) {{ id }}"
_ONE_COLUMN = (
    "mutation ($b: ID!, $i: ID!, $c: String!, $v: JSON!) {"
    " change_column_value(board_id: $b, item_id: $i, column_id: $c, value: $v) { id } }"
)


@dataclass(frozen=True)
class _Customer:
    """An account of the bench: a person who asks, and the board."""

    slug: str
    person: Person
    board: Board


def run(*, tiny: bool) -> list[Row]:
    """Measure a drain, the same done naively, and how a noisy account's neighbours fare."""
    accounts, items = (TINY_ACCOUNTS, TINY_ITEMS) if tiny else (ACCOUNTS, ITEMS_EACH)
    with (
        tempfile.TemporaryDirectory(prefix="synerity-bench-") as folder,
        running_estate(Path(folder), workers=WORKERS, env={"LANE_LEASE_SECONDS": "20"}) as estate,
    ):
        estate.control("limits", UNLIMITED)
        customers = [_open_account(estate, f"bench-{number}") for number in range(accounts)]
        for customer in customers:
            customer.person.create_item(customer.board, f"{customer.slug} asks")
        estate.wait_until_settled(seconds=PATIENCE_SECONDS)
        rows = _seed(estate, customers, items)
        rows += _drain(estate, customers, accounts * items)
        rows += _naively(estate, customers[0], TINY_NAIVE_ITEMS if tiny else NAIVE_ITEMS)
        estate.wait_until_quiet(seconds=PATIENCE_SECONDS)
        if not tiny:
            # What was spent within the last minute would count.
            threading.Event().wait(WINDOW_SECONDS)
        rows += _bounded(estate, customers[0], TINY_POINTS if tiny else POINTS)
        rows += _fairness(estate, customers, TINY_NOISE if tiny else NOISE)
    return rows


def _open_account(estate: Estate, slug: str) -> _Customer:
    people = [{"name": "Ada Admin"}, {"name": "Moa Member", "kind": "member"}]
    estate.control("accounts", {"slug": slug, "plan": "standard", "users": people})
    admin, member = people_of(estate.place.sandbox_url, slug)
    install(estate.place.app_url, admin)
    board = estate.wait_until(lambda: admin.board("tickets"), f"the board of {slug}", seconds=60)
    estate.wait_until_quiet(seconds=60)
    return _Customer(slug, member, board)


def _seed(estate: Estate, customers: Sequence[_Customer], items: int) -> list[Row]:
    """Make each customer's one ticket many, and let the product say whether they are as it makes them."""
    _stop_workers(estate)
    started = time.perf_counter()
    multiply_tickets(estate, items)
    seconds = time.perf_counter() - started
    _start_workers(estate)
    looked_at = customers[:SWEPT]
    boards = {customer.slug: customer.board.id for customer in looked_at}
    require_consistent(estate, boards, items, seconds=PATIENCE_SECONDS)
    looked = time.perf_counter() - started - seconds
    return [
        Row(f"{len(customers) * items:,} tickets seeded", f"{seconds:.0f} s", "-", "-", "-"),
        Row(
            f"… {len(looked_at) * items:,} of them swept: the product knows them all and heals none",
            f"{looked:.0f} s",
            "-",
            "-",
            "-",
        ),
    ]


def _stop_workers(estate: Estate) -> None:
    while estate.workers():
        estate.kill_worker(estate.workers()[0])


def _start_workers(estate: Estate) -> None:
    for _ in range(WORKERS):
        estate.start_worker()


def _drain(estate: Estate, customers: Sequence[_Customer], count: int) -> list[Row]:
    """Change every ticket on the desk while nobody works, then let two workers drain it."""
    technician, desk = estate.with_title(PARTNER, "Technician"), estate.board(PARTNER, "service_desk")
    tickets = [
        row[0]
        for row in estate.rows("SELECT item_id FROM sides WHERE role = 'desk' AND story LIKE 'ticket:%'")
    ]
    _stop_workers(estate)
    values = {
        "status": desk.label("status", "in_progress"),
        "priority": desk.label("priority", "high"),
        "name": "Renamed by the desk",
    }
    assert len(values) == COLUMNS_CHANGED
    many(technician, _CHANGE, [{"i": ticket} for ticket in tickets], b=desk.id, v=json.dumps(values))
    _await_deliveries(estate)
    requests.delete(f"{estate.place.sandbox_url}/sandbox/limits", timeout=10)
    # As from the marketplace: a day's calls are not counted.
    estate.control("limits", {"daily": 10**6})
    ((before,),) = estate.rows("SELECT coalesce(max(id), 0) FROM changes")
    with watching(estate) as watch:
        started = time.perf_counter()
        _start_workers(estate)
        estate.wait_until_quiet(seconds=PATIENCE_SECONDS)
        seconds = time.perf_counter() - started
    slugs = [customer.slug for customer in customers]
    calls = watch.of([*slugs, PARTNER])
    reads = [call for call in calls if not is_write(call)]
    writes = [call for call in calls if is_write(call)]
    mutations = sum(call["query"].count("change_multiple_column_values(") for call in writes)
    refused = [call for call in calls if call["status"] == 429]
    spent = sum(int(call["complexity"] or 0) for call in calls)
    fullest = max(fullest_minute(watch.of([slug])) for slug in [*slugs, PARTNER])
    ended = _ages(estate, int(before))
    arrived = sum(_count_named(customer, values["name"]) for customer in customers)
    return [
        Row(f"{count:,} changed items drained", f"{seconds:.0f} s", "-", "-", "-"),
        Row(
            "… of which stand on the customers' boards",
            f"{arrived:,}",
            f"{count:,}",
            "-",
            f"{count:,}",
            arrived == count,
        ),
        Row("… items a second", f"{count / seconds:,.0f}", "-", "-", "-"),
        _reached("… changed items a request, reads and writes", count, len(calls)),
        _reached("… items written in a request", mutations, len(writes)),
        Row(
            "… mutations an item (3 columns changed)",
            f"{mutations / count:.2f}",
            "1",
            f"{mutations / count:.2f}",
            "at most 1",
            mutations <= count,
        ),
        Row("… items read in a request", f"{count / max(1, len(reads)):.0f}", f"{ITEMS_PER_READ}", "-", "-"),
        Row("… points an item", f"{spent / count:,.0f}", "-", "-", "-"),
        *_minutes(watch, slugs),
        Row(
            "… the fullest minute of an account",
            f"{fullest:,} points",
            f"{BUDGET:,} points",
            f"{fullest / BUDGET:.2f}",
            "at most 1",
            fullest <= BUDGET,
        ),
        Row("… calls refused for a limit", f"{len(refused)}", "0", "-", "0", not refused),
        Row(
            "… a change, from the workers' start to confirmed, p50", f"{_at(ended, 0.5):.1f} s", "-", "-", "-"
        ),
        Row("… p99", f"{_at(ended, 0.99):.1f} s", "-", "-", "-"),
    ]


def _count_named(customer: _Customer, name: object) -> int:
    """How many items of a customer's board have a name, by monday.com's own word."""
    found = customer.person.ask(_NAMES, {"b": customer.board.id})["boards"][0]["items_page"]["items"]
    return sum(item["name"] == name for item in found)


def _reached(what: str, items: int, requests_made: int) -> Row:
    """How many items a request was made for, against the ten that are to be reached."""
    each = items / max(1, requests_made)
    ratio = each / REACH_ITEMS_A_REQUEST
    return Row(what, f"{each:.1f}", f"{REACH_ITEMS_A_REQUEST:g}", f"{ratio:.2f}", "at least 1", ratio >= 1)


def _minutes(watch: Watch, slugs: Sequence[str]) -> list[Row]:
    """Complexity used over time: the desk's reads, and the writes of the customer that used the most."""
    began = _moment(watch.of([*slugs, PARTNER])[0])
    reads = _by_minute([call for call in watch.of([PARTNER]) if not is_write(call)], began)
    writes = [_by_minute([call for call in watch.of([slug]) if is_write(call)], began) for slug in slugs]
    rows = []
    for minute in range(max(map(len, [reads, *writes]))):
        read, *written = (spent[minute] if minute < len(spent) else 0 for spent in (reads, *writes))
        rows.append(
            Row(
                f"… minute {minute + 1}: the desk's reads, the most of a customer's writes",
                f"{read:,} and {max(written):,} points",
                f"{BUDGET:,} points each",
                f"{max(read, *written) / BUDGET:.3f}",
                "at most 1",
                max(read, *written) <= BUDGET,
            )
        )
    return rows


def _naively(estate: Estate, customer: _Customer, items: int) -> list[Row]:
    """One call a column, one after the other, as one would first write it."""
    found = [item.id for item in customer.person.items(customer.board)][:items]
    values = {
        "description": {"text": "Done naively."},
        "priority": customer.board.label("priority", "low"),
        "name": "Named naively",
    }
    estate.wait_until_settled(seconds=PATIENCE_SECONDS)
    with watching(estate) as watch:
        started = time.perf_counter()
        for item in found:
            for column, value in values.items():
                variables = {"b": customer.board.id, "i": item, "c": column, "v": json.dumps(value)}
                customer.person.ask(_ONE_COLUMN, variables)
        seconds = time.perf_counter() - started
    calls = [call for call in watch.of([customer.slug]) if "change_column_value" in call["query"]]
    spent = sum(int(call["complexity"] or 0) for call in calls)
    return [
        Row(
            f"naively, one call a column, {len(found)} items only: items a request, nothing read",
            f"{len(found) / max(1, len(calls)):.2f}",
            f"{REACH_ITEMS_A_REQUEST:g}",
            f"{len(found) / max(1, len(calls)) / REACH_ITEMS_A_REQUEST:.2f}",
            "-",
        ),
        Row("… mutations an item", f"{len(calls) / max(1, len(found)):.2f}", "1", "-", "-"),
        Row("… points an item, for the writes alone", f"{spent / max(1, len(found)):,.0f}", "-", "-", "-"),
        Row(
            "… items a second, one caller that waits for each answer",
            f"{len(found) / seconds:,.0f}",
            "-",
            "-",
            "-",
        ),
    ]


def _fairness(estate: Estate, customers: Sequence[_Customer], noise: int) -> list[Row]:
    """One account gets thousands of messages; each of its neighbours gets one change meanwhile.

    What counts is the time since monday.com told of the change: before that it stood in monday.com's
    queue, behind the telling of the noise.
    """
    technician, desk = estate.with_title(PARTNER, "Technician"), estate.board(PARTNER, "service_desk")
    noisy, neighbours = customers[0], customers[1 : 1 + QUIET_NEIGHBOURS]
    tickets = {customer.slug: _desk_items(estate, customer) for customer in customers}
    shouted = tickets[noisy.slug]
    posts = [{"i": shouted[n % len(shouted)], "t": f"@kund Message {n}"} for n in range(noise)]
    ((before,),) = estate.rows("SELECT coalesce(max(id), 0) FROM changes")
    ((heard_before,),) = estate.rows("SELECT coalesce(max(id), 0) FROM inbox")
    many(technician, _POST, posts)
    value = {"status": desk.label("status", "waiting_customer")}
    for neighbour in neighbours:
        technician.change(desk, tickets[neighbour.slug][0], value)
    changed_at = time.time()
    told: dict[str, float] = {}
    ended: dict[str, float] = {}

    def all_have_it() -> bool | None:
        for neighbour in neighbours:
            heard = (
                f"SELECT min(received_at) FROM inbox WHERE id > {heard_before}"
                f" AND lane_key LIKE '%:{desk.id}:{tickets[neighbour.slug][0]}'"
            )
            done = (
                "SELECT max(settled_at) FROM changes JOIN installations USING (account_id)"
                f" WHERE changes.id > {before} AND slug = '{neighbour.slug}' AND changes.state = 'done'"
            )
            for query, moments in ((heard, told), (done, ended)):
                ((moment,),) = estate.rows(query)
                if moment is not None:
                    moments[neighbour.slug] = datetime.fromisoformat(f"{moment}+00:00").timestamp()
        return len(ended) == len(neighbours) or None

    estate.wait_until(all_have_it, "the neighbours' changes", seconds=PATIENCE_SECONDS)
    ((left,),) = estate.rows(
        f"SELECT count(*) FROM changes WHERE id > {before} AND state IN ('wanted', 'sent')"
    )
    slowest = max(0.0, *(ended[slug] - told[slug] for slug in ended))
    at_all = max(0.0, *(at - changed_at for at in ended.values()))
    return [
        Row(
            f"beside {noise:,} changes of one account, the slowest of {len(neighbours)} neighbours' changes",
            f"{slowest:.1f} s",
            f"{REACH_FAIR_SECONDS:g} s",
            f"{slowest / REACH_FAIR_SECONDS:.2f}",
            "below 1",
            slowest < REACH_FAIR_SECONDS,
        ),
        Row("… with the time that monday.com took to tell", f"{at_all:.1f} s", "-", "-", "-"),
        Row("… of the noisy account's changes still to be sent then", f"{left:,}", f"{noise:,}", "-", "-"),
    ]


def _bounded(estate: Estate, customer: _Customer, points: int) -> list[Row]:
    """Change and answer all of a customer's tickets while its account takes fewer points than that costs."""
    technician, desk = estate.with_title(PARTNER, "Technician"), estate.board(PARTNER, "service_desk")
    estate.control("limits", {"account": customer.slug, "complexity_minute": points, "daily": 10**6})
    value = json.dumps({"priority": desk.label("priority", "urgent")})
    tickets = _desk_items(estate, customer)
    posts = [{"i": ticket, "t": f"@kund Answer {n}"} for n in range(ANSWERS) for ticket in tickets]
    with watching(estate) as watch:
        many(technician, _CHANGE, [{"i": ticket} for ticket in tickets], b=desk.id, v=value)
        many(technician, _POST, posts)
        estate.wait_until_settled(seconds=PATIENCE_SECONDS)
    estate.control("limits", {"account": customer.slug, "daily": 10**6})
    calls = watch.of([customer.slug])
    refused = [call for call in calls if call["status"] == 429]
    writes = [call for call in calls if is_write(call)]
    used = [spent / points for spent in _by_minute(writes, _moment(writes[0]))]
    fullest, whole = fullest_minute(calls) / points, used[:-1]
    told = ", ".join(f"{share:.0%}" for share in used)
    return [
        Row(
            f"{len(tickets):,} changed items with {ANSWERS} answers each, {points:,} points a minute",
            told,
            "-",
            "-",
            "-",
        ),
        Row(
            "… while there was work, the least of a minute",
            f"{min(whole):.0%}" if whole else "-",
            f"{REACH_OF_BUDGET:.0%}",
            f"{min(whole) / REACH_OF_BUDGET:.2f}" if whole else "-",
            "at least 1",
            not whole or min(whole) >= REACH_OF_BUDGET,
        ),
        Row("… the fullest minute", f"{fullest:.0%}", "100%", f"{fullest:.2f}", "at most 1", fullest <= 1),
        Row("… calls refused for a limit", f"{len(refused)}", "0", "-", "0", not refused),
    ]


def _desk_items(estate: Estate, customer: _Customer) -> list[str]:
    rows = estate.rows(
        "SELECT desk.item_id FROM sides AS theirs JOIN sides AS desk ON desk.story = theirs.story"
        f" AND desk.role = 'desk' WHERE theirs.board_id = '{customer.board.id}' AND theirs.role = 'customer'"
        f" AND theirs.account_id = (SELECT account_id FROM installations WHERE slug = '{customer.slug}')"
        " ORDER BY desk.id"
    )
    return [str(row[0]) for row in rows]


def _await_deliveries(estate: Estate) -> None:
    """Wait until monday.com has told all it has to tell."""
    told: list[int] = []

    def is_still() -> bool | None:
        ((events,),) = estate.rows("SELECT count(*) FROM inbox")
        told.append(events)
        return (len(told) > 40 and told[-40] == events) or None

    estate.wait_until(is_still, "all deliveries", seconds=PATIENCE_SECONDS)


def _by_minute(calls: Sequence[Mapping[str, Any]], began: float) -> list[int]:
    """Points of each minute from a moment on."""
    minutes = [int((_moment(call) - began) // WINDOW_SECONDS) for call in calls]
    spent = [0] * (max(minutes, default=-1) + 1)
    for minute, call in zip(minutes, calls, strict=True):
        spent[minute] += int(call["complexity"] or 0)
    return spent


def _moment(call: Mapping[str, Any]) -> float:
    return datetime.fromisoformat(call["at"]).timestamp()


def _ages(estate: Estate, after: int) -> list[float]:
    """Seconds from the first to each confirmation since a moment, sorted."""
    rows = estate.rows(
        f"SELECT wanted_at, settled_at FROM changes WHERE id > {after} AND state = 'done' ORDER BY id"
    )
    begun = min((datetime.fromisoformat(row[0]) for row in rows), default=None)
    return sorted(
        (datetime.fromisoformat(row[1]) - begun).total_seconds() for row in rows if begun is not None
    )


def _at(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0
