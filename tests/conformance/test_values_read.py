"""How cells of every type are read: text, raw value and the fields of their own types."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from graphql import (
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLOutputType,
    get_named_type,
    is_leaf_type,
)

from monday_sandbox import values
from monday_sandbox.api import schema
from tests.conformance.columns import CREATABLE, full_item, put_cell, put_column
from tests.conformance.people import Board

TYPED: list[tuple[str, str, Any, Any]] = [
    ("rating", "rating", None, 4),
    ("hour", "hour minute", {"hour": None, "minute": None}, {"hour": 9, "minute": 30}),
    (
        "week",
        "start_date end_date",
        {"start_date": None, "end_date": None},
        {"start_date": "2026-11-02T00:00:00+00:00", "end_date": "2026-11-08T00:00:00+00:00"},
    ),
    ("world_clock", "timezone", None, "Europe/Stockholm"),
    ("country", "country { code name }", None, {"code": "SE", "name": "Sweden"}),
    (
        "location",
        "lat lng address city",
        {"lat": None, "lng": None, "address": None, "city": None},
        {"lat": 59.33, "lng": 18.07, "address": "Stockholm", "city": None},
    ),
    ("tags", "tags { name }", [], [{"name": "urgent"}, {"name": "loud"}]),
    ("vote", "vote_count", 0, 1),
    ("color_picker", "color", None, "#037f4c"),
    ("dependency", "linked_items { name }", [], [{"name": "Another"}]),
    ("dependency", "display_value", "", "Another"),
    (
        "time_tracking",
        "duration running history { status }",
        {"duration": None, "running": None, "history": []},
        {"duration": 3725, "running": False, "history": [{"status": "active"}]},
    ),
    ("formula", "display_value", "", ""),
    ("button", "label", "Call", "Call"),
    ("button", "color", "#00c875", "#00c875"),
]


@pytest.fixture(scope="module")
def full(wide: Board) -> str:
    return full_item(wide)


@pytest.fixture(scope="module")
def bare(wide: Board) -> str:
    return wide.create_item("Empty")


def typed(board: Board, item: str, column: str, fields: str) -> Any:
    """Fields of the cell's own type; the value itself where it is a single one."""
    (cell,) = board.item(
        item,
        f'column_values(ids: ["{column}"]) {{ ... on {values.KINDS[column].type_name} {{ {fields} }} }}',
    )["column_values"]
    return next(iter(cell.values())) if len(cell) == 1 else cell


@pytest.mark.parametrize(("column", "fields", "empty", "filled"), TYPED)
def test_a_cell_is_read_by_the_fields_of_its_type(
    wide: Board, bare: str, full: str, column: str, fields: str, empty: Any, filled: Any
) -> None:
    assert typed(wide, bare, column, fields) == empty
    assert typed(wide, full, column, fields) == filled


def _leaves(named: GraphQLOutputType, depth: int) -> Iterator[str]:
    """All fields of a type that need no argument, and of theirs the leaves."""
    assert isinstance(named, GraphQLObjectType)
    for name, field in named.fields.items():
        inner = get_named_type(field.type)
        if is_leaf_type(inner):
            yield name
        elif isinstance(inner, GraphQLObjectType) and depth:
            yield f"{name} {{ {' '.join(_leaves(inner, 0))} }}"
        elif depth:
            yield f"{name} {{ __typename }}"


@pytest.fixture(scope="module")
def every_type(wide: Board) -> list[str]:
    """Types of columns, each of which the board has."""
    others = [name for name, kind in values.KINDS.items() if not kind.can_be_created]
    for column_type in others:
        put_column(wide, column_type)
    return [*CREATABLE, *others]


def test_every_field_of_every_type_of_value_is_resolved(
    wide: Board, bare: str, full: str, every_type: list[str]
) -> None:
    interface = schema.served_schema().type_map["ColumnValue"]
    assert isinstance(interface, GraphQLInterfaceType)
    kinds = {values.KINDS[column_type].type_name for column_type in every_type}
    types = [named for named in schema.served_schema().get_possible_types(interface) if named.name in kinds]
    assert {named.name for named in types} == kinds
    # Under one name a field may be of one type only: each type's fields stand alone.
    for named in types:
        columns = [name for name in every_type if values.KINDS[name].type_name == named.name]
        for item in (bare, full):
            found = wide.item(
                item,
                f"column_values(ids: {json.dumps(columns)}) {{"
                f" __typename ... on {named.name} {{ {' '.join(_leaves(named, 1))} }} }}",
            )["column_values"]
            assert [cell["__typename"] for cell in found] == [named.name] * len(columns)


def test_the_item_tells_its_number_its_maker_and_its_last_change(wide: Board) -> None:
    item = wide.create_item()
    me = str(wide.owner.caller.user_id)
    assert typed(wide, item, "item_id", "text") == item
    assert typed(wide, item, "item_id", "item_id") == item
    made = typed(wide, item, "creation_log", "created_at creator_id creator { id }")
    assert made["creator_id"] == me
    assert made["creator"] == {"id": me}
    assert typed(wide, item, "last_updated", "updater_id updater { id }") == {
        "updater_id": me,
        "updater": {"id": me},
    }


def test_votes_are_those_of_users(wide: Board) -> None:
    item = wide.create_item()
    me = wide.owner.caller.user_id
    put_cell(wide, item, "vote", {"votersIds": [me]})
    assert typed(wide, item, "vote", "vote_count voter_ids voters { id }") == {
        "vote_count": 1,
        "voter_ids": [str(me)],
        "voters": [{"id": str(me)}],
    }


@pytest.mark.parametrize("column", ["board_relation", "dependency", "mirror"])
def test_connections_keep_their_text_and_raw_value_to_themselves(wide: Board, full: str, column: str) -> None:
    assert wide.cell(full, column) == {"text": None, "value": None}


def test_a_time_is_kept_in_utc_and_shown_in_the_readers_zone(board: Board) -> None:
    item = board.create_item(date={"date": "2026-07-01", "time": "22:30:00"})
    assert board.cell(item, "date") == {
        "text": "2026-07-02 00:30",
        "value": {"date": "2026-07-01", "icon": None, "time": "22:30:00"},
    }
    (typed,) = board.item(item, 'column_values(ids: ["date"]) { ... on DateValue { date time } }')[
        "column_values"
    ]
    assert typed == {"date": "2026-07-02", "time": "00:30"}


def test_typed_fragments_give_the_parts_of_a_value(board: Board) -> None:
    item = board.create_item(
        status={"label": "Solved"},
        numbers="2.5",
        link={"url": "https://x.se", "text": "X"},
        checkbox={"checked": "true"},
        dropdown={"ids": [2]},
    )
    cells = board.item(
        item,
        """column_values(ids: ["status", "numbers", "link", "checkbox", "dropdown", "people"]) {
          ... on StatusValue { index label is_done label_style { color border } }
          ... on NumbersValue { number }
          ... on LinkValue { url url_text }
          ... on CheckboxValue { checked }
          ... on DropdownValue { values { id label } }
          ... on PeopleValue { persons_and_teams { id kind } }
        }""",
    )["column_values"]
    assert cells == [
        {"persons_and_teams": []},
        {"number": 2.5},
        {"checked": True},
        {"url": "https://x.se", "url_text": "X"},
        {
            "index": 1,
            "label": "Solved",
            "is_done": True,
            "label_style": {"color": "#00c875", "border": "#00b461"},
        },
        {"values": [{"id": "2", "label": "Phone"}]},
    ]
