"""Whatever document the schema allows is answered: with data or with a refusal, never by a stumble.

Documents are made from the schema itself, over a board with an item, a message and a column of
each type, so that they find something. Ids are real ones or numbers that name nothing: text where
an id is wanted is monday.com's own internal error.
"""

import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    REMOVE,
    DocumentNode,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    IntValueNode,
    NameNode,
    ObjectFieldNode,
    StringValueNode,
    Visitor,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
    is_required_argument,
    print_ast,
    visit,
)
from graphql.language.ast import ArgumentNode
from graphql.language.visitor import VisitorActionEnum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis_graphql import mutations, queries

from monday_sandbox import values
from monday_sandbox.api import Api
from monday_sandbox.api.schema import served_schema
from monday_sandbox.clock import SandboxClock
from monday_sandbox.state import FIRST_IDS, Store
from tests.conformance.people import Monday, Person, person

SCHEMA: GraphQLSchema = served_schema()
QUERIES = sorted(SCHEMA.query_type.fields) if SCHEMA.query_type is not None else []
#: Files come beside a document; in one, whatever stands for a file is monday.com's internal error.
UPLOADS = {"add_file_to_column", "add_file_to_update"}
MUTATIONS = sorted(SCHEMA.mutation_type.fields.keys() - UPLOADS) if SCHEMA.mutation_type is not None else []
#: Strings that mean something where an argument or a field of an input has this name.
KNOWN: dict[str, Sequence[str]] = {
    "column_id": (*values.KINDS, "name", "__last_updated__", "group"),
    "group_id": ("topics", "new_group"),
    "from": ("2026-01-01", "2026-11-01T10:00:00Z"),
    "to": ("2026-12-31", "2026-11-01T10:00:00Z"),
    "from_date": ("2026-01-01",),
    "to_date": ("2026-12-31",),
    "url": ("http://127.0.0.1:9/hook", "http://refuses.example"),
    "color": ("#579bfc",),
    "object_id": (str(FIRST_IDS["board"]), "1"),
}
#: Arguments that mostly leave nothing to be found; most of them are left out.
FILTERS = frozenset(
    {"ids", "board_kind", "column_ids", "from", "group_ids", "hierarchy_types", "item_ids", "kind", "state"}
    | {"to", "types", "user_ids", "workspace_ids", "name", "emails", "non_active", "status", "query_params"}
)
_TEXTS = st.sampled_from(["", "Done", "1", "2026-11-02", "EXACT", "anna@example.com", "person-1", "å\u2028"])
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | _TEXTS,
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(
                [
                    *(*values.KINDS, "name"),
                    *("label", "index", "labels", "ids", "date", "text", "personsAndTeams", "id"),
                    *("columnId", "groupId", "columnValue", "item_ids", "boardIds", "clear_all", "checked"),
                ]
            ),
            inner,
            max_size=2,
        )
    ),
    max_leaves=5,
)


def _text_node(given: Any) -> StringValueNode:
    return StringValueNode(value=str(given))


SCALARS: dict[str, st.SearchStrategy[Any]] = {
    "ID": st.sampled_from(
        [str(first + place) for first in FIRST_IDS.values() for place in (0, 1)] + ["1", "99999999999"]
    ).map(_text_node),
    "JSON": _JSON.map(lambda given: _text_node(json.dumps(given))),
    "CompareValue": (_TEXTS | st.integers()).map(_text_node),
    "Date": st.just(StringValueNode(value="2026-11-02")),
    "ISO8601DateTime": st.just(StringValueNode(value="2026-11-02T08:00:00Z")),
    "File": st.just(StringValueNode(value="no file")),
}


class _Meaning(Visitor):
    """Puts strings that mean something where the name of the argument asks for such."""

    def enter_argument(self, node: ArgumentNode, *_: Any) -> ArgumentNode | VisitorActionEnum | None:
        if node.name.value in FILTERS and len(print_ast(node)) % 4:
            return REMOVE
        value = _meant(node)
        return None if value is None else ArgumentNode(name=NameNode(value=node.name.value), value=value)

    def enter_object_field(self, node: ObjectFieldNode, *_: Any) -> ObjectFieldNode | None:
        value = _meant(node)
        return None if value is None else ObjectFieldNode(name=NameNode(value=node.name.value), value=value)


def _meant(node: ArgumentNode | ObjectFieldNode) -> StringValueNode | IntValueNode | None:
    if isinstance(node.value, IntValueNode) and node.name.value in ("limit", "page"):
        # Most whole numbers are refused at once, or lead beyond the last page.
        small = int(node.value.value) % 100 if node.name.value == "limit" else 1
        return IntValueNode(value=str(small))
    known = KNOWN.get(node.name.value)
    if known is None or not isinstance(node.value, StringValueNode):
        return None
    return StringValueNode(value=known[sum(map(ord, node.value.value)) % len(known)])


def _text(document: DocumentNode) -> str:
    return print_ast(visit(document, _Meaning()))


@contextmanager
def _somebody(folder: Path) -> Iterator[Person]:
    store = Store(folder, SandboxClock(folder / "clock.json"))
    yield person(Monday(store, Api(store, lambda _: True), []), "synerity")
    store.close()


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state with a board of every column, an item with a subitem, an update and a reply."""
    folder = tmp_path_factory.mktemp("furnished") / "monday"
    with _somebody(folder) as desk:
        _furnish(desk)
    return folder


def _furnish(desk: Person) -> None:
    board = desk.one('mutation { create_board(board_name: "Desk", board_kind: public) { id } }')["id"]
    for column_type in values.KINDS:
        desk.answer(
            "mutation ($b: ID!, $id: String!, $type: ColumnType!) {"
            " create_column(board_id: $b, id: $id, title: $id, column_type: $type) { id } }",
            b=board,
            id=column_type,
            type=column_type,
        )
    item = desk.one('mutation ($b: ID!) { create_item(board_id: $b, item_name: "A fault") { id } }', b=board)[
        "id"
    ]
    update = desk.one('mutation ($i: ID!) { create_update(item_id: $i, body: "Hello") { id } }', i=item)["id"]
    desk.one('mutation ($u: ID!) { create_update(parent_id: $u, body: "Yes") { id } }', u=update)
    desk.one('mutation ($i: ID!) { create_subitem(parent_item_id: $i, item_name: "A part") { id } }', i=item)


@pytest.fixture(scope="module")
def reader(furnished: Path) -> Iterator[Person]:
    """Somebody who only asks, the same for all tests."""
    with _somebody(furnished) as desk:
        yield desk


@pytest.fixture
def writer(furnished: Path, tmp_path: Path) -> Iterator[Person]:
    """Somebody in a copy of the state, to change as a test likes."""
    with _somebody(Path(shutil.copytree(furnished, tmp_path / "monday"))) as desk:
        yield desk


def _assert_answered(desk: Person, document: str) -> None:
    body = desk.answer(document).body
    codes = [(error.get("extensions") or {}).get("error_code") for error in body.get("errors", ())]
    assert "INTERNAL_SERVER_ERROR" not in codes, document


_ALLOWED = settings(
    # Each must be made from the whole schema: three of a field, and a hundred by night.
    max_examples=settings().max_examples // 16,
    deadline=None,
    # New documents are looked for where people work; a build must not fail by chance.
    derandomize=bool(os.environ.get("CI")),
    # What one example changed, the next may find: they are about answers, not about a state.
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("field", QUERIES)
@given(data=st.data())
@_ALLOWED
def test_any_query_of_the_schema_is_answered(reader: Person, field: str, data: st.DataObject) -> None:
    made = queries(SCHEMA, fields=[field], custom_scalars=SCALARS, print_ast=_text, allow_x00=False)
    _assert_answered(reader, data.draw(made))


@pytest.mark.parametrize("field", MUTATIONS)
@given(data=st.data())
@_ALLOWED
def test_any_mutation_of_the_schema_is_answered(writer: Person, field: str, data: st.DataObject) -> None:
    made = mutations(SCHEMA, fields=[field], custom_scalars=SCALARS, print_ast=_text, allow_x00=False)
    _assert_answered(writer, data.draw(made))


def _paths() -> dict[str, str]:
    """Object type → a document with ``%s`` where its fields are selected; the ways that find most first."""
    first = ["boards", "items", "updates", "users"]
    roots = [*first, *(name for name in QUERIES if name not in first)]
    board = str(FIRST_IDS["board"])
    item = str(FIRST_IDS["item"])
    given = {"boards": f"(ids: [{board}])", "items": f"(ids: [{item}])", "webhooks": f"(board_id: {board})"}
    paths: dict[str, str] = {}
    waiting: list[tuple[GraphQLNamedType, str]] = []
    query = SCHEMA.query_type
    assert query is not None
    for name in roots:
        field = query.fields[name]
        if name in given or not any(is_required_argument(one) for one in field.args.values()):
            waiting.append((get_named_type(field.type), f"{{ {name}{given.get(name, '')} {{ %s }} }}"))
    while waiting:
        named, document = waiting.pop(0)
        if is_abstract_type(named):
            waiting += [
                (one, document % f"... on {one.name} {{ %s }}") for one in SCHEMA.get_possible_types(named)
            ]
        elif isinstance(named, GraphQLObjectType) and named.name not in paths:
            paths[named.name] = document
            waiting += [
                (get_named_type(field.type), document % f"{name} {{ %s }}")
                for name, field in named.fields.items()
                if not is_leaf_type(get_named_type(field.type))
                and not any(is_required_argument(one) for one in field.args.values())
            ]
    return paths


_PATHS = _paths()


@pytest.mark.parametrize("type_name", sorted(_PATHS))
def test_every_field_within_reach_is_answered(reader: Person, type_name: str) -> None:
    named = SCHEMA.type_map[type_name]
    assert isinstance(named, GraphQLObjectType)
    fields = " ".join(
        name if is_leaf_type(get_named_type(field.type)) else f"{name} {{ __typename }}"
        for name, field in named.fields.items()
        if not any(is_required_argument(one) for one in field.args.values())
    )
    body = reader.answer(_PATHS[type_name] % fields).body
    assert "errors" not in body, body["errors"]
