"""A case's item on its board: made, shown, told, and made again where it is gone."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts import service as accounts
from app.agreements.models import Customer
from app.boards import service as boards
from app.boards.service import BoardMap
from app.conversation import service as conversation
from app.errors import ParkedError
from app.ids import ticket_number
from app.mirror import leaving
from app.mirror import service as mirror
from app.mirror.models import Side
from app.texts import DESK_LANGUAGE, plain, text
from app.vendor_cases.models import CaseTicket, Turn, VendorCase
from app.vendor_cases.rules import clock, package, steps
from app.vendor_cases.rules.clock import Kind, Mark, following
from app.vendor_cases.rules.package import Package, SameFault
from app.vendor_cases.rules.steps import State

BOARD = "vendor_cases"
_GROUP = "cases"
#: Columns: whose values are shown by the app, or written by it where it is asked.
STATUS, REMINDER, REFERENCE = "status", "reminder", "vendor_reference"


@dataclass(frozen=True)
class CaseItem:
    """A case with its item."""

    case: VendorCase
    side: Side
    board: BoardMap

    def tell(self, session: Session, key: str, *, now: datetime, **values: object) -> None:
        """Post an internal note on it."""
        conversation.notify(session, self.side, text(DESK_LANGUAGE, key, **values), now=now)

    def write(self, session: Session, key: str, value: object, *, now: datetime) -> None:
        """Want one of its columns to hold a value."""
        mirror.write(session, self.side, self.board, key, value, now=now)

    def values(self, session: Session) -> dict[str, Any]:
        """What its columns hold once all that is on its way has come."""
        return mirror.coming(session, self.side)


def find_board(session: Session, account_id: str) -> BoardMap:
    """The board of cases.

    Raises:
        ParkedError: it is missing.
    """
    board = boards.find_board(session, account_id, BOARD)
    if board is None or _GROUP not in board.groups:
        raise ParkedError("The board of vendor cases is missing. Run `synerity provision`, then replay.")
    return board


def make(
    session: Session, case: VendorCase, name: str, values: Mapping[str, Any], *, now: datetime
) -> CaseItem:
    """Want the item of a new case."""
    board = find_board(session, case.account_id)
    lacks = said_lacks(package_of(session, case, values).lacks)
    known = {"number": case.number, STATUS: State.PREPARED.value, "lacks": lacks, **values}
    made = mirror.create(
        session,
        case.story,
        "desk",
        board,
        group_id=board.groups[_GROUP],
        name=name,
        values=known,
        now=now,
    )
    return CaseItem(case, made, board)


def of_case(session: Session, case: VendorCase, *, now: datetime) -> CaseItem:
    """The item of a case, for something that it has to show; another one where it is gone.

    Raises:
        ParkedError: its board is missing.
    """
    board = find_board(session, case.account_id)
    side = mirror.require_side(session, case.story, "desk")
    if side.state == "active":
        return CaseItem(case, side, board)
    reason = side.state
    group_id = board.groups[_GROUP]
    here = CaseItem(case, leaving.replace(session, side, board, "desk", group_id=group_id, now=now), board)
    here.tell(session, "case.item.anew", now=now, number=case.number, reason=reason)
    return here


def show(session: Session, here: CaseItem, *, now: datetime) -> None:
    """Show on a case's item where it stands, since when, and for whom."""
    case, side = here.case, here.side
    found = turns_of(session, case.id)
    terms = following()
    values = mirror.coming(session, side)
    length = clock.with_vendor(found, terms.calendar, since=case.made_at, until=now)
    is_there = bool(found) and found[-1].end is None
    next_at = clock.silence(terms, found[-1].start, now).next_follow_up_at if is_there else None
    shown: dict[str, object] = {
        STATUS: steps.label(State(case.state)),
        "vendor_time": clock.said(length, terms.day) if found else None,
        "sent_on": _date(found[0].start if found else None),
        "follow_up": _date(next_at),
        "tickets": said_tickets(session, case.id),
        "same_fault": package.said_same_fault(same_fault(session, case.id)),
        "lacks": said_lacks(package_of(session, case, values).lacks),
    }
    coming = mirror.pending(session, side)
    for key, value in shown.items():
        mirror.write(session, side, here.board, key, value, now=now, pending_there=coming)


def package_of(session: Session, case: VendorCase, values: Mapping[str, Any]) -> Package:
    """What would be sent with the item's columns as they are."""
    # The customer of the ticket for which it was made.
    first = select(CaseTicket.customer_id).where(
        CaseTicket.case_id == case.id, CaseTicket.ticket_id == case.ticket_id
    )
    customer = session.get_one(Customer, session.execute(first.limit(1)).scalar_one())
    account = None if customer.account_id is None else accounts.find_account(session, customer.account_id)
    slug = customer.slug if account is None else account.slug
    fields = {key: values.get(key) for key in package.FIELDS}
    return Package(case.number, customer.account_id, slug, fields, same_fault(session, case.id))


def same_fault(session: Session, case_id: int) -> SameFault:
    """How many tickets of how many customers are joined to a case."""
    query = select(
        func.count(CaseTicket.ticket_id.distinct()), func.count(CaseTicket.customer_id.distinct())
    ).where(CaseTicket.case_id == case_id, CaseTicket.left_at.is_(None))
    tickets, customers = session.execute(query).one()
    return SameFault(tickets, customers)


def said_tickets(session: Session, case_id: int) -> str | None:
    """The tickets of a case with their customers, for technicians."""
    query = (
        select(CaseTicket.ticket_id, Customer.name)
        .join(Customer, Customer.id == CaseTicket.customer_id)
        .where(CaseTicket.case_id == case_id, CaseTicket.left_at.is_(None))
        .order_by(CaseTicket.ticket_id)
    )
    lines = [f"{ticket_number(row.ticket_id)} {row.name}" for row in session.execute(query)]
    return package.shortened("\n".join(lines)) or None


def said_lacks(lacks: Collection[str]) -> str | None:
    """What a case lacks, for technicians."""
    return ", ".join(plain(DESK_LANGUAGE, f"case.lacks.{key}") for key in lacks) or None


def turns_of(session: Session, case_id: int) -> list[clock.Turn]:
    """The stretches during which monday.com has had the ball."""
    return clock.turns(marks_of(session, case_id))


def marks_of(session: Session, case_id: int) -> list[Mark]:
    """When the ball went over, as far as is known."""
    query = select(Turn).where(Turn.case_id == case_id, Turn.is_void.is_(False)).order_by(Turn.id)
    return [Mark(row.at, Kind(row.kind)) for row in session.execute(query).scalars()]


def _date(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
