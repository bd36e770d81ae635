"""Column values: what is accepted, how it is kept, how it is shown."""

from typing import Any

import pytest

from monday_sandbox import values
from tests.conformance.columns import error_of
from tests.conformance.people import Board

ACCEPTED: list[tuple[str, Any, Any, str | None]] = [
    ("status", {"index": 0}, {"index": 0, "post_id": None}, "Working"),
    ("status", {"index": "7"}, {"index": 7, "post_id": None}, "New"),
    ("status", {"label": "Solved"}, {"index": 1, "post_id": None}, "Solved"),
    ("status", {"label": "1"}, {"index": 1, "post_id": None}, "Solved"),
    ("status", "New", {"index": 7, "post_id": None}, "New"),
    ("status", {"index": 5}, {"index": 5, "post_id": None}, None),
    ("text", "Räksmörgås", "Räksmörgås", "Räksmörgås"),
    ("long_text", {"text": "two\nlines"}, {"text": "two\nlines"}, "two\nlines"),
    ("long_text", "short", {"text": "short"}, "short"),
    ("numbers", "42.5", "42.5", "42.5"),
    ("numbers", -3, "-3", "-3"),
    ("date", {"date": "2026-11-02"}, {"date": "2026-11-02", "icon": None, "time": None}, "2026-11-02"),
    ("checkbox", {"checked": "true"}, {"checked": "true"}, "v"),
    (
        "link",
        {"url": "https://example.org", "text": "Here"},
        {"url": "https://example.org", "text": "Here"},
        "Here - https://example.org",
    ),
    ("email", {"email": "a@b.se", "text": "Anna"}, {"text": "Anna", "email": "a@b.se"}, "Anna"),
    (
        "phone",
        {"phone": "+46701234567", "countryShortName": "SE"},
        {"phone": "+46701234567", "countryShortName": "SE"},
        "+46701234567",
    ),
    ("dropdown", {"ids": [2, 1]}, {"ids": [2, 1]}, "Phone, Mail"),
    ("dropdown", {"labels": ["Mail"]}, {"ids": [1]}, "Mail"),
    ("dropdown", "Mail,Phone", {"ids": [1, 2]}, "Mail, Phone"),
    (
        "timeline",
        {"from": "2026-05-01", "to": "2026-05-15"},
        {"to": "2026-05-15", "from": "2026-05-01"},
        "2026-05-01 - 2026-05-15",
    ),
    ("rating", {"rating": 4}, {"rating": 4}, "4"),
    ("hour", {"hour": 16, "minute": 5}, {"hour": 16, "minute": 5}, "04:05 PM"),
    ("hour", {"hour": 0}, {"hour": 0, "minute": 0}, "12:00 AM"),
    (
        "week",
        {"startDate": "2026-11-02", "endDate": "2026-11-08"},
        {"week": {"startDate": "2026-11-02", "endDate": "2026-11-08"}},
        "2026-11-02 - 2026-11-08",
    ),
    ("world_clock", {"timezone": "Europe/Stockholm"}, {"timezone": "Europe/Stockholm"}, "Europe/Stockholm"),
    (
        "country",
        {"countryCode": "SE", "countryName": "Sweden"},
        {"countryCode": "SE", "countryName": "Sweden"},
        "Sweden",
    ),
    (
        "location",
        {"lat": "59.33", "lng": 18.07, "address": "Stockholm"},
        {"lat": 59.33, "lng": 18.07, "address": "Stockholm"},
        "Stockholm",
    ),
]
REFUSED: list[tuple[str, Any]] = [
    ("status", {"index": 99}),
    ("status", {"label": "Nope"}),
    ("status", {"label": "99"}),
    ("status", {"colour": 1}),
    ("status", {"index": True}),
    ("text", {"text": "an object"}),
    ("long_text", {"text": "x" * 2001}),
    ("numbers", "many"),
    ("numbers", "nan"),
    ("date", {"date": "2026-02-30"}),
    ("date", {"date": "20260202"}),
    ("date", {"date": "2026-02-02", "time": "25:00:00"}),
    ("date", {"date": "2026-02-02", "time": "09:00+02:00"}),
    ("people", {"personsAndTeams": [{"id": 1, "kind": "person"}]}),
    ("people", {"personsAndTeams": [{"id": 81020334, "kind": "team"}]}),
    ("people", "Disa Lindqvist"),
    ("checkbox", {"checked": "maybe"}),
    ("link", {"text": "no url"}),
    ("link", {"url": "example.org", "text": "no scheme"}),
    ("email", {"email": "nobody"}),
    ("phone", {"phone": "letters"}),
    ("phone", {"phone": "123", "countryShortName": "Sweden"}),
    ("dropdown", {"ids": [9]}),
    ("dropdown", {"labels": ["Nope"]}),
    ("dropdown", {"ids": [1], "labels": ["Mail"]}),
    ("timeline", {"from": "2026-05-15", "to": "2026-05-01"}),
    ("timeline", {"from": "2026-05-15"}),
    ("rating", {"rating": 6}),
    ("rating", {"rating": 0}),
    ("rating", 4),
    ("hour", {"hour": 24, "minute": 0}),
    ("hour", {"minute": 30}),
    ("week", {"startDate": "2026-11-02", "endDate": "2026-11-09"}),
    ("week", {"startDate": "2026-11-04", "endDate": "2026-11-10"}),
    ("world_clock", {"timezone": "Stockholm"}),
    ("country", {"countryCode": "XX", "countryName": "Nowhere"}),
    ("country", {"countryCode": "SE"}),
    ("location", {"address": "Stockholm"}),
    ("location", {"lat": 91, "lng": 0, "address": "Too far north"}),
    ("tags", {"tag_ids": [1]}),
    ("tags", {"tag_ids": ["new"]}),
    ("team", {"team_id": 1}),
    ("dependency", {"item_ids": [1]}),
    ("vote", {"votersIds": [1]}),
    ("color_picker", {"color": {"hex": "#037f4c"}}),
]
#: Columns of which the API says what they hold, and takes nothing.
READ_ONLY = (
    *("auto_number", "button", "creation_log", "doc", "formula", "item_id", "last_updated"),
    *("mirror", "progress", "time_tracking"),
)


@pytest.mark.parametrize(("column", "written", "kept", "text"), ACCEPTED)
def test_a_written_value_is_kept_as_raw_json_and_shown_as_text(
    wide: Board, column: str, written: Any, kept: Any, text: str | None
) -> None:
    item = wide.create_item(**{column: written})
    assert wide.cell(item, column) == {"text": text, "value": kept}


@pytest.mark.parametrize(("column", "written"), REFUSED)
def test_a_value_the_column_does_not_take_is_refused(wide: Board, column: str, written: Any) -> None:
    item = wide.create_item()
    error = error_of(wide.change(item, **{column: written}))
    assert error["extensions"]["code"] == "ColumnValueException"
    assert error["extensions"]["status_code"] == 200
    assert error["extensions"]["error_data"] == {"column_type": values.KINDS[column].event_type}
    assert error["message"].startswith("invalid value - ")
    assert wide.cell(item, column)["value"] is None


@pytest.mark.parametrize("given", [None, "", {}, {"text": "anything"}])
@pytest.mark.parametrize("column", READ_ONLY)
def test_a_read_only_column_is_neither_filled_nor_cleared(wide: Board, column: str, given: Any) -> None:
    item = wide.create_item()
    error = error_of(wide.change(item, **{column: given}))
    assert error["extensions"]["code"] == "ColumnValueException"
    assert error["extensions"]["error_data"] == {"column_type": values.KINDS[column].event_type}


@pytest.mark.parametrize("empty", [None, {}, ""])
@pytest.mark.parametrize(("column", "written"), [row[:2] for row in ACCEPTED])
def test_every_column_can_be_cleared(wide: Board, column: str, written: Any, empty: Any) -> None:
    item = wide.create_item(**{column: written})
    assert "errors" not in wide.change(item, **{column: empty}).body
    assert wide.cell(item, column)["value"] is None


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("status", None),
        ("text", ""),
        ("long_text", ""),
        ("numbers", ""),
        ("date", ""),
        ("people", ""),
        ("link", ""),
        ("email", ""),
        ("phone", ""),
        ("timeline", ""),
        ("mirror", None),
        ("board_relation", None),
        ("dependency", None),
        ("rating", ""),
        ("tags", ""),
        ("vote", "0"),
    ],
)
def test_an_empty_cell_has_no_raw_value(wide: Board, column: str, text: str | None) -> None:
    assert wide.cell(wide.create_item(), column) == {"text": text, "value": None}


def test_a_label_that_does_not_exist_is_refused_in_the_recorded_words(board: Board) -> None:
    (error,) = board.change(board.create_item(), status={"label": "Nope"}).body["errors"]
    assert error["message"].startswith("invalid value - label does not exist in column")


def test_false_does_not_uncheck_a_box(board: Board) -> None:
    item = board.create_item(checkbox={"checked": "true"})
    assert "errors" not in board.change(item, checkbox={"checked": "false"}).body
    assert board.cell(item, "checkbox")["text"] == "v"


def test_a_missing_label_is_made_when_asked_for(board: Board) -> None:
    item = board.create_item()
    board.owner.ask(
        "mutation ($b: ID!, $i: ID!) { change_simple_column_value(board_id: $b, item_id: $i,"
        ' column_id: "status", value: "Later", create_labels_if_missing: true) { id } }',
        b=board.id,
        i=item,
    )
    assert board.cell(item, "status")["text"] == "Later"


@pytest.mark.parametrize(
    ("column", "simple", "text"),
    [
        ("status", "Solved", "Solved"),
        ("status", "0", "Working"),
        ("text", "plain", "plain"),
        ("date", "2026-06-15 09:00:00", "2026-06-15 11:00"),
        ("dropdown", "Mail", "Mail"),
        ("numbers", "7", "7"),
        ("text", "", ""),
        ("email", "a@b.se Anna", "Anna"),
    ],
)
def test_a_plain_string_changes_a_cell(board: Board, column: str, simple: str, text: str) -> None:
    item = board.create_item()
    board.owner.ask(
        "mutation ($b: ID!, $i: ID!, $c: String!, $v: String) {"
        " change_simple_column_value(board_id: $b, item_id: $i, column_id: $c, value: $v) { id } }",
        b=board.id,
        i=item,
        c=column,
        v=simple,
    )
    assert board.cell(item, column)["text"] == text


@pytest.mark.parametrize(
    "column",
    [
        *("board_relation", "checkbox", "country", "dependency", "hour", "item_id", "location", "mirror"),
        *("rating", "tags", "timeline", "vote", "week"),
    ],
)
def test_some_columns_take_no_plain_string(wide: Board, column: str) -> None:
    error = wide.owner.refusal(
        "mutation ($b: ID!, $i: ID!, $c: String!) {"
        ' change_simple_column_value(board_id: $b, item_id: $i, column_id: $c, value: "true") { id } }',
        b=wide.id,
        i=wide.create_item(),
        c=column,
    )
    assert error["extensions"]["code"] == "ColumnValueException"
    assert error["extensions"]["error_data"] == {"column_type": values.KINDS[column].event_type}
