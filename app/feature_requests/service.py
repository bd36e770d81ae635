"""Taking requests in, from whichever door they come, and telling reports and people of them.

A board's item, a ticket's status, and whatever else lets customers ask, call the same function. Without the
capability in its agreement the customer is answered, and nothing of the request goes to the partner's board.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import service as accounts
from app.agreements.models import Customer
from app.agreements.rules.table import Capability
from app.agreements.rules.terms import Entitlement, entitlement
from app.agreements.terms import terms_of
from app.boards import service as boards
from app.boards.service import BoardMap
from app.errors import ParkedError
from app.feature_requests import joining, progress, suggesting, writing
from app.feature_requests.models import Wish
from app.feature_requests.on_wish import on_wish
from app.feature_requests.rules.joining import number, read_number
from app.feature_requests.rules.steps import Status
from app.mirror import service as mirror
from app.refusals import service as refusals
from app.refusals.service import Asked, ByColumn
from app.stories import opening
from app.stories.presence import CUSTOMER_GROUP, End

#: The keys of the customers' boards and of the partner's.
BOARD, DESK = "feature_requests", "wishes"
#: The group of new items on a customer's board.
_GROUP = "requests"


class BoardMissingError(ParkedError):
    """There is no board for it yet."""

    code = "wish_board_missing"


@dataclass(frozen=True)
class Wanted:
    """What somebody wishes that monday.com could do."""

    title: str
    #: By monday.com's clock, or of the mail.
    at: datetime
    requester: str
    #: ``ticket``, ``mail``, ``portal``
    channel: str
    #: Guided field → answer, as far as somebody has said it.
    answers: Mapping[str, str] = field(default_factory=dict)
    #: Where the requester is written to at release; else the customer's contact is.
    requester_email: str | None = None


@dataclass(frozen=True)
class Taken:
    """What became of it."""

    #: The request's number; None where the agreement has no requests.
    number: str | None
    #: What whoever asked reads; None where the boards say it.
    answer: str | None = None


@dataclass(frozen=True)
class WishSeen:
    """A request, for people and reports."""

    number: str
    customer_id: int
    customer: str
    title: str
    status: str
    status_at: datetime
    opened_at: datetime
    channel: str
    ticket: str | None
    reference: str | None
    link: str | None
    #: The number of the request that it follows.
    follows: str | None
    requester: str
    filing: str | None
    filed_at: datetime | None
    released_at: datetime | None


def take_in(
    session: Session,
    customer: Customer,
    wanted: Wanted,
    *,
    asked: Asked | None = None,
    by: ByColumn | None = None,
    now: datetime,
) -> Taken:
    """Make a request of what somebody said: an item on both boards, asked for what is missing.

    ``asked`` is the ticket on which it was asked, which leads to one request only; ``by`` the column by which
    a technician asked there.

    Raises:
        BoardMissingError: the customer has no board for requests, or the partner has none.
    """
    ticket = None if asked is None else asked.ticket
    known = None if ticket is None else _of_ticket(session, ticket)
    if known is not None:
        return Taken(known.number)
    found = entitlement(terms_of(session, customer.id), Capability.FEATURE_REQUESTS, wanted.at)
    if not found.is_included:
        asked = asked or Asked(customer, wanted.at)
        return Taken(None, refusals.refuse(session, asked, found, by=by, now=now))
    board = None if customer.account_id is None else boards.find_board(session, customer.account_id, BOARD)
    if board is None:
        raise BoardMissingError(
            f"{customer.name} has no board for feature requests: it needs the app in an account of its own. "
            "Run `synerity provision` once it has installed the app."
        )
    # Before anything is written: the partner's board has to be there, too.
    desk_place(session, customer)
    wish = Wish(
        customer_id=customer.id,
        channel=wanted.channel,
        ticket=ticket,
        requester=wanted.requester,
        requester_email=wanted.requester_email,
        title=wanted.title,
        answers=dict(wanted.answers),
        status=Status.DRAFT,
        status_at=wanted.at,
        opened_at=wanted.at,
    )
    session.add(wish)
    session.flush()
    values = {**wish.answers, **_common(wish, customer)}
    side = mirror.create(
        session,
        wish.story,
        "customer",
        board,
        group_id=board.groups[_GROUP],
        name=wish.title,
        values=values,
        now=now,
    )
    admit(session, wish, customer, (side, board), now=now)
    return Taken(wish.number)


def admit(session: Session, wish: Wish, customer: Customer, theirs: End, *, now: datetime) -> None:
    """Take up a request that has the customer's item: the desk gets its own, and it goes its way.

    Raises:
        BoardMissingError: the partner has no board for it, or no group of this customer.
    """
    board, group_id = desk_place(session, customer)
    wish.status, wish.status_at = Status.DRAFT, now
    english = writing.english(session, wish, customer)
    wish.prefilled = {key: english[key] for key in (writing.TITLE, writing.BODY)}
    common = _common(wish, customer)
    mirror.create(
        session,
        wish.story,
        "desk",
        board,
        group_id=group_id,
        name=wish.title,
        values={
            **common,
            **wish.answers,
            **english,
            "customer": customer.name,
            "requester": wish.requester,
            **joining.shown(session, wish),
        },
        now=now,
    )
    if theirs[0].create_change_id is None:
        # A person made the item, and may have put anything there.
        opening.give_way(session, theirs, common, now=now)
    on = on_wish(session, wish)
    progress.go_on(session, on, now=now)
    suggesting.suggest(session, on, now=now)


def may_wish(session: Session, customer: Customer, at: datetime) -> Entitlement:
    """Whether a customer's agreement has feature requests."""
    return entitlement(terms_of(session, customer.id), Capability.FEATURE_REQUESTS, at)


def desk_place(session: Session, customer: Customer) -> tuple[BoardMap, str]:
    """The partner's board, and the customer's group there.

    Raises:
        BoardMissingError: one of them is missing.
    """
    partner = accounts.find_partner(session)
    board = None if partner is None else boards.find_board(session, partner.account_id, DESK)
    group_id = None if board is None else board.groups.get(f"{CUSTOMER_GROUP}{customer.account_id}")
    if board is None or group_id is None:
        raise BoardMissingError(
            f"The partner's board of feature requests, or the group of {customer.name} on it, is missing. "
            "Run `synerity provision`, then replay."
        )
    return board, group_id


def wishes_of(session: Session, customer_id: int, *, since: datetime, until: datetime) -> Sequence[WishSeen]:
    """A customer's requests that were opened, or went a step, in a stretch of time, in order."""
    found = list_wishes(session, customer_id=customer_id)
    return [one for one in found if since <= one.opened_at < until or since <= one.status_at < until]


def list_wishes(session: Session, *, customer_id: int | None = None) -> Sequence[WishSeen]:
    """All requests, or one customer's, in order; not what an agreement did not include."""
    query = select(Wish, Customer.name).join(Customer, Customer.id == Wish.customer_id)
    query = query.where(Wish.status != Status.NOT_INCLUDED)
    if customer_id is not None:
        query = query.where(Wish.customer_id == customer_id)
    return [_seen(row.Wish, row.name) for row in session.execute(query.order_by(Wish.id))]


def find_wish(session: Session, written: str) -> WishSeen | None:
    """The request that somebody wrote, like ``W-12`` or ``12``."""
    wish_id = read_number(written)
    wish = None if wish_id is None else session.get(Wish, wish_id)
    return None if wish is None else _seen(wish, session.get_one(Customer, wish.customer_id).name)


def _common(wish: Wish, customer: Customer) -> dict[str, str | None]:
    return {
        "number": wish.number,
        "status": wish.status,
        "ticket": wish.ticket,
        writing.USE_CASE: writing.written(wish, customer),
    }


def is_of_ticket(session: Session, number_of_ticket: str) -> bool:
    """Whether a request was made of a ticket."""
    return _of_ticket(session, number_of_ticket) is not None


def _of_ticket(session: Session, number: str) -> Wish | None:
    return session.execute(select(Wish).where(Wish.ticket == number)).scalar_one_or_none()


def _seen(wish: Wish, customer: str) -> WishSeen:
    return WishSeen(
        number=wish.number,
        customer_id=wish.customer_id,
        customer=customer,
        title=wish.title,
        status=wish.status,
        status_at=wish.status_at,
        opened_at=wish.opened_at,
        channel=wish.channel,
        ticket=wish.ticket,
        reference=wish.reference,
        link=wish.link,
        follows=None if wish.lead_id is None else number(wish.lead_id),
        requester=wish.requester,
        filing=wish.filing,
        filed_at=wish.filed_at,
        released_at=wish.released_at,
    )
