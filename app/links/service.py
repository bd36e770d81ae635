"""Which customer a board belongs to; leaving a board alone for a while, and following it again.

A paused link loses nothing: what happens on its board waits in the inbox, what is wanted
there waits in the outbox, and when it is resumed a sweep looks for what nobody told of.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import service as accounts
from app.agreements.models import Customer
from app.boards import service as boards
from app.boards.service import BoardMap, Hold
from app.clock import lease_time
from app.errors import SupportError
from app.inbox import filing
from app.inbox import service as inbox
from app.lanes import service as lanes
from app.links.models import Link

TICKETS = "tickets"
#: Boards that each customer's account has, and which of the partner's shows the other end of their items.
OWN_BOARDS = {TICKETS: "service_desk", "feature_requests": "wishes"}


class LinkMissingError(SupportError):
    """No customer's tickets stand on that board."""

    code = "link_missing"
    permanent = True


@dataclass(frozen=True)
class LinkSeen:
    """A link as people are shown it."""

    customer: Customer
    board: BoardMap
    #: ``own`` | ``further`` | ``shared`` | ``adopted``
    origin: str
    linked_at: datetime
    #: None while it is followed.
    hold: Hold | None


def link(
    session: Session, customer: Customer, account_id: str, board_id: str, *, origin: str, now: datetime
) -> None:
    """Note that a customer's tickets stand on a board; a board stays with its first customer."""
    if session.get(Link, (account_id, board_id)) is None:
        new = Link(
            account_id=account_id,
            board_id=board_id,
            customer_id=customer.id,
            origin=origin,
            linked_at=now,
        )
        session.add(new)
        session.flush()


def customer_of(session: Session, account_id: str, board_id: str) -> Customer | None:
    """The customer whose tickets stand on a board."""
    found = session.get(Link, (account_id, board_id))
    return None if found is None else session.get_one(Customer, found.customer_id)


def linked_at(session: Session, account_id: str, board_id: str) -> datetime | None:
    """Since when a board is followed; None when no customer's tickets stand on it."""
    found = session.get(Link, (account_id, board_id))
    return None if found is None else found.linked_at


def list_links(session: Session, customer_id: int | None = None) -> Sequence[LinkSeen]:
    """All links, or one customer's, by the customer's name and the board's age."""
    query = select(Link, Customer).join(Customer, Customer.id == Link.customer_id)
    if customer_id is not None:
        query = query.where(Customer.id == customer_id)
    rows = session.execute(query.order_by(Customer.name, Link.linked_at, Link.board_id)).all()
    seen = []
    for found, customer in rows:
        board = boards.board_map(session, found.account_id, found.board_id)
        if board is not None:
            hold = boards.find_hold(session, found.account_id, found.board_id)
            seen.append(LinkSeen(customer, board, found.origin, found.linked_at, hold))
    return seen


def find_link(session: Session, board_id: str, account_id: str | None = None) -> LinkSeen:
    """The link of a board; the account may be left out where the board's id says enough.

    Raises:
        LinkMissingError: no customer's tickets stand on it, or boards of two accounts have that id.
    """
    found = [
        seen
        for seen in list_links(session)
        if seen.board.board_id == board_id and account_id in (None, seen.board.account_id)
    ]
    if len(found) != 1:
        what = "no customer's tickets stand there" if not found else "several accounts have such a board"
        raise LinkMissingError(
            f"Board {board_id}: {what}. `synerity links` lists the boards that are followed."
        )
    return found[0]


def pause(session: Session, account_id: str, board_id: str, *, reason: str, by: str, now: datetime) -> None:
    """Leave a customer's board alone until ``resume``; the first reason stands."""
    boards.hold_board(session, account_id, board_id, reason=reason, by=by, now=now)


def resume(session: Session, account_id: str, board_id: str, *, now: datetime) -> bool:
    """Follow a board again and look for what was missed; False when it was not paused."""
    if not boards.release_board(session, account_id, board_id, now=now):
        return False
    lanes.wake(session, account_id)
    partner = accounts.find_partner(session)
    if partner is not None:
        # Items of the desk may have been one too many.
        lanes.wake(session, partner.account_id)
    lane = filing.account_lane(account_id)
    inbox.put(session, lane, "account.sweep", {}, now=now, lease_time=lease_time())
    return True
