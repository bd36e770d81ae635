"""Pressing monday.com: what is mailed, what comes of it, what is answered, and what follows from silence.

Worked in the case's own lane or its item's, with the case held. Whose turn it is follows from marks with
moments of their own, so that it does not matter in which order the events come.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.conversation.rules import normalised_text
from app.mail import service as mail
from app.mail.rules.letters import Letter
from app.mail.service import IncomingSeen, MailSeen
from app.mirror import service as mirror
from app.outbox import service as outbox
from app.texts import DESK_LANGUAGE, text
from app.timers import service as timers
from app.vendor_cases import item as items
from app.vendor_cases import service as cases
from app.vendor_cases.item import REFERENCE, REMINDER, CaseItem
from app.vendor_cases.models import Turn, VendorCase
from app.vendor_cases.rules import clock, package, steps
from app.vendor_cases.rules.clock import Kind, following
from app.vendor_cases.rules.steps import News, State

#: The kind of the one timer of each case.
TIMER = "case"
#: What a mail is, as its key says.
PACKAGE, REMINDING, ANSWER = "package", "reminder", "answer"
#: An update takes more, but nobody reads it there.
_LONGEST_UPDATE = 20_000


def on_event(
    session: Session, case_id: int, source: str, content: Mapping[str, Any], *, now: datetime
) -> bool:
    """Let a case follow an event of its own; False for one that no case knows."""
    case = session.get_one(VendorCase, case_id, with_for_update=True)
    if source == "mail.came":
        _on_mail(session, case, mail.incoming(session, content["incoming_id"]), now)
    elif source in _OF_OUR_MAIL:
        _OF_OUR_MAIL[source](session, case, mail.mail(session, content["mail_id"]), now)
    elif source not in (cases.CHANGED, f"timer.{TIMER}"):
        return False
    follow_time(session, case, now=now)
    return True


def follow_time(session: Session, case: VendorCase, *, now: datetime) -> None:
    """Do what has fallen due, show where the case stands, and arm its next moment."""
    terms = following()
    found = items.turns_of(session, case.id)
    since = found[-1].start if found and found[-1].end is None else None
    is_open = State(case.state) not in steps.CLOSED
    quiet = None if since is None or not is_open else clock.silence(terms, since, now)
    if quiet is None:
        case.followed_up, case.overdue_at = 0, None
    else:
        _follow_up(session, case, quiet, now)
    if is_open and terms.calendar.elapsed(case.told_at, now) >= terms.courtesy:
        cases.add_news(session, case, News.COURTESY, now=now)
    side = mirror.require_side(session, case.story, "desk")
    # What is only to be shown needs no new item in the place of one that is gone.
    if side.state == "active":
        items.show(session, items.of_case(session, case, now=now), now=now)
    cases.ask_to_tell(session, case.id, now=now)
    moments = [] if not is_open else [terms.calendar.add(case.told_at, terms.courtesy)]
    if quiet is not None and since is not None:
        moments += [quiet.next_follow_up_at, clock.next_whole_day(terms, since, now)]
        moments += [] if quiet.is_past_limit else [quiet.limit_at]
    _arm(session, case, moments, now)


def send(session: Session, here: CaseItem, address: str, *, now: datetime) -> None:
    """Want the package mailed. What it lacks was looked at before."""
    case = here.case
    found = items.package_of(session, case, here.values(session))
    case.sendings += 1
    case.state = State.SENDING.value
    body = package.compose(found)
    _want(session, case, address, PACKAGE, str(case.sendings), package.subject(found), body, now)


def remind(session: Session, here: CaseItem, address: str, *, now: datetime) -> None:
    """Want the reminder mailed that stands in its column, or the one that would stand there."""
    case, values = here.case, here.values(session)
    case.reminders += 1
    body = values.get(REMINDER) or reminder_text(session, case, values.get(REFERENCE), now=now)
    subject = f"Reminder: {package.subject(items.package_of(session, case, values))}"
    _want(session, case, address, REMINDING, str(case.reminders), subject, body, now)
    case.state = State.WAITING.value
    here.write(session, REMINDER, None, now=now)


def answer(
    session: Session, here: CaseItem, address: str, update_id: str, words: str, *, now: datetime
) -> None:
    """Want a technician's words mailed in the case's thread."""
    subject = package.subject(items.package_of(session, here.case, here.values(session)))
    _want(session, here.case, address, ANSWER, update_id, subject, words, now)


def reminder_text(session: Session, case: VendorCase, reference: str | None, *, now: datetime) -> str:
    """The text that reminds monday.com of a case."""
    found, terms = items.turns_of(session, case.id), following()
    since = found[-1].start if found else now
    days = terms.calendar.elapsed(since, now) // terms.day
    return package.reminder(case.number, since, days, reference)


def mark(session: Session, case: VendorCase, key: str, kind: Kind, at: datetime) -> bool:
    """Note that the ball went over; False when that was noted before."""
    query = select(Turn).where(Turn.case_id == case.id, Turn.key == key)
    known = session.execute(query).scalar_one_or_none()
    if known is not None:
        # It was uncertain, or had come back: the moment of the first hearing stands.
        was_void, known.is_void = known.is_void, False
        session.flush()
        return was_void
    session.add(Turn(case_id=case.id, key=key, kind=kind.value, at=at, is_void=False))
    session.flush()
    return True


def settle(session: Session, case: VendorCase) -> State:
    """Let a case stand where its marks say."""
    before = State(case.state)
    case.state = steps.settled(before, steps.ball(items.marks_of(session, case.id))).value
    return before


def post_mail(session: Session, here: CaseItem, came: IncomingSeen, *, key: str, now: datetime) -> int:
    """Post what monday.com wrote as an internal update, its files with it; the change's id."""
    head = text(
        DESK_LANGUAGE,
        key,
        who=f"{came.from_name}, {came.from_address}" if came.from_name else came.from_address,
        subject=came.subject,
    )
    words = (came.text.strip() or came.full_text.strip())[:_LONGEST_UPDATE]
    lines = [text_line for text_line in words.splitlines() if text_line.strip()]
    body = f"<p><strong>{head}</strong></p>" + "".join(
        f"<p>{escape(line, quote=False)}</p>" for line in lines
    )
    target = mirror.target(here.side)
    change_id = outbox.want_update(
        session, target, content={"body": body, "match": normalised_text(body)}, now=now
    )
    if came.attachments:
        mail.post_attachments(session, came.id, target, change_id, now=now)
    return change_id


def _on_mail(session: Session, case: VendorCase, came: IncomingSeen, now: datetime) -> None:
    here = items.of_case(session, case, now=now)
    if came.in_doubt is not None:
        # It may be about something else: neither its words nor its files are shown until somebody has looked.
        here.tell(session, "case.mail.doubt", now=now, reason=came.in_doubt, mail=came.id)
        return
    reference = package.reference(came.subject, came.text) if came.is_automatic else None
    if reference is not None and here.values(session).get(REFERENCE) is None:
        here.write(session, REFERENCE, reference, now=now)
    if came.is_automatic:
        post_mail(session, here, came, key="case.mail.automatic", now=now)
        if case.state == State.SENT.value:
            case.state = State.WAITING.value
            cases.add_news(session, case, News.RECEIVED, now=now)
        return
    post_mail(session, here, came, key="case.mail.came", now=now)
    mark(session, case, f"came:{came.id}", Kind.ANSWERED, came.received_at)
    before = settle(session, case)
    if before in steps.CLOSED:
        here.tell(session, "case.mail.after_end", now=now)
    elif case.state == State.ANSWERED.value and before is not State.ANSWERED:
        cases.add_news(session, case, News.ANSWERED, now=now)


def _on_sent(session: Session, case: VendorCase, sent: MailSeen, now: datetime) -> None:
    what = _what(sent)
    if what == REMINDING:
        items.of_case(session, case, now=now).tell(session, "case.reminded", now=now)
        cases.add_news(session, case, News.REMINDED, now=now)
        return
    if not mark(session, case, sent.key, Kind.SENT, sent.sent_at or now):
        return
    before = settle(session, case)
    here = items.of_case(session, case, now=now)
    if what == PACKAGE:
        here.tell(session, "case.sent", now=now)
        if before not in steps.CLOSED:
            cases.add_news(session, case, News.SENT, now=now)
    elif before not in steps.CLOSED:
        here.tell(session, "case.replied", now=now)
        cases.add_news(session, case, News.REPLIED, now=now)


def _on_refused(session: Session, case: VendorCase, refused: MailSeen, now: datetime) -> None:
    what = _what(refused)
    query = select(Turn).where(Turn.case_id == case.id, Turn.key == refused.key)
    turn = session.execute(query).scalar_one_or_none()
    was_told = turn is not None and not turn.is_void
    if turn is not None:
        turn.is_void = True
        session.flush()
    if what == PACKAGE and case.state == State.SENDING.value:
        case.state = State.PREPARED.value
    settle(session, case)
    here = items.of_case(session, case, now=now)
    here.tell(session, f"case.refused.{what}", now=now, reason=refused.reason or "")
    if what == PACKAGE and was_told and case.state == State.PREPARED.value:
        cases.add_news(session, case, News.BOUNCED, now=now)


def _on_uncertain(session: Session, case: VendorCase, mailed: MailSeen, now: datetime) -> None:
    if _what(mailed) != REMINDING and mark(session, case, mailed.key, Kind.SENT, now):
        # Should it turn out to have got through, it did now, and not when somebody found out.
        query = select(Turn).where(Turn.case_id == case.id, Turn.key == mailed.key)
        session.execute(query).scalar_one().is_void = True
    here = items.of_case(session, case, now=now)
    here.tell(session, "case.uncertain", now=now, mail=mailed.id, reason=mailed.reason or "")


_OF_OUR_MAIL = {"mail.sent": _on_sent, "mail.refused": _on_refused, "mail.uncertain": _on_uncertain}


def _follow_up(session: Session, case: VendorCase, quiet: clock.Silence, now: datetime) -> None:
    """Tell the technicians that a reminder is due, with its text ready; and that the limit is passed."""
    if quiet.follow_ups > case.followed_up:
        case.followed_up = quiet.follow_ups
        here = items.of_case(session, case, now=now)
        reference = here.values(session).get(REFERENCE)
        words = package.shortened(reminder_text(session, case, reference, now=now))
        here.write(session, REMINDER, words, now=now)
        here.tell(session, "case.follow_up", now=now, count=quiet.follow_ups)
    if quiet.is_past_limit and case.overdue_at is None:
        case.overdue_at = now
        items.of_case(session, case, now=now).tell(session, "case.overdue", now=now)


def _want(
    session: Session,
    case: VendorCase,
    address: str,
    what: str,
    which: str,
    subject: str,
    body: str,
    now: datetime,
) -> None:
    letter = Letter(case.story, f"{case.story}:{what}:{which}", (address,), subject, body)
    mail.want_mail(session, letter, account_id=case.account_id, now=now)


def _what(mailed: MailSeen) -> str:
    """What a mail is: ``case:12:package:1`` is a package."""
    return mailed.key.split(":")[2]


def _arm(session: Session, case: VendorCase, moments: list[datetime], now: datetime) -> None:
    if not moments:
        timers.cancel(session, kind=TIMER, subject=str(case.id))
        return
    due_at = max(min(moments), now + timedelta(seconds=1)).astimezone(UTC)
    timers.arm(session, kind=TIMER, subject=str(case.id), account_id=case.account_id, due_at=due_at)
