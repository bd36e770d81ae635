"""What webhooks tell of subitems, and where they are subscribed to."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.people import Board, happenings
from tests.conformance.subitems import change, create_subitem

RECORDED = Path(__file__).parents[2].parent / "shared" / "monday" / "webhook_payloads.json"
#: What deliveries have that happenings have not.
OF_DELIVERY = {"subscriptionId", "isRetry", "triggerUuid"}
WEBHOOK = (
    "mutation ($board: ID!, $event: WebhookEventType!) {"
    ' create_webhook(board_id: $board, url: "https://app.example/hook", event: $event) { id } }'
)
SUBITEM_EVENTS = (
    *("change_subitem_column_value", "change_subitem_name", "create_subitem", "create_subitem_update"),
    *("move_subitem", "subitem_archived", "subitem_deleted"),
)


@pytest.fixture
def item(board: Board) -> str:
    return board.create_item("A fault")


def test_no_webhook_is_made_on_a_board_of_subitems(board: Board, item: str) -> None:
    made = create_subitem(board.owner, item)
    error = board.owner.refusal(WEBHOOK, board=made["board"], event="create_item")
    assert error["message"] == "Creating webhook on subitems board isn't allowed"
    assert error["extensions"]["code"] == "InvalidArgumentException"
    assert error["extensions"]["error_data"] == {"board_id": int(made["board"])}


@pytest.mark.parametrize("event", SUBITEM_EVENTS)
def test_events_of_subitems_are_subscribed_on_a_board_that_has_had_one(
    board: Board, item: str, event: str
) -> None:
    error = board.owner.refusal(WEBHOOK, board=board.id, event=event)
    assert error["extensions"]["code"] == "InvalidArgumentException"
    create_subitem(board.owner, item)
    assert board.owner.one(WEBHOOK, board=board.id, event=event)["id"]


def told(board: Board, item: str, act: Callable[[Board, str], None]) -> list[tuple[str, dict[str, Any]]]:
    before = len(happenings(board.owner.monday))
    act(board, item)
    return happenings(board.owner.monday)[before:]


def _mutate(board: Board, mutation: str, subitem: dict[str, str]) -> None:
    board.owner.ask(f"mutation ($i: ID!) {{ {mutation} {{ id }} }}", i=subitem["id"])


def _made(board: Board, item: str) -> None:
    create_subitem(board.owner, item, "Made")


def _renamed(board: Board, item: str) -> None:
    change(board, create_subitem(board.owner, item), name="Renamed")


def _dated(board: Board, item: str) -> None:
    change(board, create_subitem(board.owner, item), date0={"date": "2025-02-05"})


def _archived(board: Board, item: str) -> None:
    _mutate(board, "archive_item(item_id: $i)", create_subitem(board.owner, item))


def _deleted(board: Board, item: str) -> None:
    _mutate(board, "delete_item(item_id: $i)", create_subitem(board.owner, item))


def _spoken_of(board: Board, item: str) -> None:
    _mutate(board, 'create_update(item_id: $i, body: "Hello")', create_subitem(board.owner, item))


#: What is done → the event that is told last, and how its recording is named.
TOLD: dict[str, tuple[Callable[[Board, str], None], str, str]] = {
    "made": (_made, "create_subitem", "create_subitem"),
    "renamed": (_renamed, "change_subitem_name", "change_subitem_name"),
    "changed": (_dated, "change_subitem_column_value", "change_subitem_column_value (date)"),
    "archived": (_archived, "subitem_archived", "subitem_archived"),
    "deleted": (_deleted, "subitem_deleted", "subitem_deleted"),
    "spoken of": (_spoken_of, "create_subitem_update", "create_subitem_update"),
}


@pytest.mark.parametrize("what", TOLD)
def test_what_happens_to_a_subitem_is_told_once_under_a_name_of_its_own(
    board: Board, item: str, what: str
) -> None:
    act, event, _ = TOLD[what]
    # The subitem itself is made before, which is told of it and of its item.
    expected = ["change_column_value", "create_subitem"] + ([event] if what != "made" else [])
    assert [name for name, _ in told(board, item, act)] == expected


@pytest.mark.parametrize("what", TOLD)
def test_what_is_told_of_a_subitem_has_the_recorded_shape(board: Board, item: str, what: str) -> None:
    act, _, recording = TOLD[what]
    create_subitem(board.owner, item)
    _, payload = told(board, item, act)[-1]
    assert shape(payload) == recorded(recording)


def test_what_is_told_of_the_item_of_a_new_subitem_has_the_recorded_shape(board: Board, item: str) -> None:
    _, payload = told(board, item, _made)[0]
    name = "parent_side_effect_of_create_subitem (change_column_value on the subtasks column)"
    assert shape(payload) == recorded(name)


def test_the_item_of_a_new_subitem_is_told_to_have_it_beside_those_before(board: Board, item: str) -> None:
    first = create_subitem(board.owner, item)
    second = create_subitem(board.owner, item)
    _, payload = happenings(board.owner.monday)[-2]
    assert (payload["boardId"], payload["pulseId"]) == (int(board.id), int(item))
    assert payload["columnType"] == "subtasks"
    links = [{"linkedPulseId": int(one["id"])} for one in (first, second)]
    assert payload["value"]["linkedPulseIds"] == links
    assert payload["previousValue"] == {"linkedPulseIds": links[:1]}


def test_events_of_subitems_are_recorded_where_they_are_subscribed_and_logged_where_they_are(
    board: Board, item: str
) -> None:
    made = create_subitem(board.owner, item)
    query = "query ($b: ID!) { boards(ids: [$b]) { activity_logs(limit: 100) { event } } }"
    (here,), (there,) = (board.owner.one(query, b=one) for one in (made["board"], board.id))
    assert [entry["event"] for entry in here["activity_logs"]] == ["create_pulse"]
    assert "create_pulse" in {entry["event"] for entry in there["activity_logs"]}
    with board.owner.monday.store.reading() as connection:
        (last,) = connection.execute("SELECT board_id FROM happenings ORDER BY id DESC LIMIT 1").fetchone()
    assert last == int(board.id)


def shape(payload: dict[str, Any]) -> dict[str, type]:
    """Fields and the kinds of JSON they hold; of lists and objects within, their kind alone."""
    return {name: type(value) for name, value in payload.items()}


def recorded(name: str) -> dict[str, type]:
    if not RECORDED.exists():
        pytest.skip("The recordings are not beside this checkout.")
    event = json.loads(RECORDED.read_text())["payloads"][name]["event"]
    return shape({name: value for name, value in event.items() if name not in OF_DELIVERY})
