"""What one request knows: who asks, and the state it has read so far.

Rows are read when first needed and kept until the request changes something. Items are
read in batches: the cells and updates of all items of a list come with the first one's.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from monday_sandbox import refusals, values
from monday_sandbox.api.permissions import IS_OWNER, VISIBLE, Act, Standing, may, may_make_places
from monday_sandbox.apps.registration import AppSecrets
from monday_sandbox.caller import Caller
from monday_sandbox.clock import iso_seconds
from monday_sandbox.limits import versions
from monday_sandbox.limits.gate import Gate
from monday_sandbox.limits.quotas import Quotas
from monday_sandbox.state import Store

Row = dict[str, Any]
Arguments = Mapping[str, Any]
Kept = TypeVar("Kept")
#: A field's value from its parent's, the request and the arguments.
Resolver = Callable[[Any, "Context", Arguments], Any]
#: Type → field → its resolver: what each subject brings to the schema.
Fields = Mapping[str, Mapping[str, Resolver]]
#: ``Type.field`` → the scope that an app's token needs for it.
Scopes = Mapping[str, str]


class Batch:
    """Items that were read together, and what belongs to them, read together when first asked for."""

    def __init__(self, context: "Context", items: Sequence[Row]) -> None:
        self._context = context
        self._ids = [item["id"] for item in items]
        for item in items:
            item["batch"] = self

    @cached_property
    def cells(self) -> Mapping[int, Mapping[str, Row]]:
        """Item id → column id → the cell's row."""
        found: dict[int, dict[str, Row]] = {item_id: {} for item_id in self._ids}
        for row in self._rows("SELECT item_id, column_id, value, updated_at FROM cells", "item_id"):
            found[row["item_id"]][row["column_id"]] = row
        return found

    @cached_property
    def updates(self) -> Mapping[int, Sequence[Row]]:
        """Item id → its updates, newest first."""
        found: dict[int, list[Row]] = {item_id: [] for item_id in self._ids}
        posts = list(
            self._rows("SELECT * FROM updates", "item_id", " AND parent_id IS NULL ORDER BY id DESC")
        )
        Posts(self._context, posts)
        for row in posts:
            found[row["item_id"]].append(row)
        return found

    @cached_property
    def subitems(self) -> Mapping[int, Sequence[Row]]:
        """Item id → its active subitems, in their order."""
        found: dict[int, list[Row]] = {item_id: [] for item_id in self._ids}
        children = list(
            self._rows("SELECT * FROM items", "parent_item_id", " AND state = 'active' ORDER BY position, id")
        )
        Batch(self._context, children)
        for row in children:
            found[row["parent_item_id"]].append(row)
        return found

    @cached_property
    def parents(self) -> Mapping[int, Row]:
        """The items that those of the batch are subitems of, by id."""
        ids = {row["parent_item_id"] for row in self._rows("SELECT parent_item_id FROM items", "id")}
        return {row["id"]: row for row in self._context.items(ids - {None})}

    def _rows(self, select: str, key: str, rest: str = "") -> Iterator[Row]:
        return self._context.rows_of(select, key, self._ids, rest)


class Posts:
    """Updates that were read together, and their replies, oldest first."""

    def __init__(self, context: "Context", posts: Sequence[Row]) -> None:
        self._context = context
        self._ids = [post["id"] for post in posts]
        for post in posts:
            post["posts"] = self

    @cached_property
    def replies(self) -> Mapping[int, Sequence[Row]]:
        """Update id → its replies."""
        found: dict[int, list[Row]] = {post_id: [] for post_id in self._ids}
        rows = self._context.rows_of("SELECT * FROM updates", "parent_id", self._ids, " ORDER BY id")
        for row in rows:
            found[row["parent_id"]].append(row)
        return found


class Context:
    """One request's view of the state, and its way to change it."""

    def __init__(self, store: Store, caller: Caller, challenge: Callable[[str], bool]) -> None:
        self.store = store
        self.caller = caller
        self.challenge = challenge
        self.complexity: dict[str, int] = {}
        #: The version of the API that serves.
        self.version = versions.CURRENT
        #: Limits of single fields; none unless given.
        self.gate: Gate | None = None
        #: What accounts may and have used; nothing is known of it unless given.
        self.quotas: Quotas | None = None
        self.app = AppSecrets.from_env({})
        self._kept: dict[tuple[Any, ...], Any] = {}

    @property
    def account_id(self) -> int:
        """The caller's account."""
        return self.caller.account_id

    def now(self) -> str:
        """The present moment as the API gives it, in seconds."""
        return iso_seconds(self.store.clock.now())

    def rows(self, statement: str, arguments: Sequence[Any] = ()) -> list[Row]:
        """All rows of a query."""
        with self.store.reading() as connection:
            return [dict(row) for row in connection.execute(statement, arguments)]

    def rows_of(self, select: str, key: str, ids: Sequence[int], rest: str = "") -> Iterator[Row]:
        """The account's rows whose ``key`` is one of the ids."""
        for start in range(0, len(ids), 500):
            some = ids[start : start + 500]
            places = ", ".join("?" * len(some))
            yield from self.rows(
                f"{select} WHERE account_id = ? AND {key} IN ({places}){rest}",
                (self.account_id, *some),
            )

    @contextmanager
    def changing(self) -> Iterator[sqlite3.Connection]:
        """A change of the state; what was read before is forgotten."""
        self._kept.clear()
        with self.store.writing() as connection:
            yield connection
        self._kept.clear()

    def forget(self) -> None:
        """Read anew what was read before: inside a change that goes on by what it did so far."""
        self._kept.clear()

    @property
    def account(self) -> Row:
        """The caller's account."""
        rows = self._keep(
            ("account",), lambda: self.rows("SELECT * FROM accounts WHERE id = ?", (self.account_id,))
        )
        return rows[0]

    @property
    def users(self) -> Mapping[int, Row]:
        """The account's users by id."""
        return self._keep(
            ("users",),
            lambda: {
                row["id"]: row
                for row in self.rows(
                    "SELECT * FROM users WHERE account_id = ? ORDER BY id", (self.account_id,)
                )
            },
        )

    @property
    def user_names(self) -> Mapping[int, str]:
        """The names of the account's users by id."""
        return self._keep(("names",), lambda: {row["id"]: row["name"] for row in self.users.values()})

    @property
    def reader(self) -> values.Reader:
        """For whom values are shown."""
        return self._keep(
            ("reader",),
            lambda: values.Reader(
                self.user_names,
                ZoneInfo(self.account["time_zone"]),
                self._item_name,
                lambda team_id: self._names("teams").get(team_id),
                lambda tag_id: self._names("tags").get(tag_id),
                self._asset_url,
            ),
        )

    def board(self, board_id: int) -> Row | None:
        """A board that the caller may see, in whatever state."""
        return self._keep(("board", board_id), lambda: self._read_board(board_id))

    def columns(self, board_id: int) -> Sequence[Row]:
        """A board's columns in their order, the name first; ``settings`` as an object."""
        return self._keep(("columns", board_id), lambda: self._read_columns(board_id))

    def groups(self, board_id: int) -> Sequence[Row]:
        """A board's groups in their order, archived ones too."""
        return self._keep(
            ("groups", board_id),
            lambda: self.rows(
                "SELECT * FROM board_groups WHERE account_id = ? AND board_id = ? AND NOT deleted"
                " ORDER BY position",
                (self.account_id, board_id),
            ),
        )

    def group(self, board_id: int, group_id: str) -> Row | None:
        """A board's group."""
        return next((group for group in self.groups(board_id) if group["id"] == group_id), None)

    def items(self, ids: Iterable[int]) -> list[Row]:
        """The items with those ids on boards that the caller may see; unknown ids are left out."""
        found = {
            row["id"]: row for row in self.rows_of("SELECT * FROM items", "id", list(dict.fromkeys(ids)))
        }
        seen = [row for row in found.values() if self.board(row["board_id"]) is not None]
        Batch(self, seen)
        return seen

    def item(self, item_id: int) -> Row | None:
        """An item on a board that the caller may see, in whatever state."""
        return next(iter(self.items([item_id])), None)

    @property
    def me(self) -> Row:
        """The caller's user."""
        return self.users[self.caller.user_id]

    def require_board(self, board_id: int, act: Act = Act.CONTENT) -> Row:
        """An active board to be changed.

        Raises:
            Refusal: there is none, or the caller may not see it, or not do this with it.
        """
        board = self.board(board_id)
        if board is None or board["state"] != "active" or not self.may(act, board):
            raise refusals.unauthorized()
        return board

    def require_whole_board(self, board_id: int, act: Act = Act.CONTENT) -> Row:
        """As ``require_board``, of a board that is no board of subitems."""
        return self.require_whole(self.require_board(board_id, act))

    def require_whole(self, board: Row) -> Row:
        """That a board is no part of another, as a board of subitems is.

        Raises:
            Refusal: it is one of subitems.
        """
        if board["parent_board_id"] is not None:
            raise refusals.invalid_argument("This can't be done with a subitems board", board_id=board["id"])
        return board

    def may(self, act: Act, board: Row) -> bool:
        """Whether the caller may do something with a board that they see; of subitems, with its own."""
        parent_id = board["parent_board_id"]
        place = board if parent_id is None else self.board(parent_id) or board
        return may(act, place["edit_permissions"], self._standing(place["id"]))

    def require_admin(self) -> None:
        """That the caller is an admin of the account.

        Raises:
            Refusal: they are not.
        """
        if self.me["kind"] != "admin":
            raise refusals.unauthorized()

    def require_maker(self) -> None:
        """That the caller may make boards, folders and workspaces.

        Raises:
            Refusal: they may not.
        """
        if not may_make_places(self.me["kind"]):
            raise refusals.unauthorized()

    def require_item(self, item_id: int | None) -> Row:
        """An active item to be changed.

        Raises:
            Refusal: there is none, or it is archived or deleted, or its board is.
        """
        item = self.item(item_id) if item_id is not None else None
        if item is None or item["state"] != "active":
            raise refusals.item_missing(item_id)
        self.require_board(item["board_id"])
        return item

    def require_column(self, board_id: int, column_id: str) -> Row:
        """A column to be changed, or whose cells are.

        Raises:
            Refusal: the board has none with that id.
        """
        for column in self.columns(board_id):
            if column["id"] == column_id and not column["archived"]:
                return column
        raise refusals.column_missing(column_id, board_id)

    def require_group(self, board_id: int, group_id: str) -> Row:
        """A group to be changed, or to put items in.

        Raises:
            Refusal: the board has none with that id.
        """
        group = self.group(board_id, group_id)
        if group is None or group["archived"]:
            raise refusals.group_missing(group_id, board_id)
        return group

    def _keep(self, key: tuple[Any, ...], read: Callable[[], Kept]) -> Kept:
        if key not in self._kept:
            self._kept[key] = read()
        kept: Kept = self._kept[key]
        return kept

    def _read_board(self, board_id: int) -> Row | None:
        rows = self.rows(
            f"SELECT * FROM boards WHERE account_id = ? AND id = ? AND {VISIBLE}",  # noqa: S608 - our own
            (self.account_id, board_id, self.caller.user_id),
        )
        return rows[0] if rows else None

    def _standing(self, board_id: int) -> Standing:
        def read() -> Standing:
            with self.store.reading() as connection:
                (is_owner,) = connection.execute(
                    IS_OWNER, (self.account_id, board_id, self.caller.user_id)
                ).fetchone()
            return Standing(self.me["kind"], bool(is_owner))

        return self._keep(("standing", board_id), read)

    def _read_columns(self, board_id: int) -> list[Row]:
        rows = self.rows(
            "SELECT * FROM board_columns WHERE account_id = ? AND board_id = ? ORDER BY position",
            (self.account_id, board_id),
        )
        return [{**row, "settings": json.loads(row["settings"])} for row in rows]

    def _names(self, table: str) -> Mapping[int, str]:
        """The names of the account's teams or tags by id."""
        return self._keep(
            (table,),
            lambda: {
                row["id"]: row["name"]
                for row in self.rows(
                    f"SELECT id, name FROM {table} WHERE account_id = ?",  # noqa: S608 - one of two
                    (self.account_id,),
                )
            },
        )

    def _asset_url(self, asset_id: int, name: str) -> str:
        return self.store.files.url(self.account_id, asset_id, name)

    def _item_name(self, item_id: int) -> str | None:
        item = self.item(item_id)
        return item["name"] if item is not None else None


def constant(value: Any) -> Resolver:
    """The resolver of a field that is the same everywhere."""
    return lambda _, __, ___: value
