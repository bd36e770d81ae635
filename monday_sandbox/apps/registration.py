"""The one registered app, as the Developer Center would show it."""

from collections.abc import Mapping
from dataclasses import dataclass

from monday_sandbox.clock import SandboxClock

APP_ID = 10_456_504
APP_VERSION_ID = 12_900_001
#: As lifecycle events tell a version.
VERSION_DATA: Mapping[str, int | str] = {"major": 1, "minor": 0, "patch": 0, "type": "major", "number": 1}


@dataclass(frozen=True)
class AppSecrets:
    """The app's id and secrets, and where it hears of its installations."""

    client_id: str
    client_secret: str
    signing_secret: str
    name: str = "The app under development"
    #: None: nobody is told.
    lifecycle_url: str | None = None
    #: Tries after the first that a lifecycle event gets; nothing is written down of any.
    lifecycle_retries: int = 0

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "AppSecrets":
        """From ``MONDAY_CLIENT_ID``, ``MONDAY_CLIENT_SECRET``, ``MONDAY_SIGNING_SECRET`` and more.

        ``MONDAY_APP_NAME``, ``MONDAY_LIFECYCLE_URL`` and ``MONDAY_LIFECYCLE_RETRIES`` may be left out.

        Raises:
            ValueError: the number of retries is none.
        """
        return cls(
            environ.get("MONDAY_CLIENT_ID") or "sandbox-client-id",
            environ.get("MONDAY_CLIENT_SECRET") or "sandbox-client-secret-of-this-machine",
            environ.get("MONDAY_SIGNING_SECRET") or "sandbox-signing-secret-of-this-machine",
            environ.get("MONDAY_APP_NAME") or cls.name,
            environ.get("MONDAY_LIFECYCLE_URL") or None,
            int(environ.get("MONDAY_LIFECYCLE_RETRIES") or 0),
        )


def machine_seconds() -> int:
    """The machine's own time: receivers judge the ends of tokens by theirs, not by the sandbox's clock."""
    return int(SandboxClock(None).now().timestamp())
