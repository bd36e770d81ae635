"""The schema with a resolver for each field: where a field of monday.com's meets the sandbox's code."""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from graphql import (
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    build_schema,
)

from monday_sandbox import refusals, values
from monday_sandbox.api import (
    accounts,
    activity,
    boards,
    columns,
    groups,
    item_pages,
    items,
    scopes,
    updates,
    webhooks,
)
from monday_sandbox.api.context import Arguments, Context, Row

SDL = Path(__file__).parent.parent / "schema.graphql"

#: A field's value from its parent's, the request and the arguments.
Resolver = Callable[[Any, Context, Arguments], Any]


def _complexity(_: Any, context: Context, __: Arguments) -> Row:
    return dict(context.complexity)


def _constant(value: Any) -> Resolver:
    return lambda _, __, ___: value


def _stored(name: str) -> Resolver:
    return lambda row, _, __: row[name]


def _user_field(name: str) -> Resolver:
    return lambda user, context, _: accounts.user_fields(context, user)[name]


def _account_field(name: str) -> Resolver:
    return lambda _, context, __: accounts.account_fields(context)[name]


def _value_field(read: Callable[[values.Shown], Any]) -> Resolver:
    return lambda cell, context, _: read(items.shown_cell(cell, context))


_USER_FIELDS = (
    "birthday",
    "country_code",
    "current_language",
    "is_deleted",
    "is_email_confirmed",
    "last_activity",
    "location",
    "mobile_phone",
    "phone",
    "photo_url",
    "status",
    "time_zone_identifier",
    "url",
    "utc_hours_diff",
)
_ACCOUNT_FIELDS = (
    "active_members_count",
    "first_day_of_the_week",
    "is_during_trial",
    "is_trial_expired",
    "logo",
    "plan",
    "show_timeline_weekends",
    "sign_up_product_kind",
    "tier",
)
_QUERIES: Mapping[str, Resolver] = {
    "account": accounts.account,
    "boards": boards.boards,
    "complexity": _complexity,
    "items": items.items,
    "items_page_by_column_values": item_pages.items_page_by_column_values,
    "me": accounts.me,
    "next_items_page": item_pages.next_items_page,
    "updates": updates.updates,
    "users": accounts.users,
    "version": accounts.version,
    "versions": accounts.version_list,
    "webhooks": webhooks.webhooks,
    "workspaces": accounts.workspaces,
}
_MUTATIONS: Mapping[str, Resolver] = {
    "add_users_to_board": boards.add_users_to_board,
    "archive_board": boards.archive_board,
    "archive_group": groups.archive_group,
    "archive_item": items.archive_item,
    "change_column_metadata": columns.change_column_metadata,
    "change_column_title": columns.change_column_title,
    "change_column_value": items.change_column_value,
    "change_multiple_column_values": items.change_multiple_column_values,
    "change_simple_column_value": items.change_simple_column_value,
    "complexity": _complexity,
    "create_board": boards.create_board,
    "create_column": columns.create_column,
    "create_group": groups.create_group,
    "create_item": items.create_item,
    "create_notification": accounts.create_notification,
    "create_status_column": columns.create_status_column,
    "create_update": updates.create_update,
    "create_webhook": webhooks.create_webhook,
    "create_workspace": accounts.create_workspace,
    "delete_board": boards.delete_board,
    "delete_column": columns.delete_column,
    "delete_group": groups.delete_group,
    "delete_item": items.delete_item,
    "delete_update": updates.delete_update,
    "delete_webhook": webhooks.delete_webhook,
    "edit_update": updates.edit_update,
    "move_item_to_group": items.move_item_to_group,
    "update_board": boards.update_board,
    "update_group": groups.update_group,
    "update_status_column": columns.update_status_column,
}
_FIELDS: Mapping[str, Mapping[str, Resolver]] = {
    "Query": _QUERIES,
    "Mutation": _MUTATIONS,
    "User": {
        "account": accounts.user_account,
        **{name: _user_field(name) for name in _USER_FIELDS},
    },
    "Account": {name: _account_field(name) for name in _ACCOUNT_FIELDS},
    "Board": {
        "activity_logs": activity.activity_logs,
        "board_folder_id": _constant(None),
        "columns": boards.columns,
        "creator": boards.creator,
        "groups": boards.groups,
        "hierarchy_type": _constant("classic"),
        "items_count": boards.items_count,
        "items_limit": _constant(boards.ITEMS_LIMIT),
        "items_page": item_pages.board_items_page,
        "owner": boards.creator,
        "owners": boards.owners,
        "permissions": _constant("everyone"),
        "subscribers": boards.subscribers,
        "type": _constant("board"),
        "updates": updates.board_updates,
        "updates_page": updates.board_updates_page,
        "url": boards.url,
        "workspace": boards.workspace,
    },
    "Group": {"items_page": item_pages.group_items_page, "position": groups.position_text},
    "Column": {"settings_str": columns.settings_string},
    "Item": {
        "board": items.board_of,
        "column_values": items.column_values,
        "creator": items.creator_of,
        "email": items.email,
        "group": items.group_of,
        "relative_link": items.relative_link,
        "state": items.state,
        "subscribers": items.subscribers,
        "updates": updates.item_updates,
        "updates_page": updates.item_updates_page,
        "url": items.url,
    },
    "Update": {
        "creator": items.creator_of,
        "item": updates.item_of,
        "replies": updates.replies,
    },
    "Reply": {"creator": items.creator_of, "kind": _constant("reply")},
    "BoardRelationValue": {"linked_items": items.linked_items},
}


@cache
def served_schema() -> GraphQLSchema:
    """The sandbox's schema, ready to be executed."""
    schema = build_schema(SDL.read_text())
    for type_name, named in schema.type_map.items():
        if isinstance(named, GraphQLObjectType) and not type_name.startswith("__"):
            for field_name, field in named.fields.items():
                found = _FIELDS.get(type_name, {}).get(field_name)
                resolver = found or _of_value(type_name, field_name) or _stored(field_name)
                field.resolve = _adapt(resolver, f"{type_name}.{field_name}")
    interface = schema.type_map["ColumnValue"]
    if not isinstance(interface, GraphQLInterfaceType):
        raise TypeError("ColumnValue is no interface any more.")
    interface.resolve_type = lambda cell, _, __: values.KINDS[cell["type"]].type_name
    return schema


def _of_value(type_name: str, field_name: str) -> Resolver | None:
    """The resolver of a field of a column value's type."""
    kind = next((kind for kind in values.KINDS.values() if kind.type_name == type_name), None)
    if kind is None:
        return None
    if field_name == "text":
        return items.value_text
    if field_name == "value":
        return items.value_raw
    read = kind.fields.get(field_name)
    return _value_field(read) if read is not None else None


def _adapt(resolver: Resolver, coordinate: str) -> Callable[..., Any]:
    """A resolver as graphql-core calls it; behind a scope where the field has one."""
    if coordinate not in scopes.SCOPES:

        def resolve(source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
            return resolver(source, info.context, arguments)

        return resolve

    def resolve_if_allowed(source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        context: Context = info.context
        if not scopes.may(context.caller.scopes, coordinate):
            raise refusals.ScopeRefusal
        return resolver(source, context, arguments)

    return resolve_if_allowed
