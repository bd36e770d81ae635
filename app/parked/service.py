"""Looking through what is parked, trying it again, giving it up: the page and ``synerity`` use this alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import service as accounts
from app.accounts.service import Account
from app.clock import lease_time
from app.errors import SupportError
from app.inbox import service as inbox
from app.inbox import set_aside
from app.inbox.models import InboxEvent
from app.links.models import Link
from app.mirror import service as mirror
from app.operators import audit
from app.outbox import parked as parked_changes
from app.outbox import service as outbox
from app.outbox.models import Change
from app.parked import payloads
from app.parked.sentences import what_change, what_event

#: Changes on their way to monday.com, or deliveries and other events that came in.
What = Literal["changes", "deliveries"]
PAGE = 50


class NotParkedError(SupportError):
    """It does not wait for an operator (any more)."""

    code = "not_parked"
    permanent = True


@dataclass(frozen=True)
class Sought:
    """Which of what is parked: all, where nothing is said."""

    account_id: str | None = None
    board_id: str | None = None
    #: Part of the reason.
    reason: str = ""


@dataclass(frozen=True)
class Parked:
    """One thing that waits for an operator."""

    what: What
    id: int
    account_id: str
    slug: str
    #: None where it is about no board, or it can't be told.
    board_id: str | None
    item_id: str | None
    #: What it was to do, in few words.
    title: str
    #: What was wrong and what to do about it.
    reason: str
    #: When it was wanted, or came.
    since: datetime
    #: JSON for people, without secrets.
    payload: str
    #: It may hold what only technicians may read.
    is_internal: bool


@dataclass(frozen=True)
class ParkedPage:
    """Some of what is parked."""

    found: Sequence[Parked]
    #: How many there are on all pages.
    total: int
    #: What the next page comes after; None on the last.
    next_after: int | None


def look(session: Session, what: What, sought: Sought, *, after: int = 0, limit: int = PAGE) -> ParkedPage:
    """A page of what is parked, oldest first."""
    by_id = {account.account_id: account for account in accounts.list_accounts(session)}
    links = {
        (row.account_id, row.board_id) for row in session.execute(select(Link.account_id, Link.board_id))
    }
    found: list[Parked]
    if what == "changes":
        term = parked_changes.Sought(sought.account_id, sought.board_id, sought.reason)
        total = parked_changes.count(session, term)
        changes = parked_changes.find(session, term, after=after, limit=limit + 1)
        found = [_change(change, by_id, links) for change in changes]
    else:
        terms = set_aside.Sought(sought.account_id, sought.board_id, sought.reason)
        total = set_aside.count(session, terms)
        events = set_aside.find(session, terms, after=after, limit=limit + 1)
        found = [_event(event, by_id, links) for event in events]
    more = len(found) > limit
    return ParkedPage(found[:limit], total, found[limit - 1].id if more else None)


def count(session: Session) -> int:
    """How many things wait for an operator."""
    changes = parked_changes.count(session, parked_changes.Sought())
    return changes + set_aside.count(session, set_aside.Sought())


def replay(session: Session, what: What, ids: Sequence[int], *, by: str, now: datetime) -> int:
    """Try parked things again; return how many of them were still parked."""
    if what == "changes":
        # A value without a label is decided anew, the others are sent as they were.
        number = mirror.want_anew(session, ids, now=now) + outbox.replay(session, ids, now=now)
    else:
        number = inbox.replay(session, ids, lease_time=lease_time())
    if number:
        subject = ", ".join(str(one) for one in ids[:20]) + (", …" if len(ids) > 20 else "")
        audit.note(session, by, f"{what} replayed", subject, now=now, detail=f"{number} of them")
    return number


def replay_sought(session: Session, what: What, sought: Sought, *, by: str, now: datetime) -> int:
    """Try all again that a filter finds; return how many."""
    ids: list[int]
    if what == "changes":
        term = parked_changes.Sought(sought.account_id, sought.board_id, sought.reason)
        ids = [change.id for change in parked_changes.find(session, term)]
    else:
        terms = set_aside.Sought(sought.account_id, sought.board_id, sought.reason)
        ids = [event.id for event in set_aside.find(session, terms)]
    return replay(session, what, ids, by=by, now=now)


def drop(session: Session, what: What, parked_id: int, reason: str, *, by: str, now: datetime) -> int:
    """Give a parked thing up for good, and the changes that wait for it; return how many things.

    Raises:
        NotParkedError: it does not wait any more, or no reason is given.
    """
    if not reason.strip():
        raise NotParkedError("Say why it is dropped: others will want to know.")
    told = f"dropped by {by}: {reason.strip()}"
    if what == "changes":
        number = parked_changes.drop(session, parked_id, told, now=now)
    else:
        number = int(set_aside.drop(session, parked_id, told, now=now))
    if not number:
        raise NotParkedError(f"Number {parked_id} of the {what} does not wait for anybody.")
    audit.note(session, by, f"{what} dropped", str(parked_id), now=now, detail=reason.strip())
    return number


def _change(change: Change, by_id: dict[str, Account], links: set[tuple[str, str]]) -> Parked:
    account = by_id.get(change.account_id)
    return Parked(
        what="changes",
        id=change.id,
        account_id=change.account_id,
        slug=account.slug if account else change.account_id,
        board_id=change.board_id,
        item_id=change.item_id,
        title=what_change(change.kind, change.column_id),
        reason=change.reason or "",
        since=change.wanted_at,
        payload=payloads.shown(change.content),
        is_internal=is_internal(account, change.board_id, links),
    )


def _event(event: InboxEvent, by_id: dict[str, Account], links: set[tuple[str, str]]) -> Parked:
    account = by_id.get(event.account_id)
    told = what_event(event.source, event.content)
    return Parked(
        what="deliveries",
        id=event.id,
        account_id=event.account_id,
        slug=account.slug if account else event.account_id,
        board_id=told.board_id,
        item_id=told.item_id,
        title=told.sentence,
        reason=event.reason or "",
        since=event.received_at,
        payload=payloads.shown(event.content),
        is_internal=is_internal(account, told.board_id, links),
    )


def is_internal(account: Account | None, board_id: str | None, links: set[tuple[str, str]]) -> bool:
    """Whether something of a board may hold what only technicians may read; in doubt it may."""
    if account is None or board_id is None:
        return account is None or account.role == "partner"
    return account.role == "partner" and (account.account_id, board_id) not in links
