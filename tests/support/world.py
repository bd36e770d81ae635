"""People of both sides, monday.com's weather and the product's accidents, as acts that can be told in a row.

Each act is a method, so that a state machine may choose among them and a test may write down a
row of them that once went wrong. ``rests`` ends a row: everything heals, and all must be told.
"""

import itertools
import json
from collections.abc import Sequence
from copy import deepcopy
from typing import Any

from app.clock import lease_time
from app.crashpoints import PLACES
from app.inbox import service as inbox
from app.links import service as links
from app.mirror import service as mirror
from app.monday.retrying import PATIENCE
from app.outbox import service as outbox
from local.people import Person
from tests.support import papers
from tests.support.acted import CUSTOMER, DESK, Hung, Message, Shared, Side, Task, Ticket, Version
from tests.support.cast import OWN_COLUMN, furnish
from tests.support.proof import prove
from tests.support.stage import Delivery, Stage

STATUSES = ("new", "in_progress", "waiting_customer", "waiting_vendor", "solved")
PRIORITIES = ("low", "normal", "high", "urgent")
#: Every step; those around a call twice as often.
CRASHES = (*sorted(PLACES), *sorted(place for place in PLACES if place.startswith("outbox.")))
#: Calls that fail whole; what was asked is done all the same where the kind says so.
STORMS: tuple[dict[str, Any], ...] = (
    *(
        {"kind": kind}
        for kind in (
            *("complexity", "complexity_legacy", "minute", "concurrency", "internal_500", "internal_200"),
            *("bad_gateway", "locked", "timeout_before", "timeout_after"),
        )
    ),
    *({"kind": kind, "done": True} for kind in ("internal_500", "internal_200", "gateway_timeout")),
)
#: Fields that fail among others that stand, in mutations and in readings.
PARTIALS: tuple[dict[str, Any], ...] = (
    {"names": ["a0"]},
    {"names": ["a0", "a2"], "done": True},
    {"names": ["a1"], "code": "FIELD_LIMIT_EXCEEDED", "retry_in_seconds": 1},
    {"names": ["items"]},
    {"names": ["updates"]},
    {"names": ["column_values"]},
    {"names": ["subitems"], "code": "FIELD_LIMIT_EXCEEDED", "retry_in_seconds": 1},
    {"names": ["items_page"]},
    {"names": ["boards"], "code": "FIELD_MINUTE_RATE_LIMIT_EXCEEDED", "retry_in_seconds": 1},
)
#: Work that is not done after so many turns of deliveries and workers never will be.
MOST_TURNS = 12

DELETE_COLUMN = """
mutation ($board: ID!, $column: String!) { delete_column(board_id: $board, column_id: $column) { id } }
"""
MOVE = """
mutation ($item: ID!, $group: String!) { move_item_to_group(item_id: $item, group_id: $group) { id } }
"""
EDIT = "mutation ($id: ID!, $body: String!) { edit_update(id: $id, body: $body) { id } }"
DELETE = "mutation ($id: ID!) { delete_update(id: $id) { id } }"
LEAVE = "mutation ($item: ID!) { %s_item(item_id: $item) { id } }"
CREATE_TASK = """
mutation ($item: ID!, $name: String!) {
  create_subitem(parent_item_id: $item, item_name: $name) { id board { id } }
}
"""
CHANGE_TASK = """
mutation ($board: ID!, $item: ID!, $values: JSON!) {
  change_multiple_column_values(board_id: $board, item_id: $item, column_values: $values) { id }
}
"""
LIKE = "mutation ($id: ID!) { like_update(update_id: $id) { id } }"


class World:
    """Everybody who does something, and what they did."""

    def __init__(self, stage: Stage) -> None:
        """Furnish a stage on which two customers stand: one of them with two boards, each with a ticket."""
        self.stage = stage
        self.cast = furnish(stage)
        self.fronts = self.cast.fronts
        self._begin([])
        self.settles()
        self.stage.sweep()
        self.settles()
        for front in range(len(self.fronts)):
            self.asks(front)
        self.rests()
        stage.keep()
        self._kept = self.tickets

    def begin(self) -> None:
        """A story begins: on each of the customers' boards stands one ticket, and all is at rest."""
        self.stage.reset()
        self._begin(deepcopy(self._kept))

    def _begin(self, tickets: list[Ticket]) -> None:
        self.tickets = tickets
        self.tray: list[Delivery] = []
        self._serial = itertools.count(100 * (1 + len(tickets)))
        #: The accounts without a token, and the fronts that an operator has paused.
        self._revoked: set[str] = set()
        self._paused: set[int] = set()
        #: Whether anything happened that the product was not told of: only a sweep finds it then.
        self._has_lost = False
        #: Whether monday.com left something out for so long that work was parked: it is replayed then.
        self._was_out = False
        #: Items of the desk that were put away, and in whose place others stand.
        self.set_aside: list[str] = []

    # What either side does

    def asks(self, front: int = 0) -> Ticket:
        """A customer makes an item."""
        name = self._words("Question")
        self.stage.tick()
        their_id = self.cast.customer(front).create_item(self.fronts[front].board, name)
        ticket = Ticket(front, their_id, Shared(name), Shared("normal"))
        self.tickets.append(ticket)
        return ticket

    def renames(self, ticket: Ticket, side: Side) -> None:
        """Somebody gives the ticket another name."""
        if not self.is_there(ticket, side):
            return
        ticket.name.say(side, self._words("Renamed"))
        self._change(ticket, side, {"name": ticket.name.said[side]})

    def sets_the_priority(self, ticket: Ticket, side: Side, priority: str) -> None:
        """Somebody thinks it more or less urgent."""
        if not self.is_there(ticket, side):
            return
        ticket.priority.say(side, priority)
        self._change(ticket, side, {"priority": self.cast.board(ticket, side).label("priority", priority)})

    def fills_an_own_column(self, ticket: Ticket, side: Side) -> None:
        """Somebody writes in a column that is none of ours."""
        if not self.is_there(ticket, side):
            return
        ticket.own[side] = self._words("Own")
        self._change(ticket, side, {OWN_COLUMN: ticket.own[side]})

    def moves(self, ticket: Ticket, side: Side) -> None:
        """Somebody moves the item to another group of its board."""
        if not self.is_there(ticket, side):
            return
        group = self.cast.desk_group if side == DESK else self.fronts[ticket.front].group
        ticket.group[side] = group
        self._acting(ticket, side).ask(MOVE, {"item": _item(ticket, side), "group": group})

    def writes(
        self, ticket: Ticket, side: Side, *, public: bool = True, answers: Message | None = None
    ) -> Message | None:
        """Somebody writes an update, or answers one that can be seen on their board."""
        if not self.is_there(ticket, side):
            return None
        reply_to = None if answers is None else self._seen_as(ticket, answers, side)
        if answers is not None and reply_to is None:
            return None
        version = self._version(side, public=public)
        body = _body(side, version)
        update_id = self._acting(ticket, side).post(_item(ticket, side), body, reply_to=reply_to)
        message = Message(side, update_id, [version], answers)
        ticket.messages.append(message)
        ticket.may_go_on |= side == CUSTOMER
        return message

    def edits(self, ticket: Ticket, message: Message, *, public: bool = True) -> None:
        """An author writes something else instead; the desk may make it public, or internal."""
        if not (_stands(message) and self.is_there(ticket, message.side)):
            return
        version = self._version(message.side, public=public)
        message.versions.append(version)
        person = self._acting(ticket, message.side)
        person.ask(EDIT, {"id": message.update_id, "body": _body(message.side, version)})

    def deletes(self, ticket: Ticket, message: Message) -> None:
        """An author deletes a message; what answers it goes with it."""
        if not (_stands(message) and self.is_there(ticket, message.side)):
            return
        for gone in ticket.thread(message):
            if gone.side == message.side:
                gone.is_gone = True
            else:
                gone.has_lost_its_copy = True
        self._acting(ticket, message.side).ask(DELETE, {"id": message.update_id})

    def likes(self, ticket: Ticket, message: Message) -> None:
        """Somebody beside the author likes a message."""
        if _stands(message) and self.is_there(ticket, message.side):
            self.cast.admin(ticket, message.side).ask(LIKE, {"id": message.update_id})

    def hangs(self, ticket: Ticket, message: Message) -> None:
        """An author hangs a file on a message."""
        if not (_stands(message) and self.is_there(ticket, message.side)):
            return
        name = f"file-{next(self._serial)}.txt"
        asset_id = papers.hang_on(self._acting(ticket, message.side), message.update_id, name)
        ticket.files.append(Hung(message.side, asset_id, name, message))

    def puts_a_file(self, ticket: Ticket, side: Side) -> None:
        """Somebody puts a file in the shared column."""
        if not self.is_there(ticket, side):
            return
        name = f"file-{next(self._serial)}.csv"
        asset_id = papers.put_in_column(self._acting(ticket, side), _item(ticket, side), name)
        ticket.files.append(Hung(side, asset_id, name))

    def takes_a_file_out(self, ticket: Ticket, side: Side, which: int = 0) -> None:
        """Somebody takes out of the column what that side has put there."""
        own = [f for f in ticket.files if f.side == side and f.message is None and not f.is_gone]
        own = [file for file in own if not file.is_left_behind]
        if not own or not self.is_there(ticket, side):
            return
        file = own[which % len(own)]
        file.is_gone = True
        board = self.cast.board(ticket, side)
        papers.take_from_column(self._acting(ticket, side), board, _item(ticket, side), file.asset_id)

    # What only one side may do, or may not

    def describes(self, ticket: Ticket) -> None:
        """The customer says what it is about."""
        if not self.is_there(ticket, CUSTOMER):
            return
        ticket.description = self._words("About")
        self._change(ticket, CUSTOMER, {"description": {"text": ticket.description}})

    def sets_the_status(self, ticket: Ticket, status: str) -> None:
        """The technician says how far it is."""
        if not self.is_there(ticket, DESK):
            return
        ticket.status, ticket.may_go_on = status, False
        self._change(ticket, DESK, {"status": self.cast.desk_board.label("status", status)})

    def takes(self, ticket: Ticket) -> None:
        """The technician takes it."""
        if not self.is_there(ticket, DESK):
            return
        ticket.technician = self.cast.desk.name
        person = {"personsAndTeams": [{"id": int(self.cast.desk.id), "kind": "person"}]}
        self._change(ticket, DESK, {"technician": person})

    def adds_a_task(self, ticket: Ticket, *, public: bool = True) -> Task | None:
        """The technician notes what is to be done: a subitem, for the customer to see or not."""
        if not self.is_there(ticket, DESK):
            return None
        version = self._version(DESK, public=public)
        given = {"item": _item(ticket, DESK), "name": _body(DESK, version)}
        made = self._acting(ticket, DESK).ask(CREATE_TASK, given)["create_subitem"]
        task = Task(made["id"], made["board"]["id"], [version])
        ticket.tasks.append(task)
        return task

    def finishes_a_task(self, ticket: Ticket, task: Task) -> None:
        """The technician has done it, or finds that it is not done after all."""
        if self._has_task(ticket, task):
            task.is_done = not task.is_done
            label = {"label": "Done" if task.is_done else "Working on it"}
            self._change_task(ticket, task, {"status": label})

    def renames_a_task(self, ticket: Ticket, task: Task, *, public: bool = True) -> None:
        """The technician gives it another name, with or without the customer's mark."""
        if self._has_task(ticket, task):
            task.versions.append(self._version(DESK, public=public))
            self._change_task(ticket, task, {"name": _body(DESK, task.versions[-1])})

    def drops_a_task(self, ticket: Ticket, task: Task, how: str = "archive") -> None:
        """The technician archives or deletes it."""
        if self._has_task(ticket, task):
            ticket.tasks.remove(task)
            ticket.past_tasks.append(task)
            self._acting(ticket, DESK).ask(LEAVE % how, {"item": task.subitem_id})

    def trespasses(self, ticket: Ticket, side: Side, status: str = "solved") -> None:
        """Somebody writes in columns that are not theirs."""
        if not self.is_there(ticket, side):
            return
        if side == CUSTOMER:
            label = self.cast.board(ticket, side).label("status", status)
            self._change(
                ticket, side, {"status": label, "number": "1", "technician": "Me", "tasks": {"text": "☑"}}
            )
        else:
            self._change(ticket, side, {"description": {"text": "It is about this"}, "customer": "Nobody"})

    def leaves(self, ticket: Ticket, side: Side, how: str = "archive") -> None:
        """Somebody archives or deletes the item."""
        if self.is_there(ticket, side):
            ticket.away[side] = _item(ticket, side)
            self._acting(ticket, side).ask(LEAVE % how, {"item": ticket.away[side]})

    def returns(self, ticket: Ticket, side: Side) -> None:
        """Somebody brings the item back that was put away."""
        if side in ticket.away:
            self.stage.tick()
            self.stage.restore(self.cast.slug(ticket, side), ticket.away.pop(side))

    # What the world does

    def delivers(self, places: Sequence[int] | None = None) -> None:
        """Deliveries come: all, or those at the given places of the tray, in that order, some twice."""
        self.tray += self.stage.collect()
        count = len(self.tray)
        chosen = range(count) if places is None else [place % count for place in places if count]
        for place in chosen:
            self.stage.hand_over(self.tray[place])
        self.tray = [delivery for place, delivery in enumerate(self.tray) if place not in set(chosen)]

    def loses_deliveries(self) -> None:
        """What was on its way never comes."""
        self._has_lost |= bool(self.tray or self.stage.collect())
        self.tray = []

    def works(self, crash: tuple[str, int] | None = None) -> bool:
        """Workers do what waits, until it is done or one dies; whether one died."""
        return self.stage.work(crash=crash)

    def stumbles(
        self, weather: dict[str, Any], times: int = 1, after: int = 0, crash: tuple[str, int] | None = None
    ) -> None:
        """Workers work while monday.com fails."""
        # A hole in an answer looks like something of ours that has to be mended.
        self._was_out |= times > PATIENCE and "kind" not in weather
        order = {**weather, "times": times, "after": after}
        self.stage.weather(api={"errors" if "kind" in weather else "partial": [order]})
        self.stage.work(crash=crash)
        self.stage.weather()

    def waits(self, hours: float) -> None:
        """Hours go by, and the clocks of tickets with them."""
        self.stage.tick(3600 * hours)

    def loses_a_column(self, front: int, column: str = "technician") -> None:
        """An admin deletes a column of ours; it is made again when the app is installed again."""
        board = self.fronts[front].board
        self.stage.people[self.fronts[front].slug][0].ask(
            DELETE_COLUMN, {"board": board.id, "column": column}
        )
        self.revokes(self.fronts[front].slug)
        self.reconnects(self.fronts[front].slug)

    def forgets(self) -> None:
        """Half an hour goes by."""
        self.stage.let_time_pass()

    def pauses(self, front: int) -> None:
        """An operator pauses a link."""
        account, board = self.cast.account(front), self.fronts[front].board.id
        with self.stage.product.database.transaction() as session:
            now = self.stage.product.clock.now()
            links.pause(session, account, board, reason="They rebuild their board.", by="anna", now=now)
        self._paused.add(front)

    def resumes(self, front: int) -> None:
        """An operator resumes a link."""
        with self.stage.product.database.transaction() as session:
            now = self.stage.product.clock.now()
            links.resume(session, self.cast.account(front), self.fronts[front].board.id, now=now)
        self._paused.discard(front)

    def replays(self) -> None:
        """An operator replays whatever is parked."""
        with self.stage.product.database.transaction() as session:
            now = self.stage.product.clock.now()
            mirror.want_anew(session, None, now=now)
            outbox.replay(session, None, now=now)
            inbox.replay(session, None, lease_time=lease_time())

    def revokes(self, slug: str) -> None:
        """An admin takes the app's token away."""
        self.stage.weather(account=slug, acts=[{"do": "revoke_tokens"}])
        self.stage.weather()
        self._revoked.add(slug)

    def reconnects(self, slug: str) -> None:
        """An admin installs the app again."""
        if slug in self._revoked:
            self.stage.install(slug)
            self._revoked.discard(slug)

    def sweeps(self) -> None:
        """Every board is compared with what is known."""
        self.stage.sweep()

    # The end of every story

    def rests(self) -> None:
        """Everything heals; then both boards must tell what people did, each thing once."""
        self.stage.weather()
        for slug in sorted(self._revoked):
            self.reconnects(slug)
        for front in sorted(self._paused):
            self.resumes(front)
        for ticket in self.tickets:
            self.returns(ticket, CUSTOMER)
            self.returns(ticket, DESK)
        self.settles()
        if self._was_out:
            self.replays()
            self.settles()
            self._was_out = False
        if self._has_lost:
            self.stage.sweep()
            self.settles()
            self._has_lost = False
        for ticket in self.tickets:
            self.look_at_the_desk(ticket)
        prove(self)

    def is_there(self, ticket: Ticket, side: Side) -> bool:
        """Whether people of a side can act on the ticket's item; the desk's is made by us."""
        if side == DESK:
            self.look_at_the_desk(ticket)
        return side not in ticket.away and (side == CUSTOMER or ticket.desk_id is not None)

    def look_at_the_desk(self, ticket: Ticket) -> None:
        """Find out which item of the desk is the ticket's: the first one, or one that took its place."""
        rows = self.stage.rows(
            "SELECT ours.item_id FROM sides JOIN sides AS ours ON ours.story = sides.story"
            " AND ours.role = 'desk' AND ours.state NOT IN ('replaced', 'set_aside')"
            f" WHERE sides.item_id = '{ticket.their_id}' AND sides.role = 'customer'"
            f" AND sides.account_id = '{self.cast.account(ticket.front)}'"
        )
        found = next((row[0] for row in rows if row[0]), None)
        if found not in (None, ticket.desk_id):
            if ticket.desk_id is not None:
                self.set_aside.append(ticket.desk_id)
                self.returns(ticket, DESK)
            ticket.moves_on(found)

    def settles(self) -> None:
        """Deliver and work until nothing more happens.

        Raises:
            AssertionError: that never comes about.
        """
        for _ in range(MOST_TURNS):
            self.tray += self.stage.collect()
            if not self.tray and not self.stage.has_work():
                return
            self.delivers()
            self.stage.wait_out()
            self.stage.work()
        raise AssertionError(f"After {MOST_TURNS} turns there is still something to do.")

    def _has_task(self, ticket: Ticket, task: Task) -> bool:
        return self.is_there(ticket, DESK) and task in ticket.tasks

    def _change_task(self, ticket: Ticket, task: Task, values: dict[str, Any]) -> None:
        given = {"board": task.board_id, "item": task.subitem_id, "values": json.dumps(values)}
        self._acting(ticket, DESK).ask(CHANGE_TASK, given)

    def _change(self, ticket: Ticket, side: Side, values: dict[str, Any]) -> None:
        self._acting(ticket, side).change(self.cast.board(ticket, side), _item(ticket, side), values)

    def _acting(self, ticket: Ticket, side: Side) -> Person:
        """Whoever acts for a side, never in the second in which something else was done.

        monday.com gives the moments of items and updates in whole seconds.
        """
        self.stage.tick()
        return self.cast.person(ticket, side)

    def _words(self, about: str) -> str:
        return f"{about} {next(self._serial)}."

    def _version(self, side: Side, *, public: bool) -> Version:
        is_public = public or side == CUSTOMER
        about = "They say" if side == CUSTOMER else "We say" if public else "Secret"
        return Version(self._words(about), is_public)

    def _seen_as(self, ticket: Ticket, message: Message, side: Side) -> str | None:
        """The id under which a message that can be answered stands on a side's board."""
        if message.answers is not None or (message.side == side and not _stands(message)):
            return None
        if message.side == side:
            return message.update_id
        account = self.cast.account(ticket.front) if message.side == CUSTOMER else self.cast.partner()
        rows = self.stage.rows(
            f"SELECT copy_update_id FROM messages WHERE account_id = '{account}'"
            f" AND update_id = '{message.update_id}'"
        )
        return next((row[0] for row in rows), None)


def _item(ticket: Ticket, side: Side) -> str:
    return str(ticket.desk_id) if side == DESK else ticket.their_id


def _stands(message: Message) -> bool:
    return not (message.is_gone or message.is_left_behind)


def _body(side: Side, version: Version) -> str:
    return f"@kund {version.words}" if side == DESK and version.is_public else version.words
