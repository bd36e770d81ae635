"""Likes, pins, views and mentions of updates; replies of whole boards."""

from typing import Any

import pytest

from tests.conformance.people import Board, Person, person

POST = (
    "mutation ($i: ID, $p: ID, $m: [UpdateMention]) {"
    ' create_update(item_id: $i, parent_id: $p, body: "Hello", mentions_list: $m) { id } }'
)
LIKE = "mutation ($u: ID!, $r: String) { like_update(update_id: $u, reaction_type: $r) { id } }"
READ = "likes { reaction_type creator { name } } pinned_to_top { item_id } viewers { user { name } medium }"


def post(board: Board, item: str | None, parent: str | None = None, mentions: Any = None) -> str:
    return str(board.owner.one(POST, i=item, p=parent, m=mentions)["id"])


def read(who: Person, update: str) -> Any:
    (found,) = who.one(f"query ($u: ID!) {{ updates(ids: [$u]) {{ {READ} }} }}", u=update)
    return found


@pytest.fixture
def disa(board: Board) -> Person:
    return person(board.owner.monday, "synerity", "Disa Lindqvist")


def test_a_reaction_takes_the_place_of_ones_own_earlier_one(board: Board, disa: Person) -> None:
    update = post(board, board.create_item())
    for who, reaction in ((disa, "Heart"), (board.owner, None), (disa, "Party")):
        who.one(LIKE, u=update, r=reaction)
    likes = read(board.owner, update)["likes"]
    assert [(like["creator"]["name"], like["reaction_type"]) for like in likes] == [
        ("Disa Lindqvist", "Party"),
        ("Synerity Integration", "Like"),
    ]
    disa.one("mutation ($u: ID!) { unlike_update(update_id: $u) { id } }", u=update)
    assert len(read(board.owner, update)["likes"]) == 1


def test_an_unknown_reaction_is_refused(board: Board) -> None:
    refusal = board.owner.refusal(LIKE, u=post(board, board.create_item()), r="Shrug")
    assert refusal["extensions"]["code"] == "InvalidArgumentException"


def test_an_update_is_pinned_to_its_item_and_let_go(board: Board) -> None:
    item = board.create_item()
    update = post(board, item)
    for _ in range(2):
        board.owner.one("mutation ($u: ID!) { pin_to_top(id: $u) { id } }", u=update)
    assert read(board.owner, update)["pinned_to_top"] == [{"item_id": item}]
    board.owner.one("mutation ($u: ID!) { unpin_from_top(id: $u) { id } }", u=update)
    assert read(board.owner, update)["pinned_to_top"] == []


def test_neither_a_reply_nor_another_items_update_is_pinned(board: Board) -> None:
    update = post(board, board.create_item())
    reply, elsewhere = post(board, None, parent=update), board.create_item()
    pin = "mutation ($u: ID!, $i: ID) { pin_to_top(id: $u, item_id: $i) { id } }"
    for given in ({"u": reply}, {"u": update, "i": elsewhere}):
        assert board.owner.refusal(pin, **given)["extensions"]["code"] == "InvalidArgumentException"


def test_the_author_and_those_who_reacted_have_seen_it(board: Board, disa: Person) -> None:
    update = post(board, board.create_item())
    disa.one(LIKE, u=update)
    seen = read(disa, update)["viewers"]
    assert [(one["user"]["name"], one["medium"]) for one in seen] == [
        ("Synerity Integration", "web"),
        ("Disa Lindqvist", "web"),
    ]


def test_nobody_reacts_to_what_they_do_not_see(board: Board, customer: Person) -> None:
    refusal = customer.refusal(LIKE, u=post(board, board.create_item()))
    assert refusal["extensions"]["code"] == "ResourceNotFoundException"


def test_who_is_mentioned_is_notified_once(board: Board, disa: Person) -> None:
    colleagues = board.owner.colleagues
    mentioned = [
        {"id": str(colleagues["Disa Lindqvist"]), "type": "User"},
        {"id": str(colleagues["Disa Lindqvist"]), "type": "User"},
        {"id": str(colleagues["Synerity Integration"]), "type": "User"},
    ]
    update = post(board, board.create_item(), mentions=mentioned)
    rows = board.owner.monday.store
    with rows.reading() as connection:
        told = connection.execute(
            "SELECT user_id, target_type, target_id, text FROM notifications"
        ).fetchall()
    assert [tuple(row) for row in told] == [
        (disa.caller.user_id, "Post", int(update), "Synerity Integration mentioned you")
    ]


def test_a_mention_of_nobody_posts_nothing(board: Board) -> None:
    item = board.create_item()
    refusal = board.owner.refusal(POST, i=item, p=None, m=[{"id": "1", "type": "User"}])
    assert refusal["extensions"]["code"] == "InvalidUserIdException"
    assert board.item(item, "updates { id }")["updates"] == []


def test_replies_are_found_by_board(board: Board, customer: Person) -> None:
    update = post(board, board.create_item())
    first, second = post(board, None, parent=update), post(board, None, parent=update)
    query = "query ($b: [ID!]!) { replies(board_ids: $b) { id } }"
    assert board.owner.one(query, b=[board.id]) == [{"id": second}, {"id": first}]
    assert customer.one(query, b=[board.id]) == []
    dated = f'{{ replies(board_ids: ["{board.id}"], created_at_from: "2099-01-01") {{ id }} }}'
    assert board.owner.one(dated) == []
