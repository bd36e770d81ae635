"""The working of a ticket's promises as a message to its customer, when a technician asks for it."""

from collections.abc import Sequence
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.conversation import service as conversation
from app.mirror import service as mirror
from app.mirror.models import Side
from app.outbox import service as outbox
from app.sla import service as sla
from app.sla.rules import ledger
from app.sla.rules.cycles import RESPONSES, Cycle, Status, Target
from app.sla.rules.ledger import EXCUSED, PAUSED, Line
from app.sla.words import clock as length
from app.texts import text

COLUMN, ASKED = "explain", "ask"
#: Customers read moments by the clock of the agreement's office.
_ZONE = ZoneInfo("Europe/Stockholm")
#: Longer nights and weekends are told in one line each, so that is more than any dispute needs.
MOST_LINES = 60


def explain(
    session: Session, ticket_id: int, number: str, theirs: Side, language: str, now: datetime
) -> None:
    """Post what was promised, what counted and what did not, on the customer's item."""
    told = sla.explain(session, ticket_id, now=now)
    parts = [
        _clock(cycle, cycle.target, lines, language)
        for cycle, lines in told.clocks
        if cycle.metric in RESPONSES and cycle.target is not None
    ]
    if parts:
        body = f"<p><strong>{text(language, 'explain.title', number=number)}</strong></p>{''.join(parts)}"
    else:
        body = f"<p>{text(language, 'explain.nothing', number=number)}</p>"
    content = {"body": body, "match": conversation.normalised_text(body)}
    outbox.want_update(session, mirror.target(theirs), content=content, now=now)


def _clock(cycle: Cycle, target: Target, lines: Sequence[Line], language: str) -> str:
    name = text(language, f"sla.metric.{cycle.metric.value}")
    status = text(language, f"explain.status.{_verdict(cycle)}")
    promised = text(language, "explain.promised", time=length(target.promised))
    shown = list(lines[-MOST_LINES:])
    rows = "".join(f"<li>{_line(line, language)}</li>" for line in shown)
    counted = text(language, "explain.counted", time=length(ledger.counted(lines)))
    head = f"{escape(name.capitalize())}: {escape(status)}. {escape(promised)}"
    return f"<p>{head}</p><ul>{rows}</ul><p>{escape(counted)}</p>"


def _verdict(cycle: Cycle) -> str:
    return {Status.MET: "met", Status.BREACHED: "breached"}.get(cycle.status, "runs")


def _line(line: Line, language: str) -> str:
    if line.reason == PAUSED:
        why = text(language, f"explain.paused.{line.detail}")
    elif line.reason == EXCUSED:
        # Who excused it, and why, is the desk's own business.
        why = text(language, "explain.excused")
    else:
        why = text(language, f"explain.{line.reason}")
    named = f" ({line.detail})" if line.detail and line.reason == "holiday" else ""
    span = f"{_moment(line.start)} - {_moment(line.end)}"
    return escape(f"{span}: {length(line.length)}, {why}{named}")


def _moment(at: datetime) -> str:
    return f"{at.astimezone(_ZONE):%Y-%m-%d %H:%M}"
