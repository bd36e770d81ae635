"""What must be true once all is at rest, however it went: the promises of the mirror."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from local.people import Person
from tests.support.acted import CUSTOMER, DESK, Message, Ticket, secrets
from tests.support.cast import OWN_COLUMN

if TYPE_CHECKING:
    from tests.support.world import World

PRIORITIES = ("low", "normal", "high", "urgent")
STATUSES = ("new", "in_progress", "waiting_customer", "waiting_vendor", "solved")
BOARDS = """
query ($boards: [ID!]) {
  boards(ids: $boards) {
    id
    items_page(limit: 500) {
      items {
        id name group { id } column_values { id text } assets { name }
        updates(limit: 100) { id text_body replies { id text_body } }
      }
    }
  }
}
"""
#: What the ids of columns begin with that depend on the moment, or that monday.com calls by chance.
_OF_THE_MOMENT = ("response_due", "subitems")
#: What a product at rest has none of.
UNREST = {
    "changes on their way": "SELECT id, kind, state FROM changes WHERE state IN ('wanted', 'sent')",
    "parked changes": "SELECT id, kind, reason FROM changes WHERE state = 'parked'",
    "open requests": "SELECT key FROM requests",
    "events not handled": "SELECT id, source, state, reason FROM inbox WHERE state IN ('new', 'parked')",
    "items under our pen": "SELECT item_id FROM written_items WHERE revision % 2 = 1",
    "paused accounts": "SELECT slug, pause_reason FROM installations WHERE state <> 'active'",
}
WANTED_OUTSIDE = """
SELECT content FROM changes
WHERE account_id NOT IN (SELECT account_id FROM installations WHERE role = 'partner')
"""

#: What is known of customers' items.
KNOWN_OUTSIDE = "SELECT value FROM shadows JOIN sides ON sides.id = shadows.side_id WHERE role = 'customer'"


@dataclass(frozen=True)
class Shown:
    """An item as its board shows it."""

    id: str
    name: str
    group: str
    texts: dict[str, str]
    #: Every update and reply, by its id.
    updates: dict[str, str]
    #: The names of all its files.
    files: list[str]


def prove(world: "World") -> None:
    """Insist that all is at rest and that both boards tell what people did, each thing once.

    Raises:
        AssertionError: they don't; the message says what.
    """
    for what, query in UNREST.items():
        left = world.stage.rows(query)
        assert not left, f"{what}: {left}"
    ours = _shown(world.cast.desk, [world.cast.desk_board.id])[0]
    theirs = _their_boards(world)
    ours = [item for item in ours if item.id not in world.set_aside]
    assert len(ours) == len(world.tickets), "There is one item on the desk for each ticket."
    for front, items in enumerate(theirs):
        asked = [ticket for ticket in world.tickets if ticket.front == front]
        assert {item.id for item in items} == {ticket.their_id for ticket in asked}
    for ticket in world.tickets:
        [their_item] = [item for item in theirs[ticket.front] if item.id == ticket.their_id]
        number = their_item.texts["number"]
        found = [item for item in ours if item.texts["number"] == number]
        assert number
        assert [item.id for item in found] == [ticket.desk_id], number
        _prove_columns(world, ticket, their_item, found[0])
        _prove_messages(ticket, their_item, found[0])
        _prove_files(ticket, their_item, found[0])
        _prove_own(ticket, their_item, found[0])
    _prove_secrecy(world, theirs)


def prove_quiet(world: "World") -> None:
    """Insist that looking at everything once more changes nothing.

    Raises:
        AssertionError: something more was wanted.
    """
    [(before,)] = world.stage.rows("SELECT COUNT(*) FROM changes")
    world.stage.sweep()
    world.settles()
    [(after,)] = world.stage.rows("SELECT COUNT(*) FROM changes")
    assert after == before, world.stage.rows(
        f"SELECT kind, column_id, content FROM changes WHERE id > {before}"
    )


def story(world: "World") -> dict[str, tuple[object, ...]]:
    """What every board tells, without ids and moments: the same for the same acts, however they went."""
    told: dict[str, tuple[object, ...]] = {}
    for place, items in enumerate(
        [*_their_boards(world), *_shown(world.cast.desk, [world.cast.desk_board.id])]
    ):
        for item in items:
            texts = sorted(
                (key, text) for key, text in item.texts.items() if not key.startswith(_OF_THE_MOMENT)
            )
            shown = (item.group, texts, sorted(item.updates.values()), sorted(item.files))
            told[f"{place}: {item.name}"] = shown
    return told


def _their_boards(world: "World") -> list[list[Shown]]:
    """What each front shows; one request an account."""
    by_board: dict[tuple[str, str], list[Shown]] = {}
    for slug in {front.slug for front in world.fronts}:
        ids = [front.board.id for front in world.fronts if front.slug == slug]
        shown = _shown(world.stage.people[slug][0], ids)
        by_board |= {(slug, board_id): items for board_id, items in zip(ids, shown, strict=True)}
    return [by_board[front.slug, front.board.id] for front in world.fronts]


def _shown(person: Person, boards: list[str]) -> list[list[Shown]]:
    found = person.ask(BOARDS, {"boards": boards})["boards"]
    items = {board["id"]: [_item(item) for item in board["items_page"]["items"]] for board in found}
    return [items[board_id] for board_id in boards]


def _item(seen: dict[str, Any]) -> Shown:
    updates = {one["id"]: one["text_body"] for top in seen["updates"] for one in (top, *top["replies"])}
    texts = {value["id"]: value["text"] or "" for value in seen["column_values"]}
    return Shown(
        seen["id"], seen["name"], seen["group"]["id"], texts, updates, [one["name"] for one in seen["assets"]]
    )


def _prove_columns(world: "World", ticket: Ticket, theirs: Shown, ours: Shown) -> None:
    front = world.fronts[ticket.front].board
    assert theirs.name == ours.name
    assert ours.name in ticket.name.possible()
    ticket.name.settle(ours.name)
    assert (ours.texts["description"], theirs.texts["description"]) == (
        ticket.description,
        ticket.description,
    )
    assert theirs.texts["tasks"] == ticket.shown_tasks()
    assert theirs.texts["technician"] == ours.texts["technician"] == ticket.technician
    priority = _key(world.cast.desk_board, "priority", PRIORITIES, ours)
    assert priority in ticket.priority.possible()
    ticket.priority.settle(priority)
    shown = {front.label("priority", priority)["label"]}
    # The priority that a ticket has by itself is shown on the desk only.
    assert theirs.texts["priority"] in (shown | {""} if priority == "normal" else shown)
    status = _key(world.cast.desk_board, "status", STATUSES, ours)
    assert status == _key(front, "status", STATUSES, theirs)
    assert status in ticket.statuses()
    ticket.status, ticket.may_go_on = status, False
    for column in ("response_due", "number"):
        assert theirs.texts[column] == ours.texts[column]


def _key(board: Any, column: str, keys: tuple[str, ...], item: Shown) -> str:
    return next(key for key in keys if board.label(column, key)["label"] == item.texts[column])


def _prove_own(ticket: Ticket, theirs: Shown, ours: Shown) -> None:
    """What people have added to their boards, and where they have put items, is left alone."""
    for side, item in ((CUSTOMER, theirs), (DESK, ours)):
        assert item.texts[OWN_COLUMN] == ticket.own.get(side, ""), side
        if side in ticket.group:
            assert item.group == ticket.group[side], (side, item.group)


def _prove_messages(ticket: Ticket, theirs: Shown, ours: Shown) -> None:
    for message in ticket.messages:
        there = ours if message.side == CUSTOMER else theirs
        here = theirs if message.side == CUSTOMER else ours
        if not message.is_left_behind:
            assert (message.update_id in here.updates) is not message.is_gone, message.now.words
        least, most = _times(message)
        told = [text for text in there.updates.values() if message.now.words in text]
        assert least <= len(told) <= most, (message.now.words, there.updates)
        for version in message.versions[:-1]:
            stale = [text for text in there.updates.values() if version.words in text]
            allowed = 1 if message.is_left_behind else 0
            assert len(stale) <= allowed, (version.words, there.updates)


def _times(message: Message) -> tuple[int, int]:
    """How often at least and at most a message's text stands on the other side."""
    if message.is_left_behind:
        # It was not heard of when its item went, or was, and changed afterwards.
        return (0, 1)
    if not message.is_outside:
        return (0, 0)
    return (0, 1) if message.has_lost_its_copy else (1, 1)


def _prove_files(ticket: Ticket, theirs: Shown, ours: Shown) -> None:
    for file in ticket.files:
        here, there = (theirs, ours) if file.side == CUSTOMER else (ours, theirs)
        if file.message is None and not file.is_left_behind:
            assert (file.name in here.files) is not file.is_gone, (file.name, here.files)
        least, most = (1, 1) if file.message is None else _times(file.message)
        if file.is_left_behind:
            least, most = (0, 1)
        elif file.is_gone:
            least, most = (0, 0)
        assert least <= there.files.count(file.name) <= most, (file.name, there.files)


def _prove_secrecy(world: "World", theirs: list[list[Shown]]) -> None:
    words = secrets(world.tickets)
    words += [ticket.own[DESK] for ticket in world.tickets if DESK in ticket.own]
    shown = [
        text
        for items in theirs
        for item in items
        for text in (*item.texts.values(), *item.updates.values(), *item.files)
    ]
    wanted = [row[0] for row in world.stage.rows(WANTED_OUTSIDE)]
    known = [str(row[0]) for row in world.stage.rows(KNOWN_OUTSIDE)]
    outside = "\n".join([*shown, *wanted, *known])
    for word in words:
        assert word not in outside, f"{word!r} was meant for technicians only."
