"""People of the local monday.com who do through its API what they would do on their boards."""

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import requests

from app import yaml_text
from local.waits import LocalError

API_VERSION = "2026-10"
TEMPLATES = Path(__file__).resolve().parent.parent / "board_templates"

BOARDS = "query { boards(limit: 200) { id name columns { id } groups { id } } }"
ITEMS = """
query ($board: ID!) {
  boards(ids: [$board]) {
    items_page(limit: 100) {
      items { id name group { id title } column_values { id text value } }
    }
  }
}
"""
ITEM = """
query ($item: ID!) {
  items(ids: [$item]) { id name group { id title } column_values { id text value } }
}
"""
UPDATES = """
query ($item: ID!) {
  items(ids: [$item]) {
    updates(limit: 100) {
      id body text_body creator { id name } replies { id body text_body creator { id name } }
    }
  }
}
"""
CREATE_ITEM = """
mutation ($board: ID!, $group: String, $name: String!, $values: JSON) {
  create_item(board_id: $board, group_id: $group, item_name: $name, column_values: $values) { id }
}
"""
CHANGE = """
mutation ($board: ID!, $item: ID!, $values: JSON!) {
  change_multiple_column_values(board_id: $board, item_id: $item, column_values: $values) { id }
}
"""
POST = """
mutation ($item: ID, $parent: ID, $body: String!) {
  create_update(item_id: $item, parent_id: $parent, body: $body) { id }
}
"""


@dataclass(frozen=True)
class Board:
    """A provisioned board: its id, the template it came from and the language it speaks."""

    id: str
    key: str
    language: str

    def label(self, column: str, key: str) -> dict[str, str]:
        """The value that gives a status column the label of that key."""
        for template in _template(self.key)["columns"]:
            if template["key"] == column:
                for label in template["labels"]:
                    if label["key"] == key:
                        return {"label": label[self.language]}
        raise LocalError(f"The template {self.key} has no label {key} in a column {column}.")


@dataclass(frozen=True)
class Item:
    """An item as its board shows it: texts by column id."""

    id: str
    name: str
    group: str
    texts: dict[str, str]


@dataclass(frozen=True)
class Update:
    """An update, or a reply to one, with its author's name."""

    id: str
    author: str
    text: str
    body: str
    replies: tuple["Update", ...] = ()


@dataclass(frozen=True)
class Person:
    """A user of one account, acting with their own API token."""

    account: str
    id: str
    name: str
    api_url: str
    token: str = field(repr=False)
    title: str = ""
    is_admin: bool = False
    session: requests.Session = field(default_factory=requests.Session, repr=False, compare=False)

    def ask(self, document: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
        """Run a GraphQL document and give its data.

        Raises:
            LocalError: the API refused any part of it.
        """
        response = self.session.post(
            self.api_url,
            json={"query": document, "variables": variables or {}},
            headers={"Authorization": self.token, "API-Version": API_VERSION},
            timeout=20,
        )
        try:
            answer = response.json()
        except ValueError:
            answer = {"errors": response.text[:300]}
        if response.status_code != requests.codes.ok or answer.get("errors") or not answer.get("data"):
            raise LocalError(
                f"monday.com refused {self.name} ({self.account}): HTTP {response.status_code}, "
                f"{json.dumps(answer, ensure_ascii=False)[:600]}"
            )
        data: dict[str, Any] = answer["data"]
        return data

    def board(self, key: str) -> Board | None:
        """The board made from the template of that key, or None until all of it is there."""
        titles = {title: language for language, title in _template(key)["title"].items()}
        for board in self.ask(BOARDS)["boards"]:
            if board["name"] in titles and _is_whole(board, _template(key)):
                return Board(board["id"], key, titles[board["name"]])
        return None

    def items(self, board: Board) -> list[Item]:
        """The board's active items."""
        return [
            _item(item) for item in self.ask(ITEMS, {"board": board.id})["boards"][0]["items_page"]["items"]
        ]

    def item(self, item_id: str) -> Item:
        """One item as it is now."""
        return _item(self.ask(ITEM, {"item": item_id})["items"][0])

    def updates(self, item_id: str) -> list[Update]:
        """The item's updates, newest first, each with its replies."""
        return [_update(update) for update in self.ask(UPDATES, {"item": item_id})["items"][0]["updates"]]

    def create_item(
        self, board: Board, name: str, values: dict[str, Any] | None = None, *, group: str | None = None
    ) -> str:
        """Create an item with column values by column id; give its id."""
        variables = {"board": board.id, "group": group, "name": name, "values": json.dumps(values or {})}
        return str(self.ask(CREATE_ITEM, variables)["create_item"]["id"])

    def change(self, board: Board, item_id: str, values: dict[str, Any]) -> None:
        """Change columns (or the name, under the key ``name``) of an item."""
        self.ask(CHANGE, {"board": board.id, "item": item_id, "values": json.dumps(values)})

    def post(self, item_id: str, body: str, *, reply_to: str | None = None) -> str:
        """Post an update on an item, or a reply to one; give its id."""
        variables = {"item": None if reply_to else item_id, "parent": reply_to, "body": body}
        return str(self.ask(POST, variables)["create_update"]["id"])


def people_of(sandbox_url: str, account: str) -> list[Person]:
    """The users of an account of the local monday.com, admins first."""
    response = requests.get(f"{sandbox_url}/sandbox/accounts", timeout=10)
    response.raise_for_status()
    found = [entry for entry in response.json()["accounts"] if entry["slug"] == account]
    if not found:
        raise LocalError(f"The local monday.com at {sandbox_url} has no account {account}.")
    people = [
        Person(
            account=account,
            id=user["id"],
            name=user["name"],
            api_url=f"{sandbox_url}/v2",
            token=user["api_token"],
            title=user["title"],
            is_admin=user["kind"] == "admin",
        )
        for user in found[0]["users"]
    ]
    return sorted(people, key=lambda person: not person.is_admin)


@cache
def _template(key: str) -> dict[str, Any]:
    for path in TEMPLATES.glob(f"*/{key}.yaml"):
        template: dict[str, Any] = yaml_text.read(path.read_text(encoding="utf-8"))
        return template
    raise LocalError(f"There is no board template {key}.")


def _is_whole(board: dict[str, Any], template: dict[str, Any]) -> bool:
    columns = {column["id"] for column in board["columns"]}
    return bool(board["groups"]) and columns.issuperset(column["key"] for column in template["columns"])


def _item(seen: dict[str, Any]) -> Item:
    texts = {value["id"]: value["text"] or "" for value in seen["column_values"]}
    return Item(str(seen["id"]), seen["name"], (seen.get("group") or {}).get("title", ""), texts)


def _update(seen: dict[str, Any]) -> Update:
    author = (seen.get("creator") or {}).get("name", "")
    replies = tuple(_update(reply) for reply in seen.get("replies") or ())
    return Update(str(seen["id"]), author, seen.get("text_body") or "", seen["body"], replies)
