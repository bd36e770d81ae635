"""Every code that monday.com documents, or that was recorded from it, and what it is provoked by."""

import pytest

from monday_sandbox.faults import FIELD_CODES
from monday_sandbox.limits import answers
from tests.conformance.people import Board, Person

#: A document, and the code and logical status it is refused with; ``$b`` is a board, ``$i`` an item on it.
REFUSED: dict[str, tuple[str, int | None]] = {
    "mutation { archive_board(board_id: 123) { id } }": ("USER_UNAUTHORIZED", 403),
    "mutation { delete_board(board_id: 123) { id } }": ("InvalidBoardIdException", 200),
    'mutation { create_board(board_name: "", board_kind: public) { id } }': ("CreateBoardException", 200),
    "mutation { archive_item(item_id: 123) { id } }": ("InvalidItemIdException", 200),
    'mutation { create_item(board_id: $b, item_name: "") { id } }': ("ItemNameTooLongException", 200),
    'mutation { create_item(board_id: $b, item_name: "x", group_id: "no") { id } }': (
        "ResourceNotFoundException",
        404,
    ),
    'mutation { create_item(board_id: $b, item_name: "x", column_values: "{") { id } }': (
        "JsonParseException",
        400,
    ),
    'mutation { change_column_value(board_id: $b, item_id: $i, column_id: "no", value: "{}") { id } }': (
        "InvalidColumnIdException",
        200,
    ),
    """mutation { change_column_value(board_id: $b, item_id: $i, column_id: "status",
        value: "{\\"label\\": \\"no\\"}") { id } }""": ("ColumnValueException", 200),
    'mutation { delete_column(board_id: $b, column_id: "name") { id } }': ("InvalidColumnTypeException", 200),
    """mutation { create_notification(user_id: 1, target_id: $i, text: "x", target_type: Project) {
        text } }""": ("InvalidUserIdException", 200),
    'mutation { create_webhook(board_id: 1, url: "https://x.example", event: create_item) { id } }': (
        "InvalidArgumentException",
        200,
    ),
    """mutation { create_webhook(board_id: $b, url: "https://x.example", event: change_specific_column_value)
        { id } }""": ("InvalidWebhookConfigException", 200),
}
#: Codes of monday.com's documentation, and of what developers recorded, that are whole answers or limits.
OF_CALLS = frozenset(
    {"NOT_AUTHENTICATED", "USER_ACCESS_DENIED", "API_TEMPORARILY_BLOCKED", "COMPLEXITY_BUDGET_EXHAUSTED"}
    | {"RATE_LIMIT_EXCEEDED", "maxConcurrencyExceeded", "IP_RATE_LIMIT_EXCEEDED", "DAILY_LIMIT_EXCEEDED"}
    | {"REQUEST_MAX_COMPLEXITY_EXCEEDED"}
)
#: The same, of single fields.
OF_FIELDS = frozenset(
    {"USER_UNAUTHORIZED", "missingRequiredPermissions", "UNAUTHORIZED_FIELD_OR_TYPE", "ColumnValueException"}
    | {"CorrectedValueException", "InvalidColumnIdException", "InvalidBoardIdException"}
    | {"InvalidItemIdException", "InvalidUserIdException", "InvalidArgumentException"}
    | {"InvalidColumnTypeException", "ItemNameTooLongException", "ItemsLimitationException"}
    | {"CreateBoardException", "DeleteLastGroupException", "RecordInvalidException"}
    | {"ResourceNotFoundException", "FIELD_LIMIT_EXCEEDED", "FIELD_MINUTE_RATE_LIMIT_EXCEEDED"}
    | {"INTERNAL_SERVER_ERROR"}
)


@pytest.mark.parametrize(("document", "code", "status"), [(key, *told) for key, told in REFUSED.items()])
def test_a_refused_field_is_null_with_its_code_beside_it(
    board: Board, document: str, code: str, status: int
) -> None:
    text = document.replace("$b", board.id).replace("$i", board.create_item())
    answer = board.owner.answer(text)
    assert (answer.status, answer.served) == (200, True)
    ((field, value),) = answer.body["data"].items()
    (error,) = answer.body["errors"]
    assert (value, error["path"]) == (None, [field])
    told = error["extensions"]
    assert (told["code"], told["status_code"], told["service"]) == (code, status, "monolith")
    assert isinstance(told["error_data"], dict)


def test_the_last_group_of_a_board_stays(desk: Person) -> None:
    board = desk.one('mutation { create_board(board_name: "B", board_kind: public) { id groups { id } } }')
    document = "mutation ($b: ID!, $g: String!) { archive_group(board_id: $b, group_id: $g) { id } }"
    for group in board["groups"][:-1]:
        desk.ask(document, b=board["id"], g=group["id"])
    error = desk.refusal(document, b=board["id"], g=board["groups"][-1]["id"])
    assert (error["extensions"]["code"], error["extensions"]["status_code"]) == (
        "DeleteLastGroupException",
        409,
    )


def test_a_full_board_takes_no_more_items(board: Board) -> None:
    item, monday = int(board.create_item()), board.owner.monday
    with monday.store.writing() as connection:
        row = connection.execute("SELECT * FROM items WHERE id = ?", (item,)).fetchone()
        names, marks = ", ".join(row.keys()), ", ".join("?" * len(row))
        place = row.keys().index("id")
        more = [[*row[:place], item + number, *row[place + 1 :]] for number in range(1, 10_000)]
        connection.executemany(f"INSERT INTO items ({names}) VALUES ({marks})", more)
    error = board.owner.refusal(
        'mutation ($b: ID!) { create_item(board_id: $b, item_name: "x") { id } }', b=board.id
    )
    assert error["extensions"]["code"] == "ItemsLimitationException"


def test_every_documented_code_of_a_call_can_be_provoked() -> None:
    refused = [answers.refused(kind) for kind in answers.KINDS]
    errors = [one.body["errors"][0] for one in refused if one.page is None]
    codes = {(error.get("extensions") or {}).get("code") for error in errors if isinstance(error, dict)}
    assert codes >= OF_CALLS


def test_every_documented_code_of_a_field_can_be_provoked() -> None:
    assert set(FIELD_CODES) >= OF_FIELDS
