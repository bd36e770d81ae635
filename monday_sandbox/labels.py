"""Labels of status and dropdown columns: colours, ids, and settings as monday.com shows them.

A status label's *id* is given once, when it is made: the number of its colour. Values name
that id (and call it ``index``); ``settings.labels[].index`` is the place in the list. Id 0
is valid; id 5 is the grey that stands for empty unless a label was made of it.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from monday_sandbox import refusals

EMPTY_ID = 5
MOST_LABELS = 40
LONGEST_LABEL = 30
EMPTY_COLOUR = ("#c4c4c4", "#b0b0b0", "grey")

#: Colour's name → its number, its hex, its border's hex and its name in webhooks.
COLOURS: Mapping[str, tuple[int, str, str, str]] = {
    "working_orange": (0, "#fdab3d", "#e99729", "orange"),
    "done_green": (1, "#00c875", "#00b461", "green-shadow"),
    "stuck_red": (2, "#df2f4a", "#ce3048", "red-shadow"),
    "dark_blue": (3, "#007eb5", "#3db0df", "blue-links"),
    "purple": (4, "#9d50dd", "#9238af", "purple"),
    "explosive": (5, "#c4c4c4", "#b0b0b0", "grey"),
    "grass_green": (6, "#037f4c", "#006b38", "grass-green"),
    "bright_blue": (7, "#579bfc", "#4387e8", "bright-blue"),
    "saladish": (8, "#cab641", "#c0ab31", "mustered"),
    "egg_yolk": (9, "#ffcb00", "#c29e11", "yellow"),
    "blackish": (10, "#333333", "#000000", "soft-black"),
    "dark_red": (11, "#bb3354", "#a42d4a", "dark-red"),
    "sofia_pink": (12, "#e50073", "#c50063", "dark-pink"),
    "lipstick": (13, "#ff5ac4", "#e04fac", "light-pink"),
    "dark_purple": (14, "#784bd1", "#6b43ba", "dark-purple"),
    "bright_green": (15, "#9cd326", "#89b921", "lime-green"),
    "chili_blue": (16, "#66ccff", "#5ab3e0", "turquoise"),
    "american_gray": (17, "#757575", "#676767", "trolley-grey"),
    "brown": (18, "#7f5347", "#70493e", "brown"),
    "dark_orange": (19, "#ff6d3b", "#e05f34", "dark-orange"),
    "sunset": (101, "#ff7575", "#e06767", "sunset"),
    "bubble": (102, "#faa1f1", "#dc8dd4", "bubble"),
    "peach": (103, "#ffadad", "#e09898", "peach"),
    "berry": (104, "#7e3b8a", "#6e3379", "berry"),
    "winter": (105, "#9aadbd", "#8798a6", "winter"),
    "river": (106, "#74afcc", "#6699b2", "river"),
    "navy": (107, "#225091", "#1d457d", "navy"),
    "aquamarine": (108, "#4eccc6", "#44b3ad", "aquamarine"),
    "indigo": (109, "#5559df", "#4a4ec3", "indigo"),
    "dark_indigo": (110, "#401694", "#381381", "dark-indigo"),
    "pecan": (151, "#563e3e", "#4b3636", "pecan"),
    "lavender": (152, "#bda8f9", "#a693da", "lavender"),
    "royal": (153, "#216edf", "#1d61c3", "royal"),
    "steel": (154, "#a9bee8", "#94a7cb", "steel"),
    "orchid": (155, "#e484bd", "#c874a6", "orchid"),
    "lilac": (156, "#9d99b9", "#8a86a2", "lilac"),
    "tan": (157, "#bca58a", "#a59179", "tan"),
    "sky": (158, "#a1e3f6", "#8dc7d8", "sky"),
    "coffee": (159, "#cd9282", "#b48072", "coffee"),
    "teal": (160, "#175a63", "#144f57", "teal"),
}
_NAMES_BY_NUMBER = {number: name for name, (number, *_) in COLOURS.items()}
_STATUS_DEFAULTS = (
    ("Working on it", "working_orange", False),
    ("Done", "done_green", True),
    ("Stuck", "stuck_red", False),
)


def default_status_settings() -> dict[str, Any]:
    """What a status column has that was made without labels."""
    return new_status_settings(
        [
            {"label": text, "color": colour, "index": index, "is_done": is_done}
            for index, (text, colour, is_done) in enumerate(_STATUS_DEFAULTS)
        ]
    )


def new_status_settings(given: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The settings of a new status column: each label gets its colour's number as its id.

    Raises:
        Refusal: too many labels, a text too long, or an index or a colour used twice.
    """
    _check(given)
    return {"type": "status", "labels": [_label(COLOURS[label["color"]][0], label) for label in given]}


def changed_status_settings(
    settings: Mapping[str, Any], given: Sequence[Mapping[str, Any]], used: frozenset[int]
) -> dict[str, Any]:
    """The settings after the whole list of labels was replaced.

    Args:
        settings: The present settings.
        given: The labels wanted. One without an id keeps the id of the label with its text,
            else it is new.
        used: Ids that items hold; such a label can't be left out.

    Raises:
        Refusal: as for new ones; or an id is unknown, or a label in use is left out.
    """
    _check(given)
    present = {label["id"]: label for label in settings["labels"]}
    by_text = {label["label"]: label["id"] for label in settings["labels"]}
    ids: set[int] = set()
    labels = []
    for label in given:
        label_id = label.get("id")
        if label_id is None:
            label_id = by_text.get(label["label"])
        elif label_id not in present:
            raise refusals.invalid_argument(f"Label id {label_id} does not exist in the column")
        if label_id is None or label_id in ids:
            label_id = _free_id(label["color"], ids | present.keys())
        ids.add(label_id)
        labels.append(_label(label_id, label))
    _check_none_lost(present.keys() - ids, used)
    return {**settings, "labels": labels}


def legacy_status_settings(defaults: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that ``create_column`` makes of its JSON: labels in a list, or texts by id.

    Raises:
        Refusal: the labels are malformed.
    """
    labels = defaults.get("labels")
    if labels is None:
        return default_status_settings()
    if isinstance(labels, list):
        try:
            return new_status_settings([{"index": place, **label} for place, label in enumerate(labels)])
        except (KeyError, TypeError, AttributeError) as error:
            raise refusals.invalid_argument("The labels of a status column are malformed") from error
    if not isinstance(labels, dict):
        raise refusals.invalid_argument("The labels of a status column are malformed")
    given = []
    for place, (number, text) in enumerate(labels.items()):
        colour = _NAMES_BY_NUMBER.get(int(number)) if str(number).isdigit() else None
        if colour is None:
            raise refusals.invalid_argument(f"There is no status label with the id {number}")
        given.append({"label": str(text), "color": colour, "index": place})
    return new_status_settings(given)


def with_label(settings: Mapping[str, Any], text: str) -> tuple[dict[str, Any], int]:
    """The settings with one more status label, and its id.

    Raises:
        Refusal: the column has no colour left for it, or the text is too long.
    """
    labels = settings["labels"]
    colours = {label["color"] for label in labels}
    places = {label["index"] for label in labels}
    colour = next((name for name in COLOURS if name not in colours and name != "explosive"), None)
    if colour is None:
        raise refusals.column_value("the column has as many labels as it can have", "color")
    place = next(index for index in range(MOST_LABELS + 1) if index not in places)
    given = {"label": text, "color": colour, "index": place}
    _check([*labels, given])
    label_id = _free_id(colour, {label["id"] for label in labels})
    return {**settings, "labels": [*labels, _label(label_id, given)]}, label_id


def status_label(settings: Mapping[str, Any], label_id: int) -> Mapping[str, Any] | None:
    """The status label with that id."""
    return next((label for label in settings["labels"] if label["id"] == label_id), None)


def label_style(label: Mapping[str, Any] | None) -> tuple[str, str, str]:
    """Colour, border and the colour's name in webhooks; grey for no label."""
    return EMPTY_COLOUR if label is None else COLOURS[label["color"]][1:]


def status_settings_string(settings: Mapping[str, Any]) -> str:
    """A status column's settings in the older form: texts by id."""
    labels = settings["labels"]
    return json.dumps(
        {
            "done_colors": [label["id"] for label in labels if label["is_done"]],
            "labels": {str(label["id"]): label["label"] for label in labels},
            "labels_positions_v2": {str(label["id"]): label["index"] for label in labels},
            "labels_colors": {
                str(label["id"]): dict(zip(("color", "border", "var_name"), label_style(label), strict=True))
                for label in labels
            },
        },
        ensure_ascii=False,
    )


def dropdown_settings(defaults: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a new dropdown column; ids count from 1.

    Args:
        defaults: ``labels`` as texts or as objects with ``label`` or ``name``, ``limit_select`` and
            ``label_limit_count``, how many labels can then be chosen.

    Raises:
        Refusal: the labels are malformed.
    """
    given = defaults.get("labels") or []
    if not isinstance(given, list):
        raise refusals.invalid_argument("The labels of a dropdown column are malformed")
    texts = [
        (label.get("label") or label.get("name")) if isinstance(label, dict) else label for label in given
    ]
    _check_options(texts)
    return {
        "type": "dropdown",
        **_choice_limits(defaults, {"limit_select": False, "label_limit_count": None}),
        "labels": [
            {"id": number, "label": text, "is_deactivated": False} for number, text in enumerate(texts, 1)
        ],
    }


def changed_dropdown_settings(
    settings: Mapping[str, Any], given: Mapping[str, Any], used: frozenset[int]
) -> dict[str, Any]:
    """The settings after a change; a list of labels replaces the whole list.

    Args:
        settings: The present settings.
        given: ``labels``, ``limit_select`` and ``label_limit_count``, as far as they are to be changed.
            A label without an id keeps the id of the label with its text, else it is new.
        used: Ids that items hold; such a label can't be left out.

    Raises:
        Refusal: labels are malformed or used twice, an id is unknown, or a label in use is left out.
    """
    present = settings["labels"]
    wanted = present if given.get("labels") is None else given["labels"]
    _check_options([label["label"] for label in wanted])
    by_text = {label["label"]: label["id"] for label in present}
    known = {label["id"] for label in present}
    next_number = max(known, default=0) + 1
    labels: list[dict[str, Any]] = []
    for label in wanted:
        label_id = label.get("id")
        if label_id is None:
            label_id = by_text.get(label["label"])
        elif label_id not in known:
            raise refusals.invalid_argument(f"Label id {label_id} does not exist in the column")
        if label_id is None or label_id in {other["id"] for other in labels}:
            label_id, next_number = next_number, next_number + 1
        labels.append(
            {"id": label_id, "label": label["label"], "is_deactivated": bool(label.get("is_deactivated"))}
        )
    _check_none_lost(known - {label["id"] for label in labels}, used)
    return {**settings, **_choice_limits(given, settings), "labels": labels}


def _check_options(texts: Sequence[Any]) -> None:
    if not all(isinstance(text, str) and text for text in texts):
        raise refusals.invalid_argument("The labels of a dropdown column are malformed")
    if len(set(texts)) != len(texts):
        raise refusals.invalid_argument("Labels must be unique")


def _check_none_lost(lost: set[int], used: frozenset[int]) -> None:
    if lost & used:
        raise refusals.invalid_argument(
            "Labels in use can't be deleted, deactivate them", label_ids=sorted(lost & used)
        )


def _choice_limits(given: Mapping[str, Any], present: Mapping[str, Any]) -> dict[str, Any]:
    """Whether the number of labels in a cell is limited, and to how many: one unless told."""
    limits = {
        name: given[name] if given.get(name) is not None else present.get(name)
        for name in ("limit_select", "label_limit_count")
    }
    most = limits["label_limit_count"]
    if most is not None and (not isinstance(most, int) or most < 1):
        raise refusals.invalid_argument("label_limit_count must be at least 1")
    return {"limit_select": bool(limits["limit_select"]), "label_limit_count": most}


def with_option(settings: Mapping[str, Any], text: str) -> tuple[dict[str, Any], int]:
    """The settings with one more dropdown option, and its id."""
    labels = settings["labels"]
    number = max((label["id"] for label in labels), default=0) + 1
    option = {"id": number, "label": text, "is_deactivated": False}
    return {**settings, "labels": [*labels, option]}, number


def dropdown_settings_string(settings: Mapping[str, Any]) -> str:
    """A dropdown column's settings in the older form."""
    labels = [{"id": label["id"], "name": label["label"]} for label in settings["labels"]]
    return json.dumps({"limit_select": settings["limit_select"], "labels": labels}, ensure_ascii=False)


def _label(label_id: int, given: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": label_id,
        "label": given["label"],
        "color": given["color"],
        "hex": COLOURS[given["color"]][1],
        "index": given["index"],
        "is_done": bool(given.get("is_done")),
        "is_deactivated": bool(given.get("is_deactivated")),
        "description": given.get("description"),
    }


def _free_id(colour: str, taken: set[int]) -> int:
    number = COLOURS[colour][0]
    if number not in taken:
        return number
    return next(number for number, *_ in COLOURS.values() if number not in taken)


def _check(labels: Sequence[Mapping[str, Any]]) -> None:
    if len(labels) > MOST_LABELS:
        raise refusals.invalid_argument(f"A status column can have up to {MOST_LABELS} labels")
    for label in labels:
        if len(label["label"]) > LONGEST_LABEL:
            raise refusals.invalid_argument(f"A label can have up to {LONGEST_LABEL} characters")
        if not 0 <= label["index"] < MOST_LABELS:
            raise refusals.invalid_argument(f"A label's index must be from 0 to {MOST_LABELS - 1}")
        if label["color"] not in COLOURS:
            raise refusals.invalid_argument(f"There is no label color {label['color']}")
    for part in ("index", "color"):
        values = [label[part] for label in labels]
        if len(set(values)) != len(values):
            raise refusals.invalid_argument(f"Labels must have a unique {part}")
