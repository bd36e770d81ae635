"""What a request costs, in points of complexity: an estimate beforehand, the cost of what was given after.

monday.com publishes no formula. This one is fitted to what developers measured in June and July 2026
(``query`` of the ``complexity`` field), and lies above each figure rather than below:

* a board's ``items_page`` with linked items cost 4 282 points for 50 rows, 8 478 for 100: 84 a row and 86
  for the way there. Asked for 500 rows it cost 12 296, that of the 145 or so that there were: what is
  charged in the end is what was given.
* at 100 rows scalar cells cost 3 424, people cells 296 more, ``linked_items`` with an id and a name 2 750,
  with cells of their own 4 346, a mirror's ``display_value`` 1 480: here 4 an item, 3 a cell, 24 a
  relation's ``linked_items``, 12 a ``display_value``.
* ``teams`` and ``users`` beside each other cost 46: here 25 each, and 1 for everybody found.
* ``create_item`` costs 10 000 by an older page of monday.com's; of other mutations no figure is known. Here
  they cost a tenth of it, which spends a minute's points with the calls of a minute of the largest plan.

Lists count by ``limit`` or the ids given; without either, by a usual length that is on the large side, as
monday.com refuses wide pages of 500 rows for their estimate. Pure: nothing here reads or charges.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    NullValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
    is_composite_type,
)

#: The least that a request costs.
LEAST = 1
ROOT_FIELD = 25
MUTATION = 1_000
#: A mutation that was refused: "failed queries much cheaper" since 2025-10.
REFUSED_MUTATION = 10
DEAR_MUTATION = 10_000
_DEAR_MUTATIONS = frozenset(
    {"create_board", "create_item", "create_subitem", "duplicate_board", "duplicate_group", "duplicate_item"}
)
#: Asked of the service itself; their price would only be noise in what they tell.
_FREE_ROOTS = frozenset({"complexity", "version", "versions", "__typename"})
#: Points for each time a field is asked of an object, beside what it gives.
_FIELDS: Mapping[str, int] = {
    "activity_logs": 60,
    "display_value": 12,
    "items_page": 60,
    "items_page_by_column_values": 60,
    "linked_items": 24,
    "mirrored_items": 4,
    "next_items_page": 60,
    "subitems": 24,
    "updates_page": 60,
}
#: Points for each object of a type; 1 for others.
_OBJECTS: Mapping[str, int] = {"ColumnValue": 3, "Item": 4}
#: How many a list without ``limit`` and ids is taken to give beforehand; 10 for others.
_USUAL_LENGTHS: Mapping[str, int] = {
    "column_values": 50,
    "columns": 30,
    "groups": 20,
    "linked_items": 20,
    "mirrored_items": 20,
    "replies": 20,
    # monday.com's own Python client asks for 500 items with the cells of their subitems at once.
    "subitems": 3,
}
_USUAL_LENGTH = 10
_BEYOND_INT = 2**31


@dataclass(frozen=True)
class _Given:
    """An argument's value: in the document, or a variable with its default."""

    variable: str | None
    value: Any

    def read(self, variables: Mapping[str, Any]) -> Any:
        return self.value if self.variable is None else variables.get(self.variable, self.value)


@dataclass(frozen=True)
class Priced:
    """One field of a document, with what it costs.

    Attributes:
        key: The name in the answer.
        price: Points for asking.
        refused: Points when a null is all that comes of it.
        each: Points for each object it gives.
        inside: What is asked of each object.
    """

    key: str
    price: int
    refused: int
    each: int
    inside: tuple["Priced", ...]
    limit: _Given | None = None
    ids: _Given | None = None
    #: Entries without ``limit`` and ids; None when the field gives one object.
    usual: int | None = None

    def length(self, variables: Mapping[str, Any]) -> int:
        """How many objects the field can give, 1 at least."""
        if self.usual is None:
            return 1
        ids = None if self.ids is None else self.ids.read(variables)
        if ids is not None:
            return max(1, len(ids)) if isinstance(ids, list | tuple) else 1
        limit = None if self.limit is None else self.limit.read(variables)
        # What is no 32-bit number is refused when it runs.
        return max(1, limit) if isinstance(limit, int) and limit < _BEYOND_INT else self.usual


def price(
    schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode
) -> tuple[Priced, ...]:
    """A valid operation's fields with what they cost, for any variables."""
    root = schema.get_root_type(operation.operation)
    if root is None:
        return ()
    defaults = {
        definition.variable.name.value: _value(definition.default_value, {}).value
        for definition in operation.variable_definitions or ()
        if definition.default_value is not None
    }
    return _Reader(schema, fragments_of(document), defaults).fields(operation.selection_set, root)


def estimate(priced: Sequence[Priced], variables: Mapping[str, Any]) -> int:
    """What the request costs at most, by what it asks for."""
    return max(LEAST, _estimate(priced, variables, {}))


def cost(priced: Sequence[Priced], data: Mapping[str, Any] | None) -> int:
    """What the request has cost, by the ``data`` that was given; None: it failed as a whole."""
    if data is None:
        return max(LEAST, sum(field.refused for field in priced))
    return max(LEAST, _cost(priced, data))


def fields_of(
    selected: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode]
) -> Iterator[FieldNode]:
    """The fields of a selection, those of its fragments too, whatever type they are on."""
    for field, _ in _flat(selected, fragments, None, set()):
        yield field


def fragments_of(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    """A document's fragments by name."""
    return {
        definition.name.value: definition
        for definition in document.definitions
        if isinstance(definition, FragmentDefinitionNode)
    }


def _estimate(priced: Sequence[Priced], variables: Mapping[str, Any], known: dict[int, int]) -> int:
    # What is inside a fragment is worked out once, however often the fragment is used.
    found = known.get(id(priced))
    if found is None:
        found = 0
        for field in priced:
            found += field.price
            if field.each:
                inside = _estimate(field.inside, variables, known)
                found += field.length(variables) * (field.each + inside)
        known[id(priced)] = found
    return found


def _cost(priced: Sequence[Priced], data: Mapping[str, Any]) -> int:
    total = 0
    for field in priced:
        if field.key not in data:
            continue
        given = data[field.key]
        if given is None:
            total += field.refused
            continue
        total += field.price
        if not field.each:
            continue
        for one in given if isinstance(given, list) else (given,):
            if isinstance(one, Mapping):
                total += field.each + _cost(field.inside, one)
    return total


def _flat(
    selected: SelectionSetNode,
    fragments: Mapping[str, FragmentDefinitionNode],
    type_name: str | None,
    seen: set[str],
) -> Iterator[tuple[FieldNode, str | None]]:
    """The fields of a selection and the type each is asked of; a fragment counts once, as when it runs."""
    for selection in selected.selections:
        if isinstance(selection, FieldNode):
            yield selection, type_name
        elif isinstance(selection, InlineFragmentNode):
            condition = selection.type_condition
            on = type_name if condition is None else condition.name.value
            yield from _flat(selection.selection_set, fragments, on, seen)
        elif isinstance(selection, FragmentSpreadNode) and selection.name.value not in seen:
            seen.add(selection.name.value)
            fragment = fragments[selection.name.value]
            on = fragment.type_condition.name.value
            yield from _flat(fragment.selection_set, fragments, on, seen)


class _Reader:
    """Reads the prices of a document's fields."""

    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        defaults: Mapping[str, Any],
    ) -> None:
        self._schema = schema
        self._fragments = fragments
        self._defaults = defaults
        self._known: dict[tuple[int, str, _Page | None], tuple[Priced, ...]] = {}

    def fields(
        self, selected: SelectionSetNode, named: GraphQLNamedType, page: "_Page | None" = None
    ) -> tuple[Priced, ...]:
        """The priced fields of a selection on a type; lists on a page are as long as the page."""
        # The nodes live as long as the document that is read, so that their ids stay their own.
        name = (id(selected), named.name, page)
        if name not in self._known:
            read = (
                self._field(node, self._schema.type_map[on or named.name], page)
                for node, on in _flat(selected, self._fragments, named.name, set())
            )
            self._known[name] = tuple(field for field in read if field is not None)
        return self._known[name]

    def _field(self, node: FieldNode, parent: GraphQLNamedType, page: "_Page | None") -> Priced | None:
        name = node.name.value
        if name in _FREE_ROOTS and parent in (self._schema.query_type, self._schema.mutation_type):
            return None
        key = node.alias.value if node.alias else name
        price, refused = self._prices(name, parent)
        definition = (
            parent.fields.get(name) if isinstance(parent, GraphQLObjectType | GraphQLInterfaceType) else None
        )
        named = None if definition is None else get_named_type(definition.type)
        if definition is None or node.selection_set is None or not is_composite_type(named):
            return Priced(key, price, refused, 0, ()) if price else None
        arguments = {one.name.value: _value(one.value, self._defaults) for one in node.arguments or ()}
        own = (
            _Page(arguments.get("limit"), _default_limit(definition)) if "limit" in definition.args else None
        )
        is_list = _is_list(definition)
        within = page if own is None else own
        usual = _USUAL_LENGTHS.get(name, _USUAL_LENGTH) if within is None else within.usual
        return Priced(
            key=key,
            price=price,
            refused=refused,
            each=_OBJECTS.get(named.name, 1),
            inside=self.fields(node.selection_set, named, None if is_list else own),
            limit=None if within is None else within.limit,
            ids=arguments.get("ids"),
            usual=usual if is_list else None,
        )

    def _prices(self, name: str, parent: GraphQLNamedType) -> tuple[int, int]:
        """Points for asking a field, and for asking it in vain."""
        if parent is self._schema.mutation_type:
            return DEAR_MUTATION if name in _DEAR_MUTATIONS else MUTATION, REFUSED_MUTATION
        own = _FIELDS.get(name, 0)
        if parent is self._schema.query_type:
            return ROOT_FIELD + own, ROOT_FIELD
        return own, own


@dataclass(frozen=True)
class _Page:
    """An argument ``limit``, and how many there are without it."""

    limit: _Given | None
    usual: int


def _is_list(definition: GraphQLField) -> bool:
    found = definition.type
    return isinstance(found.of_type if isinstance(found, GraphQLNonNull) else found, GraphQLList)


def _default_limit(definition: GraphQLField) -> int:
    limit = definition.args.get("limit")
    default = None if limit is None else limit.default_value
    return default if isinstance(default, int) else _USUAL_LENGTH


def _value(node: ValueNode, defaults: Mapping[str, Any]) -> _Given:
    if isinstance(node, VariableNode):
        return _Given(node.name.value, defaults.get(node.name.value))
    if isinstance(node, IntValueNode):
        return _Given(None, int(node.value))
    if isinstance(node, ListValueNode):
        return _Given(None, tuple(node.values))
    if isinstance(node, NullValueNode):
        return _Given(None, None)
    return _Given(None, node)
