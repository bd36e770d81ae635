"""Following what people write on a customer's item: agreed and kept, or set back with a reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.agreements import reminders
from app.agreements.models import Customer
from app.agreements.rules import board as rules
from app.agreements.rules.board import Complaint, Plan, Row
from app.agreements.rules.custom import read_custom
from app.agreements.rules.table import table
from app.agreements.rules.terms import InForce, Source, Terms, changes, in_force, monthly_price, promise_key
from app.agreements.terms import agreed_rows, note_agreed, note_custom, standing_custom, terms_of, withdraw
from app.boards.service import BoardMap
from app.mirror import service as mirror
from app.mirror.models import Side
from app.texts import DESK_LANGUAGE, text
from app.timers import service as timers

CUSTOM = "custom_terms"
#: The timer of an agreement's next change or reminder; its subject is the customer's id.
TIMER = "agreement"

End = tuple[Side, BoardMap]


@dataclass(frozen=True)
class Edited:
    """What an edit came to."""

    #: From when on something else is promised to open tickets; None when nothing is.
    promised_from: datetime | None
    #: Sentences for people: what was set back and why, what they may not have expected.
    notices: tuple[str, ...]


def follow(
    session: Session,
    customer: Customer,
    here: End,
    edits: Mapping[str, Any],
    before: Mapping[str, Any],
    *,
    at: datetime,
    now: datetime,
) -> Edited:
    """Follow people's edits of what is agreed; ``before`` is what the columns said, by their keys."""
    terms = terms_of(session, customer.id)
    rows = [
        Row(row.id, row.since, row.tier, row.is_licence_customer, row.origin)
        for row in agreed_rows(session, customer.id)
    ]
    bought = in_force(terms, now)
    plan = rules.plan(
        rows,
        before,
        edits,
        known=list(table().tiers),
        subscribed=bought.tier if bought.source is Source.MARKETPLACE else bought.overruled,
        at=at,
        now=now,
    )
    withdraw(session, plan.withdraw, now=now)
    for agreed, origin in plan.add:
        note_agreed(session, customer.id, agreed, origin=origin, now=now)
    complaints = list(plan.complaints)
    said = _begins_later(plan)
    if CUSTOM in edits:
        said += _follow_custom(session, customer, here, edits[CUSTOM], before.get(CUSTOM), at, now)
    for complaint in complaints:
        mirror.want_back(session, *here, complaint.column, before.get(complaint.column), now=now)
    after = terms_of(session, customer.id)
    said = [_words(here[1], complaint) for complaint in complaints] + said
    said += overruled(terms, after, now)
    # People's own edit is not overtaken by ours that follows from it.
    show(session, customer, here, now=now, made_at=at)
    is_other = promise_key(terms, at) != promise_key(after, at)
    return Edited(at if is_other else None, tuple(said))


def show(
    session: Session, customer: Customer, here: End, *, now: datetime, made_at: datetime | None = None
) -> None:
    """Show on the customer's item what holds now, and arm the timer of what comes next."""
    terms = terms_of(session, customer.id)
    rows = [
        Row(row.id, row.since, row.tier, row.is_licence_customer, row.origin)
        for row in agreed_rows(session, customer.id)
    ]
    holds = in_force(terms, now)
    customer.tier = holds.tier
    shown = mirror.coming(session, here[0])
    wanted = rules.columns(rows, shown, tier=holds.tier, now=now)
    wanted |= {"price": price_words(terms, holds, now), "agreement_source": holds.source.value}
    for key, value in wanted.items():
        mirror.write(session, *here, key, value, now=now, made_at=made_at)
    moments = [one for one in (*changes(terms), *reminders.moments(customer)) if one > now]
    subject = str(customer.id)
    if moments:
        timers.arm(session, kind=TIMER, subject=subject, account_id=here[0].account_id, due_at=min(moments))
    else:
        timers.cancel(session, kind=TIMER, subject=subject)


def overruled(before: Terms, after: Terms, now: datetime) -> list[str]:
    """What to say where an agreement of the board begins to stand before a subscription."""
    was, holds = in_force(before, now), in_force(after, now)
    if holds.overruled is None or holds.overruled == was.overruled:
        return []
    names = {"bought": holds.overruled.upper(), "tier": holds.tier.upper()}
    return [text(DESK_LANGUAGE, "agreement.overruled", **names)]


def price_words(terms: Terms, holds: InForce, now: datetime) -> str | None:
    """What a month costs, for people; empty where nobody agreed to anything."""
    if holds.source is Source.NONE:
        return None
    if holds.source is Source.MARKETPLACE:
        return text(DESK_LANGUAGE, "agreement.paid_there")
    price = monthly_price(terms, now)
    whole = f"{price:,.0f}" if price == price.to_integral_value() else f"{price:,.2f}"
    return f"{whole.replace(',', ' ')} SEK"


def _follow_custom(
    session: Session, customer: Customer, here: End, written: Any, before: Any, at: datetime, now: datetime
) -> list[str]:
    standing = {row.line: row.since for row in standing_custom(session, customer.id)}
    read = read_custom(written, at=at, standing=standing)
    if not read.complaints:
        note_custom(session, customer.id, read.terms, at=at, now=now)
        return []
    mirror.want_back(session, *here, CUSTOM, before, now=now)
    words = [
        text(DESK_LANGUAGE, f"custom.{one.reason}", line=one.line, **one.values) for one in read.complaints
    ]
    return [text(DESK_LANGUAGE, "custom.set_back", column=_title(here[1], CUSTOM)), *words]


def _begins_later(plan: Plan) -> list[str]:
    if plan.begins_later is None:
        return []
    return [text(DESK_LANGUAGE, "agreement.begins_later", day=plan.begins_later)]


def _words(board: BoardMap, complaint: Complaint) -> str:
    column = _title(board, complaint.column)
    return text(DESK_LANGUAGE, f"agreement.{complaint.reason}", column=column, **complaint.values)


def _title(board: BoardMap, key: str) -> str:
    return board.columns[key].title if key in board.columns else key
