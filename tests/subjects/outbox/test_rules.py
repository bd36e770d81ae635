"""Few requests, one mutation an item, and no neighbour spoiled."""

import json
from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.outbox.rules import MUTATIONS_PER_REQUEST, Operation, WantedChange, plan_request

BOARD = "77"


def column(number: int, item: str, column_id: str, value: Any, *, alone: bool = False) -> WantedChange:
    return WantedChange(number, "set_column", item, column_id, {"value": value}, alone)


def update(number: int, item: str, body: str = "<p>Hello</p>") -> WantedChange:
    return WantedChange(number, "create_update", item, None, {"body": body})


def written(operation: Operation) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(operation.variables["column_values"])
    return values


def test_all_columns_of_an_item_are_one_mutation() -> None:
    operations = plan_request(
        BOARD, [column(1, "5", "status", {"index": 1}), column(2, "5", "number", "SYN-1")]
    )
    assert [written(operation) for operation in operations] == [{"status": {"index": 1}, "number": "SYN-1"}]
    assert operations[0].change_ids == (1, 2)


def test_the_last_value_of_a_column_wins() -> None:
    operations = plan_request(BOARD, [column(1, "5", "number", "old"), column(2, "5", "number", "new")])
    assert written(operations[0]) == {"number": "new"}


def test_several_items_share_a_request() -> None:
    operations = plan_request(BOARD, [column(1, "5", "number", "a"), column(2, "6", "number", "b")])
    assert [operation.alias for operation in operations] == ["a0", "a1"]


def test_a_change_that_failed_in_company_travels_alone() -> None:
    changes = [column(1, "5", "gone", "x", alone=True), column(2, "5", "number", "b")]
    assert [operation.change_ids for operation in plan_request(BOARD, changes)] == [(1,), (2,)]


def test_messages_of_an_item_keep_their_order() -> None:
    operations = plan_request(
        BOARD, [update(1, "5", "first"), column(2, "5", "number", "b"), update(3, "5", "second")]
    )
    bodies = [o.variables["body"] for o in operations if o.document == "create_update"]
    assert bodies == ["first", "second"]


def test_a_reply_names_what_it_answers() -> None:
    change = WantedChange(1, "create_update", "5", None, {"body": "Yes", "parent_id": "900"})
    assert plan_request(BOARD, [change])[0].variables["parent_id"] == "900"


def test_nothing_wanted_is_no_request() -> None:
    assert plan_request(BOARD, []) == []


changes = st.lists(
    st.tuples(st.sampled_from(["5", "6", "7", "8"]), st.sampled_from(["a", "b", None]), st.booleans()),
    max_size=60,
)


@given(changes)
def test_a_request_never_grows_too_large(drawn: Sequence[tuple[str, str | None, bool]]) -> None:
    assert len(plan_request(BOARD, _wanted(drawn))) <= MUTATIONS_PER_REQUEST


@given(changes)
def test_planning_again_and_again_carries_out_every_change_once(
    drawn: Sequence[tuple[str, str | None, bool]],
) -> None:
    left = _wanted(drawn)
    done: list[int] = []
    while operations := plan_request(BOARD, left):
        done += [change_id for operation in operations for change_id in operation.change_ids]
        left = [change for change in left if change.id not in done]
    assert sorted(done) == list(range(len(drawn)))


@given(changes)
def test_the_oldest_change_is_in_the_next_request(drawn: Sequence[tuple[str, str | None, bool]]) -> None:
    wanted = _wanted(drawn)
    if wanted:
        assert wanted[0].id in plan_request(BOARD, wanted)[0].change_ids


def _wanted(drawn: Sequence[tuple[str, str | None, bool]]) -> list[WantedChange]:
    return [
        update(number, item) if name is None else column(number, item, name, number, alone=alone)
        for number, (item, name, alone) in enumerate(drawn)
    ]
