"""Escalations by their own board: what their owners choose and write, and what customers are told by it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.access_grants.on_ticket import OnTicket
from app.boards.service import BoardMap
from app.clock import lease_time
from app.conversation import service as conversation
from app.conversation.service import Ends, Heard
from app.escalations import calling, ending, items, log
from app.escalations.log import Kind
from app.escalations.models import Escalation
from app.escalations.rules import Lack, Outcome, Status, lacking
from app.escalations.words import tell_customer
from app.ids import stable_key
from app.inbox import service as inbox
from app.lanes.service import LaneName
from app.mirror import leaving
from app.mirror import service as mirror
from app.mirror.models import Side
from app.mirror.seen import ItemSeen
from app.mirror.told import Told
from app.sla import service as sla
from app.sla.rules.history import Event
from app.sla.rules.history import Kind as SlaKind
from app.texts import DESK_LANGUAGE, text

BOARD = items.BOARD
#: Gives a ticket, held for the rest of the transaction.
Finder = Callable[[int], OnTicket]
_STATUS, _OUTCOME, _COMMITMENT = "status", "outcome", "commitment"
_NOTE, _NEXT = "customer_note", "next_contact"


@dataclass(frozen=True)
class _Seen:
    """An escalation whose item was read, with its ticket and what was told."""

    row: Escalation
    on: OnTicket
    side: Side
    board: BoardMap
    told: Told
    now: datetime

    def at(self, key: str) -> datetime:
        """When a column was changed."""
        return self.told.changed_at.get(key, self.now)


def on_item(
    session: Session, item: ItemSeen, board: BoardMap, find: Finder, *, told: Told, now: datetime
) -> str | None:
    """Follow an item on the board of escalations; the reason when it is none to follow."""
    side = mirror.find_side(session, item.key)
    if side is None:
        if mirror.is_unconfirmed(session, item.key, mirror.readable(item, board).get("sync_id")):
            return "Our own creation; it is read again when monday.com has confirmed it."
        return "Made by hand on the board of escalations; an escalation begins on its ticket."
    if side.state in mirror.REPLACED:
        return "Another item has taken its place."
    found = held(session, int(side.story.partition(":")[2]), find)
    seen = _Seen(*found, side, board, told, now)
    was = leaving.follow(session, side, item, told.departure, now=now)
    if was == "moved" and item.state == "active":
        leaving.keep_what_moving_lost(session, side, item, board, now=now)
    if item.state != "active":
        _on_gone(session, seen)
    elif item.is_known:
        _follow(session, seen, item)
    return None


def held(session: Session, escalation_id: int, find: Finder) -> tuple[Escalation, OnTicket]:
    """An escalation and its ticket, both held: the ticket first, as everywhere."""
    row = session.get_one(Escalation, escalation_id)
    on = find(row.ticket_id)
    session.refresh(row, with_for_update=True)
    return row, on


def _on_gone(session: Session, seen: _Seen) -> None:
    """Somebody has taken the item away: what is open goes on with another."""
    if seen.row.ended_at is not None:
        return
    items.replace(session, seen.row, seen.side, seen.board, now=seen.now)
    seen.on.tell_desk(session, "escalation.replaced.desk", now=seen.now, number=seen.row.number)
    calling.tell_owner(session, seen.row, "escalation.replaced.owner", now=seen.now)
    calling.show(session, seen.row, now=seen.now)


def _follow(session: Session, seen: _Seen, item: ItemSeen) -> None:
    refused, lacks = _refused(session, seen, item)
    outcome = mirror.apply(
        session,
        seen.side,
        item,
        seen.board,
        None,
        changed_at=seen.told.changed_at,
        now=seen.now,
        refused=refused,
    )
    if outcome.set_back:
        columns = ", ".join(seen.board.columns[back.key].title for back in outcome.set_back)
        notice = text(DESK_LANGUAGE, "set_back.desk", columns=columns)
        conversation.notify(session, seen.side, notice, now=seen.now)
    if outcome.refused:
        _say_why(session, seen, lacks)
    _take(session, seen, outcome.accepted)
    if item.updates is not None:
        _hear(session, seen, item)
    if seen.row.ended_at is None:
        calling.follow(session, seen.on, seen.row, now=seen.now)


def _refused(session: Session, seen: _Seen, item: ItemSeen) -> tuple[set[str], list[Lack]]:
    """Columns whose change can't stand: what ends it without what it needs, or opens what has ended."""
    known = mirror.shadows(session, seen.side)
    shown = {**known, **mirror.readable(item, seen.board)}
    changed = {key for key in (_STATUS, _OUTCOME, _COMMITMENT) if shown.get(key) != known.get(key)}
    lacks = list(lacking(shown.get(_OUTCOME), shown.get(_COMMITMENT)))
    if seen.row.ended_at is not None:
        if shown.get(_STATUS) != Status.ENDED:
            return {_STATUS, *(changed if lacks else ())}, lacks
        return (changed if lacks else set()), lacks
    return ({_STATUS} if shown.get(_STATUS) == Status.ENDED and lacks else set()), lacks


def _say_why(session: Session, seen: _Seen, lacks: list[Lack]) -> None:
    if not lacks:
        items.tell(session, seen.row, "escalation.has_ended", now=seen.now)
        return
    words = ", ".join(text(DESK_LANGUAGE, f"escalation.lacks.{lack.value}") for lack in lacks)
    items.tell(session, seen.row, "escalation.not_yet", now=seen.now, lacks=words)


def _take(session: Session, seen: _Seen, accepted: Mapping[str, Any]) -> None:
    """Follow what the owner has changed."""
    row, on, now = seen.row, seen.on, seen.now
    if _NOTE in accepted:
        _tell_note(session, seen, accepted[_NOTE])
    if row.ended_at is not None:
        if accepted.keys() & {_OUTCOME, _COMMITMENT}:
            _end(session, seen, is_new=False)
        return
    if _NEXT in accepted:
        row.next_contact, row.reminded_at = accepted[_NEXT], None
        session.flush()
        key, words = f"{accepted[_NEXT]}:{seen.at(_NEXT).isoformat()}", accepted[_NEXT] or ""
        log.note(session, row, Kind.CONTACT, key=key, at=seen.at(_NEXT), words=words, now=now)
        mirror.write(session, *on.theirs, items.NEXT_CONTACT, accepted[_NEXT], now=now)
    status = accepted.get(_STATUS)
    if status not in (None, Status.NEW):
        row.progress = status
        calling.acknowledge(session, on, row, at=seen.at(_STATUS), now=now)
        on.show(session, items.COLUMN, items.shown(row), now=now)
    if status == Status.ENDED:
        _end(session, seen, is_new=True)


def _tell_note(session: Session, seen: _Seen, note: str | None) -> None:
    if note is None or not note.strip():
        return
    at = seen.at(_NOTE)
    key = stable_key(note, at.isoformat())
    if log.note(session, seen.row, Kind.NOTE, key=key, at=at, words=note, now=seen.now):
        number = seen.row.number
        tell_customer(session, seen.on, "escalation.note", now=seen.now, number=number, note=note.strip())
        _note_contact(session, seen.row, at)


def _end(session: Session, seen: _Seen, *, is_new: bool) -> None:
    values = mirror.coming(session, seen.side)
    outcome = Outcome(values[_OUTCOME])
    commitment = (values.get(_COMMITMENT) or "").strip() or None
    if is_new:
        at = seen.at(_STATUS)
        ending.end(session, seen.on, seen.row, outcome, commitment, at=at, now=seen.now)
    elif (seen.row.outcome, seen.row.commitment) != (outcome.value, commitment):
        ending.show_end(session, seen.on, seen.row, outcome, commitment, now=seen.now)


def _hear(session: Session, seen: _Seen, item: ItemSeen) -> None:
    """Carry what is marked public to the ticket's customer; all else stays here."""
    ends = Ends(seen.side, seen.on.theirs[0], DESK_LANGUAGE, seen.on.customer.language)
    heard = conversation.take_in(
        session, ends, item.updates or (), now=seen.now, deleted=seen.told.deleted_updates
    )
    if heard.answers:
        latest = max(one.at for one in heard.answers)
        _note_contact(session, seen.row, latest)
        log.note(session, seen.row, Kind.NOTE, key=latest.isoformat(), at=latest, now=seen.now)
    _note_answers(session, seen, heard)


def _note_answers(session: Session, seen: _Seen, heard: Heard) -> None:
    """What the customer was told here answers its ticket, too."""
    stamp = seen.now.isoformat()
    kinds = ((SlaKind.ANSWER, heard.answers), (SlaKind.WITHDRAWN, heard.withdrawn))
    events = [
        Event(kind, one.at, f"{kind.value}:{one.update_id}:{stamp}", one.update_id)
        for kind, spoken in kinds
        for one in spoken
    ]
    if not events:
        return
    sla.note(session, seen.on.ticket_id, events, now=seen.now)
    account_id = seen.on.theirs[0].account_id
    here = LaneName(f"ticket:{seen.on.ticket_id}", account_id, "ticket")
    inbox.put(session, here, "clock.changed", {}, now=seen.now, lease_time=lease_time())


def _note_contact(session: Session, row: Escalation, at: datetime) -> None:
    row.contacted_at = at if row.contacted_at is None else max(row.contacted_at, at)
    session.flush()
