"""What a board lacks of its template, whatever people did to it meanwhile."""

import json
import string
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.boards import templates
from app.boards.rules import (
    BoardSeen,
    ColumnSeen,
    LabelSeen,
    Structure,
    map_board,
    plan_provisioning,
    read_board,
    read_labels,
)
from app.boards.templates import ColumnTemplate, Template

TICKETS = templates.load_all()["tickets"]
LANGUAGES = ("sv", "en")
NOTHING_KNOWN = Structure()


def labels_of(column: ColumnTemplate, language: str, *, first_id: int = 0) -> tuple[LabelSeen, ...]:
    """The labels as monday.com would have made them, with ids of its own choosing."""
    return tuple(
        LabelSeen(
            id=first_id + 7 * number,
            text=label.texts.spoken(language),
            index=label.index,
            color=label.color,
            is_done=label.is_done,
        )
        for number, label in enumerate(column.labels)
    )


def board_of(template: Template, language: str = "en", *, first_label_id: int = 0) -> BoardSeen:
    """A board as provisioning leaves it."""
    columns = (
        ColumnSeen(
            id=column.key,
            title=column.title.spoken(language),
            type=column.type,
            revision="1",
            labels=labels_of(column, language, first_id=first_label_id),
        )
        for column in template.columns
    )
    groups = {f"group_{group.key}": group.title.spoken(language) for group in template.groups}
    return BoardSeen("1", template.title.spoken(language), "active", tuple(columns), groups)


def known_of(board: BoardSeen, template: Template = TICKETS) -> Structure:
    return plan_provisioning(template, "en", board, NOTHING_KNOWN).structure


def without(board: BoardSeen, column_id: str) -> BoardSeen:
    return replace(board, columns=tuple(c for c in board.columns if c.id != column_id))


def with_column(board: BoardSeen, column_id: str, **changes: Any) -> BoardSeen:
    columns = (replace(c, **changes) if c.id == column_id else c for c in board.columns)
    return replace(board, columns=tuple(columns))


def with_labels(board: BoardSeen, column_id: str, labels: Iterable[LabelSeen]) -> BoardSeen:
    return with_column(board, column_id, labels=tuple(labels))


def status_labels(board: BoardSeen) -> tuple[LabelSeen, ...]:
    return next(column.labels for column in board.columns if column.id == "status")


def test_where_there_is_no_board_everything_is_made() -> None:
    plan = plan_provisioning(TICKETS, "sv", None, NOTHING_KNOWN)
    assert (plan.columns, plan.groups) == (TICKETS.columns, TICKETS.groups)


@pytest.mark.parametrize("template", templates.load_all().values(), ids=lambda template: template.key)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_provisioned_board_lacks_nothing(template: Template, language: str) -> None:
    plan = plan_provisioning(template, language, board_of(template, language), NOTHING_KNOWN)
    assert plan.is_complete
    assert plan.faults == ()
    assert set(plan.structure.columns) == {column.key for column in template.columns}


@given(st.sets(st.sampled_from([column.key for column in TICKETS.columns])))
def test_exactly_what_is_missing_is_made_again(deleted: set[str]) -> None:
    whole = board_of(TICKETS)
    board = replace(whole, columns=tuple(c for c in whole.columns if c.id not in deleted))
    plan = plan_provisioning(TICKETS, "en", board, known_of(whole))
    assert [column.key for column in plan.columns] == [c.key for c in TICKETS.columns if c.key in deleted]
    assert set(plan.structure.columns).isdisjoint(deleted)


@given(st.sampled_from(TICKETS.columns), st.text(min_size=1, max_size=30))
def test_a_renamed_column_keeps_its_name_and_its_meaning(column: ColumnTemplate, title: str) -> None:
    board = with_column(board_of(TICKETS), column.key, title=title)
    plan = plan_provisioning(TICKETS, "en", board, NOTHING_KNOWN)
    assert plan.is_complete
    assert plan.structure.columns[column.key].title == title


@given(
    st.sampled_from(["status", "priority", "sla_status"]),
    st.data(),
    st.text(alphabet=string.ascii_letters, min_size=1, max_size=30),
)
def test_a_renamed_label_keeps_its_meaning(column_key: str, data: st.DataObject, text: str) -> None:
    board = board_of(TICKETS)
    known = known_of(board)
    column = next(c for c in board.columns if c.id == column_key)
    renamed = data.draw(st.sampled_from(column.labels))
    labels = (replace(label, text=text) if label.id == renamed.id else label for label in column.labels)
    plan = plan_provisioning(TICKETS, "en", with_labels(board, column_key, labels), known)
    assert plan.is_complete
    before, after = known.columns[column_key].labels, plan.structure.columns[column_key].labels
    assert {key: place.id for key, place in after.items()} == {key: place.id for key, place in before.items()}
    assert text in {place.text for place in after.values()}


def test_swapped_label_texts_do_not_swap_their_meanings() -> None:
    board = board_of(TICKETS)
    known = known_of(board)
    one, two, *rest = status_labels(board)
    swapped = (replace(one, text=two.text), replace(two, text=one.text), *rest)
    plan = plan_provisioning(TICKETS, "en", with_labels(board, "status", swapped), known)
    assert plan.structure.columns["status"].labels["new"].id == one.id


def test_a_label_made_by_hand_in_the_other_language_is_found_by_its_text() -> None:
    board = board_of(TICKETS, "sv")
    plan = plan_provisioning(TICKETS, "en", board, NOTHING_KNOWN)
    assert plan.is_complete
    assert len(plan.structure.columns["status"].labels) == 5


def test_label_id_zero_is_an_id() -> None:
    board = board_of(TICKETS, first_label_id=0)
    column = map_tickets(known_of(board)).columns["status"]
    assert column.label_ids["new"] == 0
    assert column.label_keys[0] == "new"


def test_a_deleted_label_is_put_back_beside_all_the_others() -> None:
    board = board_of(TICKETS)
    known = known_of(board)
    own = LabelSeen(id=99, text="Our own", index=4, color="sky", description="kept")
    left = (*status_labels(board)[:-1], own)
    plan = plan_provisioning(TICKETS, "en", with_labels(board, "status", left), known)
    (repair,) = plan.labels
    assert (repair.column_id, repair.revision) == ("status", "1")
    assert [label.get("id") for label in repair.labels] == [0, 7, 14, 21, 99, None]
    assert repair.labels[-2] == {
        "id": 99,
        "label": "Our own",
        "color": "sky",
        "index": 4,
        "is_done": False,
        "is_deactivated": False,
        "description": "kept",
    }
    assert repair.labels[-1] == {"label": "Solved", "color": "done_green", "index": 5, "is_done": True}


def test_a_deactivated_label_is_missing_but_not_forgotten() -> None:
    board = board_of(TICKETS)
    labels = tuple(
        replace(label, is_deactivated=True, text="Old") if label.text == "Solved" else label
        for label in status_labels(board)
    )
    plan = plan_provisioning(TICKETS, "en", with_labels(board, "status", labels), known_of(board))
    (repair,) = plan.labels
    assert [label["label"] for label in repair.labels if label.get("is_deactivated")] == ["Old"]
    assert repair.labels[-1]["label"] == "Solved"


@given(st.sets(st.sampled_from([0, 7, 14, 21, 28])), st.integers(min_value=0, max_value=30))
def test_a_repaired_list_of_labels_is_one_that_monday_takes(deleted: set[int], own: int) -> None:
    board = board_of(TICKETS)
    kept = [label for label in status_labels(board) if label.id not in deleted]
    colors = ("sky", "tan", "lilac", "done_green", "purple")
    taken = {label.color for label in kept}
    free = [color for color in colors if color not in taken][:own]
    places = [i for i in range(40) if i not in {label.index for label in kept}]
    kept += [
        LabelSeen(100 + n, f"Own {n}", place, color)
        for n, (place, color) in enumerate(zip(places, free, strict=False))
    ]
    plan = plan_provisioning(TICKETS, "en", with_labels(board, "status", kept), known_of(board))
    for repair in plan.labels:
        for name in ("color", "index", "label"):
            values = [label[name] for label in repair.labels]
            assert len(set(values)) == len(values)
        assert {label["id"] for label in repair.labels if "id" in label} == {label.id for label in kept}


def test_labels_whose_colours_are_not_told_are_left_to_people() -> None:
    board = board_of(TICKETS)
    left = tuple(replace(label, color=None) for label in status_labels(board)[:-1])
    plan = plan_provisioning(TICKETS, "en", with_labels(board, "status", left), known_of(board))
    assert plan.labels == ()
    (fault,) = plan.faults
    assert fault.startswith("The column “Status” of the board “Support tickets” lacks the labels “Solved”.")


def test_a_column_of_another_type_is_left_to_people() -> None:
    board = with_column(board_of(TICKETS), "response_due", type="text")
    plan = plan_provisioning(TICKETS, "en", board, known_of(board))
    assert plan.is_complete
    assert "response_due" not in plan.structure.columns
    assert "of the type text; the app needs date" in plan.faults[0]


def test_a_column_that_monday_gave_another_id_is_known_by_it() -> None:
    board = with_column(board_of(TICKETS), "number", id="text_mkxyz")
    stored = Structure.from_json(json.loads(json.dumps(known_of(board_of(TICKETS)).to_json())))
    stored = replace(
        stored, columns={**stored.columns, "number": replace(stored.columns["number"], id="text_mkxyz")}
    )
    plan = plan_provisioning(TICKETS, "en", board, stored)
    assert plan.is_complete
    assert plan.structure.columns["number"].id == "text_mkxyz"


def test_a_new_boards_own_group_becomes_ours() -> None:
    board = BoardSeen("1", "Support tickets", "active", (), {"topics": "Group Title"})
    plan = plan_provisioning(TICKETS, "en", board, NOTHING_KNOWN)
    assert plan.first_group == (TICKETS.groups[0], "topics")
    assert plan.groups == ()


def test_a_group_that_people_renamed_is_left_alone() -> None:
    board = board_of(TICKETS)
    renamed = replace(board, groups={"group_tickets": "Our questions"})
    plan = plan_provisioning(TICKETS, "en", renamed, known_of(board))
    assert plan.is_complete
    assert plan.structure.groups == {"tickets": "group_tickets"}


def test_a_group_that_people_deleted_is_made_again() -> None:
    board = board_of(TICKETS)
    plan = plan_provisioning(TICKETS, "en", replace(board, groups={"a": "A", "b": "B"}), known_of(board))
    assert plan.groups == TICKETS.groups
    assert plan.first_group is None


def test_groups_of_customers_are_remembered_while_they_stand() -> None:
    board = board_of(TICKETS)
    known = known_of(board)
    known = replace(known, groups={**known.groups, "customer:7": "g7", "customer:8": "g8"})
    standing = replace(board, groups={**board.groups, "g7": "Acme"})
    plan = plan_provisioning(TICKETS, "en", standing, known)
    assert plan.structure.groups == {"tickets": "group_tickets", "customer:7": "g7"}


@pytest.mark.parametrize("template", templates.load_all().values(), ids=lambda template: template.key)
def test_what_is_stored_is_what_is_read(template: Template) -> None:
    structure = plan_provisioning(template, "sv", board_of(template, "sv"), NOTHING_KNOWN).structure
    assert Structure.from_json(json.loads(json.dumps(structure.to_json()))) == structure


def map_tickets(structure: Structure) -> Any:
    return map_board(
        account_id="1", board_id="2", key="tickets", language="en", state="active", structure=structure
    )


def test_a_map_tells_columns_labels_and_groups_both_ways() -> None:
    board = map_tickets(known_of(board_of(TICKETS)))
    status = board.columns["status"]
    assert status.label_keys[status.label_ids["solved"]] == "solved"
    assert status.label_texts["solved"] == "Solved"
    assert (status.owner, status.counterpart) == ("partner", "status")
    assert board.column_key(status.id) == "status"
    assert board.group_key(board.groups["tickets"]) == "tickets"


def test_a_map_says_nothing_of_what_is_not_ours() -> None:
    board = map_tickets(known_of(without(board_of(TICKETS), "description")))
    assert "description" not in board.columns
    assert board.column_key("theirs") is None
    assert board.group_key("theirs") is None
    assert "description" not in board.column_ids


PRESENT = {"labels": [{"id": 1, "label": "Solved", "color": "done_green", "index": 4, "is_done": True}]}
OLDER = {"labels": {"1": "Solved"}, "labels_positions_v2": {"1": 4}, "done_colors": [1]}


@pytest.mark.parametrize("settings", [PRESENT, json.dumps(PRESENT), OLDER, json.dumps(OLDER)])
def test_labels_are_read_from_either_shape_of_settings(settings: Any) -> None:
    ((label),) = read_labels(settings)
    assert (label.id, label.text, label.index) == (1, "Solved", 4)


@pytest.mark.parametrize("settings", [None, "{}", {}, {"labels": None}])
def test_settings_without_labels_have_none(settings: Any) -> None:
    assert read_labels(settings) == ()


def test_archived_columns_and_groups_are_not_there() -> None:
    column = {"id": "a", "title": "A", "type": "text", "revision": "1", "settings": {}, "archived": True}
    group = {"id": "g", "title": "G", "archived": False, "deleted": True}
    answer = {"id": 1, "name": "B", "state": "active", "columns": [column], "groups": [group]}
    board = read_board(answer)
    assert (board.columns, board.groups) == ((), {})
