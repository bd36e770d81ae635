"""Mutations share a document without getting into each other's way."""

import json
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLSchema, OperationType, build_schema, parse, print_ast, validate
from hypothesis import given
from hypothesis import strategies as st

from app.monday import documents
from app.monday.batch import Operation, combine

SANDBOX = Path(__file__).resolve().parents[3] / "monday_sandbox" / "schema"

MUTATIONS = [
    name
    for name in documents.names()
    if documents.operation(documents.load(name)).operation is OperationType.MUTATION
]


@pytest.fixture(scope="module")
def sandbox() -> GraphQLSchema:
    return build_schema(
        "\n".join(path.read_text(encoding="utf-8") for path in sorted(SANDBOX.glob("*.graphql")))
    )


def variables_of(name: str) -> list[str]:
    definitions = documents.operation(documents.load(name)).variable_definitions or ()
    return [definition.variable.name.value for definition in definitions]


@st.composite
def operations(draw: st.DrawFn) -> list[Operation]:
    names = draw(st.lists(st.sampled_from(MUTATIONS), min_size=1, max_size=15))
    return [
        Operation(f"a{index}", name, {variable: draw(st.text(max_size=5)) for variable in variables_of(name)})
        for index, name in enumerate(names)
    ]


@given(operations())
def test_every_operation_keeps_its_own_variables(batch: list[Operation]) -> None:
    _, variables = combine(batch)
    expected = {f"{o.alias}_{name}": value for o in batch for name, value in o.variables.items()}
    assert variables == expected


@given(operations())
def test_the_order_of_the_operations_is_kept(batch: list[Operation]) -> None:
    document, _ = combine(batch)
    fields = [parse_field(field) for field in documents.operation(document).selection_set.selections]
    assert fields == [(o.alias, o.document) for o in batch]


@given(operations())
def test_a_batch_can_be_read_back_from_its_text(batch: list[Operation]) -> None:
    document, _ = combine(batch)
    assert print_ast(parse(print_ast(document))) == print_ast(document)


@given(operations())
def test_no_value_becomes_part_of_the_document(batch: list[Operation]) -> None:
    marked = [
        Operation(o.alias, o.document, dict.fromkeys(o.variables, 'MARK" } injected { x')) for o in batch
    ]
    document, _ = combine(marked)
    assert "MARK" not in print_ast(document)


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_batch_of_a_mutation_is_valid(name: str, sandbox: GraphQLSchema) -> None:
    given_variables = dict.fromkeys(variables_of(name), "1")
    document, _ = combine([Operation("a0", name, given_variables), Operation("a1", name, given_variables)])
    assert validate(sandbox, document) == []


def test_a_variable_left_out_stays_out() -> None:
    _, variables = combine([Operation("a0", "create_update", {"item_id": "1", "body": "x"})])
    assert json.dumps(variables, sort_keys=True) == '{"a0_body": "x", "a0_item_id": "1"}'


def test_combining_leaves_the_documents_as_they_were() -> None:
    before = print_ast(documents.load("create_item"))
    combine([Operation("a0", "create_item", {"board_id": "1"})])
    assert print_ast(documents.load("create_item")) == before


ITEM = {"item_id": "1"}


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        [Operation("a0", "archive_item", ITEM), Operation("a0", "archive_item", ITEM)],
        [Operation("a0", "read_items", {})],
        [Operation("a0", "archive_item", {"no_such": "1"})],
        [Operation("a_0", "archive_item", ITEM)],
        [Operation("0", "archive_item", ITEM)],
        [Operation("a { x }", "archive_item", ITEM)],
    ],
    ids=["nothing", "alias_twice", "a_query", "unknown_variable", "underscore", "digit_first", "injection"],
)
def test_what_can_not_be_a_batch_is_refused(wrong: list[Operation]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        combine(wrong)


def parse_field(field: Any) -> tuple[str, str]:
    return field.alias.value, field.name.value
