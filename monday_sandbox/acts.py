"""What somebody of an account does under the app, on order: an admin deletes a board, or removes the app."""

import json
from collections.abc import Callable

from monday_sandbox import refusals
from monday_sandbox.api import Api, Caller, Terms, item_moves, item_states
from monday_sandbox.api.context import Context
from monday_sandbox.apps.tokens import Tokens
from monday_sandbox.fault_orders import WeatherError
from monday_sandbox.faults import Act
from monday_sandbox.state import Store

_DOCUMENTS = {
    "archive_board": "mutation ($board: ID!) { archive_board(board_id: $board) { id } }",
    "delete_board": "mutation ($board: ID!) { delete_board(board_id: $board) { id } }",
    "delete_column": (
        "mutation ($board: ID!, $column: String!) { delete_column(board_id: $board, column_id: $column)"
        " { id } }"
    ),
}


class Doer:
    """Does it as the account's admin, with all that follows from it, webhooks too."""

    def __init__(self, store: Store, api: Api, tokens: Tokens) -> None:
        self._store = store
        self._api = api
        self._tokens = tokens

    def do(self, slug: str, act: Act) -> None:
        """Do something in an account.

        Raises:
            WeatherError: it could not be done, as when there is no such board; the message says so.
        """
        admin = self._admin(slug)
        if act.do == "revoke_tokens":
            self._tokens.revoke_account(admin.account_id)
            return
        variables = {"board": act.board_id, "column": act.column_id}
        document = _DOCUMENTS[act.do]
        needed = {name: value for name, value in variables.items() if f"${name}:" in document}
        terms = Terms(visit=self._api.quotas.visit(admin, is_exempt=True))
        errors = self._api.execute(admin, document, needed, None, terms).body.get("errors")
        if errors:
            raise WeatherError(f"{act.do} can't be done: {errors[0]['message']} {json.dumps(needed)}.")

    def restore_item(self, slug: str, item_id: int) -> None:
        """Bring an archived or deleted item back, as from the archive or the recycle bin.

        Raises:
            WeatherError: it could not be done.
        """
        self._by_hand(slug, lambda context: item_states.restore_item(context, item_id))

    def move_subitem(self, slug: str, item_id: int, parent_item_id: int) -> None:
        """Drag a subitem to another item.

        Raises:
            WeatherError: it could not be done.
        """
        self._by_hand(slug, lambda context: item_moves.move_subitem(context, item_id, parent_item_id))

    def _by_hand(self, slug: str, do: Callable[[Context], None]) -> None:
        """Do what people do on monday.com's pages and no mutation does."""
        try:
            do(Context(self._store, self._admin(slug), lambda _: False))
        except refusals.Refusal as refusal:
            raise WeatherError(f"It can't be done: {refusal}.") from refusal

    def _admin(self, slug: str) -> Caller:
        with self._store.reading() as connection:
            row = connection.execute(
                "SELECT users.id, account_id FROM users JOIN accounts ON accounts.id = account_id"
                " WHERE slug = ? AND users.kind = 'admin' ORDER BY users.id LIMIT 1",
                (slug,),
            ).fetchone()
        if row is None:
            raise WeatherError(f"{slug} has no admin who could do it.")
        return Caller(row["account_id"], row["id"], None, signed=False)
