"""Boards like the product's own, made through the API, for the pages to show."""

import json
from dataclasses import dataclass
from typing import Any

from monday_sandbox.testing import RunningSandbox

STATUS = (
    ("New", "bright_blue"),
    ("In progress", "working_orange"),
    ("Waiting for customer", "purple"),
    ("Waiting for monday.com", "sofia_pink"),
    ("Solved", "done_green"),
)
PRIORITY = (
    ("Low", "chili_blue"),
    ("Normal", "bright_blue"),
    ("High", "working_orange"),
    ("Urgent", "dark_red"),
)
SLA_STATUS = (
    ("On track", "done_green"),
    ("At risk", "working_orange"),
    ("Breached", "stuck_red"),
    ("Met", "aquamarine"),
)
TIER = (("FREE", "american_gray"), ("SILVER", "steel"), ("GOLD", "egg_yolk"))

#: Id, title and either a type or the labels of a status column.
Columns = tuple[tuple[str, str, str | tuple[tuple[str, str], ...]], ...]

TICKET_COLUMNS: Columns = (
    ("number", "Ticket number", "text"),
    ("status", "Status", STATUS),
    ("priority", "Priority", PRIORITY),
    ("sla_status", "SLA status", SLA_STATUS),
    ("response_due", "Response due", "date"),
    ("description", "Description", "long_text"),
)
DESK_COLUMNS: Columns = (
    ("number", "Ticket number", "text"),
    ("customer", "Customer", "text"),
    ("tier", "Agreement", TIER),
    ("status", "Status", STATUS),
    ("priority", "Priority", PRIORITY),
    ("technician", "Technician", "people"),
    ("sla_status", "SLA status", SLA_STATUS),
    ("response_due", "Response due", "date"),
    ("description", "Description", "long_text"),
    ("hours", "Hours", "numbers"),
    ("approved", "Approved", "checkbox"),
)


@dataclass(frozen=True)
class DemoBoard:
    """A board of the sandbox, and how to speak to it as its account's first member, whom pages act as."""

    sandbox: RunningSandbox
    slug: str
    board_id: str
    group_id: str

    @property
    def path(self) -> str:
        """The address of its page."""
        return f"/boards/{self.slug}/{self.board_id}"

    @property
    def members(self) -> list[dict[str, Any]]:
        """The account's users who are no admins; pages act as the first until told otherwise."""
        account = next(account for account in self.sandbox.accounts() if account["slug"] == self.slug)
        return [user for user in account["users"] if user["kind"] == "member"]

    def ask(self, query: str, **variables: Any) -> Any:
        """Run a document as the account's first member, and answer its data."""
        return data_of(self.sandbox, self.members[0]["api_token"], query, variables)

    def create_item(self, name: str, **values: Any) -> str:
        """Make an item and return its id; values are of monday.com's shape, by column."""
        made = self.ask(
            """
            mutation ($board: ID!, $group: String, $name: String!, $values: JSON) {
              create_item(board_id: $board, group_id: $group, item_name: $name, column_values: $values) { id }
            }
            """,
            board=self.board_id,
            group=self.group_id,
            name=name,
            values=json_text(values),
        )
        return str(made["create_item"]["id"])

    def change(self, item_id: str, **values: Any) -> None:
        """Change columns of an item."""
        self.ask(
            """
            mutation ($board: ID!, $item: ID!, $values: JSON!) {
              change_multiple_column_values(board_id: $board, item_id: $item, column_values: $values) { id }
            }
            """,
            board=self.board_id,
            item=item_id,
            values=json_text(values),
        )

    def post_update(self, item_id: str, body: str) -> str:
        """Write an update and return its id."""
        made = self.ask(
            "mutation ($item: ID!, $body: String!) { create_update(item_id: $item, body: $body) { id } }",
            item=item_id,
            body=body,
        )
        return str(made["create_update"]["id"])

    def value(self, item_id: str, column_id: str) -> Any:
        """The raw value of a column as monday.com stores it."""
        found = self.ask(
            "query ($item: ID!, $column: String!) "
            "{ items(ids: [$item]) { column_values(ids: [$column]) { text value } } }",
            item=item_id,
            column=column_id,
        )
        return found["items"][0]["column_values"][0]


def data_of(sandbox: RunningSandbox, token: str, query: str, variables: dict[str, Any]) -> Any:
    """Run a document that is expected to succeed."""
    answer = sandbox.graphql(token, query, variables).json()
    assert "errors" not in answer, answer
    return answer["data"]


def json_text(values: dict[str, Any]) -> str:
    """Column values as the API wants them: JSON in a string."""
    return json.dumps(values)


def create_demo_boards(sandbox: RunningSandbox) -> tuple[DemoBoard, DemoBoard]:
    """Make a customer's tickets board and the partner's service desk."""
    tickets = create_board(sandbox, "customer-gold", "Support tickets", TICKET_COLUMNS, ("Tickets", "Solved"))
    desk = create_board(
        sandbox, "synerity", "Service desk", DESK_COLUMNS, ("Gold customer", "Silver customer")
    )
    return tickets, desk


def create_board(
    sandbox: RunningSandbox, slug: str, name: str, columns: Columns, groups: tuple[str, ...]
) -> DemoBoard:
    """Make a board with columns and groups; items go to the first group."""
    token = sandbox.token(slug)
    made = data_of(
        sandbox,
        token,
        "mutation ($name: String!) "
        "{ create_board(board_name: $name, board_kind: public, empty: true) { id } }",
        {"name": name},
    )
    board_id = str(made["create_board"]["id"])
    group_ids = [_create_group(sandbox, token, board_id, title) for title in groups]
    for column_id, title, kind in columns:
        _create_column(sandbox, token, board_id, column_id, title, kind)
    return DemoBoard(sandbox, slug, board_id, group_ids[0])


def _create_group(sandbox: RunningSandbox, token: str, board_id: str, title: str) -> str:
    made = data_of(
        sandbox,
        token,
        "mutation ($board: ID!, $title: String!) "
        "{ create_group(board_id: $board, group_name: $title) { id } }",
        {"board": board_id, "title": title},
    )
    return str(made["create_group"]["id"])


def _create_column(
    sandbox: RunningSandbox,
    token: str,
    board_id: str,
    column_id: str,
    title: str,
    kind: str | tuple[tuple[str, str], ...],
) -> None:
    variables: dict[str, Any] = {"board": board_id, "id": column_id, "title": title}
    if isinstance(kind, str):
        query = """
            mutation ($board: ID!, $id: String!, $title: String!, $kind: ColumnType!) {
              create_column(board_id: $board, id: $id, title: $title, column_type: $kind) { id }
            }
        """
        variables["kind"] = kind
    else:
        query = """
            mutation ($board: ID!, $id: String!, $title: String!, $defaults: CreateStatusColumnSettingsInput
            ) {
              create_status_column(board_id: $board, id: $id, title: $title, defaults: $defaults) { id }
            }
        """
        variables["defaults"] = {
            "labels": [
                {"label": label, "color": color, "index": index} for index, (label, color) in enumerate(kind)
            ]
        }
    data_of(sandbox, token, query, variables)
