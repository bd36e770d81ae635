"""Requests by their items on customers' boards and on the partner's: what people wrote and chose there."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.agreements.models import Customer
from app.boards.service import BoardMap
from app.conversation import service as conversation
from app.conversation.service import Ends
from app.errors import ParkedError
from app.feature_requests import handing, joining, progress, service, suggesting
from app.feature_requests.filing.channels import Channel
from app.feature_requests.models import Wish
from app.feature_requests.on_wish import KIND, OnWish, held, on_wish
from app.feature_requests.rules.steps import Status, status_of
from app.feature_requests.rules.use_case import FIELDS, answers_of
from app.links import service as links
from app.mirror import service as mirror
from app.mirror.models import Side
from app.mirror.seen import ItemSeen
from app.mirror.service import NAME, Outcome
from app.mirror.told import Told
from app.refusals import service as refusals
from app.refusals.service import Asked
from app.stories import presence, telling
from app.stories.presence import CUSTOMER_GROUP, DESK_LANGUAGE

_UNCONFIRMED = "Our own creation; it is read again when monday.com has confirmed it."


def on_customer_item(
    session: Session, item: ItemSeen, board: BoardMap, *, told: Told, channel: Channel, now: datetime
) -> str | None:
    """Follow an item on a customer's board of requests; the reason when it is none to follow.

    Raises:
        ParkedError: the account's customer, or the partner's board, is not set up.
    """
    side, is_new = mirror.find_side(session, item.key), False
    if side is None:
        if item.state != "active":
            return "It left the board before it became a request."
        if mirror.is_unconfirmed(session, item.key, _sync_id(item, board)):
            return _UNCONFIRMED
        side, is_new = _open(session, item, board, now), True
    wish = held(session, _wish_id(side))
    if wish.status == Status.NOT_INCLUDED:
        return None if is_new else _follow_refused(session, wish, side, item, board, told, now)
    on = on_wish(session, wish)
    presence.follow(session, on.theirs, on.desk, item, told.departure, now=now)
    if item.is_known:
        outcome = mirror.apply(session, side, item, board, on.desk, changed_at=told.changed_at, now=now)
        telling.tell(session, on.theirs, outcome, on.customer.language, now=now)
        _follow_customer(session, on, outcome, told, now)
        _hear(session, on, on.theirs[0], item, told, now)
        handing.hand_over_if_ready(session, on, channel, now=now)
    _replace_where_they_wait(session, on, now)
    return None


def on_desk_item(
    session: Session, item: ItemSeen, board: BoardMap, *, told: Told, channel: Channel, now: datetime
) -> str | None:
    """Follow an item on the partner's board of requests; the reason when it is none of ours to follow."""
    side = mirror.find_side(session, item.key)
    if side is None:
        if mirror.is_unconfirmed(session, item.key, _sync_id(item, board)):
            return _UNCONFIRMED
        return "Made by hand on the partner's board; no customer's request is behind it."
    if side.state in mirror.REPLACED:
        return presence.follow_replaced(session, side, item, now=now)
    on = on_wish(session, held(session, _wish_id(side)))
    presence.follow(session, on.desk, on.theirs, item, told.departure, now=now)
    if item.is_known:
        _follow_desk(session, on, item, told, now)
        handing.hand_over_if_ready(session, on, channel, now=now)
    if item.state == "active":
        presence.keep_in_its_group(session, on.desk, item, _group_id(on), now=now)
    _replace_where_they_wait(session, on, now)
    return None


def _open(session: Session, item: ItemSeen, board: BoardMap, now: datetime) -> Side:
    customer = links.customer_of(session, board.account_id, board.board_id)
    if customer is None:
        raise ParkedError(
            f"Board {board.board_id} of account {board.account_id} belongs to no customer yet. Add an item "
            "with the account's slug to the customers board, run `synerity provision`, then replay."
        )
    wish = Wish(
        customer_id=customer.id,
        channel="board",
        requester=item.creator_name,
        title=item.name,
        answers=answers_of(mirror.readable(item, board)),
        status=Status.NOT_INCLUDED,
        status_at=now,
        opened_at=item.created_at,
    )
    session.add(wish)
    session.flush()
    side = mirror.adopt(session, wish.story, "customer", item, board)
    found = service.may_wish(session, customer, item.created_at)
    if found.is_included:
        service.admit(session, wish, customer, (side, board), now=now)
        _approve_at_once(session, wish, item, board, now)
    else:
        mirror.write(session, side, board, "status", Status.NOT_INCLUDED.value, now=now)
        mirror.write(session, side, board, "sync_id", side.sync_id, now=now)
        refusals.refuse(session, Asked(customer, item.created_at, theirs=side), found, now=now)
    return side


def _approve_at_once(session: Session, wish: Wish, item: ItemSeen, board: BoardMap, now: datetime) -> None:
    """A new item that is checked as approved is: if it is complete, else it is said what is missing."""
    if mirror.readable(item, board).get(progress.APPROVED):
        progress.approve(session, on_wish(session, wish), approves=True, at=item.created_at, now=now)


def _follow_refused(
    session: Session, wish: Wish, side: Side, item: ItemSeen, board: BoardMap, told: Told, now: datetime
) -> str | None:
    """A request that the agreement did not include: taken up when it does, once somebody touches it."""
    side.state = item.state
    if item.state != "active" or not item.is_known:
        return "Nothing follows from it: the customer's agreement has no feature requests."
    outcome = mirror.apply(session, side, item, board, None, changed_at=told.changed_at, now=now)
    customer = session.get_one(Customer, wish.customer_id)
    telling.tell(session, (side, board), outcome, customer.language, now=now)
    wish.title, wish.answers = item.name, answers_of(mirror.readable(item, board))
    if not service.may_wish(session, customer, now).is_included:
        return "The customer's agreement has no feature requests."
    service.admit(session, wish, customer, (side, board), now=now)
    on = on_wish(session, wish)
    _approve_at_once(session, wish, item, board, now)
    _hear(session, on, side, item, told, now)
    return None


def _follow_customer(session: Session, on: OnWish, outcome: Outcome, told: Told, now: datetime) -> None:
    progress.follow_customer(session, on, outcome.accepted, told, now=now)
    if outcome.accepted.keys() & {NAME, *FIELDS}:
        suggesting.suggest(session, on, now=now)


def _follow_desk(session: Session, on: OnWish, item: ItemSeen, told: Told, now: datetime) -> None:
    side, board = on.desk
    shown, known = mirror.readable(item, board), mirror.shadows(session, side)
    why = progress.step_hindrance(session, on, shown, known)
    outcome = mirror.apply(
        session,
        side,
        item,
        board,
        on.theirs,
        changed_at=told.changed_at,
        now=now,
        refused=() if why is None else ("status",),
    )
    telling.tell(session, on.desk, outcome, DESK_LANGUAGE, now=now)
    if why is not None and outcome.refused:
        progress.tell_hindrance(session, on, why, {**known, **shown}, now=now)
    changed = outcome.accepted
    if NAME in changed:
        progress.follow_name(session, on, now=now)
    if joining.COLUMN in changed:
        joining.follow(session, on, changed[joining.COLUMN], now=now)
    handing.follow_english(session, on, changed, now=now)
    if handing.COLUMN in changed:
        handing.follow_filing(session, on, changed[handing.COLUMN], now=now)
    step = status_of(changed.get("status"))
    if step is not None:
        progress.follow_step(session, on, step, at=told.changed_at.get("status", now), now=now)
    _follow_reference(session, on, changed, now)
    # Of a deleted item monday.com may show a part of the notes only; what repeats one must stay inside.
    if item.state != "deleted":
        _hear(session, on, side, item, told, now)


def _follow_reference(session: Session, on: OnWish, changed: Mapping[str, Any], now: datetime) -> None:
    """A technician has corrected under which reference it is filed, or where."""
    if not changed.keys() & {"reference", "link"} or on.wish.filed_at is None:
        return
    values = on.on_desk(session)
    on.wish.reference, on.wish.link = values.get("reference"), values.get("link")
    joining.tell_followers(session, on, now=now)


def _hear(session: Session, on: OnWish, here: Side, item: ItemSeen, told: Told, now: datetime) -> None:
    """Carry what people wrote: the customer's all, of the desk only what is marked for the customer."""
    if item.updates is None:
        return
    there = on.theirs[0] if here is on.desk[0] else on.desk[0]
    ends = Ends(here, there, DESK_LANGUAGE, on.customer.language)
    conversation.take_in(session, ends, item.updates, now=now, deleted=told.deleted_updates)


def _replace_where_they_wait(session: Session, on: OnWish, now: datetime) -> None:
    presence.replace_where_they_wait(session, on.desk, on.theirs, group_id=_group_id(on), now=now)


def _group_id(on: OnWish) -> str | None:
    return on.desk[1].groups.get(f"{CUSTOMER_GROUP}{on.customer.account_id}")


def _wish_id(side: Side) -> int:
    return int(side.story.removeprefix(f"{KIND}:"))


def _sync_id(item: ItemSeen, board: BoardMap) -> str | None:
    value = mirror.readable(item, board).get("sync_id")
    return str(value) if value else None
