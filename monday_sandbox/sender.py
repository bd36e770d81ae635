"""Posting to the app, or to whoever subscribed: one session for all, no proxies, no cookies, no redirects."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
import urllib3

#: Connections that are kept open to one address.
MOST_CONNECTIONS = 32
#: What comes of an address that doesn't answer, or is none.
_UNREACHABLE = (requests.RequestException, urllib3.exceptions.HTTPError, ValueError)


@dataclass(frozen=True)
class Reply:
    """What came of a post."""

    #: None when there was no answer.
    status: int | None
    #: The answer's JSON; None when it is none.
    body: Any
    #: Why there was no answer, as the name of the failure; else empty.
    error: str
    duration_ms: float

    @property
    def is_good(self) -> bool:
        """Whether it was taken."""
        return self.status is not None and 200 <= self.status < 300


class Sender:
    """Posts JSON."""

    def __init__(self) -> None:
        self._session = requests.Session()
        self._session.trust_env = False
        # A receiver's cookie must not come back to it with the next delivery.
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        adapter = requests.adapters.HTTPAdapter(
            pool_connections=MOST_CONNECTIONS, pool_maxsize=MOST_CONNECTIONS
        )
        self._session.mount("http://", adapter)
        self._session.mount("https://", adapter)

    def post(
        self, url: str, body: Mapping[str, Any], *, headers: Mapping[str, str], patience_seconds: float
    ) -> Reply:
        """Post a body and wait for the answer, for as long as that at most."""
        started = time.monotonic()
        status: int | None = None
        content: Any = None
        error = ""
        try:
            answer = self._session.post(
                url, json=body, headers=headers, timeout=patience_seconds, allow_redirects=False
            )
            status = answer.status_code
            content = _json(answer)
        except _UNREACHABLE as failure:
            error = type(failure).__name__
        return Reply(status, content, error, round((time.monotonic() - started) * 1000, 1))


def _json(answer: requests.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return None
