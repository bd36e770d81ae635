"""Several mutations in one document: each under its own alias, run by monday.com one after the other.

Documents are combined as syntax trees with their variables renamed, never as text. An
alias can fail alone (its data is null and an error names it); the others stand. Pure.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    NameNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    visit,
)

from app.monday import documents

# Without an underscore, so that alias and variable joined by one can't be read two ways.
_ALIAS = re.compile(r"[a-zA-Z][a-zA-Z0-9]*")


class Operation(NamedTuple):
    """One mutation of a batch."""

    #: Letters and digits; the key of this operation's result in the answer.
    alias: str
    #: Name of a document that holds a single mutation field.
    document: str
    #: The document's variables; those left out keep the document's default.
    variables: Mapping[str, Any]


def combine(operations: Sequence[Operation]) -> tuple[DocumentNode, dict[str, Any]]:
    """Make one document, and its variables, of several mutations; their order is kept.

    Raises:
        ValueError: there is nothing to combine, an alias is used twice or can't be one, a
            document is not a single mutation, or it has no variable of a given name.
    """
    if not operations:
        raise ValueError("A batch needs at least one operation.")
    aliases = [operation.alias for operation in operations]
    if len(set(aliases)) != len(aliases):
        raise ValueError(f"An alias is used twice among {aliases}.")
    definitions: list[VariableDefinitionNode] = []
    fields: list[FieldNode] = []
    variables: dict[str, Any] = {}
    for alias, document, given in operations:
        field, declared = _under_alias(alias, document)
        unknown = given.keys() - declared.keys()
        if unknown:
            raise ValueError(f"The document {document} has no variable {', '.join(sorted(unknown))}.")
        fields.append(field)
        definitions.extend(declared.values())
        variables.update({_renamed(alias, name): value for name, value in given.items()})
    mutation = OperationDefinitionNode(
        operation=OperationType.MUTATION,
        name=NameNode(value="batch"),
        variable_definitions=tuple(definitions),
        directives=(),
        selection_set=SelectionSetNode(selections=tuple(fields)),
    )
    return DocumentNode(definitions=(mutation,)), variables


def _renamed(alias: str, variable: str) -> str:
    return f"{alias}_{variable}"


@lru_cache(maxsize=1024)
def _under_alias(alias: str, document: str) -> tuple[FieldNode, Mapping[str, VariableDefinitionNode]]:
    """The document's mutation field and, by their names in the document, its variables' definitions."""
    if not _ALIAS.fullmatch(alias):
        raise ValueError(f"{alias!r} can't be an alias: letters and digits only, a letter first.")
    parsed = documents.load(document)
    operation = documents.operation(parsed)
    selections = operation.selection_set.selections
    if (
        operation.operation is not OperationType.MUTATION
        or len(parsed.definitions) != 1
        or len(selections) != 1
        or not isinstance(selections[0], FieldNode)
    ):
        raise ValueError(f"The document {document} is not a single mutation; it can't be part of a batch.")
    renaming = _VariableRenaming(alias)
    field: FieldNode = visit(selections[0], renaming)
    aliased = FieldNode(
        alias=NameNode(value=alias),
        name=field.name,
        arguments=field.arguments,
        directives=field.directives,
        selection_set=field.selection_set,
    )
    declared: dict[str, VariableDefinitionNode] = {
        definition.variable.name.value: visit(definition, renaming)
        for definition in operation.variable_definitions or ()
    }
    return aliased, declared


class _VariableRenaming(Visitor):
    """Puts the alias before every variable's name."""

    def __init__(self, alias: str) -> None:
        super().__init__()
        self._alias = alias

    def enter_variable(self, node: VariableNode, *_: object) -> VariableNode:
        return VariableNode(name=NameNode(value=_renamed(self._alias, node.name.value)))
