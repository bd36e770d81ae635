"""The GraphQL client: one account's calls, each with an answer, a fault, or the news that nobody knows.

Documents come by name from ``app.monday.documents``, several mutations as one aliased
batch. An answer with errors is never taken for a whole one: data that is null because of
an error is unknown, not empty. The client neither repeats nor waits; who calls it decides.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import requests
from graphql import DocumentNode

from app.monday import documents, faults, transport
from app.monday.batch import Operation, combine
from app.monday.costs import asking_its_cost, taking_its_cost, units_of
from app.monday.errors import (
    BudgetSpentError,
    MondayFaultError,
    MondayUncertainError,
    MondayUnreachableError,
    Path,
)
from app.monday.faults import Fault, FaultKind
from app.monday.gate import Gate
from app.monday.transport import Answer, Call, Upload, send_file
from app.priority import Priority

__all__ = [
    "BatchAnswer",
    "BudgetSpentError",
    "MondayClient",
    "MondayFaultError",
    "MondayUncertainError",
    "MondayUnreachableError",
]


@dataclass(frozen=True)
class BatchAnswer:
    """What became of each mutation of a batch.

    An alias with a fault has no result. One with neither got null without a word: monday.com
    has not said what became of it.
    """

    results: Mapping[str, Mapping[str, Any] | None]
    faults: Mapping[str, Fault]
    #: Whether monday.com gave the remembered answer to an earlier request with the same key.
    replayed: bool

    @property
    def is_whole(self) -> bool:
        """Whether every mutation took effect."""
        return not self.faults and all(result is not None for result in self.results.values())


class MondayClient:
    """One account's way to monday.com's API.

    Connections are shared by all clients of the process; the token is only in this one. Where a gate is
    given, each call has to be let through by it and tells it what it cost.
    """

    def __init__(
        self,
        api_url: str,
        token: str,
        *,
        timeout_seconds: float,
        session: requests.Session | None = None,
        gate: Gate | None = None,
    ) -> None:
        self._api_url = api_url
        self._token = token
        self._timeout_seconds = timeout_seconds
        self._session = session
        self._gate = gate

    def __repr__(self) -> str:
        return f"MondayClient({self._api_url!r})"

    def at(self, priority: Priority) -> "MondayClient":
        """The same client for work of another priority."""
        if self._gate is None:
            return self
        return MondayClient(
            self._api_url,
            self._token,
            timeout_seconds=self._timeout_seconds,
            session=self._session,
            gate=self._gate.at(priority),
        )

    def execute(
        self, name: str, variables: Mapping[str, Any], *, idempotency_key: str | None = None
    ) -> dict[str, Any]:
        """Run one document and return its data, whole.

        Raises:
            BudgetSpentError: the account's budget has no room for it now; it was not sent.
            MondayFaultError: monday.com refused, or left out a part; of a query, ``data`` has
                the rest and ``unknown`` says where it has holes.
            MondayUnreachableError: it was not sent.
            MondayUncertainError: it was sent, and nobody knows what became of it.
        """
        document = documents.load(name)
        answer = self._send(document, variables, idempotency_key, units_of(name, variables))
        return self._whole(answer, name, is_write=idempotency_key is not None)

    def upload(self, name: str, variables: Mapping[str, Any], upload: Upload) -> dict[str, Any]:
        """Run one mutation that brings a file, and return its data, whole.

        No idempotency key goes along: nobody says that monday.com honours it for files.

        Raises:
            As for ``execute``. A file for an item or update that is gone is answered with a server error,
            so ``MondayUncertainError`` may also mean that.
        """
        call = Call(
            api_url=self._api_url,
            token=self._token,
            document=documents.load(name),
            variables=variables,
            timeout_seconds=self._timeout_seconds,
        )
        answer = self._exchange(call, units_of(name, variables), lambda asked: send_file(asked, upload))
        if answer.status >= 500:
            raise _server_error(answer, None)
        return self._whole(answer, name, is_write=True)

    def execute_batch(self, operations: Sequence[Operation], *, idempotency_key: str | None) -> BatchAnswer:
        """Run several mutations in one request, one after the other, each for itself.

        Raises:
            BudgetSpentError: the account's budget has no room for it now; it was not sent.
            MondayFaultError: monday.com refused the whole request; nothing happened.
            MondayUnreachableError: it was not sent; nothing happened.
            MondayUncertainError: it was sent, and nobody knows what became of any of them.
        """
        document, variables = combine(operations)
        units = Counter(operation.document for operation in operations)
        answer = self._send(document, variables, idempotency_key, units)
        by_alias = faults.alias_faults(answer.body, answer.headers)
        whole = _whole_fault(answer)
        data = answer.body.get("data")
        if not isinstance(data, dict):
            if not by_alias.keys() & {operation.alias for operation in operations}:
                raise self._refusal(answer, whole)
            # A result that must not be null was: GraphQL then drops the other results as well.
            data = {}
        results: dict[str, Mapping[str, Any] | None] = {}
        failed: dict[str, Fault] = {}
        for alias, *_ in operations:
            fault = by_alias.get(alias)
            if fault is None and data and data.get(alias) is None:
                # An error that names no alias can only be about those that gave nothing.
                fault = whole
            if fault is None:
                results[alias] = data.get(alias)
            else:
                failed[alias] = fault
        replayed = answer.headers.get("idempotency-replayed", "").lower() == "true"
        return BatchAnswer(results, failed, replayed)

    def _refusal(self, answer: Answer, fault: Fault | None) -> MondayFaultError | MondayUncertainError:
        if fault is None or fault.kind is FaultKind.SERVER_ERROR:
            return _server_error(answer, fault)
        return MondayFaultError(fault, token=self._token)

    def _whole(self, answer: Answer, name: str, *, is_write: bool) -> dict[str, Any]:
        """The data of an answer to one document, when nothing of it is missing."""
        fault = _first_fault(answer)
        data = answer.body.get("data")
        if fault is not None:
            if fault.kind is FaultKind.SERVER_ERROR:
                raise _server_error(answer, fault)
            known = data if isinstance(data, dict) else None
            raise MondayFaultError(fault, data=known, unknown=_error_paths(answer), token=self._token)
        if not isinstance(data, dict):
            raise MondayUncertainError("monday.com answered without data and without an error.")
        if is_write and None in data.values():
            raise MondayUncertainError(f"monday.com gave no result for {name} and no error.")
        return data

    def _send(
        self,
        document: DocumentNode,
        variables: Mapping[str, Any],
        idempotency_key: str | None,
        units: Mapping[str, int],
    ) -> Answer:
        call = Call(
            api_url=self._api_url,
            token=self._token,
            document=document,
            variables=variables,
            timeout_seconds=self._timeout_seconds,
            idempotency_key=idempotency_key,
        )
        answer = self._exchange(call, units, lambda asked: transport.send(asked, self._session))
        if answer.status >= 500:
            raise _server_error(answer, None)
        return answer

    def _exchange(self, call: Call, units: Mapping[str, int], send: Callable[[Call], Answer]) -> Answer:
        if self._gate is None:
            return send(call)
        with self._gate.passing(units, is_write=documents.is_mutation(call.document)) as passage:
            asked = replace(call, document=asking_its_cost(call.document))
            answer, cost = taking_its_cost(send(asked))
            passage.answered(answer.headers, cost, _whole_fault(answer))
        return answer


def _first_fault(answer: Answer) -> Fault | None:
    """What is wrong with an answer, if anything: as a whole, or else somewhere in it."""
    inside = faults.alias_faults(answer.body, answer.headers)
    return _whole_fault(answer) or next(iter(inside.values()), None)


def _whole_fault(answer: Answer) -> Fault | None:
    """What is wrong with the answer as a whole, also when it has data beside an error without a path."""
    fault = faults.classify(answer.status, answer.headers, answer.body)
    if fault is not None:
        return fault
    stray = [error for error in _errors(answer) if not error.get("path")]
    return faults.classify(answer.status, answer.headers, {"errors": stray}) if stray else None


def _server_error(answer: Answer, fault: Fault | None) -> MondayUncertainError:
    said = f": {fault.message}" if fault is not None else "."
    return MondayUncertainError(
        f"monday.com answered with a failure of its own (status {answer.status}){said}", status=answer.status
    )


def _errors(answer: Answer) -> list[Mapping[str, Any]]:
    errors = answer.body.get("errors")
    return [error for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []


def _error_paths(answer: Answer) -> tuple[Path, ...]:
    return tuple(tuple(path) for error in _errors(answer) if isinstance(path := error.get("path"), list))
