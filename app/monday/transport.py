"""One call to monday.com's API over HTTP: sent once, bounded in time, its answer kept whole.

gql's transport builds the request; what it throws away (status, headers, the error's own
body) is kept, because a fault can only be told from all of them. Connections live in one
session a process and address, shared by all accounts: nothing of an account stays in it.
Nothing here repeats a call, and nothing here logs a header or a body.
"""

import json
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from gql.graphql_request import GraphQLRequest
from gql.transport.exceptions import TransportConnectionFailed
from gql.transport.requests import RequestsHTTPTransport
from graphql import DocumentNode, ExecutionResult, print_ast
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from requests_toolbelt import MultipartEncoder
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError

from app.clock import elapsed_time
from app.errors import SupportError
from app.logs import get_logger
from app.monday.errors import MondayUncertainError, MondayUnreachableError

API_VERSION = "2026-10"
CONNECT_TIMEOUT_SECONDS = 5.0
#: A hundred items with a hundred updates each stay far below; more is not an answer to a question of ours.
LARGEST_ANSWER_BYTES = 64 * 1024 * 1024
#: Files are read and sent in pieces of this size.
PIECE_BYTES = 1024 * 1024

# RequestException is an OSError; reading the raw answer raises urllib3's own.
_NETWORK_ERRORS = (OSError, urllib3.exceptions.HTTPError)

_log = get_logger("monday")


@dataclass(frozen=True)
class Answer:
    """What monday.com answered; a JSON object, whatever the status."""

    status: int
    #: Names in lower case.
    headers: Mapping[str, str]
    body: Mapping[str, Any]


@dataclass(frozen=True)
class Call:
    """One GraphQL request of one account."""

    api_url: str
    token: str
    document: DocumentNode
    variables: Mapping[str, Any]
    timeout_seconds: float
    idempotency_key: str | None = None


@dataclass(frozen=True)
class Upload:
    """A file that is to be sent."""

    name: str
    #: In bytes; exactly what its pieces come to.
    size: int
    #: Gives its content from the beginning.
    pieces: Callable[[], Iterable[bytes]]


class FileUnreadableError(SupportError):
    """What should be a file's address does not give the file."""

    code = "file_unreadable"


def send(call: Call, session: requests.Session | None = None) -> Answer:
    """Send a call once and return what came back.

    Raises:
        MondayUnreachableError: no connection came about; surely no effect.
        MondayUncertainError: the call was sent, and no JSON object came back in time.
    """
    exchange = _Exchange(call, session or shared_session(call.api_url))
    headers = {"API-Version": API_VERSION, "User-Agent": "synerity-support"}
    if call.idempotency_key is not None:
        headers["Idempotency-Key"] = call.idempotency_key
    request = _Request(call.document, variable_values=dict(call.variables))
    try:
        exchange.execute(request, extra_args={"headers": headers})
    except TransportConnectionFailed as error:
        # gql wraps whatever is raised, also a worker's own time limit; only the network's is ours.
        if isinstance(error.__cause__, _NETWORK_ERRORS):
            raise failure(error.__cause__) from error
        raise (error.__cause__ or error) from None
    except _NETWORK_ERRORS as error:
        raise failure(error) from error
    _compare_version(exchange.answer)
    return exchange.answer


def post_json(url: str, body: Mapping[str, Any], *, timeout_seconds: float) -> Answer:
    """Post a JSON object to another of monday.com's services, as ``send`` does to the API."""
    try:
        response = shared_session(url).post(
            url,
            json=dict(body),
            auth=_RawToken(None),
            timeout=_timeouts(timeout_seconds),
            allow_redirects=False,
            stream=True,
        )
        return _read(response, timeout_seconds)
    except _NETWORK_ERRORS as error:
        raise failure(error) from error


def send_file(call: Call, upload: Upload) -> Answer:
    """Send a call that brings a file as its variable ``file``, once, and return what came back.

    The form is that of monday.com's own clients: the parts ``query``, ``variables``, ``map`` and the file.

    Raises:
        MondayUnreachableError: no connection came about; surely no effect.
        MondayUncertainError: the call was sent, wholly or in part, and no JSON object came back in time.
    """
    url = f"{call.api_url}/file"
    deadline = elapsed_time() + call.timeout_seconds
    form = MultipartEncoder(
        fields={
            "query": print_ast(call.document),
            "variables": json.dumps({**call.variables, "file": None}),
            "map": json.dumps({"file": ["variables.file"]}),
            "file": (upload.name, _Timed(upload, deadline), "application/octet-stream"),
        }
    )
    try:
        response = shared_session(url).post(
            url,
            data=form,
            headers={
                "API-Version": API_VERSION,
                "User-Agent": "synerity-support",
                "Content-Type": form.content_type,
            },
            auth=_RawToken(call.token),
            timeout=_timeouts(call.timeout_seconds),
            allow_redirects=False,
            stream=True,
        )
        answer = _read(response, call.timeout_seconds)
    except _NETWORK_ERRORS as error:
        raise failure(error) from error
    _compare_version(answer)
    return answer


def download(url: str, *, size: int, timeout_seconds: float) -> Iterator[bytes]:
    """What stands at a file's address, as it comes; nothing of ours is sent along.

    Raises:
        FileUnreadableError: it was not answered with a file of that size in bytes.
        MondayUnreachableError, MondayUncertainError: it can't be reached, or breaks off.
    """
    deadline, left = elapsed_time() + timeout_seconds, size
    try:
        response = shared_session(url).get(
            url,
            auth=_RawToken(None),
            timeout=_timeouts(timeout_seconds),
            allow_redirects=False,
            stream=True,
            headers={"Accept-Encoding": "identity"},
        )
        with response:
            if response.status_code != requests.codes.ok:
                raise FileUnreadableError(
                    f"The file's address was answered with HTTP status {response.status_code}.",
                    permanent=400 <= response.status_code < 500,
                )
            # read1 gives what is there; the other ways to read wait for a full buffer.
            while piece := response.raw.read1(PIECE_BYTES, decode_content=False):
                left -= len(piece)
                if left < 0:
                    break
                yield piece
                if elapsed_time() > deadline:
                    raise TimeoutError
    except _NETWORK_ERRORS as error:
        raise failure(error) from error
    if left:
        raise FileUnreadableError("The file that came is not as large as monday.com says.")


class _Timed:
    """A file that is read while it is sent, and not beyond a moment."""

    def __init__(self, upload: Upload, deadline: float) -> None:
        self._pieces = iter(upload.pieces())
        self._rest = b""
        self._deadline = deadline
        #: Bytes that are still to be read: what the encoder goes by.
        self.len = upload.size

    def read(self, size: int = -1) -> bytes:
        """The next bytes, as many as asked for unless the file ends."""
        if elapsed_time() > self._deadline:
            raise TimeoutError
        wanted = self.len if size < 0 else size
        while len(self._rest) < wanted and (piece := next(self._pieces, None)) is not None:
            self._rest += piece
        taken, self._rest = self._rest[:wanted], self._rest[wanted:]
        if not taken and wanted > 0:
            # The encoder would ask for ever.
            raise FileUnreadableError("Less of a file is kept than it has.")
        self.len -= len(taken)
        return taken


def failure(error: BaseException) -> MondayUnreachableError | MondayUncertainError:
    """What a failed exchange means: whether the call can have reached monday.com."""
    if _before_sending(error):
        return MondayUnreachableError(
            "monday.com can't be reached from here. Nothing was sent; the call is made again later."
        )
    return MondayUncertainError(
        "The connection to monday.com broke, or its answer took too long. Whether the call had its "
        "effect is not known; it is found out before anything is repeated."
    )


_sessions: dict[tuple[int, str], requests.Session] = {}
_sessions_lock = threading.Lock()


def shared_session(url: str) -> requests.Session:
    """The process's one session for the host of ``url``; after a fork, the child gets its own."""
    parts = urlsplit(url)
    key = (os.getpid(), f"{parts.scheme}://{parts.netloc}")
    with _sessions_lock:
        session = _sessions.get(key)
        if session is None:
            session = _sessions[key] = _new_session(parts.hostname or "")
        return session


def _new_session(host: str) -> requests.Session:
    session = requests.Session()
    adapter = HTTPAdapter(pool_connections=4, pool_maxsize=32, max_retries=0)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    # Accounts share the session, so no cookie of one call may travel with another.
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    # A proxy of the environment is for the world outside, never for the local monday.com.
    session.trust_env = host not in ("127.0.0.1", "::1", "localhost")
    return session


class _RawToken(AuthBase):
    """The token as monday.com wants it, bare; being an auth object it also keeps ``.netrc`` out."""

    def __init__(self, token: str | None) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token is not None:
            request.headers["Authorization"] = self._token
        return request


class _Request(GraphQLRequest):
    """gql's request; it writes a document out once, not for every call."""

    @property
    def payload(self) -> dict[str, Any]:
        """What is sent."""
        variables = {"variables": self.variable_values} if self.variable_values else {}
        return {"query": _written(self.document), **variables}


@lru_cache(maxsize=256)
def _written(document: DocumentNode) -> str:
    return print_ast(document)


class _Exchange(RequestsHTTPTransport):
    """gql's transport for one call over a session that outlives it."""

    #: Set when the call was made.
    answer: Answer

    def __init__(self, call: Call, session: requests.Session) -> None:
        super().__init__(
            call.api_url,
            auth=_RawToken(call.token),
            stream=True,
            allow_redirects=False,
        )
        self._timeout_seconds = call.timeout_seconds
        self.kwargs["timeout"] = _timeouts(call.timeout_seconds)
        self.session = session

    def _prepare_result(self, response: requests.Response) -> ExecutionResult:
        self.answer = _read(response, self._timeout_seconds)
        return ExecutionResult(data=None, errors=None)


def _timeouts(timeout_seconds: float) -> tuple[float, float]:
    """To connect, and to wait for the first byte. With reading, a call takes three times it at most."""
    return min(CONNECT_TIMEOUT_SECONDS, timeout_seconds), timeout_seconds


def _read(response: requests.Response, timeout_seconds: float) -> Answer:
    """Read the whole answer within the time, however slowly it drips."""
    status = response.status_code
    deadline = elapsed_time() + timeout_seconds
    content = bytearray()
    with response:
        # read1 gives what is there; the other ways to read wait for a full buffer.
        while chunk := response.raw.read1(decode_content=True):
            content += chunk
            if len(content) > LARGEST_ANSWER_BYTES:
                raise MondayUncertainError("monday.com's answer is too large to be one.", status=status)
            if elapsed_time() > deadline:
                raise TimeoutError
    try:
        body = json.loads(content)
    except ValueError as error:
        raise _not_an_answer(status) from error
    if not isinstance(body, dict):
        raise _not_an_answer(status)
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Answer(status=status, headers=headers, body=body)


def _not_an_answer(status: int) -> MondayUncertainError:
    return MondayUncertainError(
        f"monday.com's address answered with status {status} and no JSON object.", status=status
    )


def _before_sending(error: BaseException) -> bool:
    if isinstance(error, requests.exceptions.ConnectTimeout | requests.exceptions.InvalidURL):
        return True
    reason = error.args[0] if error.args else None
    if isinstance(reason, MaxRetryError):
        reason = reason.reason
    return isinstance(reason, NewConnectionError | ConnectTimeoutError)


_versions_reported: set[str] = set()


def _compare_version(answer: Answer) -> None:
    """Say once a process when another API version was served than the one asked for."""
    served = answer.headers.get("api-version", API_VERSION)
    if served != API_VERSION and served not in _versions_reported:
        _versions_reported.add(served)
        _log.warning("another_api_version_served", asked=API_VERSION, served=served)
