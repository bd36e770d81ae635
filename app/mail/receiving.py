"""Mail that comes: kept as it is, then read, then told of in the story whose thread it belongs to."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.clock import lease_time
from app.errors import SupportError
from app.lanes import service as lanes
from app.mail import sending
from app.mail.models import IncomingMail, Mail, MailThread
from app.mail.rules import parsing, receiving
from app.mail.rules.parsing import Parsed
from app.mail.rules.receiving import Evidence, Standing
from app.mail.rules.sending import State
from app.mail.service import reading_lane, tell

_HOUR = timedelta(hours=1)


class FilingError(SupportError):
    """A mail can't be filed so."""

    code = "mail_filing"
    permanent = True


@dataclass(frozen=True)
class Delivered:
    """A mail as another server hands it over."""

    envelope_from: str
    envelope_to: Sequence[str]
    raw: bytes


def store(session: Session, delivered: Delivered, *, now: datetime) -> None:
    """Keep a mail as it came, and ask for it to be read; the same one again is kept once."""
    row = {
        "digest": _digest(delivered),
        "envelope_from": delivered.envelope_from.replace("\0", ""),
        "envelope_to": list(delivered.envelope_to),
        "raw": delivered.raw,
        "received_at": now,
        "state": Standing.NEW,
        "is_in_doubt": False,
        "from_address": "",
        "from_name": "",
        "subject": "",
        "text": "",
        "full_text": "",
        "attachments": [],
        "is_automatic": False,
    }
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    insert = dialect.insert(IncomingMail).values(**row).on_conflict_do_nothing(index_elements=["digest"])
    stored = session.execute(insert.returning(IncomingMail.id)).scalar_one_or_none()
    if stored is not None:
        lanes.want(session, [reading_lane(stored)], now=lease_time())


def read(session: Session, incoming_id: int, *, now: datetime) -> Standing:
    """Read a mail and let the story hear whose thread it belongs to; what became of it."""
    row = session.get_one(IncomingMail, incoming_id, with_for_update=True)
    if row.state != Standing.NEW or row.raw is None:
        return Standing(row.state)
    parsed = parsing.parse(row.raw, row.envelope_from)
    _keep(row, parsed)
    own = _mails(session, receiving.idents(filter(None, [parsed.message_id])))
    answered = _mails(session, receiving.idents(parsed.references))
    for mail in (*own, *(answered if parsed.report is None else ())):
        sending.arrived(session, mail, now=now)
    evidence = _evidence(session, row, parsed, answered)
    if own:
        _settle(row, Standing.REPEATED, now, "It is a mail of ours that came back.")
    elif parsed.report is not None and _follow_report(session, parsed, evidence, row, now):
        _settle(row, Standing.REPORT, now, parsed.report.reason)
    else:
        _sort(session, row, evidence, now)
    return Standing(row.state)


def give_up(session: Session, incoming_id: int, reason: str, *, now: datetime) -> None:
    """Leave a mail that can't be read to a person."""
    row = session.get_one(IncomingMail, incoming_id, with_for_update=True)
    if row.state == Standing.NEW:
        _settle(row, Standing.UNSORTED, now, reason)


def file(session: Session, incoming_id: int, story: str, *, now: datetime) -> None:
    """A person says to which story a mail belongs that was left unsorted.

    Raises:
        FilingError: there is no such mail to file, or nothing was ever mailed for that story.
    """
    row = _unsorted(session, incoming_id)
    query = select(MailThread).where(MailThread.story == story).order_by(MailThread.id)
    threads = session.execute(query).scalars().all()
    if not threads:
        raise FilingError(f"Nothing was mailed for {story!r}: it has no thread to file a mail in.")
    mine = [thread for thread in threads if row.from_address.lower() in thread.counterpart.split(",")]
    row.is_in_doubt = False
    _file(session, row, (mine or threads)[-1], now)


def dismiss(session: Session, incoming_id: int, reason: str, *, now: datetime) -> None:
    """A person says that nothing follows from a mail that was left unsorted.

    Raises:
        FilingError: there is no such mail.
    """
    row = _unsorted(session, incoming_id)
    row.is_in_doubt = False
    _settle(row, Standing.DISMISSED, now, reason)


def _unsorted(session: Session, incoming_id: int) -> IncomingMail:
    row = session.get(IncomingMail, incoming_id, with_for_update=True)
    if row is None or row.state != Standing.UNSORTED:
        raise FilingError(f"There is no unsorted mail {incoming_id}. `synerity mail unsorted` lists them.")
    return row


def _digest(delivered: Delivered) -> str:
    told = hashlib.sha256()
    for piece in (delivered.envelope_from, *sorted(delivered.envelope_to)):
        told.update(piece.encode("utf-8", "surrogateescape") + b"\0")
    told.update(delivered.raw)
    return told.hexdigest()


def _keep(row: IncomingMail, parsed: Parsed) -> None:
    row.message_id, row.subject = parsed.message_id, parsed.subject
    row.from_address, row.from_name = parsed.from_address, parsed.from_name
    row.text, row.full_text = parsed.text, parsed.full_text
    row.attachments = [asdict(one) for one in parsed.attachments]
    row.is_automatic = parsed.is_automatic


def _mails(session: Session, idents: Collection[str]) -> Sequence[Mail]:
    """Our mails by what stands left of the ``@`` in their Message-IDs."""
    query = select(Mail).where(Mail.ident.in_(idents)).order_by(Mail.id)
    return session.execute(query.with_for_update()).scalars().all()


def _evidence(session: Session, row: IncomingMail, parsed: Parsed, answered: Sequence[Mail]) -> Evidence:
    about = () if parsed.report is None else _mails(session, receiving.idents(parsed.report.about))
    return Evidence(
        address=_by_token(session, receiving.tokens_of_address(row.envelope_to)),
        references=frozenset(mail.thread_id for mail in (*answered, *about)),
        subject=_by_token(session, receiving.tokens_of_subject(parsed.subject)),
    )


def _by_token(session: Session, tokens: Collection[str]) -> frozenset[int]:
    query = select(MailThread.id).where(MailThread.token.in_(tokens))
    return frozenset(session.execute(query).scalars())


def _follow_report(
    session: Session, parsed: Parsed, evidence: Evidence, row: IncomingMail, now: datetime
) -> bool:
    """Let the mail that a report is about be as it says; False when nobody knows which that is."""
    report = parsed.report
    if report is None or len(evidence.threads) != 1:
        return False
    (row.thread_id,) = evidence.threads
    named = _mails(session, receiving.idents((*report.about, *parsed.references)))
    mail = named[0] if named else _last_sent(session, row.thread_id)
    if mail is None:
        row.thread_id = None
        return False
    if report.is_failure:
        sending.bounced(session, mail, report.recipient, report.reason, now=now)
    elif report.action != "delayed":
        sending.arrived(session, mail, now=now)
    return True


def _last_sent(session: Session, thread_id: int) -> Mail | None:
    sent = (State.SENT, State.UNCERTAIN)
    query = select(Mail).where(Mail.thread_id == thread_id, Mail.state.in_(sent)).order_by(Mail.id.desc())
    return session.execute(query.limit(1).with_for_update()).scalar_one_or_none()


def _sort(session: Session, row: IncomingMail, evidence: Evidence, now: datetime) -> None:
    verdict = receiving.decide(evidence, _stories(session, evidence.threads), _lately(session, evidence, now))
    if verdict.thread_id is None:
        row.is_in_doubt = verdict.is_in_doubt
        _settle(row, Standing.UNSORTED, now, verdict.reason)
    elif _is_there(session, row, verdict.thread_id):
        row.thread_id = verdict.thread_id
        _settle(row, Standing.REPEATED, now, "It stands in its thread already.")
    else:
        _file(session, row, session.get_one(MailThread, verdict.thread_id), now)


def _file(session: Session, row: IncomingMail, thread: MailThread, now: datetime) -> None:
    row.thread_id = thread.id
    _settle(row, Standing.FILED, now, None)
    tell(session, thread, "mail.came", {"incoming_id": row.id}, now=now)


def _is_there(session: Session, row: IncomingMail, thread_id: int) -> bool:
    """Whether the same mail came another way before: to another of our addresses, or forwarded by a list."""
    if row.message_id is None:
        return False
    query = select(IncomingMail.id).where(
        IncomingMail.thread_id == thread_id,
        IncomingMail.message_id == row.message_id,
        IncomingMail.full_text == row.full_text,
        IncomingMail.state == Standing.FILED,
    )
    return session.execute(query.limit(1)).first() is not None


def _stories(session: Session, thread_ids: Collection[int]) -> Mapping[int, str]:
    query = select(MailThread.id, MailThread.story).where(MailThread.id.in_(thread_ids))
    return dict(session.execute(query).all())


def _lately(session: Session, evidence: Evidence, now: datetime) -> int:
    """How many mails came in the thread that is named, within an hour."""
    query = select(func.count()).select_from(IncomingMail)
    here = (IncomingMail.thread_id.in_(evidence.threads), IncomingMail.received_at > now - _HOUR)
    return int(session.execute(query.where(*here)).scalar_one())


def _settle(row: IncomingMail, standing: Standing, now: datetime, reason: str | None) -> None:
    row.state, row.reason, row.settled_at = standing, reason, now
