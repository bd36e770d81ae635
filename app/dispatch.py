"""Which subject handles what: events of items by board, events of tickets, due timers, answers.

The one place that knows both the events and the subjects, so that neither knows the other.
What is ignored is ignored by name, with its reason.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from app.access_grants import service as access_grants
from app.accounts import service as accounts
from app.agreements import edits, subscriptions
from app.agreements import service as agreements
from app.agreements.models import Customer
from app.agreements.service import AgreementChange
from app.boards import service as boards
from app.boards.service import BoardMap
from app.clock import lease_time
from app.conversation import service as conversation
from app.db import Database
from app.errors import ParkedError
from app.escalations import board as escalations_board
from app.escalations import events as escalations
from app.feature_requests import board as wishes_board
from app.feature_requests import events as wishes
from app.feature_requests import service as feature_requests
from app.feature_requests.filing.channels import Channel
from app.feature_requests.on_wish import KIND as WISH
from app.files import service as files
from app.files.service import FileTerms
from app.ids import ItemKey
from app.inbox import filing
from app.inbox import service as inbox
from app.inbox.service import NewEvent, StoredEvent
from app.lanes.service import LaneName
from app.mail import files as mail_files
from app.mirror import echoes, guard
from app.mirror import service as mirror
from app.mirror.seen import ItemSeen, moment
from app.mirror.told import Told
from app.mirror.tombstones import Departure
from app.monday.events import EventKind
from app.monday.faults import Fault
from app.monday.lifecycle import event_of
from app.monday.transport import Upload
from app.onboarding import further
from app.onboarding import service as onboarding
from app.outbox.service import SettledChange
from app.priority import set_share
from app.sla import service as sla
from app.stories.presence import DESK_LANGUAGE
from app.sweeps import healing
from app.sweeps import service as sweeps
from app.texts import text
from app.tickets import service as tickets
from app.time_entries import service as time_entries
from app.timers.service import DueTimer
from app.vendor_cases import board as vendor_board
from app.vendor_cases import pressing, telling
from app.vendor_cases import service as vendor_cases

#: Events after which an item's updates have to be read too.
_ABOUT_UPDATES = frozenset(
    {
        EventKind.ITEM_CREATED,
        EventKind.ITEM_RESTORED,
        EventKind.UPDATE_POSTED,
        EventKind.UPDATE_EDITED,
        EventKind.UPDATE_DELETED,
    }
)
#: What of an update of our own is nothing new, whoever did it.
_OUR_WORDS = frozenset({EventKind.UPDATE_POSTED, EventKind.UPDATE_EDITED})
_LEAVING = frozenset({EventKind.ITEM_ARCHIVED, EventKind.ITEM_DELETED})
AGREEMENT = agreements.LANE
#: Events that are none of an item's own: they are followed where a customer is shown the subitems.
_SUBITEM_KINDS = frozenset(kind for kind in EventKind if kind.name.startswith("SUBITEM"))
#: Those after which nothing that is shown of subitems can differ.
_SUBITEM_WORDS = frozenset(kind for kind in _SUBITEM_KINDS if kind.name.startswith("SUBITEM_UPDATE"))


#: Events after which an item's subitems are read too; of those that come back with it, only it is told.
_ABOUT_SUBITEMS = (_SUBITEM_KINDS - _SUBITEM_WORDS) | {EventKind.ITEM_RESTORED}


@dataclass(frozen=True)
class ItemWork:
    """An item that was read because of events, and what is known about it."""

    item: ItemSeen
    board: BoardMap
    events: Sequence[StoredEvent]
    partner_account_id: str
    terms: FileTerms
    #: How feature requests are filed.
    channel: Channel
    now: datetime
    #: Before monday.com was asked for the item.
    read_at: datetime
    #: Of monday.com's own support; None where no mail can be sent.
    vendor_address: str | None = None


def needs_reading(board_key: str | None, events: Sequence[StoredEvent]) -> bool:
    """Whether any of an item's events can have changed something that we follow."""
    passed_over = _SUBITEM_WORDS if _has_tasks(board_key) else _SUBITEM_KINDS
    return any(event.source != "webhook" or event.delivery.kind not in passed_over for event in events)


def says_nothing_new(session: Session, key: ItemKey, board: BoardMap, events: Sequence[StoredEvent]) -> bool:
    """Whether everything that an item's events tell is known, so that it need not be read.

    Only to be believed where nothing of ours was under way to the item (``app.mirror.echoes``).
    """
    if not events or any(event.source != "webhook" for event in events):
        return False
    told = [event.delivery for event in events]
    of_updates = [event for event in told if event.kind in _OUR_WORDS]
    rest = [event for event in told if event.kind not in _OUR_WORDS]
    of_files = [event for event in rest if files.is_of_files(board, event)]
    rest = [event for event in rest if event not in of_files]
    words = {event.reply_id or event.update_id for event in of_updates}
    return (
        conversation.are_ours(session, key.account_id, words)
        and echoes.says_nothing_new(session, key, board, rest)
        and files.says_nothing_new(session, key, board, of_files)
    )


def needs_updates(events: Sequence[StoredEvent]) -> bool:
    """Whether an item's updates have to be read with it."""
    return any(event.source != "webhook" or event.delivery.kind in _ABOUT_UPDATES for event in events)


def needs_files(events: Sequence[StoredEvent]) -> bool:
    """Whether an item's files have to be read with it."""
    return needs_updates(events) or any(event.delivery.column_type == "file" for event in events)


def needs_subitems(board_key: str | None, events: Sequence[StoredEvent]) -> bool:
    """Whether an item's subitems have to be read with it."""
    return _has_tasks(board_key) and any(
        event.source != "webhook" or event.delivery.kind in _ABOUT_SUBITEMS for event in events
    )


def says_deleted(events: Sequence[StoredEvent]) -> bool:
    """Whether monday.com itself said that the item was deleted."""
    return any(
        event.source == "webhook" and event.delivery.kind is EventKind.ITEM_DELETED for event in events
    )


def handle_item(session: Session, work: ItemWork) -> str | None:
    """Let the board's subject follow an item; the reason when there was nothing to follow.

    Raises:
        ParkedError: an operator has to act first.
        LinkHeldError: the same, for all of a customer's board: this was one change too many.
    """
    handler = _ITEM_HANDLERS.get(work.board.key)
    if handler is None:
        raise ParkedError(f"Nothing follows items of the board {work.board.key!r}.")
    run_id = _sweep_to_tell(session, work)
    if run_id is None:
        reason = handler(session, work)
    else:
        before = healing.look(session, work.item, work.board, _known_conversation(session, work))
        reason = handler(session, work)
        told = _known_conversation(session, work)
        healing.record(session, run_id, before, work.item, told, now=work.now)
    heard_at = max((event.received_at for event in work.events), default=work.now)
    is_meant = any(event.content.get("is_meant") for event in work.events)
    guard.require_few(session, heard_at=heard_at, is_meant=is_meant, now=work.now)
    sweeps.note_trace(session, work.item, read_at=work.read_at)
    return reason


def handle_own(session: Session, kind: str, lane_key: str, event: StoredEvent, *, now: datetime) -> None:
    """Let a story follow an event of our own, which stands in its lane of that kind.

    A due timer, its mail, word from another subject.

    Raises:
        ParkedError: this version of the product does not know the event.
    """
    _OWN_HANDLERS[kind](session, lane_key.partition(":")[2], event, now=now)


def _handle_ticket_event(session: Session, ident: str, event: StoredEvent, *, now: datetime) -> None:
    handler = _TICKET_HANDLERS.get(event.source)
    if handler is None:
        raise ParkedError(f"No ticket follows events of the kind {event.source!r}.")
    theirs = mirror.side_of(session, f"ticket:{ident}", "customer")
    if theirs is not None:
        set_share(session, f"{theirs.account_id}:{theirs.board_id}")
    handler(session, int(ident), event, now=now)


def _handle_agreement_event(session: Session, ident: str, event: StoredEvent, *, now: datetime) -> None:
    if event.source == subscriptions.SOURCE:
        change = agreements.on_subscription(session, event_of(event.content), now=now)
    elif event.source == f"timer.{edits.TIMER}":
        change = agreements.on_due(session, int(ident), since=moment(event.content["due_at"]), now=now)
    else:
        raise ParkedError(f"No agreement follows events of the kind {event.source!r}.")
    if change is not None:
        customer = session.get_one(Customer, change.customer_id)
        side = mirror.require_side(session, customer.story, "desk")
        _tell_of_agreement(session, customer, change.notices, side.account_id, change.promised_from, now)


def hand_on(session: Session, due: Sequence[DueTimer], *, now: datetime) -> None:
    """Turn due timers into events in the lanes of what they are about, in the order in which they were due.

    One that this version of the product does not know is parked, and holds up no other.
    """
    events = [_event_of(timer, now) for timer in due]
    if events:
        inbox.store(session, events, lease_time=lease_time())


def _event_of(timer: DueTimer, now: datetime) -> NewEvent:
    lane, source, reason = filing.account_lane(timer.account_id), f"timer.{timer.kind}"[:32], None
    if timer.kind in (sla.TIMER, access_grants.TIMER):
        lane = tickets.lane(int(timer.subject), timer.account_id)
    elif timer.kind == edits.TIMER:
        lane = LaneName(f"{AGREEMENT}:{timer.subject}", timer.account_id, AGREEMENT)
    elif (story := timer.kind.partition(".")[0]) in _OWN_HANDLERS:
        lane = LaneName(f"{story}:{timer.subject}", timer.account_id, story)
    elif timer.kind == SWEEP_TIMER:
        source = "account.sweep"
    else:
        reason = f"No subject waits for timers of the kind {timer.kind!r}."
    content = inbox.content({"due_at": timer.due_at.isoformat()})
    return NewEvent(lane, source, content, inbox.own_key(), now, reason)


class OutboxHooks:
    """What the subjects do with monday.com's answers."""

    def __init__(self, terms: FileTerms) -> None:
        self._terms = terms

    def confirmed(self, session: Session, change: SettledChange, result_id: str, now: datetime) -> None:
        """A change stands on monday.com."""
        if change.kind == "create_item":
            side = mirror.on_item_created(session, change, result_id, now=now)
            if side.story.startswith(f"{escalations.LANE}:"):
                escalations.on_item_made(session, side, now=now)
            self._carry_files(session, side.story, now)
        elif change.kind == "set_column":
            mirror.on_column_written(session, change)
        elif change.kind == "create_update":
            conversation.on_update_posted(session, change, result_id, now=now)
            telling.on_update_posted(session, change, result_id, now=now)
            mail_files.on_update_posted(session, change, result_id, now=now)
            self._carry_files(session, files.on_update_posted(session, change, result_id), now)
        elif mail_files.is_ours(change):
            mail_files.on_file_added(session, change, result_id)
        elif change.kind == "add_file":
            self._carry_files(session, files.on_file_added(session, change, result_id), now)

    def _carry_files(self, session: Session, story: str | None, now: datetime) -> None:
        if story is not None and story.startswith("ticket:"):
            tickets.carry_files(session, story, self._terms, now=now)

    def upload(self, database: Database, change: SettledChange) -> Upload:
        """The content of a file that is to be added."""
        if mail_files.is_ours(change):
            return mail_files.upload(database, change)
        return files.upload(database, change)

    def known_files(self, session: Session, change: SettledChange) -> Collection[str]:
        """Files of which is known where they come from."""
        if mail_files.is_ours(change):
            return mail_files.known_files(session, change)
        return files.known_files(session, change)

    def fetch_again(self, session: Session, change: SettledChange) -> None:
        """A file's content is not kept here any more."""
        if not mail_files.is_ours(change):
            files.fetch_again(session, change)

    def refused(self, session: Session, change: SettledChange, fault: Fault, now: datetime) -> str:
        """monday.com will not make a change: say what the operator can do.

        The item may have left its board without our having been told: it is looked at.
        """
        if change.item_id is not None:
            mirror.look_at(session, ItemKey(change.account_id, change.board_id, change.item_id), now=now)
        what = {
            "create_item": "The item could not be made",
            "move_item": "The item could not be moved to its group",
            "set_column": f"The column {change.column_id!r} could not be written",
            "create_update": "The message could not be posted",
            "edit_update": "The message could not be edited",
            "delete_update": "The message could not be removed",
            "notify": "Nobody could be notified",
            "add_file": "The file could not be added",
            "remove_file": "The file could not be taken away",
        }[change.kind]
        where = f"on board {change.board_id} of account {change.account_id}"
        return (
            f"{what} {where}: {fault.message} Run `synerity provision` to repair the board, "
            f"then `synerity replay --change {change.id}`."
        )

    def recognise(
        self, session: Session, change: SettledChange, updates: Sequence[Mapping[str, Any]]
    ) -> str | None:
        """Which of an item's updates is the one a change posted."""
        return conversation.recognise(session, change, updates)


SWEEP_TIMER = "sweep"


def _on_tickets(session: Session, work: ItemWork) -> str | None:
    return tickets.on_customer_item(
        session,
        work.item,
        work.board,
        work.partner_account_id,
        told=_told(work),
        terms=work.terms,
        now=work.now,
    )


def _on_service_desk(session: Session, work: ItemWork) -> str | None:
    _hear_subitems(session, work)
    return tickets.on_desk_item(
        session,
        work.item,
        work.board,
        told=_told(work),
        terms=work.terms,
        now=work.now,
    )


def _hear_subitems(session: Session, work: ItemWork) -> None:
    """See that monday.com tells of subitems, and that the item is looked at to which one was moved."""
    here, told = work.board, [event.delivery for event in work.events if event.source == "webhook"]
    is_swept = any("sweep" in event.content for event in work.events if event.source != "webhook")
    has_new = any(event.kind is EventKind.SUBITEMS_LINKED for event in told)
    if (has_new or (is_swept and work.item.subitems)) and not boards.hears_subitems(
        session, here.account_id, here.board_id
    ):
        onboarding.ask_to_hear_subitems(session, work.item.key, now=work.now)
    for event in told:
        if event.kind is not EventKind.SUBITEM_MOVED or event.parent_item_id is None:
            continue
        there = boards.board_map(session, here.account_id, event.parent_board_id or here.board_id)
        if there is not None and _has_tasks(there.key):
            key = ItemKey(there.account_id, there.board_id, event.parent_item_id)
            mirror.look_at(session, key, now=work.now)


def _on_customers(session: Session, work: ItemWork) -> str | None:
    change = agreements.on_customers_item(
        session, work.item, work.board, changed_at=_changed_at(work), now=work.now
    )
    if change is None:
        return "Nothing follows from it."
    _follow_agreement(session, work, change)
    return None


def _on_time_entries(session: Session, work: ItemWork) -> str | None:
    return time_entries.on_item(session, work.item, work.board, told=_told(work), now=work.now)


def _on_vendor_cases(session: Session, work: ItemWork) -> str | None:
    return vendor_board.on_item(
        session, work.item, work.board, told=_told(work), address=work.vendor_address, now=work.now
    )


def _handle_case_event(session: Session, ident: str, event: StoredEvent, *, now: datetime) -> None:
    if not pressing.on_event(session, int(ident), event.source, event.content, now=now):
        raise ParkedError(f"No vendor case follows events of the kind {event.source!r}.")


def _on_case_changed(session: Session, ticket_id: int, _: StoredEvent, *, now: datetime) -> None:
    tickets.on_vendor_case_changed(session, ticket_id, now=now)


def _on_escalations(session: Session, work: ItemWork) -> str | None:
    find = partial(tickets.on_ticket, session)
    return escalations_board.on_item(session, work.item, work.board, find, told=_told(work), now=work.now)


def _handle_escalation_event(session: Session, ident: str, event: StoredEvent, *, now: datetime) -> None:
    escalations.on_event(session, int(ident), event, partial(tickets.on_ticket, session), now=now)


def _follow_agreement(session: Session, work: ItemWork, change: AgreementChange) -> None:
    customer = session.get_one(Customer, change.customer_id)
    notices = list(change.notices)
    if change.set_back:
        columns = ", ".join(work.board.columns[back.key].title for back in change.set_back)
        notices.append(text(DESK_LANGUAGE, "set_back.desk", columns=columns))
    _tell_of_agreement(session, customer, notices, work.board.account_id, change.promised_from, work.now)
    if change.share:
        further.ask_to_share(session, work.board.account_id, customer.id, now=work.now)
    if change.connect and customer.slug is not None:
        account = accounts.find_account_by_slug(session, customer.slug)
        if account is not None and account.role == "customer":
            onboarding.ask_to_connect(session, account.account_id, now=work.now)


def _tell_of_agreement(
    session: Session,
    customer: Customer,
    notices: Sequence[str],
    partner_account_id: str,
    promised_from: Sequence[datetime],
    now: datetime,
) -> None:
    """One update with everything people have to read, and word to each ticket of what is promised now."""
    if notices:
        side = mirror.require_side(session, customer.story, "desk")
        conversation.notify(session, side, " ".join(notices), now=now)
    time_entries.follow_agreement(session, customer.id, now=now)
    for at in promised_from:
        content = {"at": at.isoformat()}
        for ticket_id in tickets.open_ticket_ids(session, customer.id):
            lane = tickets.lane(ticket_id, customer.account_id or partner_account_id)
            inbox.put(session, lane, "agreement.changed", content, now=now, lease_time=lease_time())


def _on_clock_due(session: Session, ticket_id: int, _: StoredEvent, *, now: datetime) -> None:
    tickets.on_clock_due(session, ticket_id, now=now)


def _on_access_due(session: Session, ticket_id: int, _: StoredEvent, *, now: datetime) -> None:
    access_grants.follow_time(session, tickets.on_ticket(session, ticket_id), now=now)


def _on_agreement_changed(session: Session, ticket_id: int, event: StoredEvent, *, now: datetime) -> None:
    at = event.content.get("at")
    tickets.on_agreement_changed(
        session, ticket_id, at=moment(at) if at is not None else event.received_at, now=now
    )


def _on_feature_requests(session: Session, work: ItemWork) -> str | None:
    return wishes_board.on_customer_item(
        session, work.item, work.board, told=_told(work), channel=work.channel, now=work.now
    )


def _on_wishes(session: Session, work: ItemWork) -> str | None:
    return wishes_board.on_desk_item(
        session, work.item, work.board, told=_told(work), channel=work.channel, now=work.now
    )


_ItemHandler = Callable[[Session, ItemWork], str | None]
_ITEM_HANDLERS: Mapping[str, _ItemHandler] = {
    tickets.TICKETS: _on_tickets,
    tickets.DESK: _on_service_desk,
    onboarding.CUSTOMERS: _on_customers,
    time_entries.BOARD: _on_time_entries,
    vendor_board.BOARD: _on_vendor_cases,
    escalations_board.BOARD: _on_escalations,
    feature_requests.BOARD: _on_feature_requests,
    feature_requests.DESK: _on_wishes,
}
_TICKET_HANDLERS: Mapping[str, Callable[..., None]] = {
    "timer.response": _on_clock_due,
    "timer.access": _on_access_due,
    "clock.changed": _on_clock_due,
    "agreement.changed": _on_agreement_changed,
    vendor_cases.CHANGED: _on_case_changed,
}
#: By the kind of a lane, which is the first word of the stories in it. A timer of that kind (``case``, or
#: ``case.silence``) comes to the story by its id, as ``timer.case``; so does what is put in the story's lane.
_OwnHandler = Callable[..., None]
_OWN_HANDLERS: Mapping[str, _OwnHandler] = {
    "ticket": _handle_ticket_event,
    AGREEMENT: _handle_agreement_event,
    vendor_cases.LANE: _handle_case_event,
    escalations.LANE: _handle_escalation_event,
    WISH: wishes.on_event,
}
OWN_KINDS = tuple(_OWN_HANDLERS)


def _has_tasks(board_key: str | None) -> bool:
    """Whether subitems on a board's items are technicians' tasks."""
    return board_key == tickets.DESK


def _changed_at(work: ItemWork) -> dict[str, datetime]:
    """Column key → the latest moment at which monday.com says a person changed it."""
    keys = {column.id: key for key, column in work.board.columns.items()}
    moments: dict[str, datetime] = {}
    for event in work.events:
        if event.source != "webhook":
            continue
        delivery = event.delivery
        if delivery.triggered_at is None or delivery.kind in _SUBITEM_KINDS:
            continue
        key = mirror.NAME if delivery.kind is EventKind.ITEM_RENAMED else keys.get(delivery.column_id or "")
        if key is not None:
            moments[key] = max(delivery.triggered_at, moments.get(key, delivery.triggered_at))
    return moments


def _changed_by(work: ItemWork) -> dict[str, str]:
    """Column key → monday.com's id of the user who changed it last, as far as it told."""
    keys = {column.id: key for key, column in work.board.columns.items()}
    told = [event.delivery for event in work.events if event.source == "webhook"]
    known = [one for one in told if one.column_id in keys and one.kind not in _SUBITEM_KINDS]
    known = [one for one in known if one.triggered_at is not None and one.user_id is not None]
    known.sort(key=lambda one: one.triggered_at or work.now)
    return {keys[one.column_id or ""]: one.user_id or "" for one in known}


def _told(work: ItemWork) -> Told:
    told = [event.delivery for event in work.events if event.source == "webhook"]
    gone = [event.reply_id or event.update_id for event in told if event.kind is EventKind.UPDATE_DELETED]
    return Told(_changed_at(work), _departure(work), frozenset(filter(None, gone)), _changed_by(work))


def _departure(work: ItemWork) -> Departure:
    """What is known about an item's leaving its board, should it have left."""
    told = [event.delivery for event in work.events if event.source == "webhook"]
    for event in reversed(told):
        if event.kind in _LEAVING:
            return Departure(event.triggered_at or work.now, "event", event.user_id)
    return Departure(
        work.now, "unseen" if work.item.state == "deleted" and not work.item.is_known else "read"
    )


def _sweep_to_tell(session: Session, work: ItemWork) -> int | None:
    """The sweep that asked for an item no webhook told of, so that its report says what was healed."""
    if any(event.source == "webhook" for event in work.events):
        return None
    run_ids = [int(event.content["sweep"]) for event in work.events if "sweep" in event.content]
    return healing.existing_run(session, run_ids) if run_ids else None


def _known_conversation(session: Session, work: ItemWork) -> str:
    side = mirror.find_side(session, work.item.key)
    if side is None:
        return ""
    return f"{conversation.fingerprint(session, side)} {files.fingerprint(session, side)}"
