"""What a request costs: rules of the formula, its fit to measured figures, and what a caller is told."""

from typing import Any

import pytest
from graphql import GraphQLScalarType, StringValueNode, is_specified_scalar_type
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis_graphql import queries

from monday_sandbox.api import complexity
from monday_sandbox.api.complexity import Priced
from monday_sandbox.api.documents import Document, read
from monday_sandbox.api.schema import served_schema
from tests.conformance.people import Board, Monday, Person, person

SCHEMA = served_schema()
ANY_SCALARS = {
    name: st.just(StringValueNode(value="1"))
    for name, named in SCHEMA.type_map.items()
    if isinstance(named, GraphQLScalarType) and not is_specified_scalar_type(named)
}
TELL = "complexity { before after query reset_in_x_seconds }"
TEN_CELLS = 'column_values(ids: ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"])'
LINKED = "... on BoardRelationValue { linked_items { id name } }"


def priced(document: str) -> tuple[Priced, ...]:
    found = read(document)
    assert isinstance(found, Document), found
    return found.operations[0].priced


def estimate(document: str, **variables: Any) -> int:
    return complexity.estimate(priced(document), variables)


def page(limit: int, fields: str) -> str:
    return f"{{ boards(ids: [1]) {{ items_page(limit: {limit}) {{ cursor items {{ id {fields} }} }} }} }}"


#: Ways from an item to other items; with a limit, and what is asked of those.
WAYS = (
    "board {{ items_page(limit: {limit}) {{ items {{ id {inside} }} }} }}",
    "updates(limit: {limit}) {{ id item {{ id {inside} }} }}",
    "subscribers {{ id }} board {{ groups {{ items_page(limit: {limit}) {{ items {{ id {inside} }} }} }} }}",
)
NESTS = st.lists(st.tuples(st.sampled_from(WAYS), st.integers(1, 500)), max_size=4)


def nested(ways: list[tuple[str, int]]) -> str:
    """Fields of an item, one way inside the other."""
    inside = ""
    for way, limit in reversed(ways):
        inside = way.format(limit=limit, inside=inside)
    return inside


@pytest.mark.parametrize("field", ["boards", "items", "updates", "users"])
@settings(deadline=None, max_examples=8, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_query_costs_nothing_or_less(field: str, data: st.DataObject) -> None:
    document = data.draw(queries(SCHEMA, fields=[field], custom_scalars=ANY_SCALARS, allow_x00=False))
    fields = priced(document)
    assert complexity.estimate(fields, {}) >= 1
    assert complexity.cost(fields, None) >= 1
    assert complexity.cost(fields, {}) >= 1


@given(st.integers() | st.none() | st.text(), st.lists(st.integers()) | st.integers() | st.none())
def test_whatever_a_variable_holds_the_cost_is_above_zero(limit: Any, ids: Any) -> None:
    document = "query ($l: Int, $ids: [ID!]) { boards(ids: $ids, limit: $l) { id groups { id } } }"
    assert estimate(document, l=limit, ids=ids) >= complexity.ROOT_FIELD


@given(st.integers(1, 499), NESTS)
def test_a_larger_limit_costs_more(limit: int, ways: list[tuple[str, int]]) -> None:
    document = (
        f"query ($l: Int!) {{ boards {{ items_page(limit: $l) {{ items {{ id {nested(ways)} }} }} }} }}"
    )
    assert estimate(document, l=limit) < estimate(document, l=limit + 1)


@given(NESTS, st.sampled_from(WAYS), st.integers(1, 500))
def test_asking_deeper_costs_more(ways: list[tuple[str, int]], way: str, limit: int) -> None:
    assert estimate(page(25, nested(ways))) < estimate(page(25, nested([*ways, (way, limit)])))


def answer(rows: int, relations: int, cells: int) -> dict[str, Any]:
    """An answer to a page of items: so many rows with relations of one linked item, and plain cells."""
    linked: dict[str, Any] = {"id": "r", "linked_items": [{"id": "1", "name": "x"}]}
    values = [linked] * relations + [{"id": "c", "text": "x"}] * cells
    items = [{"id": str(row), "name": "n", "column_values": values} for row in range(rows)]
    return {"boards": [{"items_page": {"cursor": None, "items": items}}]}


@pytest.mark.parametrize(
    ("rows", "relations", "cells", "measured"),
    [
        (100, 0, 10, 3_424),  # scalars
        (100, 1, 10, 3_424 + 2_750),  # … and BoardRelation {id name}
        (50, 2, 6, 4_282),  # items_page with nested linked items, by limit
        (100, 2, 6, 8_478),
        (146, 2, 6, 12_296),  # limit 500, of a board with fewer
    ],
)
def test_what_was_given_costs_what_was_measured_or_a_little_more(
    rows: int, relations: int, cells: int, measured: int
) -> None:
    document = page(500, f"id name column_values {{ id text {LINKED} }}")
    cost = complexity.cost(priced(document), answer(rows, relations, cells))
    assert measured <= cost <= measured * 1.15


def test_wide_pages_of_500_rows_are_estimated_beyond_what_one_request_may() -> None:
    wide = f"id column_values {{ id text {LINKED.replace('id name', 'id column_values { id text }')} }}"
    assert estimate(page(500, wide)) > 5_000_000
    chosen = f"id {TEN_CELLS} {{ id text {LINKED} }}"
    assert estimate(page(100, chosen)) < 500_000


def test_creating_an_item_is_dear() -> None:
    create = 'mutation { create_item(board_id: 1, item_name: "x") { id } }'
    change = 'mutation { change_multiple_column_values(board_id: 1, item_id: 1, column_values: "{}") { id } }'
    assert estimate(create) >= 10_000
    assert estimate(create) > 5 * estimate(change)


def test_an_alias_costs_like_any_other_field() -> None:
    once = 'mutation { a: create_item(board_id: 1, item_name: "x") { id } }'
    twice = once.replace("} }", '} b: create_item(board_id: 1, item_name: "y") { id } }')
    assert estimate(twice) == 2 * estimate(once)


def test_a_default_of_a_variable_counts() -> None:
    document = "query ($l: Int! = 400) { boards { items_page(limit: $l) { items { id } } } }"
    assert estimate(document) == estimate(document, l=400) > estimate(document, l=10)


def test_ids_count_instead_of_the_limit() -> None:
    document = "query ($ids: [ID!]) { items(ids: $ids) { id } }"
    assert estimate(document, ids=["1"]) < estimate(document, ids=["1", "2"]) < estimate(document, ids=None)


def test_a_fragment_within_itself_many_times_is_worked_out_at_once() -> None:
    levels = 40
    document = "{ users { ...F0 } } " + " ".join(
        f"fragment F{n} on User {{ a{n}: account {{ id }} account {{ id }} teams: id ...F{n + 1} }}"
        for n in range(levels)
    )
    document += f" fragment F{levels} on User {{ id }}"
    assert estimate(document) > levels


def test_the_cost_is_told_alone(desk: Person) -> None:
    told = desk.one(f"{{ {TELL} }}")
    assert told == {"before": 10_000_000, "query": 1, "after": 9_999_999, "reset_in_x_seconds": 60}


def test_the_cost_is_told_beside_others_under_any_name(desk: Person) -> None:
    told = desk.ask(
        "{ one: complexity { q: query } boards { id } ...More }"
        " fragment More on Query { complexity { before query } }"
    )
    assert told["one"]["q"] == told["complexity"]["query"] > 1


def test_the_cost_of_a_mutation_is_told_in_it(board: Board) -> None:
    told = board.owner.ask(
        f'mutation ($b: ID!) {{ {TELL} create_item(board_id: $b, item_name: "x") {{ id }} }}', b=board.id
    )["complexity"]
    assert told["query"] >= 10_000
    assert told["before"] - told["query"] == told["after"]


def test_what_is_charged_in_the_end_is_what_was_given(board: Board) -> None:
    read_page = (
        f"query ($b: ID!) {{ {TELL} boards(ids: [$b]) {{ items_page(limit: 500) {{ items {{ id }} }} }} }}"
    )
    empty = board.owner.ask(read_page, b=board.id)["complexity"]
    board.create_item()
    full = board.owner.ask(read_page, b=board.id)["complexity"]
    assert empty["query"] < full["query"] < 200
    again = board.owner.ask(read_page, b=board.id)["complexity"]
    assert again["before"] == full["after"]


def test_a_refused_mutation_costs_little(board: Board) -> None:
    answer = board.owner.answer(f'mutation {{ {TELL} create_item(board_id: 1, item_name: "x") {{ id }} }}')
    assert answer.body["data"]["create_item"] is None
    assert answer.body["data"]["complexity"]["query"] == complexity.REFUSED_MUTATION


def test_an_apps_writes_leave_its_reads_alone(monday: Monday, board: Board) -> None:
    app = person(monday, "synerity", scopes=frozenset({"boards:read", "boards:write"}))
    before = app.one(f"{{ {TELL} }}")
    app.ask('mutation ($b: ID!) { create_item(board_id: $b, item_name: "x") { id } }', b=board.id)
    assert app.one(f"{{ {TELL} }}")["before"] == before["after"]
    write = app.ask(f"mutation ($b: ID!) {{ {TELL} archive_board(board_id: $b) {{ id }} }}", b=board.id)
    assert write["complexity"]["before"] < 5_000_000 - 10_000


def test_a_users_own_token_has_one_budget_for_both(board: Board) -> None:
    before = board.owner.one(f"{{ {TELL} }}")["after"]
    board.create_item()
    assert board.owner.one(f"{{ {TELL} }}")["before"] <= before - 10_000


def test_the_minute_begins_with_the_first_call(desk: Person) -> None:
    assert desk.one(f"{{ {TELL} }}")["reset_in_x_seconds"] == 60
    desk.monday.store.clock.advance(45)
    told = desk.one(f"{{ {TELL} }}")
    assert told["before"] == 9_999_999
    # Less what passes between the two calls.
    assert 10 < told["reset_in_x_seconds"] <= 15
    desk.monday.store.clock.advance(15)
    assert desk.one(f"{{ {TELL} }}")["before"] == 10_000_000
