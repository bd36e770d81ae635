"""monday.com's GraphQL API: a document in, an answer out, by an account's caller.

Errors inside an answer leave HTTP at 200, as monday.com does: null at the field, and the
refusal beside it. A document that the schema does not allow is refused whole and without
a code. What is not foreseen is answered as monday.com's internal server error.
"""

import logging
import re
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeGuard

from graphql import ExecutionResult, GraphQLError, execute

from monday_sandbox import refusals
from monday_sandbox.api import complexity, documents
from monday_sandbox.api.context import Context
from monday_sandbox.api.documents import Operation
from monday_sandbox.api.permissions import has_api
from monday_sandbox.api.schema import served_schema
from monday_sandbox.api.written import boards_written
from monday_sandbox.apps import subscriptions
from monday_sandbox.apps.registration import AppSecrets
from monday_sandbox.caller import Caller
from monday_sandbox.limits import answers, versions
from monday_sandbox.limits.answers import OverLimitError
from monday_sandbox.limits.budgets import Budgets
from monday_sandbox.limits.gate import FieldLimits, Gate, Strike
from monday_sandbox.limits.quotas import Quotas, Visit
from monday_sandbox.state import Store

__all__ = ["Answer", "Api", "Caller", "Terms"]

_log = logging.getLogger(__name__)
_QUOTED = re.compile(r"'([^']*)'")


@dataclass(frozen=True)
class Terms:
    """Under what a document runs, beside who asks."""

    #: Of the API, that serves.
    version: str = versions.CURRENT
    #: The caller as limits see them; as a plain caller of the account unless given.
    visit: Visit | None = None
    #: What single fields fail with under today's weather.
    strike: Strike | None = None


@dataclass(frozen=True)
class Answer:
    """What is sent back."""

    body: dict[str, Any]
    status: int
    #: False when the document was refused before it ran; such answers name no API version.
    served: bool
    #: What it cost and what is left, as the schema's ``Complexity``; None when it did not run.
    complexity: Mapping[str, int] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


class Api:
    """The API over one state."""

    def __init__(
        self,
        store: Store,
        challenge: Callable[[str], bool],
        quotas: Quotas | None = None,
        app: AppSecrets | None = None,
    ) -> None:
        """Serve a state.

        Args:
            store: The state.
            challenge: Whether an address echoes the challenge of a new webhook; may take its time.
            quotas: What accounts may and have used; monday.com's figures unless given.
            app: The registered app; the sandbox's own unless given.
        """
        self._store = store
        self._challenge = challenge
        self.quotas = Quotas(store) if quotas is None else quotas
        self._app = AppSecrets.from_env({}) if app is None else app
        self._budgets = Budgets()
        subscriptions.make_tables(store)
        self._field_limits = FieldLimits()
        served_schema()

    def execute(
        self,
        caller: Caller,
        query: str,
        variables: dict[str, Any] | None,
        operation_name: str | None,
        terms: Terms | None = None,
    ) -> Answer:
        """Run a document and answer it."""
        if not self._is_let_in(caller):
            refused = answers.refused("access_denied")
            return Answer(refused.body, refused.status, served=False)
        terms = Terms() if terms is None else terms
        read = documents.read(query, terms.version)
        if isinstance(read, tuple):
            return _refused(read)
        operation = read.operation(operation_name)
        if operation is None:
            return _refused((GraphQLError(_unknown_operation(operation_name)),))
        visit = terms.visit or self.quotas.visit(caller)
        try:
            return self._within_limits(caller, operation, variables or {}, visit, terms)
        except OverLimitError as error:
            refused = answers.refused(
                error.kind, error.retry_in_seconds, version=terms.version, spent=error.spent
            )
            return Answer(refused.body, refused.status, served=False, headers=refused.headers)

    def _within_limits(
        self,
        caller: Caller,
        operation: Operation,
        variables: dict[str, Any],
        visit: Visit,
        terms: Terms,
    ) -> Answer:
        now = self._store.clock.now()
        priced = operation.priced
        charge = self._budgets.charge(
            visit, complexity.estimate(priced, variables), now, is_write=operation.is_mutation
        )
        gate = Gate(self._field_limits, visit, now, terms.strike)
        context = Context(self._store, caller, self._challenge)
        context.gate, context.version, context.quotas = gate, terms.version, self.quotas
        context.app = self._app
        # What is asked is told before it is known; it is put right below.
        context.complexity = dict.fromkeys(("before", "after", "query", "reset_in_x_seconds"), 0)
        data: Any = None
        try:
            result = self._run(context, operation, variables, visit)
            data = result.data
        finally:
            gate.close()
            cost = complexity.cost(priced, data)
            charged = self._budgets.settle(charge, cost, self._store.clock.now())
        operation.tell_cost(data, charged)
        return replace(_answer(result, terms.version), complexity=charged)

    def _run(
        self, context: Context, operation: Operation, variables: dict[str, Any], visit: Visit
    ) -> ExecutionResult:
        if not operation.is_mutation:
            # A query sees one state of things; a mutation sees what it has just done.
            with self._store.reading():
                return _run(operation, context, variables)
        if not visit.figures.board_locks or visit.is_exempt:
            return _run(operation, context, variables)
        boards = boards_written(operation, variables, self._store, context.account_id)
        with self._field_limits.writing_boards(context.account_id, boards):
            return _run(operation, context, variables)

    def asked(
        self, query: str, operation_name: str | None, version: str = versions.CURRENT
    ) -> Operation | None:
        """The operation that a request asks for; None for one that is refused."""
        read = documents.read(query, version)
        return None if isinstance(read, tuple) else read.operation(operation_name)

    def _is_let_in(self, caller: Caller) -> bool:
        """Whether the caller is one of those who have the API, as they are now."""
        with self._store.reading() as connection:
            row = connection.execute(
                "SELECT kind, status FROM users WHERE id = ?", (caller.user_id,)
            ).fetchone()
        return row is not None and has_api(dict(row))

    def is_mutation(self, query: str, operation_name: str | None, version: str = versions.CURRENT) -> bool:
        """Whether a document would change something; False also for one that is refused."""
        operation = self.asked(query, operation_name, version)
        return operation is not None and operation.is_mutation


def _unknown_operation(name: str | None) -> str:
    if name is None:
        return "Must provide operation name if query contains multiple operations."
    return f'Unknown operation named "{name}".'


def _run(operation: Operation, context: Context, variables: dict[str, Any]) -> ExecutionResult:
    result = execute(
        operation.schema,
        operation.document,
        context_value=context,
        variable_values=variables,
        operation_name=operation.name,
        is_awaitable=_never,
    )
    if not isinstance(result, ExecutionResult):
        raise TypeError("A resolver was asynchronous.")
    return result


def _never(_: Any) -> TypeGuard[Awaitable[Any]]:
    return False


def _answer(result: ExecutionResult, version: str) -> Answer:
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
        return Answer(answers.internal_200().body, 200, served=True)
    if result.data is None and errors and all(error.path is None for error in errors):
        # The variables do not fit what the document declares.
        return _refused(tuple(errors))
    body: dict[str, Any] = {"data": result.data}
    if errors:
        body["errors"] = versions.in_its_form(version, [_formatted(error) for error in errors])
    return Answer(_numbered(body), 200, served=True)


def _formatted(error: GraphQLError) -> dict[str, Any]:
    formatted: dict[str, Any] = {**error.formatted}
    if not isinstance(error.original_error, refusals.Refusal | refusals.ScopeRefusal):
        formatted["message"] = _QUOTED.sub(r'"\1"', formatted["message"])
    return formatted


def _refused(errors: tuple[GraphQLError, ...]) -> Answer:
    return Answer(_numbered({"errors": [_formatted(error) for error in errors]}), 200, served=False)


def _numbered(body: dict[str, Any]) -> dict[str, Any]:
    return {**body, "extensions": {"request_id": str(uuid.uuid4())}}
