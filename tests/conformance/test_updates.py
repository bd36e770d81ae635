"""Updates, replies and what monday.com makes of their HTML."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monday_sandbox import markup
from tests.conformance.people import Board, happenings, person

POST = (
    "mutation ($i: ID, $p: ID, $t: String!) {"
    " create_update(item_id: $i, parent_id: $p, body: $t) { id body text_body } }"
)
EDIT = "mutation ($u: ID!, $t: String!) { edit_update(id: $u, body: $t) { id body } }"
DELETE = "mutation ($u: ID!) { delete_update(id: $u) { id } }"
READ = (
    "updates(limit: 100) { id body created_at updated_at edited_at creator { name }"
    " replies { id body creator { name } } }"
)


def post(board: Board, item: str | None, body: str = "Hello", parent: str | None = None) -> str:
    return str(board.owner.one(POST, i=item, p=parent, t=body)["id"])


def updates_of(board: Board, item: str) -> list[dict[str, Any]]:
    return list(board.item(item, READ)["updates"])


def test_updates_come_newest_first_and_replies_oldest_first(board: Board) -> None:
    item = board.create_item()
    first = post(board, item, "first")
    second = post(board, item, "second")
    replies = [post(board, item, body, parent=first) for body in ("one", "two")]
    seen = updates_of(board, item)
    assert [update["id"] for update in seen] == [second, first]
    assert [reply["id"] for reply in seen[1]["replies"]] == replies


def test_a_reply_needs_no_item(board: Board) -> None:
    item = board.create_item()
    parent = post(board, item)
    post(board, None, "re", parent=parent)
    assert [reply["body"] for reply in updates_of(board, item)[0]["replies"]] == ["re"]


def test_a_reply_can_not_be_replied_to(board: Board) -> None:
    item = board.create_item()
    reply = post(board, item, parent=post(board, item))
    error = board.owner.refusal(POST, i=item, p=reply, t="x")
    assert error["extensions"]["code"] == "InvalidArgumentException"


@pytest.mark.parametrize("body", ["", "  ", "<p></p>", "<script>x</script>"])
def test_an_update_says_something(board: Board, body: str) -> None:
    error = board.owner.refusal(POST, i=board.create_item(), p=None, t=body)
    assert error["extensions"]["code"] == "InvalidArgumentException"


def test_an_edit_moves_the_moments_and_is_told(board: Board) -> None:
    item = board.create_item()
    update = post(board, item, "before")
    board.owner.monday.store.clock.advance(5)
    board.owner.ask(EDIT, u=update, t="after")
    (seen,) = updates_of(board, item)
    assert seen["body"] == "after"
    assert seen["edited_at"] == seen["updated_at"] > seen["created_at"]
    event, payload = happenings(board.owner.monday)[-1]
    assert (event, payload["type"], payload["body"]) == ("edit_update", "edit_update", "after")


def test_an_edit_that_changes_nothing_is_not_told(board: Board) -> None:
    update = post(board, board.create_item(), "same")
    before = len(happenings(board.owner.monday))
    board.owner.ask(EDIT, u=update, t="same")
    assert len(happenings(board.owner.monday)) == before


def test_a_deleted_update_takes_its_replies_along_and_is_told(board: Board) -> None:
    item = board.create_item()
    update = post(board, item)
    reply = post(board, item, parent=update)
    board.owner.ask(DELETE, u=update)
    assert updates_of(board, item) == []
    assert happenings(board.owner.monday)[-1][0] == "delete_update"
    error = board.owner.refusal(DELETE, u=reply)
    assert error["extensions"]["code"] == "ResourceNotFoundException"


def test_posting_is_told_in_the_recorded_shape(board: Board) -> None:
    item = board.create_item()
    update = post(board, item, "<p>1st <b>update</b></p>")
    event, payload = happenings(board.owner.monday)[-1]
    assert payload.pop("triggerTime")
    assert event == "create_update"
    assert payload == {
        "app": "monday",
        "type": "create_update",
        "userId": board.owner.caller.user_id,
        "originalTriggerUuid": None,
        "boardId": int(board.id),
        "pulseId": int(item),
        "body": "<p>1st <strong>update</strong></p>",
        "textBody": "1st update",
        "updateId": int(update),
        "replyId": None,
    }


def test_a_reply_is_told_with_its_own_id(board: Board) -> None:
    item = board.create_item()
    update = post(board, item)
    reply = post(board, item, parent=update)
    _, payload = happenings(board.owner.monday)[-1]
    assert (payload["updateId"], payload["replyId"]) == (int(update), int(reply))


def test_members_change_their_own_updates_only(board: Board) -> None:
    item = board.create_item()
    update = post(board, item)
    disa = person(board.owner.monday, "synerity", "Disa Lindqvist")
    error = disa.refusal(DELETE, u=update)
    assert error["extensions"]["code"] == "USER_UNAUTHORIZED"
    hers = disa.one(POST, i=item, p=None, t="hers")["id"]
    # The admin may.
    board.owner.ask(DELETE, u=hers)


def test_updates_of_an_account_are_read_without_naming_items(board: Board) -> None:
    item = board.create_item()
    post(board, item, "one")
    newest = post(board, item, "two")
    assert board.owner.one("{ updates(limit: 1) { id item_id } }") == [{"id": newest, "item_id": item}]
    charlie = person(board.owner.monday, "customer-free")
    assert charlie.one("{ updates { id } }") == []


def test_updates_are_read_page_by_page(board: Board) -> None:
    item = board.create_item()
    posted = [post(board, item, str(number)) for number in range(3)]
    page = board.item(item, "updates_page(limit: 2) { cursor updates { id } }")["updates_page"]
    assert [update["id"] for update in page["updates"]] == [posted[2], posted[1]]
    rest = board.item(
        item, f'updates_page(limit: 2, cursor: "{page["cursor"]}") {{ cursor updates {{ id }} }}'
    )
    assert rest["updates_page"] == {"cursor": None, "updates": [{"id": posted[0]}]}


def test_an_original_moment_is_kept_beside_the_real_one(board: Board) -> None:
    posted = board.owner.one(
        'mutation ($i: ID) { create_update(item_id: $i, body: "old", original_creation_date:'
        ' "2024-05-01T10:00:00Z") { original_creation_date created_at } }',
        i=board.create_item(),
    )
    assert posted["original_creation_date"] == "2024-05-01T10:00:00Z"
    assert posted["created_at"] > "2026"


@pytest.mark.parametrize(
    ("written", "body", "text"),
    [
        ("plain å & <", "plain å &amp; &lt;", "plain å & <"),
        ("<b>b</b><i>i</i>", "<strong>b</strong><em>i</em>", "bi"),
        ("<p>a</p><p>b</p>", "<p>a</p><p>b</p>", "a\nb"),
        ("a<br/>b", "a<br>b", "a\nb"),
        ("<script>alert(1)</script>x", "x", "x"),
        ("<custom>kept</custom>", "kept", "kept"),
        ('<p onclick="x()">a</p>', "<p>a</p>", "a"),
        ('<a href="javascript:x()">a</a>', '<a rel="noopener noreferrer">a</a>', "a"),
        (
            '<span style="color: red; position: fixed">a</span>',
            '<span style="color:red">a</span>',
            "a",
        ),
        ('<ul class="checklist"><li>x</li></ul>y', "y", "y"),
    ],
)
def test_html_is_kept_as_monday_keeps_it(written: str, body: str, text: str) -> None:
    assert markup.stored_body(written) == body
    assert markup.text_of(body) == text


@given(st.text())
def test_what_is_kept_once_stays_as_it_is(written: str) -> None:
    body = markup.stored_body(written)
    assert markup.stored_body(body) == body
