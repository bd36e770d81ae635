"""Values in webhooks, which have shapes of their own."""

from typing import Any

import pytest

from tests.conformance.people import Board, happenings


@pytest.mark.parametrize(
    ("column", "before", "after", "value", "previous"),
    [
        (
            "status",
            {"index": 7},
            {"index": 0},
            {
                "label": {
                    "index": 0,
                    "text": "Working",
                    "style": {"color": "#fdab3d", "border": "#e99729", "var_name": "orange"},
                    "is_done": False,
                },
                "post_id": None,
            },
            {
                "label": {
                    "index": 7,
                    "text": "New",
                    "style": {"color": "#579bfc", "border": "#4387e8", "var_name": "bright-blue"},
                    "is_done": False,
                },
                "post_id": None,
            },
        ),
        ("text", "", "new", {"value": "new"}, None),
        ("text", "old", "", None, {"value": "old"}),
        ("numbers", "", "24.25", {"value": 24.25, "unit": None}, None),
        ("dropdown", {}, {"ids": [1]}, {"chosenValues": [{"id": 1, "name": "Mail"}]}, None),
    ],
)
def test_webhooks_give_a_value_in_their_own_shape(
    board: Board, column: str, before: Any, after: Any, value: Any, previous: Any
) -> None:
    item = board.create_item(**{column: before})
    board.change(item, **{column: after})
    event, payload = happenings(board.owner.monday)[-1]
    assert event == "change_column_value"
    assert (payload["value"], payload["previousValue"]) == (value, previous)


@pytest.mark.parametrize(
    ("column", "written", "column_type", "kept"),
    [
        ("rating", {"rating": 4}, "rating", {"rating": 4}),
        ("hour", {"hour": 9, "minute": 30}, "hour", {"hour": 9, "minute": 30}),
        ("world_clock", {"timezone": "Europe/Oslo"}, "timezone", {"timezone": "Europe/Oslo"}),
    ],
)
def test_webhooks_give_other_values_as_they_are_kept_with_the_moment(
    wide: Board, column: str, written: Any, column_type: str, kept: Any
) -> None:
    item = wide.create_item()
    wide.change(item, **{column: written})
    _, payload = happenings(wide.owner.monday)[-1]
    assert payload["columnType"] == column_type
    assert payload["value"].pop("changed_at")
    assert payload["value"] == kept
    wide.change(item, **{column: None})
    _, payload = happenings(wide.owner.monday)[-1]
    assert payload["value"] is None


def test_a_relation_that_was_empty_has_an_empty_object_before_it(wide: Board) -> None:
    first, item = wide.create_item("First"), wide.create_item()
    wide.change(item, dependency={"item_ids": [int(first)]})
    _, payload = happenings(wide.owner.monday)[-1]
    assert payload["value"]["linkedPulseIds"] == [{"linkedPulseId": int(first)}]
    assert payload["previousValue"] == {}
