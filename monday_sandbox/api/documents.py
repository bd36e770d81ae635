"""A document once it is read: valid or refused, with the operations in it and what they cost.

Reading is the dear part of a small call, so the newest documents are kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    parse,
    validate,
)

from monday_sandbox.api import complexity
from monday_sandbox.api.schema import served_schema
from monday_sandbox.limits import versions

#: A document of more tokens is refused.
MOST_TOKENS = 50_000
_COMPLEXITY = "complexity"


class Operation:
    """One operation of a valid document."""

    def __init__(self, document: DocumentNode, node: OperationDefinitionNode, schema: GraphQLSchema) -> None:
        self.schema = schema
        self.document = document
        self.node = node
        self.kind = node.operation
        self.priced = complexity.price(schema, document, node)

    @property
    def name(self) -> str | None:
        """The operation's own name, where it has one."""
        return None if self.node.name is None else self.node.name.value

    @property
    def is_mutation(self) -> bool:
        """Whether it would change something."""
        return self.kind is OperationType.MUTATION

    @cached_property
    def roots(self) -> tuple[FieldNode, ...]:
        """Its fields, those of fragments too."""
        fragments = complexity.fragments_of(self.document)
        return tuple(complexity.fields_of(self.node.selection_set, fragments))

    @cached_property
    def asks_only_its_cost(self) -> bool:
        """Whether it asks for ``complexity`` and nothing beside it."""
        return all(node.name.value == _COMPLEXITY for node in self.roots)

    @cached_property
    def costs_told(self) -> Mapping[str, Mapping[str, str]]:
        """Where the cost is told: name in the answer → name inside it → field of ``Complexity``."""
        fragments = complexity.fragments_of(self.document)
        told: dict[str, dict[str, str]] = {}
        for node in self.roots:
            if node.name.value == _COMPLEXITY and node.selection_set is not None:
                names = told.setdefault(_key(node), {})
                for inner in complexity.fields_of(node.selection_set, fragments):
                    names[_key(inner)] = inner.name.value
        return told

    def tell_cost(self, data: Any, charged: Mapping[str, int]) -> None:
        """Put what was charged in the end where the answer tells it."""
        for key, names in self.costs_told.items():
            told = data.get(key) if isinstance(data, dict) else None
            if told is not None:
                told.update({inner: charged[name] for inner, name in names.items() if name in charged})


@dataclass(frozen=True)
class Document:
    """A valid document."""

    operations: tuple[Operation, ...]

    def operation(self, name: str | None) -> Operation | None:
        """The operation that is asked for; None when the name does not tell."""
        if name is None:
            return self.operations[0] if len(self.operations) == 1 else None
        return next((one for one in self.operations if one.name == name), None)


def read(query: str, version: str = versions.CURRENT) -> Document | tuple[GraphQLError, ...]:
    """The valid document, or what is wrong with it in a version of the API."""
    return _read(query, served_schema(version))


@lru_cache(maxsize=2048)
def _read(query: str, schema: GraphQLSchema) -> Document | tuple[GraphQLError, ...]:
    try:
        document = parse(query, max_tokens=MOST_TOKENS)
        errors = validate(schema, document)
        if errors:
            return tuple(errors)
        nodes = (one for one in document.definitions if isinstance(one, OperationDefinitionNode))
        return Document(tuple(Operation(document, node, schema) for node in nodes))
    except GraphQLError as error:
        return (error,)
    except RecursionError:
        return (GraphQLError("Syntax Error: Document is nested too deeply."),)


def _key(node: FieldNode) -> str:
    return node.alias.value if node.alias else node.name.value
