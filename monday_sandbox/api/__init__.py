"""monday.com's GraphQL API: a document in, an answer out, by an account's caller.

Errors inside an answer leave HTTP at 200, as monday.com does: null at the field, and the
refusal beside it. A document that the schema does not allow is refused whole and without
a code. What is not foreseen is answered as monday.com's internal server error.
"""

import logging
import re
import uuid
from collections.abc import Awaitable, Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, TypeGuard

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    execute,
    parse,
    validate,
)

from monday_sandbox import refusals
from monday_sandbox.api import complexity
from monday_sandbox.api.context import Caller, Context
from monday_sandbox.api.permissions import has_api
from monday_sandbox.api.schema import served_schema
from monday_sandbox.state import Store

__all__ = ["Answer", "Api", "Caller"]

_log = logging.getLogger(__name__)
#: A document of more tokens is refused.
MOST_TOKENS = 50_000
_QUOTED = re.compile(r"'([^']*)'")


@dataclass(frozen=True)
class Answer:
    """What is sent back."""

    body: dict[str, Any]
    status: int
    #: False when the document was refused before it ran; such answers name no API version.
    served: bool
    #: What it cost and what is left, as the schema's ``Complexity``; None when it did not run.
    complexity: Mapping[str, int] | None = None


class Api:
    """The API over one state."""

    def __init__(self, store: Store, challenge: Callable[[str], bool]) -> None:
        """Serve a state.

        Args:
            store: The state.
            challenge: Whether an address echoes the challenge of a new webhook; may take its time.
        """
        self._store = store
        self._challenge = challenge
        self._meter = complexity.Meter()
        served_schema()

    def execute(
        self, caller: Caller, query: str, variables: dict[str, Any] | None, operation_name: str | None
    ) -> Answer:
        """Run a document and answer it."""
        if not self._is_let_in(caller):
            return Answer(_no_access(), 403, served=False)
        prepared = _prepare(query)
        if isinstance(prepared, tuple):
            return _refused(prepared)
        operation = _operation(prepared, operation_name)
        if operation is None:
            return _refused((GraphQLError(_unknown_operation(operation_name)),))
        context = Context(self._store, caller, self._challenge)
        context.complexity = self._meter.charge(
            caller.account_id,
            is_app=caller.scopes is not None,
            points=complexity.cost_of(prepared, operation, variables or {}),
            now=self._store.clock.now(),
        )
        # A query sees one state of things; a mutation sees what it has just done.
        is_query = operation.operation is OperationType.QUERY
        with self._store.reading() if is_query else nullcontext():
            result = _run(prepared, context, variables, operation_name)
        return replace(_answer(result), complexity=context.complexity)

    def _is_let_in(self, caller: Caller) -> bool:
        """Whether the caller is one of those who have the API, as they are now."""
        with self._store.reading() as connection:
            row = connection.execute(
                "SELECT kind, status FROM users WHERE id = ?", (caller.user_id,)
            ).fetchone()
        return row is not None and has_api(dict(row))

    def is_mutation(self, query: str, operation_name: str | None) -> bool:
        """Whether a document would change something; False also for one that is refused."""
        prepared = _prepare(query)
        if isinstance(prepared, tuple):
            return False
        operation = _operation(prepared, operation_name)
        return operation is not None and operation.operation is OperationType.MUTATION


@lru_cache(maxsize=2048)
def _prepare(query: str) -> DocumentNode | tuple[GraphQLError, ...]:
    """The parsed and valid document, or what is wrong with it."""
    try:
        document = parse(query, max_tokens=MOST_TOKENS)
        errors = validate(served_schema(), document)
    except GraphQLError as error:
        return (error,)
    except RecursionError:
        return (GraphQLError("Syntax Error: Document is nested too deeply."),)
    return tuple(errors) if errors else document


def _operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode | None:
    operations = [
        definition for definition in document.definitions if isinstance(definition, OperationDefinitionNode)
    ]
    if name is None:
        return operations[0] if len(operations) == 1 else None
    return next((one for one in operations if one.name is not None and one.name.value == name), None)


def _unknown_operation(name: str | None) -> str:
    if name is None:
        return "Must provide operation name if query contains multiple operations."
    return f'Unknown operation named "{name}".'


def _run(
    document: DocumentNode, context: Context, variables: dict[str, Any] | None, operation_name: str | None
) -> ExecutionResult:
    result = execute(
        served_schema(),
        document,
        context_value=context,
        variable_values=variables,
        operation_name=operation_name,
        is_awaitable=_never,
    )
    if not isinstance(result, ExecutionResult):
        raise TypeError("A resolver was asynchronous.")
    return result


def _never(_: Any) -> TypeGuard[Awaitable[Any]]:
    return False


def _answer(result: ExecutionResult) -> Answer:
    errors = result.errors or []
    unforeseen = [
        error.original_error
        for error in errors
        if error.original_error is not None
        and not isinstance(error.original_error, refusals.Refusal | refusals.ScopeRefusal | GraphQLError)
    ]
    for fault in unforeseen:
        if not isinstance(fault, refusals.Stumble):
            _log.error("A resolver failed", exc_info=fault)
    if unforeseen:
        return Answer(_stumbled(), 200, served=True)
    if result.data is None and errors and all(error.path is None for error in errors):
        # The variables do not fit what the document declares.
        return _refused(tuple(errors))
    body: dict[str, Any] = {"data": result.data}
    if errors:
        body["errors"] = [_formatted(error) for error in errors]
    return Answer(_numbered(body), 200, served=True)


def _formatted(error: GraphQLError) -> dict[str, Any]:
    formatted: dict[str, Any] = {**error.formatted}
    if not isinstance(error.original_error, refusals.Refusal | refusals.ScopeRefusal):
        formatted["message"] = _QUOTED.sub(r'"\1"', formatted["message"])
    return formatted


def _refused(errors: tuple[GraphQLError, ...]) -> Answer:
    return Answer(_numbered({"errors": [_formatted(error) for error in errors]}), 200, served=False)


def _no_access() -> dict[str, Any]:
    """For users who only view, are deactivated or unconfirmed; the sentence is the sandbox's own."""
    error = {"message": "User has no access to the API", "extensions": {"code": "USER_ACCESS_DENIED"}}
    return _numbered({"errors": [error]})


def _stumbled() -> dict[str, Any]:
    extensions = {"status_code": 500, "error_code": "INTERNAL_SERVER_ERROR", "service": "monolith"}
    error = {"message": "Internal server error", "path": [], "extensions": extensions}
    return _numbered({"data": None, "errors": [error]})


def _numbered(body: dict[str, Any]) -> dict[str, Any]:
    return {**body, "extensions": {"request_id": str(uuid.uuid4())}}
