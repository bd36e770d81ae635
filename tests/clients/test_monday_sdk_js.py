"""The server part of npm's ``monday-sdk-js`` runs as it is: it has its address from ``MONDAY_COM_…``."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from monday_sandbox.testing import RunningSandbox
from tests.clients.columns import COLUMNS, Column
from tests.clients.node import NodeClient, running_client
from tests.conformance.served import CLIENT_ID, CLIENT_SECRET, code_for, order_weather

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def client(one_sandbox: RunningSandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeClient]:
    environment = {
        "NODE_ENV": "development",
        "MONDAY_COM_PROTOCOL": "http",
        "MONDAY_COM_DOMAIN": urlsplit(one_sandbox.url).netloc,
        "MONDAY_SUBDOMAIN_API": "",
        "MONDAY_OAUTH_SUBDOMAIN": "",
    }
    config = {"token": one_sandbox.token("synerity"), "apiVersion": "2026-10"}
    with running_client("drive_sdk.cjs", tmp_path_factory.mktemp("sdk"), config, environment) as running:
        yield running


def ask(client: NodeClient, document: str, **variables: Any) -> Any:
    """What the only field of a document gives."""
    answer = client.call("api", document, {"variables": variables})
    assert "errors" not in answer, answer
    (value,) = answer["data"].values()
    return value


@pytest.fixture(scope="module")
def board(client: NodeClient) -> str:
    """A board that the SDK has made, with a group and a column of each kind."""
    made = ask(
        client,
        'mutation { create_board(board_name: "Of the SDK", board_kind: public, empty: true) { id } }',
    )
    ask(client, 'mutation ($b: ID!) { create_group(board_id: $b, group_name: "G") { id } }', b=made["id"])
    for column in COLUMNS:
        ask(
            client,
            "mutation ($b: ID!, $type: ColumnType!, $id: String!, $defaults: JSON) { create_column("
            "board_id: $b, id: $id, title: $id, column_type: $type, defaults: $defaults) { id } }",
            b=made["id"],
            type=column.type,
            id=column.type,
            defaults=json.dumps(column.defaults) if column.defaults else None,
        )
    return str(made["id"])


def create_item(client: NodeClient, board: str, name: str = "A fault", **values: Any) -> str:
    made = ask(
        client,
        "mutation ($b: ID!, $name: String!, $values: JSON) {"
        " create_item(board_id: $b, item_name: $name, column_values: $values) { id } }",
        b=board,
        name=name,
        values=json.dumps(values),
    )
    return str(made["id"])


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.type)
def test_a_value_it_gives_a_new_item_is_read_again(client: NodeClient, board: str, column: Column) -> None:
    item = create_item(client, board, **{column.type: column.written})
    document = "query ($i: ID!, $c: String!) { items(ids: [$i]) { column_values(ids: [$c]) { text } } }"
    (found,) = ask(client, document, i=item, c=column.type)
    assert found["column_values"] == [{"text": column.text}]


def test_an_update_it_writes_is_read_again(client: NodeClient, board: str) -> None:
    item = create_item(client, board)
    writing = 'mutation ($item: ID!) { create_update(item_id: $item, body: "<b>Hej</b>") { id } }'
    made = ask(client, writing, item=item)["id"]
    (found,) = ask(client, "query ($i: ID!) { items(ids: [$i]) { updates { id text_body } } }", i=item)
    assert found["updates"] == [{"id": made, "text_body": "Hej"}]


def test_its_pages_have_every_item_once(client: NodeClient) -> None:
    made = ask(
        client, 'mutation { create_board(board_name: "Pages", board_kind: public, empty: true) { id } }'
    )
    ask(client, 'mutation ($b: ID!) { create_group(board_id: $b, group_name: "G") { id } }', b=made["id"])
    names = [f"Fault {number}" for number in range(5)]
    for name in names:
        create_item(client, made["id"], name)
    first = "query ($b: ID!) { boards(ids: [$b]) { items_page(limit: 2) { cursor items { name } } } }"
    then = "query ($c: String!) { next_items_page(limit: 2, cursor: $c) { cursor items { name } } }"
    page = ask(client, first, b=made["id"])[0]["items_page"]
    read = page["items"]
    while page["cursor"]:
        page = ask(client, then, c=page["cursor"])
        read += page["items"]
    assert [one["name"] for one in read] == names


def test_it_gives_errors_of_an_answer_as_they_came(client: NodeClient) -> None:
    answer = client.call("api", "mutation { archive_board(board_id: 1) { id } }")
    assert answer["data"] == {"archive_board": None}
    assert answer["errors"][0]["extensions"]["code"] == "USER_UNAUTHORIZED"


def test_it_gives_a_refusal_of_the_token_as_it_came(client: NodeClient) -> None:
    answer = client.configured(token="wrong").call("api", "{ me { id } }")
    assert answer["errors"][0]["extensions"]["code"] == "NOT_AUTHENTICATED"


def test_it_gives_a_refusal_for_the_rate_as_it_came(client: NodeClient, clear_sky: RunningSandbox) -> None:
    storm = {"errors": [{"kind": "minute", "times": 1, "retry_in_seconds": 9}]}
    order_weather(clear_sky, account="synerity", api=storm)
    answer = client.call("api", "{ me { id } }")
    assert answer["errors"][0]["extensions"]["retry_in_seconds"] == 9


def test_a_gateways_page_is_an_error_with_its_text(client: NodeClient, clear_sky: RunningSandbox) -> None:
    order_weather(clear_sky, account="synerity", api={"errors": [{"kind": "bad_gateway", "times": 1}]})
    error = client.failure("api", "{ me { id } }")
    assert error["class"] == "Error"
    assert "<html" in error["message"].lower()


def test_it_changes_a_code_of_the_old_flow_for_a_token_that_works(
    client: NodeClient, one_sandbox: RunningSandbox
) -> None:
    code = code_for(one_sandbox, code_challenge="", code_challenge_method="")
    told = client.call("oauthToken", code, CLIENT_ID, CLIENT_SECRET)
    assert told["token_type"] == "Bearer"
    name = client.configured(token=told["access_token"]).call("api", "{ me { name } }")
    assert "errors" not in name


def test_a_used_up_code_is_told_as_an_error_of_the_answer(
    client: NodeClient, one_sandbox: RunningSandbox
) -> None:
    code = code_for(one_sandbox, code_challenge="", code_challenge_method="")
    client.call("oauthToken", code, CLIENT_ID, CLIENT_SECRET)
    assert client.call("oauthToken", code, CLIENT_ID, CLIENT_SECRET)["error"] == "invalid_grant"
