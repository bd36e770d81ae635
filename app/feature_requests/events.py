"""What a request hears in its own lane: reminders that are due, what became of its filing and its mail."""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from app.errors import ParkedError
from app.feature_requests import joining, progress, reviewing
from app.feature_requests.filing import service as filings
from app.feature_requests.on_wish import KIND, OnWish, held, on_wish
from app.feature_requests.rules.steps import Filing
from app.feature_requests.rules.use_case import MOST_CHARACTERS
from app.feature_requests.writing import clipped
from app.inbox.service import StoredEvent
from app.mail import service as mail


def on_event(session: Session, ident: str, event: StoredEvent, *, now: datetime) -> None:
    """Let a request follow an event of our own.

    Raises:
        ParkedError: this version of the product does not know the event.
    """
    handler = _HANDLERS.get(event.source)
    if handler is None:
        raise ParkedError(f"No feature request follows events of the kind {event.source!r}.")
    handler(session, on_wish(session, held(session, int(ident))), event, now)


def _on_due(session: Session, on: OnWish, _: StoredEvent, now: datetime) -> None:
    reviewing.remind(session, on, now=now)


def _on_lead(session: Session, on: OnWish, _: StoredEvent, now: datetime) -> None:
    joining.follow_lead(session, on, now=now)


def _on_followers(session: Session, on: OnWish, _: StoredEvent, now: datetime) -> None:
    joining.show_followers(session, on, now=now)


def _on_filed(session: Session, on: OnWish, event: StoredEvent, now: datetime) -> None:
    reference, link = event.content.get("reference"), event.content.get("link")
    progress.record_filed(session, on, reference, link, at=now, now=now)


def _on_not_filed(session: Session, on: OnWish, event: StoredEvent, now: datetime) -> None:
    what = Filing.REFUSED if event.source == "filing.refused" else Filing.UNCERTAIN
    progress.record_not_filed(session, on, what, str(event.content.get("reason") or "-"), now=now)


def _on_mail(session: Session, on: OnWish, event: StoredEvent, now: datetime) -> None:
    """What became of a mail: of the one by which it is filed, or of the letter at release.

    That the letter was sent is nothing to tell.
    """
    mail_id = int(event.content["mail_id"])
    if filings.on_mail(session, mail_id, now=now) or event.source == "mail.sent":
        return
    seen = mail.mail(session, mail_id)
    key = f"wish.{event.source}"
    on.tell_desk(session, key, now=now, address=", ".join(seen.to), reason=seen.reason or "-")


def _on_answer(session: Session, on: OnWish, event: StoredEvent, now: datetime) -> None:
    """Somebody has answered a mail; technicians read it, and no customer's board repeats it."""
    came = mail.incoming(session, int(event.content["incoming_id"]))
    if not came.is_automatic:
        on.tell_desk(
            session,
            "wish.mail.came",
            now=now,
            address=came.from_address,
            words=clipped(came.text, MOST_CHARACTERS),
        )


_HANDLERS: Mapping[str, Callable[[Session, OnWish, StoredEvent, datetime], None]] = {
    f"timer.{KIND}": _on_due,
    progress.LEAD_CHANGED: _on_lead,
    joining.FOLLOWERS_CHANGED: _on_followers,
    "filing.filed": _on_filed,
    "filing.refused": _on_not_filed,
    "filing.uncertain": _on_not_filed,
    "mail.sent": _on_mail,
    "mail.refused": _on_mail,
    "mail.uncertain": _on_mail,
    "mail.came": _on_answer,
}
