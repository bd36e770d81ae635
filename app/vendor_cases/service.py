"""Cases from the side of tickets: asked for, made, joined, left; and what is known of them.

Who calls these holds the ticket (its row is locked); a case is locked after its tickets, never before. What a
case changes goes to its tickets as an event in their own lanes (``ask_to_tell``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.access_grants.on_ticket import OnTicket
from app.accounts import service as accounts
from app.agreements.models import Customer
from app.agreements.rules.table import Capability, Level
from app.agreements.rules.terms import Entitlement, entitlement
from app.agreements.terms import terms_of
from app.clock import lease_time
from app.errors import SupportError
from app.ids import ticket_number
from app.inbox import service as inbox
from app.lanes.service import LaneName
from app.mirror import service as mirror
from app.mirror.told import Told
from app.refusals import service as refusals
from app.refusals.service import ByColumn
from app.texts import plain
from app.vendor_cases import item as items
from app.vendor_cases.models import (
    NUMBER_PREFIX,
    CaseNews,
    CaseTicket,
    CaseWords,
    ReportOffer,
    VendorCase,
)
from app.vendor_cases.rules import clock, package, steps
from app.vendor_cases.rules.clock import following
from app.vendor_cases.rules.steps import News, State

#: The kind of the lanes of cases' own events.
LANE = "case"
#: What tickets hear of their cases by.
CHANGED = "case.changed"
#: Columns: the customer's ask; the case's number; what both boards show. ``cause`` is the technicians'.
REPORT, NUMBER, STATUS, TIME, CAUSE = "vendor_report", "vendor_case", "vendor_status", "vendor_time", "cause"
BUG = "bug"
#: What a technician writes in the place of a number to have a case made.
_NEW = ("new", "ny", "nytt")
_ASKED = "asked"


class CaseMissingError(SupportError):
    """There is no such case."""

    code = "case_missing"
    permanent = True


@dataclass(frozen=True)
class FromDesk:
    """What of the desk's edit matters beside its values: what happened when, and the files there are."""

    told: Told
    #: Names of files that the customer itself put on its ticket.
    files: Sequence[str] = ()


@dataclass(frozen=True)
class CaseSeen:
    """A case, for people."""

    number: str
    state: str
    made_at: datetime
    #: Numbers of its tickets, with their customers.
    tickets: Sequence[tuple[str, str]]
    sent_at: datetime | None
    vendor_business_seconds: int
    reminders: int
    is_overdue: bool

    @property
    def vendor_time(self) -> timedelta:
        """How long monday.com has had the ball, in business time."""
        return timedelta(seconds=self.vendor_business_seconds)


@dataclass(frozen=True)
class VendorTime:
    """How long monday.com had the ball, for one ticket of one case."""

    ticket_id: int
    case: str
    business_seconds: int

    @property
    def ticket(self) -> str:
        """The ticket's number."""
        return ticket_number(self.ticket_id)


def follow_customer(
    session: Session, on: OnTicket, changed: Mapping[str, Any], told: Told, *, now: datetime
) -> None:
    """The customer asks on its board for a report to monday.com, or no longer does."""
    if REPORT in changed:
        at = told.changed_at.get(REPORT, now)
        if changed[REPORT]:
            ask(session, on, at=at, now=now)
        else:
            withdraw(session, on, now=now)


def follow_desk(
    session: Session, on: OnTicket, changed: Mapping[str, Any], wrote: FromDesk, *, now: datetime
) -> None:
    """A technician joined a ticket to a case, took it out, or says that the fault is monday.com's own."""
    if NUMBER in changed:
        _follow_number(session, on, changed[NUMBER], wrote, now)
    if changed.get(CAUSE) == BUG and joined(session, on.ticket_id) is None:
        report(session, on, files=wrote.files, at=wrote.told.changed_at.get(CAUSE, now), now=now)


def ask(session: Session, on: OnTicket, *, at: datetime, now: datetime) -> str:
    """The customer asks for a report to monday.com; give what it is told.

    The case is made at once where the technicians have found that the fault is monday.com's; else they look.
    """
    found = _entitlement(session, on, at)
    if not found.is_included:
        return refusals.refuse(session, on.asked(at), found, by=ByColumn(*on.theirs, REPORT), now=now)
    row = joined(session, on.ticket_id)
    if row is not None:
        return on.tell_customer(session, "case.ask.already", now=now, number=_number(row.case_id))
    if mirror.coming(session, on.desk[0]).get(CAUSE) == BUG:
        make(session, on, at=now, now=now)
        return plain(on.customer.language, "case.ask.made")
    on.show(session, STATUS, _ASKED, now=now)
    on.tell_desk(session, "case.ask.desk", now=now)
    return on.tell_customer(session, "case.ask.taken", now=now)


def withdraw(session: Session, on: OnTicket, *, now: datetime) -> None:
    """The customer no longer asks. What has been reported is followed up all the same."""
    if joined(session, on.ticket_id) is None and _shows_ask(session, on):
        on.show(session, STATUS, None, now=now)
        on.tell_desk(session, "case.ask.withdrawn", now=now)


def report(session: Session, on: OnTicket, *, files: Sequence[str], at: datetime, now: datetime) -> None:
    """The fault is monday.com's own: make a case of it, where the agreement has it or the customer asks."""
    if _may_report(session, on, at, now):
        make(session, on, files=files, at=at, now=now)


def make(
    session: Session, on: OnTicket, *, files: Sequence[str] = (), at: datetime, now: datetime
) -> VendorCase:
    """Make a case of a ticket, with what is known of it filled in; its technicians write the rest."""
    case = VendorCase(
        account_id=on.desk[0].account_id,
        ticket_id=on.ticket_id,
        state=State.PREPARED.value,
        made_at=at,
        told_at=now,
        sendings=0,
        reminders=0,
        followed_up=0,
    )
    session.add(case)
    session.flush()
    session.add(_row(case, on, at))
    session.flush()
    desk = mirror.coming(session, on.desk[0])
    account_id = on.customer.account_id
    known = None if account_id is None else accounts.find_account(session, account_id)
    filled = package.prefilled(
        title=str(desk.get(mirror.NAME) or on.number),
        description=desk.get("description"),
        opened_at=on.opened_at or at,
        priority=desk.get("priority"),
        files=files,
    )
    slug = on.customer.slug if known is None else known.slug
    filled |= {
        "account": ", ".join(filter(None, (account_id, slug))) or None,
        "technician": desk.get("technician"),
        "same_fault": package.said_same_fault(items.same_fault(session, case.id)),
        "tickets": items.said_tickets(session, case.id),
    }
    here = items.make(session, case, str(desk.get(mirror.NAME) or on.number), filled, now=now)
    lacks = items.said_lacks(items.package_of(session, case, filled).lacks)
    here.tell(session, "case.made" if lacks else "case.made.whole", now=now, ticket=on.number, lacks=lacks)
    mirror.write(session, *on.desk, NUMBER, case.number, now=now)
    on.tell_desk(session, "case.made.desk", now=now, number=case.number)
    add_news(session, case, News.PREPARED, now=now)
    ask_to_look(session, case, now=now)
    return case


def join(session: Session, on: OnTicket, case: VendorCase, *, at: datetime, now: datetime) -> None:
    """Join a ticket to a case that there is: its customer is told what the others are, from here on.

    A case that has ended tells how.
    """
    session.refresh(case, with_for_update=True)
    before = joined(session, on.ticket_id)
    if before is not None:
        before.left_at = at
        _ask_item(session, before.case_id, on.desk[0].account_id, now)
    row = _row(case, on, at)
    last = session.execute(select(func.max(CaseNews.id)).where(CaseNews.case_id == case.id)).scalar_one()
    words = select(func.max(CaseWords.id)).where(CaseWords.case_id == case.id)
    row.news_id, row.words_id = last or 0, session.execute(words).scalar_one() or 0
    session.add(row)
    session.flush()
    state = State(case.state)
    if state in steps.CLOSED:
        endings = select(func.max(CaseNews.id)).where(
            CaseNews.case_id == case.id, CaseNews.what == state.value
        )
        row.news_id = (session.execute(endings).scalar_one() or 1) - 1
    else:
        on.tell_customer(session, f"case.joined.{steps.shown_label(state)}", now=now)
    mirror.write(session, *on.desk, NUMBER, case.number, now=now)
    on.tell_desk(session, "case.joined.desk", now=now, number=case.number)
    ask_to_look(session, case, now=now)


def leave(session: Session, on: OnTicket, *, at: datetime, now: datetime) -> None:
    """Take a ticket out of its case: its customer is told nothing more of it, but that."""
    row = joined(session, on.ticket_id)
    if row is None:
        return
    row.left_at = at
    session.flush()
    for key in (STATUS, TIME):
        on.show(session, key, None, now=now)
    on.tell_customer(session, "case.left", now=now)
    on.tell_desk(session, "case.left.desk", now=now, number=_number(row.case_id))
    _ask_item(session, row.case_id, on.desk[0].account_id, now)


def joined(session: Session, ticket_id: int) -> CaseTicket | None:
    """The ticket's place in the case that it is joined to; None where it is to none."""
    query = select(CaseTicket).where(CaseTicket.ticket_id == ticket_id, CaseTicket.left_at.is_(None))
    return session.execute(query).scalar_one_or_none()


def add_news(session: Session, case: VendorCase, what: News, *, now: datetime) -> None:
    """Have every customer of a case told something."""
    session.add(CaseNews(case_id=case.id, what=what.value, at=now))
    case.told_at = now
    session.flush()


def ask_to_look(session: Session, case: VendorCase, *, now: datetime) -> None:
    """Something of a case is another: have its item show it, and its tickets hear of it."""
    _ask_item(session, case.id, case.account_id, now)
    ask_to_tell(session, case.id, now=now)


def ask_to_tell(session: Session, case_id: int, *, ticket_id: int | None = None, now: datetime) -> None:
    """Have the tickets of a case, or one of them, hear of it, each in its own lane."""
    query = (
        select(CaseTicket.ticket_id, Customer.account_id, VendorCase.account_id)
        .join(Customer, Customer.id == CaseTicket.customer_id)
        .join(VendorCase, VendorCase.id == CaseTicket.case_id)
        .where(CaseTicket.case_id == case_id, CaseTicket.left_at.is_(None))
    )
    if ticket_id is not None:
        query = query.where(CaseTicket.ticket_id == ticket_id)
    for one, account_id, partner_id in session.execute(query).all():
        _put(session, LaneName(f"ticket:{one}", account_id or partner_id, "ticket"), now)


def find(session: Session, number: str) -> VendorCase | None:
    """A case by its number, however it is cased; None where there is none."""
    written = number.strip().upper()
    digits = written.removeprefix(NUMBER_PREFIX)
    if digits == written or not (digits.isascii() and digits.isdecimal()) or len(digits) > 9:
        return None
    return session.get(VendorCase, int(digits))


def require(session: Session, number: str) -> VendorCase:
    """A case by its number.

    Raises:
        CaseMissingError: there is none.
    """
    case = find(session, number)
    if case is None:
        raise CaseMissingError(f"There is no case {number!r}; `synerity cases list` shows those there are.")
    return case


def languages(session: Session, case_id: int) -> Sequence[str]:
    """The languages of a case's customers, in order."""
    query = (
        select(Customer.language)
        .join(CaseTicket, CaseTicket.customer_id == Customer.id)
        .where(CaseTicket.case_id == case_id, CaseTicket.left_at.is_(None))
    )
    return sorted(set(session.execute(query).scalars()))


def list_cases(session: Session, *, now: datetime, open_only: bool = False) -> Sequence[CaseSeen]:
    """All cases, the newest first."""
    query = select(VendorCase).order_by(VendorCase.id.desc())
    if open_only:
        query = query.where(VendorCase.state.not_in([state.value for state in steps.CLOSED]))
    return [seen(session, case, now=now) for case in session.execute(query).scalars()]


def seen(session: Session, case: VendorCase, *, now: datetime) -> CaseSeen:
    """A case, for people."""
    query = (
        select(CaseTicket.ticket_id, Customer.name)
        .join(Customer, Customer.id == CaseTicket.customer_id)
        .where(CaseTicket.case_id == case.id, CaseTicket.left_at.is_(None))
        .order_by(CaseTicket.ticket_id)
    )
    tickets = [(ticket_number(row.ticket_id), row.name) for row in session.execute(query)]
    found = items.turns_of(session, case.id)
    length = clock.with_vendor(found, following().calendar, since=case.made_at, until=now)
    return CaseSeen(
        case.number,
        case.state,
        case.made_at,
        tickets,
        found[0].start if found else None,
        _seconds(length),
        case.reminders,
        case.overdue_at is not None,
    )


def vendor_times(
    session: Session, customer_id: int, since: datetime, until: datetime
) -> Sequence[VendorTime]:
    """How long monday.com had the ball for each ticket of a customer within a stretch of time, by ticket.

    Counted from when the ticket joined its case to when it left, or was no more waited for. ``until`` is
    not later than now.
    """
    query = select(CaseTicket).where(CaseTicket.customer_id == customer_id).order_by(CaseTicket.id)
    times = []
    for row in session.execute(query).scalars():
        length = time_of(session, row, since=since, until=until)
        if length:
            times.append(VendorTime(row.ticket_id, _number(row.case_id), _seconds(length)))
    return sorted(times, key=lambda one: (one.ticket_id, one.case))


def time_of(session: Session, row: CaseTicket, *, since: datetime, until: datetime) -> timedelta:
    """How long monday.com had the ball within a stretch of time, for one ticket of a case."""
    found = items.turns_of(session, row.case_id)
    start, end = max(since, row.joined_at), min(until, row.left_at or until)
    return clock.with_vendor(found, following().calendar, since=start, until=end)


def _follow_number(session: Session, on: OnTicket, written: Any, wrote: FromDesk, now: datetime) -> None:
    at = wrote.told.changed_at.get(NUMBER, now)
    before = joined(session, on.ticket_id)
    shown = None if before is None else _number(before.case_id)
    if written is None:
        leave(session, on, at=at, now=now)
        return
    if str(written).strip().casefold() in _NEW:
        # A technician's word that it is monday.com's to mend.
        if before is None and _may_report(session, on, at, now):
            make(session, on, files=wrote.files, at=at, now=now)
        else:
            mirror.want_back(session, *on.desk, NUMBER, shown, now=now)
        return
    case = find(session, str(written))
    if case is None:
        mirror.want_back(session, *on.desk, NUMBER, shown, now=now)
        on.tell_desk(session, "case.unknown", now=now, written=str(written))
    elif before is not None and before.case_id == case.id:
        mirror.write(session, *on.desk, NUMBER, case.number, now=now)
    elif before is not None or _may_report(session, on, at, now):
        join(session, on, case, at=at, now=now)
    else:
        mirror.want_back(session, *on.desk, NUMBER, shown, now=now)


def _may_report(session: Session, on: OnTicket, at: datetime, now: datetime) -> bool:
    """Whether a ticket's fault may be reported; where it may not, those concerned are told why.

    On request is not proactive: what the customer did not ask for is offered to it, once.
    """
    found = _entitlement(session, on, at)
    if not found.is_included:
        refusals.refuse(session, on.asked(at, by_desk=True), found, now=now)
        return False
    if found.level is not Level.ON_REQUEST or mirror.coming(session, on.theirs[0]).get(REPORT):
        return True
    on.tell_desk(session, "case.on_request.desk", now=now)
    if session.get(ReportOffer, on.ticket_id) is None:
        session.add(ReportOffer(ticket_id=on.ticket_id, offered_at=now))
        on.tell_customer(session, "case.on_request", now=now)
    return False


def _entitlement(session: Session, on: OnTicket, at: datetime) -> Entitlement:
    return entitlement(terms_of(session, on.customer.id), Capability.VENDOR_REPORTING, at)


def _shows_ask(session: Session, on: OnTicket) -> bool:
    return mirror.coming(session, on.desk[0]).get(STATUS) == _ASKED


def _row(case: VendorCase, on: OnTicket, at: datetime) -> CaseTicket:
    return CaseTicket(
        case_id=case.id,
        ticket_id=on.ticket_id,
        customer_id=on.customer.id,
        joined_at=at,
        news_id=0,
        words_id=0,
        is_with_vendor=False,
    )


def _ask_item(session: Session, case_id: int, account_id: str, now: datetime) -> None:
    _put(session, LaneName(f"{LANE}:{case_id}", account_id, LANE), now)


def _put(session: Session, lane: LaneName, now: datetime) -> None:
    inbox.put(session, lane, CHANGED, {}, now=now, lease_time=lease_time())


def _number(case_id: int) -> str:
    return f"{NUMBER_PREFIX}{case_id}"


def _seconds(length: timedelta) -> int:
    return int(length.total_seconds())
