"""Telling a customer that what it wished for is there: on its board and by mail, in its language, once."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.feature_requests.on_wish import OnWish
from app.feature_requests.rules.steps import RELEASE_TEXTS as TEXTS
from app.feature_requests.rules.use_case import MOST_CHARACTERS
from app.mail import service as mail
from app.mail.rules.letters import Letter, LetterError, require_address
from app.texts import plain

__all__ = ["TEXTS", "clipped_lines", "tell"]

_MORE = "…"


def tell(session: Session, on: OnWish, values: Mapping[str, Any], *, now: datetime) -> None:
    """Tell the customer of the release, unless it was told before, whatever the status was meanwhile.

    ``values``: column key → what the desk's item holds.
    """
    wish = on.wish
    if wish.released_at is not None:
        return
    wish.released_at = now
    language = on.customer.language if on.customer.language in ("sv", "en") else "sv"
    what, how = (str(values.get(f"released_{part}_{language}") or "") for part in ("what", "how"))
    on.tell_customer(session, "wish.released", now=now, title=wish.title, what=what, how=how)
    address = wish.requester_email or on.customer.contact_email
    if not address:
        on.tell_desk(session, "wish.released.no_address", now=now)
        return
    try:
        require_address(address)
    except LetterError:
        on.tell_desk(session, "wish.released.bad_address", now=now, address=address)
        return
    title = " ".join(wish.title.split())
    letter = Letter(
        story=wish.story,
        key=f"{wish.story}:released",
        to=(address,),
        subject=plain(language, "wish.released.subject", number=wish.number, title=title),
        body=plain(language, "wish.released.letter", title=title, what=what, how=how),
        is_notice=True,
    )
    mail.want_mail(session, letter, account_id=on.partner_account_id, now=now)


def clipped_lines(lines: Sequence[str]) -> str:
    """Lines as a column of text can hold them; what does not fit is said to be left out."""
    kept: list[str] = []
    room = MOST_CHARACTERS - len(_MORE)
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            return "\n".join([*kept, _MORE])
        kept.append(line)
    return "\n".join(kept)
