"""Carrying messages across: the customer's all, the technicians' only when marked public.

Called with an item's updates as they were just read, complete and not under our own pen
(the mirror's revision check), so an update that is neither a known message nor ours was
written by a person, whichever account it came through.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts import service as accounts
from app.conversation.copies import (
    Ends,
    Exchange,
    Heard,
    Spoken,
    forget_copies,
    messages_of,
    take_edit,
    take_new,
    take_removal,
    text_key,
)
from app.conversation.models import Message, OwnUpdate
from app.conversation.notices import notify, notify_on
from app.conversation.rules import normalised_text
from app.ids import stable_key
from app.mirror import service as mirror
from app.mirror.models import Side
from app.mirror.seen import UpdateSeen
from app.outbox import service as outbox
from app.outbox.service import SettledChange

__all__ = [
    "Ends",
    "Heard",
    "Spoken",
    "are_ours",
    "fingerprint",
    "messages_of",
    "normalised_text",
    "notify",
    "notify_on",
    "on_update_posted",
    "recognise",
    "take_in",
    "tell_anew",
    "words_wait",
    "written_by_people",
]

#: One page of updates; when it is full, an update that is not on it may simply be older.
UPDATES_READ = 100


def take_in(
    session: Session,
    ends: Ends,
    updates: Sequence[UpdateSeen],
    *,
    now: datetime,
    deleted: Collection[str] = (),
    bearing: Collection[str] = (),
    newly_bearing: Collection[str] = (),
) -> Heard:
    """Handle every update that is new or changed since it was last handled.

    ``bearing``: the updates that bear files; ``newly_bearing``: those on which some were not known before.

    ``deleted``: updates and replies of which monday.com said that they were deleted. One that is merely
    missing may be older than the page that was read; of an item that is gone nothing follows from it.
    """
    own = _own_ids(session, ends.here, updates)
    known = messages_of(session, ends.here)
    unknown = [update.id for update in updates if update.id not in own and update.id not in known]
    # An item that was moved here from another of our boards brings what was told from there.
    own |= _told_elsewhere(session, ends.here, unknown)
    exchange = Exchange(
        written=[update for update in updates if update.id not in own],
        theirs=_texts_of_customer(session, ends, updates),
        bearing=bearing,
    )
    heard = Heard()
    for update in exchange.written:
        message = known.get(update.id)
        if message is None:
            heard += take_new(session, ends, update, exchange, now)
        elif (not message.gone and message.text_key != text_key(update.body)) or (
            message.waits_for_copy
            # A mark without words went nowhere; with a file it says something.
            or (update.id in newly_bearing and message.audience == "internal" and not message.gone)
        ):
            heard += take_edit(session, ends, message, update, exchange, now)
    if ends.here.state == "active":
        is_whole = sum(update.parent_id is None for update in updates) < UPDATES_READ
        present = {update.id for update in updates}
        for message in known.values():
            is_said = message.update_id in deleted or message.parent_id in deleted
            if message.update_id not in present and not message.gone and (is_whole or is_said):
                heard += take_removal(session, ends, message, now)
        if is_whole:
            forget_copies(session, ends, present, now)
    return heard


def written_by_people(session: Session, side: Side, updates: Sequence[UpdateSeen]) -> list[UpdateSeen]:
    """The updates of an item that are not our own, in their order."""
    own = _own_ids(session, side, updates)
    return [update for update in updates if update.id not in own]


def fingerprint(session: Session, side: Side) -> str:
    """Changes with everything that is known of a side's messages."""
    known = messages_of(session, side).values()
    return stable_key(*(f"{message.update_id} {message.text_key} {message.gone}" for message in known))


def words_wait(session: Session, desk: Side) -> bool:
    """Whether what the customer wrote, or wrote anew, waits for the desk's item, which is gone."""
    waiting = outbox.held(session, mirror.target(desk))
    posts = [change.id for change in waiting if change.kind == "create_update"]
    query = select(Message.id).where(
        Message.story == desk.story, Message.role == "customer", Message.copy_change_id.in_(posts)
    )
    rewrites = any(change.kind == "edit_update" for change in waiting)
    return rewrites or session.execute(query).first() is not None


def tell_anew(session: Session, theirs: Side) -> None:
    """Another item stands on the desk: the customer's messages are to be told to it, oldest first.

    What technicians wrote on the earlier item stays there, and its copies stay with the customer.
    """
    for message in session.execute(select(Message).where(Message.story == theirs.story)).scalars():
        if message.role == "desk":
            message.gone, message.waits_for_copy = True, False
        elif not message.gone:
            message.copy_change_id = message.copy_update_id = None
            message.waits_for_copy = True
    session.flush()


def on_update_posted(session: Session, change: SettledChange, update_id: str, *, now: datetime) -> None:
    """monday.com has posted an update of ours: remember that it is ours, and whose copy it is."""
    session.add(OwnUpdate(account_id=change.account_id, update_id=update_id))
    message = session.execute(
        select(Message).where(Message.copy_change_id == change.id).with_for_update()
    ).scalar_one_or_none()
    if message is None:
        return
    message.copy_update_id = update_id
    waiting = session.execute(
        select(Message.id).where(
            Message.story == message.story, Message.role == message.role, Message.waits_for_copy
        )
    ).first()
    if waiting is not None:
        side = mirror.side_of(session, message.story, "desk" if message.role == "desk" else "customer")
        if side is not None:
            mirror.look_again(session, side, now=now)


def recognise(session: Session, change: SettledChange, updates: Sequence[Mapping[str, Any]]) -> str | None:
    """Which of an item's updates (as the API gives them, replies with ``parent_id``) a change has posted.

    It has the same words in the same thread, and is by the user in whose name the app writes.
    """
    match, parent_id = change.content["match"], change.content.get("parent_id")
    writer = accounts.find_account(session, change.account_id)
    for update in sorted(updates, key=lambda update: int(update["id"])):
        update_id, answers = str(update["id"]), update.get("parent_id")
        if normalised_text(update["body"] or "") != match:
            continue
        if (None if answers is None else str(answers)) != parent_id:
            continue
        if writer is not None and str(update.get("creator_id")) != writer.user_id:
            continue
        taken = (
            session.get(OwnUpdate, (change.account_id, update_id))
            or session.execute(
                select(Message.id).where(
                    Message.account_id == change.account_id, Message.update_id == update_id
                )
            ).first()
        )
        if not taken:
            return update_id
    return None


def are_ours(session: Session, account_id: str, update_ids: Collection[str | None]) -> bool:
    """Whether the product itself posted all of these updates and replies."""
    query = select(func.count()).where(
        OwnUpdate.account_id == account_id, OwnUpdate.update_id.in_(update_ids)
    )
    return not update_ids or session.execute(query).scalar_one() == len(update_ids)


def _texts_of_customer(session: Session, ends: Ends, updates: Sequence[UpdateSeen]) -> list[str]:
    if ends.here.role != "desk":
        return []
    copies = session.execute(
        select(Message.copy_update_id).where(Message.story == ends.here.story, Message.role == "customer")
    ).scalars()
    ids = set(copies)
    return [normalised_text(update.body) for update in updates if update.id in ids]


def _own_ids(session: Session, side: Side, updates: Sequence[UpdateSeen]) -> set[str]:
    ids = [update.id for update in updates]
    rows = session.execute(
        select(OwnUpdate.update_id).where(
            OwnUpdate.account_id == side.account_id, OwnUpdate.update_id.in_(ids)
        )
    )
    return set(rows.scalars())


def _told_elsewhere(session: Session, side: Side, update_ids: Sequence[str]) -> set[str]:
    """Which of the updates are messages of another story."""
    if not update_ids:
        return set()
    rows = session.execute(
        select(Message.update_id).where(
            Message.account_id == side.account_id,
            Message.update_id.in_(update_ids),
            Message.story != side.story,
        )
    )
    return set(rows.scalars())
