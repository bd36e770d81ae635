"""What people see of mail and decide about it, and how long it is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.errors import SupportError
from app.mail import receiving, sending, service
from app.mail.models import IncomingMail, Mail, MailAttachment, MailFile, MailThread
from app.mail.rules.receiving import Standing
from app.mail.rules.sending import State
from app.mail.service import IncomingSeen, MailSeen, seen
from app.operators import audit
from app.outbox.models import Change

_SETTLED = (State.SENT, State.REFUSED)
_PENDING = ("wanted", "sent", "parked", "held")


class MailDecisionError(SupportError):
    """What was decided does not fit how the mail stands."""

    code = "mail_decision"
    permanent = True


@dataclass(frozen=True)
class Counts:
    """How much mail there is in each state."""

    outgoing: dict[str, int]
    incoming: dict[str, int]


@dataclass(frozen=True)
class OutgoingSeen:
    """One of our mails whole."""

    mail: MailSeen
    #: Empty where it is not kept any more.
    body: str
    #: The names of what goes with it.
    files: tuple[str, ...]


def counts(session: Session) -> Counts:
    """How much mail there is in each state."""
    ours = session.execute(select(Mail.state, func.count()).group_by(Mail.state)).all()
    theirs = session.execute(select(IncomingMail.state, func.count()).group_by(IncomingMail.state)).all()
    return Counts(dict(ours), dict(theirs))


def count_undecided(session: Session) -> int:
    """How much mail waits for a person: uncertain, or unsorted."""
    ours = select(func.count()).select_from(Mail).where(Mail.state == State.UNCERTAIN)
    theirs = select(func.count()).select_from(IncomingMail).where(IncomingMail.state == Standing.UNSORTED)
    return int(session.execute(ours).scalar_one()) + int(session.execute(theirs).scalar_one())


def latest(session: Session, *, states: Sequence[str], story: str | None, limit: int) -> Sequence[MailSeen]:
    """Our mails, the latest first; of some states, or of one story."""
    query = select(Mail, MailThread).join(MailThread, Mail.thread_id == MailThread.id)
    if states:
        query = query.where(Mail.state.in_(states))
    if story is not None:
        query = query.where(MailThread.story == story)
    rows = session.execute(query.order_by(Mail.id.desc()).limit(limit))
    return [seen(mail, thread) for mail, thread in rows]


def unsorted(session: Session, *, limit: int) -> Sequence[IncomingSeen]:
    """What came and waits for a person to say where it belongs, oldest first."""
    query = select(IncomingMail.id).where(IncomingMail.state == Standing.UNSORTED).order_by(IncomingMail.id)
    return [service.incoming(session, one) for one in session.execute(query.limit(limit)).scalars().all()]


def resend(session: Session, mail_id: int, *, by: str, now: datetime) -> None:
    """Send a mail again that may not have arrived, or was refused.

    Raises:
        MailDecisionError: it is on its way, or was sent.
    """
    mail = _mail(session, mail_id)
    if mail.state not in (State.UNCERTAIN, State.REFUSED):
        raise MailDecisionError(
            f"Mail {mail_id} is {mail.state}; only uncertain and refused ones are sent again."
        )
    if not mail.subject:
        raise MailDecisionError(f"Of mail {mail_id} nothing is kept any more, so it can't be sent again.")
    sending.resend(session, mail, now=now)
    audit.note(session, by, "mail sent again", str(mail_id), now=now)


def settle(session: Session, mail_id: int, *, by: str, now: datetime) -> None:
    """Note that an uncertain mail has arrived: somebody asked.

    Raises:
        MailDecisionError: there is nothing uncertain about it.
    """
    mail = _mail(session, mail_id)
    if mail.state != State.UNCERTAIN:
        raise MailDecisionError(f"Mail {mail_id} is {mail.state}: there is nothing uncertain about it.")
    sending.arrived(session, mail, now=now)
    audit.note(session, by, "mail settled as sent", str(mail_id), now=now)


def file(session: Session, incoming_id: int, story: str, *, by: str, now: datetime) -> None:
    """Say to which story an unsorted mail belongs.

    Raises:
        FilingError: there is no such mail to file, or nothing was ever mailed for that story.
    """
    receiving.file(session, incoming_id, story, now=now)
    audit.note(session, by, "mail filed", str(incoming_id), now=now, detail=story)


def dismiss(session: Session, incoming_id: int, reason: str, *, by: str, now: datetime) -> None:
    """Say that nothing follows from an unsorted mail.

    Raises:
        FilingError: there is no such mail.
    """
    receiving.dismiss(session, incoming_id, reason, now=now)
    audit.note(session, by, "mail dismissed", str(incoming_id), now=now, detail=reason)


def outgoing(session: Session, mail_id: int) -> OutgoingSeen:
    """One of our mails whole.

    Raises:
        MailDecisionError: there is none of that number.
    """
    row = session.get(Mail, mail_id)
    if row is None:
        raise _missing(mail_id)
    files = (
        select(MailAttachment.name).where(MailAttachment.mail_id == mail_id).order_by(MailAttachment.place)
    )
    thread = session.get_one(MailThread, row.thread_id)
    return OutgoingSeen(seen(row, thread), row.body, tuple(session.execute(files).scalars()))


def incoming(session: Session, incoming_id: int) -> IncomingSeen:
    """One mail that came.

    Raises:
        MailDecisionError: there is none of that number.
    """
    if session.get(IncomingMail, incoming_id) is None:
        raise MailDecisionError(
            f"No mail {incoming_id} came. `synerity mail unsorted` lists what waits for you."
        )
    return service.incoming(session, incoming_id)


def raw(session: Session, incoming_id: int) -> bytes:
    """A mail that came, as it came.

    Raises:
        MailDecisionError: it is not kept, or never was.
    """
    mail = session.get(IncomingMail, incoming_id)
    if mail is None or mail.raw is None:
        raise MailDecisionError(f"Mail {incoming_id} is not kept here (any more).")
    return mail.raw


def prune(session: Session, *, before: datetime, limit: int) -> int:
    """Forget what up to ``limit`` mails said that were settled before a moment; how many it was.

    That there was a mail stays known, so that an answer that comes late still finds its thread. What waits
    for a person, and what has files that are still to be hung on a board, stays whole.
    """
    query = select(Mail.id).where(Mail.state.in_(_SETTLED), Mail.settled_at < before, Mail.subject != "")
    ours = session.execute(query.order_by(Mail.id).limit(limit)).scalars().all()
    session.execute(delete(MailAttachment).where(MailAttachment.mail_id.in_(ours)))
    session.execute(update(Mail).where(Mail.id.in_(ours)).values(body="", subject=""))
    waiting = (
        select(MailFile.incoming_id)
        .join(Change, Change.id == MailFile.file_change_id)
        .where(MailFile.asset_id.is_(None), Change.state.in_(_PENDING))
    )
    kept = (Standing.NEW, Standing.UNSORTED)
    old = select(IncomingMail.id).where(
        IncomingMail.raw.is_not(None),
        IncomingMail.state.not_in(kept),
        IncomingMail.settled_at < before,
        IncomingMail.id.not_in(waiting),
    )
    theirs = session.execute(old.order_by(IncomingMail.id).limit(limit)).scalars().all()
    forgotten: dict[str, Any] = {"raw": None, "text": "", "full_text": "", "subject": "", "attachments": []}
    session.execute(update(IncomingMail).where(IncomingMail.id.in_(theirs)).values(**forgotten))
    return len(ours) + len(theirs)


def _mail(session: Session, mail_id: int) -> Mail:
    mail = session.get(Mail, mail_id, with_for_update=True)
    if mail is None:
        raise _missing(mail_id)
    return mail


def _missing(mail_id: int) -> MailDecisionError:
    return MailDecisionError(f"There is no mail {mail_id}. `synerity mail list` shows what there is.")
