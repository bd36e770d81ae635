"""What is sent next in a thread, and what became of it; each step is one transaction of the caller's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import lease_time
from app.lanes import service as lanes
from app.mail.models import IncomingMail, Mail, MailAttachment, MailThread
from app.mail.rules import sending as rules
from app.mail.rules.composing import Outgoing
from app.mail.rules.letters import Attachment
from app.mail.rules.sending import Delivery, State
from app.mail.service import sending_lane, tell

#: What people read of a mail that can't be sent as things are set up.
NO_SERVER = "No mail is sent: SMTP_URL is not set."
DIED = "The product stopped while it was being sent: it may have arrived."


@dataclass(frozen=True)
class Task:
    """The next mail of a thread."""

    mail_id: int
    delivery: Delivery
    outgoing: Outgoing


def next_task(session: Session, thread_id: int, sender: str) -> Task | None:
    """The next mail that is wanted in a thread, in the order in which they were."""
    query = select(Mail).where(Mail.thread_id == thread_id, Mail.state == State.WANTED).order_by(Mail.id)
    mail = session.execute(query.limit(1)).scalar_one_or_none()
    if mail is None:
        return None
    thread = session.get_one(MailThread, thread_id)
    ident = mail.message_id or f"<{mail.ident}@{sender.partition('@')[2]}>"
    outgoing = Outgoing(
        message_id=ident,
        sender=sender,
        to=(*mail.reached, *mail.waiting, *mail.refused),
        subject=mail.subject,
        body=mail.body,
        attachments=_attachments(session, mail.id),
        token=thread.token,
        is_notice=mail.is_notice,
        written_at=mail.wanted_at,
        references=_references(session, mail),
    )
    return Task(mail.id, delivery_of(mail), outgoing)


def give_up_unknown(session: Session, thread_id: int, *, now: datetime) -> None:
    """Nobody knows what became of a mail whose sender died while it was under way."""
    query = select(Mail).where(Mail.thread_id == thread_id, Mail.state == State.SENDING)
    for mail in session.execute(query.with_for_update()).scalars():
        _make_uncertain(session, mail, DIED, now)


def begin(session: Session, task: Task, delivery: Delivery) -> bool:
    """Note that a mail's content is sent from now on; False when it is not wanted any more."""
    mail = session.get_one(Mail, task.mail_id, with_for_update=True)
    if mail.state != State.WANTED:
        return False
    _keep(mail, delivery)
    mail.state, mail.message_id = State.SENDING, task.outgoing.message_id
    return True


def note_waiting(session: Session, thread_id: int, reason: str) -> None:
    """Let people read why a thread's next mail is not sent yet."""
    query = select(Mail).where(Mail.thread_id == thread_id, Mail.state == State.WANTED).order_by(Mail.id)
    mail = session.execute(query.limit(1).with_for_update()).scalar_one_or_none()
    if mail is not None:
        mail.reason = reason


def record(session: Session, mail_id: int, delivery: Delivery, *, now: datetime) -> State:
    """Note how far a mail is, now that nothing of it is under way, and let its story hear; its state.

    Who has the server's answer is believed, even where somebody gave it up as uncertain meanwhile.
    """
    mail = session.get_one(Mail, mail_id, with_for_update=True)
    if mail.state not in (State.WANTED, State.SENDING, State.UNCERTAIN):
        return State(mail.state)
    if delivery.reached and mail.sent_at is None:
        mail.sent_at = now
    _keep(mail, delivery)
    mail.state = delivery.state
    mail.reason = rules.refusal(delivery) or delivery.reason
    if mail.state in (State.SENT, State.REFUSED):
        _settle(session, mail, now)
    return State(mail.state)


def record_unknown(session: Session, mail_id: int, reason: str, *, now: datetime) -> None:
    """Note that nobody knows whether a mail arrived."""
    mail = session.get_one(Mail, mail_id, with_for_update=True)
    if mail.state == State.SENDING:
        _make_uncertain(session, mail, reason, now)


def record_not_sent(session: Session, mail_id: int, reason: str) -> None:
    """Note that a mail whose content was to be sent was not: it is wanted as before."""
    mail = session.get_one(Mail, mail_id, with_for_update=True)
    if mail.state == State.SENDING:
        mail.waiting, mail.under_way = [*mail.under_way, *mail.waiting], []
        mail.state, mail.reason = State.WANTED, reason


def arrived(session: Session, mail: Mail, *, now: datetime) -> None:
    """Something that came shows, or a person says, that an uncertain mail has arrived."""
    if mail.state != State.UNCERTAIN:
        return
    mail.reached, mail.under_way = [*mail.reached, *mail.under_way], []
    mail.sent_at = mail.sent_at or now
    _follow_up(session, mail)
    if mail.state != State.WANTED:
        _settle(session, mail, now)


def bounced(session: Session, mail: Mail, recipient: str | None, reason: str, *, now: datetime) -> None:
    """Something that came says that a mail did not arrive, at one of its recipients or at all."""
    if mail.state not in (State.SENT, State.UNCERTAIN):
        return
    delivery = rules.bounced(delivery_of(mail), recipient, reason)
    _keep(mail, delivery)
    if not delivery.under_way:
        _follow_up(session, mail)
        mail.settled_at = now
    thread = session.get_one(MailThread, mail.thread_id)
    told = rules.refusal(delivery) or reason
    tell(session, thread, "mail.refused", {"mail_id": mail.id, "reason": told}, now=now)


def resend(session: Session, mail: Mail, *, now: datetime) -> None:
    """Send a mail again to all of whom it is not known that they have it; under the same Message-ID."""
    mail.waiting = [*mail.under_way, *mail.waiting, *mail.refused]
    mail.under_way, mail.refused = [], {}
    mail.state, mail.reason, mail.put_off, mail.settled_at = State.WANTED, None, 0, None
    # So that what comes back can be told from the first sending's.
    mail.wanted_at = now
    _ask_again(session, mail)


def delivery_of(mail: Mail) -> Delivery:
    """How far a mail is with each of its recipients."""
    return Delivery(
        waiting=tuple(mail.waiting),
        under_way=tuple(mail.under_way),
        reached=tuple(mail.reached),
        refused=mail.refused,
        put_off=mail.put_off,
        reason=mail.reason,
    )


def _keep(mail: Mail, delivery: Delivery) -> None:
    mail.waiting, mail.under_way = list(delivery.waiting), list(delivery.under_way)
    mail.reached, mail.refused = list(delivery.reached), dict(delivery.refused or {})
    mail.put_off = delivery.put_off


def _follow_up(session: Session, mail: Mail) -> None:
    """Nothing of a mail is uncertain any more: those who were put off before that get their turn."""
    delivery = delivery_of(mail)
    mail.state, mail.reason = delivery.state, rules.refusal(delivery)
    if mail.state == State.WANTED:
        _ask_again(session, mail)


def _make_uncertain(session: Session, mail: Mail, reason: str, now: datetime) -> None:
    mail.state, mail.reason = State.UNCERTAIN, reason
    thread = session.get_one(MailThread, mail.thread_id)
    tell(session, thread, "mail.uncertain", {"mail_id": mail.id, "reason": reason}, now=now)


def _settle(session: Session, mail: Mail, now: datetime) -> None:
    mail.settled_at = now
    thread = session.get_one(MailThread, mail.thread_id)
    told = {"mail_id": mail.id} | ({"reason": mail.reason} if mail.reason else {})
    tell(session, thread, "mail.sent" if mail.state == State.SENT else "mail.refused", told, now=now)


def _ask_again(session: Session, mail: Mail) -> None:
    lanes.want(session, [sending_lane(mail.thread_id)], now=lease_time())


def _attachments(session: Session, mail_id: int) -> Sequence[Attachment]:
    query = select(MailAttachment).where(MailAttachment.mail_id == mail_id).order_by(MailAttachment.place)
    return [Attachment(one.name, one.media_type, one.content) for one in session.execute(query).scalars()]


def _references(session: Session, mail: Mail) -> Sequence[str]:
    """What was written before in a mail's thread, by both sides, oldest first."""
    ours = select(Mail.message_id, Mail.wanted_at).where(
        Mail.thread_id == mail.thread_id, Mail.id < mail.id, Mail.message_id.is_not(None)
    )
    theirs = select(IncomingMail.message_id, IncomingMail.received_at).where(
        IncomingMail.thread_id == mail.thread_id,
        IncomingMail.message_id.is_not(None),
        IncomingMail.received_at <= mail.wanted_at,
    )
    rows = [*session.execute(ours), *session.execute(theirs)]
    return [str(message_id) for message_id, _ in sorted(rows, key=lambda row: row[1])]
