"""What a token's scopes open: by field, for tokens of apps. Personal tokens may all."""

from collections.abc import Mapping

#: ``Type.field`` → the scope it needs; fields that are not named need none of their own.
SCOPES: Mapping[str, str] = {
    "Query.me": "me:read",
    "Query.account": "account:read",
    "User.account": "account:read",
    "Query.users": "users:read",
    "Query.workspaces": "workspaces:read",
    "Board.workspace": "workspaces:read",
    "Query.boards": "boards:read",
    "Query.items": "boards:read",
    "Query.items_page_by_column_values": "boards:read",
    "Query.next_items_page": "boards:read",
    "Query.updates": "updates:read",
    "Board.updates": "updates:read",
    "Board.updates_page": "updates:read",
    "Item.updates": "updates:read",
    "Item.updates_page": "updates:read",
    "Query.webhooks": "webhooks:read",
    "Board.creator": "users:read",
    "Board.owner": "users:read",
    "Board.owners": "users:read",
    "Board.subscribers": "users:read",
    "Item.creator": "users:read",
    "Item.subscribers": "users:read",
    "Update.creator": "users:read",
    "Reply.creator": "users:read",
    "Mutation.add_users_to_board": "boards:write",
    "Mutation.archive_board": "boards:write",
    "Mutation.archive_group": "boards:write",
    "Mutation.archive_item": "boards:write",
    "Mutation.change_column_metadata": "boards:write",
    "Mutation.change_column_title": "boards:write",
    "Mutation.change_column_value": "boards:write",
    "Mutation.change_multiple_column_values": "boards:write",
    "Mutation.change_simple_column_value": "boards:write",
    "Mutation.create_board": "boards:write",
    "Mutation.create_column": "boards:write",
    "Mutation.create_group": "boards:write",
    "Mutation.create_item": "boards:write",
    "Mutation.create_notification": "notifications:write",
    "Mutation.create_status_column": "boards:write",
    "Mutation.create_update": "updates:write",
    "Mutation.create_webhook": "webhooks:write",
    "Mutation.create_workspace": "workspaces:write",
    "Mutation.delete_board": "boards:write",
    "Mutation.delete_column": "boards:write",
    "Mutation.delete_group": "boards:write",
    "Mutation.delete_item": "boards:write",
    "Mutation.delete_update": "updates:write",
    "Mutation.delete_webhook": "webhooks:write",
    "Mutation.edit_update": "updates:write",
    "Mutation.move_item_to_group": "boards:write",
    "Mutation.update_board": "boards:write",
    "Mutation.update_group": "boards:write",
    "Mutation.update_status_column": "boards:write",
}


def may(scopes: frozenset[str] | None, coordinate: str) -> bool:
    """Whether a token with these scopes may ask for a field."""
    needed = SCOPES.get(coordinate)
    return scopes is None or needed is None or needed in scopes
