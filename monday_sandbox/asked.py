"""What is asked of the API, once a request has turned out to have the right form."""

from dataclasses import dataclass
from typing import Any

from flask import request

from monday_sandbox.limits import versions
from monday_sandbox.limits.versions import MalformedVersionError


class MalformedRequestError(Exception):
    """A request that is no GraphQL request."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.message, self.code = message, code


class TooLargeRequestError(Exception):
    """A request that brings more than monday.com takes."""


@dataclass(frozen=True)
class Asked:
    """A request for the API that has the right form."""

    query: str
    variables: dict[str, Any] | None
    operation_name: str | None
    #: Of the API, to be served.
    version: str
    key: str | None

    @property
    def document(self) -> tuple[str, str | None, str]:
        """By what it is told which operation is asked for: query, name and version."""
        return self.query, self.operation_name, self.version


def read_json() -> Asked:
    """What a request with a JSON body asks for.

    Raises:
        MalformedRequestError: it has not the form of a request.
    """
    return asked_by(request.get_json(silent=True), key=request.headers.get("Idempotency-Key") or None)


def asked_by(given: Any, *, key: str | None) -> Asked:
    """What the content of a request asks for, under its idempotency key.

    Raises:
        MalformedRequestError: it has not the form of a request.
    """
    if not isinstance(given, dict) or not isinstance(given.get("query"), str):
        raise MalformedRequestError("The body must be JSON with a query.", "JsonParseException")
    variables, name = given.get("variables"), given.get("operationName")
    if variables is not None and not isinstance(variables, dict):
        raise MalformedRequestError("variables must be an object.", "InvalidVariablesException")
    if name is not None and not isinstance(name, str):
        raise MalformedRequestError("operationName must be a text.", "JsonParseException")
    return Asked(given["query"], variables, name, read_version(), key)


def read_version() -> str:
    """The version of the API that is to serve.

    Raises:
        MalformedRequestError: what the request asks for is none.
    """
    try:
        return versions.version_to_serve(request.headers.get("API-Version"))
    except MalformedVersionError as error:
        raise MalformedRequestError("The API version is not valid.", "InvalidVersionException") from error
