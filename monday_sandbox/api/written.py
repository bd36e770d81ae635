"""Which boards a mutation writes, told from its arguments before it runs; for their locks."""

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import FieldNode, IntValueNode, StringValueNode, VariableNode

from monday_sandbox.api.documents import Operation
from monday_sandbox.state import Store

_ITEM_ARGUMENTS = ("item_id", "parent_item_id")


def boards_written(
    operation: Operation, variables: Mapping[str, Any], store: Store, account_id: int
) -> set[int]:
    """The boards that the fields of an operation name, or whose items they name."""
    found: set[int] = set()
    items: set[int] = set()
    for field in operation.roots:
        found.update(_ids(field, ("board_id",), variables))
        items.update(_ids(field, _ITEM_ARGUMENTS, variables))
    if items:
        marks = ", ".join("?" * len(items))
        with store.reading() as connection:
            rows = connection.execute(
                f"SELECT DISTINCT board_id FROM items WHERE account_id = ? AND id IN ({marks})",  # noqa: S608 - only question marks are put in
                (account_id, *items),
            )
            found.update(row["board_id"] for row in rows)
    return found


def _ids(field: FieldNode, names: tuple[str, ...], variables: Mapping[str, Any]) -> Iterator[int]:
    for argument in field.arguments or ():
        if argument.name.value in names:
            node = argument.value
            given = variables.get(node.name.value) if isinstance(node, VariableNode) else None
            if isinstance(node, IntValueNode | StringValueNode):
                given = node.value
            if str(given).isascii() and str(given).isdigit() and int(given or 0) < 2**63:
                yield int(given or 0)
