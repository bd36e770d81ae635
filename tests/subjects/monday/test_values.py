"""Column values: what is written is read back, whatever form monday.com keeps it in."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.monday.values import LabelMissingError, is_told, read_value, write_value

LABEL_IDS = {"new": 0, "in_progress": 3, "solved": 108}
LABEL_KEYS = {id_: key for key, id_ in LABEL_IDS.items()}

#: Text without what monday.com takes for none at all.
texts = st.text(st.characters(codec="utf-8"), min_size=1)
days = st.dates().map(str)
times = st.times().map(lambda time: time.strftime("%H:%M:%S"))
people = st.sets(st.tuples(st.sampled_from(["person", "team"]), st.integers(0, 2**63)), min_size=1)
numbers = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20, places=4)

#: Column type → its canonical values.
CANONICAL: dict[str, st.SearchStrategy[Any]] = {
    "text": texts,
    "long_text": texts,
    "numbers": numbers.map(lambda number: read_value("numbers", json.dumps(str(number)), None)),
    "status": st.sampled_from([*LABEL_IDS, "#7", "#12"]),
    "date": days | st.builds("{}T{}Z".format, days, times),
    "people": people.map(lambda found: sorted(f"{kind}-{id_}" for kind, id_ in found)),
    "checkbox": st.just(True),
    "link": st.tuples(texts, st.text()).map(list),
    "email": st.tuples(texts, st.text()).map(list),
    "phone": st.tuples(texts, st.text()).map(list),
    "timeline": st.tuples(days, days).map(list),
    "dropdown": st.sets(st.integers(0, 500), min_size=1).map(sorted),
}
typed_values = st.sampled_from(sorted(CANONICAL)).flatmap(
    lambda column_type: st.tuples(st.just(column_type), st.none() | CANONICAL[column_type])
)


def kept(written: Any) -> str | None:
    """The raw ``value`` that monday.com gives after a write: JSON, with notes of its own."""
    if written is None or written in ({}, ""):
        return None
    if isinstance(written, dict):
        return json.dumps({**written, "changed_at": "2026-11-23T09:00:00.000Z", "post_id": None})
    return json.dumps(written)


@given(typed_values)
def test_what_is_written_is_read_back(typed: tuple[str, Any]) -> None:
    column_type, value = typed
    written = write_value(column_type, value, LABEL_IDS)
    assert read_value(column_type, kept(written), None, LABEL_KEYS) == value


@given(typed_values)
def test_a_value_stays_as_it_is_when_it_goes_to_and_fro(typed: tuple[str, Any]) -> None:
    column_type, value = typed
    written = write_value(column_type, value, LABEL_IDS)
    read = read_value(column_type, kept(written), None, LABEL_KEYS)
    assert write_value(column_type, read, LABEL_IDS) == written


@given(typed_values)
def test_a_canonical_value_is_plain_json(typed: tuple[str, Any]) -> None:
    column_type, value = typed
    read = read_value(column_type, kept(write_value(column_type, value, LABEL_IDS)), None, LABEL_KEYS)
    assert json.loads(json.dumps(read)) == read


@pytest.mark.parametrize(
    ("column_type", "raw", "value"),
    [
        ("text", '"hej"', "hej"),
        ("text", '{"text": "hej"}', "hej"),
        ("text", "hej", "hej"),
        ("text", '"42"', "42"),
        ("text", '""', None),
        ("text", '{"text": ""}', None),
        ("text", "", None),
        ("long_text", '{"text": "rad\\nrad", "changed_at": "2026-11-23T09:00:00Z"}', "rad\nrad"),
        ("long_text", '"rad"', "rad"),
        ("long_text", "{}", None),
        ("numbers", '"42.5"', "42.5"),
        ("numbers", '"42.50"', "42.5"),
        ("numbers", "42", "42"),
        ("numbers", "42.0", "42"),
        ("numbers", '"0"', "0"),
        ("numbers", '"-0.0"', "0"),
        ("numbers", '"1e3"', "1000"),
        ("numbers", '"100"', "100"),
        ("numbers", '"1e999999999"', "1e999999999"),
        ("numbers", '"NaN"', "NaN"),
        ("numbers", '"twelve"', "twelve"),
        ("numbers", '""', None),
        ("status", '{"index": 0}', "new"),
        ("status", '{"index": "3"}', "in_progress"),
        ("status", '{"index": 108, "post_id": null, "changed_at": "2026-11-23T09:00:00Z"}', "solved"),
        ("status", '{"index": 5}', None),
        ("status", '{"index": 9}', "#9"),
        ("status", '{"index": null}', None),
        ("status", "{}", None),
        ("date", '{"date": "2026-11-30"}', "2026-11-30"),
        ("date", '{"date": "2026-11-30", "time": null, "icon": null}', "2026-11-30"),
        ("date", '{"date": "2026-11-30", "time": ""}', "2026-11-30"),
        ("date", '{"date": "2026-11-30", "time": "08:00"}', "2026-11-30T08:00:00Z"),
        ("date", '{"date": "2026-11-30", "time": "08:00:00"}', "2026-11-30T08:00:00Z"),
        ("date", '{"date": ""}', None),
        (
            "people",
            '{"personsAndTeams": [{"id": 7, "kind": "team"}, {"id": 7, "kind": "person"}]}',
            ["person-7", "team-7"],
        ),
        ("people", '{"personsAndTeams": [{"id": 7}]}', ["person-7"]),
        ("people", '{"personsAndTeams": []}', None),
        ("people", '{"personsAndTeams": null}', None),
        ("checkbox", '{"checked": "true"}', True),
        ("checkbox", '{"checked": true}', True),
        ("checkbox", '{"checked": "false"}', None),
        ("checkbox", "false", None),
        ("checkbox", "{}", None),
        ("link", '{"url": "https://example.com", "text": "här"}', ["https://example.com", "här"]),
        ("link", '{"url": "https://example.com", "text": null}', ["https://example.com", ""]),
        ("link", '{"url": "", "text": ""}', None),
        ("email", '{"email": "a@example.com", "text": "A"}', ["a@example.com", "A"]),
        ("phone", '{"phone": "+46701234567", "countryShortName": "SE"}', ["+46701234567", "SE"]),
        ("timeline", '{"from": "2026-05-01", "to": "2026-05-15"}', ["2026-05-01", "2026-05-15"]),
        ("dropdown", '{"ids": [4, 1]}', [1, 4]),
        ("dropdown", '{"ids": []}', None),
        ("rating", '{"rating": 4}', '{"rating": 4}'),
    ],
)
def test_every_form_of_a_value_is_read(column_type: str, raw: str, value: object) -> None:
    assert read_value(column_type, raw, "shown differently", LABEL_KEYS) == value


@pytest.mark.parametrize("column_type", sorted(CANONICAL))
def test_an_empty_cell_is_none(column_type: str) -> None:
    assert read_value(column_type, None, "", LABEL_KEYS) is None
    assert read_value(column_type, "null", None, LABEL_KEYS) is None


def test_a_column_without_raw_values_is_read_by_its_text() -> None:
    assert read_value("mirror", None, "Anna, Bo") == "Anna, Bo"
    assert read_value("mirror", None, "") is None


@pytest.mark.parametrize(
    ("column_type", "cleared"),
    [
        ("text", ""),
        ("numbers", ""),
        ("checkbox", None),
        *((column_type, {}) for column_type in ("long_text", "status", "date", "people", "link", "email")),
        *((column_type, {}) for column_type in ("phone", "timeline", "dropdown")),
    ],
)
def test_a_cell_is_cleared_in_its_own_way(column_type: str, cleared: object) -> None:
    assert write_value(column_type, None, LABEL_IDS) == cleared


@pytest.mark.parametrize(
    ("column_type", "value", "written"),
    [
        ("text", "hej", "hej"),
        ("long_text", "hej", {"text": "hej"}),
        ("numbers", "42.5", "42.5"),
        ("status", "new", {"index": 0}),
        ("status", "#9", {"index": 9}),
        ("date", "2026-11-30", {"date": "2026-11-30"}),
        ("date", "2026-11-30T08:00:00Z", {"date": "2026-11-30", "time": "08:00:00"}),
        (
            "people",
            ["person-7", "team-2"],
            {"personsAndTeams": [{"id": 7, "kind": "person"}, {"id": 2, "kind": "team"}]},
        ),
        ("checkbox", True, {"checked": "true"}),
        ("link", ["https://example.com", "här"], {"url": "https://example.com", "text": "här"}),
        ("email", ["a@example.com", "A"], {"email": "a@example.com", "text": "A"}),
        ("phone", ["+46701234567", "SE"], {"phone": "+46701234567", "countryShortName": "SE"}),
        ("timeline", ["2026-05-01", "2026-05-15"], {"from": "2026-05-01", "to": "2026-05-15"}),
        ("dropdown", [1, 4], {"ids": [1, 4]}),
    ],
)
def test_a_value_is_written_as_monday_wants_it(column_type: str, value: object, written: object) -> None:
    assert write_value(column_type, value, LABEL_IDS) == written


def test_a_label_that_the_board_lacks_is_named() -> None:
    with pytest.raises(LabelMissingError, match="'urgent'") as raised:
        write_value("status", "urgent", LABEL_IDS)
    assert (raised.value.label, raised.value.permanent) == ("urgent", True)


@pytest.mark.parametrize("column_type", ["mirror", "formula", "subtasks", "nonsense"])
def test_a_column_that_can_not_be_written_is_named(column_type: str) -> None:
    with pytest.raises(ValueError, match=column_type):
        write_value(column_type, "x")


def told(column_type: str, value: Any) -> Any:
    """A canonical value as a delivery tells it."""
    written = write_value(column_type, value, LABEL_IDS)
    if column_type == "status":
        return {"label": {**written, "text": "as people read it"}, "post_id": None}
    changed_at = {"changed_at": "2026-11-23T09:00:00.000Z"}
    return {**(written if isinstance(written, dict) else {"value": written}), **changed_at}


@given(typed_values, typed_values)
def test_a_delivery_tells_its_own_value_and_no_other(typed: tuple[str, Any], other: tuple[str, Any]) -> None:
    column_type, value = typed
    if value is not None:
        assert is_told(column_type, told(column_type, value), value, LABEL_KEYS)
    if other[0] == column_type and other[1] != value:
        assert not is_told(column_type, told(column_type, other[1]), value, LABEL_KEYS)


@pytest.mark.parametrize("column_type", [*CANONICAL, "file", "something_new"])
@pytest.mark.parametrize("form", [None, {}, [], "text", 7, {"label": None}, {"value": None}])
def test_a_delivery_without_a_value_tells_nothing_for_certain(column_type: str, form: Any) -> None:
    assert not is_told(column_type, form, None, LABEL_KEYS)
    assert not is_told(column_type, form, "text", LABEL_KEYS)
