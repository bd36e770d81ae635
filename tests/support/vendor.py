"""monday.com's support at the other end of the mail, technicians at their boards, customers at theirs."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from app.business_time import calendar
from local.people import Board, Item, Person
from tests.support.post import DoorOfProduct, Post, lead_to, running_door, running_post
from tests.support.stage import PARTNER, Stage, open_stage

FREE, SILVER, GOLD = "customer-free", "customer-silver", "customer-gold"
SUPPORT = calendar("support")
BUSINESS_DAY = timedelta(hours=9)
CHECKED = {"checked": "true"}
#: What technicians write before a case can go.
WRITTEN: dict[str, Any] = {
    "steps": "1. Open the board. 2. Change a status.",
    "expected": "The automation runs once.",
    "actual": "It runs twice.",
    "place": "Board 123, automation 456",
    "impact": "Orders are made twice.",
}


@dataclass
class Ticket:
    """A ticket of a customer, on both boards."""

    slug: str
    customer: Person
    theirs: str
    ours: str
    number: str


@dataclass
class Office:
    """Everybody who has to do with vendor cases."""

    stage: Stage
    post: Post
    door: DoorOfProduct
    desk: Person
    people: dict[str, Person] = field(default_factory=dict)
    #: The crash points at which workers die in each piece of work, one after another as it comes to them.
    dooms: tuple[str, ...] = ()
    #: Those at which one has died.
    deaths: set[str] = field(default_factory=set)

    def now(self) -> datetime:
        return self.stage.product.clock.now()

    def settle(self) -> None:
        """Deliver and work until nothing more happens; where they are to die, workers die in each round."""
        self._work()
        while deliveries := self.stage.collect():
            for delivery in deliveries:
                self.stage.hand_over(delivery)
            self._work()

    def _work(self) -> None:
        for place in self.dooms:
            if self.stage.work(crash=(place, 1)):
                self.deaths.add(place)
        self.stage.work()

    def passes(self, business_days: float, *, then: timedelta = timedelta(seconds=2)) -> None:
        """Business time goes by, a day at a time, as it does."""
        for _ in range(int(business_days)):
            self._passes(BUSINESS_DAY)
        rest = business_days - int(business_days)
        if rest:
            self._passes(rest * BUSINESS_DAY)
        self.stage.tick(then.total_seconds())
        self.settle()

    def _passes(self, length: timedelta) -> None:
        later = SUPPORT.add(self.now(), length)
        self.stage.tick((later - self.now()).total_seconds())
        self.settle()

    def begins(self) -> None:
        """It is two hours into a business day."""
        opens = SUPPORT.add(SUPPORT.add(self.now(), BUSINESS_DAY), timedelta(hours=2))
        self.stage.tick((opens - self.now()).total_seconds())
        self.settle()

    def asks(self, slug: str, title: str = "An automation runs twice", **values: Any) -> Ticket:
        """A customer opens a ticket."""
        customer, board = self.people[slug], self.stage.board(slug, "tickets")
        theirs = customer.create_item(board, title, values)
        self.settle()
        number = customer.item(theirs).texts["number"]
        items = self.desk.items(self.stage.board(PARTNER, "service_desk"))
        ours = next(item.id for item in items if item.texts["number"] == number)
        return Ticket(slug, customer, theirs, ours, number)

    def edits(self, ticket: Ticket, **values: Any) -> None:
        """A technician edits the desk's item."""
        self.stage.tick(2)
        board = self.stage.board(PARTNER, "service_desk")
        self.desk.change(board, ticket.ours, _cells(board, values))
        self.settle()

    def checks(self, ticket: Ticket, value: Any = CHECKED) -> None:
        """The customer asks for a report, or no longer does."""
        self.stage.tick(2)
        board = self.stage.board(ticket.slug, "tickets")
        ticket.customer.change(board, ticket.theirs, {"vendor_report": value})
        self.settle()

    def speaks(self, slug: str, language: str) -> None:
        """A customer reads another language from now on."""
        manager, board = self.stage.people[PARTNER][0], self.stage.board(PARTNER, "customers")
        item = next(one for one in manager.items(board) if one.texts["account"] == slug)
        manager.change(board, item.id, {"language": board.label("language", language)})
        self.settle()

    def item(self, number: str = "V-1") -> str:
        """The id of a case's item."""
        found = [one.id for one in self.cases() if one.texts["number"] == number]
        assert len(found) == 1, f"{number} has {len(found)} items."
        return found[0]

    def cases(self) -> list[Item]:
        return list(self.desk.items(self.stage.board(PARTNER, "vendor_cases")))

    def writes(self, number: str = "V-1", **values: Any) -> None:
        """A technician edits a case's item; a status by its label's key."""
        self.stage.tick(2)
        board = self.stage.board(PARTNER, "vendor_cases")
        self.desk.change(board, self.item(number), _cells(board, values))
        self.settle()

    def says(self, words: str, number: str = "V-1") -> str:
        """A technician writes an update on a case's item; its id."""
        self.stage.tick(2)
        update_id = self.desk.post(self.item(number), words)
        self.settle()
        return update_id

    def case(self, key: str, number: str = "V-1") -> str:
        """What a case's item shows."""
        return self.desk.item(self.item(number)).texts[key]

    def case_told(self, words: str, number: str = "V-1") -> int:
        """How often words stand on a case's item."""
        return sum(words in update.text for update in self.desk.updates(self.item(number)))

    def desk_told(self, ticket: Ticket, words: str) -> int:
        return sum(words in update.text for update in self.desk.updates(ticket.ours))

    def desk_shows(self, ticket: Ticket, key: str) -> str:
        return self.desk.item(ticket.ours).texts[key]

    def reads(self, ticket: Ticket) -> list[str]:
        """All that the customer reads on its ticket, oldest first."""
        return [update.text for update in reversed(ticket.customer.updates(ticket.theirs))]

    def told(self, ticket: Ticket, words: str) -> int:
        """How often the customer was told words."""
        return sum(words in said for said in self.reads(ticket))

    def sees(self, ticket: Ticket, key: str) -> str:
        return ticket.customer.item(ticket.theirs).texts[key]

    def answers(self, words: str, *, subject: str = "V-1", **more: Any) -> None:
        """monday.com answers the last letter about something."""
        self.stage.tick(2)
        letter = [one for one in self.post.letters if subject in str(one.message["Subject"])][-1]
        self.door.answer(letter, words, **more)
        self.settle()

    def reported(self, slug: str = GOLD, **more: Any) -> Ticket:
        """A ticket whose case is sent."""
        ticket = self.asks(slug, **more)
        self.edits(ticket, cause="bug")
        self.writes(**WRITTEN)
        self.writes(status="send")
        return ticket


def _cells(board: Board, values: dict[str, Any]) -> dict[str, Any]:
    labels = {"status", "cause"}
    return {
        key: board.label(key, one) if key in labels and one is not None else one
        for key, one in values.items()
    }


@contextmanager
def open_office(folder: Path) -> Iterator[Office]:
    """Three customers with their agreements, and a mail server that is monday.com's."""
    with running_post() as post, open_stage(folder, (FREE, SILVER, GOLD)) as stage:
        stage.stop_sweeps()
        lead_to(stage, post)
        with running_door(stage.product) as door:
            people = {slug: stage.people[slug][-1] for slug in (FREE, SILVER, GOLD)}
            office = Office(stage, post, door, stage.people[PARTNER][1], people)
            office.settle()
            manager, board = stage.people[PARTNER][0], stage.board(PARTNER, "customers")
            for item in manager.items(board):
                tier = item.texts["account"].removeprefix("customer-")
                manager.change(board, item.id, {"tier": board.label("tier", tier)})
            office.begins()
            stage.keep()
            yield office
