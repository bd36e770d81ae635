"""What a call asks for, counted; and asking monday.com, in the call itself, what it has cost. Pure.

``complexity { query before after reset_in_x_seconds }`` stands beside any query or mutation
(developer.monday.com, rate limits) and costs nothing worth counting.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from graphql import DocumentNode, FieldNode, NameNode, OperationDefinitionNode, SelectionSetNode

from app.monday import documents
from app.monday.transport import Answer

_FIELD = "complexity"
_COST = FieldNode(
    name=NameNode(value=_FIELD),
    alias=None,
    arguments=(),
    directives=(),
    selection_set=SelectionSetNode(
        selections=tuple(
            FieldNode(name=NameNode(value=name), alias=None, arguments=(), directives=(), selection_set=None)
            for name in ("query", "before", "after", "reset_in_x_seconds")
        )
    ),
)


def units_of(document: str, variables: Mapping[str, Any]) -> dict[str, int]:
    """How many units of which kind a document asks for: its ids, or its limit for each of them, or one.

    A kind is the document's name with the parts that it includes: they cost.
    """
    included = sorted(name for name, value in variables.items() if value is True)
    kind = "+".join([document, *included])
    ids, limit = variables.get("ids"), variables.get("limit")
    places = len(ids) if isinstance(ids, list | tuple) else 1
    return {kind: max(1, places) * (max(1, limit) if isinstance(limit, int) else 1)}


def asking_its_cost(document: DocumentNode) -> DocumentNode:
    """The same document, which also asks what it costs."""
    asked = documents.operation(document)
    operation = OperationDefinitionNode(
        operation=asked.operation,
        name=asked.name,
        variable_definitions=asked.variable_definitions,
        directives=asked.directives,
        selection_set=SelectionSetNode(selections=(_COST, *asked.selection_set.selections)),
    )
    others = tuple(node for node in document.definitions if not isinstance(node, OperationDefinitionNode))
    return DocumentNode(definitions=(operation, *others))


def taking_its_cost(answer: Answer) -> tuple[Answer, Mapping[str, Any] | None]:
    """An answer as it were without that question, and the answer to it.

    None where there is none, and where monday.com repeats what it once answered: that cost nothing now.
    """
    data = answer.body.get("data")
    if not isinstance(data, Mapping) or _FIELD not in data:
        return answer, None
    body = {**answer.body, "data": {name: value for name, value in data.items() if name != _FIELD}}
    told = data[_FIELD]
    is_replayed = answer.headers.get("idempotency-replayed", "").lower() == "true"
    known = told if isinstance(told, Mapping) and not is_replayed else None
    return replace(answer, body=body), known
