"""Wanting mail, and seeing what became of it and what was answered.

A mail is wanted in the transaction that decides on it. ``workers.mail_lanes`` sends what is wanted, each
thread in order; ``workers.mail_door`` takes what comes. Of both the story hears by events in its own lane:
``mail.sent``, ``mail.refused``, ``mail.uncertain`` (``{"mail_id"}``, with ``reason`` where it has one) and
``mail.came`` (``{"incoming_id"}``).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import lease_time
from app.ids import new_token
from app.inbox import service as inbox
from app.lanes import service as lanes
from app.lanes.service import LaneName
from app.mail.files import post_attachments
from app.mail.models import IncomingMail, Mail, MailAttachment, MailThread
from app.mail.rules import letters
from app.mail.rules.letters import Attachment, Letter, LetterError
from app.mail.rules.sending import State

__all__ = [
    "ACCOUNT",
    "READING",
    "SENDING",
    "Attachment",
    "AttachmentSeen",
    "IncomingSeen",
    "Letter",
    "LetterError",
    "MailSeen",
    "incoming",
    "mail",
    "post_attachments",
    "reading_lane",
    "seen",
    "sending_lane",
    "tell",
    "want_mail",
]

#: All mail is sent and read in lanes of their own, which are of no account of monday.com.
ACCOUNT, SENDING, READING = "mail", "mail", "post"


@dataclass(frozen=True)
class MailSeen:
    """A mail of ours as it stands."""

    id: int
    story: str
    key: str
    to: tuple[str, ...]
    subject: str
    #: ``wanted`` → ``sending`` → ``sent`` | ``refused`` | ``uncertain``
    state: str
    #: Why it was refused, waits, or is uncertain; also which of several addresses did not take it.
    reason: str | None
    #: Known from when it is first sent.
    message_id: str | None
    wanted_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True)
class AttachmentSeen:
    """A file of a mail that came."""

    id: int
    name: str
    media_type: str
    #: In bytes.
    size: int


@dataclass(frozen=True)
class IncomingSeen:
    """A mail that came, as far as it can be read."""

    id: int
    story: str | None
    from_address: str
    from_name: str
    subject: str
    #: What is new in it: without what it quotes.
    text: str
    full_text: str
    received_at: datetime
    attachments: tuple[AttachmentSeen, ...]
    #: Nobody wrote it: out of office, a receipt.
    is_automatic: bool
    #: Why nobody can say which thread it belongs to; None when that is clear, or a person has said it.
    in_doubt: str | None
    state: str
    reason: str | None


def want_mail(session: Session, letter: Letter, *, account_id: str, now: datetime) -> int:
    """Want a letter sent, once; return the mail's id. The same key again is the same mail.

    ``account_id`` is the partner's, in whose lane the story hears what becomes of it.

    Raises:
        LetterError: nobody could send this; a mistake of the caller's, or an address that is none.
    """
    letters.check(letter)
    found = session.execute(select(Mail.id).where(Mail.key == letter.key)).scalar_one_or_none()
    if found is not None:
        return found
    thread = _thread(session, letter, account_id)
    mail = Mail(
        thread_id=thread.id,
        key=letter.key,
        ident=new_token(16),
        waiting=list(dict.fromkeys(letter.to)),
        under_way=[],
        reached=[],
        refused={},
        subject=letter.subject,
        # No database takes these, nor has a reader any use for them.
        body=letter.body.replace("\0", "").encode("utf-8", "replace").decode(),
        is_notice=letter.is_notice,
        state=State.WANTED,
        put_off=0,
        wanted_at=now,
    )
    session.add(mail)
    session.flush()
    for place, one in enumerate(letter.attachments):
        kept = {"name": one.name, "media_type": one.media_type, "content": one.content}
        session.add(MailAttachment(mail_id=mail.id, place=place, **kept))
    lanes.want(session, [sending_lane(thread.id)], now=lease_time())
    return mail.id


def mail(session: Session, mail_id: int) -> MailSeen:
    """A mail of ours as it stands."""
    row = session.get_one(Mail, mail_id)
    return seen(row, session.get_one(MailThread, row.thread_id))


def incoming(session: Session, incoming_id: int) -> IncomingSeen:
    """A mail that came."""
    row = session.get_one(IncomingMail, incoming_id)
    thread = None if row.thread_id is None else session.get_one(MailThread, row.thread_id)
    return IncomingSeen(
        row.id,
        None if thread is None else thread.story,
        row.from_address,
        row.from_name,
        row.subject,
        row.text,
        row.full_text,
        row.received_at,
        tuple(AttachmentSeen(**one) for one in row.attachments),
        row.is_automatic,
        row.reason if row.is_in_doubt else None,
        row.state,
        row.reason,
    )


def seen(row: Mail, thread: MailThread) -> MailSeen:
    """A mail's row as others get it."""
    return MailSeen(
        row.id,
        thread.story,
        row.key,
        (*row.reached, *row.under_way, *row.waiting, *row.refused),
        row.subject,
        row.state,
        row.reason,
        row.message_id,
        row.wanted_at,
        row.sent_at,
    )


def tell(
    session: Session, thread: MailThread, source: str, arguments: Mapping[str, Any], *, now: datetime
) -> None:
    """Let a thread's story hear what became of its mail, in its own lane."""
    lane = LaneName(thread.story, thread.account_id, thread.story.partition(":")[0])
    inbox.put(session, lane, source, arguments, now=now, lease_time=lease_time())


def sending_lane(thread_id: int) -> LaneName:
    """The lane in which a thread's mails are sent, in order."""
    return LaneName(f"{SENDING}:{thread_id}", ACCOUNT, SENDING)


def reading_lane(incoming_id: int) -> LaneName:
    """The lane in which a mail that came is read."""
    return LaneName(f"{READING}:{incoming_id}", ACCOUNT, READING)


def _thread(session: Session, letter: Letter, account_id: str) -> MailThread:
    counterpart = ",".join(sorted({address.lower() for address in letter.to}))
    here = (MailThread.story == letter.story, MailThread.counterpart == counterpart)
    thread = session.execute(select(MailThread).where(*here)).scalar_one_or_none()
    if thread is None:
        thread = MailThread(
            story=letter.story, counterpart=counterpart, account_id=account_id, token=new_token(10)
        )
        session.add(thread)
        session.flush()
    return thread
