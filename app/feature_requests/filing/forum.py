"""Speaking to the forum: each question once, bounded in time and size, at its own address only.

Redirects are never followed: where one leads is told. The key goes with a question and is in nothing else.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import requests
from urllib3.exceptions import ConnectTimeoutError, HTTPError, MaxRetryError, NewConnectionError

from app.clock import elapsed_time
from app.feature_requests.filing.rules import Answer, Reply, Silence
from app.settings import ForumAccess

CONNECT_TIMEOUT_SECONDS = 5.0
#: What a forum has to say of one topic and of those in its queue stays far below.
LARGEST_ANSWER_BYTES = 4 * 1024 * 1024
_PIECE_BYTES = 64 * 1024


@dataclass(frozen=True)
class Forum:
    """A Discourse forum, spoken to as one of its users."""

    access: ForumAccess
    timeout_seconds: float

    def find(self, external_id: str) -> Reply:
        """Ask for the topic of an external id."""
        return self._ask("GET", f"/t/external_id/{quote(external_id, safe='')}.json")

    def queued(self) -> Reply:
        """Ask for the user's posts that wait for moderators."""
        return self._ask("GET", f"/posts/{quote(self.access.user, safe='')}/pending.json")

    def post(self, title: str, body: str, external_id: str) -> Reply:
        """Ask for a topic to be made."""
        wanted = {
            "title": title,
            "raw": body,
            "category": self.access.category,
            "external_id": external_id,
        }
        return self._ask("POST", "/posts.json", wanted)

    def _ask(self, method: str, path: str, content: Mapping[str, Any] | None = None) -> Reply:
        headers = {
            "Accept": "application/json",
            "Api-Key": self.access.key,
            "Api-Username": self.access.user,
            "User-Agent": "synerity-support",
        }
        deadline = elapsed_time() + self.timeout_seconds
        try:
            with (
                requests.Session() as session,
                session.request(
                    method,
                    f"{self.access.url}{path}",
                    json=content,
                    headers=headers,
                    timeout=(min(CONNECT_TIMEOUT_SECONDS, self.timeout_seconds), self.timeout_seconds),
                    allow_redirects=False,
                    stream=True,
                ) as response,
            ):
                return _answer(response, deadline)
        except (OSError, HTTPError) as error:
            return Silence(was_sent=not _has_no_connection(error))


def _answer(response: requests.Response, deadline: float) -> Answer:
    return Answer(
        response.status_code,
        _content(response, deadline),
        _seconds(response.headers.get("Retry-After")),
        response.headers.get("Location"),
    )


def _content(response: requests.Response, deadline: float) -> Mapping[str, Any] | None:
    """The JSON object in an answer; None when there is none, or one that is too long to be an answer."""
    read = bytearray()
    for piece in response.iter_content(_PIECE_BYTES):
        read += piece
        if len(read) > LARGEST_ANSWER_BYTES:
            return None
        if elapsed_time() > deadline:
            raise TimeoutError("The answer does not come to an end.")
    try:
        content = json.loads(read)
    except ValueError:
        return None
    return content if isinstance(content, dict) else None


def _seconds(told: str | None) -> float | None:
    """``Retry-After`` as Discourse gives it; a date is as good as nothing."""
    return float(told) if told is not None and told.isascii() and told.isdecimal() else None


def _has_no_connection(error: BaseException) -> bool:
    """Whether no connection came about, so that nothing can have been sent."""
    if isinstance(error, requests.exceptions.SSLError):
        return True
    cause = error.args[0] if error.args else None
    if isinstance(cause, MaxRetryError):
        cause = cause.reason
    return isinstance(cause, NewConnectionError | ConnectTimeoutError)
