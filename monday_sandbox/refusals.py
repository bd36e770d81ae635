"""What monday.com says when it does not do what was asked: the errors inside an answer.

Shapes as recorded in October and November 2025: HTTP 200, null at the field, and in
``errors`` the message with ``code``, ``status_code``, ``error_data`` and ``service`` under
``extensions``. Where no recording exists, the nearest recorded shape is taken.
"""

from typing import Any

_INVALID_VALUE = (
    "Please check our API documentation for the correct data structure for this column. "
    "https://developer.monday.com/api-reference/docs/change-column-values"
)


class Refusal(Exception):  # noqa: N818 - an answer of monday.com's, not a fault of the sandbox
    """One error of an answer; ``extensions`` is what stands under that name."""

    def __init__(
        self, message: str, code: str, status_code: int = 200, error_data: dict[str, Any] | None = None
    ) -> None:
        super().__init__(message)
        self.extensions = {
            "code": code,
            "status_code": status_code,
            "error_data": error_data or {},
            "service": "monolith",
        }


class ScopeRefusal(Exception):  # noqa: N818 - as above
    """The token has no scope for a field; monday.com's router says so, not the monolith."""

    def __init__(self) -> None:
        super().__init__("Unauthorized field or type")
        self.extensions = {"code": "UNAUTHORIZED_FIELD_OR_TYPE"}


class Stumble(Exception):  # noqa: N818 - as above
    """monday.com answers with a failure of its own, for input that it does not expect."""


def read_id(given: Any) -> int:
    """The number in an id argument.

    Raises:
        Stumble: it is no number; monday.com answers that with an internal server error.
    """
    try:
        return int(given)
    except (TypeError, ValueError) as error:
        raise Stumble(f"The id {given!r} is not a number.") from error


def unauthorized() -> Refusal:
    """Not permitted, or it does not exist: the answer is the same."""
    return Refusal("User unauthorized to perform action", "USER_UNAUTHORIZED", 403)


def board_missing(board_id: int) -> Refusal:
    """There is no such board to delete."""
    return Refusal(
        "The board does not exist. Please check your board ID and try again",
        "InvalidBoardIdException",
        error_data={"board_id": board_id},
    )


def item_missing(item_id: int | None) -> Refusal:
    """There is no such item, or it is archived or deleted."""
    return Refusal("Item not found", "InvalidItemIdException", error_data={"item_id": item_id})


def item_elsewhere(item_id: int, board_id: int) -> Refusal:
    """The item is on another board."""
    return Refusal(
        "This item ID doesn't exist for the board",
        "InvalidItemIdException",
        error_data={"item_id": item_id, "board_id": board_id},
    )


def item_name_length(name: str) -> Refusal:
    """Names have 1 to 255 characters."""
    return Refusal(
        "Item name must be between 1 and 255 characters",
        "ItemNameTooLongException",
        error_data={"item_name_length": len(name)},
    )


def items_limit(board_id: int, most: int) -> Refusal:
    """The board is full."""
    return Refusal(
        "Board has reached its items limit",
        "ItemsLimitationException",
        error_data={"board_id": board_id, "items_limit": most},
    )


def group_missing(group_id: str, board_id: int) -> Refusal:
    """The board has no such group."""
    return Refusal(
        "Group not found",
        "ResourceNotFoundException",
        404,
        {
            "resource_type": "group",
            "group_id": group_id,
            "board_id": board_id,
            "error_reason": "store.monday.automation.error.missing_group",
        },
    )


def last_group(board_id: int) -> Refusal:
    """A board keeps at least one group."""
    return Refusal(
        "Cannot delete the last group on board",
        "DeleteLastGroupException",
        409,
        {"board_id": board_id},
    )


def column_missing(column_id: str, board_id: int) -> Refusal:
    """The board has no such column."""
    return Refusal(
        "This column ID doesn't exist for the board",
        "InvalidColumnIdException",
        error_data={
            "column_id": column_id,
            "board_id": board_id,
            "error_reason": "store.monday.automation.error.missing_column",
        },
    )


def column_value(what: str, event_type: str) -> Refusal:
    """A value that the column does not take; ``event_type`` is the type as webhooks name it."""
    return Refusal(
        f"invalid value - {what}. {_INVALID_VALUE}",
        "ColumnValueException",
        error_data={"column_type": event_type},
    )


def column_type(message: str, actual_type: str) -> Refusal:
    """The operation can't be done on columns of this type."""
    return Refusal(message, "InvalidColumnTypeException", error_data={"actual_type": actual_type})


def user_missing(user_id: int) -> Refusal:
    """The account has no such user."""
    return Refusal("User not found", "InvalidUserIdException", error_data={"user_id": user_id})


def record_invalid(message: str, **error_data: Any) -> Refusal:
    """What is to be stored breaks a rule of monday.com's, such as a limit."""
    return Refusal(message, "RecordInvalidException", 422, error_data)


def missing(resource_type: str, **error_data: Any) -> Refusal:
    """There is no such update, webhook or workspace."""
    return Refusal(
        f"{resource_type.capitalize().replace('_', ' ')} not found",
        "ResourceNotFoundException",
        404,
        {"resource_type": resource_type, **error_data},
    )


def invalid_argument(message: str, status_code: int = 200, **error_data: Any) -> Refusal:
    """An argument is out of its bounds."""
    return Refusal(message, "InvalidArgumentException", status_code, error_data)


def webhook_config() -> Refusal:
    """The event does not go with this configuration."""
    return Refusal("This config for this event is invalid", "InvalidWebhookConfigException")


def webhook_challenge(url: str) -> Refusal:
    """The address did not echo the challenge."""
    return Refusal(
        "Failed to complete the webhook url challenge",
        "InvalidArgumentException",
        error_data={"url": url},
    )


def bad_json(argument: str) -> Refusal:
    """A JSON argument does not hold JSON, or not an object."""
    return Refusal(
        f"Unable to parse the JSON of the argument {argument}",
        "JsonParseException",
        400,
        {"argument": argument},
    )


class LimitRefusal(Refusal):
    """A field beyond a limit of its own; it tells how long to wait."""

    def __init__(self, message: str, code: str, retry_in_seconds: int, entity: str) -> None:
        super().__init__(message, code)
        self.extensions = {
            "code": code,
            "status_code": 429,
            "retry_in_seconds": retry_in_seconds,
            "error_data": {"entity": entity},
        }


def field_concurrency(entity: str, retry_in_seconds: int) -> LimitRefusal:
    """Too many requests read the field at once."""
    return LimitRefusal(
        "Concurrency limit exceeded for the field", "FIELD_LIMIT_EXCEEDED", retry_in_seconds, entity
    )


def field_minute_rate(entity: str, retry_in_seconds: int) -> LimitRefusal:
    """The field was asked for too often in a minute."""
    return LimitRefusal(
        "Minute rate limit exceeded for the field",
        "FIELD_MINUTE_RATE_LIMIT_EXCEEDED",
        retry_in_seconds,
        entity,
    )
