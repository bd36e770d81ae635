"""Opening tickets from the customer's board and following what happens to them on either side.

Each function handles one item that was just read, in one transaction with everything that
follows: state, wanted changes, timers.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access_grants.on_ticket import OnTicket
from app.agreements.models import Customer
from app.agreements.rules.table import tiers
from app.agreements.rules.terms import changes, in_force, promise_key
from app.agreements.terms import terms_of
from app.boards import service as boards
from app.boards.service import BoardMap
from app.clock import lease_time
from app.conversation import service as conversation
from app.conversation.service import Ends, Heard
from app.errors import ParkedError
from app.files import service as files
from app.files.models import File
from app.files.service import FileTerms, Way
from app.fixes import service as fixes
from app.inbox import service as inbox
from app.lanes.service import LaneName
from app.links import service as links
from app.mirror import service as mirror
from app.mirror.models import Side
from app.mirror.seen import ItemSeen, UpdateSeen
from app.mirror.service import Outcome
from app.mirror.told import Told
from app.refusals.service import Asked
from app.sla import service as sla
from app.sla.rules.history import Event, Kind
from app.sla.service import Reading
from app.stories import opening, presence, telling
from app.stories.presence import DESK_LANGUAGE, End
from app.tasks import service as tasks
from app.texts import text
from app.tickets import acute, explaining, merging, troubleshooting, warnings
from app.tickets.models import Ticket
from app.tickets.rules import (
    DEFAULT_PRIORITY,
    NEW,
    SOLVED,
    moment_text,
    status_after_customer_wrote,
)
from app.tickets.warnings import Concerned

DESK = "service_desk"
TICKETS = "tickets"
_UNCONFIRMED = "Our own creation; it is read again when monday.com has confirmed it."


@dataclass(frozen=True)
class _Case:
    """A ticket with its customer and both its sides."""

    ticket: Ticket
    customer: Customer
    desk: End
    theirs: End

    @property
    def told(self) -> Concerned:
        """Whom a warning about it concerns."""
        return Concerned(self.ticket.number, self.customer, self.desk)

    def asked(self, at: datetime) -> Asked:
        """That the customer asks for something on this ticket."""
        return Asked(self.customer, at, self.ticket.number, self.theirs[0], self.desk[0])

    @property
    def on_ticket(self) -> OnTicket:
        """The ticket as the subjects beside it need it."""
        return OnTicket(
            number=self.ticket.number,
            customer=self.customer,
            desk=self.desk,
            theirs=self.theirs,
            ticket_id=self.ticket.id,
            is_solved=self.ticket.status == SOLVED,
        )

    def ends(self, here: Side) -> Ends:
        there = self.theirs[0] if here is self.desk[0] else self.desk[0]
        return Ends(here, there, DESK_LANGUAGE, self.customer.language)


def on_customer_item(
    session: Session,
    item: ItemSeen,
    board: BoardMap,
    partner_account_id: str,
    *,
    told: Told,
    terms: FileTerms,
    now: datetime,
) -> str | None:
    """Follow an item on a customer's tickets board; the reason when it is none to follow.

    A new one becomes a ticket.

    Raises:
        ParkedError: the account's customer or the service desk is not set up.
    """
    opened: Reading | None = None
    side = mirror.find_side(session, item.key)
    if side is None:
        if item.state != "active":
            return "It left the board before it became a ticket."
        if mirror.is_unconfirmed(session, item.key, _sync_id(item, board)):
            return _UNCONFIRMED
        opened = _open(session, item, board, partner_account_id, now)
        side = mirror.find_side(session, item.key)
    if side is None:
        raise ParkedError("The ticket could not be opened; look in the logs, then replay.")
    case = _case(session, side)
    if opened is not None:
        # It may have waited for us for so long that somebody has to be told at once.
        warnings.tell(session, case.told, opened.warnings, now=now)
    is_back = presence.follow(session, case.theirs, case.desk, item, told.departure, now=now)
    if is_back:
        _show_clock(session, case, sla.read(session, case.ticket.id, now=now), now)
    newly_bearing = files.note_seen(session, side, item, board, is_back=is_back, now=now)
    if item.is_known:
        outcome = mirror.apply(session, side, item, board, case.desk, changed_at=told.changed_at, now=now)
        telling.tell(session, case.theirs, outcome, case.customer.language, now=now)
        noted = _of_columns(outcome, told, now)
        if acute.COLUMN in outcome.accepted:
            asked = case.asked(told.changed_at.get(acute.COLUMN, now))
            value = outcome.accepted[acute.COLUMN]
            noted += acute.follow_customer(session, asked, case.theirs, case.desk, value, now)
        _note(session, case, noted, now)
        changed = outcome.accepted if opened is None else _written(item, board)
        troubleshooting.follow_customer(session, case.on_ticket, changed, told, now=now)
        _hear_customer(session, case, item, told, newly_bearing, now)
    _replace_where_they_wait(session, case, now)
    carry_files(session, side.story, terms, now=now)
    return None


def on_desk_item(
    session: Session,
    item: ItemSeen,
    board: BoardMap,
    *,
    told: Told,
    terms: FileTerms,
    now: datetime,
) -> str | None:
    """Follow an item on the service desk; the reason when it is none of ours to follow."""
    side = mirror.find_side(session, item.key)
    if side is None:
        if mirror.is_unconfirmed(session, item.key, _sync_id(item, board)):
            return _UNCONFIRMED
        return "Made by hand on the service desk; no customer's board follows it."
    if side.state in mirror.REPLACED:
        return presence.follow_replaced(session, side, item, now=now)
    case = _case(session, side)
    is_back = presence.follow(session, case.desk, case.theirs, item, told.departure, now=now)
    if is_back:
        _show_clock(session, case, sla.read(session, case.ticket.id, now=now), now)
    newly_bearing = files.note_seen(session, side, item, board, is_back=is_back, now=now)
    if item.is_known:
        _follow_desk_item(session, case, item, told, newly_bearing, now)
    if item.state == "active":
        presence.keep_in_its_group(session, case.desk, item, case.customer.desk_group_id, now=now)
    _replace_where_they_wait(session, case, now)
    carry_files(session, side.story, terms, now=now)
    return None


def carry_files(session: Session, story: str, terms: FileTerms, *, now: datetime) -> None:
    """Want the next step of every file of a ticket, on both sides."""
    if not files.are_there(session, story):
        return
    case = _case(session, mirror.require_side(session, story, "desk"))
    (desk, desk_board), (theirs, their_board) = case.desk, case.theirs
    files.carry(session, Way(desk, theirs, their_board, case.customer.language), terms, now=now)
    files.carry(session, Way(theirs, desk, desk_board, DESK_LANGUAGE), terms, now=now)


def link_file(session: Session, file_id: int, terms: FileTerms, *, now: datetime) -> None:
    """Tell a link in the place of a file that can't be copied."""
    file = session.get_one(File, file_id)
    case = _case(session, mirror.require_side(session, file.story, "desk"))
    language = case.customer.language if file.role == "desk" else DESK_LANGUAGE
    files.link_instead(session, file_id, terms, language, now=now)


def _replace_where_they_wait(session: Session, case: _Case, now: datetime) -> None:
    group_id = case.customer.desk_group_id
    if presence.replace_where_they_wait(session, case.desk, case.theirs, group_id=group_id, now=now):
        # The new item has no subitems.
        tasks.clear(session, case.theirs, now=now)


def _hear_customer(
    session: Session, case: _Case, item: ItemSeen, told: Told, newly_bearing: Collection[str], now: datetime
) -> None:
    if item.updates is None:
        return
    heard = _take_in(session, case, case.theirs[0], item.updates, told, newly_bearing, now)
    if not heard.questions:
        return
    asked = [Event(Kind.QUESTION, one.at, f"question:{one.update_id}") for one in heard.questions]
    wrote_at = max(one.at for one in heard.questions)
    status = status_after_customer_wrote(
        case.ticket.status, wrote_at=wrote_at, status_at=case.ticket.status_at
    )
    if status is not None:
        # What waited for the customer waits no more from the moment of the words, however late they come.
        # monday.com gives that in whole seconds; it is not before the status that the words have ended.
        before = case.ticket.status_at or case.ticket.opened_at
        asked.append(sla.changed(Kind.STATUS, status, max(wrote_at, before + timedelta(microseconds=1))))
        _note_status(case.ticket, status, now)
        mirror.write(session, *case.desk, "status", status, now=now)
        mirror.write(session, *case.theirs, "status", status, now=now)
    _note(session, case, asked, now)


def _take_in(
    session: Session,
    case: _Case,
    side: Side,
    updates: Sequence[UpdateSeen],
    told: Told,
    newly_bearing: Collection[str],
    now: datetime,
) -> Heard:
    return conversation.take_in(
        session,
        case.ends(side),
        updates,
        now=now,
        deleted=told.deleted_updates,
        bearing=files.bearing(session, side),
        newly_bearing=newly_bearing,
    )


def _follow_desk_item(
    session: Session, case: _Case, item: ItemSeen, told: Told, newly_bearing: Collection[str], now: datetime
) -> None:
    """Follow what technicians changed and wrote; also on an item that they have put away since."""
    side, board = case.desk
    shown, solving = mirror.readable(item, board), troubleshooting.SOLVING
    not_yet = fixes.not_yet(session, case.on_ticket, shown, solving)
    refused = () if not_yet is None else not_yet.columns
    outcome = mirror.apply(
        session, side, item, board, case.theirs, changed_at=told.changed_at, now=now, refused=refused
    )
    telling.tell(session, case.desk, outcome, DESK_LANGUAGE, now=now)
    if not_yet is not None and outcome.refused:
        fixes.tell_not_yet(session, case.on_ticket, not_yet, now=now)
    if "status" in outcome.accepted:
        _note_status(case.ticket, outcome.accepted["status"] or NEW, told.changed_at.get("status", now))
    is_solved_now = outcome.accepted.get("status") == SOLVED
    noted = _of_columns(outcome, told, now)
    into = outcome.accepted.get(merging.COLUMN)
    if merging.follow(session, case.ticket, case.desk, case.theirs, case.customer.language, into, now):
        # Nobody waits for an answer here any more: no clock of it may be broken.
        at = told.changed_at.get(merging.COLUMN, now)
        _note_status(case.ticket, SOLVED, at)
        for end in (case.desk, case.theirs):
            mirror.write(session, *end, "status", SOLVED, now=now)
        noted.append(sla.changed(Kind.STATUS, SOLVED, at))
        is_solved_now = True
    if acute.COLUMN in outcome.accepted:
        value, at = outcome.accepted[acute.COLUMN], told.changed_at.get(acute.COLUMN, now)
        noted += acute.follow_desk(session, case.customer, case.theirs, value, at, now)
    _note(session, case, noted, now)
    troubleshooting.follow_desk(
        session,
        case.on_ticket,
        outcome.accepted,
        told,
        technician=item.values[board.columns["technician"].id].text if "technician" in shown else None,
        solved_at=case.ticket.status_at if is_solved_now else None,
        now=now,
    )
    if outcome.accepted.get(explaining.COLUMN) == explaining.ASKED:
        language = case.customer.language
        explaining.explain(session, case.ticket.id, case.ticket.number, case.theirs[0], language, now)
        mirror.want_back(session, side, board, explaining.COLUMN, None, now=now)
    if "technician" in outcome.accepted:
        names = item.values[board.columns["technician"].id].text or None
        mirror.write(session, *case.theirs, "technician", names, now=now)
    if item.subitems is not None and item.state == "active":
        tasks.follow(session, side, item.subitems, case.theirs, case.customer.language, now=now)
    # Of a deleted item monday.com may show a part of the notes only; what repeats one must stay inside.
    if item.updates is not None and item.state != "deleted":
        heard = _take_in(session, case, side, item.updates, told, newly_bearing, now)
        stamp = now.isoformat()
        said = [Event(Kind.ANSWER, s.at, f"answer:{s.update_id}:{stamp}", s.update_id) for s in heard.answers]
        said += [
            Event(Kind.WITHDRAWN, s.at, f"withdrawn:{s.update_id}:{stamp}", s.update_id)
            for s in heard.withdrawn
        ]
        _note(session, case, said, now)


def lane(ticket_id: int, account_id: str) -> LaneName:
    """The lane in which a ticket's own events are handled."""
    return LaneName(f"ticket:{ticket_id}", account_id, "ticket")


def ask_to_show_clock(session: Session, ticket_id: int, *, now: datetime) -> None:
    """Ask for a ticket's clocks to be shown on its boards, as after somebody decided about them."""
    theirs = mirror.require_side(session, f"ticket:{ticket_id}", "customer")
    here = lane(ticket_id, theirs.account_id)
    inbox.put(session, here, "clock.changed", {}, now=now, lease_time=lease_time())


def on_ticket(session: Session, ticket_id: int) -> OnTicket:
    """A ticket, held for the rest of the transaction, for what is done on it beside its boards' items."""
    ticket = session.get_one(Ticket, ticket_id, with_for_update=True)
    return _case(session, mirror.require_side(session, ticket.story, "desk")).on_ticket


def on_clock_due(session: Session, ticket_id: int, *, now: datetime) -> None:
    """A clock's next moment has come: show what it reads now on both boards."""
    ticket = session.get_one(Ticket, ticket_id, with_for_update=True)
    case = _case(session, mirror.require_side(session, ticket.story, "desk"))
    _show_clock(session, case, sla.read(session, ticket_id, now=now), now)


def on_agreement_changed(session: Session, ticket_id: int, *, at: datetime, now: datetime) -> None:
    """What the customer's agreement promises is another from ``at`` on.

    An unanswered ticket gets the new promise, counted from its opening. A solved one gets it when somebody
    opens it again.
    """
    ticket = session.get_one(Ticket, ticket_id, with_for_update=True)
    case = _case(session, mirror.require_side(session, ticket.story, "desk"))
    if ticket.status == SOLVED:
        return
    old = tiers()[ticket.tier]
    before = sla.read(session, ticket_id, now=now)
    after = sla.note(session, ticket_id, [_promised_from(session, case, at, now)], now=now)
    new = tiers()[ticket.tier]
    warnings.tell(session, case.told, before.warnings, now=now)
    _show_clock(session, case, after, now)
    clock = after.shown
    if clock.stopped_at is None and clock.due_at != before.shown.due_at:
        due = moment_text(clock.due_at) or text(DESK_LANGUAGE, "no_due")
        key = "clock_recomputed" if old != new else "clock_recomputed.custom"
        notice = text(DESK_LANGUAGE, key, old=old.label, new=new.label, due=due)
        conversation.notify(session, case.desk[0], notice, now=now)


def open_ticket_ids(session: Session, customer_id: int) -> Sequence[int]:
    """The tickets of a customer that are not solved."""
    query = select(Ticket.id).where(Ticket.customer_id == customer_id, Ticket.status != SOLVED)
    return session.execute(query.order_by(Ticket.id)).scalars().all()


def _open(
    session: Session, item: ItemSeen, board: BoardMap, partner_account_id: str, now: datetime
) -> Reading:
    customer = links.customer_of(session, board.account_id, board.board_id)
    if customer is None or customer.desk_group_id is None:
        raise ParkedError(
            f"Board {board.board_id} of account {board.account_id} belongs to no customer yet. Add an item "
            "with the account's slug to the customers board, run `synerity provision`, then replay."
        )
    desk_board = boards.find_board(session, partner_account_id, DESK)
    if desk_board is None:
        raise ParkedError("The service desk board is missing. Run `synerity provision`, then replay.")
    # Nobody could answer before the board was followed.
    at = max(item.created_at, links.linked_at(session, board.account_id, board.board_id) or now)
    terms = terms_of(session, customer.id)
    tier = in_force(terms, now).tier
    ticket = Ticket(
        customer_id=customer.id,
        channel="board",
        tier=tier,
        status=NEW,
        requester=item.creator_name,
        opened_at=item.created_at,
    )
    session.add(ticket)
    session.flush()
    side = mirror.adopt(session, ticket.story, "customer", item, board)
    shown = mirror.readable(item, board)
    priority = shown.get("priority") or DEFAULT_PRIORITY
    reading = sla.open_ticket(
        session,
        ticket.id,
        board.account_id,
        at=at,
        tier=promise_key(terms, at),
        priority=priority,
        now=now,
    )
    # What changed between its making and our hearing of it.
    since = [at_change for at_change in changes(terms) if at < at_change <= now]
    if since:
        told = [sla.changed(Kind.TIER, promise_key(terms, one), one) for one in since]
        reading = sla.note(session, ticket.id, told, now=now)
    clock = reading.shown
    common = {
        "number": ticket.number,
        "status": NEW,
        "response_due": moment_text(clock.due_at),
        "sla_status": clock.status.value,
    }
    own = {
        "customer": customer.name,
        "tier": tier,
        "channel": "board",
        "requester": item.creator_name,
        "description": shown.get("description"),
        # Only on the desk: a default written on the customer's board could overwrite what the
        # customer is choosing there at this moment.
        "priority": priority,
    }
    mirror.create(
        session,
        ticket.story,
        "desk",
        desk_board,
        group_id=customer.desk_group_id,
        name=item.name,
        values={**common, **own},
        now=now,
    )
    opening.give_way(session, (side, board), common, now=now)
    return reading


def _case(session: Session, side: Side) -> _Case:
    ticket = session.get_one(Ticket, int(side.story.removeprefix("ticket:")), with_for_update=True)
    desk = mirror.require_side(session, side.story, "desk")
    theirs = mirror.require_side(session, side.story, "customer")
    return _Case(
        ticket,
        session.get_one(Customer, ticket.customer_id),
        presence.end(session, desk),
        presence.end(session, theirs),
    )


def _of_columns(outcome: Outcome, told: Told, now: datetime) -> list[Event]:
    """What people changed on an item that clocks rest on."""
    kinds = {"status": (Kind.STATUS, NEW), "priority": (Kind.PRIORITY, DEFAULT_PRIORITY)}
    return [
        sla.changed(kind, outcome.accepted[key] or empty, told.changed_at.get(key, now))
        for key, (kind, empty) in kinds.items()
        if key in outcome.accepted
    ]


def _note(session: Session, case: _Case, events: Sequence[Event], now: datetime) -> None:
    """Note what clocks rest on, and show what they read now."""
    opened = [event.at for event in events if event.kind is Kind.STATUS and event.value != SOLVED]
    if opened:
        # While the ticket was solved the agreement may have changed unnoticed.
        events = [_promised_from(session, case, min(opened), now), *events]
    if events:
        _show_clock(session, case, sla.note(session, case.ticket.id, events, now=now), now)


def _promised_from(session: Session, case: _Case, at: datetime, now: datetime) -> Event:
    """What the agreement in force promises from a moment on; the ticket shows that agreement."""
    terms = terms_of(session, case.customer.id)
    case.ticket.tier = in_force(terms, now).tier
    mirror.write(session, *case.desk, "tier", case.ticket.tier, now=now)
    return sla.changed(Kind.TIER, promise_key(terms, at), at)


def _note_status(ticket: Ticket, status: str, at: datetime) -> None:
    ticket.status, ticket.status_at = status, at


def _show_clock(session: Session, case: _Case, reading: Reading, now: datetime) -> None:
    """Show what a ticket's clocks read on both boards, and tell people what they have to know."""
    shown = {"sla_status": reading.shown.status.value, "response_due": moment_text(reading.shown.due_at)}
    for side, board in (case.desk, case.theirs):
        coming = mirror.pending(session, side)
        for key, value in shown.items():
            mirror.write(session, side, board, key, value, now=now, pending_there=coming)
    warnings.tell(session, case.told, reading.warnings, now=now)


def _written(item: ItemSeen, board: BoardMap) -> dict[str, Any]:
    """What a new item was made with."""
    return {key: value for key, value in mirror.readable(item, board).items() if value is not None}


def _sync_id(item: ItemSeen, board: BoardMap) -> str | None:
    value = mirror.readable(item, board).get("sync_id")
    return str(value) if value else None
