"""Suggesting to technicians which requests, of whichever customer, say the same; each pair once."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.feature_requests.models import Wish
from app.feature_requests.on_wish import OnWish
from app.feature_requests.rules import similar
from app.feature_requests.rules.joining import number
from app.feature_requests.rules.steps import Status

_OVER = (Status.NOT_INCLUDED, Status.RELEASED, Status.DECLINED)


def suggest(session: Session, on: OnWish, *, now: datetime) -> None:
    """Name the requests that may be the same as this one, on the desk only, by their numbers."""
    wish = on.wish
    if wish.lead_id is not None or wish.is_handed_over:
        return
    query = select(Wish).where(Wish.id != wish.id, Wish.status.not_in(_OVER)).order_by(Wish.id)
    known = [one for one in session.execute(query).scalars() if one.lead_id != wish.id]
    leads = {one.id: one.lead_id or one.id for one in known}
    found = similar.suggestions(_words(wish), [_words(one) for one in known])
    new: dict[int, float] = {}
    for one in found:
        if leads[one.id] not in (*wish.suggested, wish.id):
            new.setdefault(leads[one.id], one.score)
    if new:
        wish.suggested = [*wish.suggested, *new]
        on.tell_desk(session, "wish.similar", now=now, found=_named(new.items()))


def _words(wish: Wish) -> similar.Wish:
    return similar.Wish(wish.id, "\n".join([wish.title, *wish.answers.values()]))


def _named(found: Iterable[tuple[int, float]]) -> str:
    return ", ".join(f"{number(wish_id)} ({score:.0%})" for wish_id, score in found)
