"""Fields behind a gate: every field of a query's or mutation's root, and those with limits of their own."""

from collections.abc import Callable
from typing import Any

from graphql import GraphQLResolveInfo

from monday_sandbox.api.context import Context
from monday_sandbox.limits.figures import ENDPOINT_NAMES
from monday_sandbox.limits.gate import SUBITEMS

_ROOTS = ("Query.", "Mutation.")


def guarded(resolve: Callable[..., Any], coordinate: str) -> Callable[..., Any]:
    """A field's resolver behind the request's gate, where the field has one."""
    if not coordinate.startswith(_ROOTS) and coordinate not in ENDPOINT_NAMES and coordinate != SUBITEMS:
        return resolve

    def resolve_if_let_in(source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        context: Context = info.context
        late = None if context.gate is None else context.gate.enter(coordinate, info.path.key)
        given = resolve(source, info, **arguments)
        if late is not None:
            raise late
        return given

    return resolve_if_let_in
