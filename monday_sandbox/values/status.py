"""Status columns. Pure."""

from collections.abc import Mapping
from typing import Any

from monday_sandbox import labels
from monday_sandbox.values.kind import Content, Kind, Shown, Target, part, whole_number


def _write_status(given: Any, target: Target) -> Content:
    if not isinstance(given, dict) or not given.keys() & {"index", "label"}:
        raise target.refuse("expected an index or a label")
    if given.get("index") is not None:
        label_id = whole_number(given["index"], target)
    else:
        text = given.get("label")
        if text is None or text == "":
            return None
        if not isinstance(text, str | int):
            raise target.refuse("expected a label as a string")
        found = _label_named(str(text), target)
        if found is None:
            return {"index": _new_label(str(text), target), "post_id": None}
        label_id = found
    label = labels.status_label(target.settings, label_id)
    if label is None and label_id != labels.EMPTY_ID:
        raise target.refuse("label does not exist in column")
    if label is not None and label["is_deactivated"]:
        raise target.refuse("label is deactivated")
    return {"index": label_id, "post_id": None}


def _label_named(text: str, target: Target) -> int | None:
    """The id of the label with that text; a text of digits is taken for an id."""
    if text.isascii() and text.isdigit():
        return int(text)
    return next((label["id"] for label in target.settings["labels"] if label["label"] == text), None)


def _new_label(text: str, target: Target) -> int:
    if not target.may_create_labels:
        raise target.refuse("label does not exist in column")
    target.settings, label_id = labels.with_label(target.settings, text)
    return label_id


def _status_label(shown: Shown) -> Mapping[str, Any] | None:
    if shown.content is None:
        return None
    return labels.status_label(shown.column["settings"], shown.content["index"])


def _status_text(shown: Shown) -> str | None:
    label = _status_label(shown)
    return (label["label"] or None) if label is not None else None


def _status_event(shown: Shown) -> Any:
    label = _status_label(shown)
    color, border, var_name = labels.label_style(label)
    return {
        "label": {
            "index": shown.content["index"],
            "text": label["label"] if label is not None else "",
            "style": {"color": color, "border": border, "var_name": var_name},
            "is_done": bool(label and label["is_done"]),
        },
        "post_id": None,
    }


def _status_style(shown: Shown) -> dict[str, str] | None:
    label = _status_label(shown)
    if label is None:
        return None
    color, border, _ = labels.label_style(label)
    return {"color": color, "border": border}


def _status_is_done(shown: Shown) -> bool | None:
    label = _status_label(shown)
    return None if shown.content is None else bool(label and label["is_done"])


KINDS: Mapping[str, Kind] = {
    "status": Kind(
        event_type="color",
        type_name="StatusValue",
        id_prefix="color",
        write=_write_status,
        from_text=lambda text: {"label": text},
        text=_status_text,
        event=_status_event,
        fields={
            "index": part("index"),
            "is_done": _status_is_done,
            "label": _status_text,
            "label_style": _status_style,
            "update_id": lambda _: None,
        },
    ),
}
