"""Every event that can be subscribed to, as it is delivered: who hears it, and the recorded fields."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLEnumType

from monday_sandbox.api.schema import served_schema
from monday_sandbox.testing import RunningSandbox
from tests.conformance.served import Desk, Receiver, open_desk
from tests.conformance.subitems import by_hand, leave, subitem_of

RECORDED = Path(__file__).parents[2].parent / "shared" / "monday" / "webhook_payloads.json"
SIDE_EFFECT = "parent_side_effect_of_create_subitem (change_column_value on the subtasks column)"
STATUS = "change_column_value / change_status_column_value (status)"
MOVED = "item_moved_to_any_group / item_moved_to_specific_group"


@dataclass(frozen=True)
class Place:
    """A desk with an item, its subitem, and another item."""

    desk: Desk
    item: str
    other: str
    subitem: str
    subitems_board: str
    closed: str

    def ask(self, document: str, **variables: Any) -> Any:
        return self.desk.ask(document, **variables)

    def write_subitem(self, column: str, value: str) -> None:
        self.ask(
            "mutation ($there: ID!, $item: ID!, $column: String!, $value: String) {"
            " change_simple_column_value(board_id: $there, item_id: $item, column_id: $column, value: $value)"
            " { id } }",
            there=self.subitems_board,
            item=self.subitem,
            column=column,
            value=value,
        )

    def post(self, item: str) -> str:
        made = self.ask('mutation ($i: ID!) { create_update(item_id: $i, body: "Hello") { id } }', i=item)
        return str(made["id"])

    def move(self, item: str) -> None:
        self.ask(
            "mutation ($i: ID!, $g: String!) { move_item_to_group(item_id: $i, group_id: $g) { id } }",
            i=item,
            g=self.closed,
        )

    def restore(self) -> None:
        leave(self.desk, "archive_item", self.other)
        assert by_hand(self.desk, "items/restore", item=self.other).ok

    def add_column(self) -> None:
        self.ask(
            'mutation ($board: ID!) { create_column(board_id: $board, title: "More", column_type: text)'
            " { id } }"
        )

    def edit(self) -> None:
        self.ask('mutation ($id: ID!) { edit_update(id: $id, body: "Bye") { id } }', id=self.post(self.item))

    def take_back(self) -> None:
        self.ask("mutation ($id: ID!) { delete_update(id: $id) { id } }", id=self.post(self.item))

    def drag(self) -> None:
        assert by_hand(self.desk, "subitems/move", item=self.subitem, parent=self.other).ok


@pytest.fixture
def place(served_desk: Desk) -> Place:
    return open_place(served_desk)


def open_place(desk: Desk) -> Place:
    item, other = desk.create_item("One"), desk.create_item("Two")
    subitem = subitem_of(desk, item)
    found = desk.ask("query ($i: ID!) { items(ids: [$i]) { board { id } } }", i=subitem)
    (board,) = desk.ask("query ($board: ID!) { boards(ids: [$board]) { groups { id title } } }")
    here = desk.ask("query ($i: ID!) { items(ids: [$i]) { group { id } } }", i=item)[0]["group"]["id"]
    closed = next(group["id"] for group in board["groups"] if group["id"] != here)
    return Place(desk, item, other, subitem, found[0]["board"]["id"], closed)


@dataclass(frozen=True)
class Event:
    """An event: what it is configured with, what fires it, and its recording."""

    act: Callable[[Place], Any]
    recording: str
    config: Callable[[Place], dict[str, Any]] | None = None


def solved(place: Place) -> dict[str, Any]:
    """The configuration that means the label Solved."""
    return {"columnId": "status", "columnValue": {"index": label(place, "Solved")["id"]}}


def label(place: Place, text: str) -> dict[str, Any]:
    """A label of the desk's status column."""
    (board,) = place.ask(
        'query ($board: ID!) { boards(ids: [$board]) { columns(ids: ["status"]) { settings } } }'
    )
    labels = board["columns"][0]["settings"]["labels"]
    return next(one for one in labels if one["label"] == text)


EVENTS: dict[str, Event] = {
    "change_column_value": Event(lambda p: p.desk.write(p.item, "status", "Solved"), STATUS),
    "change_status_column_value": Event(lambda p: p.desk.write(p.item, "status", "Solved"), STATUS, solved),
    "change_specific_column_value": Event(
        lambda p: p.desk.write(p.item, "status", "Solved"), STATUS, lambda _: {"columnId": "status"}
    ),
    "change_subitem_column_value": Event(
        lambda p: p.write_subitem("date0", "2025-02-05"), "change_subitem_column_value (date)"
    ),
    "change_name": Event(lambda p: p.desk.write(p.item, "name", "Renamed"), "change_name"),
    "change_subitem_name": Event(lambda p: p.write_subitem("name", "Renamed"), "change_subitem_name"),
    "create_item": Event(lambda p: p.desk.create_item(), "create_item"),
    "create_subitem": Event(lambda p: subitem_of(p.desk, p.other), "create_subitem"),
    "create_column": Event(Place.add_column, "create_column"),
    "create_update": Event(lambda p: p.post(p.item), "create_update"),
    "edit_update": Event(Place.edit, "edit_update"),
    "delete_update": Event(Place.take_back, "delete_update"),
    "create_subitem_update": Event(lambda p: p.post(p.subitem), "create_subitem_update"),
    "item_archived": Event(lambda p: leave(p.desk, "archive_item", p.other), "item_archived"),
    "item_deleted": Event(lambda p: leave(p.desk, "delete_item", p.other), "item_deleted"),
    "item_restored": Event(Place.restore, "item_restored"),
    "item_moved_to_any_group": Event(lambda p: p.move(p.item), MOVED),
    "item_moved_to_specific_group": Event(lambda p: p.move(p.item), MOVED, lambda p: {"groupId": p.closed}),
    "move_subitem": Event(Place.drag, "move_subitem"),
    "subitem_archived": Event(lambda p: leave(p.desk, "archive_item", p.subitem), "subitem_archived"),
    "subitem_deleted": Event(lambda p: leave(p.desk, "delete_item", p.subitem), "subitem_deleted"),
}
#: What hears of the acts that fire others: the event that is meant → those that hear it too.
HEARD_TOO = {
    "change_column_value": {"change_status_column_value", "change_specific_column_value"},
    "change_status_column_value": {"change_column_value", "change_specific_column_value"},
    "change_specific_column_value": {"change_column_value", "change_status_column_value"},
    "create_subitem": {"change_column_value"},
    "edit_update": {"create_update"},
    "delete_update": {"create_update"},
    "item_restored": {"item_archived"},
    "item_moved_to_any_group": {"item_moved_to_specific_group"},
    "item_moved_to_specific_group": {"item_moved_to_any_group"},
}


def subscribe(place: Place, receiver: Receiver, event: str) -> str:
    configured = EVENTS[event].config
    config = configured(place) if configured is not None else None
    return place.desk.subscribe(receiver.url(f"/{event}"), event, config)


def test_these_are_all_events_that_can_be_subscribed_to() -> None:
    events = served_schema().type_map["WebhookEventType"]
    assert isinstance(events, GraphQLEnumType)
    assert set(EVENTS) == set(events.values)


@pytest.mark.parametrize("event", EVENTS)
def test_an_event_is_delivered_with_the_recorded_fields_and_kinds(
    place: Place, receiver: Receiver, event: str
) -> None:
    webhook = subscribe(place, receiver, event)
    EVENTS[event].act(place)
    (heard,) = receiver.wait(1, f"/{event}")
    expected = recorded(EVENTS[event].recording)
    assert kinds(heard.event) == kinds(expected)
    assert heard.event["type"] == expected["type"]
    assert heard.event["subscriptionId"] == int(webhook)


def test_a_new_subitem_is_delivered_as_a_change_of_its_item_too(place: Place, receiver: Receiver) -> None:
    subscribe(place, receiver, "change_column_value")
    made = subitem_of(place.desk, place.other)
    (heard,) = receiver.wait(1, "/change_column_value")
    assert kinds(heard.event) == kinds(recorded(SIDE_EFFECT))
    assert heard.event["pulseId"] == int(place.other)
    assert heard.event["value"]["linkedPulseIds"] == [{"linkedPulseId": int(made)}]


@pytest.mark.parametrize("event", EVENTS)
def test_an_event_is_heard_by_those_that_are_meant_and_nobody_else(
    sandbox: RunningSandbox, receiver: Receiver, event: str
) -> None:
    place = open_place(open_desk(sandbox))
    for other in EVENTS:
        subscribe(place, receiver, other)
    EVENTS[event].act(place)
    expected = {event} | HEARD_TOO.get(event, set())
    for one in expected:
        receiver.wait(1, f"/{one}")
    # Deliveries begin in order: what was told before this has come, or is on its way.
    place.desk.subscribe(receiver.url("/last"), "create_item")
    place.desk.create_item()
    receiver.wait(1, "/last")
    heard = {one: len(receiver.events(f"/{one}")) for one in EVENTS if one != "create_item"}
    assert {one: count for one, count in heard.items() if count} == dict.fromkeys(
        expected - {"create_item"}, 1
    )


# What of an event a configuration lets through


@pytest.mark.parametrize(
    ("event", "config", "heard"),
    [
        ("change_specific_column_value", {"columnId": "note"}, ["text"]),
        ("change_status_column_value", {"columnId": "status", "columnValue": {"$any$": True}}, ["color"]),
        ("change_column_value", None, ["color", "subtasks", "text"]),
    ],
)
def test_a_configuration_lets_its_column_through_and_no_other(
    place: Place, receiver: Receiver, event: str, config: Any, heard: list[str]
) -> None:
    place.desk.subscribe(receiver.url(), event, config)
    place.desk.subscribe(receiver.url("/all"), "change_column_value")
    # A subitem's column is another column, of whatever id.
    place.write_subitem("status", "Done")
    for column in ("note", "status"):
        place.desk.write(place.item, column, "Solved")
    subitem_of(place.desk, place.other)
    receiver.wait(3, "/all")
    types = [one.event["columnType"] for one in receiver.wait(len(heard))]
    assert sorted(types) == heard


def test_a_label_is_meant_by_its_id_and_not_by_its_place(place: Place, receiver: Receiver) -> None:
    by_id, by_place = label(place, "New")["id"], label(place, "New")["index"]
    assert by_id != by_place
    for path, index in (("/id", by_id), ("/place", by_place)):
        config = {"columnId": "status", "columnValue": {"index": index}}
        place.desk.subscribe(receiver.url(path), "change_status_column_value", config)
    place.desk.subscribe(receiver.url("/all"), "change_column_value")
    place.desk.write(place.item, "status", "New")
    place.desk.write(place.item, "status", "Solved")
    receiver.wait(2, "/all")
    (heard,) = receiver.wait(1, "/id")
    assert heard.event["value"]["label"]["text"] == "New"
    assert receiver.events("/place") == []


def test_a_group_lets_items_through_that_move_to_it(place: Place, receiver: Receiver) -> None:
    here = place.ask("query ($i: ID!) { items(ids: [$i]) { group { id } } }", i=place.item)[0]["group"]["id"]
    place.desk.subscribe(receiver.url(), "item_moved_to_specific_group", {"groupId": here})
    place.move(place.item)
    place.ask(
        "mutation ($i: ID!, $g: ID!) { change_item_position(item_id: $i, group_id: $g) { id } }",
        i=place.item,
        g=here,
    )
    (heard,) = receiver.wait(1)
    assert heard.event["destGroupId"] == here


@pytest.mark.parametrize("event", ["edit_update", "delete_update"])
def test_updates_of_subitems_are_edited_and_deleted_with_their_item(
    place: Place, receiver: Receiver, event: str
) -> None:
    subscribe(place, receiver, event)
    update = place.post(place.subitem)
    document = {
        "edit_update": 'mutation ($id: ID!) { edit_update(id: $id, body: "Bye") { id } }',
        "delete_update": "mutation ($id: ID!) { delete_update(id: $id) { id } }",
    }[event]
    place.ask(document, id=update)
    (heard,) = receiver.wait(1, f"/{event}")
    assert heard.event["parentItemId"] == place.item
    assert heard.event["parentItemBoardId"] == place.desk.board_id


def kinds(event: dict[str, Any]) -> dict[str, Any]:
    """Fields and the kinds of JSON in them; within labels and links too, values of columns apart."""

    def kind(name: str, value: Any) -> Any:
        if isinstance(value, dict) and name in ("value", "destGroup", "label", "style"):
            return {inner: kind(inner, one) for inner, one in value.items()}
        return type(value)

    found = {name: kind(name, value) for name, value in event.items()}
    # Empty before, or not: both are recorded.
    previous = event.get("previousValue")
    if isinstance(previous, dict):
        found["previousValue"] = set(previous) or None
    elif "previousValue" in event:
        found["previousValue"] = None
    return found


def recorded(name: str) -> dict[str, Any]:
    if not RECORDED.exists():
        pytest.skip("The recordings are not beside this checkout.")
    event: dict[str, Any] = json.loads(RECORDED.read_text())["payloads"][name]["event"]
    return event
