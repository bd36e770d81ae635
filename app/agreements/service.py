"""The customers board: people edit agreements there, the product follows.

One item a customer. Its ``account`` column holds the slug of the customer's monday.com
account: that is what connects an agreement to an installation, in whichever order the
two come. A customer without an account of its own gets a shareable board in the partner's
account by a checkbox.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.agreements import edits, reminders, subscriptions
from app.agreements.edits import Edited
from app.agreements.models import Customer
from app.agreements.rules import board as board_rules
from app.agreements.rules.table import FREE
from app.agreements.rules.terms import changes, promise_key
from app.agreements.terms import terms_of
from app.boards import service as boards
from app.boards.service import BoardMap
from app.errors import ParkedError
from app.mirror import service as mirror
from app.mirror.rules.merge import SetBack
from app.mirror.seen import ItemSeen
from app.monday.lifecycle import LifecycleEvent
from app.texts import DEFAULT_LANGUAGE, LANGUAGES

#: The kind of the lanes of agreements' own events: a customer's dates, an account's subscription.
LANE = "agreement"
#: No address is longer (RFC 5321: 64 before the @, 255 after it).
MOST_OF_ADDRESS = 320
_AN_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class AgreementChange:
    """What an edit of a customer's item means for the rest of the product."""

    customer_id: int
    #: The moments from which on something else is promised to open tickets.
    promised_from: Sequence[datetime] = ()
    #: True when the customer is new, or its account is to be connected (again).
    connect: bool = False
    #: True when the customer is now to have a shareable board in the partner's account.
    share: bool = False
    set_back: Sequence[SetBack] = ()
    #: What people have to read on the customer's item.
    notices: Sequence[str] = ()


def on_customers_item(
    session: Session, item: ItemSeen, board: BoardMap, *, changed_at: Mapping[str, datetime], now: datetime
) -> AgreementChange | None:
    """Follow what a person wrote on a customer's item; None when nothing follows from it.

    Raises:
        ParkedError: two items claim the same account.
    """
    side = mirror.find_side(session, item.key)
    if side is None:
        return _new_item(session, item, board, now)
    customer = session.get_one(Customer, int(side.story.removeprefix("customer:")), with_for_update=True)
    side.state = item.state
    if item.state != "active":
        # The agreement's item is gone; what was agreed stays as it was last written.
        return None
    before = mirror.coming(session, side)
    outcome = mirror.apply(session, side, item, board, None, changed_at=changed_at, now=now)
    old_slug, was_shared = customer.slug, customer.shared_board
    values = mirror.readable(item, board)
    _read_into(customer, values)
    if customer.slug != old_slug and _is_taken(session, customer):
        raise ParkedError(
            f"Another customer already has the account {customer.slug!r}. Give this item its own account, "
            "then replay."
        )
    _fill_defaults(session, customer, item, board, now)
    edited = _follow_edits(session, customer, (side, board), outcome.accepted, before, changed_at, now)
    return AgreementChange(
        customer.id,
        [] if edited.promised_from is None else [edited.promised_from],
        connect=customer.slug is not None and customer.slug != old_slug,
        share=customer.shared_board and not was_shared,
        set_back=outcome.set_back,
        notices=[*edited.notices, *reminders.remind(session, customer, side, now=now)],
    )


def on_due(session: Session, customer_id: int, *, since: datetime, now: datetime) -> AgreementChange | None:
    """A moment has come at which something else holds, or people are to be reminded.

    ``since`` is the first such moment that nobody has looked at. None where the customer has no item.
    """
    customer = session.get_one(Customer, customer_id, with_for_update=True)
    side = mirror.side_of(session, customer.story, "desk")
    board = None if side is None else boards.board_map(session, side.account_id, side.board_id)
    if side is None or board is None:
        return None
    terms = terms_of(session, customer_id)
    moments = [one for one in changes(terms) if since <= one <= now]
    others = [one for one in moments if promise_key(terms, one) != promise_key(terms, one - _AN_INSTANT)]
    notices = reminders.remind(session, customer, side, now=now)
    edits.show(session, customer, (side, board), now=now)
    return AgreementChange(customer_id, others, notices=notices)


def on_subscription(session: Session, event: LifecycleEvent, *, now: datetime) -> AgreementChange | None:
    """Something happened to what an account pays for through monday.com; None where nothing follows here.

    Raises:
        ParkedError: nobody has said which agreement its plan is.
    """
    customer = subscriptions.customer_of(session, event.account_id)
    before = None if customer is None else terms_of(session, customer.id)
    subscriptions.note(session, event, now=now)
    side = None if customer is None else mirror.side_of(session, customer.story, "desk")
    board = None if side is None else boards.board_map(session, side.account_id, side.board_id)
    if customer is None or before is None or side is None or board is None:
        # It counts from when the customer is connected.
        return None
    after = terms_of(session, customer.id)
    edits.show(session, customer, (side, board), now=now)
    is_other = promise_key(before, now) != promise_key(after, now)
    return AgreementChange(
        customer.id,
        [min(event.at, now)] if is_other else [],
        notices=edits.overruled(before, after, now),
    )


def ensure_customer(session: Session, board: BoardMap, *, slug: str, name: str, now: datetime) -> Customer:
    """The customer of an account; when nobody has written an agreement yet, a FREE one with its item."""
    customer = find_by_slug(session, slug)
    if customer is not None:
        return customer
    customer = Customer(slug=slug, name=name, tier=FREE, language=DEFAULT_LANGUAGE)
    session.add(customer)
    session.flush()
    values = {"account": slug, "tier": FREE, "language": DEFAULT_LANGUAGE, "connection": "not_installed"}
    group_id = board.groups["customers"]
    mirror.create(
        session, customer.story, "desk", board, group_id=group_id, name=name, values=values, now=now
    )
    return customer


def connect(
    session: Session,
    customer: Customer,
    board: BoardMap,
    *,
    account_id: str | None,
    desk_group_id: str,
    now: datetime,
) -> None:
    """Note that the customer has its boards, and show it on the customer's item.

    ``account_id`` is the customer's own account; None when the board stands in the partner's.
    """
    if account_id is not None:
        customer.account_id = account_id
    customer.desk_group_id = desk_group_id
    session.flush()
    # What the account has bought before counts from now on.
    edits.show(session, customer, (mirror.require_side(session, customer.story, "desk"), board), now=now)
    show_connection(session, customer, board, "connected", now=now)


def show_connection(
    session: Session, customer: Customer, board: BoardMap, connection: str, *, now: datetime
) -> None:
    """Show on the customer's item how its account is connected."""
    side = mirror.require_side(session, customer.story, "desk")
    mirror.write(session, side, board, "connection", connection, now=now)


def list_customers(session: Session) -> Sequence[Customer]:
    """All customers by name."""
    return session.execute(select(Customer).order_by(Customer.name, Customer.id)).scalars().all()


def find_by_slug(session: Session, slug: str) -> Customer | None:
    """The customer whose account has this slug."""
    return session.execute(select(Customer).where(Customer.slug == slug)).scalar_one_or_none()


def find_by_item(session: Session, item_name: str) -> Customer | None:
    """The customer of that slug, or else the only one of that name, however it is cased."""
    by_slug = find_by_slug(session, _clean_slug(item_name))
    if by_slug is not None:
        return by_slug
    wanted = item_name.strip().casefold()
    named = [c for c in session.execute(select(Customer)).scalars() if c.name.casefold() == wanted]
    return named[0] if len(named) == 1 else None


def _new_item(session: Session, item: ItemSeen, board: BoardMap, now: datetime) -> AgreementChange | None:
    values = mirror.readable(item, board)
    slug, shared = _clean_slug(values.get("account")), bool(values.get("shared_board"))
    if item.state != "active" or mirror.is_unconfirmed(session, item.key, values.get("sync_id")):
        return None
    if not (slug or shared):
        return None
    if slug and find_by_slug(session, slug) is not None:
        raise ParkedError(
            f"Another customer already has the account {slug!r}. Give this item its own account, then replay."
        )
    customer = Customer(slug=slug or None, name=item.name, tier=FREE, language=DEFAULT_LANGUAGE)
    session.add(customer)
    session.flush()
    side = mirror.adopt(session, customer.story, "desk", item, board)
    _read_into(customer, values)
    _fill_defaults(session, customer, item, board, now)
    mirror.write(session, side, board, "sync_id", side.sync_id, now=now)
    mirror.write(session, side, board, "connection", "not_installed", now=now)
    # A new item's columns are all edits, made when the item was.
    written = {key: value for key, value in values.items() if value is not None}
    edited = edits.follow(
        session, customer, (side, board), written, {}, at=min(item.created_at, now), now=now
    )
    return AgreementChange(
        customer.id,
        connect=bool(slug),
        share=customer.shared_board,
        notices=[*edited.notices, *reminders.remind(session, customer, side, now=now)],
    )


def _follow_edits(
    session: Session,
    customer: Customer,
    here: edits.End,
    accepted: Mapping[str, Any],
    before: Mapping[str, Any],
    changed_at: Mapping[str, datetime],
    now: datetime,
) -> Edited:
    written = {key: accepted[key] for key in (*board_rules.COLUMNS, edits.CUSTOM) if key in accepted}
    if not written:
        # A date of which people are reminded may be another.
        edits.show(session, customer, here, now=now)
        return Edited(None, ())
    at = max((changed_at[key] for key in written if key in changed_at), default=now)
    return edits.follow(session, customer, here, written, before, at=min(at, now), now=now)


def _read_into(customer: Customer, values: Mapping[str, object]) -> None:
    customer.name = str(values.get("name") or customer.name)
    language, slug = values.get("language"), _clean_slug(values.get("account"))
    if language in LANGUAGES:
        customer.language = str(language)
    for key in ("duty", "manager"):
        people = values.get(key)
        setattr(customer, key, [str(one) for one in people] if isinstance(people, list) else [])
    customer.contact_email = str(values.get("contact_email") or "").strip()[:MOST_OF_ADDRESS] or None
    customer.notice_on = board_rules.read_day(values.get("notice_on"))
    customer.renews_on = board_rules.read_day(values.get("renews_on"))
    # Once it has a shareable board, its tickets stand there whatever becomes of the checkbox.
    customer.shared_board = customer.shared_board or bool(values.get("shared_board"))
    # A connected account stays: its boards and tickets hang on it.
    if slug and customer.account_id is None:
        customer.slug = slug


def _fill_defaults(
    session: Session, customer: Customer, item: ItemSeen, board: BoardMap, now: datetime
) -> None:
    side = mirror.require_side(session, customer.story, "desk")
    values = mirror.readable(item, board)
    kept = {"language": customer.language, "account": customer.slug}
    for key in ("language", "account"):
        shown = _clean_slug(values.get(key)) or None if key == "account" else values.get(key)
        if shown != kept[key]:
            mirror.write(session, side, board, key, kept[key], now=now)


def _is_taken(session: Session, customer: Customer) -> bool:
    if customer.slug is None:
        return False
    query = select(Customer.id).where(Customer.slug == customer.slug, Customer.id != customer.id)
    with session.no_autoflush:
        return session.execute(query).first() is not None


def _clean_slug(value: object) -> str:
    return str(value or "").strip().lower().removesuffix(".monday.com")
