"""Only what monday.com signed, for this address and this moment, is let in."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.monday.webhook_auth import (
    ExpiredWebhookError,
    ForgedWebhookError,
    IncompleteWebhookError,
    MisaddressedWebhookError,
    UnsignedWebhookError,
    WebhookAuthError,
    WebhookClaims,
    verify,
)

SECRET = "the-signing-secret-of-this-very-app"
OTHER_SECRET = "the-client-secret-of-this-very-app!"
ADDRESS = "https://support.example/monday/webhooks/key"
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def claims(**changes: Any) -> dict[str, Any]:
    issued = int(NOW.timestamp())
    usual = {"accountId": 42, "userId": 7, "aud": ADDRESS, "iat": issued, "exp": issued + 300}
    return {name: value for name, value in {**usual, **changes}.items() if value is not None}


def signed(secret: str = SECRET, algorithm: str = "HS256", **changes: Any) -> str:
    return jwt.encode(claims(**changes), secret, algorithm=algorithm)


def check(authorization: str | None, *, now: datetime = NOW) -> WebhookClaims:
    return verify(authorization, secret=SECRET, audience=[ADDRESS], now=now)


def unsigned_token() -> str:
    head = {"alg": "none", "typ": "JWT"}
    parts = (base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (head, claims()))
    return b".".join(parts).decode() + "."


def test_a_delivery_of_monday_is_known_by_its_account() -> None:
    assert check(signed()) == WebhookClaims(account_id="42", user_id="7")


def test_the_word_bearer_is_not_in_the_way() -> None:
    assert check(f"Bearer {signed()}").account_id == "42"


def test_one_of_several_audiences_is_enough() -> None:
    assert check(signed(aud=["https://elsewhere.example", ADDRESS])).account_id == "42"


def test_a_delivery_without_a_user_is_still_the_accounts() -> None:
    assert check(signed(userId=None)) == WebhookClaims(account_id="42", user_id=None)


@pytest.mark.parametrize(
    "authorization", [None, "", "  ", "Bearer ", "nonsense", "a.b.c", "é.ü.ñ", "x" * 5000]
)
def test_what_is_no_token_is_refused(authorization: str | None) -> None:
    with pytest.raises(UnsignedWebhookError):
        check(authorization)


@pytest.mark.parametrize(
    "token",
    [signed(OTHER_SECRET), signed(SECRET * 2, "HS512"), unsigned_token()],
    ids=["client_secret", "another_algorithm", "no_algorithm"],
)
def test_a_token_signed_otherwise_is_refused(token: str) -> None:
    with pytest.raises((ForgedWebhookError, UnsignedWebhookError)):
        check(token)


def test_a_changed_token_is_refused() -> None:
    head, _, signature = signed().split(".")
    other = base64.urlsafe_b64encode(json.dumps(claims(accountId=43)).encode()).rstrip(b"=").decode()
    with pytest.raises(ForgedWebhookError):
        check(f"{head}.{other}.{signature}")


@pytest.mark.parametrize(
    "audience",
    [ADDRESS + "/", ADDRESS.replace("key", "other"), "", [], 5],
    ids=["trailing_slash", "other_board", "empty", "none", "number"],
)
def test_a_token_for_another_address_is_refused(audience: Any) -> None:
    with pytest.raises((MisaddressedWebhookError, IncompleteWebhookError)):
        check(signed(aud=audience))


@pytest.mark.parametrize("name", ["exp", "iat", "aud", "accountId"])
def test_a_token_without_a_needed_claim_is_refused(name: str) -> None:
    with pytest.raises(WebhookAuthError):
        check(jwt.encode(claims(**{name: None}), SECRET, algorithm="HS256"))


@pytest.mark.parametrize("value", ["soon", True, [], float("inf"), float("nan")])
def test_an_end_that_is_no_moment_is_refused(value: Any) -> None:
    with pytest.raises(IncompleteWebhookError):
        check(signed(exp=value))


@pytest.mark.parametrize("value", ["", [], {}, True, 1.5])
def test_an_account_that_is_no_id_is_refused(value: Any) -> None:
    with pytest.raises(IncompleteWebhookError):
        check(signed(accountId=value))


@pytest.mark.parametrize(
    ("seconds", "welcome"), [(-11, False), (-10, True), (0, True), (309, True), (310, False), (10_000, False)]
)
def test_a_token_is_good_for_its_time_and_ten_seconds(seconds: int, welcome: bool) -> None:
    now = NOW + timedelta(seconds=seconds)
    if welcome:
        assert check(signed(), now=now).account_id == "42"
    else:
        with pytest.raises(ExpiredWebhookError):
            check(signed(), now=now)


def test_the_machines_time_is_used_when_none_is_given() -> None:
    with pytest.raises(ExpiredWebhookError):
        verify(signed(iat=1, exp=2), secret=SECRET, audience=[ADDRESS])


@given(st.text(max_size=300))
def test_whatever_the_header_holds_it_is_refused_with_a_sentence(authorization: str) -> None:
    with pytest.raises(WebhookAuthError) as refused:
        check(authorization)
    assert refused.value.message.endswith(".")
