"""The customers board: people edit agreements there, the product follows.

One item a customer. Its ``account`` column holds the slug of the customer's monday.com
account: that is what connects an agreement to an installation, in whichever order the
two come. A customer without an account of its own gets a shareable board in the partner's
account by a checkbox.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.agreements.models import Customer
from app.agreements.rules.table import FREE, tiers
from app.agreements.rules.terms import Agreed, in_force, promise_key
from app.agreements.terms import agreed_rows, note_agreed, terms_of
from app.boards.service import BoardMap
from app.errors import ParkedError
from app.mirror import service as mirror
from app.mirror.rules.merge import SetBack
from app.mirror.seen import ItemSeen
from app.texts import DEFAULT_LANGUAGE, LANGUAGES


@dataclass(frozen=True)
class AgreementChange:
    """What an edit of a customer's item means for the rest of the product."""

    customer_id: int
    #: From when on another agreement promises something else to open tickets; None when none does.
    promised_from: datetime | None = None
    #: True when the customer is new, or its account is to be connected (again).
    connect: bool = False
    #: True when the customer is now to have a shareable board in the partner's account.
    share: bool = False
    set_back: Sequence[SetBack] = ()


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
    outcome = mirror.apply(session, side, item, board, None, changed_at=changed_at, now=now)
    old_slug, was_shared = customer.slug, customer.shared_board
    values = mirror.readable(item, board)
    _read_into(customer, values)
    promised_from = None
    if outcome.accepted.keys() & {"tier", "licence_customer"}:
        moments = [changed_at[key] for key in ("tier", "licence_customer") if key in changed_at]
        promised_from = _agree(session, customer, values, at=max(moments, default=now), now=now)
    if customer.slug != old_slug and _is_taken(session, customer):
        raise ParkedError(
            f"Another customer already has the account {customer.slug!r}. Give this item its own account, "
            "then replay."
        )
    _fill_defaults(session, customer, item, board, now)
    return AgreementChange(
        customer.id,
        promised_from,
        connect=customer.slug is not None and customer.slug != old_slug,
        share=customer.shared_board and not was_shared,
        set_back=outcome.set_back,
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
    _agree(session, customer, values, at=item.created_at, now=now)
    _fill_defaults(session, customer, item, board, now)
    mirror.write(session, side, board, "sync_id", side.sync_id, now=now)
    mirror.write(session, side, board, "connection", "not_installed", now=now)
    return AgreementChange(customer.id, connect=bool(slug), share=customer.shared_board)


def _agree(
    session: Session, customer: Customer, values: Mapping[str, object], *, at: datetime, now: datetime
) -> datetime | None:
    """Note what the board says that was agreed; the moment from which that promises something else."""
    before = terms_of(session, customer.id)
    rows = agreed_rows(session, customer.id)
    old = next(
        ((row.tier, row.is_licence_customer) for row in reversed(rows) if row.since <= at), (None, False)
    )
    tier = str(values["tier"]) if values.get("tier") in tiers() else old[0]
    new = (tier if old[0] is not None or tier != FREE else None, bool(values.get("licence_customer")))
    if new != old:
        note_agreed(session, customer.id, Agreed(at, *new), now=now)
    after = terms_of(session, customer.id)
    customer.tier = in_force(after, now).tier
    return at if promise_key(after, at) != promise_key(before, at) else None


def _read_into(customer: Customer, values: Mapping[str, object]) -> None:
    customer.name = str(values.get("name") or customer.name)
    language, slug = values.get("language"), _clean_slug(values.get("account"))
    if language in LANGUAGES:
        customer.language = str(language)
    for key in ("duty", "manager"):
        people = values.get(key)
        setattr(customer, key, [str(one) for one in people] if isinstance(people, list) else [])
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
    kept = {"tier": customer.tier, "language": customer.language, "account": customer.slug}
    for key in ("tier", "language", "account"):
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
