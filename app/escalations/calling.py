"""Calling people to an escalation, level by level, until one acknowledges it; reminding its owner.

Each person of a level is called once: by a notification in monday.com, where it is a user of the partner's
account, and by mail. ``follow`` may be run again at any time; it does what is due and was not done.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access_grants.on_ticket import OnTicket
from app.business_time import BusinessCalendar, calendar
from app.escalations import items, letters, log, roster
from app.escalations.log import Kind
from app.escalations.models import Escalation, EscalationCall
from app.escalations.roster import Person
from app.escalations.rules import Standing, dues, reminder_at, standing
from app.mail import service as mail
from app.mirror import service as mirror
from app.outbox import service as outbox
from app.texts import DESK_LANGUAGE, plain, text
from app.timers import service as timers

TIMER = "escalation"
_CALENDAR = "support"
_PERSON = "person-"
_MOMENT = "%Y-%m-%dT%H:%M:%SZ"


def follow(session: Session, on: OnTicket, row: Escalation, *, now: datetime) -> None:
    """Call and remind whom it is time to call and to remind, show it, and look again when it is due."""
    if row.opened_at is None or row.ended_at is not None:
        timers.cancel(session, kind=TIMER, subject=str(row.id))
        return
    turn = _turn(session, row, now)
    if row.acknowledged_at is None and turn is not None:
        _pass_on(session, on, row, turn, now)
    for call in calls_of(session, row.id):
        _mail(session, on, row, call, now)
    _remind(session, row, now)
    show(session, row, now=now)
    _arm(session, row, turn)


def acknowledge(session: Session, on: OnTicket, row: Escalation, *, at: datetime, now: datetime) -> None:
    """Somebody has it in hand: nobody else is called, and the customer is told."""
    if row.acknowledged_at is not None:
        return
    row.acknowledged_at = at
    session.flush()
    log.note(session, row, Kind.ACKNOWLEDGED, at=at, now=now)
    on.tell_customer(session, "escalation.acknowledged", now=now, number=row.number)


def tell_owner(session: Session, row: Escalation, key: str, *, now: datetime, **values: object) -> None:
    """Notify whoever has it: the people in its item's column, else all that were called."""
    item = items.find(session, row)
    if item is None:
        return
    chosen = [one for one in mirror.coming(session, item[0]).get("owner") or () if one.startswith(_PERSON)]
    called = [one.user_id for one in calls_of(session, row.id) if one.user_id is not None]
    words = plain(DESK_LANGUAGE, key, number=row.number, **values)
    for user_id in [one.removeprefix(_PERSON) for one in chosen] or list(dict.fromkeys(called)):
        outbox.want_notification(session, mirror.target(item[0]), user_id, words, now=now)


def on_mail(session: Session, row: Escalation, mail_id: int, *, now: datetime) -> None:
    """What has become of a mail is another: the item shows it, and says where it did not arrive."""
    query = select(EscalationCall).where(
        EscalationCall.escalation_id == row.id, EscalationCall.mail_id == mail_id
    )
    call = session.execute(query).scalar_one_or_none()
    if call is None:
        return
    seen = mail.mail(session, mail_id)
    if call.mail_state == seen.state:
        return
    call.mail_state = seen.state
    session.flush()
    if seen.state in ("refused", "uncertain"):
        key, reason = f"escalation.mail.{seen.state}", seen.reason or ""
        items.tell(session, row, key, now=now, address=call.address, reason=reason)
    show(session, row, now=now)


def show(session: Session, row: Escalation, *, now: datetime) -> None:
    """Let the item show which level has it, until when, and who was called how."""
    steps = row.level_minutes or []
    due = dues(calendar(_CALENDAR), row.opened_at, steps) if row.opened_at is not None else ()
    values: dict[str, object] = {
        "level": plain(DESK_LANGUAGE, "escalation.level", level=row.level + 1, of=len(steps))
        if due
        else None,
        "acknowledge_by": f"{due[row.level]:{_MOMENT}}" if row.level < len(due) else None,
        "acknowledged_at": None if row.acknowledged_at is None else f"{row.acknowledged_at:{_MOMENT}}",
        "called": _called(session, row),
    }
    items.write(session, row, values, now=now)


def calls_of(session: Session, escalation_id: int) -> Sequence[EscalationCall]:
    """Who was called to it, in order."""
    query = select(EscalationCall).where(EscalationCall.escalation_id == escalation_id)
    return session.execute(query.order_by(EscalationCall.level, EscalationCall.address)).scalars().all()


def _turn(session: Session, row: Escalation, now: datetime) -> Standing | None:
    """Whose turn it is; None as long as nobody knows what is configured."""
    if not row.level_minutes:
        if not roster.is_taken(session, row.account_id):
            return None
        row.level_minutes = roster.minutes(session)
    if row.opened_at is None:
        return None
    due = dues(calendar(_CALENDAR), row.opened_at, row.level_minutes)
    row.due_at = due[0] if due else None
    return standing(due, now)


def _pass_on(session: Session, on: OnTicket, row: Escalation, turn: Standing, now: datetime) -> None:
    """Call everybody up to the level whose turn it is; say where nobody is left, or nobody configured."""
    row.level = max(row.level, turn.level)
    session.flush()
    known = {(call.level, call.address): call for call in calls_of(session, row.id)}
    for level in range(row.level + 1):
        for person in roster.people(session, level):
            call = known.get((level, person.address))
            if call is None:
                call = EscalationCall(escalation_id=row.id, level=level, address=person.address)
                session.add(call)
                session.flush()
                log.note(
                    session,
                    row,
                    Kind.CALLED,
                    key=f"{level}:{person.address}",
                    at=now,
                    words=person.address,
                    now=now,
                )
            _notify(session, on, row, call, person, now)
    if turn.is_exhausted and row.exhausted_at is None:
        row.exhausted_at = now
        log.note(session, row, Kind.EXHAUSTED, at=now, now=now)
        key = "escalation.nobody_left" if row.level_minutes else "escalation.nobody_configured"
        items.tell(session, row, key, now=now)
        on.tell_desk(session, f"{key}.desk", now=now, number=row.number)
        on.tell_manager(session, f"{key}.manager", now=now, escalation=row.number)


def _notify(
    session: Session, on: OnTicket, row: Escalation, call: EscalationCall, person: Person, now: datetime
) -> None:
    """In monday.com, as soon as it is known who that is there; the first level owns the item with that."""
    item = items.find(session, row)
    if person.user_id is None or call.notified_at is not None or item is None:
        return
    call.user_id, call.notified_at = person.user_id, now
    session.flush()
    key = "escalation.called" if call.level == 0 else "escalation.called.next"
    words = plain(DESK_LANGUAGE, key, number=row.number, ticket=on.number, customer=on.customer.name)
    outbox.want_notification(session, mirror.target(item[0]), person.user_id, words, now=now)
    owners = mirror.coming(session, item[0]).get("owner") or []
    owners = sorted({*owners, f"{_PERSON}{person.user_id}"})
    items.write(session, row, {"owner": owners}, now=now)


def _mail(session: Session, on: OnTicket, row: Escalation, call: EscalationCall, now: datetime) -> None:
    """By mail, with a link to the item: when that is made, or at last when the first time is over."""
    is_late = row.due_at is None or row.due_at <= now
    if call.mail_id is not None or not (items.is_made(session, row) or is_late):
        return
    letter = letters.call(session, on, row, call, now=now)
    call.mail_id = mail.want_mail(session, letter, account_id=row.account_id, now=now)
    call.mail_state = mail.mail(session, call.mail_id).state
    session.flush()


def _remind(session: Session, row: Escalation, now: datetime) -> None:
    due = _reminder(row, calendar(_CALENDAR))
    if due is None or due > now:
        return
    row.reminded_at = now
    session.flush()
    log.note(session, row, Kind.REMINDED, key=due.isoformat(), at=now, now=now)
    items.tell(session, row, "escalation.remind.item", now=now, promised=row.next_contact)
    tell_owner(session, row, "escalation.remind.owner", now=now, promised=row.next_contact)


def _reminder(row: Escalation, office: BusinessCalendar) -> datetime | None:
    return reminder_at(office, row.next_contact, contacted_at=row.contacted_at, reminded_at=row.reminded_at)


def _arm(session: Session, row: Escalation, turn: Standing | None) -> None:
    moments = [_reminder(row, calendar(_CALENDAR))]
    if row.acknowledged_at is None and turn is not None and not turn.is_exhausted:
        moments.append(turn.due_at)
    known = [one for one in moments if one is not None]
    if known:
        timers.arm(session, kind=TIMER, subject=str(row.id), account_id=row.account_id, due_at=min(known))
    else:
        timers.cancel(session, kind=TIMER, subject=str(row.id))


def _called(session: Session, row: Escalation) -> str | None:
    people = {(one.level, one.address): one for one in roster.people(session)}
    lines = []
    for call in calls_of(session, row.id):
        person = people.get((call.level, call.address))
        name = call.address if person is None or not person.name else f"{person.name} ({call.address})"
        by = "notified" if call.notified_at is not None else "unknown" if _is_unknown(person) else "not_yet"
        told = plain(DESK_LANGUAGE, f"escalation.called.{by}")
        posted = plain(DESK_LANGUAGE, f"escalation.called.mail.{call.mail_state or 'not_yet'}")
        lines.append(
            plain(
                DESK_LANGUAGE,
                "escalation.called.line",
                level=call.level + 1,
                name=name,
                told=told,
                mail=posted,
            )
        )
    if not lines and row.level_minutes == []:
        lines.append(text(DESK_LANGUAGE, "escalation.called.nobody"))
    return "\n".join(lines) or None


def _is_unknown(person: Person | None) -> bool:
    return person is not None and person.is_sought and person.user_id is None
