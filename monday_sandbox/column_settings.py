"""Settings of columns, type by type: what is accepted, and what of it is kept. Pure.

``SCHEMAS`` is what ``get_column_type_schema`` shows: JSON schemas of as much as the sandbox
knows of each type. What is given must fit; keys that no schema names are kept as they are.
Mirrors are the exception: the shape that is shown for them is not the one that is accepted.
"""

from collections.abc import Mapping
from typing import Any

from monday_sandbox import labels, refusals, values

Settings = dict[str, Any]
Schema = Mapping[str, Any]


def _object(**properties: Schema) -> Schema:
    return {"type": "object", "properties": properties}


def _list_of(entry: Schema) -> Schema:
    return {"type": "array", "items": entry}


_TEXT: Schema = {"type": "string"}
_FLAG: Schema = {"type": "boolean"}
_WHOLE: Schema = {"type": "integer"}
_STATUS_LABEL: Schema = {
    **_object(
        id=_WHOLE,
        label={"type": "string", "maxLength": labels.LONGEST_LABEL},
        color={"type": "string", "enum": list(labels.COLOURS)},
        index={"type": "integer", "minimum": 0, "maximum": labels.MOST_LABELS - 1},
        description=_TEXT,
        is_done=_FLAG,
        is_deactivated=_FLAG,
    ),
    "required": ["label", "color", "index"],
}
_OPTION: Schema = {**_object(id=_WHOLE, label=_TEXT, is_deactivated=_FLAG), "required": ["label"]}
_MIRROR: Schema = _object(
    relation_column={"type": "object"},
    displayed_linked_columns=_list_of(
        {**_object(board_id=_TEXT, column_ids=_list_of(_TEXT)), "required": ["board_id", "column_ids"]}
    ),
)

SCHEMAS: Mapping[str, Schema] = {
    **{name: _object() for name, kind in values.KINDS.items() if kind.can_be_created},
    "board_relation": _object(
        boardIds=_list_of(_WHOLE), allowMultipleItems=_FLAG, allowCreateReflectionColumn=_FLAG
    ),
    "button": _object(label=_TEXT, color=_TEXT),
    "dropdown": _object(labels=_list_of(_OPTION), limit_select=_FLAG, label_limit_count=_WHOLE),
    "formula": _object(formula=_TEXT),
    "mirror": _object(settings=_MIRROR),
    "numbers": _object(
        unit=_object(symbol=_TEXT, direction={"type": "string", "enum": ["left", "right"]}), function=_TEXT
    ),
    "status": _object(labels=_list_of(_STATUS_LABEL)),
}


_RELATION: Mapping[str, Any] = {
    "boardIds": [],
    "allowMultipleItems": True,
    "allowCreateReflectionColumn": False,
}


def made(column_type: str, defaults: Mapping[str, Any]) -> Settings:
    """The settings of a new column.

    Args:
        column_type: One that the API makes.
        defaults: What was given to ``create_column``, decoded.

    Raises:
        Refusal: they don't fit the type.
    """
    if column_type == "mirror":
        return {"relation_column": {}, "displayed_linked_columns": {}, **_mirror(defaults)}
    # The form in which settings are read wraps them once more.
    nested = defaults.get("settings")
    given = nested if isinstance(nested, dict) else defaults
    if column_type == "status":
        return labels.legacy_status_settings(given)
    if column_type == "dropdown":
        return labels.dropdown_settings(given)
    _check(given, SCHEMAS[column_type], "defaults")
    if column_type == "board_relation":
        return {
            "boardIds": [],
            "allowMultipleItems": True,
            "allowCreateReflectionColumn": False,
            **_set(given),
        }
    return _set(given)


def changed(
    column_type: str, settings: Mapping[str, Any], given: Mapping[str, Any], used: frozenset[int]
) -> Settings:
    """The settings after a change by ``update_column``: what is not given stays.

    Args:
        column_type: The column's.
        settings: The present ones.
        given: What is to be changed; a list of labels replaces the whole list.
        used: Ids of labels that items hold.

    Raises:
        Refusal: they don't fit the type.
    """
    if column_type == "mirror":
        return {**settings, **_mirror(given)}
    _check(given, SCHEMAS.get(column_type, _object()), "settings")
    if column_type == "status":
        wanted = settings["labels"] if given.get("labels") is None else given["labels"]
        return labels.changed_status_settings(settings, wanted, used)
    if column_type == "dropdown":
        return labels.changed_dropdown_settings(settings, given, used)
    return {**settings, **_set(given)}


def _set(given: Mapping[str, Any]) -> Settings:
    """What is given and not null."""
    return {name: value for name, value in given.items() if value is not None}


def _mirror(given: Mapping[str, Any]) -> Settings:
    if "settings" in given:
        raise refusals.invalid_argument("relation_column and displayed_linked_columns stand at the top")
    _check(given, _MIRROR, "defaults")
    settings = _set(given)
    if "displayed_linked_columns" in settings:
        settings["displayed_linked_columns"] = {
            board["board_id"]: board["column_ids"] for board in settings["displayed_linked_columns"]
        }
    return settings


_TYPES: Mapping[str, type] = {
    "array": list,
    "boolean": bool,
    "integer": int,
    "object": dict,
    "string": str,
}


#: The largest number that is the same in every JSON.
_LARGEST = 2**53 - 1


def _check(given: Any, schema: Schema, where: str) -> None:
    """That JSON fits a schema, as far as the schemas here go.

    Raises:
        Refusal: it does not; it tells where.
    """
    wanted = _TYPES[schema["type"]]
    is_number_alike = schema["type"] == "integer" and isinstance(given, str) and given.isdecimal()
    if (isinstance(given, bool) and wanted is int) or not (isinstance(given, wanted) or is_number_alike):
        raise refusals.invalid_argument(f"{where} must be of the type {schema['type']}")
    if wanted is int and abs(int(given)) > _LARGEST:
        raise refusals.invalid_argument(f"{where} is too large")
    if "enum" in schema and given not in schema["enum"]:
        raise refusals.invalid_argument(f"{where} must be one of {', '.join(schema['enum'])}")
    for name in schema.get("required", ()):
        if given.get(name) is None:
            raise refusals.invalid_argument(f"{where}.{name} is required")
    for name, inner in schema.get("properties", {}).items():
        if given.get(name) is not None:
            _check(given[name], inner, f"{where}.{name}")
    for place, entry in enumerate(given if isinstance(given, list) else ()):
        _check(entry, schema["items"], f"{where}[{place}]")
