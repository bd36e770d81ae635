"""Whether a webhook delivery comes from monday.com: the JWT in its Authorization header.

Board webhooks are signed (HS256) with the app's *signing* secret; the client secret, which
signs other things, must not open this door. The token proves where a delivery comes from,
not what it says: the body is not signed. Every refusal is answered with 401.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from math import isfinite
from typing import Any

import jwt
from jwt.utils import base64url_encode

from app.clock import SystemClock
from app.errors import SupportError

#: monday.com's tokens are some 300 characters; whatever is much longer is not worth decoding.
LONGEST_TOKEN = 4096

# The moments are compared below, against the caller's now; PyJWT would ask the machine.
_OPTIONS: Any = {
    "require": ["exp", "iat", "aud"],
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
}


@dataclass(frozen=True)
class WebhookClaims:
    """What a verified token says about the delivery."""

    account_id: str
    #: Who caused it; not promised by monday.com for every delivery.
    user_id: str | None


class WebhookAuthError(SupportError):
    """The delivery is not to be trusted; answer 401 and keep nothing but a log line."""

    code = "webhook_refused"
    permanent = True


class UnsignedWebhookError(WebhookAuthError):
    """There is no token, or what is there is not one."""

    code = "webhook_unsigned"


class ForgedWebhookError(WebhookAuthError):
    """The signature is not ours, or not of the one algorithm we accept."""

    code = "webhook_forged"


class ExpiredWebhookError(WebhookAuthError):
    """The token's time is over, or has not come."""

    code = "webhook_expired"


class MisaddressedWebhookError(WebhookAuthError):
    """The token was made for another address."""

    code = "webhook_misaddressed"


class IncompleteWebhookError(WebhookAuthError):
    """The token lacks a claim that we need."""

    code = "webhook_incomplete"


def verify(
    authorization: str | None,
    *,
    secret: str,
    audience: Sequence[str],
    leeway: float = 10,
    now: datetime | None = None,
) -> WebhookClaims:
    """Check the Authorization header of a board webhook and say whose it is.

    Args:
        authorization: The header as it came: the bare token, or one after ``Bearer``.
        secret: The app's signing secret.
        audience: Every address this delivery may have been made for; one must match exactly.
        leeway: Seconds that monday.com's clock and ours may be apart.
        now: The moment to judge by; the machine's own when left out.

    Raises:
        WebhookAuthError: one of its kinds, for the log; all mean 401.
    """
    token = (authorization or "").strip().removeprefix("Bearer ").strip()
    if not token:
        raise UnsignedWebhookError("The delivery has no token; monday.com signs what an app subscribed to.")
    if len(token) > LONGEST_TOKEN:
        raise UnsignedWebhookError(
            f"The token has {len(token)} characters; no token of monday.com is so long."
        )
    claims = _decode(token, secret, audience)
    moment = (now or SystemClock().now()).timestamp()
    if _seconds(claims, "exp") <= moment - leeway:
        raise ExpiredWebhookError("The token's time is over. If this goes on, compare the clocks.")
    if _seconds(claims, "iat") > moment + leeway:
        raise ExpiredWebhookError("The token is from the future. If this goes on, compare the clocks.")
    account_id = _identifier(claims.get("accountId"))
    if account_id is None:
        raise IncompleteWebhookError("The token does not say which account it is for.")
    return WebhookClaims(account_id=account_id, user_id=_identifier(claims.get("userId")))


def _decode(token: str, secret: str, audience: Sequence[str]) -> dict[str, Any]:
    try:
        return jwt.decode(token, _key(secret), algorithms=["HS256"], audience=audience, options=_OPTIONS)
    except (jwt.InvalidSignatureError, jwt.InvalidAlgorithmError) as error:
        raise ForgedWebhookError("The token is not signed with the app's signing secret.") from error
    except jwt.InvalidAudienceError as error:
        raise MisaddressedWebhookError(
            "The token was made for another address. If this goes on, compare BASE_URL with the "
            "address that monday.com calls."
        ) from error
    except jwt.MissingRequiredClaimError as error:
        raise IncompleteWebhookError(f"The token lacks the claim {error.claim}.") from error
    except jwt.InvalidTokenError as error:
        raise UnsignedWebhookError("The Authorization header is not a token.") from error


@cache
def _key(secret: str) -> jwt.PyJWK:
    """The secret as a key that was looked at once, not at each delivery."""
    return jwt.PyJWK({"kty": "oct", "k": base64url_encode(secret.encode()).decode()}, algorithm="HS256")


def _seconds(claims: dict[str, Any], name: str) -> float:
    value = claims[name]
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise IncompleteWebhookError(f"The token's claim {name} is not a moment.")
    return value


def _identifier(value: object) -> str | None:
    """monday.com's ids come as numbers; some parts of it send them as text."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    return str(value) or None
