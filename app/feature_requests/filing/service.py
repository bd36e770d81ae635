"""Filing a wish once, and telling the wish what became of it.

Who approves a wish calls ``file``; the wish then hears in its own lane (``wish:<id>``) of ``filing.filed``
(``{"reference", "link"}``), ``filing.refused`` or ``filing.uncertain`` (``{"reason"}``). With the channel
``hand`` it hears nothing until a technician has written the reference (``settle``). One row a wish says how
far it has come: whoever asks to file it again gets that row.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import lease_time
from app.errors import SupportError
from app.feature_requests.filing.channels import Channel, ChannelKind
from app.feature_requests.filing.models import Filing
from app.feature_requests.filing.rules import (
    UNDER_WAY,
    Found,
    Hidden,
    Outcome,
    Pause,
    Refused,
    State,
    fitting_title,
)
from app.ids import new_token
from app.inbox import service as inbox
from app.lanes import service as lanes
from app.lanes.service import LaneName
from app.mail import service as mails
from app.mail.rules.letters import Letter
from app.mail.rules.sending import State as MailState

#: All posts are made in lanes of their own, which are of no account of monday.com.
ACCOUNT = KIND = "forum"
STORY = "wish"


class FilingUnderWayError(SupportError):
    """What is on its way can't be said to have arrived, or not to have been sent."""

    code = "filing_under_way"
    permanent = True


@dataclass(frozen=True)
class UseCase:
    """A wish as monday.com gets it: its title, and the use case as text (Markdown, in the forum)."""

    wish_id: int
    title: str
    body: str


@dataclass(frozen=True)
class FilingSeen:
    """How far the filing of a wish has come."""

    wish_id: int
    channel: ChannelKind
    title: str
    body: str
    state: State
    #: In the forum the topic's number, by mail the Message-ID, by hand what the technician wrote.
    reference: str | None
    link: str | None
    #: Why it was refused or is uncertain, or what it waits for.
    reason: str | None


@dataclass(frozen=True)
class PostTask:
    """A post that is under way to the forum."""

    wish_id: int
    title: str
    body: str
    external_id: str
    state: State
    #: Whether a person has let it be filed again, after a refusal or when nobody knew.
    is_again: bool


def file(session: Session, case: UseCase, channel: Channel, *, account_id: str, now: datetime) -> FilingSeen:
    """File a wish by a channel, once; after a refusal, and only then, once more.

    ``account_id`` is the partner's, in whose lane the wish hears what becomes of it.
    """
    row = session.get(Filing, case.wish_id, with_for_update=True)
    if row is None:
        row = Filing(
            wish_id=case.wish_id, attempt=1, external_id=f"synerity-{new_token(16)}", account_id=account_id
        )
        session.add(row)
    elif row.state == State.REFUSED:
        row.attempt += 1
    else:
        return _seen(row)
    row.channel, row.title, row.body = channel.kind, fitting_title(case.title), case.body.strip()
    row.state, row.reason, row.settled_at, row.wanted_at = State.WANTED, None, None, now
    row.mail_id = None
    session.flush()
    if channel.kind is ChannelKind.MAIL:
        row.mail_id = mails.want_mail(session, _letter(row, channel), account_id=account_id, now=now)
    elif channel.kind is ChannelKind.FORUM:
        lanes.want(session, [lane(row.wish_id)], now=lease_time())
    else:
        row.state = State.BY_HAND
    return _seen(row)


def filing(session: Session, wish_id: int) -> FilingSeen | None:
    """How far the filing of a wish has come; None before it was asked for."""
    row = session.get(Filing, wish_id)
    return None if row is None else _seen(row)


def settle(session: Session, wish_id: int, reference: str, link: str | None, *, now: datetime) -> None:
    """A person has filed a wish, or has found it filed: keep where.

    Raises:
        FilingUnderWayError: the product itself is at it; what becomes of it will be told.
    """
    row = session.get_one(Filing, wish_id, with_for_update=True)
    if row.state in (State.WANTED, State.ASKED):
        raise FilingUnderWayError("This feature request is being filed; its reference comes by itself.")
    _file(session, row, reference, link, now)


def release(session: Session, wish_id: int, reason: str, *, now: datetime) -> None:
    """A person has found that an uncertain wish was not filed: it counts as refused, and may be filed again.

    Raises:
        FilingUnderWayError: it is not uncertain.
    """
    row = session.get_one(Filing, wish_id, with_for_update=True)
    if row.state not in (State.UNCERTAIN, State.QUEUED):
        raise FilingUnderWayError("Only a feature request of which nobody knows can be said not to be filed.")
    _end(session, row, State.REFUSED, reason, now)


def on_mail(session: Session, mail_id: int, *, now: datetime) -> bool:
    """Follow what became of a mail; False when it is no mail by which a wish was filed.

    For ``mail.sent``, ``mail.refused`` (also a bounce, later) and ``mail.uncertain`` in the wish's lane.
    """
    row = session.execute(
        select(Filing).where(Filing.mail_id == mail_id).with_for_update()
    ).scalar_one_or_none()
    if row is None:
        return False
    seen = mails.mail(session, mail_id)
    if seen.state == MailState.SENT and row.state != State.FILED:
        _file(session, row, seen.message_id or f"mail {mail_id}", None, now)
    elif seen.state == MailState.REFUSED and row.state != State.REFUSED:
        _end(session, row, State.REFUSED, seen.reason or "The mail was refused.", now)
    elif seen.state == MailState.UNCERTAIN and row.state == State.WANTED:
        _end(session, row, State.UNCERTAIN, seen.reason or "Nobody knows whether the mail arrived.", now)
    return True


def lane(wish_id: int) -> LaneName:
    """The lane in which a wish is posted."""
    return LaneName(f"{KIND}:{wish_id}", ACCOUNT, KIND)


def post_task(session: Session, wish_id: int) -> PostTask | None:
    """What is to be posted; None when there is nothing (any more)."""
    row = session.get(Filing, wish_id)
    if row is None or row.channel != ChannelKind.FORUM or row.state not in UNDER_WAY:
        return None
    is_again = row.attempt > 1
    return PostTask(row.wish_id, row.title, row.body, row.external_id, State(row.state), is_again)


def note_asked(session: Session, wish_id: int) -> None:
    """Keep that the forum is about to be asked: from now on it is looked there before it is asked again."""
    session.get_one(Filing, wish_id).state = State.ASKED


def record(session: Session, wish_id: int, found: Outcome, forum_url: str, *, now: datetime) -> None:
    """Keep what a round in the forum came to, and tell the wish what it has to know."""
    row = session.get_one(Filing, wish_id)
    if isinstance(found, Found):
        _file(session, row, found.topic.id, f"{forum_url}{found.topic.path}", now)
    elif isinstance(found, Refused):
        _end(session, row, State.REFUSED, found.reason, now)
    elif isinstance(found, Hidden):
        _end(session, row, State.UNCERTAIN, found.reason, now)
    elif isinstance(found, Pause):
        row.state, row.reason = found.state, found.reason
    elif row.state != State.QUEUED:
        # Told once, and again when it stands there.
        _end(session, row, State.QUEUED, "It waits for the forum's moderators.", now)


def _letter(row: Filing, channel: Channel) -> Letter:
    if channel.address is None:
        raise ValueError("A channel of mail has an address: the settings see to it.")
    story = f"{STORY}:{row.wish_id}"
    key = f"{story}:filing" if row.attempt == 1 else f"{story}:filing:{row.attempt}"
    return Letter(story=story, key=key, to=(channel.address,), subject=row.title, body=row.body)


def _file(session: Session, row: Filing, reference: str, link: str | None, now: datetime) -> None:
    row.state, row.reference, row.link = State.FILED, reference, link
    row.reason, row.settled_at = None, now
    _tell(session, row, "filing.filed", {"reference": reference, "link": link}, now)


def _end(session: Session, row: Filing, state: State, reason: str, now: datetime) -> None:
    row.state, row.reason, row.settled_at = state, reason, now
    told = "filing.refused" if state is State.REFUSED else "filing.uncertain"
    _tell(session, row, told, {"reason": reason}, now)


def _tell(session: Session, row: Filing, source: str, arguments: Mapping[str, Any], now: datetime) -> None:
    here = LaneName(f"{STORY}:{row.wish_id}", row.account_id, STORY)
    inbox.put(session, here, source, arguments, now=now, lease_time=lease_time())


def _seen(row: Filing) -> FilingSeen:
    return FilingSeen(
        row.wish_id,
        ChannelKind(row.channel),
        row.title,
        row.body,
        State(row.state),
        row.reference,
        row.link,
        row.reason,
    )
