"""PyPI's ``monday`` runs as it is: its clients' ``endpoint`` is set after they are made."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import urllib3
from monday import MondayClient
from monday.exceptions import MondayQueryError
from monday.resources.base import BaseResource
from monday.resources.types import (
    BoardKind,
    BoardState,
    ColumnType,
    DuplicateType,
    ItemsOrderByDirection,
    ItemsQueryRuleOperator,
)

from monday_sandbox.testing import RunningSandbox
from tests.clients.columns import COLUMNS, Column
from tests.conformance.served import order_weather

pytestmark = pytest.mark.timeout(300)


def client_of(sandbox: RunningSandbox, token: str) -> MondayClient:
    made = MondayClient(token)
    for resource in vars(made).values():
        assert isinstance(resource, BaseResource)
        resource.client.endpoint = sandbox.api_url
        resource.file_upload_client.endpoint = f"{sandbox.api_url}/file"
    return made


@pytest.fixture(scope="module")
def client(one_sandbox: RunningSandbox) -> Iterator[MondayClient]:
    made = client_of(one_sandbox, one_sandbox.token("synerity"))
    yield made
    for resource in vars(made).values():
        resource.client._http.clear()
        resource.file_upload_client._http.clear()


def told(answer: dict[str, Any]) -> Any:
    """What the only field of an answer gives."""
    (value,) = answer["data"].values()
    return value


@pytest.fixture(scope="module")
def board(client: MondayClient) -> int:
    """A board that the client has made, with a group and a column of each kind."""
    board = int(told(client.boards.create_board("Of Python", BoardKind.PUBLIC))["id"])
    client.groups.create_group(board, "Tickets")
    for column in COLUMNS:
        client.columns.create_column(board, column.type, ColumnType(column.type), column.defaults)
    return board


@pytest.fixture(scope="module")
def columns(client: MondayClient, board: int) -> dict[str, str]:
    """Ids of the columns that the client has made, by type."""
    (found,) = told(client.boards.fetch_columns_by_board_id(board))
    return {column["title"]: column["id"] for column in found["columns"]}


@pytest.fixture
def group(client: MondayClient, board: int) -> str:
    (found,) = told(client.groups.get_groups_by_board(board))
    return str(next(group["id"] for group in found["groups"] if group["title"] == "Tickets"))


@pytest.fixture
def item(client: MondayClient, board: int, group: str) -> int:
    return int(told(client.items.create_item(board, group, 'A "fault" \\ of å'))["id"])


def texts(client: MondayClient, item: int) -> dict[str, str | None]:
    (found,) = told(client.items.fetch_items_by_id([item]))
    return {value["id"]: value["text"] for value in found["column_values"]}


def test_it_tells_who_calls_in_the_words_of_its_version(client: MondayClient) -> None:
    me = told(client.me.get_details())
    assert me["email"].endswith("@synerity.example")
    assert (me["enabled"], me["is_guest"], me["is_pending"]) == (True, False, False)


def test_it_lists_the_users(client: MondayClient) -> None:
    users = told(client.users.fetch_users(limit=2))
    assert [user["enabled"] for user in users] == [True, True]


def test_it_finds_a_board_it_made(client: MondayClient, board: int) -> None:
    (found,) = told(
        client.boards.fetch_boards(limit=1, ids=[board], board_kind=BoardKind.PUBLIC, state=BoardState.ALL)
    )
    assert (found["id"], found["name"]) == (str(board), "Of Python")
    assert {column.type for column in COLUMNS} <= {column["type"] for column in found["columns"]}


def test_it_finds_an_item_it_made(client: MondayClient, item: int) -> None:
    (found,) = told(client.items.fetch_items_by_id([item]))
    assert (found["name"], found["group"]["title"]) == ('A "fault" \\ of å', "Tickets")


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.type)
def test_a_value_it_writes_is_read_again(
    client: MondayClient, board: int, columns: dict[str, str], item: int, column: Column
) -> None:
    column_id = columns[column.type]
    changed = told(client.items.change_item_value(board, item, column_id, column.written))
    assert {value["id"]: value["text"] for value in changed["column_values"]}[column_id] == column.text
    assert texts(client, item)[column_id] == column.text


def test_it_writes_many_values_at_once(
    client: MondayClient, board: int, columns: dict[str, str], item: int
) -> None:
    values = {columns[column.type]: column.written for column in COLUMNS}
    client.items.change_multiple_column_values(board, item, values)
    found = texts(client, item)
    assert {key: found[key] for key in values} == {columns[c.type]: c.text for c in COLUMNS}


def test_it_finds_items_by_a_value(
    client: MondayClient, board: int, columns: dict[str, str], group: str
) -> None:
    made = client.items.create_item(board, group, "Sought", {columns["text"]: "needle"})
    page = told(client.items.fetch_items_by_column_value(board, columns["text"], "needle", limit=5))
    assert [one["id"] for one in page["items"]] == [told(made)["id"]]


def test_it_finds_items_by_a_rule(
    client: MondayClient, board: int, columns: dict[str, str], group: str
) -> None:
    client.items.create_item(board, group, "Without a text")
    client.items.create_item(board, group, "With a text", {columns["text"]: "some"})
    rule = {
        "column_id": columns["text"],
        "compare_value": [],
        "operator": ItemsQueryRuleOperator.IS_EMPTY,
    }
    order = {"column_id": "name", "direction": ItemsOrderByDirection.DESC}
    query = {"rules": [rule], "order_by": [order]}
    names = [one["name"] for one in client.boards.fetch_all_items_by_board_id(board, query)]
    assert "Without a text" in names
    assert "With a text" not in names
    assert names == sorted(names, reverse=True)


def test_it_makes_several_items_in_one_call(client: MondayClient, board: int) -> None:
    orders = [
        {"method": "create_item", "board_id": board, "item_name": name, "create_labels_if_missing": False}
        for name in ("One", "Two")
    ]
    made = client.items.mutate_multiple_items(orders)["data"]
    assert [made["item0"]["name"], made["item1"]["name"]] == ["One", "Two"]


def test_it_moves_an_item_to_another_group(client: MondayClient, board: int, item: int) -> None:
    other = told(client.groups.create_group(board, "Closed"))["id"]
    client.items.move_item_to_group(item, other)
    (found,) = told(client.groups.get_items_by_group(board, other, limit=10))
    assert [one["id"] for one in found["groups"][0]["items_page"]["items"]] == [str(item)]


def test_what_it_deletes_is_on_no_page(client: MondayClient, board: int, item: int) -> None:
    client.items.delete_item_by_id(item)
    assert str(item) not in {one["id"] for one in client.boards.fetch_all_items_by_board_id(board)}


def test_what_it_archives_is_on_no_page(client: MondayClient, board: int, item: int) -> None:
    client.items.archive_item_by_id(item)
    assert str(item) not in {one["id"] for one in client.boards.fetch_all_items_by_board_id(board)}


def test_its_pages_have_every_item_once(client: MondayClient) -> None:
    board = told(client.boards.create_board("Pages", BoardKind.PRIVATE))["id"]
    group = told(client.groups.create_group(board, "G"))["id"]
    names = [f"Fault {number}" for number in range(7)]
    for name in names:
        client.items.create_item(board, group, name)
    (found,) = told(client.boards.fetch_items_by_board_id(board, limit=3))
    assert found["items_page"]["cursor"]
    read = client.boards.fetch_all_items_by_board_id(board, limit=3)
    assert [one["name"] for one in read if one["name"] in names] == names


def test_an_update_it_writes_is_read_again_until_it_is_deleted(client: MondayClient, item: int) -> None:
    made = told(client.updates.create_update(item, "<p>Hej å</p>"))["id"]
    assert told(client.updates.fetch_updates(1))[0]["id"] == made
    client.updates.delete_update(made)
    assert made not in {update["id"] for update in told(client.updates.fetch_updates(100))}


def test_a_file_it_uploads_is_read_again(client: MondayClient, board: int, item: int, tmp_path: Path) -> None:
    column = told(client.columns.create_column(board, "Files", ColumnType.FILE))["id"]
    (tmp_path / "note.txt").write_text("Hej")
    made = told(client.items.add_file_to_column(item, column, str(tmp_path / "note.txt")))["id"]
    reading = f"{{ assets(ids: [{made}]) {{ name file_extension file_size }} }}"
    (asset,) = told(client.custom.execute_custom_query(reading))
    assert asset == {"name": "note.txt", "file_extension": ".txt", "file_size": 3}


def test_a_subitem_it_makes_has_its_name(client: MondayClient, item: int) -> None:
    assert told(client.items.create_subitem(item, "A part"))["name"] == "A part"


def test_it_reads_what_was_written_about_an_item(client: MondayClient, item: int) -> None:
    made = told(client.updates.create_update(item, "Seen"))["id"]
    (found,) = told(client.updates.fetch_updates_for_item(item))
    assert [(update["id"], update["assets"], update["replies"]) for update in found["updates"]] == [
        (made, [], [])
    ]


@pytest.mark.usefixtures("item")
def test_it_copies_a_board_with_its_items(client: MondayClient, board: int) -> None:
    copied = told(client.boards.duplicate_board(board, DuplicateType.WITH_PULSES, "The copy"))["board"]["id"]
    names = {one["name"] for one in client.boards.fetch_all_items_by_board_id(copied)}
    assert 'A "fault" \\ of å' in names


def test_it_makes_and_finds_a_tag(client: MondayClient) -> None:
    made = told(client.tags.create_or_get_tag("urgent"))["id"]
    assert [tag["name"] for tag in told(client.tags.fetch_tags([int(made)]))] == ["urgent"]


def test_it_makes_and_finds_a_workspace(client: MondayClient) -> None:
    made = told(client.workspaces.create_workspace("Of Python", "open", "For tests"))
    found = {one["id"]: one["description"] for one in told(client.workspaces.get_workspaces())}
    assert found[made["id"]] == made["description"] == "For tests"


def test_it_tells_what_is_left_of_the_budget(client: MondayClient) -> None:
    assert told(client.complexity.get_complexity())["after"] > 0


def test_errors_of_an_answer_are_its_query_error(client: MondayClient, board: int, item: int) -> None:
    with pytest.raises(MondayQueryError) as caught:
        client.items.change_item_value(board, item, "no_such_column", "x")
    (error,) = caught.value.original_errors
    assert (str(caught.value), error["extensions"]["code"]) == (error["message"], "InvalidColumnIdException")


def test_what_the_schema_lacks_is_its_query_error(client: MondayClient) -> None:
    with pytest.raises(MondayQueryError, match='Cannot query field "user_id" on type "Notification"'):
        client.notifications.create_notification(1, 1, "Look", "Project")


def test_a_wrong_token_is_the_transports_error(one_sandbox: RunningSandbox) -> None:
    stranger = client_of(one_sandbox, "wrong")
    with pytest.raises(urllib3.exceptions.HTTPError, match=r"HTTP 401: .*NOT_AUTHENTICATED"):
        stranger.me.get_details()
    stranger.me.client._http.clear()


@pytest.mark.parametrize(("kind", "status"), [("complexity", 429), ("internal_500", 500), ("locked", 423)])
def test_a_refusal_by_status_is_the_transports_error(
    client: MondayClient, clear_sky: RunningSandbox, kind: str, status: int
) -> None:
    order_weather(clear_sky, account="synerity", api={"errors": [{"kind": kind, "times": 1}]})
    with pytest.raises(urllib3.exceptions.HTTPError, match=f"HTTP {status}"):
        client.me.get_details()
