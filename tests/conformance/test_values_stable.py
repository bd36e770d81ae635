"""Rules that hold for values of every type, whatever is written."""

import json
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLScalarType,
    get_named_type,
    is_leaf_type,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from monday_sandbox import labels, refusals, values
from monday_sandbox.api import schema
from tests.conformance.columns import CREATABLE, event_count, full_item
from tests.conformance.people import Board

WRITABLE = tuple(name for name in CREATABLE if values.KINDS[name].write not in (None, values.not_set))
#: Files come by uploads; by values they are only cleared.
SET_BY_VALUES = tuple(name for name in WRITABLE if name != "file")
CONNECTING = ("board_relation", "dependency")


@pytest.fixture(scope="module")
def full(wide: Board) -> str:
    return full_item(wide)


@pytest.mark.parametrize("column", SET_BY_VALUES)
def test_what_is_read_can_be_written_back_and_changes_nothing(wide: Board, full: str, column: str) -> None:
    before, events = _read(wide, full, column), event_count(wide)
    if column in CONNECTING:
        given_back: Any = {"item_ids": before["linked_item_ids"]}
    else:
        given_back = json.loads(before["value"])
    assert given_back
    assert "errors" not in wide.change(full, **{column: given_back}).body
    assert _read(wide, full, column) == before
    assert event_count(wide) == events


def _read(board: Board, item: str, column: str) -> Any:
    typed = f"... on {values.KINDS[column].type_name} {{ linked_item_ids }}" if column in CONNECTING else ""
    (cell,) = board.item(item, f'column_values(ids: ["{column}"]) {{ text value {typed} }}')["column_values"]
    return cell


@pytest.mark.parametrize("column", WRITABLE)
def test_clearing_an_empty_cell_is_no_change(wide: Board, column: str) -> None:
    item = wide.create_item()
    events = event_count(wide)
    assert "errors" not in wide.change(item, **{column: None}).body
    assert event_count(wide) == events


def _nobody(_: list[int]) -> set[int]:
    return set()


_SETTINGS: dict[str, dict[str, Any]] = {
    "status": labels.default_status_settings(),
    "dropdown": labels.dropdown_settings({"labels": ["One", "Two"]}),
}
_READER = values.Reader({7: "Somebody"}, ZoneInfo("Europe/Stockholm"))


def _target(column_type: str, *, everything: bool) -> values.Target:
    settings = _SETTINGS.get(column_type, {})
    column = {"id": column_type, "type": column_type, "settings": settings}
    may = set if everything else _nobody
    return values.Target(
        column=column,
        settings=settings,
        content=None,
        event_type=values.KINDS[column_type].event_type,
        allowed=values.Allowed(may, may, may, may),
    )


def _outcome(write: Callable[[], values.Content]) -> values.Content | refusals.Refusal:
    try:
        return write()
    except refusals.Refusal as refusal:
        return refusal


_KEYS = (
    *("index", "label", "text", "date", "time", "icon", "personsAndTeams", "id", "kind", "checked", "url"),
    *("email", "phone", "countryShortName", "ids", "labels", "from", "to", "item_ids", "rating", "hour"),
    *("minute", "week", "startDate", "endDate", "timezone", "countryCode", "countryName", "lat", "lng"),
    *("address", "tag_ids", "team_id", "clear_all", "settings"),
)
_LIKELY = ("Done", "One", "1", "2026-11-02", "2026-11-08", "09:30", "Europe/Stockholm", "SE", "true")
_LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(_LIKELY)
)
_JSON = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_KEYS), inner, max_size=3),
    max_leaves=6,
)


def _type_of(type_name: str, field_name: str) -> GraphQLOutputType:
    named = schema.served_schema().type_map[type_name]
    assert isinstance(named, GraphQLObjectType)
    declared: GraphQLOutputType = named.fields[field_name].type
    return declared


def _serialise(value: Any, declared: GraphQLOutputType) -> None:
    """That a value can stand in an answer as what the schema declares."""
    if isinstance(declared, GraphQLNonNull):
        assert value is not None
        declared = declared.of_type
    if value is None:
        return
    if isinstance(declared, GraphQLList):
        for entry in value:
            _serialise(entry, declared.of_type)
    elif isinstance(declared, GraphQLScalarType | GraphQLEnumType):
        declared.serialize(value)
    elif isinstance(declared, GraphQLObjectType):
        for name, field in declared.fields.items():
            _serialise(value[name], field.type)


#: Making the JSON costs more than trying it: what is made once is written to columns of all types.
_FOR_ALL_TYPES = settings(max_examples=200)


@_FOR_ALL_TYPES
@given(written=_JSON)
def test_any_json_is_either_kept_and_shown_or_refused(written: Any) -> None:
    for column_type in values.KINDS:
        for everything in (True, False):
            _assert_kept_and_shown_or_refused(column_type, written, everything=everything)


def _assert_kept_and_shown_or_refused(column_type: str, written: Any, *, everything: bool) -> None:
    target = _target(column_type, everything=everything)
    content = _outcome(lambda: values.write(written, target))
    if isinstance(content, refusals.Refusal):
        assert content.extensions["error_data"] == {"column_type": target.event_type}
        return
    kept = values.stored(content, "2026-11-02T08:00:00.000Z")
    assert values.content_of(kept) == content
    shown = values.Shown(target.column, content, _READER)
    kind = values.KINDS[column_type]
    assert isinstance(kind.text(shown), str | None)
    json.dumps(values.event_value(shown, kept))
    for name, read in kind.fields.items():
        _serialise(read(shown), _type_of(kind.type_name, name))
    if column_type not in CONNECTING:
        again = _target(column_type, everything=everything)
        assert values.write(content, again) == content


@_FOR_ALL_TYPES
@given(text=st.text() | st.sampled_from(_LIKELY))
def test_any_plain_string_is_either_kept_or_refused(text: str) -> None:
    for column_type in values.KINDS:
        _assert_kept_or_refused(column_type, text)


def _assert_kept_or_refused(column_type: str, text: str) -> None:
    target = _target(column_type, everything=True)
    content = _outcome(lambda: values.write_simple(text, target))
    if isinstance(content, refusals.Refusal):
        assert content.extensions["error_data"] == {"column_type": target.event_type}
        return
    assert values.content_of(values.stored(content, "2026-11-02T08:00:00.000Z")) == content


@pytest.fixture(scope="module")
def scratch(wide: Board) -> str:
    return wide.create_item("Scratch")


def _all_that_is_shown() -> str:
    """What of an item asks for the cell of each column with all that its type has."""
    asked = []
    for column in WRITABLE:
        kind = values.KINDS[column]
        leaves = " ".join(
            name for name in kind.fields if is_leaf_type(get_named_type(_type_of(kind.type_name, name)))
        )
        typed = f"... on {kind.type_name} {{ {leaves} }}" if leaves else ""
        asked.append(f'{column}: column_values(ids: ["{column}"]) {{ text value {typed} }}')
    return " ".join(asked)


@settings(max_examples=15)
@given(written=_JSON)
def test_whatever_was_written_the_cells_can_be_read(wide: Board, scratch: str, written: Any) -> None:
    for column in WRITABLE:
        errors = wide.change(scratch, **{column: written}).body.get("errors", [])
        codes = [error["extensions"].get("code") for error in errors]
        assert codes in ([], ["ColumnValueException"]), column
    wide.item(scratch, _all_that_is_shown())
