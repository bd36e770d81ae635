"""Reminding the support manager of notice and renewal dates, once each."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from app.agreements.models import AgreementReminder, Customer
from app.agreements.rules.table import table
from app.agreements.rules.terms import day_of, midnight
from app.mirror import service as mirror
from app.mirror.models import Side
from app.outbox import service as outbox
from app.texts import DESK_LANGUAGE, text

NOTICE, RENEWAL = "notice", "renewal"
#: People are reminded when they come to work.
_AT_HOUR = timedelta(hours=8)
_PERSON = "person-"


@dataclass(frozen=True)
class _Step:
    what: str
    day: date
    days_before: int

    @property
    def at(self) -> datetime:
        return midnight(self.day - timedelta(days=self.days_before)) + _AT_HOUR


def moments(customer: Customer) -> list[datetime]:
    """When people are to be reminded."""
    return sorted(step.at for step in _steps(customer))


def remind(session: Session, customer: Customer, side: Side, *, now: datetime) -> list[str]:
    """Notify the support manager of what is due and was not told; the sentences for the customer's item.

    After an outage, or for a date that was written late, only the latest step of a date is told.
    """
    said = []
    for what in (NOTICE, RENEWAL):
        due = [step for step in _steps(customer) if step.what == what and step.at <= now]
        due = [step for step in due if step.day >= day_of(now) and not _was_told(session, customer, step)]
        for step in due:
            _note(session, customer, step, now)
        if due:
            days = (due[-1].day - day_of(now)).days
            values = {"customer": customer.name, "day": due[-1].day, "days": days}
            said.append(text(DESK_LANGUAGE, f"agreement.{what}_nears", **values))
    for words in said:
        for person in customer.manager:
            # monday.com notifies users; a team can't be.
            if person.startswith(_PERSON):
                user_id = person.removeprefix(_PERSON)
                outbox.want_notification(session, mirror.target(side), user_id, words, now=now)
    return said


def _steps(customer: Customer) -> Iterator[_Step]:
    for what, day in ((NOTICE, customer.notice_on), (RENEWAL, customer.renews_on)):
        if day is not None:
            for days_before in table().reminder_days:
                yield _Step(what, day, days_before)


def _was_told(session: Session, customer: Customer, step: _Step) -> bool:
    return session.get(AgreementReminder, (customer.id, step.what, step.day, step.days_before)) is not None


def _note(session: Session, customer: Customer, step: _Step, now: datetime) -> None:
    told = {"what": step.what, "day": step.day, "days_before": step.days_before}
    session.add(AgreementReminder(customer_id=customer.id, told_at=now, **told))
