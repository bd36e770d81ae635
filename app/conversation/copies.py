"""What becomes of a message's copy as the message is written, edited, withdrawn and deleted."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.conversation.courtesy import is_only_thanks
from app.conversation.models import Message
from app.conversation.notices import notify
from app.conversation.rules import (
    is_public,
    message_from_customer,
    message_from_technician,
    normalised_text,
    public_rendition,
)
from app.ids import stable_key
from app.mirror import service as mirror
from app.mirror.models import Side
from app.mirror.seen import UpdateSeen
from app.outbox import service as outbox
from app.texts import text


@dataclass(frozen=True)
class Spoken:
    """A message that the other side got to see, or no longer does, and since when."""

    update_id: str
    at: datetime


@dataclass(frozen=True)
class Heard:
    """What reading the updates told that is new."""

    #: Messages of technicians that the customer can see.
    answers: tuple[Spoken, ...] = ()
    #: Answers that the customer can see no more.
    withdrawn: tuple[Spoken, ...] = ()
    #: What the customer wrote, mere thanks excepted.
    questions: tuple[Spoken, ...] = ()

    def __add__(self, other: "Heard") -> "Heard":
        """Both together."""
        return Heard(
            self.answers + other.answers,
            self.withdrawn + other.withdrawn,
            self.questions + other.questions,
        )


@dataclass(frozen=True)
class Ends:
    """The side that was read and the side that gets the copies."""

    here: Side
    there: Side
    #: For notices to technicians.
    desk_language: str
    customer_language: str


@dataclass(frozen=True)
class Exchange:
    """The updates of the item that was read, as far as they matter to one another."""

    #: What people wrote there.
    written: Sequence[UpdateSeen]
    #: On the desk: the customer's own words, which no quote can give away. Never a technician's
    #: public message: what was left out of it stands in it still.
    theirs: Sequence[str]
    #: Which of them bear files: those say something without a word.
    bearing: Collection[str] = ()


def take_new(session: Session, ends: Ends, update: UpdateSeen, exchange: Exchange, now: datetime) -> Heard:
    """Keep a message that nobody knew, and post its copy if it goes out."""
    message = Message(
        story=ends.here.story,
        role=ends.here.role,
        account_id=ends.here.account_id,
        update_id=update.id,
        parent_id=update.parent_id,
        audience="internal",
        text_key=text_key(update.body),
    )
    session.add(message)
    session.flush()
    if not _goes_out(ends, update):
        return Heard()
    return _publish(session, ends, message, update, exchange, update.created_at, now)


def take_edit(
    session: Session,
    ends: Ends,
    message: Message,
    update: UpdateSeen,
    exchange: Exchange,
    now: datetime,
) -> Heard:
    """Bring a message's copy up to date, post it or withdraw it."""
    if message.copy_change_id is not None and message.copy_update_id is None:
        # The copy is on its way; what is to become of it is decided when it has an id.
        if not outbox.take_back(session, message.copy_change_id, now=now):
            message.waits_for_copy = True
            return Heard()
        message.copy_change_id = None
    message.waits_for_copy = False
    message.text_key = text_key(update.body)
    if not _goes_out(ends, update):
        return _withdraw(session, ends, message, now)
    if message.copy_update_id is None:
        seen_at = message.public_at or update.edited_at or update.created_at
        return _publish(session, ends, message, update, exchange, seen_at, now)
    body, left_out = _copy(ends, update, exchange)
    if body is None:
        _tell_that_nothing_went(session, ends, left_out, now)
        return _withdraw(session, ends, message, now)
    was_public, message.audience = message.audience == "public", "public"
    content = {"update_id": message.copy_update_id, "body": body}
    outbox.want_edit(session, mirror.target(ends.there), content=content, now=now)
    _tell_what_was_left_out(session, ends, left_out, now)
    if was_public or message.role != "desk":
        return Heard()
    return Heard(answers=(Spoken(message.update_id, message.public_at or now),))


def _publish(
    session: Session,
    ends: Ends,
    message: Message,
    update: UpdateSeen,
    exchange: Exchange,
    seen_at: datetime,
    now: datetime,
) -> Heard:
    parent = _parent_copy(session, ends, update)
    if parent is _WAIT:
        message.waits_for_copy = True
        return Heard()
    message.waits_for_copy = False
    body, left_out = _copy(ends, update, exchange)
    if body is None:
        _tell_that_nothing_went(session, ends, left_out, now)
        return Heard()
    was_public, message.audience = message.audience == "public", "public"
    message.public_at = seen_at
    message.copy_parent_id = parent
    content = {
        "body": body,
        "match": normalised_text(body),
        "parent_id": parent,
        "written_at": update.created_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    message.copy_change_id = outbox.want_update(session, mirror.target(ends.there), content=content, now=now)
    _tell_what_was_left_out(session, ends, left_out, now)
    if ends.here.role == "desk":
        if ends.there.state != "active":
            notify(session, ends.here, text(ends.desk_language, "answer_waits"), now=now)
        # One that was changed before it went is still the same answer.
        return Heard() if was_public else Heard(answers=(Spoken(update.id, seen_at),))
    # Thanks wait for nothing.
    is_question = not is_only_thanks(normalised_text(update.body))
    return Heard(questions=(Spoken(update.id, seen_at),)) if is_question else Heard()


def _withdraw(session: Session, ends: Ends, message: Message, now: datetime) -> Heard:
    """What is no longer meant for the other side must not stay there.

    A copy that begins a thread is written over, not deleted: with it monday.com would delete the replies,
    and they are other people's.
    """
    was_public, message.audience = message.audience == "public", "internal"
    if not was_public:
        return Heard()
    heard = Heard(withdrawn=(Spoken(message.update_id, now),)) if message.role == "desk" else Heard()
    if message.copy_update_id is None:
        return heard
    target, content = mirror.target(ends.there), {"update_id": message.copy_update_id}
    if message.copy_parent_id is None:
        language = ends.customer_language if message.role == "desk" else ends.desk_language
        sentence = text(language, f"withdrawn.{message.role}")
        outbox.want_edit(session, target, content={**content, "body": f"<p>{sentence}</p>"}, now=now)
    else:
        outbox.want_deletion(session, target, content=content, now=now)
        message.copy_change_id = message.copy_update_id = None
    return heard


def take_removal(session: Session, ends: Ends, message: Message, now: datetime) -> Heard:
    """Its author deleted it: its copy is withdrawn."""
    if message.copy_change_id is not None and message.copy_update_id is None:
        if not outbox.take_back(session, message.copy_change_id, now=now):
            message.waits_for_copy = True
            return Heard()
        message.copy_change_id = None
    message.gone = True
    message.waits_for_copy = False
    return _withdraw(session, ends, message, now)


def forget_copies(session: Session, ends: Ends, present: Collection[str], now: datetime) -> None:
    """Copies that people deleted here: what was still to be done about them is not.

    Where their message was edited meanwhile, or answered, that is posted anew: edit beats delete.
    """
    dropped = outbox.drop_about_missing(session, mirror.target(ends.here), present, now=now)
    edited = {change.content["update_id"] for change in dropped if change.kind == "edit_update"}
    replies = {change.id for change in dropped if change.kind == "create_update"}
    for message in messages_of(session, ends.there).values():
        copy_id = message.copy_update_id
        is_lost = copy_id is not None and copy_id not in present
        if not is_lost and message.copy_change_id not in replies:
            continue
        message.copy_change_id = message.copy_update_id = message.copy_parent_id = None
        is_wanted = message.audience == "public" and not message.gone
        if is_wanted and (copy_id is None or copy_id in edited):
            message.waits_for_copy = True
            mirror.look_again(session, ends.there, now=now)


def _goes_out(ends: Ends, update: UpdateSeen) -> bool:
    return ends.here.role == "customer" or is_public(update.body)


def _copy(ends: Ends, update: UpdateSeen, exchange: Exchange) -> tuple[str | None, int]:
    """The HTML for the other side (None when nothing may go), and how many passages were left out."""
    if ends.here.role == "customer":
        word = text(ends.desk_language, "customer_word")
        return message_from_customer(update.author_name, update.body, word), 0
    internal = [
        normalised_text(u.body) for u in exchange.written if u.id != update.id and not is_public(u.body)
    ]
    rendition = public_rendition(
        update.body, internal_texts=[words for words in internal if words], public_texts=exchange.theirs
    )
    is_file_alone = update.id in exchange.bearing and not rendition.left_out
    if not normalised_text(rendition.html) and not is_file_alone:
        return None, rendition.left_out
    return message_from_technician(update.author_name, rendition), rendition.left_out


def _tell_what_was_left_out(session: Session, ends: Ends, left_out: int, now: datetime) -> None:
    if left_out:
        notify(session, ends.here, text(ends.desk_language, "left_out", count=left_out), now=now)


def _tell_that_nothing_went(session: Session, ends: Ends, left_out: int, now: datetime) -> None:
    key = "nothing_left" if left_out else "nothing_said"
    notify(session, ends.here, text(ends.desk_language, key), now=now)


_WAIT = object()


def _parent_copy(session: Session, ends: Ends, update: UpdateSeen) -> Any:
    """The id, on the other side, of what a reply answers; None for none; _WAIT while it is on its way."""
    if update.parent_id is None:
        return None
    here = (Message.story == ends.here.story, Message.role == ends.here.role)
    parent = session.execute(
        select(Message).where(*here, Message.update_id == update.parent_id)
    ).scalar_one_or_none()
    if parent is not None:
        if parent.copy_change_id is not None and parent.copy_update_id is None:
            return _WAIT
        return parent.copy_update_id
    answered = session.execute(
        select(Message).where(
            Message.story == ends.here.story,
            Message.role == ends.there.role,
            Message.copy_update_id == update.parent_id,
        )
    ).scalar_one_or_none()
    return None if answered is None or answered.gone else answered.update_id


def messages_of(session: Session, side: Side) -> dict[str, Message]:
    """Update's id → message, of everything that people wrote on a side."""
    rows = session.execute(
        select(Message)
        # By role: both sides may stand in one account.
        .where(Message.story == side.story, Message.role == side.role)
        .order_by(Message.id)
    ).scalars()
    return {message.update_id: message for message in rows}


def text_key(body: str) -> str:
    """The same as long as a reader reads the same, and for the same readers."""
    return stable_key(normalised_text(body), "public" if is_public(body) else "internal")
