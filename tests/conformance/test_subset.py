"""The sandbox's schema is a part of monday.com's own, and never more than it."""

from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    parse,
    validate,
)

from monday_sandbox import labels, values
from monday_sandbox.api import schema
from tests.conformance import left_out

ROOT = Path(__file__).parents[2]
OFFICIAL = ROOT.parent / "shared" / "monday" / "schema-2026-10.graphql"
DOCUMENTS = sorted((ROOT / "app" / "monday" / "documents").glob("*.graphql"))


@pytest.fixture(scope="module")
def official() -> GraphQLSchema:
    if not OFFICIAL.exists():
        pytest.skip("monday.com's own schema is not here")
    return build_schema(OFFICIAL.read_text(encoding="utf-8"))


def served() -> GraphQLSchema:
    return schema.served_schema()


TYPES = sorted(
    name
    for name, named in served().type_map.items()
    if not name.startswith("__")
    and isinstance(named, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType | GraphQLEnumType)
)


@pytest.mark.parametrize("name", TYPES)
def test_every_type_is_part_of_mondays_own(name: str, official: GraphQLSchema) -> None:
    ours, theirs = served().type_map[name], official.type_map[name]
    assert type(ours) is type(theirs)
    if isinstance(ours, GraphQLEnumType) and isinstance(theirs, GraphQLEnumType):
        assert set(ours.values) == set(theirs.values)
    elif isinstance(ours, GraphQLInputObjectType) and isinstance(theirs, GraphQLInputObjectType):
        for field_name, field in ours.fields.items():
            assert str(field.type) == str(theirs.fields[field_name].type), field_name
            assert field.default_value == theirs.fields[field_name].default_value, field_name
        required = {key for key, field in theirs.fields.items() if str(field.type).endswith("!")}
        assert required <= ours.fields.keys()
    elif isinstance(ours, GraphQLObjectType | GraphQLInterfaceType) and isinstance(
        theirs, GraphQLObjectType | GraphQLInterfaceType
    ):
        for field_name, part in ours.fields.items():
            whole = theirs.fields[field_name]
            assert str(part.type) == str(whole.type), field_name
            for argument_name, argument in part.args.items():
                assert str(argument.type) == str(whole.args[argument_name].type), (field_name, argument_name)
                assert argument.default_value == whole.args[argument_name].default_value, (
                    field_name,
                    argument_name,
                )


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_every_document_of_the_app_is_served(path: Path) -> None:
    assert validate(served(), parse(path.read_text(encoding="utf-8"))) == []


def test_every_colour_of_a_label_has_a_number() -> None:
    colours = served().type_map["StatusColumnColors"]
    assert isinstance(colours, GraphQLEnumType)
    assert set(labels.COLOURS) == set(colours.values)
    assert len({number for number, *_ in labels.COLOURS.values()}) == len(labels.COLOURS)


def test_every_kind_of_value_has_a_type_in_the_schema() -> None:
    for kind in values.KINDS.values():
        named = served().type_map[kind.type_name]
        assert isinstance(named, GraphQLObjectType)
        assert kind.fields.keys() <= named.fields.keys()


def test_every_mutation_needs_a_scope_but_complexity() -> None:
    mutation = served().mutation_type
    assert mutation is not None
    named = {f"Mutation.{name}" for name in mutation.fields} - {"Mutation.complexity"}
    assert named == {coordinate for coordinate in schema.SCOPES if coordinate.startswith("Mutation.")}


def test_what_is_left_out_is_listed(official: GraphQLSchema) -> None:
    listed = left_out.LIST.read_text(encoding="utf-8")
    assert listed == left_out.left_out(official, served()), "Run: python -m tests.conformance.left_out"
