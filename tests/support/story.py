"""One ticket's whole story, and what must be true of it whatever happened meanwhile."""

from datetime import UTC, datetime, timedelta

from app.business_time import calendar
from app.tickets.rules import moment_text
from local.people import Item
from tests.support.tickets import PARTNER, Estate, TicketCase

PROMISED_HOURS = {"customer-silver": 8, "customer-gold": 2}
#: Killed workers' leases end and back-offs pass in some seconds each; no more than this is never well.
PATIENCE_SECONDS = 90
OPENED_AT = "query ($id: ID!) { items(ids: [$id]) { created_at } }"


def begin(estate: Estate, slug: str, title: str) -> str:
    """The customer asks, and writes more before anybody has answered; the item's id."""
    customer = estate.as_user(slug)
    board = estate.board(slug, "tickets")
    item_id = customer.create_item(board, title, {"description": {"text": f"All about {title}"}})
    customer.post(item_id, f"One more thing about {title}")
    customer.change(board, item_id, {"priority": board.label("priority", "high")})
    return item_id


def desk_items(estate: Estate, title: str) -> list[Item]:
    """Every item on the service desk that tells of this question."""
    desk = estate.as_user(PARTNER, "Disa")
    return [item for item in desk.items(estate.board(PARTNER, "service_desk")) if item.name == title]


def answer(estate: Estate, slug: str, title: str, their_item_id: str) -> TicketCase:
    """A technician takes the ticket, writes a note and answers; comes back when the customer has it all."""
    # Looking costs both sides a call; so it is done once there is something to see.
    estate.wait_until_settled(seconds=PATIENCE_SECONDS)
    ours = estate.wait_until(
        lambda: desk_items(estate, title), f"{title} on the service desk", seconds=PATIENCE_SECONDS
    )[0]
    customer, desk = estate.as_user(slug), estate.as_user(PARTNER, "Disa")
    case = TicketCase(estate, slug, customer, desk, their_item_id, ours.id)
    case.desk_writes("Internal: let us not tell them whose fault it was")
    case.desk_writes(f"@kund The answer to {title}")
    case.change_ours({"status": {"label": case.label_ours("status", "in_progress")}})
    estate.wait_until_settled(seconds=PATIENCE_SECONDS)
    case.wait(lambda: case.customer_sees(f"The answer to {title}"), "the answer", seconds=PATIENCE_SECONDS)
    in_progress = case.label_theirs("status", "in_progress")
    case.wait(lambda: case.theirs().texts["status"] == in_progress, "the status", seconds=PATIENCE_SECONDS)
    case.wait(
        lambda: case.desk_sees(f"One more thing about {title}"),
        "the customer's message",
        seconds=PATIENCE_SECONDS,
    )
    return case


def prove(case: TicketCase, title: str) -> None:
    """Exactly one ticket, each message once, nothing internal outside, the clock right to the second."""
    case.estate.wait_until_settled(seconds=PATIENCE_SECONDS)
    # A product at rest has nothing on its way: what waits then waits for ever.
    assert case.estate.rows("SELECT id, kind, column_id FROM changes WHERE state IN ('wanted', 'sent')") == []
    [ours] = desk_items(case.estate, title)
    theirs = case.theirs()
    assert ours.texts["number"] == theirs.texts["number"] != ""
    assert [update.text.count("One more thing") for update in case.desk_reads()].count(1) == 1
    assert len([u for u in case.customer_reads() if "The answer to" in u.text]) == 1
    assert not case.customer_sees("Internal:")
    assert ours.texts["priority"] == case.label_ours("priority", "high")
    assert ours.texts["description"] == f"All about {title}"
    assert case.theirs().texts["sla_status"] == case.label_theirs("sla_status", "met")
    assert ours.texts["sla_status"] == case.label_ours("sla_status", "met")
    prove_due_time(case)


def prove_due_time(case: TicketCase) -> None:
    """The moment promised is the opening plus the agreement's business time, to the second."""
    seen = case.customer.ask(OPENED_AT, {"id": case.their_item_id})["items"][0]["created_at"]
    opened_at = datetime.fromisoformat(seen).astimezone(UTC)
    due_at = calendar("support").add(opened_at, timedelta(hours=PROMISED_HOURS[case.slug]))
    stored = case.estate.rows(
        "SELECT value FROM shadows JOIN sides ON sides.id = side_id "
        f"WHERE account_id = '{case.estate.account(case.slug)['id']}' "
        f"AND item_id = '{case.their_item_id}' AND column_key = 'response_due'"
    )
    assert stored[0][0].strip('"') == moment_text(due_at)
