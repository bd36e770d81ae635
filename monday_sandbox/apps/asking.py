"""What an app may ask for on the consent page, and what it is told instead."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from monday_sandbox.apps.registration import SCOPES, AppSecrets

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class NobodyToTellError(Exception):
    """The request names no app, or no address to go back to: the person reads the sentence."""


@dataclass(frozen=True)
class Problem:
    """Why an app gets no code, in the words of OAuth: its address is told."""

    error: str
    description: str


@dataclass(frozen=True)
class Wish:
    """What an app asks for."""

    #: Where the person goes back to; empty of a link that installs and names no address.
    redirect_uri: str
    state: str
    scopes: tuple[str, ...]
    #: Whether it is the link that shares the app: an admin installs it by that, no token is asked for.
    is_link: bool
    challenge: str

    def way_back(self, told: Mapping[str, str]) -> str:
        """The address to go back to, with what it is told after the parameters it has."""
        parameters = {**told, **({"state": self.state} if self.state else {})}
        if not parameters:
            return self.redirect_uri
        mark = "&" if urlsplit(self.redirect_uri).query else "?"
        return f"{self.redirect_uri}{mark}{urlencode(parameters)}"


def read(given: Mapping[str, str], app: AppSecrets) -> tuple[Wish, Problem | None]:
    """A request for consent, and what is wrong with it that its app is told.

    Raises:
        NobodyToTellError: the app or the address is not right, so that nobody else can be told.
    """
    if given.get("client_id") != app.client_id:
        raise NobodyToTellError(f"There is no app with the client id {json.dumps(given.get('client_id'))}.")
    is_link = given.get("response_type") == "install"
    version = given.get("app_version_id") or str(app.version_id)
    known = {str(found) for found in (app.version_id, app.draft_version_id) if found is not None}
    wish = Wish(
        redirect_uri="" if is_link and not given.get("redirect_uri") else _address(given, app),
        state=given.get("state") or "",
        scopes=_scopes(given, app, is_link=is_link),
        is_link=is_link,
        challenge=given.get("code_challenge") or "",
    )
    if version not in known:
        return wish, Problem("invalid_request", "The app has no version with that app_version_id.")
    return wish, _problem(wish, given, app)


def _problem(wish: Wish, given: Mapping[str, str], app: AppSecrets) -> Problem | None:
    strange = sorted(set(wish.scopes) - (SCOPES if app.scopes is None else set(app.scopes)))
    if strange:
        return Problem("invalid_scope", f"The app is not configured for {', '.join(strange)}.")
    if given.get("response_type") not in (None, "code", "install"):
        return Problem("invalid_request", "The response_type must be code.")
    if wish.challenge and given.get("code_challenge_method") != "S256":
        return Problem("invalid_request", "The code_challenge_method must be S256.")
    if app.oauth_flow == "2.1" and not wish.challenge and not wish.is_link:
        return Problem("invalid_request", "code_challenge is required")
    return None


def problem_of_person(person: sqlite3.Row) -> Problem | None:
    """Why somebody can agree to no app."""
    if person["status"] != "ACTIVE" or person["kind"] == "view_only":
        return Problem("access_denied", "The user may not authorize apps.")
    return None


def _address(given: Mapping[str, str], app: AppSecrets) -> str:
    configured = app.redirect_uris
    if configured is None:
        address = given.get("redirect_uri") or ""
        if not _is_of_this_machine(address):
            raise NobodyToTellError(
                "The redirect_uri must be an http address of this machine; the sandbox is for development."
            )
        return address
    address = given.get("redirect_uri") or (configured[0] if len(configured) == 1 else "")
    if address not in configured:
        raise NobodyToTellError("The redirect_uri is none of those that the app has configured.")
    return address


def _scopes(given: Mapping[str, str], app: AppSecrets, *, is_link: bool) -> tuple[str, ...]:
    if given.get("scope"):
        return tuple(given["scope"].split())
    if app.scopes is not None:
        return app.scopes
    return tuple(sorted(SCOPES)) if is_link else ("me:read",)


def _is_of_this_machine(url: str) -> bool:
    try:
        address = urlsplit(url)
    except ValueError:
        return False
    return address.scheme == "http" and address.hostname in _LOOPBACK
