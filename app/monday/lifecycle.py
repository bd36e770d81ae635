"""What monday.com tells of an app's installations and subscriptions: one address, thirteen events.

The token is signed (HS256) with the app's *client* secret, unlike board webhooks (documented in May
2026), and has no audience. It says for which account it was made; the body, which it does not sign,
must be about the same one, else whoever holds one token could speak for another account. The body
names people; of that nothing is kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import jwt

from app.monday.webhook_auth import (
    LONGEST_TOKEN,
    ExpiredWebhookError,
    ForgedWebhookError,
    IncompleteWebhookError,
    UnsignedWebhookError,
)

_OPTIONS: Any = {"require": ["exp"], "verify_exp": False, "verify_iat": False, "verify_aud": False}
#: After these the account pays for nothing any more.
ENDS = frozenset(
    {"app_subscription_cancelled", "app_subscription_renewal_failed", "app_trial_subscription_ended"}
)
#: With these it has, or goes on having, the plan that they name: who cancels keeps it until it ends, and
#: a payment that failed is tried again for 45 days.
HOLDS = frozenset(
    {
        "install",
        "app_subscription_created",
        "app_subscription_changed",
        "app_subscription_renewed",
        "app_subscription_cancelled_by_user",
        "app_subscription_cancellation_revoked_by_user",
        "app_subscription_renewal_attempt_failed",
        "app_trial_subscription_started",
        "app_subscription_pricing_version_change_scheduled",
    }
)


@dataclass(frozen=True)
class LifecycleEvent:
    """What is kept of an event."""

    type_name: str
    account_id: str
    account_slug: str
    #: monday.com's own moment, aware UTC.
    at: datetime
    plan_id: str | None
    is_trial: bool

    @property
    def key(self) -> str:
        """The same each time that the event is delivered; monday.com gives it none."""
        return f"lifecycle:{self.type_name}:{self.account_id}:{self.at.isoformat()}"[:160]

    def content(self) -> dict[str, Any]:
        """The event as plain JSON."""
        return {
            "type": self.type_name,
            "account_id": self.account_id,
            "account_slug": self.account_slug,
            "at": self.at.isoformat(),
            "plan_id": self.plan_id,
            "is_trial": self.is_trial,
        }


class MalformedLifecycleError(ValueError):
    """The body is none of monday.com's."""


def verify(
    authorization: str | None, *, secret: str, client_id: str, now: datetime, leeway: float = 10
) -> str:
    """Check the Authorization header of a lifecycle event; the id of the account that it is for.

    Args:
        authorization: The header as it came: the bare token, or one after ``Bearer``.
        secret: The app's client secret.
        client_id: The app's client id; a token of another app is refused.
        now: The machine's own time, to judge by.
        leeway: Seconds that monday.com's clock and ours may be apart.

    Raises:
        WebhookAuthError: one of its kinds, for the log; all mean 401.
    """
    token = (authorization or "").strip().removeprefix("Bearer ").strip()
    if not token or len(token) > LONGEST_TOKEN:
        raise UnsignedWebhookError("The event has no token.")
    try:
        claims = jwt.decode(token, secret, algorithms=["HS256"], options=_OPTIONS)
    except (jwt.InvalidSignatureError, jwt.InvalidAlgorithmError) as error:
        raise ForgedWebhookError("The token is not signed with the app's client secret.") from error
    except jwt.InvalidTokenError as error:
        raise UnsignedWebhookError("The Authorization header is no token that does.") from error
    expires = claims["exp"]
    if isinstance(expires, bool) or not isinstance(expires, int | float):
        raise IncompleteWebhookError("The token does not say until when it is good.")
    if not now.timestamp() - leeway < expires:
        raise ExpiredWebhookError("The token's time is over. If this goes on, compare the clocks.")
    said = claims.get("dat")
    account_id = _identifier(said.get("account_id")) if isinstance(said, Mapping) else None
    if not isinstance(said, Mapping) or account_id is None:
        raise IncompleteWebhookError("The token does not say which account it is for.")
    if said.get("client_id", client_id) != client_id:
        raise ForgedWebhookError("The token was made for another app.")
    return account_id


def parse_event(payload: Any) -> LifecycleEvent:
    """An event from its body.

    Raises:
        MalformedLifecycleError: a part is missing or is not what it should be.
    """
    data = payload.get("data") if isinstance(payload, Mapping) else None
    if not isinstance(payload, Mapping) or not isinstance(data, Mapping):
        raise MalformedLifecycleError("The event has no data.")
    type_name, account_id, told = (
        payload.get("type"),
        _identifier(data.get("account_id")),
        data.get("timestamp"),
    )
    if not isinstance(type_name, str) or account_id is None or not isinstance(told, str):
        raise MalformedLifecycleError("The event does not say what happened, where and when.")
    try:
        at = datetime.fromisoformat(told)
    except ValueError:
        raise MalformedLifecycleError("The event's timestamp is no moment.") from None
    held = data.get("subscription")
    held = held if isinstance(held, Mapping) else {}
    return LifecycleEvent(
        type_name[:64],
        account_id,
        str(data.get("account_slug") or "").lower(),
        at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC),
        _identifier(held.get("plan_id")),
        held.get("is_trial") is True,
    )


def event_of(content: Mapping[str, Any]) -> LifecycleEvent:
    """An event from its ``content``."""
    return LifecycleEvent(
        content["type"],
        content["account_id"],
        content["account_slug"],
        datetime.fromisoformat(content["at"]),
        content["plan_id"],
        content["is_trial"],
    )


def _identifier(value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    return str(value)[:120] or None
