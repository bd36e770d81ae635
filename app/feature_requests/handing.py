"""Handing a request over to be filed: what its customer approves, a technician has read, and names nobody."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.feature_requests import writing
from app.feature_requests.filing import service as filing
from app.feature_requests.filing.service import UseCase
from app.feature_requests.on_wish import OnWish
from app.feature_requests.rules.anonymity import given_away
from app.feature_requests.rules.steps import Filing, Status
from app.feature_requests.writing import BODY, CHECK, ENGLISH, READY, TITLE
from app.mirror import service as mirror

COLUMN, AGAIN = "filing", "again"
#: In which a technician may say that it is to be filed once more.
_REPEATABLE = (Filing.REFUSED, Filing.UNCERTAIN)


def follow_english(session: Session, on: OnWish, changed: Mapping[str, Any], *, now: datetime) -> None:
    """A technician has written the English text, or says that it is ready."""
    if on.wish.is_handed_over:
        return
    if changed.get(ENGLISH) == READY:
        if _is_fit(session, on, now):
            hand_over_if_ready(session, on, now=now)
    elif (TITLE in changed or BODY in changed) and on.on_desk(session).get(ENGLISH) == READY:
        # It was ready as it was.
        mirror.write(session, *on.desk, ENGLISH, CHECK, now=now)


def follow_filing(session: Session, on: OnWish, chosen: Any, *, now: datetime) -> None:
    """A technician has chosen what else to do about the filing: again, where it is known not to be filed."""
    if chosen == AGAIN and on.wish.filing in _REPEATABLE:
        was, on.wish.filing = on.wish.filing, None
        hand_over_if_ready(session, on, now=now)
        if on.wish.filing is None:
            on.wish.filing = was
            on.tell_desk(session, "wish.filing.not_ready", now=now)
    show(session, on, now=now)


def hand_over_if_ready(session: Session, on: OnWish, *, now: datetime) -> None:
    """Have the request filed, if everything that it takes is there; once."""
    wish, values = on.wish, on.on_desk(session)
    is_open = wish.status == Status.FOR_APPROVAL and wish.filing is None and wish.lead_id is None
    if not is_open or values.get(ENGLISH) != READY:
        return
    if wish.approved_at is None:
        on.tell_desk(session, "wish.english.waits", now=now)
        return
    # Who follows it since the text was read may be named in it.
    if not _is_fit(session, on, now):
        return
    wish.filing = Filing.ASKED.value
    session.flush()
    case = UseCase(wish.id, str(values[TITLE]), str(values[BODY]))
    filing.file(session, case, account_id=on.partner_account_id, now=now)
    show(session, on, now=now)


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
    """It was refused, or nobody knows whether it is filed: a person looks, and says so on the board."""
    if on.wish.filing != Filing.ASKED:
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
