"""Refusals, in the shapes that were recorded from monday.com."""

from typing import Any

import pytest

from monday_sandbox.api import Answer, Caller
from tests.conformance.people import Board, Monday, Person, happenings, person

CREATE_WEBHOOK = (
    'mutation ($b: ID!) { create_webhook(board_id: $b, url: "https://x.example", event: create_item) { id } }'
)
BOARDS_READ = frozenset({"boards:read", "me:read"})


def body_without_id(answer: Answer) -> dict[str, Any]:
    assert answer.status == 200
    body = dict(answer.body)
    assert set(body.pop("extensions")) == {"request_id"}
    return body


def test_archiving_a_board_that_does_not_exist_is_not_permitted(desk: Person) -> None:
    answer = desk.answer("mutation{archive_board(board_id: 123){id}}")
    assert answer.served
    assert body_without_id(answer) == {
        "data": {"archive_board": None},
        "errors": [
            {
                "message": "User unauthorized to perform action",
                "locations": [{"line": 1, "column": 10}],
                "path": ["archive_board"],
                "extensions": {
                    "code": "USER_UNAUTHORIZED",
                    "status_code": 403,
                    "error_data": {},
                    "service": "monolith",
                },
            }
        ],
    }


def test_deleting_a_board_that_does_not_exist(desk: Person) -> None:
    error = desk.refusal("mutation{delete_board(board_id: 123456){id}}")
    assert error["message"] == "The board does not exist. Please check your board ID and try again"
    assert error["extensions"] == {
        "code": "InvalidBoardIdException",
        "status_code": 200,
        "error_data": {"board_id": 123456},
        "service": "monolith",
    }


def test_changing_an_item_that_does_not_exist(board: Board) -> None:
    error = board.owner.refusal(
        'mutation ($b: ID!) { change_column_value(board_id: $b, item_id: "123", column_id: "text",'
        ' value: "{}") { id } }',
        b=board.id,
    )
    assert error["message"] == "Item not found"
    assert error["extensions"] == {
        "code": "InvalidItemIdException",
        "status_code": 200,
        "error_data": {"item_id": 123},
        "service": "monolith",
    }


def test_a_group_that_does_not_exist(board: Board) -> None:
    error = board.owner.refusal(
        'mutation ($b: ID!) { create_item(board_id: $b, group_id: "nowhere", item_name: "x") { id } }',
        b=board.id,
    )
    assert error["message"] == "Group not found"
    assert error["extensions"] == {
        "code": "ResourceNotFoundException",
        "status_code": 404,
        "error_data": {
            "resource_type": "group",
            "group_id": "nowhere",
            "board_id": int(board.id),
            "error_reason": "store.monday.automation.error.missing_group",
        },
        "service": "monolith",
    }


def test_an_id_that_is_no_number_makes_monday_stumble(desk: Person) -> None:
    answer = desk.answer('mutation{archive_group(board_id: "invalid_board_id", group_id: "x"){id}}')
    assert answer.served
    assert body_without_id(answer) == {
        "data": None,
        "errors": [
            {
                "message": "Internal server error",
                "path": [],
                "extensions": {
                    "status_code": 500,
                    "error_code": "INTERNAL_SERVER_ERROR",
                    "service": "monolith",
                },
            }
        ],
    }


@pytest.mark.parametrize(
    ("document", "message", "column"),
    [
        ("query{boards{invalid_field}}", 'Cannot query field "invalid_field" on type "Board".', 14),
        (
            'mutation{create_board(board_name: "New test board", board_kind: "invalid_kind"){id}}',
            'Enum "BoardKind" cannot represent non-enum value: "invalid_kind".',
            65,
        ),
        (
            'mutation{create_group(board_id: "18267", group_name: "Returned", invalid_field: "x"){id}}',
            'Unknown argument "invalid_field" on field "Mutation.create_group".',
            66,
        ),
    ],
)
def test_a_document_the_schema_does_not_allow_is_refused_without_a_code(
    desk: Person, document: str, message: str, column: int
) -> None:
    answer = desk.answer(document)
    assert not answer.served
    assert body_without_id(answer) == {
        "errors": [{"message": message, "locations": [{"line": 1, "column": column}]}]
    }


@pytest.mark.parametrize("document", ["", "{", "query { me { id }", "{" * 5000])
def test_a_document_that_can_not_be_read_is_refused(desk: Person, document: str) -> None:
    answer = desk.answer(document)
    assert not answer.served
    assert answer.body["errors"][0]["message"].startswith("Syntax Error")


def test_variables_that_do_not_fit_are_refused_before_anything_runs(desk: Person) -> None:
    answer = desk.answer("query ($ids: [ID!]!) { items(ids: $ids) { id } }")
    assert not answer.served
    assert answer.body["errors"][0]["message"].startswith('Variable "$ids"')


def test_each_aliased_mutation_fails_alone(board: Board) -> None:
    item = board.create_item()
    answer = board.owner.answer(
        """mutation ($b: ID!, $i: ID!, $good: JSON!, $bad: JSON!, $more: JSON!) {
          first: change_multiple_column_values(board_id: $b, item_id: $i, column_values: $good) { id }
          second: change_multiple_column_values(board_id: $b, item_id: $i, column_values: $bad) { id }
          third: change_multiple_column_values(board_id: $b, item_id: $i, column_values: $more) { id }
        }""",
        b=board.id,
        i=item,
        good='{"text": "a"}',
        bad='{"status": "?"}',
        more='{"numbers": "3"}',
    )
    assert answer.body["data"] == {"first": {"id": item}, "second": None, "third": {"id": item}}
    (error,) = answer.body["errors"]
    assert error["path"] == ["second"]
    assert board.cell(item, "text")["value"] == "a"
    assert board.cell(item, "numbers")["value"] == "3"


def test_a_column_that_does_not_exist(board: Board) -> None:
    (error,) = board.change(board.create_item(), nowhere="x").body["errors"]
    assert error["extensions"]["code"] == "InvalidColumnIdException"
    assert error["extensions"]["error_data"]["column_id"] == "nowhere"


def test_an_item_of_another_board(board: Board) -> None:
    other = board.owner.one('mutation { create_board(board_name: "Other", board_kind: public) { id } }')["id"]
    error = board.owner.refusal(
        "mutation ($b: ID!, $i: ID!) { change_multiple_column_values(board_id: $b, item_id: $i,"
        ' column_values: "{}") { id } }',
        b=other,
        i=board.create_item(),
    )
    assert error["extensions"]["code"] == "InvalidItemIdException"


@pytest.mark.parametrize("values", ["{", "[]", "7"])
def test_column_values_that_are_no_json_object(board: Board, values: str) -> None:
    error = board.owner.refusal(
        "mutation ($b: ID!, $v: JSON) {"
        ' create_item(board_id: $b, item_name: "x", column_values: $v) { id } }',
        b=board.id,
        v=values,
    )
    assert error["extensions"]["code"] == "JsonParseException"
    assert error["extensions"]["status_code"] == 400


@pytest.mark.parametrize("value", ["{", "Solved"])
def test_a_value_that_is_no_json_is_refused_by_its_column(board: Board, value: str) -> None:
    error = board.owner.refusal(
        "mutation ($b: ID!, $i: ID!, $v: JSON!) {"
        ' change_column_value(board_id: $b, item_id: $i, column_id: "status", value: $v) { id } }',
        b=board.id,
        i=board.create_item(),
        v=value,
    )
    assert error["extensions"]["code"] == "ColumnValueException"
    assert error["extensions"]["error_data"] == {"column_type": "color"}


def test_a_refused_creation_leaves_nothing(board: Board) -> None:
    before = len(happenings(board.owner.monday))
    board.owner.refusal(
        'mutation ($b: ID!) { create_item(board_id: $b, item_name: "x",'
        ' column_values: "{\\"status\\": {\\"label\\": \\"?\\"}}") { id } }',
        b=board.id,
    )
    (found,) = board.owner.one("query ($b: ID!) { boards(ids: [$b]) { items_count } }", b=board.id)
    assert found == {"items_count": 0}
    assert len(happenings(board.owner.monday)) == before


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ("{ users { id } }", ["users"]),
        ("{ account { id } }", ["account"]),
        ('mutation { create_board(board_name: "x", board_kind: public) { id } }', ["create_board"]),
        ("{ workspaces { id } }", ["workspaces"]),
    ],
)
def test_the_app_may_do_what_its_scopes_say(monday: Monday, document: str, path: list[str]) -> None:
    app = person(monday, "customer-silver", scopes=BOARDS_READ)
    error = app.refusal(document)
    assert error["message"] == "Unauthorized field or type"
    assert error["path"] == path
    assert error["extensions"] == {"code": "UNAUTHORIZED_FIELD_OR_TYPE"}
    assert app.one("{ me { id } }")


def test_a_user_without_a_scope_leaves_the_rest_of_the_answer(monday: Monday, board: Board) -> None:
    board.create_item("Fault")
    app = person(monday, "synerity", scopes=BOARDS_READ)
    answer = app.answer(
        "query ($b: ID!) { boards(ids: [$b]) { items_page { items { name creator { name } } } } }", b=board.id
    )
    (found,) = answer.body["data"]["boards"]
    assert found["items_page"]["items"] == [{"name": "Fault", "creator": None}]


def test_a_webhook_is_made_when_its_address_echoes_the_challenge(board: Board) -> None:
    create = (
        "mutation ($b: ID!, $u: String!) {"
        " create_webhook(board_id: $b, url: $u, event: create_item) { id board_id event config } }"
    )
    made = board.owner.one(create, b=board.id, u="https://app.example/hook")
    assert board.owner.monday.challenged == ["https://app.example/hook"]
    assert made == {"id": made["id"], "board_id": board.id, "event": "create_item", "config": None}
    board.owner.refusal(create, b=board.id, u="https://refuses.example/hook")
    listed = board.owner.one("query ($b: ID!) { webhooks(board_id: $b) { id } }", b=board.id)
    assert listed == [{"id": made["id"]}]
    board.owner.ask("mutation ($w: ID!) { delete_webhook(id: $w) { id } }", w=made["id"])
    assert board.owner.one("query ($b: ID!) { webhooks(board_id: $b) { id } }", b=board.id) == []


def test_the_app_lists_its_own_webhooks(monday: Monday, board: Board) -> None:
    board.owner.ask(CREATE_WEBHOOK, b=board.id)
    app = person(monday, "synerity", scopes=frozenset({"webhooks:read", "webhooks:write"}))
    own = app.one(CREATE_WEBHOOK, b=board.id)["id"]
    read = "query ($b: ID!, $own: Boolean) { webhooks(board_id: $b, app_webhooks_only: $own) { id } }"
    assert app.one(read, b=board.id, own=True) == [{"id": own}]
    assert len(app.one(read, b=board.id, own=False)) == 2


@pytest.mark.parametrize(
    ("event", "config", "code"),
    [
        ("change_status_column_value", '{"columnId": "status"}', "InvalidWebhookConfigException"),
        (
            "change_status_column_value",
            '{"columnId": "text", "columnValue": {"$any$": true}}',
            "InvalidWebhookConfigException",
        ),
        *(
            (
                "change_status_column_value",
                f'{{"columnId": "status", "columnValue": {value}}}',
                "InvalidWebhookConfigException",
            )
            for value in (
                '"Solved"',
                "null",
                "[]",
                "{}",
                '{"$any$": false}',
                '{"index": "1"}',
                '{"index": true}',
            )
        ),
        ("change_specific_column_value", '{"columnId": "nowhere"}', "InvalidWebhookConfigException"),
        ("change_specific_column_value", None, "InvalidWebhookConfigException"),
        ("item_moved_to_specific_group", '{"groupId": "nowhere"}', "InvalidWebhookConfigException"),
        ("create_subitem", None, "InvalidArgumentException"),
        ("change_specific_column_value", '{"columnId": "text"}', None),
        ("change_status_column_value", '{"columnId": "status", "columnValue": {"$any$": true}}', None),
    ],
)
def test_a_webhooks_config_must_go_with_its_event(
    board: Board, event: str, config: str | None, code: str | None
) -> None:
    answer = board.owner.answer(
        "mutation ($b: ID!, $e: WebhookEventType!, $c: JSON) {"
        ' create_webhook(board_id: $b, url: "https://x.example", event: $e, config: $c) { id } }',
        b=board.id,
        e=event,
        c=config,
    )
    codes = [error["extensions"]["code"] for error in answer.body.get("errors", [])]
    assert codes == ([code] if code else [])


@pytest.mark.parametrize("url", ["ftp://x.example", "no address", "https://x.example/" + "x" * 240])
def test_a_webhooks_address_has_a_form(board: Board, url: str) -> None:
    error = board.owner.refusal(
        "mutation ($b: ID!, $u: String!) {"
        " create_webhook(board_id: $b, url: $u, event: create_item) { id } }",
        b=board.id,
        u=url,
    )
    assert error["extensions"]["code"] == "InvalidArgumentException"
    assert board.owner.monday.challenged == []


def test_a_webhook_on_a_board_that_does_not_exist(desk: Person) -> None:
    error = desk.refusal(
        'mutation { create_webhook(board_id: 1, url: "https://x.example", event: create_item) { id } }'
    )
    assert error["message"] == "Board not found"
    assert error["extensions"]["code"] == "InvalidArgumentException"
    assert error["extensions"]["error_data"] == {"board_id": 1}


def test_nobody_ends_a_webhook_of_another_account(monday: Monday, board: Board) -> None:
    made = board.owner.one(CREATE_WEBHOOK, b=board.id)["id"]
    charlie = person(monday, "customer-gold")
    error = charlie.refusal("mutation ($w: ID!) { delete_webhook(id: $w) { id } }", w=made)
    assert error["extensions"]["code"] == "ResourceNotFoundException"
    assert board.owner.one("query ($b: ID!) { webhooks(board_id: $b) { id } }", b=board.id) == [{"id": made}]


def test_complexity_is_charged_to_the_callers_minute(desk: Person) -> None:
    read = "{ complexity { before query after reset_in_x_seconds } boards(limit: 10) { id name } }"
    first = desk.one("{ complexity { before query after reset_in_x_seconds } }")
    assert first["before"] - first["query"] == first["after"]
    second = desk.ask(read)["complexity"]
    assert second["before"] == first["after"]
    assert second["query"] > first["query"]
    desk.monday.store.clock.advance(61)
    assert desk.one("{ complexity { before } }")["before"] == first["before"]


@pytest.mark.parametrize(
    ("document", "name", "is_mutation"),
    [
        ("mutation { archive_board(board_id: 1) { id } }", None, True),
        ("query { me { id } }", None, False),
        ("query a { me { id } } mutation b { archive_board(board_id: 1) { id } }", "b", True),
        ("query a { me { id } } mutation b { archive_board(board_id: 1) { id } }", "a", False),
        ("mutation { nothing }", None, False),
        ("{", None, False),
    ],
)
def test_a_mutation_is_told_from_a_query(
    monday: Monday, document: str, name: str | None, is_mutation: bool
) -> None:
    assert monday.api.is_mutation(document, name) is is_mutation


def test_a_change_is_announced_once_it_is_committed(monday: Monday, desk: Person) -> None:
    seen: list[int] = []
    monday.store.on_happening(lambda: seen.append(len(happenings(monday))))
    board = desk.one('mutation { create_board(board_name: "B", board_kind: public) { id } }')["id"]
    assert seen == []
    desk.ask('mutation ($b: ID!) { create_item(board_id: $b, item_name: "x") { id } }', b=board)
    assert seen == [1]


def test_a_caller_of_no_account_has_no_access(monday: Monday) -> None:
    answer = monday.api.execute(Caller(1, 1, None, signed=False), "{ me { id } }", None, None)
    assert answer.status == 403
    assert answer.body["errors"][0]["extensions"]["code"] == "USER_ACCESS_DENIED"
