"""Who may see a board, and do what on it: the one place that decides.

* Public boards are seen by everybody but guests, in a closed workspace by its members only;
  private and shareable ones by those who belong to them, themselves or by a team. Guests see
  the shareable boards that they belong to, and nothing else.
* What belongs to a board is seen where the board is. A board that the caller may not see is
  answered as one that does not exist.
* A board's role says what everybody but its owners may do: editors all, contributors its
  content, viewers nothing.
* Users who only view, who were deactivated or have not confirmed their address, have no API.

Sources: developer.monday.com on board permissions, support.monday.com on guests, board kinds and
closed workspaces. That admins see no more boards than members do and are bound by a board's role
as these are is the stricter reading of what is written.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Any

#: Condition on a row of ``boards``; its one parameter is the id of the user who looks. A board of subitems
#: is seen where the board is that it belongs to.
VISIBLE = """EXISTS (
    SELECT 1 FROM boards AS place JOIN users AS seer ON seer.account_id = place.account_id
    WHERE place.account_id = boards.account_id AND place.id = COALESCE(boards.parent_board_id, boards.id)
    AND seer.id = ? AND (
        EXISTS (
            SELECT 1 FROM board_users
            WHERE board_users.account_id = place.account_id AND board_users.board_id = place.id
            AND board_users.user_id = seer.id AND (seer.kind <> 'guest' OR place.board_kind = 'share'))
        OR EXISTS (
            SELECT 1 FROM board_teams JOIN team_users USING (account_id, team_id)
            WHERE board_teams.account_id = place.account_id AND board_teams.board_id = place.id
            AND team_users.user_id = seer.id AND (seer.kind <> 'guest' OR place.board_kind = 'share'))
        OR (place.board_kind = 'public' AND seer.kind <> 'guest' AND NOT EXISTS (
            SELECT 1 FROM workspaces
            WHERE workspaces.account_id = place.account_id AND workspaces.id = place.workspace_id
            AND workspaces.kind = 'closed'
            AND NOT EXISTS (
                SELECT 1 FROM workspace_users
                WHERE workspace_users.account_id = workspaces.account_id
                AND workspace_users.workspace_id = workspaces.id AND workspace_users.user_id = seer.id)
            AND NOT EXISTS (
                SELECT 1 FROM workspace_teams JOIN team_users USING (account_id, team_id)
                WHERE workspace_teams.account_id = workspaces.account_id
                AND workspace_teams.workspace_id = workspaces.id AND team_users.user_id = seer.id)))))"""

#: Condition on a row of ``workspaces``; its one parameter is the id of the user who looks.
VISIBLE_WORKSPACE = """EXISTS (
    SELECT 1 FROM users AS seer
    WHERE seer.id = ? AND seer.account_id = workspaces.account_id AND (
        (workspaces.kind <> 'closed' AND seer.kind <> 'guest')
        OR EXISTS (
            SELECT 1 FROM workspace_users
            WHERE workspace_users.account_id = workspaces.account_id
            AND workspace_users.workspace_id = workspaces.id AND workspace_users.user_id = seer.id)
        OR EXISTS (
            SELECT 1 FROM workspace_teams JOIN team_users USING (account_id, team_id)
            WHERE workspace_teams.account_id = workspaces.account_id
            AND workspace_teams.workspace_id = workspaces.id AND team_users.user_id = seer.id)))"""

#: How somebody stands to a board, by account, board and user, in this order: 1 for an owner.
IS_OWNER = """SELECT EXISTS (
    SELECT 1 FROM boards WHERE account_id = ?1 AND id = ?2 AND (
        EXISTS (
            SELECT 1 FROM board_users WHERE board_users.account_id = ?1 AND board_users.board_id = ?2
            AND board_users.user_id = ?3 AND board_users.kind = 'owner')
        OR EXISTS (
            SELECT 1 FROM board_teams JOIN team_users USING (account_id, team_id)
            WHERE board_teams.account_id = ?1 AND board_teams.board_id = ?2
            AND team_users.user_id = ?3 AND board_teams.kind = 'owner')))"""

#: The role that is set, and what the API then calls the board's permissions.
EDIT_PERMISSIONS = {"editor": "everyone", "contributor": "collaborators", "viewer": "owners"}


class Act(Enum):
    """What somebody wants with a board that they see."""

    #: Items, their values, updates.
    CONTENT = "content"
    #: Groups, columns and labels; the board's name and description.
    STRUCTURE = "structure"
    #: Its role, its owners, its end.
    OWNERSHIP = "ownership"


@dataclass(frozen=True)
class Standing:
    """How a user stands to a board that they see."""

    #: ``admin``, ``member``, ``guest`` or ``view_only``.
    user_kind: str
    is_owner: bool


def may(act: Act, edit_permissions: str, standing: Standing) -> bool:
    """Whether somebody may do this with a board.

    Args:
        act: What is to be done.
        edit_permissions: The board's: ``everyone``, ``collaborators`` or ``owners``.
        standing: Of whoever does it.
    """
    if standing.user_kind == "view_only":
        return False
    if act is Act.OWNERSHIP:
        return standing.is_owner or standing.user_kind == "admin"
    if standing.is_owner or edit_permissions == "everyone":
        return True
    return act is Act.CONTENT and edit_permissions == "collaborators"


def may_belong(user_kind: str, board_kind: str) -> bool:
    """Whether such a user can be on such a board: guests on shareable ones only."""
    return user_kind != "guest" or board_kind == "share"


def may_own(user_kind: str) -> bool:
    """Whether such users can own a board or a team."""
    return user_kind in ("admin", "member")


def may_make_places(user_kind: str) -> bool:
    """Whether such users make boards, folders and workspaces, and bring others onto boards."""
    return user_kind != "guest"


def has_api(user: dict[str, Any]) -> bool:
    """Whether a user's tokens are let in at all."""
    return bool(user["status"] == "ACTIVE" and user["kind"] != "view_only")
