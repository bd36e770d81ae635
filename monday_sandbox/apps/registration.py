"""The one registered app, as the Developer Center would show it.

The environment or a JSON file says what it is; what neither says is as permissive as a machine for
development wants it. Sources: developer.monday.com, "OAuth", "App versioning", "Webhooks".
"""

import json
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from monday_sandbox.clock import SandboxClock

APP_ID = 10_456_504
#: By this one the API's own figures know it.
API_APP_ID = 10_000_001
APP_VERSION_ID = 12_900_001
#: As lifecycle events tell a version.
VERSION_DATA: Mapping[str, int | str] = {"major": 1, "minor": 0, "patch": 0, "type": "major", "number": 1}
#: All that an app can ask for.
SCOPES = frozenset(
    {
        "account:read",
        "assets:read",
        "boards:read",
        "boards:write",
        "departments:read",
        "departments:write",
        "docs:read",
        "docs:write",
        "me:read",
        "notifications:write",
        "tags:read",
        "teams:read",
        "teams:write",
        "updates:read",
        "updates:write",
        "users:read",
        "users:write",
        "webhooks:read",
        "webhooks:write",
        "workspaces:read",
        "workspaces:write",
    }
)
#: The OAuth flows that an app's version can be on; ``both`` is the sandbox's own.
FLOWS = ("both", "2.1", "legacy")
_FROM_ENVIRONMENT = {
    "MONDAY_CLIENT_ID": "client_id",
    "MONDAY_CLIENT_SECRET": "client_secret",
    "MONDAY_SIGNING_SECRET": "signing_secret",
    "MONDAY_APP_NAME": "name",
    "MONDAY_LIFECYCLE_URL": "lifecycle_url",
}


@dataclass(frozen=True)
class AppSecrets:
    """The app's id and secrets, what it is configured for, and where it hears of its installations."""

    client_id: str = "sandbox-client-id"
    client_secret: str = "sandbox-client-secret-of-this-machine"  # noqa: S105 - known to everybody here
    signing_secret: str = "sandbox-signing-secret-of-this-machine"  # noqa: S105 - as above
    name: str = "The app under development"
    #: None: nobody is told.
    lifecycle_url: str | None = None
    #: Tries after the first that a lifecycle event gets; nothing is written down of any.
    lifecycle_retries: int = 0
    #: The version that is live; one under development can be asked for by its own id.
    version_id: int = APP_VERSION_ID
    draft_version_id: int | None = None
    #: What the app may ask for; None: any of monday.com's.
    scopes: tuple[str, ...] | None = None
    #: Where people may go back to; None: any address of this machine.
    redirect_uris: tuple[str, ...] | None = None
    #: One of ``FLOWS``.
    oauth_flow: str = "both"
    #: Days of the trial that an account begins with, and its plan; with 0 it begins with the free plan.
    trial_days: int = 0
    trial_plan: str = "trial"

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "AppSecrets":
        """From ``MONDAY_CLIENT_ID``, ``MONDAY_CLIENT_SECRET``, ``MONDAY_SIGNING_SECRET`` and more.

        ``MONDAY_APP_NAME``, ``MONDAY_LIFECYCLE_URL`` and ``MONDAY_LIFECYCLE_RETRIES`` may be left out.

        Raises:
            ValueError: the number of retries is none.
        """
        return cls(**_of_environment(environ))

    @classmethod
    def from_file(cls, path: Path, environ: Mapping[str, str]) -> "AppSecrets":
        """From a JSON file with any of the fields; the environment goes before it.

        Raises:
            ValueError: it is no such file; the message says why.
        """
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ValueError(f"{path} can't be read as JSON: {error}.") from error
        if not isinstance(told, dict):
            raise ValueError(f"{path} must hold a JSON object.")  # noqa: TRY004 - its content is wrong
        made = cls(**{**_of_file(path, told), **_of_environment(environ)})
        if made.oauth_flow not in FLOWS:
            raise ValueError(f"oauth_flow in {path} must be one of {', '.join(FLOWS)}.")
        unknown = sorted(set(made.scopes or ()) - SCOPES)
        if unknown:
            raise ValueError(f"There are no scopes called {', '.join(unknown)}; {path} names them.")
        return made


def machine_seconds() -> int:
    """The machine's own time: receivers judge the ends of tokens by theirs, not by the sandbox's clock."""
    return int(SandboxClock(None).now().timestamp())


def _of_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {
        field: environ[name] for name, field in _FROM_ENVIRONMENT.items() if environ.get(name)
    }
    retries = environ.get("MONDAY_LIFECYCLE_RETRIES")
    if retries:
        if not retries.isdecimal():
            raise ValueError(f"MONDAY_LIFECYCLE_RETRIES must be a whole number, not {retries}.")
        found["lifecycle_retries"] = int(retries)
    return found


def _of_file(path: Path, told: Mapping[str, Any]) -> dict[str, Any]:
    declared = typing.get_type_hints(AppSecrets)
    known = [field.name for field in fields(AppSecrets)]
    unknown = sorted(told.keys() - set(known))
    if unknown:
        raise ValueError(f"{path} has {', '.join(unknown)}; there may be {', '.join(known)}.")
    for name, value in told.items():
        if not _fits(value, declared[name]):
            raise ValueError(f"{name} in {path} can't be {json.dumps(value)}.")
    return {name: tuple(value) if isinstance(value, list) else value for name, value in told.items()}


def _fits(value: Any, declared: Any) -> bool:
    """Whether a value of JSON is one of a field's type."""
    if isinstance(declared, types.UnionType):
        return any(_fits(value, one) for one in typing.get_args(declared))
    if typing.get_origin(declared) is tuple:
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    return isinstance(value, declared) and not isinstance(value, bool)
