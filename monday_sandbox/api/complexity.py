"""What a request costs, and what is left of the caller's budget a minute.

monday.com publishes no formula. This one counts what a request asks for, lists by their
``limit`` or the ids given, and 10 a mutation; it is of the measured order of size. It only
reports: refusing is the server's business.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    VariableNode,
)

MINUTE_SECONDS = 60
APP_BUDGET = 5_000_000
PERSONAL_BUDGET = 10_000_000
MUTATION_COST = 10


def cost_of(document: DocumentNode, operation: OperationDefinitionNode, variables: Mapping[str, Any]) -> int:
    """The points a request costs."""
    fragments = {
        definition.name.value: definition.selection_set
        for definition in document.definitions
        if isinstance(definition, FragmentDefinitionNode)
    }
    base = MUTATION_COST if operation.operation is OperationType.MUTATION else 1
    return _cost(operation.selection_set, fragments, variables, base)


def _cost(
    selected: SelectionSetNode,
    fragments: Mapping[str, SelectionSetNode],
    variables: Mapping[str, Any],
    each: int = 1,
) -> int:
    total = 0
    for selection in selected.selections:
        if isinstance(selection, FragmentSpreadNode):
            total += _cost(fragments[selection.name.value], fragments, variables, each)
        elif isinstance(selection, InlineFragmentNode):
            total += _cost(selection.selection_set, fragments, variables, each)
        elif isinstance(selection, FieldNode) and selection.selection_set is not None:
            inside = _cost(selection.selection_set, fragments, variables)
            total += each + _length(selection, variables) * inside
        elif each > 1:
            total += each
    return total


def _length(field: FieldNode, variables: Mapping[str, Any]) -> int:
    """How many entries a field can give."""
    length = 1
    for argument in field.arguments or ():
        name, value = argument.name.value, argument.value
        if isinstance(value, VariableNode):
            given = variables.get(value.name.value)
            if name == "limit" and isinstance(given, int):
                length = max(length, given)
            elif name == "ids" and isinstance(given, list):
                return len(given)
        elif name == "limit" and isinstance(value, IntValueNode):
            length = max(length, int(value.value))
        elif name == "ids" and isinstance(value, ListValueNode):
            return len(value.values)
    return length


@dataclass
class _Minute:
    started: datetime
    spent: int = 0


class Meter:
    """How much of their budget callers have spent in the running minute; forgotten at a restart."""

    def __init__(self) -> None:
        self._minutes: dict[tuple[int, bool], _Minute] = {}
        self._lock = threading.Lock()

    def charge(self, account_id: int, *, is_app: bool, points: int, now: datetime) -> dict[str, int]:
        """Charge a request and say so, in the form of the schema's ``Complexity``."""
        budget = APP_BUDGET if is_app else PERSONAL_BUDGET
        with self._lock:
            minute = self._minutes.get((account_id, is_app))
            if minute is None or not 0 <= (now - minute.started).total_seconds() < MINUTE_SECONDS:
                minute = self._minutes[account_id, is_app] = _Minute(now)
            before = budget - minute.spent
            minute.spent = min(budget, minute.spent + points)
            return {
                "before": before,
                "after": budget - minute.spent,
                "query": points,
                "reset_in_x_seconds": MINUTE_SECONDS - int((now - minute.started).total_seconds()),
            }
