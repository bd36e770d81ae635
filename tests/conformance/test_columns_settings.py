"""Settings of columns, whatever is given for them."""

from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from monday_sandbox import column_settings, labels, refusals
from tests.conformance.columns import CREATABLE

_KEYS = (
    *("labels", "label", "color", "index", "id", "name", "is_done", "is_deactivated", "description"),
    *("limit_select", "label_limit_count", "settings", "unit", "symbol", "direction", "formula", "boardIds"),
    *("relation_column", "displayed_linked_columns", "board_id", "column_ids", "0", "1"),
)
_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-1, 41)
    | st.text(max_size=3)
    | st.sampled_from(("navy", "purple", "left", "x" * 31))
)
_JSON = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_KEYS), inner, max_size=4),
    max_leaves=10,
)
_LABEL = st.fixed_dictionaries(
    {"label": _LEAVES, "color": _LEAVES, "index": _LEAVES}, optional={"id": _LEAVES}
)
_GIVEN = st.dictionaries(st.sampled_from(_KEYS), _JSON, max_size=4) | st.fixed_dictionaries(
    {"labels": st.lists(_LABEL, max_size=3)}
)


#: Making what is given costs more than trying it: what is made once is given to columns of all types.
_FOR_ALL_TYPES = settings(max_examples=100)


@_FOR_ALL_TYPES
@given(defaults=_GIVEN)
def test_any_defaults_make_settings_or_are_refused(defaults: dict[str, Any]) -> None:
    for column_type in CREATABLE:
        try:
            made = column_settings.made(column_type, defaults)
        except refusals.Refusal:
            continue
        assert isinstance(made, dict), column_type


@_FOR_ALL_TYPES
@given(wanted=_GIVEN)
@example(wanted={"labels": [{"label": "By a number as text", "id": "1"}, {"label": "New", "id": "0"}]})
def test_any_change_of_settings_is_made_or_refused(wanted: dict[str, Any]) -> None:
    for column_type in CREATABLE:
        present = column_settings.made(column_type, {})
        try:
            changed = column_settings.changed(column_type, present, wanted, frozenset({1}))
        except refusals.Refusal:
            continue
        assert isinstance(changed, dict), column_type


@given(label_list=st.lists(_LABEL, max_size=4), used=st.frozensets(st.integers(0, 19)))
def test_no_change_of_labels_loses_one_in_use_or_gives_an_id_twice(
    label_list: list[dict[str, Any]], used: frozenset[int]
) -> None:
    present = labels.default_status_settings()
    try:
        changed = column_settings.changed("status", present, {"labels": label_list}, used)
    except refusals.Refusal:
        return
    ids = [label["id"] for label in changed["labels"]]
    assert len(set(ids)) == len(ids)
    assert {label["id"] for label in present["labels"]} & used <= set(ids)
