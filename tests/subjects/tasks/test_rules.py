"""A customer reads the tasks that are marked for it, in their order, and of the others nothing."""

import json
from collections.abc import Sequence
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.conversation.rules import is_public, public_title
from app.mirror.seen import SubitemSeen
from app.monday.values import read_value, write_value
from app.tasks.rules import LONGEST_NAME, LONGEST_TEXT, MOST_LINES, shown_tasks

MARKS = st.sampled_from(("@kund", "@customer", "@Kund", "@CUSTOMER", "@kund:", "@kund -"))
#: What makes a name look marked, and is none.
UNMARKED = st.sampled_from(
    ("", "kund", "@kunden", "@kund-teamet", "@kund.se", "x @kund", "> @kund", "(@customer)")
)
LANGUAGES = st.sampled_from(("sv", "en"))


def task(name: str, *, is_done: bool = False) -> SubitemSeen:
    return SubitemSeen("1", name, is_done)


@st.composite
def lists_of_tasks(draw: st.DrawFn) -> tuple[list[SubitemSeen], list[str], list[str]]:
    """Tasks, and the words that stand in the public and in the internal ones of them only."""
    tasks: list[SubitemSeen] = []
    public: list[str] = []
    internal: list[str] = []
    for number in range(draw(st.integers(0, 50))):
        word = f"wörd{number}z"
        is_marked = draw(st.booleans())
        mark = draw(MARKS if is_marked else UNMARKED)
        (public if is_marked else internal).append(word)
        filler = draw(st.text(max_size=30)) if is_marked else ""
        tasks.append(task(f"{mark} {word} {filler}", is_done=draw(st.booleans())))
    return tasks, public, internal


@given(lists_of_tasks(), LANGUAGES)
def test_nothing_internal_is_ever_shown(
    given_: tuple[list[SubitemSeen], list[str], list[str]], language: str
) -> None:
    tasks, _, internal = given_
    shown = shown_tasks(tasks, language) or ""
    assert [word for word in internal if word in shown] == []


@given(lists_of_tasks(), LANGUAGES)
def test_internal_tasks_leave_no_trace(
    given_: tuple[list[SubitemSeen], list[str], list[str]], language: str
) -> None:
    tasks, _, _ = given_
    public = [one for one in tasks if public_title(one.name) is not None]
    assert shown_tasks(tasks, language) == shown_tasks(public, language)


@given(lists_of_tasks(), LANGUAGES)
def test_public_tasks_stand_in_their_order_and_what_has_no_room_is_counted(
    given_: tuple[list[SubitemSeen], list[str], list[str]], language: str
) -> None:
    tasks, public, _ = given_
    lines = (shown_tasks(tasks, language) or "").splitlines()
    has_more = len(lines) > 0 and lines[-1].startswith("…")
    named = lines[:-1] if has_more else lines
    assert all(word in line for word, line in zip(public, named, strict=False))
    assert len(named) <= MOST_LINES
    left_out = [int(part) for part in lines[-1].split() if part.isdecimal()] if has_more else [0]
    assert left_out == [len(public) - len(named)]


@given(lists_of_tasks(), LANGUAGES)
def test_what_is_shown_fits_and_comes_back_from_the_board_as_it_was(
    given_: tuple[list[SubitemSeen], list[str], list[str]], language: str
) -> None:
    shown = shown_tasks(given_[0], language)
    assert shown is None or len(shown.encode("utf-16-le")) // 2 <= LONGEST_TEXT
    assert shown is None or shown == shown.strip()
    assert read_value("long_text", json.dumps(write_value("long_text", shown)), None) == shown


@given(st.text(max_size=60))
def test_a_title_is_public_by_the_rule_that_holds_for_updates(name: str) -> None:
    if public_title(name) is not None:
        assert is_public(escape(" ".join(name.split())))


@given(st.lists(st.text(max_size=300), max_size=150))
def test_any_names_make_lines_of_a_bearable_length(names: Sequence[str]) -> None:
    shown = shown_tasks([task(f"@kund {name}") for name in names], "sv") or ""
    assert all(len(line) <= LONGEST_NAME + 2 for line in shown.split("\n"))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("@kund Mend the report", "☐ Mend the report"),
        ("@customer: mend", "☐ mend"),
        ("  @kund   Mend\n the   report ", "☐ Mend the report"),
        ("@kund <b>1 & 2</b>", "☐ <b>1 & 2</b>"),
        ("@kund @customer Mend", "☐ Mend"),
        ("@kund \u202eMend", "☐ Mend"),
        ("@kund", None),
        ("Mend the report @kund", None),
        ("@kundvagnen is empty", None),
        ("", None),
    ],
)
def test_a_name_is_shown_without_its_mark(name: str, shown: str | None) -> None:
    assert shown_tasks([task(name)], "en") == shown


def test_what_is_done_is_ticked() -> None:
    tasks = [task("@kund One", is_done=True), task("@kund Two")]
    assert shown_tasks(tasks, "en") == "☑ One\n☐ Two"


@pytest.mark.parametrize(("language", "more"), [("sv", "… och 3 till"), ("en", "… and 3 more")])
def test_more_than_a_reader_bears_is_counted(language: str, more: str) -> None:
    tasks = [task(f"@kund {number}") for number in range(MOST_LINES + 3)]
    assert (shown_tasks(tasks, language) or "").splitlines()[-1] == more
