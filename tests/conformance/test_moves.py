"""Items that move to another place, group or board, subitems to another item; and copies of items."""

import json
import random
from typing import Any

import pytest

from tests.conformance.people import Board, Person, happenings
from tests.conformance.served import Desk, Receiver
from tests.conformance.subitems import by_hand, subitem_of

POSITION = (
    "mutation ($item: ID!, $group: ID, $top: Boolean, $beside: ID, $how: PositionRelative) {"
    " change_item_position(item_id: $item, group_id: $group, group_top: $top, relative_to: $beside,"
    " position_relative_method: $how) { id group { id } } }"
)
TO_BOARD = (
    "mutation ($item: ID!, $board: ID!, $group: ID!, $map: [ColumnMappingInput!],"
    " $sub: [ColumnMappingInput!]) { move_item_to_board(item_id: $item, board_id: $board,"
    " group_id: $group, columns_mapping: $map, subitems_columns_mapping: $sub) { id board { id } } }"
)
DUPLICATE = (
    "mutation ($board: ID!, $item: ID!, $updates: Boolean) { duplicate_item("
    "board_id: $board, item_id: $item, with_updates: $updates) {"
    " id name subitems { name } updates { body } } }"
)


def names(board: Board) -> list[str]:
    (found,) = board.owner.one(
        "query ($b: ID!) { boards(ids: [$b]) { items_page(limit: 500) { items { name } } } }", b=board.id
    )
    return [item["name"] for item in found["items_page"]["items"]]


def make_group(board: Board, name: str = "Other") -> str:
    made = board.owner.one(
        "mutation ($b: ID!, $n: String!) { create_group(board_id: $b, group_name: $n) { id } }",
        b=board.id,
        n=name,
    )
    return str(made["id"])


@pytest.fixture
def three(board: Board) -> dict[str, str]:
    return {name: board.create_item(name) for name in ("one", "two", "three")}


# Positions


@pytest.mark.parametrize(
    ("moved", "beside", "how", "order"),
    [
        ("three", "one", "before_at", ["three", "one", "two"]),
        ("three", "one", "after_at", ["one", "three", "two"]),
        ("one", "three", None, ["two", "three", "one"]),
    ],
)
def test_an_item_moves_beside_another(
    board: Board, three: dict[str, str], moved: str, beside: str, how: str | None, order: list[str]
) -> None:
    board.owner.ask(POSITION, item=three[moved], beside=three[beside], how=how)
    assert names(board) == order


def test_an_item_can_be_put_between_the_same_two_as_often_as_one_likes(
    board: Board, three: dict[str, str]
) -> None:
    for number in range(120):
        moved, other = ("two", "three") if number % 2 else ("three", "two")
        board.owner.ask(POSITION, item=three[moved], beside=three["one"], how="after_at")
        assert names(board) == ["one", moved, other]


@pytest.mark.parametrize("seed", range(3))
def test_items_stand_where_each_was_moved_last(board: Board, seed: int) -> None:
    chance = random.Random(seed)
    ids = {name: board.create_item(name) for name in "abcdef"}
    order = list(ids)
    group = board.item(ids["a"], "group { id }")["group"]["id"]
    for _ in range(60):
        name, beside = chance.sample(order, 2)
        order.remove(name)
        how = chance.choice(["before_at", "after_at", "top", "bottom"])
        if how in ("top", "bottom"):
            board.owner.ask(POSITION, item=ids[name], group=group, top=how == "top")
            order.insert(0 if how == "top" else len(order), name)
        else:
            board.owner.ask(POSITION, item=ids[name], beside=ids[beside], how=how)
            order.insert(order.index(beside) + (how == "after_at"), name)
        assert names(board) == order


@pytest.mark.parametrize(("top", "place"), [(True, 0), (False, -1), (None, -1)])
def test_an_item_moves_to_an_end_of_a_group_and_is_told_as_moved(
    board: Board, three: dict[str, str], top: bool | None, place: int
) -> None:
    group = make_group(board)
    for item in ("one", "two"):
        board.owner.ask(POSITION, item=three[item], group=group)
    moved = board.owner.one(POSITION, item=three["three"], group=group, top=top)
    assert moved["group"] == {"id": group}
    (found,) = board.owner.one(
        "query ($b: ID!, $g: String!) { boards(ids: [$b]) {"
        " groups(ids: [$g]) { items_page { items { name } } } } }",
        b=board.id,
        g=group,
    )
    assert found["groups"][0]["items_page"]["items"][place] == {"name": "three"}
    event, payload = happenings(board.owner.monday)[-1]
    assert (event, payload["destGroupId"]) == ("item_moved_to_any_group", group)


def test_a_move_within_a_group_is_not_told(board: Board, three: dict[str, str]) -> None:
    before = len(happenings(board.owner.monday))
    board.owner.ask(POSITION, item=three["one"], beside=three["three"])
    assert len(happenings(board.owner.monday)) == before


def test_an_item_beside_one_in_another_group_is_in_that_group(board: Board, three: dict[str, str]) -> None:
    group = make_group(board)
    board.owner.ask(POSITION, item=three["one"], group=group)
    assert board.owner.one(POSITION, item=three["two"], beside=three["one"])["group"] == {"id": group}


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"group": "topics", "beside": "1"},
        {"beside": "1", "top": True},
        {"group": "topics", "how": "after_at"},
    ],
)
def test_a_place_is_given_by_a_group_or_an_item_with_what_belongs_to_it(
    board: Board, three: dict[str, str], given: dict[str, Any]
) -> None:
    error = board.owner.refusal(POSITION, item=three["one"], **given)
    assert error["extensions"]["code"] == "InvalidArgumentException"


def test_a_place_beside_an_item_of_another_board_is_refused(board: Board, other: Board) -> None:
    error = board.owner.refusal(POSITION, item=board.create_item(), beside=other.create_item())
    assert error["extensions"]["code"] == "InvalidItemIdException"


# To another board


@pytest.fixture
def other(desk: Person) -> Board:
    """A board with monday.com's first columns and some of the desk's."""
    made = desk.one('mutation { create_board(board_name: "Elsewhere", board_kind: public) { id } }')
    for column_id, title, column_type in (("text_b", "text", "text"), ("numbers", "Sum", "numbers")):
        desk.ask(
            "mutation ($b: ID!, $id: String!, $title: String!, $type: ColumnType!) {"
            " create_column(board_id: $b, id: $id, title: $title, column_type: $type) { id } }",
            b=made["id"],
            id=column_id,
            title=title,
            type=column_type,
        )
    return Board(desk, made["id"], ())


def test_an_item_keeps_its_id_and_updates_on_another_board(board: Board, other: Board) -> None:
    item = board.create_item("Moved")
    board.owner.ask('mutation ($i: ID!) { create_update(item_id: $i, body: "Hi") { id } }', i=item)
    board.owner.ask(TO_BOARD, item=item, board=other.id, group="topics")
    found = board.item(item, "name state board { id } group { id } updates { body }")
    assert found == {
        "name": "Moved",
        "state": "active",
        "board": {"id": other.id},
        "group": {"id": "topics"},
        "updates": [{"body": "Hi"}],
    }
    assert (names(board), names(other)) == ([], ["Moved"])
    (there,) = other.owner.one("query ($b: ID!) { boards(ids: [$b]) { updates { body } } }", b=other.id)
    assert there["updates"] == [{"body": "Hi"}]


def test_a_move_to_another_board_is_told_to_nobody(board: Board, other: Board) -> None:
    item = board.create_item()
    before = len(happenings(board.owner.monday))
    board.owner.ask(TO_BOARD, item=item, board=other.id, group="topics")
    assert len(happenings(board.owner.monday)) == before


def test_without_a_mapping_columns_of_the_same_type_and_title_or_id_go_together(
    board: Board, other: Board
) -> None:
    item = board.create_item(text="kept", numbers="7", email={"email": "a@b.example", "text": "a"})
    board.owner.ask(TO_BOARD, item=item, board=other.id, group="topics")
    assert other.cell(item, "text_b")["text"] == "kept"
    assert other.cell(item, "numbers")["text"] == "7"
    found = board.item(item, "column_values { id type text }")["column_values"]
    assert "email" not in {cell["type"] for cell in found}


def test_labels_go_with_their_text_and_are_lost_where_there_is_none(board: Board, other: Board) -> None:
    mapping = mapped(board, status="status")
    other.owner.ask(
        "mutation ($b: ID!, $i: ID!) { change_simple_column_value(board_id: $b, item_id: $i,"
        ' column_id: "status", value: "Solved", create_labels_if_missing: true) { id } }',
        b=other.id,
        i=other.create_item(),
    )
    for label, text in (("Solved", "Solved"), ("New", None)):
        item = board.create_item(status={"label": label})
        board.owner.ask(TO_BOARD, item=item, board=other.id, group="topics", map=mapping)
        assert other.cell(item, "status")["text"] == text


def mapped(board: Board, **targets: str) -> list[dict[str, str | None]]:
    """A mapping of all columns of the board: those that are named, the others to nowhere."""
    return [{"source": column, "target": targets.get(column)} for column in board.columns]


def test_by_a_mapping_cells_go_where_it_says_and_nowhere_else(board: Board, other: Board) -> None:
    item = board.create_item(text="kept", numbers="7")
    mapping = mapped(board, text="text_b")
    board.owner.ask(TO_BOARD, item=item, board=other.id, group="topics", map=mapping)
    assert other.cell(item, "text_b")["text"] == "kept"
    assert other.cell(item, "numbers")["value"] is None


@pytest.mark.parametrize(
    ("mapping", "code"),
    [
        ([{"source": "text", "target": "text_b"}], "InvalidArgumentException"),
        ({"text": "numbers"}, "InvalidColumnTypeException"),
        ({"text": "nowhere"}, "InvalidColumnIdException"),
    ],
)
def test_a_mapping_names_all_columns_each_with_one_of_its_type(
    board: Board, other: Board, mapping: Any, code: str
) -> None:
    item = board.create_item(text="kept")
    given = mapping if isinstance(mapping, list) else mapped(board, **mapping)
    error = board.owner.refusal(TO_BOARD, item=item, board=other.id, group="topics", map=given)
    assert error["extensions"]["code"] == code
    assert board.cell(item, "text")["text"] == "kept"


def test_subitems_go_to_the_other_boards_subitems(board: Board, other: Board) -> None:
    item = board.create_item()
    board.owner.ask(
        "mutation ($i: ID!, $v: JSON) {"
        ' create_subitem(parent_item_id: $i, item_name: "A part", column_values: $v) { id } }',
        i=item,
        v=json.dumps({"status": {"label": "Done"}}),
    )
    board.owner.ask(TO_BOARD, item=item, board=other.id, group="topics")
    (subitem,) = board.item(
        item, 'subitems { name board { name type } column_values(ids: ["status"]) { text } }'
    )["subitems"]
    assert subitem == {
        "name": "A part",
        "board": {"name": "Subitems of Elsewhere", "type": "sub_items_board"},
        "column_values": [{"text": "Done"}],
    }


def test_a_subitem_does_not_move_to_a_board(board: Board, other: Board) -> None:
    made = board.owner.one(
        'mutation ($i: ID!) { create_subitem(parent_item_id: $i, item_name: "x") { id } }',
        i=board.create_item(),
    )
    error = board.owner.refusal(TO_BOARD, item=made["id"], board=other.id, group="topics")
    assert error["extensions"]["code"] == "InvalidArgumentException"


def test_an_item_moves_where_it_may_be_seen_and_changed_only(board: Board) -> None:
    error = board.owner.refusal(TO_BOARD, item=board.create_item(), board="1", group="topics")
    assert error["extensions"]["code"] == "USER_UNAUTHORIZED"


# Subitems to another item


def test_a_subitem_is_dragged_to_another_item_and_told_on_their_board(
    served_desk: Desk, receiver: Receiver
) -> None:
    item, other_item = served_desk.create_item("From"), served_desk.create_item("To")
    subitem = subitem_of(served_desk, item)
    webhook = served_desk.subscribe(receiver.url(), "move_subitem")
    assert by_hand(served_desk, "subitems/move", item=subitem, parent=other_item).ok
    event = receiver.wait(1)[0].event
    assert set(event) - {"triggerTime", "triggerUuid", "userId"} == {
        *("app", "type", "subscriptionId", "isRetry", "sourcePulseId", "destPulseId"),
        *("sourceBoardId", "destBoardId", "subitem"),
    }
    assert (event["type"], event["subscriptionId"]) == ("move_subitem", int(webhook))
    assert (event["sourcePulseId"], event["destPulseId"]) == (int(item), int(other_item))
    assert (event["sourceBoardId"], event["destBoardId"]) == (int(served_desk.board_id),) * 2
    assert event["subitem"] == int(subitem)
    query = "query ($item: ID!) { items(ids: [$item]) { parent_item { id } } }"
    assert served_desk.ask(query, item=subitem)[0]["parent_item"] == {"id": other_item}


def test_only_subitems_are_dragged_and_only_to_items(served_desk: Desk) -> None:
    item, other_item = served_desk.create_item(), served_desk.create_item()
    one, two = subitem_of(served_desk, item), subitem_of(served_desk, other_item)
    for moved, parent in ((item, other_item), (one, two), (one, item), (one, "1")):
        assert by_hand(served_desk, "subitems/move", item=moved, parent=parent).status_code == 400


# Copies


def test_a_copy_of_an_item_stands_beneath_it_with_its_cells(board: Board) -> None:
    item = board.create_item("First", text="abc")
    board.create_item("Last")
    copied = board.owner.one(DUPLICATE, board=board.id, item=item)
    assert copied["name"] == "First (copy)"
    assert names(board) == ["First", "First (copy)", "Last"]
    assert board.cell(copied["id"], "text")["text"] == "abc"


def test_a_copy_of_an_item_has_its_subitems_and_updates_if_asked_for(board: Board) -> None:
    item = board.create_item()
    board.owner.ask(
        'mutation ($i: ID!) { create_subitem(parent_item_id: $i, item_name: "x") { id } }', i=item
    )
    board.owner.ask('mutation ($i: ID!) { create_update(item_id: $i, body: "Hi") { id } }', i=item)
    plain = board.owner.one(DUPLICATE, board=board.id, item=item)
    whole = board.owner.one(DUPLICATE, board=board.id, item=item, updates=True)
    assert (plain["subitems"], plain["updates"]) == ([{"name": "x"}], [])
    assert (whole["subitems"], whole["updates"]) == ([{"name": "x"}], [{"body": "Hi"}])
    assert len(board.item(item, "subitems { id }")["subitems"]) == 1


def test_a_copy_of_an_item_is_told_as_a_new_one_and_so_are_its_subitems(board: Board) -> None:
    item = board.create_item(text="abc")
    board.owner.ask(
        'mutation ($i: ID!) { create_subitem(parent_item_id: $i, item_name: "x") { id } }', i=item
    )
    copied = board.owner.one(DUPLICATE, board=board.id, item=item)
    (first, made), (second, of_subitem) = happenings(board.owner.monday)[-2:]
    assert (first, made["columnValues"]) == ("create_item", {"text": {"value": "abc"}})
    assert (second, of_subitem["parentItemId"]) == ("create_subitem", copied["id"])


def test_a_copied_subitem_belongs_to_the_same_item(board: Board) -> None:
    item = board.create_item()
    made = board.owner.one(
        'mutation ($i: ID!) { create_subitem(parent_item_id: $i, item_name: "x") { id board { id } } }',
        i=item,
    )
    board.owner.ask(DUPLICATE, board=made["board"]["id"], item=made["id"])
    assert board.item(item, "subitems { name }")["subitems"] == [{"name": "x"}, {"name": "x (copy)"}]


def test_an_item_of_another_board_is_not_copied(board: Board, other: Board) -> None:
    error = board.owner.refusal(DUPLICATE, board=board.id, item=other.create_item())
    assert error["extensions"]["code"] == "InvalidItemIdException"
