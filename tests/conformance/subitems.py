"""What tests of subitems and of coming and going do: make, change, leave, and what is done by hand."""

import json
from typing import Any

import requests

from tests.conformance.people import Board, Person
from tests.conformance.served import Desk

CREATE = (
    "mutation ($item: ID!, $name: String!, $values: JSON) { create_subitem("
    "parent_item_id: $item, item_name: $name, column_values: $values) { id board { id } } }"
)


def create_subitem(who: Person, item: str, name: str = "A part", **values: Any) -> dict[str, str]:
    """Make a subitem; its id and its board's."""
    made = who.one(CREATE, item=item, name=name, values=json.dumps(values))
    return {"id": made["id"], "board": made["board"]["id"]}


def change(board: Board, subitem: dict[str, str], **values: Any) -> None:
    answer = Board(board.owner, subitem["board"], ()).change(subitem["id"], **values)
    assert "errors" not in answer.body


def by_hand(desk: Desk, path: str, **given: str) -> requests.Response:
    """What people do on monday.com's pages, by a door of the sandbox."""
    return requests.post(
        f"{desk.sandbox.url}/sandbox/{path}", json={"account": "synerity", **given}, timeout=10
    )


def leave(desk: Desk, mutation: str, item: str) -> None:
    desk.ask(f"mutation ($item: ID!) {{ {mutation}(item_id: $item) {{ id }} }}", item=item)


def subitem_of(desk: Desk, item: str) -> str:
    made = desk.ask(
        'mutation ($item: ID!) { create_subitem(parent_item_id: $item, item_name: "A part") { id } }',
        item=item,
    )
    return str(made["id"])
