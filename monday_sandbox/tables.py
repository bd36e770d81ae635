"""Tables of people and places, and the columns that state files of before them lack."""

import sqlite3

PEOPLE_AND_PLACES = """
CREATE TABLE IF NOT EXISTS teams (
    account_id INTEGER NOT NULL, id INTEGER NOT NULL, name TEXT NOT NULL, is_guest INTEGER NOT NULL,
    parent_id INTEGER, created_at TEXT NOT NULL,
    PRIMARY KEY (account_id, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS team_users (
    account_id INTEGER NOT NULL, team_id INTEGER NOT NULL, user_id INTEGER NOT NULL, kind TEXT NOT NULL,
    PRIMARY KEY (account_id, team_id, user_id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS teams_of_user ON team_users (account_id, user_id);
CREATE TABLE IF NOT EXISTS board_teams (
    account_id INTEGER NOT NULL, board_id INTEGER NOT NULL, team_id INTEGER NOT NULL, kind TEXT NOT NULL,
    PRIMARY KEY (account_id, board_id, team_id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS workspace_users (
    account_id INTEGER NOT NULL, workspace_id INTEGER NOT NULL, user_id INTEGER NOT NULL, kind TEXT NOT NULL,
    PRIMARY KEY (account_id, workspace_id, user_id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS workspace_teams (
    account_id INTEGER NOT NULL, workspace_id INTEGER NOT NULL, team_id INTEGER NOT NULL, kind TEXT NOT NULL,
    PRIMARY KEY (account_id, workspace_id, team_id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS folders (
    account_id INTEGER NOT NULL, id INTEGER NOT NULL, name TEXT NOT NULL, color TEXT, custom_icon TEXT,
    font_weight TEXT, parent_id INTEGER, workspace_id INTEGER, owner_id INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (account_id, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tags (
    account_id INTEGER NOT NULL, id INTEGER NOT NULL, name TEXT NOT NULL, color TEXT NOT NULL,
    board_id INTEGER, PRIMARY KEY (account_id, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS departments (
    account_id INTEGER NOT NULL, id INTEGER NOT NULL, name TEXT NOT NULL, reserved_seats INTEGER NOT NULL,
    PRIMARY KEY (account_id, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS department_users (
    account_id INTEGER NOT NULL, department_id INTEGER NOT NULL, user_id INTEGER NOT NULL,
    kind TEXT NOT NULL, PRIMARY KEY (account_id, department_id, user_id, kind)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS managed_columns (
    account_id INTEGER NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL, title TEXT NOT NULL,
    description TEXT, settings TEXT NOT NULL, revision INTEGER NOT NULL, state TEXT NOT NULL,
    created_by INTEGER NOT NULL, updated_by INTEGER NOT NULL, created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL, PRIMARY KEY (account_id, id));
CREATE TABLE IF NOT EXISTS assets (
    account_id INTEGER NOT NULL, id INTEGER NOT NULL, name TEXT NOT NULL, file_extension TEXT NOT NULL,
    file_size INTEGER NOT NULL, uploaded_by INTEGER NOT NULL, created_at TEXT NOT NULL,
    original_geometry TEXT, PRIMARY KEY (account_id, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS asset_uses (
    place INTEGER PRIMARY KEY, account_id INTEGER NOT NULL, asset_id INTEGER NOT NULL,
    item_id INTEGER NOT NULL, update_id INTEGER);
CREATE INDEX IF NOT EXISTS uses_of_asset ON asset_uses (account_id, asset_id);
CREATE INDEX IF NOT EXISTS assets_of_update ON asset_uses (account_id, update_id, place);
CREATE INDEX IF NOT EXISTS assets_of_item ON asset_uses (account_id, item_id, place);
CREATE TABLE IF NOT EXISTS jobs (
    account_id INTEGER NOT NULL, id TEXT NOT NULL, total INTEGER NOT NULL, failed TEXT NOT NULL,
    created_at TEXT NOT NULL, PRIMARY KEY (account_id, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS update_likes (
    account_id INTEGER NOT NULL, id INTEGER NOT NULL, update_id INTEGER NOT NULL, creator_id INTEGER NOT NULL,
    reaction_type TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
    PRIMARY KEY (account_id, update_id, creator_id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS update_pins (
    account_id INTEGER NOT NULL, update_id INTEGER NOT NULL, item_id INTEGER NOT NULL,
    PRIMARY KEY (account_id, update_id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS board_mutes (
    account_id INTEGER NOT NULL, board_id INTEGER NOT NULL, user_id INTEGER NOT NULL, state TEXT NOT NULL,
    enabled TEXT, PRIMARY KEY (account_id, board_id, user_id)) WITHOUT ROWID;
"""

#: Table, column, what it is declared as: added where a state file's table has no such column.
ADDED_COLUMNS = (
    ("users", "status", "TEXT NOT NULL DEFAULT 'ACTIVE'"),
    ("users", "invitation_method", "TEXT NOT NULL DEFAULT 'USER'"),
    ("users", "became_active_at", "TEXT"),
    ("users", "birthday", "TEXT"),
    ("users", "location", "TEXT"),
    ("users", "mobile_phone", "TEXT"),
    ("users", "phone", "TEXT NOT NULL DEFAULT ''"),
    ("boards", "folder_id", "INTEGER"),
    ("boards", "edit_permissions", "TEXT NOT NULL DEFAULT 'everyone'"),
    ("boards", "communication", "TEXT"),
    ("boards", "created_from_board_id", "INTEGER"),
    ("notifications", "read", "INTEGER NOT NULL DEFAULT 0"),
    # Who changed the item last; none where nobody did since it was made.
    ("items", "updater_id", "INTEGER"),
    # Of a board of subitems, the board whose items have them; of a subitem, the item that has it.
    ("boards", "parent_board_id", "INTEGER"),
    ("items", "parent_item_id", "INTEGER"),
    # The item that a subitem was archived or deleted with, and comes back with.
    ("items", "left_with", "INTEGER"),
    # What the column does on boards of several levels, and the managed column it follows.
    ("board_columns", "capabilities", "TEXT"),
    ("board_columns", "managed_column_id", "TEXT"),
)

#: What belongs to something goes where that goes, whoever sends it there: a board of subitems with its
#: board, subitems with their item. Subitems that went alone stay gone when their item comes back.
_FAMILIES = (
    """CREATE INDEX IF NOT EXISTS subitems_of_item ON items (account_id, parent_item_id)
    WHERE parent_item_id IS NOT NULL""",
    """CREATE INDEX IF NOT EXISTS subitems_of_board ON boards (account_id, parent_board_id)
    WHERE parent_board_id IS NOT NULL""",
    """CREATE TRIGGER IF NOT EXISTS subitems_boards_follow AFTER UPDATE OF state, workspace_id ON boards
    WHEN NEW.parent_board_id IS NULL BEGIN
        UPDATE boards SET state = NEW.state, workspace_id = NEW.workspace_id
        WHERE account_id = NEW.account_id AND parent_board_id = NEW.id AND state = OLD.state;
    END""",
    """CREATE TRIGGER IF NOT EXISTS subitems_leave AFTER UPDATE OF state ON items
    WHEN NEW.parent_item_id IS NULL AND NEW.state <> 'active' BEGIN
        UPDATE items SET state = NEW.state, left_with = NEW.id
        WHERE account_id = NEW.account_id AND parent_item_id = NEW.id
        AND (state = 'active' OR left_with = NEW.id);
    END""",
    """CREATE TRIGGER IF NOT EXISTS subitems_come_back AFTER UPDATE OF state ON items
    WHEN NEW.parent_item_id IS NULL AND NEW.state = 'active' BEGIN
        UPDATE items SET state = 'active', left_with = NULL
        WHERE account_id = NEW.account_id AND left_with = NEW.id;
    END""",
)


_USERS = """
CREATE TABLE users (
    id INTEGER PRIMARY KEY, account_id INTEGER NOT NULL REFERENCES accounts, name TEXT NOT NULL,
    email TEXT NOT NULL, title TEXT NOT NULL, kind TEXT NOT NULL, api_token TEXT NOT NULL UNIQUE,
    created_at TEXT NOT NULL, UNIQUE (account_id, email))"""


def bring_up_to_date(connection: sqlite3.Connection) -> None:
    """Change what an older state file has otherwise."""
    _let_emails_repeat(connection)
    for table, column, declaration in ADDED_COLUMNS:
        names = {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
        if column not in names:
            connection.execute(f"ALTER TABLE {table} ADD COLUMN {column} {declaration}")
    for statement in _FAMILIES:
        connection.execute(statement)


def _let_emails_repeat(connection: sqlite3.Connection) -> None:
    """The same person may be in several accounts: older files had each address only once."""
    (declared,) = connection.execute("SELECT sql FROM sqlite_master WHERE name = 'users'").fetchone()
    if "email TEXT NOT NULL UNIQUE" not in declared:
        return
    columns = "id, account_id, name, email, title, kind, api_token, created_at"
    connection.execute("ALTER TABLE users RENAME TO users_before")
    connection.execute(_USERS)
    connection.execute(f"INSERT INTO users ({columns}) SELECT {columns} FROM users_before")  # noqa: S608
    connection.execute("DROP TABLE users_before")
    connection.execute("CREATE INDEX users_of_account ON users (account_id)")
