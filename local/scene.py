"""The opening scene: a support manager, technicians and customers, each at their own board.

Everything happens through GraphQL as the person who does it; what the boards then show
of each other is the product's work. Every step looks first whether it is done already,
so that a scene that was interrupted goes on where it stopped.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from local.people import Board, Item, Person
from local.waits import wait_for

BOARD_SECONDS = 60.0


@dataclass(frozen=True)
class Customer:
    """A customer of the scene and the agreement the support manager notes for it."""

    account: str
    name: str
    tier: str
    language: str


@dataclass(frozen=True)
class Question:
    """What a customer asks by making an item on its tickets board."""

    account: str
    title: str
    description: str
    priority: str


CUSTOMERS = (
    Customer("customer-free", "Björkö Trädgård AB", "free", "sv"),
    Customer("customer-silver", "Norrsken Logistik AB", "silver", "sv"),
    Customer("customer-gold", "Västkust Energi AB", "gold", "en"),
)

FREE_QUESTION = Question(
    "customer-free",
    "Hur delar vi en tavla med vår revisor?",
    "Revisorn ska se tavlan Bokslut men inget annat i arbetsytan. Räcker det att bjuda in henne som gäst?",
    "low",
)
SILVER_QUESTION = Question(
    "customer-silver",
    "Automationen för fraktsedlar har slutat köra",
    "När en körning får status Lastad ska en rad skapas på tavlan Fraktsedlar. "
    "Sedan i måndags händer ingenting, och vi hittar inget fel i körloggen.",
    "high",
)
GOLD_QUESTION = Question(
    "customer-gold",
    "Outage board shows no crew hours since Friday",
    "The mirror column Crew hours is empty for every outage connected after Friday. "
    "We plan next week's maintenance from it.",
    "urgent",
)
GOLD_SECOND_QUESTION = Question(
    "customer-gold",
    "Which seats has nobody used this quarter?",
    "Finance asks what we can give back before the renewal in January.",
    "normal",
)
QUESTIONS = (FREE_QUESTION, SILVER_QUESTION, GOLD_QUESTION, GOLD_SECOND_QUESTION)

PUBLIC_REPLY = (
    "@kund Hello! We see it too: outages connected after Friday point at the archived crew board. "
    "Which board should the hours come from now?"
)
INTERNAL_NOTE = (
    "Samma fel som hos en annan kund förra veckan: kopplingen följde med till den arkiverade tavlan. "
    "Titta i deras arbetsyta innan vi lovar något."
)
CUSTOMER_ANSWER = "From the board Crews 2027. Thank you for looking so quickly!"


def play(people: dict[str, list[Person]], partner: str, say: Callable[[str], None]) -> None:
    """Play the scene.

    Args:
        people: The users by account, admins first.
        partner: The account in which the technicians work.
        say: Takes a sentence of progress.
    """
    technician = _with_title(people[partner], "Technician")
    for question in QUESTIONS:
        asker = people[question.account][-1]
        _ask(asker, question)
        say(f"{asker.name} ({question.account}) asks: {question.title}")
    ticket = wait_for(lambda: _ticket(technician, GOLD_QUESTION), "the ticket on the service desk")
    _take(technician, ticket)
    say(f"{technician.name} takes {ticket.texts['number']} and answers")
    _post_once(technician, ticket.id, INTERNAL_NOTE)
    _post_once(technician, ticket.id, PUBLIC_REPLY)
    asker = people[GOLD_QUESTION.account][-1]
    item = _asked(asker, GOLD_QUESTION)
    wait_for(lambda: _has_update(asker, item.id, PUBLIC_REPLY), "the answer on the customer's board")
    _post_once(asker, item.id, CUSTOMER_ANSWER)
    say(f"{asker.name} reads the answer on their own board and replies")
    wait_for(lambda: _has_update(technician, ticket.id, CUSTOMER_ANSWER), "the reply on the service desk")


def note_agreements(people: list[Person], say: Callable[[str], None]) -> None:
    """The support manager notes each customer's agreement, before the customer installs the app."""
    manager = _with_title(people, "Support manager")
    board = board_of(manager, "customers")
    noted = {item.texts.get("account") for item in manager.items(board)}
    for customer in CUSTOMERS:
        if customer.account in noted:
            continue
        _wait_until_taken_in(manager, note_agreement(manager, board, customer))
        say(f"{manager.name} notes the agreement of {customer.name}: {customer.tier.upper()}")


def note_agreement(manager: Person, board: Board, customer: Customer) -> str:
    """Note one customer's agreement; its item's id."""
    values = {
        "account": customer.account,
        "tier": board.label("tier", customer.tier),
        "language": board.label("language", customer.language),
    }
    return manager.create_item(board, customer.name, values)


def _wait_until_taken_in(manager: Person, item_id: str) -> None:
    wait_for(
        lambda: manager.item(item_id).texts["connection"],
        "the agreement to be taken in by the product",
        seconds=BOARD_SECONDS,
    )


def _with_title(people: list[Person], title: str) -> Person:
    return next(person for person in people if person.title == title)


def board_of(person: Person, key: str) -> Board:
    """The board of that template in the person's account; waits until it is provisioned."""
    return wait_for(lambda: person.board(key), f"the board {key} of {person.account}", seconds=BOARD_SECONDS)


def _ask(asker: Person, question: Question) -> None:
    board = board_of(asker, "tickets")
    if any(item.name == question.title for item in asker.items(board)):
        return
    values: dict[str, Any] = {
        "description": {"text": question.description},
        "priority": board.label("priority", question.priority),
    }
    asker.create_item(board, question.title, values)


def _asked(asker: Person, question: Question) -> Item:
    board = board_of(asker, "tickets")
    return next(item for item in asker.items(board) if item.name == question.title)


def _ticket(technician: Person, question: Question) -> Item | None:
    items = technician.items(board_of(technician, "service_desk"))
    return next((i for i in items if i.name == question.title and i.texts.get("number")), None)


def _take(technician: Person, ticket: Item) -> None:
    board = board_of(technician, "service_desk")
    wanted: dict[str, Any] = {
        "technician": {"personsAndTeams": [{"id": int(technician.id), "kind": "person"}]},
        "status": board.label("status", "in_progress"),
    }
    if not ticket.texts["technician"]:
        technician.change(board, ticket.id, wanted)


def _post_once(person: Person, item_id: str, text: str) -> None:
    if not _has_update(person, item_id, text):
        person.post(item_id, text)


def _has_update(person: Person, item_id: str, text: str) -> bool:
    """Whether the item shows the text, from whichever side; the public mark itself does not cross."""
    words = text.removeprefix("@kund ")
    return any(words in update.text for update in person.updates(item_id))
