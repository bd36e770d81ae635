"""Customers who wish for something, and a technician who sees to it: what each does and sees on its board."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from app.business_time import calendar
from local.people import Board, Item, Person
from tests.support.post import Post, lead_to
from tests.support.stage import PARTNER, Stage, open_stage

FREE, GOLD, SILVER = "customer-free", "customer-gold", "customer-silver"
CHECKED = {"checked": "true"}
TITLE = "Flytta deluppgifter"
ANSWERS = {
    "who": "Planerarna på kontoret",
    "goal": "Flytta alla deluppgifter på en gång",
    "frequency": "Varje måndag",
    "today": "Vi flyttar dem en och en",
    "cost": "Två timmar i veckan",
    "good": "En knapp som flyttar alla",
}
IN_ENGLISH = {
    "title_en": "Move all subitems at once",
    "use_case_en": "Planners move each subitem by hand, two hours a week. A button should move them all.",
}
RELEASE = {
    "released_what_sv": "Alla deluppgifter kan flyttas samtidigt.",
    "released_how_sv": "Markera dem och välj Flytta.",
    "released_what_en": "All subitems can be moved at once.",
    "released_how_en": "Select them and choose Move.",
}
_LONG = {*ANSWERS, *RELEASE, "use_case_en"}
_STATUSES = {"status", "english", "filing", "tier", "language", "wish"}


@dataclass
class Scene:
    """Customers of every agreement, each in the middle of a business day."""

    stage: Stage
    desk: Person
    post: Post
    #: The crash points at which workers die, one after another, each once.
    dooms: list[str] = field(default_factory=list)

    @property
    def manager(self) -> Person:
        """Who has the agreements."""
        return self.stage.people[PARTNER][0]

    @property
    def now(self) -> datetime:
        """What time it is on the stage."""
        return self.stage.product.clock.now()

    def begin(self) -> None:
        """Be again as at the beginning, on a business day at ten."""
        self.stage.reset()
        self.post.forget()
        self.dooms = []

    def settle(self) -> None:
        """Deliver and work until nothing more happens; a worker that dies is followed by another."""
        self._work()
        while deliveries := self.stage.collect():
            for delivery in deliveries:
                self.stage.hand_over(delivery)
            self._work()

    def passes(self, seconds: float) -> None:
        """Time goes by."""
        self.stage.tick(seconds)
        self.settle()

    def files_by(self, channel: str, address: str | None = None) -> None:
        """From now on what is ready is filed by another channel."""
        self.stage.settings = replace(
            self.stage.settings, feature_request_channel=channel, feature_request_address=address
        )
        self.stage.restart()

    def person(self, slug: str) -> Person:
        """Somebody at a customer."""
        return self.stage.people[slug][-1]

    def wishes(self, slug: str, title: str, **values: Any) -> str:
        """A customer makes an item; its number, or where it gets none its id."""
        board = self.stage.board(slug, "feature_requests")
        item_id = self.person(slug).create_item(board, title, _written(board, values))
        self.settle()
        return self.person(slug).item(item_id).texts["number"] or item_id

    def theirs(self, slug: str, wish: str) -> Item:
        """A request as its customer sees it."""
        return _numbered(self.person(slug).items(self.stage.board(slug, "feature_requests")), wish)

    def all_ours(self) -> list[Item]:
        """All requests as technicians see them."""
        return self.desk.items(self.stage.board(PARTNER, "wishes"))

    def ours(self, wish: str) -> Item:
        """A request as technicians see it."""
        return _numbered(self.all_ours(), wish)

    def customer_sets(self, slug: str, wish: str, **values: Any) -> None:
        """A customer fills in columns."""
        self.stage.tick(2)
        board = self.stage.board(slug, "feature_requests")
        self.person(slug).change(board, self.theirs(slug, wish).id, _written(board, values))
        self.settle()

    def desk_sets(self, wish: str, **values: Any) -> None:
        """A technician sets columns; words for a status are its label's key."""
        self.stage.tick(2)
        board = self.stage.board(PARTNER, "wishes")
        self.desk.change(board, self.ours(wish).id, _written(board, values))
        self.settle()

    def of_customer(self, slug: str, **values: Any) -> None:
        """The manager changes what is agreed with a customer, or known of it."""
        board = self.stage.board(PARTNER, "customers")
        item = next(item for item in self.manager.items(board) if item.texts["account"] == slug)
        self.manager.change(board, item.id, _written(board, values))
        self.settle()

    def told_customer(self, slug: str, wish: str, words: str) -> int:
        """How often a customer was told something on its item."""
        return sum(words in update.text for update in self.person(slug).updates(self.theirs(slug, wish).id))

    def told_desk(self, wish: str, words: str) -> int:
        """How often the desk was told something."""
        return sum(words in update.text for update in self.desk.updates(self.ours(wish).id))

    def statuses(self, slug: str, wish: str) -> tuple[str, str]:
        """On the desk, and at the customer's."""
        return self.ours(wish).texts["status"], self.theirs(slug, wish).texts["status"]

    def is_written(self, slug: str = SILVER, title: str = TITLE) -> str:
        """A request that is approved, and written in English."""
        wish = self.wishes(slug, title, **ANSWERS)
        self.customer_sets(slug, wish, approved=CHECKED)
        self.desk_sets(wish, **IN_ENGLISH)
        return wish

    def is_ready(self, slug: str = SILVER, title: str = TITLE) -> str:
        """A request that is written, and said to be ready to file."""
        wish = self.is_written(slug, title)
        self.desk_sets(wish, english="ready")
        return wish

    def is_filed_by_hand(self, wish: str) -> None:
        """A technician has filed it, and writes where."""
        self.desk_sets(wish, reference="1234", link="https://community.example/t/1234")
        self.desk_sets(wish, status="filed")

    def everything(self, slug: str) -> str:
        """Whatever a customer can read: on its boards, and in letters to it."""
        told = []
        for key in ("feature_requests", "tickets"):
            for item in self.person(slug).items(self.stage.board(slug, key)):
                told += [item.name, item.group, *item.texts.values(), *self._said(self.person(slug), item)]
        letters = [one for one in self.post.letters if slug in one.envelope_to[0]]
        told += [f"{one.message['Subject']}\n{one.text}" for one in letters]
        return "\n".join(told)

    def story(self) -> list[object]:
        """All that the boards of requests tell, in no order of chance."""
        told: list[object] = []
        for who, slug, key in (
            (self.desk, PARTNER, "wishes"),
            (self.person(SILVER), SILVER, "feature_requests"),
            (self.person(GOLD), GOLD, "feature_requests"),
        ):
            for item in who.items(self.stage.board(slug, key)):
                said = sorted(self._said(who, item))
                told.append((slug, item.name, item.group, sorted(item.texts.items()), said))
        return sorted(told, key=repr)

    def _said(self, who: Person, item: Item) -> list[str]:
        return ["\n".join([one.text, *(r.text for r in one.replies)]) for one in who.updates(item.id)]

    def _work(self) -> None:
        while self.dooms and self.stage.work(crash=(self.dooms[0], 1)):
            self.dooms.pop(0)
        self.stage.work()


@contextmanager
def open_scene(folder: Path, post: Post, *slugs: str) -> Iterator[Scene]:
    """A stage on which customers have their boards and agreements, and mail has a server."""
    with open_stage(folder, slugs) as stage:
        stage.stop_sweeps()
        lead_to(stage, post)
        scene = Scene(stage, stage.people[PARTNER][1], post)
        scene.settle()
        for slug in slugs:
            scene.of_customer(slug, tier=slug.removeprefix("customer-"))
        support = calendar("support")
        opens = support.add(support.add(scene.now, timedelta(hours=9)), timedelta(hours=2))
        scene.passes((opens - scene.now).total_seconds())
        stage.keep()
        yield scene


def _written(board: Board, values: dict[str, Any]) -> dict[str, Any]:
    return {key: _value(board, key, one) for key, one in values.items()}


def _value(board: Board, key: str, value: Any) -> Any:
    if key in _STATUSES and value is not None:
        return board.label(key, value)
    return {"text": value} if key in _LONG and isinstance(value, str) else value


def _numbered(items: list[Item], wish: str) -> Item:
    return next(item for item in items if wish in (item.texts["number"], item.id))
