"""The schema with a resolver for each field: where a field of monday.com's meets the sandbox's code.

Each subject brings its part: ``schema/SUBJECT.graphql`` says what there is, ``FIELDS`` of its
module how it is answered, ``SCOPES`` what an app's token needs for it. A field without a
resolver is the stored row's own.
"""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from graphql import (
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    GraphQLTypeResolver,
    GraphQLUnionType,
    build_schema,
)

from monday_sandbox import refusals, values
from monday_sandbox.api import (
    accounts,
    activity,
    apps,
    assets,
    board_people,
    boards,
    cells,
    columns,
    departments,
    duplicates,
    folders,
    groups,
    item_moves,
    item_pages,
    item_states,
    items,
    labelled_columns,
    managed_columns,
    mirrors,
    notifications,
    platform_api,
    reactions,
    retired,
    subitems,
    tags,
    teams,
    updates,
    users,
    webhooks,
    workspaces,
)
from monday_sandbox.api.context import Context, Fields, Resolver
from monday_sandbox.api.guards import guarded
from monday_sandbox.limits import versions

SDL = Path(__file__).parent.parent / "schema"

_BROUGHT: tuple[Fields, ...] = (
    accounts.FIELDS,
    activity.FIELDS,
    apps.FIELDS,
    assets.FIELDS,
    board_people.FIELDS,
    boards.FIELDS,
    cells.FIELDS,
    columns.FIELDS,
    departments.FIELDS,
    duplicates.FIELDS,
    folders.FIELDS,
    groups.FIELDS,
    item_moves.FIELDS,
    item_pages.FIELDS,
    item_states.FIELDS,
    items.FIELDS,
    labelled_columns.FIELDS,
    managed_columns.FIELDS,
    mirrors.FIELDS,
    notifications.FIELDS,
    platform_api.FIELDS,
    reactions.FIELDS,
    retired.FIELDS,
    subitems.FIELDS,
    tags.FIELDS,
    teams.FIELDS,
    updates.FIELDS,
    users.FIELDS,
    webhooks.FIELDS,
    workspaces.FIELDS,
)
#: ``Type.field`` → resolver.
RESOLVERS: dict[str, Resolver] = {
    f"{type_name}.{field_name}": resolver
    for brought in _BROUGHT
    for type_name, fields in brought.items()
    for field_name, resolver in fields.items()
}
#: ``Type.field`` → the scope it needs; fields that are not named need none of their own.
SCOPES: dict[str, str] = {
    **accounts.SCOPES,
    **activity.SCOPES,
    **apps.SCOPES,
    **assets.SCOPES,
    **board_people.SCOPES,
    **boards.SCOPES,
    **cells.SCOPES,
    **columns.SCOPES,
    **departments.SCOPES,
    **duplicates.SCOPES,
    **folders.SCOPES,
    **groups.SCOPES,
    **item_moves.SCOPES,
    **item_pages.SCOPES,
    **item_states.SCOPES,
    **items.SCOPES,
    **labelled_columns.SCOPES,
    **managed_columns.SCOPES,
    **mirrors.SCOPES,
    **notifications.SCOPES,
    **subitems.SCOPES,
    **reactions.SCOPES,
    **tags.SCOPES,
    **teams.SCOPES,
    **updates.SCOPES,
    **users.SCOPES,
    **webhooks.SCOPES,
    **workspaces.SCOPES,
}


def served_schema(version: str = versions.CURRENT) -> GraphQLSchema:
    """The schema of a version of the API, ready to be executed."""
    return _schema(has_retired_fields=versions.has_retired_fields(version))


def _type_of_cell(cell: Any, _: Any, __: Any) -> str:
    return values.KINDS[cell["type"]].type_name


#: Interface or union → the type of one of its values.
_TYPES_OF: Mapping[str, GraphQLTypeResolver] = {
    "ColumnSettings": managed_columns.settings_type,
    "ColumnValue": _type_of_cell,
    "MirroredValue": _type_of_cell,
}


@cache
def _schema(*, has_retired_fields: bool) -> GraphQLSchema:
    paths = sorted(SDL.glob("*.graphql"))
    if has_retired_fields:
        paths += sorted((SDL / "before-2026-10").glob("*.graphql"))
    schema = build_schema("\n".join(path.read_text() for path in paths))
    for type_name, named in schema.type_map.items():
        if isinstance(named, GraphQLObjectType) and not type_name.startswith("__"):
            for field_name, field in named.fields.items():
                coordinate = f"{type_name}.{field_name}"
                resolver = (
                    RESOLVERS.get(coordinate) or _of_value(type_name, field_name) or _stored(field_name)
                )
                field.resolve = guarded(_adapt(resolver, coordinate), coordinate)
    for name, type_of in _TYPES_OF.items():
        abstract = schema.type_map[name]
        if not isinstance(abstract, GraphQLInterfaceType | GraphQLUnionType):
            raise TypeError(f"{name} is neither an interface nor a union any more.")
        abstract.resolve_type = type_of
    return schema


def _stored(name: str) -> Resolver:
    return lambda row, _, __: row[name]


def _of_value(type_name: str, field_name: str) -> Resolver | None:
    """The resolver of a field of a column value's type."""
    kind = next((kind for kind in values.KINDS.values() if kind.type_name == type_name), None)
    if kind is None:
        return None
    if field_name == "text":
        return items.value_text
    if field_name == "value":
        return items.value_raw
    if field_name == "is_leaf":
        return subitems.is_leaf
    read = kind.fields.get(field_name)
    return _value_field(read) if read is not None else None


def _value_field(read: Callable[[values.Shown], Any]) -> Resolver:
    return lambda cell, context, _: read(cells.shown_cell(cell, context))


def may(scopes: frozenset[str] | None, coordinate: str) -> bool:
    """Whether a token with these scopes may ask for a field; personal tokens may all."""
    needed = SCOPES.get(coordinate)
    return scopes is None or needed is None or needed in scopes


def _adapt(resolver: Resolver, coordinate: str) -> Callable[..., Any]:
    """A resolver as graphql-core calls it; behind a scope where the field has one."""
    if coordinate not in SCOPES:

        def resolve(source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
            return resolver(source, info.context, arguments)

        return resolve

    def resolve_if_allowed(source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        context: Context = info.context
        if not may(context.caller.scopes, coordinate):
            raise refusals.ScopeRefusal
        return resolver(source, context, arguments)

    return resolve_if_allowed
