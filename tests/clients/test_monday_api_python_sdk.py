"""PyPI's ``monday-api-python-sdk`` runs as it is: its ``endpoint`` is set after it is made.

The address of uploads is a constant in its code, which is read at each call and has no option:
it is patched, as the only thing of any client.
"""

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from monday_sdk import (
    BoardKind,
    BoardState,
    MondayApiResponse,
    MondayClient,
    extract_column_value_by_id,
    monday_json_stringify,
)

from monday_sandbox.testing import RunningSandbox
from tests.clients.columns import COLUMNS, Column
from tests.conformance.served import order_weather

pytestmark = pytest.mark.timeout(300)


def client_of(sandbox: RunningSandbox, token: str) -> MondayClient:
    made = MondayClient(token)
    made.custom.client.endpoint = sandbox.api_url
    return made


@pytest.fixture(scope="module")
def client(one_sandbox: RunningSandbox) -> MondayClient:
    return client_of(one_sandbox, one_sandbox.token("synerity"))


def told(answer: MondayApiResponse) -> Any:
    """What the only field of an answer gives, as it came."""
    (value,) = answer.response_data["data"].values()
    return value


def make_board(client: MondayClient, name: str) -> str:
    """Make a board with a group, by the client's only way to send what it has no function for."""
    document = f'mutation {{ create_board(board_name: "{name}", board_kind: public, empty: true) {{ id }} }}'
    board = told(client.custom.execute_custom_query(document))["id"]
    document = f'mutation {{ create_group(board_id: {board}, group_name: "Tickets") {{ id }} }}'
    client.custom.execute_custom_query(document)
    return str(board)


@pytest.fixture(scope="module")
def board(client: MondayClient) -> str:
    """A board with a column of each kind."""
    board = make_board(client, "Of the Python SDK")
    for column in COLUMNS:
        client.custom.execute_custom_query(
            f'mutation {{ create_column(board_id: {board}, id: "{column.type}", title: "{column.type}",'
            f" column_type: {column.type}, defaults: {monday_json_stringify(column.defaults)}) {{ id }} }}"
        )
    return board


def group_of(client: MondayClient, board: str) -> str:
    return str(client.boards.fetch_columns_by_board_id(board).data.boards[0].groups[0].id)


@pytest.fixture
def item(client: MondayClient, board: str) -> str:
    made = client.items.create_item(board, group_of(client, board), "A fault")
    return str(made.data.create_item.id)


def test_it_finds_a_board(client: MondayClient, board: str) -> None:
    answer = client.boards.fetch_boards(
        limit=5, page=1, ids=[int(board)], board_kind=BoardKind.PUBLIC, state=BoardState.ACTIVE
    )
    (found,) = answer.data.boards
    assert (found.id, found.name) == (board, "Of the Python SDK")
    assert {column.type for column in COLUMNS} <= {column.type for column in found.columns}


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.type)
def test_a_value_it_writes_is_read_again(client: MondayClient, board: str, item: str, column: Column) -> None:
    client.items.change_custom_column_value(board, item, column.type, column.written)
    (found,) = client.items.fetch_items_by_id([item])
    texts = {value.column.id: value.text for value in found.column_values}
    assert texts[column.type] == column.text


def test_it_writes_a_status_and_a_date_by_their_own_functions(
    client: MondayClient, board: str, item: str
) -> None:
    client.items.change_status_column_value(board, item, "status", "Stuck")
    client.items.change_date_column_value(board, item, "date", datetime(2026, 11, 2, 9, 30, tzinfo=UTC))
    client.items.change_simple_column_value(board, item, "text", "plain")
    (found,) = client.items.fetch_items_by_id([item])
    assert extract_column_value_by_id(found, "status") == "Stuck"
    assert extract_column_value_by_id(found, "date").startswith("2026-11-02 ")
    assert extract_column_value_by_id(found, "text") == "plain"


def test_an_item_it_reads_has_its_subitems(client: MondayClient, item: str) -> None:
    made = told(client.items.create_subitem(item, "A part"))
    (found,) = client.items.fetch_items_by_id([item])
    assert [(part.id, part.name, part.parent_item.id) for part in found.subitems] == [
        (made["id"], "A part", item)
    ]


@pytest.mark.parametrize("is_large_board", [False, True])
def test_its_pages_have_every_item_once(client: MondayClient, *, is_large_board: bool) -> None:
    board = make_board(client, "Of pages")
    group = group_of(client, board)
    names = [f"Fault {number}" for number in range(7)]
    for name in names:
        client.items.create_item(board, group, name)
    read = client.boards.fetch_all_items_by_board_id(board, limit=3, is_large_board=is_large_board)
    assert sorted(item.name for item in read) == names


def test_it_finds_what_was_updated_between_two_days(client: MondayClient, board: str, item: str) -> None:
    def updated_between(first: str, last: str) -> list[str]:
        read = client.boards.fetch_item_by_board_id_by_update_date(board, first, last)
        return [found.id for found in read]

    assert item in updated_between("2020-01-01", "2099-01-01")
    assert updated_between("2020-01-01", "2020-01-02") == []


def test_updates_it_writes_are_on_the_board(client: MondayClient, board: str, item: str) -> None:
    made = told(client.updates.create_update(item, 'Hej "å"'))["id"]
    found = {update.id: update for update in client.updates.fetch_board_updates(board)}
    assert (found[made].item_id, found[made].text_body) == (item, 'Hej "å"')


def test_a_file_it_uploads_is_read_again(
    client: MondayClient,
    one_sandbox: RunningSandbox,
    board: str,
    item: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("monday_sdk.graphql_handler.FILE_UPLOAD_URL", f"{one_sandbox.api_url}/file")
    client.custom.execute_custom_query(
        f'mutation {{ create_column(board_id: {board}, id: "files", title: "F", column_type: file)'
        " { id } }"
    )
    (tmp_path / "note.txt").write_text("Hej")
    made = client.items.upload_file_to_column(item, "files", str(tmp_path / "note.txt"))
    asset = made["data"]["add_file_to_column"]
    assert (asset["name"], asset["file_extension"], asset["file_size"]) == ("note.txt", ".txt", 3)
    (found,) = client.items.fetch_items_by_id([item])
    assert "note.txt" in extract_column_value_by_id(found, "files")


def test_it_reads_who_did_what_from_the_log(client: MondayClient, board: str, item: str) -> None:
    log = client.activity_logs.fetch_all_activity_logs_from_board(board, events_filter=["create_pulse"])
    assert any(item in entry.data for entry in log)


def test_errors_of_an_answer_end_in_an_exception_with_the_number_of_the_request(
    client: MondayClient, board: str, item: str
) -> None:
    with pytest.raises(Exception, match=r'failed after 4 attempts.*[\s\S]*request_id="[0-9a-f-]{36}"'):
        client.items.change_simple_column_value(board, item, "no_such_column", "x")


def test_a_wrong_token_ends_in_an_exception_with_the_status(one_sandbox: RunningSandbox) -> None:
    with pytest.raises(Exception, match="failed with HTTP 401 after 4 attempts"):
        client_of(one_sandbox, "wrong").boards.fetch_boards()


def test_it_waits_out_a_rate_limit(
    client: MondayClient, clear_sky: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr("monday_sdk.graphql_handler.time", SimpleNamespace(sleep=waits.append))
    order_weather(clear_sky, account="synerity", api={"errors": [{"kind": "minute", "times": 2}]})
    assert client.boards.fetch_boards().data.boards
    assert waits == [30, 30]
