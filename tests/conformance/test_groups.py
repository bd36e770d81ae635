"""Groups of a board, and the places of items in them."""

import pytest

from tests.conformance.people import Board, structure


def test_a_new_group_stands_first(board: Board) -> None:
    board.owner.ask(
        'mutation ($b: ID!) { create_group(board_id: $b, group_name: "Newest") { id } }', b=board.id
    )
    assert [group["title"] for group in structure(board)["groups"]] == ["Newest", "Tickets"]


def test_a_group_is_put_where_it_is_told_to(board: Board) -> None:
    first = structure(board)["groups"][0]["id"]
    create = (
        "mutation ($b: ID!, $n: String!, $m: PositionRelative, $g: String) { create_group(board_id: $b,"
        " group_name: $n, position_relative_method: $m, relative_to: $g) { id } }"
    )
    board.owner.ask(create, b=board.id, n="last", m="after_at", g=first)
    board.owner.ask(create, b=board.id, n="middle", m="after_at", g=first)
    board.owner.ask(create, b=board.id, n="first", m="before_at", g=first)
    assert [group["title"] for group in structure(board)["groups"]] == ["first", "Tickets", "middle", "last"]


def test_a_group_is_renamed(board: Board) -> None:
    group = structure(board)["groups"][0]["id"]
    renamed = board.owner.one(
        "mutation ($b: ID!, $g: String!) { update_group(board_id: $b, group_id: $g, group_attribute: title,"
        ' new_value: "Ärenden") { title } }',
        b=board.id,
        g=group,
    )
    assert renamed == {"title": "Ärenden"}


def test_the_last_group_can_not_be_deleted(board: Board) -> None:
    group = structure(board)["groups"][0]["id"]
    delete = "mutation ($b: ID!, $g: String!) { delete_group(board_id: $b, group_id: $g) { id deleted } }"
    error = board.owner.refusal(delete, b=board.id, g=group)
    assert error["extensions"]["code"] == "DeleteLastGroupException"
    assert error["extensions"]["status_code"] == 409
    board.owner.ask('mutation ($b: ID!) { create_group(board_id: $b, group_name: "G") { id } }', b=board.id)
    item = board.owner.one(
        'mutation ($b: ID!, $g: String) { create_item(board_id: $b, item_name: "x", group_id: $g) { id } }',
        b=board.id,
        g=group,
    )["id"]
    assert board.owner.one(delete, b=board.id, g=group)["deleted"] is True
    assert board.item(item, "state") == {"state": "deleted"}


@pytest.mark.parametrize(
    ("attribute", "value", "refused"),
    [
        ("color", "#CAB641", False),
        ("color", "done_green", False),
        ("color", "greenish", True),
        ("title", "", True),
        ("position", "12.5", False),
        ("position", "first", True),
        ("relative_position_after", "nowhere", True),
    ],
)
def test_a_groups_attributes_have_bounds(board: Board, attribute: str, value: str, refused: bool) -> None:
    answer = board.owner.answer(
        "mutation ($b: ID!, $g: String!, $a: GroupAttributes!, $v: String!) {"
        " update_group(board_id: $b, group_id: $g, group_attribute: $a, new_value: $v) { id } }",
        b=board.id,
        g=structure(board)["groups"][0]["id"],
        a=attribute,
        v=value,
    )
    assert ("errors" in answer.body) is refused


def test_an_archived_group_takes_its_items_along_and_is_listed_by_id_only(board: Board) -> None:
    group = structure(board)["groups"][0]["id"]
    item = board.create_item()
    board.owner.ask('mutation ($b: ID!) { create_group(board_id: $b, group_name: "G") { id } }', b=board.id)
    board.owner.ask(
        "mutation ($b: ID!, $g: String!) { archive_group(board_id: $b, group_id: $g) { id } }",
        b=board.id,
        g=group,
    )
    assert board.item(item, "state") == {"state": "archived"}
    assert [one["title"] for one in structure(board)["groups"]] == ["G"]
    (found,) = board.owner.one(
        "query ($b: ID!, $g: [String]) { boards(ids: [$b]) { groups(ids: $g) { archived } } }",
        b=board.id,
        g=[group],
    )
    assert found["groups"] == [{"archived": True}]


def test_a_group_shows_its_own_items(board: Board) -> None:
    board.create_item("in the first")
    other = board.owner.one(
        'mutation ($b: ID!) { create_group(board_id: $b, group_name: "Other") { id } }', b=board.id
    )["id"]
    read = (
        "query ($b: ID!, $g: [String]) { boards(ids: [$b]) {"
        " groups(ids: $g) { items_page { items { name } } } } }"
    )
    (found,) = board.owner.one(read, b=board.id, g=[other])
    assert found["groups"] == [{"items_page": {"items": []}}]


@pytest.mark.parametrize(("method", "names"), [("before_at", ["a", "x", "b"]), ("after_at", ["a", "b", "x"])])
def test_an_item_is_put_beside_another(board: Board, method: str, names: list[str]) -> None:
    board.create_item("a")
    beside = board.create_item("b")
    board.owner.ask(
        'mutation ($b: ID!, $i: ID, $m: PositionRelative) { create_item(board_id: $b, item_name: "x",'
        " relative_to: $i, position_relative_method: $m) { id } }",
        b=board.id,
        i=beside,
        m=method,
    )
    (found,) = board.owner.one(
        "query ($b: ID!) { boards(ids: [$b]) { items_page { items { name } } } }", b=board.id
    )
    assert [item["name"] for item in found["items_page"]["items"]] == names
