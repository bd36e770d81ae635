"""What a ticket shows and its customer is told of its case: brought up to date, each thing once.

Worked in the ticket's own lane, with the ticket held. What customers read is composed here, for one customer
at a time, in its language: from sentences of our own, from the resolution and from technicians' public words,
and of those two nothing goes to a customer that names another one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access_grants.on_ticket import OnTicket
from app.agreements.models import Customer
from app.agreements.rules.table import Capability
from app.agreements.rules.terms import entitlement
from app.agreements.terms import terms_of
from app.conversation.rules import normalised_text
from app.escalations import service as escalations
from app.ids import stable_key, ticket_number
from app.mirror import service as mirror
from app.outbox import service as outbox
from app.outbox.service import SettledChange
from app.sla.rules.history import Event, Kind
from app.texts import plain, text
from app.vendor_cases import item as items
from app.vendor_cases import service as cases
from app.vendor_cases.models import CaseCopy, CaseNews, CaseTicket, CaseWords, VendorCase
from app.vendor_cases.rules import clock, names, steps
from app.vendor_cases.rules.clock import following
from app.vendor_cases.rules.steps import News, State

#: Statuses of tickets that a case's way changes.
NEW, IN_PROGRESS, WAITING_VENDOR = "new", "in_progress", "waiting_vendor"


@dataclass(frozen=True)
class Followed:
    """What a ticket gets of its case beside what is shown and told."""

    #: The status that it is to have; None where it keeps its own.
    status: str | None = None
    #: Answers that its customer got, or that were taken back: a ticket's clocks rest on them.
    events: Sequence[Event] = ()


def follow_case(session: Session, on: OnTicket, *, now: datetime) -> Followed:
    """Bring a ticket up to date with its case."""
    row = cases.joined(session, on.ticket_id)
    if row is None:
        return Followed()
    case = session.get_one(VendorCase, row.case_id, with_for_update=True)
    _tell_news(session, on, case, row, now)
    events = _carry_words(session, on, row, now)
    _show(session, on, case, row, now)
    _offer_escalation(session, on, case, row, now)
    return Followed(_status(session, on, row), events)


def on_update_posted(session: Session, change: SettledChange, update_id: str, *, now: datetime) -> None:
    """monday.com has posted a copy of a technician's words: what has become of them meanwhile follows."""
    query = select(CaseCopy).where(CaseCopy.change_id == change.id).with_for_update()
    copy = session.execute(query).scalar_one_or_none()
    if copy is not None:
        copy.update_id = update_id
        words = session.get_one(CaseWords, copy.words_id)
        session.flush()
        cases.ask_to_tell(session, words.case_id, ticket_id=copy.ticket_id, now=now)


def names_of_others(session: Session, customer: Customer) -> tuple[list[str], list[str]]:
    """What a customer is known by, and what all others are."""
    own = [name for name in (customer.name, customer.slug) if name]
    query = select(Customer.name, Customer.slug).where(Customer.id != customer.id)
    others = [name for row in session.execute(query) for name in row if name]
    tickets = select(CaseTicket.ticket_id).where(CaseTicket.customer_id != customer.id)
    return own, [*others, *(ticket_number(one) for one in session.execute(tickets).scalars())]


def named_to(session: Session, case: VendorCase, words: str) -> dict[str, list[str]]:
    """Of which of a case's customers' tickets words can't go there: number → the names of others in them."""
    query = select(CaseTicket.ticket_id, CaseTicket.customer_id).where(
        CaseTicket.case_id == case.id, CaseTicket.left_at.is_(None)
    )
    found: dict[str, list[str]] = {}
    for row in session.execute(query.order_by(CaseTicket.ticket_id)).all():
        own, others = names_of_others(session, session.get_one(Customer, row.customer_id))
        if foreign := names.foreign(words, own, others):
            found[ticket_number(row.ticket_id)] = foreign
    return found


def resolution_for(case: VendorCase, language: str) -> str | None:
    """How a case ended, in a customer's language, or in the other where nobody wrote it in that one."""
    by_language = {"sv": case.resolution_sv, "en": case.resolution_en}
    return by_language.get(language) or case.resolution_sv or case.resolution_en


def _status(session: Session, on: OnTicket, row: CaseTicket) -> str | None:
    """The status that a ticket gets because the ball went over; what people chose since stands."""
    found = items.turns_of(session, row.case_id)
    is_there = bool(found) and found[-1].end is None
    if is_there == row.is_with_vendor:
        return None
    row.is_with_vendor = is_there
    if is_there:
        return WAITING_VENDOR if on.status in (NEW, IN_PROGRESS) else None
    return IN_PROGRESS if on.status == WAITING_VENDOR else None


def _tell_news(session: Session, on: OnTicket, case: VendorCase, row: CaseTicket, now: datetime) -> None:
    query = select(CaseNews).where(CaseNews.case_id == case.id, CaseNews.id > row.news_id)
    for news in session.execute(query.order_by(CaseNews.id)).scalars():
        row.news_id = news.id
        what = News(news.what)
        if on.is_solved and what not in steps.LASTING:
            continue
        if what in (News.SOLVED, News.WONT_FIX):
            _tell_end(session, on, case, what, now)
        elif what is News.COURTESY:
            on.tell_customer(session, f"case.courtesy.{steps.shown_label(State(case.state))}", now=now)
        else:
            on.tell_customer(session, f"case.news.{what.value}", now=now)


def _tell_end(session: Session, on: OnTicket, case: VendorCase, what: News, now: datetime) -> None:
    """Tell a customer how its case ended, and its technician that the ticket may end too."""
    language = on.customer.language
    words = resolution_for(case, language) or ""
    own, others = names_of_others(session, on.customer)
    if names.foreign(words, own, others):
        # Refused when the case was closed; who joined since, or got such a name, was not known then.
        words = ""
        on.tell_desk(session, "case.resolution.held", now=now, number=case.number)
    sentence = text(language, f"case.news.{what.value}")
    body = f"<p>{sentence}</p>" + "".join(
        f"<p>{escape(line)}</p>" for line in words.splitlines() if line.strip()
    )
    content = {"body": body, "match": normalised_text(body)}
    outbox.want_update(session, mirror.target(on.theirs[0]), content=content, now=now)
    on.tell_desk(session, f"case.{what.value}.desk", now=now, number=case.number)


def _carry_words(session: Session, on: OnTicket, row: CaseTicket, now: datetime) -> Sequence[Event]:
    """Bring the copies of technicians' public words up to date on the customer's item; what that answered."""
    query = select(CaseWords).where(CaseWords.case_id == row.case_id, CaseWords.id > row.words_id)
    all_words = session.execute(query.order_by(CaseWords.id)).scalars().all()
    if not all_words:
        return ()
    here = (CaseCopy.ticket_id == on.ticket_id, CaseCopy.words_id.in_([one.id for one in all_words]))
    copies = {one.words_id: one for one in session.execute(select(CaseCopy).where(*here)).scalars()}
    own, others = names_of_others(session, on.customer)
    events: list[Event] = []
    for words in all_words:
        body, copy = words.body, copies.get(words.id)
        if body is not None and names.foreign(normalised_text(body), own, others):
            body = None
        was_read = copy is not None and not copy.is_withdrawn
        _carry(session, on, words.id, copy, body, now)
        if (body is not None) != was_read:
            kind, at = (Kind.WITHDRAWN, now) if was_read else (Kind.ANSWER, words.said_at)
            key = f"{kind.value}:{words.update_id}:{now.isoformat()}"
            events.append(Event(kind, at, key, words.update_id))
    return events


def _carry(
    session: Session, on: OnTicket, words_id: int, copy: CaseCopy | None, body: str | None, now: datetime
) -> None:
    """Want a copy posted, edited or written over; who answered to it keeps what it answered."""
    if copy is None and body is None:
        return
    target = mirror.target(on.theirs[0])
    wanted = body or f"<p>{text(on.customer.language, 'withdrawn.desk')}</p>"
    key = stable_key(wanted)
    if copy is None:
        content = {"body": wanted, "match": normalised_text(wanted)}
        change_id = outbox.want_update(session, target, content=content, now=now)
        session.add(CaseCopy(words_id=words_id, ticket_id=on.ticket_id, change_id=change_id, body_key=key))
        session.flush()
        return
    copy.is_withdrawn = body is None
    if copy.body_key == key:
        return
    if copy.update_id is not None:
        outbox.want_edit(session, target, content={"update_id": copy.update_id, "body": wanted}, now=now)
        copy.body_key = key
    elif outbox.take_back(session, copy.change_id, now=now):
        session.delete(copy)
        session.flush()
        _carry(session, on, words_id, None, body, now)
    # Else it is on its way: looked at again when it stands.


def _show(session: Session, on: OnTicket, case: VendorCase, row: CaseTicket, now: datetime) -> None:
    on.show(session, cases.STATUS, steps.shown_label(State(case.state)), now=now)
    length = cases.time_of(session, row, since=row.joined_at, until=now)
    if not length and not items.turns_of(session, case.id):
        return
    said = clock.said(length, following().day)
    mirror.write(
        session, *on.theirs, cases.TIME, plain(on.customer.language, "case.time", time=said), now=now
    )
    mirror.write(session, *on.desk, cases.TIME, plain("en", "case.time", time=said), now=now)


def _offer_escalation(
    session: Session, on: OnTicket, case: VendorCase, row: CaseTicket, now: datetime
) -> None:
    """Where a silence has gone past its limit, the ticket may be escalated, if its agreement has that."""
    if case.overdue_at is None:
        row.offered_at = None
    elif row.offered_at is None and not on.is_solved:
        row.offered_at = now
        if entitlement(terms_of(session, on.customer.id), Capability.ESCALATION, now).is_included:
            escalations.offer(session, on, plain("en", "case.overdue.reason", number=case.number), now=now)


def tell_held(session: Session, here: items.CaseItem, found: dict[str, list[str]], *, now: datetime) -> None:
    """Tell technicians to which tickets their words do not go, and for which names."""
    if found:
        who = "; ".join(f"{number}: {', '.join(foreign)}" for number, foreign in found.items())
        here.tell(session, "case.words.held", now=now, who=who)
