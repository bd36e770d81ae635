"""An escalation's item on the partner's board: made, kept up to date, told things; and what tickets show."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.access_grants.on_ticket import OnTicket
from app.accounts import service as accounts
from app.agreements.rules.terms import in_force
from app.agreements.terms import terms_of
from app.boards import service as boards
from app.boards.service import BoardMap
from app.conversation import service as conversation
from app.errors import ParkedError
from app.escalations import log
from app.escalations.log import Kind
from app.escalations.models import Escalation
from app.escalations.rules import Outcome, Shown, Status
from app.mirror import leaving
from app.mirror import service as mirror
from app.mirror.models import Side
from app.texts import DESK_LANGUAGE, plain, text

BOARD = "escalations"
_GROUP = "escalations"
#: On tickets: how it stands (both boards), the customer's ask and its reason, what the customer is told.
COLUMN, ESCALATE, REASON = "escalation", "escalate", "escalation_reason"
NEXT_CONTACT, COMMITMENT = "next_contact", "commitment"
#: Where cases of monday.com's support are noted on the desk.
_VENDOR_CASE = "vendor_case"


def shown(row: Escalation | None) -> str | None:
    """What a ticket shows of its escalation: the key of a label."""
    if row is None:
        return None
    if row.ended_at is not None:
        return row.outcome
    if row.opened_at is None:
        return Shown.REASON_MISSING if row.origin == "customer" else Shown.OFFERED
    if row.acknowledged_at is None:
        return Shown.OPEN
    return row.progress if row.progress in (Status.IN_PROGRESS, Status.WAITING) else Shown.ACKNOWLEDGED


def make(session: Session, on: OnTicket, row: Escalation, *, now: datetime) -> None:
    """Want an open escalation's item, with all that its owner needs to begin.

    Raises:
        ParkedError: there is no board for it.
    """
    board = _board(session, row.account_id)
    title = mirror.coming(session, on.desk[0]).get(mirror.NAME) or ""
    name = f"{on.customer.name}: {title}"
    values = {
        "number": row.number,
        "status": Status.NEW.value,
        "ticket": on.number,
        "ticket_link": _address(session, on.desk[0]),
        "customer": on.customer.name,
        "tier": in_force(terms_of(session, on.customer.id), now).tier,
        "reason": row.reason,
        "so_far": so_far(session, on, now=now),
    }
    group_id = board.groups[_GROUP]
    mirror.create(session, row.story, "desk", board, group_id=group_id, name=name, values=values, now=now)


def find(session: Session, row: Escalation) -> tuple[Side, BoardMap] | None:
    """An escalation's item; None before it is open."""
    side = mirror.side_of(session, row.story, "desk")
    board = None if side is None else boards.board_map(session, side.account_id, side.board_id)
    return None if side is None or board is None else (side, board)


def write(session: Session, row: Escalation, values: Mapping[str, Any], *, now: datetime) -> None:
    """Let the item's columns hold these values."""
    item = find(session, row)
    if item is None:
        return
    pending = mirror.pending(session, item[0])
    for key, value in values.items():
        mirror.write(session, *item, key, value, now=now, pending_there=pending)


def tell(session: Session, row: Escalation, key: str, *, now: datetime, **values: object) -> None:
    """Post an internal note on the item."""
    item = find(session, row)
    if item is not None:
        conversation.notify(session, item[0], text(DESK_LANGUAGE, key, **values), now=now)


def close(session: Session, row: Escalation, outcome: Outcome, *, now: datetime) -> None:
    """Let the item show that it has ended otherwise than by its owner's hand."""
    write(session, row, {"status": Status.ENDED.value, "outcome": outcome.value}, now=now)


def replace(session: Session, row: Escalation, side: Side, board: BoardMap, *, now: datetime) -> None:
    """Want another item in the place of an open escalation's, which somebody took away."""
    group_id = board.groups[_GROUP]
    leaving.replace(session, side, board, "desk", group_id=group_id, now=now)
    # What the customer was told from the earlier item stays told.
    conversation.tell_anew(session, side)
    log.note(session, row, Kind.REPLACED, key=str(side.id), at=now, now=now)
    tell(session, row, "escalation.replaced.item", now=now)


def link(session: Session, row: Escalation) -> str:
    """The address of the item; of its board as long as it is not made."""
    item = find(session, row)
    if item is None:
        return ""
    return _address(session, item[0]) or ""


def is_made(session: Session, row: Escalation) -> bool:
    """Whether monday.com has made the item."""
    item = find(session, row)
    return item is not None and item[0].item_id is not None


def so_far(session: Session, on: OnTicket, *, now: datetime) -> str:
    """What has become of the ticket so far, in a few lines for its owner."""
    lines = [_status(on.desk[1], on.status)]
    if on.opened_at is not None:
        lines.append(_age(on.opened_at, now))
    case = mirror.coming(session, on.desk[0]).get(_VENDOR_CASE)
    key = "escalation.so_far.case" if case else "escalation.so_far.no_case"
    lines.append(plain(DESK_LANGUAGE, key, case=case))
    return "\n".join(lines)


def _board(session: Session, account_id: str) -> BoardMap:
    board = boards.find_board(session, account_id, BOARD)
    if board is None or _GROUP not in board.groups:
        raise ParkedError("There is no board for escalations yet. Run `synerity provision`, then replay.")
    return board


def _address(session: Session, side: Side) -> str | None:
    """Where people find a side's item; its board as long as it is not made."""
    account = accounts.find_account(session, side.account_id)
    if account is None:
        return None
    board = f"https://{account.slug}.monday.com/boards/{side.board_id}"
    return board if side.item_id is None else f"{board}/pulses/{side.item_id}"


def _status(board: BoardMap, status: str) -> str:
    column = board.columns.get("status")
    words = status if column is None else column.label_texts.get(status, status)
    return plain(DESK_LANGUAGE, "escalation.so_far.status", status=words)


def _age(opened_at: datetime, now: datetime) -> str:
    since = f"{opened_at:%Y-%m-%d %H:%M}"
    return plain(DESK_LANGUAGE, "escalation.so_far.age", since=since, days=(now - opened_at).days)
