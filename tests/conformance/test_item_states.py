"""Items that leave and come back, one by one and many at once."""

import random
from typing import Any

import pytest

from tests.conformance.people import Board, Person, happenings, invited
from tests.conformance.served import Desk, Receiver
from tests.conformance.subitems import by_hand, leave, subitem_of

BULK = "mutation ($board: ID!, $items: [ID!]!) { MUTATION(board_id: $board, item_ids: $items) { job_id } }"
JOB = (
    "query ($job: ID!) { job_status(job_id: $job) {"
    " id status error created_at result { total succeeded failed details } } }"
)
LEAVING = [("archive_item", "archived", 2), ("delete_item", "deleted", 3)]
STATE = "query ($item: ID!) { items(ids: [$item]) { state group { title } subitems { id } } }"


def leave_all(board: Board, mutation: str, *items: str) -> dict[str, Any]:
    """Have items leave together; what the job says."""
    started = board.owner.one(BULK.replace("MUTATION", mutation), board=board.id, items=items)
    job: dict[str, Any] = board.owner.one(JOB, job=started["job_id"])
    assert job["id"] == started["job_id"]
    return job


def state(board: Board, item: str) -> str:
    return str(board.item(item, "state")["state"])


# Many at once


@pytest.mark.parametrize(
    ("mutation", "left"), [("bulk_archive_items", "archived"), ("bulk_delete_items", "deleted")]
)
def test_many_items_leave_by_a_job(board: Board, mutation: str, left: str) -> None:
    one, two, stays = (board.create_item(name) for name in ("one", "two", "stays"))
    job = leave_all(board, mutation, one, two)
    assert (job["status"], job["error"]) == ("COMPLETED", None)
    assert job["result"] == {"total": 2, "succeeded": 2, "failed": 0, "details": {"failed_item_ids": []}}
    assert [state(board, item) for item in (one, two, stays)] == [left, left, "active"]


def test_each_of_many_items_that_leave_is_told(board: Board) -> None:
    items = [board.create_item(name) for name in ("one", "two")]
    leave_all(board, "bulk_archive_items", *items)
    told = happenings(board.owner.monday)[-2:]
    assert [(event, payload["itemId"]) for event, payload in told] == [
        ("item_archived", int(item)) for item in items
    ]


def test_items_that_are_not_there_fail_alone(board: Board, desk: Person) -> None:
    elsewhere = desk.one('mutation { create_board(board_name: "Other", board_kind: public) { id } }')["id"]
    foreign = Board(desk, elsewhere, ()).create_item()
    item = board.create_item()
    job = leave_all(board, "bulk_archive_items", item, foreign, "1")
    assert job["result"]["failed"] == 2
    assert job["result"]["details"] == {"failed_item_ids": [foreign, "1"]}
    assert (state(board, item), state(board, foreign)) == ("archived", "active")


def test_an_archived_item_is_deleted_and_not_archived_again(board: Board) -> None:
    item = board.create_item()
    leave_all(board, "bulk_archive_items", item)
    assert leave_all(board, "bulk_archive_items", item)["result"]["failed"] == 1
    assert leave_all(board, "bulk_delete_items", item)["result"]["succeeded"] == 1


def test_a_job_is_known_to_its_account_only(board: Board, customer: Person) -> None:
    job = leave_all(board, "bulk_archive_items", board.create_item())
    error = customer.refusal(JOB, job=job["id"])
    assert error["extensions"]["code"] == "ResourceNotFoundException"


def test_items_of_a_board_leave_by_those_who_may_change_it(board: Board) -> None:
    item = board.create_item()
    guest = invited(board.owner)
    error = guest.refusal(BULK.replace("MUTATION", "bulk_delete_items"), board=board.id, items=[item])
    assert error["extensions"]["code"] == "USER_UNAUTHORIZED"
    assert state(board, item) == "active"


# Updates


def test_an_item_is_cleared_of_its_updates_and_their_replies(board: Board) -> None:
    item, other = board.create_item(), board.create_item()
    post = 'mutation ($i: ID, $p: ID) { create_update(item_id: $i, parent_id: $p, body: "Hi") { id } }'
    update = board.owner.one(post, i=item)["id"]
    board.owner.one(post, p=update)
    board.owner.one(post, i=other)
    before = len(happenings(board.owner.monday))
    board.owner.ask("mutation ($i: ID!) { clear_item_updates(item_id: $i) { id } }", i=item)
    assert board.item(item, "updates { id }") == {"updates": []}
    assert len(board.item(other, "updates { id }")["updates"]) == 1
    assert len(happenings(board.owner.monday)) == before


# Coming back


@pytest.mark.parametrize(("mutation", "left", "number"), LEAVING)
def test_a_restored_item_is_active_and_told_with_the_states(
    served_desk: Desk, receiver: Receiver, mutation: str, left: str, number: int
) -> None:
    item = served_desk.create_item("Back again")
    served_desk.subscribe(receiver.url(), "item_restored")
    leave(served_desk, mutation, item)
    assert served_desk.ask(STATE, item=item)[0]["state"] == left
    assert by_hand(served_desk, "items/restore", item=item).ok
    assert served_desk.ask(STATE, item=item)[0]["state"] == "active"
    event = receiver.wait(1)[0].event
    assert event["type"] == "restore_pulse"
    assert event["value"] == {"state": 1, "is_undo": True}
    assert event["previousValue"] == {"state": number}
    assert (event["itemId"], event["itemName"]) == (int(item), "Back again")
    assert "originalTriggerUuid" not in event


def test_subitems_come_back_with_their_item_but_for_those_that_went_before(served_desk: Desk) -> None:
    item = served_desk.create_item()
    gone, stayed = subitem_of(served_desk, item), subitem_of(served_desk, item)
    leave(served_desk, "delete_item", gone)
    leave(served_desk, "archive_item", item)
    assert by_hand(served_desk, "items/restore", item=item).ok
    assert served_desk.ask(STATE, item=item)[0]["subitems"] == [{"id": stayed}]


def test_a_subitem_that_was_deleted_after_its_item_left_stays_deleted(served_desk: Desk) -> None:
    item = served_desk.create_item()
    subitem = subitem_of(served_desk, item)
    leave(served_desk, "archive_item", item)
    leave(served_desk, "delete_item", subitem)
    assert by_hand(served_desk, "items/restore", item=item).ok
    assert served_desk.ask(STATE, item=item)[0]["subitems"] == []
    assert served_desk.ask(STATE, item=subitem)[0]["state"] == "deleted"


def test_a_subitem_comes_back_alone_while_its_item_is_there(served_desk: Desk) -> None:
    item = served_desk.create_item()
    subitem = subitem_of(served_desk, item)
    leave(served_desk, "archive_item", subitem)
    assert by_hand(served_desk, "items/restore", item=subitem).ok
    assert served_desk.ask(STATE, item=item)[0]["subitems"] == [{"id": subitem}]
    leave(served_desk, "archive_item", item)
    assert by_hand(served_desk, "items/restore", item=subitem).status_code == 400


def test_an_item_whose_group_is_gone_comes_back_to_the_first(served_desk: Desk) -> None:
    item = served_desk.create_item()
    group = served_desk.ask("query ($item: ID!) { items(ids: [$item]) { group { id } } }", item=item)
    served_desk.ask(
        "mutation ($board: ID!, $g: String!) { delete_group(board_id: $board, group_id: $g) { id } }",
        g=group[0]["group"]["id"],
    )
    (board,) = served_desk.ask("query ($board: ID!) { boards(ids: [$board]) { top_group { title } } }")
    assert by_hand(served_desk, "items/restore", item=item).ok
    found = served_desk.ask(STATE, item=item)[0]
    assert (found["state"], found["group"]) == ("active", board["top_group"])


@pytest.mark.parametrize("given", [{"item": "1"}, {"item": "x"}, {}])
def test_what_is_not_gone_is_not_restored(served_desk: Desk, given: dict[str, str]) -> None:
    active = served_desk.create_item()
    assert by_hand(served_desk, "items/restore", item=active).status_code == 400
    assert by_hand(served_desk, "items/restore", **given).status_code == 400


@pytest.mark.parametrize("seed", range(3))
def test_items_and_subitems_come_and_go_by_the_same_rules_in_any_order(served_desk: Desk, seed: int) -> None:
    chance = random.Random(seed)
    item = served_desk.create_item()
    subitems = [subitem_of(served_desk, item) for _ in range(3)]
    states = dict.fromkeys([item, *subitems], "active")
    left_with_item: set[str] = set()
    for _ in range(40):
        one, wanted = chance.choice([item, *subitems]), chance.choice(["archived", "deleted", "active"])
        if move_state(served_desk, one, wanted) != may_become(states, item, one, wanted):
            pytest.fail(f"{one} became {wanted} or did not, from {states}")
        if not may_become(states, item, one, wanted):
            continue
        states[one] = wanted
        left_with_item.discard(one)
        if one == item and wanted == "active":
            states.update(dict.fromkeys(left_with_item, "active"))
            left_with_item = set()
        elif one == item:
            left_with_item |= {subitem for subitem in subitems if states[subitem] == "active"}
            states.update(dict.fromkeys(left_with_item, wanted))
        found = served_desk.ask("query ($ids: [ID!]) { items(ids: $ids) { id state } }", ids=list(states))
        assert {each["id"]: each["state"] for each in found} == states


def move_state(desk: Desk, item: str, wanted: str) -> bool:
    """Archive, delete or restore; whether it was done."""
    if wanted == "active":
        return by_hand(desk, "items/restore", item=item).ok
    mutation = {"archived": "archive_item", "deleted": "delete_item"}[wanted]
    answer = desk.sandbox.graphql(
        desk.token, f"mutation ($item: ID!) {{ {mutation}(item_id: $item) {{ id }} }}", {"item": item}
    )
    return "errors" not in answer.json()


def may_become(states: dict[str, str], item: str, one: str, wanted: str) -> bool:
    """Active ones leave, archived ones are deleted; what left comes back, a subitem to an active item."""
    if wanted == "active":
        return states[one] != "active" and (one == item or states[item] == "active")
    return states[one] == "active" or (wanted, states[one]) == ("deleted", "archived")
