"""From a customer's webhook to the partner's board, through the whole running product.

Tickets and messages are made one after the other. The time runs from the moment the web
process has received the delivery to the moment monday.com has confirmed the mirrored item
or update, both by the product's own records; the local monday.com adds no delay.
"""

import tempfile
from datetime import datetime
from pathlib import Path

from bench.rows import Row
from tests.support.estate import Estate, running_estate

CUSTOMER = "customer-silver"
TICKETS, TINY_TICKETS = 100, 2
REACH_P50_SECONDS, REACH_P99_SECONDS = 0.2, 0.6


def run(*, tiny: bool) -> list[Row]:
    """Measure new tickets and new messages."""
    count = TINY_TICKETS if tiny else TICKETS
    with (
        tempfile.TemporaryDirectory(prefix="synerity-bench-") as folder,
        running_estate(Path(folder), workers=2) as estate,
    ):
        customer = estate.as_user(CUSTOMER)
        board = estate.board(CUSTOMER, "tickets")
        tickets, messages = [], []
        for number in range(count):
            before = _moment(estate)
            item = customer.create_item(board, f"Ticket {number} of a bench")
            tickets.append(_seconds(estate, "create_item", before))
            estate.wait_until_quiet()
            before = _moment(estate)
            customer.post(item, f"Message {number} of a bench")
            messages.append(_seconds(estate, "create_update", before))
            estate.wait_until_quiet()
    return [*_rows("new ticket", tickets), *_rows("new message", messages)]


def _moment(estate: Estate) -> tuple[int, int]:
    """How far the inbox and the outbox had come."""
    ((events,),) = estate.rows("SELECT coalesce(max(id), 0) FROM inbox")
    ((changes,),) = estate.rows("SELECT coalesce(max(id), 0) FROM changes")
    return int(events), int(changes)


def _seconds(estate: Estate, kind: str, after: tuple[int, int]) -> float:
    """Seconds from the first delivery after that moment to the first confirmed change of the kind."""
    done = f"SELECT settled_at FROM changes WHERE id > {after[1]} AND kind = '{kind}' AND state = 'done'"
    settled = estate.wait_until(lambda: estate.rows(f"{done} ORDER BY id"), f"a {kind} on the desk")
    first = f"SELECT received_at FROM inbox WHERE id > {after[0]} AND source = 'webhook' ORDER BY id LIMIT 1"
    ((received,),) = estate.rows(first)
    return (datetime.fromisoformat(settled[0][0]) - datetime.fromisoformat(received)).total_seconds()


def _rows(what: str, seconds: list[float]) -> list[Row]:
    ordered = sorted(seconds)
    rows = []
    for name, share, reach in (("p50", 0.50, REACH_P50_SECONDS), ("p99", 0.99, REACH_P99_SECONDS)):
        value = ordered[min(len(ordered) - 1, int(len(ordered) * share))]
        rows.append(
            Row(
                f"{what}, webhook to the other board, {name} of {len(ordered)}",
                f"{value * 1e3:.0f} ms",
                f"{reach * 1e3:.0f} ms",
                f"{value / reach:.2f}",
                "below 1",
                value < reach,
            )
        )
    return rows
