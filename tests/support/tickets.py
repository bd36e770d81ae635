"""Tickets in journeys: opened on a customer's board, looked at from both sides."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from local.people import Board, Item, Person, Update
from local.product import ACCOUNTS

T = TypeVar("T")

PARTNER = ACCOUNTS[0]
_serial = itertools.count(1)


class Estate(Protocol):
    """A whole product, in processes of its own or standing still."""

    def account(self, slug: str) -> dict[str, Any]:
        """The account as the local monday.com tells it."""
        ...

    def as_user(self, slug: str, name: str | None = None) -> Person:
        """A person of the account."""
        ...

    def board(self, slug: str, key: str) -> Board:
        """The account's board made from that template."""
        ...

    def wait_until(self, condition: Callable[[], T | None], what: str, *, seconds: float = 20) -> T:
        """Wait for a condition and give what it gave."""
        ...

    def wait_until_settled(self, *, seconds: float = 20) -> None:
        """Wait until everything has had its consequences."""
        ...

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Look into the product's database."""
        ...


@dataclass(frozen=True)
class TicketCase:
    """One ticket, seen by a customer and by a technician."""

    estate: Estate
    slug: str
    customer: Person
    desk: Person
    their_item_id: str
    desk_item_id: str

    def theirs(self) -> Item:
        """The item on the customer's board."""
        return self.customer.item(self.their_item_id)

    def ours(self) -> Item:
        """The item on the service desk."""
        return self.desk.item(self.desk_item_id)

    def change_theirs(self, values: dict[str, Any]) -> None:
        """The customer changes columns of its item."""
        self.customer.change(self.estate.board(self.slug, "tickets"), self.their_item_id, values)

    def change_ours(self, values: dict[str, Any]) -> None:
        """The technician changes columns of the desk's item."""
        self.desk.change(self.estate.board(PARTNER, "service_desk"), self.desk_item_id, values)

    def label_theirs(self, column: str, key: str) -> str:
        """A label's text on the customer's board."""
        return self.estate.board(self.slug, "tickets").label(column, key)["label"]

    def label_ours(self, column: str, key: str) -> str:
        """A label's text on the service desk."""
        return self.estate.board(PARTNER, "service_desk").label(column, key)["label"]

    def customer_writes(self, text: str, *, reply_to: str | None = None) -> str:
        """The customer posts an update; its id."""
        return self.customer.post(self.their_item_id, text, reply_to=reply_to)

    def desk_writes(self, text: str, *, reply_to: str | None = None) -> str:
        """The technician posts an update; its id."""
        return self.desk.post(self.desk_item_id, text, reply_to=reply_to)

    def customer_reads(self) -> list[Update]:
        """Every update and reply on the customer's item."""
        return _flat(self.customer.updates(self.their_item_id))

    def desk_reads(self) -> list[Update]:
        """Every update and reply on the desk's item."""
        return _flat(self.desk.updates(self.desk_item_id))

    def customer_sees(self, words: str) -> bool:
        """Whether any update on the customer's item has the words."""
        return any(words in update.text or words in update.body for update in self.customer_reads())

    def desk_sees(self, words: str) -> bool:
        """Whether any update on the desk's item has the words."""
        return any(words in update.text or words in update.body for update in self.desk_reads())

    def wait(self, condition: Callable[[], Any], what: str, *, seconds: float = 20) -> None:
        """Wait for something to be true."""
        self.estate.wait_until(lambda: condition() or None, what, seconds=seconds)

    def settle(self) -> None:
        """Wait until everything that was done has had all its consequences."""
        self.estate.wait_until_settled()


def open_ticket(
    estate: Estate, slug: str = "customer-gold", *, title: str = "", values: dict[str, Any] | None = None
) -> TicketCase:
    """A customer makes an item on its tickets board; comes back when both boards show the ticket."""
    title = title or f"Question {next(_serial)} of {slug}"
    customer, desk = estate.as_user(slug), estate.as_user(PARTNER, "Disa")
    their_item_id = customer.create_item(estate.board(slug, "tickets"), title, values)
    service_desk = estate.board(PARTNER, "service_desk")

    def on_the_desk() -> Item | None:
        return next((item for item in desk.items(service_desk) if item.name == title), None)

    ours = estate.wait_until(on_the_desk, f"{title} on the service desk")
    case = TicketCase(estate, slug, customer, desk, their_item_id, ours.id)
    case.wait(lambda: case.theirs().texts["number"], f"the number of {title} on the customer's board")
    return case


def _flat(updates: list[Update]) -> list[Update]:
    return [one for update in updates for one in (update, *update.replies)]
