"""Teams of users: made and ended by admins, filled by admins and by the team's owners."""

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any

from monday_sandbox import refusals
from monday_sandbox.api.accounts import choose_users
from monday_sandbox.api.context import Arguments, Context, Fields, Row, Scopes, constant
from monday_sandbox.api.paging import page_of
from monday_sandbox.api.permissions import may_own
from monday_sandbox.state import next_id

_MOST_OWNERS_AT_ONCE = 200


def teams(_: Any, context: Context, arguments: Arguments) -> list[Row]:
    """The account's teams, or those with some ids."""
    found = context.rows("SELECT * FROM teams WHERE account_id = ? ORDER BY id", (context.account_id,))
    return _with_ids(found, arguments)


def teams_of_user(user: Row, context: Context, arguments: Arguments) -> list[Row]:
    """The teams that a user is in."""
    found = context.rows(
        "SELECT teams.* FROM teams JOIN team_users ON team_users.account_id = teams.account_id"
        " AND team_id = teams.id WHERE teams.account_id = ? AND user_id = ? ORDER BY teams.id",
        (context.account_id, user["id"]),
    )
    return _with_ids(found, arguments)


def _with_ids(found: list[Row], arguments: Arguments) -> list[Row]:
    if arguments.get("ids") is None:
        return found
    ids = {refusals.read_id(given) for given in arguments["ids"]}
    return [team for team in found if team["id"] in ids]


def owners(team: Row, context: Context, arguments: Arguments) -> list[Row]:
    """The team's owners."""
    return choose_users(_people(context, team["id"], "owner"), arguments)


def users(team: Row, context: Context, arguments: Arguments) -> list[Row]:
    """Who is in the team, owners too; all of them unless pages are asked for."""
    status = "INACTIVE" if arguments.get("non_active") else "ACTIVE"
    found = [user for user in _people(context, team["id"], None) if _is_there(user, status)]
    found = choose_users(found, arguments)
    return page_of(found, {"limit": max(len(found), 1), **_given(arguments)})


def _is_there(user: Row, status: str) -> bool:
    return bool((user["status"] == "INACTIVE") is (status == "INACTIVE"))


def _given(arguments: Arguments) -> Row:
    return {name: value for name, value in arguments.items() if value is not None}


def _people(context: Context, team_id: int, kind: str | None) -> list[Row]:
    rows = context.rows(
        "SELECT user_id, kind FROM team_users WHERE account_id = ? AND team_id = ? ORDER BY user_id",
        (context.account_id, team_id),
    )
    return [context.users[row["user_id"]] for row in rows if kind in (None, row["kind"])]


def team_ids(context: Context, given: Sequence[Any] | None) -> list[int]:
    """The ids in an argument.

    Raises:
        Refusal: one of them is no team of the account's.
    """
    ids = [refusals.read_id(one) for one in given or ()]
    for team_id in ids:
        require_team(context, team_id)
    return ids


def require_team(context: Context, given: Any) -> Row:
    """A team of the account's.

    Raises:
        Refusal: there is none with that id.
    """
    team_id = refusals.read_id(given)
    found = context.rows("SELECT * FROM teams WHERE account_id = ? AND id = ?", (context.account_id, team_id))
    if not found:
        raise refusals.missing("team", team_id=team_id)
    return found[0]


# Mutations


def create_team(_: Any, context: Context, arguments: Arguments) -> Row:
    """Make a team of some users; it has no owners yet."""
    given = arguments["input"]
    is_guest_team = bool(given.get("is_guest_team"))
    with context.changing() as connection:
        context.require_admin()
        if not given["name"].strip():
            raise refusals.invalid_argument("Team name can't be blank")
        members = [refusals.read_id(one) for one in given.get("subscriber_ids") or ()]
        if not members and not (arguments.get("options") or {}).get("allow_empty_team"):
            raise refusals.invalid_argument("A team must have subscribers, unless allow_empty_team is set")
        for user_id in members:
            _require_user(context, user_id)
            if not _can_join(context.users[user_id], is_guest_team=is_guest_team):
                raise refusals.invalid_argument("Guests can't be in this team", user_id=user_id)
        parent_id = given.get("parent_team_id")
        row = {
            "account_id": context.account_id,
            "id": next_id(connection, context.account_id, "team"),
            "name": given["name"],
            "is_guest": int(is_guest_team),
            "parent_id": None if parent_id is None else require_team(context, parent_id)["id"],
            "created_at": context.now(),
        }
        connection.execute(
            "INSERT INTO teams (account_id, id, name, is_guest, parent_id, created_at)"
            " VALUES (:account_id, :id, :name, :is_guest, :parent_id, :created_at)",
            row,
        )
        for user_id in members:
            _join(connection, row, user_id)
    return row


def _can_join(user: Row, *, is_guest_team: bool) -> bool:
    return bool(user["status"] != "INACTIVE" and (is_guest_team or user["kind"] != "guest"))


def _join(connection: sqlite3.Connection, team: Row, user_id: int) -> None:
    connection.execute(
        "INSERT INTO team_users (account_id, team_id, user_id, kind) VALUES (?, ?, ?, 'member')"
        " ON CONFLICT DO NOTHING",
        (team["account_id"], team["id"], user_id),
    )


def _require_user(context: Context, user_id: int) -> None:
    if user_id not in context.users:
        raise refusals.user_missing(user_id)


def delete_team(_: Any, context: Context, arguments: Arguments) -> Row:
    """End a team; its boards and workspaces are without it then."""
    with context.changing() as connection:
        context.require_admin()
        team = require_team(context, arguments["team_id"])
        for table, column in (
            ("board_teams", "team_id"),
            ("workspace_teams", "team_id"),
            ("team_users", "team_id"),
            ("teams", "id"),
        ):
            connection.execute(
                f"DELETE FROM {table} WHERE account_id = ? AND {column} = ?",  # noqa: S608 - our own names
                (context.account_id, team["id"]),
            )
    return team


def add_users_to_team(_: Any, context: Context, arguments: Arguments) -> Row:
    """Put users in a team; guests fail unless it is a team for guests."""

    def add(connection: sqlite3.Connection, team: Row, user: Row) -> bool:
        if not _can_join(user, is_guest_team=bool(team["is_guest"])):
            return False
        _join(connection, team, user["id"])
        return True

    return _change_members(context, arguments, add)


def remove_users_from_team(_: Any, context: Context, arguments: Arguments) -> Row:
    """Take users out of a team; those who are not in it fail."""

    def remove(connection: sqlite3.Connection, team: Row, user: Row) -> bool:
        removed = connection.execute(
            "DELETE FROM team_users WHERE account_id = ? AND team_id = ? AND user_id = ?",
            (context.account_id, team["id"], user["id"]),
        )
        return removed.rowcount > 0

    return _change_members(context, arguments, remove)


def _change_members(
    context: Context, arguments: Arguments, change: Callable[[sqlite3.Connection, Row, Row], bool]
) -> Row:
    with context.changing() as connection:
        team = _require_team_to_lead(context, arguments["team_id"])
        given = [refusals.read_id(one) for one in arguments["user_ids"]]
        for user_id in given:
            _require_user(context, user_id)
        done = [user_id for user_id in given if change(connection, team, context.users[user_id])]
    return {
        "successful_users": [context.users[user_id] for user_id in given if user_id in done],
        "failed_users": [context.users[user_id] for user_id in given if user_id not in done],
    }


def _require_team_to_lead(context: Context, given: Any) -> Row:
    team = require_team(context, given)
    own = [user["id"] for user in _people(context, team["id"], "owner")]
    if context.caller.user_id not in own:
        context.require_admin()
    return team


def assign_team_owners(_: Any, context: Context, arguments: Arguments) -> Row:
    """Make members of a team its owners."""
    return _change_owners(context, arguments, "owner")


def remove_team_owners(_: Any, context: Context, arguments: Arguments) -> Row:
    """Make owners of a team its members again."""
    return _change_owners(context, arguments, "member")


def _change_owners(context: Context, arguments: Arguments, kind: str) -> Row:
    errors: list[Row] = []
    with context.changing() as connection:
        team = _require_team_to_lead(context, arguments["team_id"])
        members = {user["id"] for user in _people(context, team["id"], None)}
        for place, given in enumerate(arguments["user_ids"]):
            user_id = refusals.read_id(given)
            problem = _problem_of_owner(context, user_id, members, place)
            if problem is not None:
                code, message = problem
                errors.append({"message": message, "code": code, "user_id": user_id})
                continue
            connection.execute(
                "UPDATE team_users SET kind = ? WHERE account_id = ? AND team_id = ? AND user_id = ?",
                (kind, context.account_id, team["id"], user_id),
            )
    return {"team": team, "errors": errors}


def _problem_of_owner(
    context: Context, user_id: int, members: set[int], place: int
) -> tuple[str, str] | None:
    if place >= _MOST_OWNERS_AT_ONCE:
        return "EXCEEDS_BATCH_LIMIT", f"Up to {_MOST_OWNERS_AT_ONCE} users can be changed at once"
    if user_id not in context.users:
        return "USER_NOT_FOUND", "User not found"
    if not may_own(context.users[user_id]["kind"]):
        return "VIEWERS_OR_GUESTS", "Viewers and guests can't own a team"
    if user_id not in members:
        return "USER_NOT_MEMBER_OF_TEAM", "The user is not a member of the team"
    return None


FIELDS: Fields = {
    "Query": {
        "teams": teams,
    },
    "Mutation": {
        "add_users_to_team": add_users_to_team,
        "assign_team_owners": assign_team_owners,
        "create_team": create_team,
        "delete_team": delete_team,
        "remove_team_owners": remove_team_owners,
        "remove_users_from_team": remove_users_from_team,
    },
    "Team": {
        "owners": owners,
        "picture_url": constant(None),
        "users": users,
    },
    "User": {
        "teams": teams_of_user,
    },
}
#: The scope that a field needs of an app's token.
SCOPES: Scopes = {
    "Mutation.add_users_to_team": "teams:write",
    "Mutation.assign_team_owners": "teams:write",
    "Mutation.create_team": "teams:write",
    "Mutation.delete_team": "teams:write",
    "Mutation.remove_team_owners": "teams:write",
    "Mutation.remove_users_from_team": "teams:write",
    "Query.teams": "teams:read",
    "Team.owners": "users:read",
    "Team.users": "users:read",
    "User.teams": "teams:read",
}
