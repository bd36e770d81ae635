"""Columns that the API shows and nobody fills here: their cells are always empty. Pure.

Buttons show what their settings say. Formulas are not computed, progress is not added up,
numbers are not counted, and documents and integrations do not exist here.
"""

from collections.abc import Callable, Mapping
from typing import Any

from monday_sandbox.values.kind import Kind, Shown, raw


def _setting(name: str) -> Callable[[Shown], Any]:
    def read(shown: Shown) -> Any:
        return shown.column["settings"].get(name)

    return read


def _untouched(
    event_type: str,
    type_name: str,
    *,
    empty_text: str | None = "",
    fields: Mapping[str, Callable[[Shown], Any]] | None = None,
    can_be_created: bool = True,
) -> Kind:
    return Kind(
        event_type=event_type,
        type_name=type_name,
        id_prefix=event_type.replace("-", "_"),
        write=None,
        from_text=None,
        text=lambda _: empty_text,
        event=raw,
        fields=fields or {},
        can_be_created=can_be_created,
    )


def _nothing(_: Shown) -> None:
    return None


KINDS: Mapping[str, Kind] = {
    "auto_number": _untouched("autonumber", "UnsupportedValue", empty_text=None),
    "button": _untouched(
        "button", "ButtonValue", fields={"color": _setting("color"), "label": _setting("label")}
    ),
    "direct_doc": _untouched("direct-doc", "DirectDocValue", can_be_created=False),
    "doc": _untouched("doc", "DocValue"),
    "formula": _untouched("formula", "FormulaValue", fields={"display_value": lambda _: ""}),
    "integration": _untouched(
        "integration",
        "IntegrationValue",
        fields={"entity_id": _nothing, "issue_api_url": _nothing, "issue_id": _nothing},
        can_be_created=False,
    ),
    "item_assignees": _untouched("item-assignees", "UnsupportedValue", empty_text=None, can_be_created=False),
    "progress": _untouched("columns-battery", "ProgressValue"),
    "unsupported": _untouched("unsupported", "UnsupportedValue", empty_text=None, can_be_created=False),
}
