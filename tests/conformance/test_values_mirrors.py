"""Mirror columns show what connected items hold, and keep nothing themselves."""

from dataclasses import replace
from typing import Any

import pytest

from tests.conformance.columns import add_column, event_count
from tests.conformance.people import Board, make_board, person

MIRROR = (
    'column_values(ids: ["seen"]) { text value ... on MirrorValue { display_value mirrored_items {'
    " linked_board_id linked_board { id } linked_item { id name } mirrored_value {"
    " __typename ... on StatusValue { label } ... on TextValue { text } } } } }"
)


@pytest.fixture
def mirroring(board: Board) -> Board:
    """A board whose items are connected to its own, and show the status and text of those."""
    add_column(board, "board_relation", "to", boardIds=[int(board.id)])
    add_column(
        board,
        "mirror",
        "seen",
        relation_column={"to": True},
        displayed_linked_columns=[{"board_id": board.id, "column_ids": ["status", "text"]}],
    )
    return board


def seen(board: Board, item: str) -> dict[str, Any]:
    (cell,) = board.item(item, MIRROR)["column_values"]
    return dict(cell)


def test_a_mirror_shows_the_cells_of_connected_items(mirroring: Board) -> None:
    first = mirroring.create_item("First", text="one, two", status={"label": "New"})
    second = mirroring.create_item("Second", text="three")
    item = mirroring.create_item()
    mirroring.change(item, to={"item_ids": [int(second), int(first)]})
    cell = seen(mirroring, item)
    assert (cell["text"], cell["value"]) == (None, None)
    assert cell["display_value"] == "three, one, two, New"
    assert [
        (mirrored["linked_item"]["name"], mirrored["mirrored_value"]) for mirrored in cell["mirrored_items"]
    ] == [
        ("Second", {"__typename": "TextValue", "text": "three"}),
        ("Second", {"__typename": "StatusValue", "label": None}),
        ("First", {"__typename": "TextValue", "text": "one, two"}),
        ("First", {"__typename": "StatusValue", "label": "New"}),
    ]
    assert {mirrored["linked_board_id"] for mirrored in cell["mirrored_items"]} == {mirroring.id}


def test_a_mirror_is_turned_to_other_columns_of_the_same_relation(mirroring: Board) -> None:
    source = mirroring.create_item("Source", text="A text", numbers="7")
    item = mirroring.create_item()
    mirroring.change(item, to={"item_ids": [int(source)]})
    (found,) = mirroring.owner.one(
        'query ($b: ID!) { boards(ids: [$b]) { columns(ids: ["seen"]) { revision } } }', b=mirroring.id
    )
    mirroring.owner.ask(
        'mutation ($b: ID!, $r: String!, $s: JSON) { update_column(board_id: $b, id: "seen", revision: $r,'
        " column_type: mirror, settings: $s) { id } }",
        b=mirroring.id,
        r=found["columns"][0]["revision"],
        s={"displayed_linked_columns": [{"board_id": mirroring.id, "column_ids": ["numbers"]}]},
    )
    assert seen(mirroring, item)["display_value"] == "7"


def test_a_mirror_of_nothing_is_an_empty_text(mirroring: Board) -> None:
    cell = seen(mirroring, mirroring.create_item())
    assert cell == {"text": None, "value": None, "display_value": "", "mirrored_items": []}


def test_a_mirror_follows_its_source_and_tells_no_webhook(mirroring: Board) -> None:
    source = mirroring.create_item("Source", text="before")
    item = mirroring.create_item()
    mirroring.change(item, to={"item_ids": [int(source)]})
    events = event_count(mirroring)
    mirroring.change(source, text="after")
    assert seen(mirroring, item)["display_value"] == "after"
    assert event_count(mirroring) == events + 1


def test_what_is_archived_is_mirrored_no_more(mirroring: Board) -> None:
    source = mirroring.create_item("Source", text="gone")
    item = mirroring.create_item()
    mirroring.change(item, to={"item_ids": [int(source)]})
    mirroring.owner.ask("mutation ($i: ID!) { archive_item(item_id: $i) { id } }", i=source)
    assert seen(mirroring, item)["mirrored_items"] == []


def test_a_mirror_of_a_mirror_comes_to_an_end(mirroring: Board) -> None:
    add_column(
        mirroring,
        "mirror",
        "again",
        relation_column={"to": True},
        displayed_linked_columns=[{"board_id": mirroring.id, "column_ids": ["again", "seen", "text"]}],
    )
    item = mirroring.create_item(text="me")
    mirroring.change(item, to={"item_ids": [int(item)]})
    (cell,) = mirroring.item(item, 'column_values(ids: ["again"]) { ... on MirrorValue { display_value } }')[
        "column_values"
    ]
    assert set(cell["display_value"].split(", ")) == {"me"}


def test_what_the_reader_may_not_see_is_not_mirrored(mirroring: Board) -> None:
    hidden = Board(mirroring.owner, make_board(mirroring.owner, "private"), ())
    add_column(mirroring, "board_relation", "away", boardIds=[int(hidden.id)])
    add_column(
        mirroring,
        "mirror",
        "secret",
        relation_column={"away": True},
        displayed_linked_columns=[{"board_id": hidden.id, "column_ids": ["status"]}],
    )
    item = mirroring.create_item()
    mirroring.change(item, away={"item_ids": [int(hidden.create_item(status={"label": "Done"}))]})
    read = 'column_values(ids: ["secret"]) { ... on MirrorValue { display_value } }'
    assert mirroring.item(item, read)["column_values"] == [{"display_value": "Done"}]
    other = replace(mirroring, owner=person(mirroring.owner.monday, "synerity", "Disa Lindqvist"))
    assert other.item(item, read)["column_values"] == [{"display_value": ""}]


@pytest.mark.parametrize(
    ("column", "written", "shown"),
    [
        ("date", {"date": "2026-07-01", "time": "22:30:00"}, "2026-07-02 00:30"),
        ("people", None, "Synerity Integration"),
        ("dropdown", {"ids": [1, 2]}, "Mail, Phone"),
    ],
)
def test_a_mirror_shows_texts_as_their_own_board_does(
    mirroring: Board, column: str, written: Any, shown: str
) -> None:
    add_column(
        mirroring,
        "mirror",
        "other",
        relation_column={"to": True},
        displayed_linked_columns=[{"board_id": mirroring.id, "column_ids": [column]}],
    )
    me = {"personsAndTeams": [{"id": mirroring.owner.caller.user_id, "kind": "person"}]}
    source = mirroring.create_item()
    mirroring.change(source, **{column: written or me})
    item = mirroring.create_item()
    mirroring.change(item, to={"item_ids": [int(source)]})
    (cell,) = mirroring.item(item, 'column_values(ids: ["other"]) { ... on MirrorValue { display_value } }')[
        "column_values"
    ]
    assert cell["display_value"] == shown == mirroring.cell(source, column)["text"]
