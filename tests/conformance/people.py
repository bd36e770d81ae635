"""A local monday.com without HTTP, people who use it, and a board of theirs."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from monday_sandbox.admission import accept_invitation
from monday_sandbox.api import Answer, Api, Caller
from monday_sandbox.state import Store


@dataclass(frozen=True)
class Monday:
    """The state, the API over it, and the addresses that were challenged."""

    store: Store
    api: Api
    challenged: list[str]


@dataclass(frozen=True)
class Person:
    """Somebody with a token."""

    monday: Monday
    caller: Caller
    #: Ids of the account's users by name.
    colleagues: Mapping[str, int] = field(default_factory=dict)

    def answer(self, document: str, **variables: Any) -> Answer:
        """Run a document and give the whole answer."""
        return self.monday.api.execute(self.caller, document, variables, None)

    def ask(self, document: str, **variables: Any) -> Any:
        """Run a document that must succeed and give its data."""
        body = self.answer(document, **variables).body
        assert "errors" not in body, body["errors"]
        return body["data"]

    def one(self, document: str, **variables: Any) -> Any:
        """As ``ask``, of a document with a single field, which it gives."""
        (value,) = self.ask(document, **variables).values()
        return value

    def refusal(self, document: str, **variables: Any) -> dict[str, Any]:
        """Run a document that must be refused in one place and give that error."""
        errors = self.answer(document, **variables).body.get("errors", [])
        assert len(errors) == 1, errors
        error: dict[str, Any] = errors[0]
        return error


@dataclass(frozen=True)
class Board:
    """A board with a group ``topics`` and a column of each type, under the type's name."""

    owner: Person
    id: str
    columns: tuple[str, ...]

    def create_item(self, name: str = "A fault", **values: Any) -> str:
        """Create an item and give its id."""
        made = self.owner.one(
            "mutation ($board: ID!, $name: String!, $values: JSON) {"
            " create_item(board_id: $board, item_name: $name, column_values: $values) { id } }",
            board=self.id,
            name=name,
            values=json.dumps(values),
        )
        return str(made["id"])

    def change(self, item: str, **values: Any) -> Answer:
        """Change cells of an item, and its name."""
        return self.owner.answer(
            "mutation ($board: ID!, $item: ID!, $values: JSON!) { change_multiple_column_values("
            "board_id: $board, item_id: $item, column_values: $values) { id } }",
            board=self.id,
            item=item,
            values=json.dumps(values),
        )

    def cell(self, item: str, column: str) -> dict[str, Any]:
        """A cell's text and its raw value, decoded and without the moment of the change."""
        data = self.owner.one(
            "query ($item: ID!, $column: String!) {"
            " items(ids: [$item]) { column_values(ids: [$column]) { id type text value } } }",
            item=item,
            column=column,
        )
        (cell,) = data[0]["column_values"]
        value = None if cell["value"] is None else json.loads(cell["value"])
        if isinstance(value, dict):
            value.pop("changed_at")
        return {"text": cell["text"], "value": value}

    def item(self, item: str, fields: str) -> Any:
        """Fields of an item."""
        (found,) = self.owner.one(f"query ($item: ID!) {{ items(ids: [$item]) {{ {fields} }} }}", item=item)
        return found


STRUCTURE = (
    "query ($b: ID!) { boards(ids: [$b], state: all) {"
    " state name groups { id title position } columns { id title type revision settings } } }"
)


def structure(board: Board) -> dict[str, Any]:
    """A board's state, name, groups and columns."""
    (found,) = board.owner.one(STRUCTURE, b=board.id)
    return dict(found)


def happenings(monday: Monday) -> list[tuple[str, dict[str, Any]]]:
    """What happened so far: the event's name and its payload."""
    with monday.store.reading() as connection:
        rows = connection.execute("SELECT event, payload FROM happenings ORDER BY id").fetchall()
    return [(row["event"], json.loads(row["payload"])) for row in rows]


def person(
    monday: Monday, account: str, name: str | None = None, scopes: frozenset[str] | None = None
) -> Person:
    """A user of an account, its first one unless named; with scopes it is the app that acts for them."""
    with monday.store.reading() as connection:
        rows = connection.execute(
            "SELECT users.id, users.name, account_id FROM users JOIN accounts ON accounts.id = account_id"
            " WHERE slug = ? ORDER BY users.id",
            (account,),
        ).fetchall()
    colleagues = {row["name"]: row["id"] for row in rows}
    user_id = colleagues[name] if name else rows[0]["id"]
    caller = Caller(rows[0]["account_id"], user_id, scopes, signed=scopes is not None)
    return Person(monday, caller, colleagues)


def invited(
    admin: Person, role: str = "GUEST", email: str = "guest@elsewhere.example", *, accepts: bool = True
) -> Person:
    """Somebody new in the admin's account."""
    made = admin.one(
        "mutation ($e: [String!]!, $r: UserRole) { invite_users(emails: $e, user_role: $r) {"
        " invited_users { id } errors { message } } }",
        e=[email],
        r=role,
    )
    assert made["errors"] == []
    user_id = int(made["invited_users"][0]["id"])
    if accepts:
        accept_invitation(admin.monday.store, user_id)
    return Person(admin.monday, replace(admin.caller, user_id=user_id), admin.colleagues)


def make_board(maker: Person, kind: str = "public", **others: Any) -> str:
    """A board with a group ``topics`` and monday.com's first columns; its id."""
    declared = "".join(f", ${name}: {_BOARD_ARGUMENTS[name]}" for name in others)
    given = "".join(f", {name}: ${name}" for name in others)
    made = maker.one(
        f"mutation ($kind: BoardKind!{declared}) {{"
        f' create_board(board_name: "A board", board_kind: $kind{given}) {{ id }} }}',
        kind=kind,
        **others,
    )
    return str(made["id"])


_BOARD_ARGUMENTS = {
    "board_owner_ids": "[ID!]",
    "board_owner_team_ids": "[ID!]",
    "board_subscriber_ids": "[ID!]",
    "board_subscriber_teams_ids": "[ID!]",
    "folder_id": "ID",
    "workspace_id": "ID",
}


def make_team(admin: Person, *user_ids: int, **others: Any) -> str:
    """A team of some users; its id."""
    made = admin.one(
        "mutation ($i: CreateTeamAttributesInput!, $o: CreateTeamOptionsInput) {"
        " create_team(input: $i, options: $o) { id } }",
        i={"name": "A team", "subscriber_ids": list(user_ids), **others},
        o={"allow_empty_team": True},
    )
    return str(made["id"])
