"""Handing a request over to be filed: what its customer approves, a technician has read, and names nobody."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.feature_requests import writing
from app.feature_requests.filing import service as filings
from app.feature_requests.filing.channels import Channel
from app.feature_requests.filing.rules import State
from app.feature_requests.filing.service import UseCase
from app.feature_requests.on_wish import OnWish
from app.feature_requests.rules.anonymity import given_away
from app.feature_requests.rules.steps import Filing, Status
from app.feature_requests.writing import BODY, CHECK, ENGLISH, READY, TITLE
from app.mirror import service as mirror

COLUMN, AGAIN = "filing", "again"
#: In which a technician may say that it is to be filed once more.
_REPEATABLE = (Filing.REFUSED, Filing.UNCERTAIN)
#: How it stands with the filing itself, where a request shows this.
_STANDS_FOR = {Filing.REFUSED: (State.REFUSED,), Filing.UNCERTAIN: (State.UNCERTAIN, State.QUEUED)}


def follow_english(session: Session, on: OnWish, changed: Mapping[str, Any], *, now: datetime) -> None:
    """A technician has written the English text, or says that it is ready."""
    if on.wish.is_handed_over:
        return
    if changed.get(ENGLISH) == READY:
        if _is_fit(session, on, now) and on.wish.approved_at is None:
            on.tell_desk(session, "wish.english.waits", now=now)
    elif (TITLE in changed or BODY in changed) and on.on_desk(session).get(ENGLISH) == READY:
        # It was ready as it was.
        mirror.write(session, *on.desk, ENGLISH, CHECK, now=now)


def follow_filing(session: Session, on: OnWish, chosen: Any, *, now: datetime) -> None:
    """A technician has chosen what else to do about the filing: again, where it is known not to be filed."""
    if chosen == AGAIN and on.wish.filing in _REPEATABLE:
        if on.wish.filing == Filing.UNCERTAIN:
            filings.release(session, on.wish.id, "A technician has looked: it was not filed.", now=now)
        on.wish.filing = None
    show(session, on, now=now)


def hand_over_if_ready(session: Session, on: OnWish, channel: Channel, *, now: datetime) -> None:
    """Have the request filed, if everything that it takes is there; once."""
    wish, values = on.wish, on.on_desk(session)
    is_open = wish.status == Status.FOR_APPROVAL and wish.filing is None and wish.lead_id is None
    if not is_open or wish.approved_at is None or values.get(ENGLISH) != READY:
        return
    # Who follows it since the text was read may be named in it.
    if not _is_fit(session, on, now):
        return
    case = UseCase(wish.id, str(values[TITLE]), str(values[BODY]))
    seen = filings.file(session, case, channel, account_id=on.partner_account_id, now=now)
    wish.filing = Filing.BY_HAND.value if seen.state is State.BY_HAND else Filing.ASKED.value
    show(session, on, now=now)
    if seen.state is State.BY_HAND:
        on.tell_desk(session, "wish.filing.by_hand", now=now, title=seen.title, body=seen.body)


def settle(session: Session, on: OnWish, reference: str | None, link: str | None, *, now: datetime) -> None:
    """A technician has filed it, or has found it filed."""
    filings.settle(session, on.wish.id, reference or link or "", link, now=now)


def note_filed(
    session: Session, on: OnWish, reference: str | None, link: str | None, *, at: datetime, now: datetime
) -> None:
    """Keep under which reference it is filed, and where; both boards show it."""
    wish = on.wish
    wish.filing, wish.filed_at = Filing.FILED.value, at
    wish.reference, wish.link = reference, link
    on.show(session, "reference", reference, now=now)
    on.show(session, "link", link, now=now)
    show(session, on, now=now)


def note_trouble(session: Session, on: OnWish, what: Filing, reason: str, *, now: datetime) -> None:
    """It was refused, or nobody knows whether it is filed: a person looks, and says so on the board.

    What is not so any more, since somebody has decided meanwhile, is nothing to tell.
    """
    seen = filings.filing(session, on.wish.id)
    if seen is None or seen.state not in _STANDS_FOR[what]:
        return
    on.wish.filing = what.value
    show(session, on, now=now)
    on.tell_desk(session, f"wish.filing.{what.value}", now=now, reason=reason)


def show(session: Session, on: OnWish, *, now: datetime) -> None:
    """Let the desk's item show how it stands with the filing."""
    mirror.write(session, *on.desk, COLUMN, on.wish.filing, now=now)


def _is_fit(session: Session, on: OnWish, now: datetime) -> bool:
    """Whether the English text may be read by anybody; if not it is to be checked, and the desk reads why."""
    values = on.on_desk(session)
    title, body = (str(values.get(key) or "").strip() for key in (TITLE, BODY))
    if not title or not body:
        on.tell_desk(session, "wish.english.empty", now=now)
    elif found := given_away(f"{title}\n{body}", writing.known_names(session, on.wish)):
        words = ", ".join(dict.fromkeys(one.words for one in found))
        on.tell_desk(session, "wish.english.names", now=now, words=words)
    else:
        return True
    mirror.write(session, *on.desk, ENGLISH, CHECK, now=now)
    return False
