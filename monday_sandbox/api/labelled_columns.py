"""Status and dropdown columns made and changed by their own mutations."""

from typing import Any

from monday_sandbox import labels
from monday_sandbox.api.columns import change_known_column, make_column
from monday_sandbox.api.context import Arguments, Context, Fields, Row, Scopes


def create_status_column(_: Any, context: Context, arguments: Arguments) -> Row:
    """Make a status column with labels; each label's id is its colour's number."""
    defaults = arguments.get("defaults")
    settings = (
        labels.new_status_settings(defaults["labels"]) if defaults else labels.default_status_settings()
    )
    return make_column(context, arguments, "status", settings)


def create_dropdown_column(_: Any, context: Context, arguments: Arguments) -> Row:
    """Make a dropdown column with labels; their ids count from 1."""
    return make_column(
        context, arguments, "dropdown", labels.dropdown_settings(arguments.get("defaults") or {})
    )


def update_status_column(_: Any, context: Context, arguments: Arguments) -> Row:
    """Change a status column; a list of labels replaces the whole list.

    Raises:
        Refusal: the revision is not the present one, or the labels are refused.
    """
    return change_known_column(context, arguments, "status")


def update_dropdown_column(_: Any, context: Context, arguments: Arguments) -> Row:
    """Change a dropdown column; a list of labels replaces the whole list.

    Raises:
        Refusal: the revision is not the present one, or the labels are refused.
    """
    return change_known_column(context, arguments, "dropdown")


FIELDS: Fields = {
    "Mutation": {
        "create_dropdown_column": create_dropdown_column,
        "create_status_column": create_status_column,
        "update_dropdown_column": update_dropdown_column,
        "update_status_column": update_status_column,
    },
}
#: The scope that a field needs of an app's token.
SCOPES: Scopes = {
    "Mutation.create_dropdown_column": "boards:write",
    "Mutation.create_status_column": "boards:write",
    "Mutation.update_dropdown_column": "boards:write",
    "Mutation.update_status_column": "boards:write",
}
