"""Every GraphQL document is one that monday.com, and the local one, would accept."""

from pathlib import Path

import pytest
from graphql import GraphQLSchema, OperationDefinitionNode, OperationType, build_schema, validate

from app.monday import documents

ROOT = Path(__file__).resolve().parents[3]
OFFICIAL = ROOT.parent / "shared" / "monday" / "schema-2026-10.graphql"
SANDBOX = ROOT / "monday_sandbox" / "schema"


@pytest.fixture(scope="module")
def official() -> GraphQLSchema:
    if not OFFICIAL.exists():
        pytest.skip("monday.com's own schema is not beside this checkout")
    return build_schema(OFFICIAL.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def sandbox() -> GraphQLSchema:
    return build_schema(
        "\n".join(path.read_text(encoding="utf-8") for path in sorted(SANDBOX.glob("*.graphql")))
    )


@pytest.mark.parametrize("name", documents.names())
def test_monday_accepts_the_document(name: str, official: GraphQLSchema) -> None:
    assert validate(official, documents.load(name)) == []


@pytest.mark.parametrize("name", documents.names())
def test_the_local_monday_accepts_the_document(name: str, sandbox: GraphQLSchema) -> None:
    assert validate(sandbox, documents.load(name)) == []


@pytest.mark.parametrize("name", documents.names())
def test_the_operation_bears_the_name_of_its_file(name: str) -> None:
    operation = documents.operation(documents.load(name))
    assert operation.name is not None
    assert operation.name.value == name


@pytest.mark.parametrize("name", documents.names())
def test_a_mutation_does_one_thing(name: str) -> None:
    document = documents.load(name)
    operation = documents.operation(document)
    if operation.operation is OperationType.MUTATION:
        assert len(operation.selection_set.selections) == 1
        assert all(isinstance(node, OperationDefinitionNode) for node in document.definitions)


def test_a_document_is_parsed_once() -> None:
    assert documents.load("me") is documents.load("me")


def test_an_unknown_document_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        documents.load("no_such_document")
