"""Reminding technicians, as each quarter begins, to look how what was filed is doing at monday.com."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.feature_requests.on_wish import KIND, OnWish, office
from app.feature_requests.rules.reviews import next_review, quarter_of, review_due
from app.feature_requests.rules.steps import REVIEWED
from app.mirror import service as mirror
from app.outbox import service as outbox
from app.texts import DESK_LANGUAGE, plain
from app.timers import service as timers

_PERSON = "person-"


def arm(session: Session, on: OnWish, *, now: datetime) -> None:
    """Set the next reminder of a request that monday.com may still do something about; else none."""
    subject = str(on.wish.id)
    if on.wish.status not in REVIEWED or on.wish.lead_id is not None:
        timers.cancel(session, kind=KIND, subject=subject)
        return
    due_at = next_review(office(), now)
    timers.arm(session, kind=KIND, subject=subject, account_id=on.partner_account_id, due_at=due_at)


def remind(session: Session, on: OnWish, *, now: datetime) -> None:
    """A quarter has begun: say so on the desk's item, and to who is on duty for the customer; once a quarter.

    What was heard of late, quarters after, is one reminder.
    """
    wish, calendar = on.wish, office()
    quarter = quarter_of(calendar, now)
    is_due = review_due(calendar, now.astimezone(calendar.zone).date()) <= now
    if wish.status in REVIEWED and wish.lead_id is None and is_due and wish.reviewed_in != quarter:
        wish.reviewed_in = quarter
        on.tell_desk(session, "wish.review", now=now, quarter=quarter)
        words = plain(DESK_LANGUAGE, "wish.review.notice", number=wish.number, quarter=quarter)
        # monday.com notifies users; a team can't be.
        for person in (one for one in on.customer.duty if one.startswith(_PERSON)):
            user_id = person.removeprefix(_PERSON)
            outbox.want_notification(session, mirror.target(on.desk[0]), user_id, words, now=now)
    arm(session, on, now=now)
