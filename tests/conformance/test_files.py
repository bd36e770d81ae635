"""Files as monday.com's clients send them: columns, updates, addresses that end, what is refused."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from monday_sandbox.testing import RunningSandbox, running_sandbox
from tests.conformance.served import Desk, Receiver, open_desk

CONTENT = b"What the customer saw.\x00\xff"
ADD = (
    'mutation ($file: File!) { add_file_to_column(item_id: %s, column_id: "files", file: $file)'
    " { id name file_extension file_size public_url url url_thumbnail uploaded_by { id } } }"
)
ADD_TO_UPDATE = "mutation ($file: File!) { add_file_to_update(update_id: %s, file: $file) { id name } }"

#: What a client sends: an address, and the parts of a document with a file.
Sending = Callable[[str, str, bytes], tuple[str, Mapping[str, str], Mapping[str, tuple[str, bytes]]]]


def _as_the_documentation(query: str, name: str, content: bytes) -> Any:
    return "/v2/file", {"query": query, "map": '{"image": "variables.file"}'}, {"image": (name, content)}


def _as_the_python_client(query: str, name: str, content: bytes) -> Any:
    return "/v2/file", {"query": query}, {"variables[file]": (f"somewhere/deep/{name}", content)}


def _as_the_official_python_client(query: str, name: str, content: bytes) -> Any:
    return "/v2/file", {"query": query, "map": '{"file": ["variables.file"]}'}, {"file": (name, content)}


def _as_the_node_client(query: str, name: str, content: bytes) -> Any:
    fields = {"query": query, "variables": '{"file": null}', "map": '{"0": ["variables.file"]}'}
    return "/v2", fields, {"0": (name, content)}


def _as_the_specification(query: str, name: str, content: bytes) -> Any:
    operations = json.dumps({"query": query, "variables": {"file": None}})
    return "/v2/file", {"operations": operations, "map": '{"0": ["variables.file"]}'}, {"0": (name, content)}


SENDINGS: list[Sending] = [
    _as_the_documentation,
    _as_the_python_client,
    _as_the_official_python_client,
    _as_the_node_client,
    _as_the_specification,
]


@dataclass(frozen=True)
class Filing:
    """A board with a file column and an item."""

    desk: Desk
    item: str

    def send(
        self,
        query: str,
        name: str = "seen.txt",
        content: bytes = CONTENT,
        sending: Sending = _as_the_documentation,
    ) -> requests.Response:
        path, fields, files = sending(query, name, content)
        return requests.post(
            f"{self.desk.sandbox.url}{path}",
            data=dict(fields),
            files=dict(files),
            headers={"Authorization": self.desk.token},
            timeout=20,
        )

    def add(self, name: str = "seen.txt", content: bytes = CONTENT) -> dict[str, Any]:
        answer = self.send(ADD % self.item, name, content).json()
        added: dict[str, Any] = answer["data"]["add_file_to_column"]
        return added

    def cell(self) -> dict[str, Any]:
        found = self.desk.ask(
            'query ($item: ID!) { items(ids: [$item]) { column_values(ids: ["files"]) { text value'
            " ... on FileValue { files { __typename ... on FileAssetValue { asset_id name is_image"
            " creator { id } asset { id file_size } } ... on FileLinkValue { name kind url } } } } } }",
            item=self.item,
        )
        cell: dict[str, Any] = found[0]["column_values"][0]
        return cell

    def change(self, value: Any) -> None:
        self.desk.ask(
            "mutation ($board: ID!, $item: ID!, $value: JSON!) {"
            ' change_column_value(board_id: $board, item_id: $item, column_id: "files", value: $value)'
            " { id } }",
            item=self.item,
            value=json.dumps(value),
        )

    def post(self) -> str:
        made = self.desk.ask(
            'mutation ($item: ID!) { create_update(item_id: $item, body: "See the picture") { id } }',
            item=self.item,
        )
        return str(made["id"])


def _open(sandbox: RunningSandbox) -> Filing:
    desk = open_desk(sandbox)
    desk.ask(
        'mutation ($board: ID!) { create_column(board_id: $board, id: "files", title: "Files",'
        " column_type: file) { id } }"
    )
    return Filing(desk, desk.create_item())


@pytest.fixture
def filing(sandbox: RunningSandbox) -> Filing:
    return _open(sandbox)


@pytest.mark.parametrize("sending", SENDINGS)
def test_a_file_comes_in_every_form_of_the_clients(filing: Filing, sending: Sending) -> None:
    answer = filing.send(ADD % filing.item, "vad såg jag.txt", CONTENT, sending)
    assert answer.status_code == 200, answer.text
    asset = answer.json()["data"]["add_file_to_column"]
    assert (asset["name"], asset["file_extension"], asset["file_size"]) == (
        "vad såg jag.txt",
        ".txt",
        len(CONTENT),
    )
    read = requests.get(asset["public_url"], timeout=10)
    assert read.content == CONTENT
    assert read.headers["X-Content-Type-Options"] == "nosniff"
    assert read.headers["Content-Disposition"].startswith("attachment")


def test_the_door_for_files_tells_the_account(filing: Filing) -> None:
    account = next(a for a in filing.desk.sandbox.accounts() if a["slug"] == "synerity")
    assert filing.send(ADD % filing.item).json()["account_id"] == int(account["id"])


def test_files_are_added_to_those_that_are_there(filing: Filing) -> None:
    first, second = filing.add("one.png"), filing.add("two.txt")
    cell = filing.cell()
    assert [(f["asset_id"], f["name"], f["is_image"]) for f in cell["files"]] == [
        (first["id"], "one.png", True),
        (second["id"], "two.txt", False),
    ]
    assert cell["text"] == f"{first['url']}, {second['url']}"
    raw = json.loads(cell["value"])["files"]
    assert [(f["assetId"], f["isImage"], f["fileType"]) for f in raw] == [
        (int(first["id"]), "true", "ASSET"),
        (int(second["id"]), "false", "ASSET"),
    ]


def test_a_column_of_files_can_only_be_cleared_as_a_whole(filing: Filing) -> None:
    filing.add()
    refused = filing.desk.sandbox.graphql(
        filing.desk.token,
        "mutation ($board: ID!, $item: ID!) { change_column_value(board_id: $board, item_id: $item,"
        ' column_id: "files", value: "{\\"files\\": []}") { id } }',
        {"board": filing.desk.board_id, "item": filing.item},
    ).json()["errors"][0]
    assert refused["extensions"]["code"] == "ColumnValueException"
    assert refused["extensions"]["error_data"] == {"column_type": "file"}
    filing.change({"clear_all": True})
    assert filing.cell() == {"text": "", "value": None, "files": []}


def test_an_items_assets_are_those_of_its_columns_and_its_updates(filing: Filing) -> None:
    in_column = filing.add()["id"]
    update = filing.post()
    at_update = filing.send(ADD_TO_UPDATE % update).json()["data"]["add_file_to_update"]["id"]
    found = filing.desk.ask(
        "query ($item: ID!) { items(ids: [$item]) { all: assets { id }"
        " columns: assets(assets_source: columns)"
        ' { id } named: assets(column_ids: ["files"]) { id } gallery: assets(assets_source: gallery) { id }'
        " updates { assets { id name } } } }",
        item=filing.item,
    )[0]
    assert [a["id"] for a in found["all"]] == [in_column, at_update]
    assert [a["id"] for a in found["columns"]] == [a["id"] for a in found["named"]] == [in_column]
    assert found["gallery"] == []
    assert found["updates"] == [{"assets": [{"id": at_update, "name": "seen.txt"}]}]


def test_assets_are_found_by_id_within_ones_own_account(filing: Filing) -> None:
    asset = filing.add()["id"]
    query = "query ($id: [ID!]!) { assets(ids: $id) { id name } }"
    assert filing.desk.ask(query, id=[asset, "1"]) == [{"id": asset, "name": "seen.txt"}]
    stranger = filing.desk.sandbox.token("customer-gold")
    answer = filing.desk.sandbox.graphql(stranger, query, {"id": [asset]}).json()
    assert answer["data"] == {"assets": []}


def test_a_file_is_put_on_another_item_by_its_id_and_a_link_by_its_address(filing: Filing) -> None:
    asset = filing.add()["id"]
    other = Filing(filing.desk, filing.desk.create_item("Another"))
    filing.desk.ask(
        "mutation ($board: ID!, $item: ID!, $files: [FileInput!]!) { update_assets_on_item("
        'board_id: $board, item_id: $item, column_id: "files", files: $files) { id } }',
        item=other.item,
        files=[
            {"fileType": "asset", "name": "copied.txt", "assetId": asset},
            {"fileType": "google_drive", "name": "Sheet", "linkToFile": "https://drive.example/1"},
        ],
    )
    assert other.cell()["files"] == [
        {
            "__typename": "FileAssetValue",
            "asset_id": asset,
            "name": "copied.txt",
            "is_image": False,
            "creator": {"id": filing.cell()["files"][0]["creator"]["id"]},
            "asset": {"id": asset, "file_size": len(CONTENT)},
        },
        {
            "__typename": "FileLinkValue",
            "name": "Sheet",
            "kind": "google_drive",
            "url": "https://drive.example/1",
        },
    ]


def test_webhooks_tell_of_files(filing: Filing, receiver: Receiver) -> None:
    filing.desk.subscribe(receiver.url())
    filing.desk.subscribe(receiver.url(), "edit_update")
    asset = filing.add()["id"]
    filing.send(ADD_TO_UPDATE % filing.post())
    column, update = sorted(
        (one.event for one in receiver.wait(2)), key=lambda event: event["type"], reverse=True
    )
    assert (column["type"], column["columnType"]) == ("update_column_value", "file")
    assert column["value"]["files"][0]["assetId"] == int(asset)
    assert (update["type"], update["textBody"]) == ("edit_update", "See the picture")


@pytest.mark.parametrize("query", [ADD % 123, ADD_TO_UPDATE % 123])
def test_an_upload_to_nothing_is_an_internal_error(filing: Filing, query: str) -> None:
    answer = filing.send(query)
    assert (answer.status_code, answer.json()["error_code"]) == (500, "INTERNAL_SERVER_ERROR")


def test_a_part_that_is_no_file_is_an_internal_error(filing: Filing) -> None:
    answer = requests.post(
        f"{filing.desk.sandbox.url}/v2/file",
        files={"query": (None, ADD % filing.item), "variables[file]": (None, "just text")},
        headers={"Authorization": filing.desk.token},
        timeout=10,
    )
    assert (answer.status_code, answer.json()["status_code"]) == (500, 500)


def test_only_file_columns_take_files(filing: Filing) -> None:
    answer = filing.send((ADD % filing.item).replace('"files"', '"note"'))
    assert answer.status_code == 200
    assert answer.json()["errors"][0]["extensions"]["code"] == "InvalidColumnTypeException"


@pytest.mark.parametrize(
    "map_", ['{"image": "variables.no.such.place"', '["variables.file"]', '{"image": 3}']
)
def test_a_map_that_makes_no_sense_is_a_bad_request(filing: Filing, map_: str) -> None:
    answer = requests.post(
        f"{filing.desk.sandbox.url}/v2/file",
        data={"query": ADD % filing.item, "map": map_},
        files={"image": ("x.txt", b"x")},
        headers={"Authorization": filing.desk.token},
        timeout=10,
    )
    assert answer.status_code == 400


def test_without_a_token_nothing_is_taken(filing: Filing) -> None:
    answer = requests.post(
        f"{filing.desk.sandbox.url}/v2/file", data={"query": ADD % filing.item}, files={"x": b"x"}, timeout=10
    )
    assert answer.status_code == 401


def test_the_address_with_a_session_needs_one(filing: Filing) -> None:
    assert requests.get(filing.add()["url"], timeout=10).status_code == 401


def test_pictures_are_shown_and_have_a_thumbnail(filing: Filing) -> None:
    asset = filing.add("shot.png", b"\x89PNG")
    read = requests.get(asset["public_url"], timeout=10)
    assert asset["url_thumbnail"] == asset["url"]
    assert read.headers["Content-Type"] == "image/png"
    assert not read.headers.get("Content-Disposition", "").startswith("attachment")


def test_the_log_tells_of_a_file_and_not_its_content(filing: Filing) -> None:
    filing.add("secret.txt")
    entries = requests.get(f"{filing.desk.sandbox.url}/sandbox/log?kind=api&limit=5", timeout=10).json()[
        "entries"
    ]
    assert entries[-1]["variables"] == {"file": {"file": "secret.txt", "bytes": len(CONTENT)}}


def test_a_public_address_ends_after_an_hour(tmp_path: Path) -> None:
    with running_sandbox(tmp_path / "own", clock_file=tmp_path / "clock.json") as sandbox:
        filing = _open(sandbox)
        asset = filing.add()
        requests.post(f"{sandbox.url}/sandbox/clock", json={"advance": "59m"}, timeout=10)
        assert requests.get(asset["public_url"], timeout=10).status_code == 200
        requests.post(f"{sandbox.url}/sandbox/clock", json={"advance": "2m"}, timeout=10)
        assert requests.get(asset["public_url"], timeout=10).status_code == 403
        again = filing.desk.ask("query ($id: [ID!]!) { assets(ids: $id) { public_url } }", id=[asset["id"]])
        assert requests.get(again[0]["public_url"], timeout=10).content == CONTENT


def test_an_address_that_was_tampered_with_opens_nothing(filing: Filing) -> None:
    address = filing.add()["public_url"]
    ticket = address.split("/files/")[1].split("/")[0]
    forged = address.replace(ticket, f"x{ticket[1:]}")
    assert requests.get(forged, timeout=10).status_code == 403


def test_what_is_too_large_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    options = ["--largest-file-mb", "0.001"]
    with running_sandbox(tmp_path / "own", options=options) as sandbox:
        filing = _open(sandbox)
        assert filing.send(ADD % filing.item, "fits.bin", b"x" * 1049).status_code == 200
        assert filing.send(ADD % filing.item, "large.bin", b"x" * 1050).status_code == 413
        assert [f["name"] for f in filing.cell()["files"]] == ["fits.bin"]
        assert list((tmp_path / "own" / "files" / "incoming").iterdir()) == []
