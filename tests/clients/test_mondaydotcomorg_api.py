"""npm's ``@mondaydotcomorg/api`` runs as it is: it has its address from ``MONDAY_API_ENDPOINT``."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from graphql import NonNullTypeNode, ObjectTypeExtensionNode, parse

from monday_sandbox.api.schema import SDL
from monday_sandbox.testing import RunningSandbox
from tests.clients.columns import COLUMNS, Column
from tests.clients.node import NodeClient, file_of, install_clients, running_client
from tests.conformance.served import order_weather

pytestmark = pytest.mark.timeout(300)

CREATE_BOARD = (
    "mutation ($name: String!) { create_board(board_name: $name, board_kind: public, empty: true) { id } }"
)
CREATE_GROUP = 'mutation ($board: ID!) { create_group(board_id: $board, group_name: "Tickets") { id } }'
CREATE_COLUMN = (
    "mutation ($board: ID!, $type: ColumnType!, $id: String!, $defaults: JSON) { create_column("
    "board_id: $board, id: $id, title: $id, column_type: $type, defaults: $defaults) { id type } }"
)
CELLS = "query ($item: ID!) { items(ids: [$item]) { name column_values { id text value } } }"


@pytest.fixture(scope="module")
def client(one_sandbox: RunningSandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeClient]:
    config = {"token": one_sandbox.token("synerity")}
    environment = {"MONDAY_API_ENDPOINT": one_sandbox.api_url}
    with running_client("drive_api.mjs", tmp_path_factory.mktemp("api"), config, environment) as running:
        yield running


@pytest.fixture(scope="module")
def board(client: NodeClient) -> str:
    """A board that the client has made, with a group and a column of each kind."""
    board: str = client.call("request", CREATE_BOARD, {"name": "Of the client"})["create_board"]["id"]
    client.call("request", CREATE_GROUP, {"board": board})
    for column in COLUMNS:
        defaults = json.dumps(column.defaults) if column.defaults else None
        order = {"board": board, "type": column.type, "id": column.type, "defaults": defaults}
        made = client.call("request", CREATE_COLUMN, order)["create_column"]
        assert made == {"id": column.type, "type": column.type}
    return board


@pytest.fixture
def item(client: NodeClient, board: str) -> str:
    order = {"boardId": board, "groupId": group_of(client, board), "itemName": "A fault"}
    return str(client.call("operations.createItemOp", order)["create_item"]["id"])


def group_of(client: NodeClient, board: str) -> str:
    (found,) = client.call("operations.getBoardGroupsOp", {"ids": [board]})["boards"]
    return str(found["groups"][0]["id"])


def cell(client: NodeClient, item: str, column: str) -> dict[str, str | None]:
    (found,) = client.call("request", CELLS, {"item": item})["items"]
    cells: dict[str, dict[str, str | None]] = {value["id"]: value for value in found["column_values"]}
    return cells[column]


def typed_cell(client: NodeClient, item: str, column: str, fragment: str) -> dict[str, Any]:
    document = (
        "query ($item: ID!, $column: String!) { items(ids: [$item]) {"
        f" column_values(ids: [$column]) {{ {fragment} }} }} }}"
    )
    (found,) = client.call("request", document, {"item": item, "column": column})["items"]
    told: dict[str, Any] = found["column_values"][0]
    return told


def write_in_new_column(
    client: NodeClient, board: str, item: str, kind: str, written: Any, defaults: Any = None
) -> None:
    """Write a value that names others, in a column made for it."""
    order = {"board": board, "type": kind, "id": kind, "defaults": defaults and json.dumps(defaults)}
    client.call("request", CREATE_COLUMN, order)
    values = {"boardId": board, "itemId": item, "columnValues": json.dumps({kind: written})}
    client.call("operations.changeMultipleColumnValuesOp", values)


def test_it_tells_who_calls(client: NodeClient) -> None:
    assert client.call("operations.getMeOp")["me"]["email"].endswith("@synerity.example")


def test_it_reads_the_groups_of_a_board_it_made(client: NodeClient, board: str) -> None:
    (found,) = client.call("operations.getBoardGroupsOp", {"ids": [board]})["boards"]
    assert [group["title"] for group in found["groups"]] == ["Tickets"]


def test_it_finds_the_items_of_a_board_it_made(client: NodeClient) -> None:
    board = client.call("request", CREATE_BOARD, {"name": "Of one item"})["create_board"]["id"]
    client.call("request", CREATE_GROUP, {"board": board})
    order = {"boardId": board, "groupId": group_of(client, board), "itemName": "A fault"}
    made = client.call("operations.createItemOp", order)["create_item"]
    (found,) = client.call("operations.getBoardItemsOp", {"ids": [board]})["boards"]
    assert [(one["id"], one["name"]) for one in found["items_page"]["items"]] == [(made["id"], "A fault")]


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.type)
def test_a_value_it_writes_is_read_again(client: NodeClient, board: str, item: str, column: Column) -> None:
    order = {"boardId": board, "itemId": item, "columnId": column.type, "value": json.dumps(column.written)}
    assert client.call("operations.changeColumnValueOp", order) == {"change_column_value": {"id": item}}
    assert cell(client, item, column.type)["text"] == column.text


def test_the_people_it_assigns_are_read_again(client: NodeClient, board: str, item: str) -> None:
    me = client.call("operations.getMeOp")["me"]
    written = {"personsAndTeams": [{"id": int(me["id"]), "kind": "person"}]}
    write_in_new_column(client, board, item, "people", written)
    fragment = "... on PeopleValue { text persons_and_teams { id kind } }"
    assert typed_cell(client, item, "people", fragment) == {
        "text": me["name"],
        "persons_and_teams": [{"id": me["id"], "kind": "person"}],
    }


def test_the_tags_it_puts_are_read_again(client: NodeClient, board: str, item: str) -> None:
    making = 'mutation { create_or_get_tag(tag_name: "urgent") { id } }'
    tag = client.call("request", making)["create_or_get_tag"]["id"]
    write_in_new_column(client, board, item, "tags", {"tag_ids": [int(tag)]})
    fragment = "... on TagsValue { text tags { id name } }"
    told = typed_cell(client, item, "tags", fragment)
    assert told == {"text": "urgent", "tags": [{"id": tag, "name": "urgent"}]}


@pytest.mark.parametrize(
    ("kind", "fragment"),
    [
        ("board_relation", "... on BoardRelationValue { value display_value linked_item_ids }"),
        ("dependency", "... on DependencyValue { value display_value linked_item_ids }"),
    ],
)
def test_the_items_it_links_are_read_again(
    client: NodeClient, board: str, item: str, kind: str, fragment: str
) -> None:
    order = {"boardId": board, "groupId": group_of(client, board), "itemName": "The cause"}
    other = client.call("operations.createItemOp", order)["create_item"]["id"]
    defaults = {"boardIds": [int(board)]} if kind == "board_relation" else None
    write_in_new_column(client, board, item, kind, {"item_ids": [int(other)]}, defaults)
    told = typed_cell(client, item, kind, fragment)
    assert told == {"value": None, "display_value": "The cause", "linked_item_ids": [other]}


def test_it_writes_a_plain_string(client: NodeClient, board: str, item: str) -> None:
    order = {"boardId": board, "itemId": item, "columnId": "status", "value": "Stuck"}
    client.call("operations.changeSimpleColumnValueOp", order)
    assert cell(client, item, "status")["text"] == "Stuck"


def test_it_writes_many_values_at_once(client: NodeClient, board: str, item: str) -> None:
    values = {column.type: column.written for column in COLUMNS}
    order = {"boardId": board, "itemId": item, "columnValues": json.dumps(values)}
    client.call("operations.changeMultipleColumnValuesOp", order)
    (found,) = client.call("request", CELLS, {"item": item})["items"]
    texts = {value["id"]: value["text"] for value in found["column_values"]}
    assert {column.type: texts[column.type] for column in COLUMNS} == {c.type: c.text for c in COLUMNS}


def test_an_update_it_writes_is_read_again(client: NodeClient, item: str) -> None:
    document = "mutation ($item: ID!, $body: String!) { create_update(item_id: $item, body: $body) { id } }"
    made = client.call("request", document, {"item": item, "body": "<p>Hej å</p>"})["create_update"]["id"]
    reading = "query ($item: ID!) { items(ids: [$item]) { updates { id text_body } } }"
    (found,) = client.call("request", reading, {"item": item})["items"]
    assert found["updates"] == [{"id": made, "text_body": "Hej å"}]


def test_a_file_it_uploads_to_a_column_is_read_again(client: NodeClient, board: str, item: str) -> None:
    order = {"board": board, "type": "file", "id": "files", "defaults": None}
    client.call("request", CREATE_COLUMN, order)
    uploading = (
        'mutation ($item: ID!, $file: File!) { add_file_to_column(item_id: $item, column_id: "files",'
        " file: $file) { id name file_size } }"
    )
    given = {"item": item, "file": file_of("Hej å".encode(), "noter å.txt")}
    made = client.call("request", uploading, given)["add_file_to_column"]
    assert (made["name"], made["file_size"]) == ("noter å.txt", 6)
    reading = "query ($id: ID!) { assets(ids: [$id]) { public_url } }"
    (asset,) = client.call("request", reading, {"id": made["id"]})["assets"]
    assert requests.get(asset["public_url"], timeout=10).content.decode() == "Hej å"


def test_a_file_it_uploads_to_an_update_is_read_again(client: NodeClient, item: str) -> None:
    writing = 'mutation ($item: ID!) { create_update(item_id: $item, body: "See") { id } }'
    update = client.call("request", writing, {"item": item})["create_update"]["id"]
    uploading = "mutation ($id: ID!, $file: File!) { add_file_to_update(update_id: $id, file: $file) { id } }"
    client.call("request", uploading, {"id": update, "file": file_of(b"x" * 100_000, "large.bin")})
    reading = "query ($item: ID!) { items(ids: [$item]) { updates { assets { name file_size } } } }"
    (found,) = client.call("request", reading, {"item": item})["items"]
    assert found["updates"][0]["assets"] == [{"name": "large.bin", "file_size": 100_000}]


def test_its_pages_have_every_item_once(client: NodeClient) -> None:
    board = client.call("request", CREATE_BOARD, {"name": "Of pages"})["create_board"]["id"]
    client.call("request", CREATE_GROUP, {"board": board})
    order = {"boardId": board, "groupId": group_of(client, board)}
    names = [f"Fault {number}" for number in range(7)]
    for name in names:
        client.call("operations.createItemOp", {**order, "itemName": name})
    first = "query ($b: ID!) { boards(ids: [$b]) { items_page(limit: 3) { cursor items { name } } } }"
    then = "query ($c: String!) { next_items_page(limit: 3, cursor: $c) { cursor items { name } } }"
    page = client.call("request", first, {"b": board})["boards"][0]["items_page"]
    pages = [page]
    while page["cursor"]:
        page = client.call("request", then, {"c": page["cursor"]})["next_items_page"]
        pages.append(page)
    assert [len(page["items"]) for page in pages] == [3, 3, 1]
    assert [one["name"] for page in pages for one in page["items"]] == names


def test_it_is_served_the_version_it_was_made_for(client: NodeClient) -> None:
    answer = client.call("rawRequest", "{ version { value } }")
    assert answer["headers"]["api-version"] == answer["data"]["version"]["value"] == "2026-01"


def test_a_call_may_ask_for_another_version(client: NodeClient) -> None:
    answer = client.call("rawRequest", "{ me { id } }", {}, {"versionOverride": "2026-10"})
    assert answer["headers"]["api-version"] == "2026-10"


def test_a_field_that_2026_10_took_away_is_there_in_the_versions_before(client: NodeClient) -> None:
    assert client.call("request", "{ me { is_admin } }")["me"]["is_admin"] is True
    error = client.failure("request", "{ me { is_admin } }", {}, {"versionOverride": "2026-10"})
    assert error["errors"][0]["message"].startswith('Cannot query field "is_admin" on type "User".')


def test_the_fields_taken_away_are_as_the_types_of_the_client_say() -> None:
    shipped = install_clients() / "node_modules/@mondaydotcomorg/api/dist/esm/lib/generated/sdk.d.ts"
    of_user = shipped.read_text().split("export type User = {", 1)[1].split("};", 1)[0]
    (extended,) = parse((SDL / "before-2026-10" / "users.graphql").read_text()).definitions
    assert isinstance(extended, ObjectTypeExtensionNode)
    for field in extended.fields or ():
        is_nullable = not isinstance(field.type, NonNullTypeNode)
        assert f" {field.name.value}{'?' if is_nullable else ''}: " in of_user


def test_the_answer_as_it_came_has_the_number_of_the_request(client: NodeClient) -> None:
    answer = client.call("rawRequest", "{ me { id } }")
    assert answer["headers"]["x-request-id"] == answer["extensions"]["request_id"]


def test_a_wrong_token_is_a_client_error_with_401(client: NodeClient) -> None:
    error = client.configured(token="wrong").failure("operations.getMeOp")
    assert (error["class"], error["isClientError"], error["status"]) == ("ClientError", True, 401)
    assert error["errors"][0]["extensions"]["code"] == "NOT_AUTHENTICATED"


def test_what_the_schema_lacks_is_a_client_error_without_code(client: NodeClient) -> None:
    error = client.failure("request", "{ me { shoe_size } }")
    assert (error["class"], error["status"]) == ("ClientError", 200)
    assert error["errors"][0]["message"] == 'Cannot query field "shoe_size" on type "User".'
    assert "code" not in error["errors"][0].get("extensions", {})
    assert "api-version" not in error["headers"]


def test_a_value_that_a_column_does_not_take_is_a_client_error_with_its_code(
    client: NodeClient, board: str, item: str
) -> None:
    order = {"boardId": board, "itemId": item, "columnId": "status", "value": json.dumps({"label": "Nope"})}
    error = client.failure("operations.changeColumnValueOp", order)
    assert (error["class"], error["status"]) == ("ClientError", 200)
    assert error["errors"][0]["extensions"]["code"] == "ColumnValueException"
    assert error["data"] == {"change_column_value": None}


def test_a_client_error_keeps_the_part_that_succeeded(client: NodeClient, board: str) -> None:
    document = (
        'mutation ($board: ID!) { made: create_item(board_id: $board, item_name: "Stays") { name }'
        ' lost: create_item(board_id: 1, item_name: "Nowhere") { name } }'
    )
    error = client.failure("request", document, {"board": board})
    assert error["data"] == {"made": {"name": "Stays"}, "lost": None}
    assert [one["path"] for one in error["errors"]] == [["lost"]]


def test_an_exhausted_budget_is_a_client_error_that_tells_the_wait(
    client: NodeClient, clear_sky: RunningSandbox
) -> None:
    storm = {"errors": [{"kind": "complexity", "times": 1, "retry_in_seconds": 7}]}
    order_weather(clear_sky, account="synerity", api=storm)
    error = client.failure("operations.getMeOp")
    assert (error["class"], error["status"]) == ("ClientError", 429)
    assert error["errors"][0]["extensions"]["code"] == "COMPLEXITY_BUDGET_EXHAUSTED"
    assert error["errors"][0]["extensions"]["retry_in_seconds"] == int(error["headers"]["retry-after"]) == 7


def test_a_gateways_page_is_a_client_error_with_its_text(
    client: NodeClient, clear_sky: RunningSandbox
) -> None:
    order_weather(clear_sky, account="synerity", api={"errors": [{"kind": "bad_gateway", "times": 1}]})
    error = client.failure("operations.getMeOp")
    assert (error["class"], error["status"]) == ("ClientError", 502)
    assert "<html" in error["text"].lower()


def test_a_slow_answer_is_given_up_on_in_the_clients_own_time(
    client: NodeClient, clear_sky: RunningSandbox
) -> None:
    order_weather(clear_sky, account="synerity", api={"latency_seconds": 2})
    error = client.failure("request", "{ me { id } }", {}, {"timeoutMs": 100})
    assert error["class"] == "DOMException"
