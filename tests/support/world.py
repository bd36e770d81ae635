"""People of both sides, monday.com's weather and the product's accidents, as acts that can be told in a row.

Each act is a method, so that a state machine may choose among them and a test may write down a
row of them that once went wrong. ``rests`` ends a row: everything heals, and all must be told.
"""

import itertools
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from app.agreements import service as agreements
from app.crashpoints import PLACES
from app.links import service as links
from app.onboarding import further
from local.people import Board, Person
from tests.support.acted import CUSTOMER, DESK, Message, Shared, Side, Ticket, Version
from tests.support.proof import prove
from tests.support.stage import PARTNER, Delivery, Stage

GOLD, SILVER = "customer-gold", "customer-silver"
STATUSES = ("new", "in_progress", "waiting_customer", "waiting_vendor", "solved")
PRIORITIES = ("low", "normal", "high", "urgent")
CRASHES = tuple(sorted(PLACES))
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
    {"names": ["items_page"]},
    {"names": ["boards"], "code": "FIELD_MINUTE_RATE_LIMIT_EXCEEDED", "retry_in_seconds": 1},
)
#: Work that is not done after so many turns of deliveries and workers never will be.
MOST_TURNS = 12
OWN_COLUMN = "our_own"

CREATE_GROUP = """
mutation ($board: ID!) { create_group(board_id: $board, group_name: "Laid aside") { id } }
"""
CREATE_COLUMN = """
mutation ($board: ID!, $id: String!) {
  create_column(board_id: $board, id: $id, title: "Our own", column_type: text) { id }
}
"""
DELETE_COLUMN = """
mutation ($board: ID!, $column: String!) { delete_column(board_id: $board, column_id: $column) { id } }
"""
MOVE = """
mutation ($item: ID!, $group: String!) { move_item_to_group(item_id: $item, group_id: $group) { id } }
"""
EDIT = "mutation ($id: ID!, $body: String!) { edit_update(id: $id, body: $body) { id } }"
DELETE = "mutation ($id: ID!) { delete_update(id: $id) { id } }"
LIKE = "mutation ($id: ID!) { like_update(update_id: $id) { id } }"


@dataclass(frozen=True)
class Front:
    """A board on which a customer asks."""

    slug: str
    board: Board
    group: str


class World:
    """Everybody who does something, and what they did."""

    def __init__(self, stage: Stage) -> None:
        """Furnish a stage on which two customers stand: one of them with two boards, each with a ticket."""
        self.stage = stage
        self.desk = stage.people[PARTNER][1]
        self.desk_board = stage.board(PARTNER, "service_desk")
        self.fronts = (
            self._furnish(GOLD, stage.board(GOLD, "tickets")),
            self._furnish(GOLD, self._further_board(stage.board(GOLD, "tickets").language)),
            self._furnish(SILVER, stage.board(SILVER, "tickets")),
        )
        self.desk_group = self._add_to(PARTNER, self.desk_board)
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

    # What either side does

    def asks(self, front: int = 0) -> Ticket:
        """A customer makes an item."""
        name = self._words("Question")
        their_id = self._customer(front).create_item(self.fronts[front].board, name)
        ticket = Ticket(front, their_id, Shared(name), Shared("normal"))
        self.tickets.append(ticket)
        self.stage.tick()
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
        self._change(ticket, side, {"priority": self._board(ticket, side).label("priority", priority)})

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
        group = self.desk_group if side == DESK else self.fronts[ticket.front].group
        ticket.group[side] = group
        self._person(ticket, side).ask(MOVE, {"item": self._item(ticket, side), "group": group})
        self.stage.tick()

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
        update_id = self._person(ticket, side).post(self._item(ticket, side), body, reply_to=reply_to)
        message = Message(side, update_id, [version], answers)
        ticket.messages.append(message)
        message.may_be_gone = answers is not None and not answers.is_outside
        ticket.may_go_on |= side == CUSTOMER
        self.stage.tick()
        return message

    def edits(self, ticket: Ticket, message: Message, *, public: bool = True) -> None:
        """An author writes something else instead; the desk may make it public, or internal."""
        if not _stands(message):
            return
        version = self._version(message.side, public=public)
        if message.now.is_public and not version.is_public:
            self._may_take_along(ticket, message)
        message.versions.append(version)
        person = self._person(ticket, message.side)
        person.ask(EDIT, {"id": message.update_id, "body": _body(message.side, version)})
        self.stage.tick()

    def deletes(self, ticket: Ticket, message: Message) -> None:
        """An author deletes a message; what answers it goes with it."""
        if not _stands(message):
            return
        self._may_take_along(ticket, message)
        for gone in ticket.thread(message):
            if gone.side == message.side:
                gone.is_gone = True
        self._person(ticket, message.side).ask(DELETE, {"id": message.update_id})
        self.stage.tick()

    def likes(self, ticket: Ticket, message: Message) -> None:
        """Somebody beside the author likes a message."""
        if _stands(message):
            self._admin(ticket, message.side).ask(LIKE, {"id": message.update_id})
            self.stage.tick()

    # What only one side may do, or may not

    def describes(self, ticket: Ticket) -> None:
        """The customer says what it is about."""
        ticket.description = self._words("About")
        self._change(ticket, CUSTOMER, {"description": {"text": ticket.description}})

    def sets_the_status(self, ticket: Ticket, status: str) -> None:
        """The technician says how far it is."""
        if not self.is_there(ticket, DESK):
            return
        ticket.status, ticket.may_go_on = status, False
        self._change(ticket, DESK, {"status": self.desk_board.label("status", status)})

    def takes(self, ticket: Ticket) -> None:
        """The technician takes it."""
        if not self.is_there(ticket, DESK):
            return
        ticket.technician = self.desk.name
        person = {"personsAndTeams": [{"id": int(self.desk.id), "kind": "person"}]}
        self._change(ticket, DESK, {"technician": person})

    def trespasses(self, ticket: Ticket, side: Side, status: str = "solved") -> None:
        """Somebody writes in columns that are not theirs."""
        if not self.is_there(ticket, side):
            return
        if side == CUSTOMER:
            label = self._board(ticket, side).label("status", status)
            self._change(ticket, side, {"status": label, "number": "1", "technician": "Me"})
        else:
            self._change(ticket, side, {"description": {"text": "It is about this"}, "customer": "Nobody"})

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
        account, board = self._account(front), self.fronts[front].board.id
        with self.stage.product.database.transaction() as session:
            now = self.stage.product.clock.now()
            links.pause(session, account, board, reason="They rebuild their board.", by="anna", now=now)
        self._paused.add(front)

    def resumes(self, front: int) -> None:
        """An operator resumes a link."""
        with self.stage.product.database.transaction() as session:
            now = self.stage.product.clock.now()
            links.resume(session, self._account(front), self.fronts[front].board.id, now=now)
        self._paused.discard(front)

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
        self.settles()
        if self._has_lost:
            self.stage.sweep()
            self.settles()
            self._has_lost = False
        prove(self)

    def is_there(self, ticket: Ticket, side: Side) -> bool:
        """Whether a side has the ticket's item; the desk's is made by us."""
        if side == DESK and ticket.desk_id is None:
            rows = self.stage.rows(
                "SELECT other.item_id FROM sides JOIN sides AS other ON other.story = sides.story"
                f" AND other.role = 'desk' WHERE sides.item_id = '{ticket.their_id}'"
                f" AND sides.account_id = '{self._account(ticket.front)}' AND sides.role = 'customer'"
            )
            ticket.desk_id = next((row[0] for row in rows if row[0]), None)
        return side == CUSTOMER or ticket.desk_id is not None

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

    def _furnish(self, slug: str, board: Board) -> Front:
        """Give a customer's board what people added to it: a group and a column of their own."""
        return Front(slug, board, self._add_to(slug, board))

    def _add_to(self, slug: str, board: Board) -> str:
        admin = self.stage.people[slug][0]
        admin.ask(CREATE_COLUMN, {"board": board.id, "id": OWN_COLUMN})
        return str(admin.ask(CREATE_GROUP, {"board": board.id})["create_group"]["id"])

    def _further_board(self, language: str) -> Board:
        with self.stage.product.database.reading() as session:
            customer = agreements.find_by_item(session, GOLD)
        assert customer is not None
        account = str(self.stage.rows(f"SELECT account_id FROM installations WHERE slug = '{GOLD}'")[0][0])
        now = self.stage.product.clock.now()
        report = further.add_board(self.stage.product, customer.id, account, title="IT", now=now)
        return Board(report.board_id, "tickets", language)

    def _account(self, front: int) -> str:
        slug = self.fronts[front].slug
        return str(self.stage.rows(f"SELECT account_id FROM installations WHERE slug = '{slug}'")[0][0])

    def _partner(self) -> str:
        return str(self.stage.rows("SELECT account_id FROM installations WHERE role = 'partner'")[0][0])

    def _customer(self, front: int) -> Person:
        return self.stage.people[self.fronts[front].slug][-1]

    def _person(self, ticket: Ticket, side: Side) -> Person:
        return self.desk if side == DESK else self._customer(ticket.front)

    def _admin(self, ticket: Ticket, side: Side) -> Person:
        return self.stage.people[PARTNER if side == DESK else self.fronts[ticket.front].slug][0]

    def _board(self, ticket: Ticket, side: Side) -> Board:
        return self.desk_board if side == DESK else self.fronts[ticket.front].board

    def _item(self, ticket: Ticket, side: Side) -> str:
        return str(ticket.desk_id) if side == DESK else ticket.their_id

    def _change(self, ticket: Ticket, side: Side, values: dict[str, Any]) -> None:
        self._person(ticket, side).change(self._board(ticket, side), self._item(ticket, side), values)
        self.stage.tick()

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
        account = self._account(ticket.front) if message.side == CUSTOMER else self._partner()
        rows = self.stage.rows(
            f"SELECT copy_update_id FROM messages WHERE account_id = '{account}'"
            f" AND update_id = '{message.update_id}'"
        )
        return next((row[0] for row in rows), None)

    def _may_take_along(self, ticket: Ticket, message: Message) -> None:
        """A copy that is withdrawn takes with it what answers it, on its board."""
        for answer in ticket.thread(message):
            answer.may_be_gone |= answer is not message


def _stands(message: Message) -> bool:
    return not (message.is_gone or message.may_be_gone)


def _body(side: Side, version: Version) -> str:
    return f"@kund {version.words}" if side == DESK and version.is_public else version.words
