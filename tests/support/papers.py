"""People's files: hung on updates, put in columns, taken away, and looked at on either side."""

import json
from dataclasses import dataclass
from typing import Any

import requests

from local.people import API_VERSION, Board, Person

TO_UPDATE = (
    "mutation ($update: ID!, $file: File!) { add_file_to_update(update_id: $update, file: $file) { id } }"
)
TO_COLUMN = """
mutation ($item: ID!, $column: String!, $file: File!) {
  add_file_to_column(item_id: $item, column_id: $column, file: $file) { id }
}
"""
REPLACE = """
mutation ($board: ID!, $item: ID!, $column: String!, $files: [FileInput!]!) {
  update_assets_on_item(board_id: $board, item_id: $item, column_id: $column, files: $files) { id }
}
"""
SEEN = """
query ($item: ID!) {
  items(ids: [$item]) {
    assets(column_ids: ["shared_files"]) { id name file_size public_url }
    updates(limit: 100) {
      id body
      assets { id name file_size public_url }
      replies { id body assets { id name file_size public_url } }
    }
  }
}
"""


@dataclass(frozen=True)
class Paper:
    """A file as somebody sees it on an item."""

    id: str
    name: str
    size: int
    url: str
    #: The update that it hangs on; None for one in the column.
    update_id: str | None = None

    def read(self) -> bytes:
        """Its content."""
        response = requests.get(self.url, timeout=10)
        response.raise_for_status()
        return response.content


def hang_on(person: Person, update_id: str, name: str, content: bytes = b"paper") -> str:
    """Hang a file on an update; its id."""
    answer = _upload(person, TO_UPDATE, {"update": update_id}, name, content)
    return str(answer["add_file_to_update"]["id"])


def put_in_column(
    person: Person, item_id: str, name: str, content: bytes = b"paper", *, column: str = "shared_files"
) -> str:
    """Put a file in an item's column of files; its id."""
    answer = _upload(person, TO_COLUMN, {"item": item_id, "column": column}, name, content)
    return str(answer["add_file_to_column"]["id"])


def take_from_column(person: Person, board: Board, item_id: str, asset_id: str) -> None:
    """Take one file out of an item's column, as a person does by a click."""
    rest = [
        {"fileType": "asset", "name": paper.name, "assetId": paper.id}
        for paper in in_column(person, item_id)
        if paper.id != asset_id
    ]
    person.ask(REPLACE, {"board": board.id, "item": item_id, "column": "shared_files", "files": rest})


def in_column(person: Person, item_id: str) -> list[Paper]:
    """The files in an item's column."""
    return [_paper(seen) for seen in _item(person, item_id)["assets"]]


def on_updates(person: Person, item_id: str) -> list[Paper]:
    """The files on an item's updates and replies."""
    updates = [one for top in _item(person, item_id)["updates"] for one in (top, *top["replies"])]
    return [_paper(seen, update["id"]) for update in updates for seen in update["assets"]]


def _item(person: Person, item_id: str) -> dict[str, Any]:
    item: dict[str, Any] = person.ask(SEEN, {"item": item_id})["items"][0]
    return item


def _paper(seen: dict[str, Any], update_id: str | None = None) -> Paper:
    return Paper(str(seen["id"]), seen["name"], seen["file_size"], seen["public_url"], update_id)


def _upload(
    person: Person, document: str, variables: dict[str, Any], name: str, content: bytes
) -> dict[str, Any]:
    response = person.session.post(
        f"{person.api_url}/file",
        data={
            "query": document,
            "variables": json.dumps(variables),
            "map": json.dumps({"file": ["variables.file"]}),
        },
        files={"file": (name, content)},
        headers={"Authorization": person.token, "API-Version": API_VERSION},
        timeout=20,
    )
    answer = response.json()
    assert not answer.get("errors"), answer
    data: dict[str, Any] = answer["data"]
    return data
