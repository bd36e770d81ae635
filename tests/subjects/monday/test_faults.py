"""What monday.com's refusals mean: wait, ask for less, or don't ask again."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.monday.faults import Fault, FaultKind, alias_faults, classify

#: Recorded answers, where they are at hand.
RECORDED = Path(__file__).parents[4] / "shared" / "monday" / "observed_errors.json"

#: What the documentation and other people's recordings name: code, HTTP status, kind.
CODES = [
    *(
        (code, status, FaultKind.RATE_LIMITED)
        for status in (200, 429)
        for code in (
            "COMPLEXITY_BUDGET_EXHAUSTED",
            "complexityBudgetExhausted",
            "ComplexityException",
            "RATE_LIMIT_EXCEEDED",
            "Rate Limit Exceeded",
            "maxConcurrencyExceeded",
            "IP_RATE_LIMIT_EXCEEDED",
            "FIELD_LIMIT_EXCEEDED",
            "FIELD_MINUTE_RATE_LIMIT_EXCEEDED",
        )
    ),
    ("DAILY_LIMIT_EXCEEDED", 429, FaultKind.DAILY_LIMIT),
    ("DAILY_LIMIT_EXCEEDED", 200, FaultKind.DAILY_LIMIT),
    ("REQUEST_MAX_COMPLEXITY_EXCEEDED", 429, FaultKind.TOO_COMPLEX),
    ("IDEMPOTENCY_CONFLICT", 409, FaultKind.IN_PROGRESS),
    ("INTERNAL_SERVER_ERROR", 200, FaultKind.SERVER_ERROR),
    ("INTERNAL_SERVER_ERROR", 500, FaultKind.SERVER_ERROR),
    ("API_TEMPORARILY_BLOCKED", 200, FaultKind.SERVER_ERROR),
    ("NOT_AUTHENTICATED", 401, FaultKind.AUTHENTICATION),
    ("Unauthorized", 401, FaultKind.AUTHENTICATION),
    ("USER_ACCESS_DENIED", 403, FaultKind.AUTHENTICATION),
    ("USER_UNAUTHORIZED", 200, FaultKind.FORBIDDEN),
    ("UserUnauthorizedException", 403, FaultKind.FORBIDDEN),
    ("missingRequiredPermissions", 200, FaultKind.FORBIDDEN),
    ("UNAUTHORIZED_FIELD_OR_TYPE", 200, FaultKind.FORBIDDEN),
    ("ResourceNotFoundException", 200, FaultKind.NOT_FOUND),
    ("ResourceNotFoundException", 404, FaultKind.NOT_FOUND),
    ("InvalidItemIdException", 200, FaultKind.NOT_FOUND),
    ("InvalidBoardIdException", 200, FaultKind.NOT_FOUND),
    *(
        (code, 200, FaultKind.INVALID)
        for code in (
            "ColumnValueException",
            "CorrectedValueException",
            "InvalidColumnIdException",
            "InvalidUserIdException",
            "InvalidArgumentException",
            "InvalidColumnTypeException",
            "InvalidWebhookConfigException",
            "ItemNameTooLongException",
            "ItemsLimitationException",
            "CreateBoardException",
            "SomethingNewException",
        )
    ),
    ("DeleteLastGroupException", 409, FaultKind.INVALID),
    ("RecordInvalidException", 422, FaultKind.INVALID),
    ("JsonParseException", 400, FaultKind.SCHEMA),
    ("Parse error", 200, FaultKind.SCHEMA),
]
PASSING = {"rate_limited", "daily_limit", "board_locked", "in_progress", "server_error"}


def refused(code: str | None = None, message: str = "No", **extensions: Any) -> dict[str, Any]:
    told = {"code": code, **extensions} if code else extensions
    return {"errors": [{"message": message, "extensions": told}]}


def whole(status: int, body: Any, headers: dict[str, str] | None = None) -> Fault:
    fault = classify(status, headers or {}, body)
    assert fault is not None
    return fault


@pytest.mark.parametrize(("code", "status", "kind"), CODES)
def test_a_code_has_its_meaning(code: str, status: int, kind: FaultKind) -> None:
    assert whole(status, refused(code)).kind is kind


@pytest.mark.parametrize(("code", "status", "kind"), CODES)
def test_a_code_means_the_same_in_any_spelling(code: str, status: int, kind: FaultKind) -> None:
    for spelling in (code.upper(), code.lower(), code.replace("_", " "), code.replace(" ", "_")):
        assert whole(status, refused(spelling)).kind is kind


@pytest.mark.parametrize(("code", "status", "kind"), CODES)
def test_a_code_means_the_same_for_one_alias(code: str, status: int, kind: FaultKind) -> None:
    error = {"message": "No", "path": ["a3"], "extensions": {"code": code, "status_code": status}}
    assert alias_faults({"data": {"a3": None}, "errors": [error]})["a3"].kind is kind


@pytest.mark.parametrize(
    ("status", "message", "kind"),
    [
        (200, "Resource is currently locked, please try again later", FaultKind.BOARD_LOCKED),
        (423, "Locked", FaultKind.BOARD_LOCKED),
        (401, "Your ip is restricted", FaultKind.AUTHENTICATION),
        (200, "Minute limit rate exceeded", FaultKind.RATE_LIMITED),
        (200, "Rate Limit Exceeded", FaultKind.RATE_LIMITED),
        (200, "Concurrency limit exceeded", FaultKind.RATE_LIMITED),
        (200, "Daily limit exceeded.", FaultKind.DAILY_LIMIT),
        (200, "Internal server error", FaultKind.SERVER_ERROR),
        (200, 'Cannot query field "x" on type "Board".', FaultKind.SCHEMA),
        (429, "Slow down", FaultKind.RATE_LIMITED),
        (400, "What?", FaultKind.INVALID),
        (502, "Bad gateway", FaultKind.SERVER_ERROR),
    ],
)
def test_a_refusal_without_a_code_is_known_by_what_it_says(
    status: int, message: str, kind: FaultKind
) -> None:
    assert whole(status, {"errors": [{"message": message}]}).kind is kind


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, FaultKind.INVALID),
        (401, FaultKind.AUTHENTICATION),
        (403, FaultKind.FORBIDDEN),
        (404, FaultKind.NOT_FOUND),
        (409, FaultKind.IN_PROGRESS),
        (423, FaultKind.BOARD_LOCKED),
        (429, FaultKind.RATE_LIMITED),
        (500, FaultKind.SERVER_ERROR),
        (504, FaultKind.SERVER_ERROR),
    ],
)
@pytest.mark.parametrize("body", [None, {}, [], "<html>", {"errors": []}, {"errors": None}])
def test_a_status_alone_has_its_meaning(status: int, kind: FaultKind, body: Any) -> None:
    fault = whole(status, body)
    assert (fault.kind, fault.message) == (kind, f"monday.com answered with HTTP status {status}.")


def test_the_status_inside_an_answer_counts() -> None:
    assert whole(200, refused("NewCodeException", status_code=429)).kind is FaultKind.RATE_LIMITED


@pytest.mark.parametrize("body", [{"data": {"me": {"id": "1"}}}, {"data": {}}, {}, None, []])
def test_an_answer_without_errors_is_no_refusal(body: Any) -> None:
    assert classify(200, {}, body) is None
    assert alias_faults(body) == {}


def test_an_answer_in_part_is_no_refusal_of_the_whole() -> None:
    errors = [{"message": "Item not found", "path": ["a1"], "extensions": {"code": "InvalidItemIdException"}}]
    body = {"data": {"a0": {"id": "1"}, "a1": None}, "errors": errors}
    assert classify(200, {}, body) is None
    assert alias_faults(body) == {
        "a1": Fault(FaultKind.NOT_FOUND, "InvalidItemIdException", "Item not found.", path=("a1",))
    }


def test_the_first_fault_of_an_alias_is_told() -> None:
    errors = [
        {"message": "First", "path": ["a0", "id"], "extensions": {"code": "USER_UNAUTHORIZED"}},
        {"message": "Second", "path": ["a0", "name"], "extensions": {"code": "ColumnValueException"}},
    ]
    assert alias_faults({"data": None, "errors": errors})["a0"].message == "First."


def test_errors_about_no_alias_are_about_none() -> None:
    errors = [
        {"message": "Internal server error", "path": []},
        {"message": "No"},
        {"message": "No", "path": "a0"},
    ]
    assert alias_faults({"data": None, "errors": errors}) == {}


def test_of_several_refusals_the_deciding_one_is_told() -> None:
    invalid, locked = refused("ColumnValueException")["errors"], refused("RATE_LIMIT_EXCEEDED")["errors"]
    stranger = refused("NOT_AUTHENTICATED")["errors"]
    assert whole(200, {"errors": invalid + locked}).kind is FaultKind.RATE_LIMITED
    assert whole(200, {"errors": invalid + locked + stranger}).kind is FaultKind.AUTHENTICATION


def test_the_older_form_of_an_error_is_understood() -> None:
    body = {
        "error_code": "ComplexityException",
        "status_code": 429,
        "error_message": "Complexity budget exhausted, reset in 3 seconds",
        "error_data": {"budget": 5},
        "errors": ["Complexity budget exhausted"],
    }
    for form in (body, {**body, "errors": []}):
        fault = whole(200, form)
        assert (fault.kind, fault.code) == (FaultKind.RATE_LIMITED, "ComplexityException")
        assert fault.data == {"budget": 5}


@pytest.mark.parametrize(
    ("told", "headers", "seconds"),
    [
        ({}, {}, None),
        ({"retry_in_seconds": 12}, {}, 12),
        ({"retry_in_seconds": 12}, {"Retry-After": "30", "RateLimit": '"minuteRate";r=0;t=38'}, 12),
        ({"retry_in_seconds": "12.5"}, {}, 12.5),
        ({"retry_in_seconds": 0}, {"Retry-After": "30"}, 0),
        ({"retry_in_seconds": None}, {"Retry-After": "30"}, 30),
        ({"retry_in_seconds": -1}, {"retry-after": "30"}, 30),
        ({"retry_in_seconds": "inf"}, {"RETRY-AFTER": "30"}, 30),
        ({"retry_in_seconds": "soon"}, {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, None),
        ({}, {"Retry-After": "30", "RateLimit": '"minuteRate";r=0;t=38'}, 30),
        ({}, {"RateLimit": '"minuteRate";r=0;t=38, "concurrency";r=249, "complexityMinute";r=5;t=45'}, 38),
        ({}, {"ratelimit": '"minuteRate";r=0;t=38, "complexityMinute";r=0;t=45'}, 45),
        ({}, {"RateLimit": '"minuteRate";r=10;t=38, "concurrency";r=0'}, None),
    ],
)
def test_the_wait_is_what_monday_asks_for(
    told: dict[str, Any], headers: dict[str, str], seconds: float | None
) -> None:
    assert whole(429, refused("RATE_LIMIT_EXCEEDED", **told), headers).retry_in_seconds == seconds


def test_one_alias_is_told_to_wait_too() -> None:
    error = {"message": "No", "path": ["a0"], "extensions": {"code": "FIELD_LIMIT_EXCEEDED"}}
    assert alias_faults({"errors": [error]}, {"Retry-After": "9"})["a0"].retry_in_seconds == 9


@pytest.mark.parametrize("kind", FaultKind)
def test_what_time_can_mend_is_not_permanent(kind: FaultKind) -> None:
    assert Fault(kind, "", "").permanent == (kind not in PASSING)


def test_recorded_refusals_are_understood() -> None:
    if not RECORDED.exists():
        pytest.skip("the recordings of real answers are not at hand")
    expected = {
        "User unauthorized to perform action": FaultKind.FORBIDDEN,
        "Not authenticated": FaultKind.AUTHENTICATION,
        'Enum "BoardKind" cannot represent non-enum value: "invalid_kind".': FaultKind.SCHEMA,
        "The board does not exist. Please check your board ID and try again": FaultKind.NOT_FOUND,
        'Cannot query field "invalid_field" on type "Board".': FaultKind.SCHEMA,
        "Internal server error": FaultKind.SERVER_ERROR,
        "Item not found": FaultKind.NOT_FOUND,
        'Unknown argument "invalid_field" on field "Mutation.create_group".': FaultKind.SCHEMA,
        "Group not found": FaultKind.NOT_FOUND,
    }
    for answer in json.loads(RECORDED.read_text()):
        body = answer["response"]
        found = [classify(answer["http_status"], {}, body), *alias_faults(body).values()]
        kinds = {fault.kind for fault in found if fault is not None}
        assert kinds == {expected[body["errors"][0]["message"]]}, body


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda children: (
        st.lists(children, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["data", "errors", "message", "extensions", "code", "status_code", "path", "error_code"]
            ),
            children,
            max_size=4,
        )
    ),
)


@given(st.integers(100, 599), ANYTHING)
def test_whatever_is_answered_can_be_judged(status: int, body: Any) -> None:
    fault = classify(status, {}, body)
    assert (fault is not None) or status < 400
    assert all(isinstance(found, Fault) for found in alias_faults(body).values())
