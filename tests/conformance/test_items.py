"""Items: their life, their pages, and what is told of them."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.conformance.people import Board, Person, happenings, make_board, person

PAGE = "query ($b: ID!, $n: Int!) { boards(ids: [$b]) { items_page(limit: $n) { cursor items { name } } } }"
NEXT = "query ($c: String!, $n: Int!) { next_items_page(cursor: $c, limit: $n) { cursor items { name } } }"
QUERY = (
    "query ($b: ID!, $q: ItemsQuery) {"
    " boards(ids: [$b]) { items_page(limit: 100, query_params: $q) { items { name } } } }"
)


def names_of(board: Board, query: dict[str, Any]) -> list[str]:
    (found,) = board.owner.one(QUERY, b=board.id, q=query)
    return [item["name"] for item in found["items_page"]["items"]]


def test_an_item_has_ids_beyond_32_bits_and_moments_in_utc(board: Board) -> None:
    item = board.item(board.create_item("Fault"), "id name state created_at updated_at creator_id url")
    assert int(item["id"]) > 2**32
    assert item["created_at"].endswith("Z")
    assert len(item["created_at"]) == len("2026-11-02T08:00:00Z")
    assert item["state"] == "active"
    assert item["url"].endswith(f"/boards/{board.id}/pulses/{item['id']}")


def test_ids_are_unique_within_an_account_only(board: Board, customer: Person) -> None:
    made = customer.one('mutation { create_board(board_name: "Tickets", board_kind: share) { id } }')
    assert made["id"] == board.id


def test_a_new_item_lands_at_the_end_of_the_first_group(board: Board) -> None:
    board.create_item("one")
    board.create_item("two")
    (found,) = board.owner.one(PAGE, b=board.id, n=10)
    assert [item["name"] for item in found["items_page"]["items"]] == ["one", "two"]


def test_creating_an_item_is_told_once_with_its_values(board: Board) -> None:
    item = board.create_item("Fault", text="abc")
    event, payload = happenings(board.owner.monday)[-1]
    assert event == "create_item"
    assert payload["type"] == "create_pulse"
    assert payload["pulseId"] == int(item)
    assert payload["columnValues"] == {"text": {"value": "abc"}}
    assert set(payload) == {
        *("app", "type", "triggerTime", "userId", "originalTriggerUuid", "boardId", "pulseId", "pulseName"),
        *("groupId", "groupName", "groupColor", "isTopGroup", "columnValues"),
    }


def test_a_change_is_told_in_the_recorded_shape(board: Board) -> None:
    item = board.create_item("Fault")
    board.change(item, date={"date": "2025-02-05"})
    event, payload = happenings(board.owner.monday)[-1]
    assert event == "change_column_value"
    changed_at = payload["value"].pop("changed_at")
    assert changed_at.endswith("Z")
    assert isinstance(payload.pop("changedAt"), float)
    assert payload.pop("triggerTime").endswith("Z")
    assert payload == {
        "app": "monday",
        "type": "update_column_value",
        "userId": board.owner.caller.user_id,
        "originalTriggerUuid": None,
        "boardId": int(board.id),
        "groupId": payload["groupId"],
        "pulseId": int(item),
        "pulseName": "Fault",
        "columnId": "date",
        "columnType": "date",
        "columnTitle": "date",
        "value": {"date": "2025-02-05", "icon": None, "time": None},
        "previousValue": None,
        "isTopGroup": True,
    }


def test_a_change_that_changes_nothing_is_not_told(board: Board) -> None:
    item = board.create_item("Fault", text="same", status={"index": 0})
    before = len(happenings(board.owner.monday))
    board.change(item, name="Fault", text="same", status={"label": "Working"}, numbers="")
    assert len(happenings(board.owner.monday)) == before


def test_a_name_among_the_values_renames_and_is_told_as_a_rename_only(board: Board) -> None:
    item = board.create_item("Before")
    board.change(item, name="After")
    event, payload = happenings(board.owner.monday)[-1]
    assert board.item(item, "name")["name"] == "After"
    assert event == "change_name"
    assert payload["value"] == {"name": "After"}
    assert payload["previousValue"] == {"name": "Before"}


def test_of_several_values_all_are_written_or_none(board: Board) -> None:
    item = board.create_item("Fault")
    told = len(happenings(board.owner.monday))
    board.change(item, text="written", status={"label": "Nope"})
    assert board.cell(item, "text")["value"] is None
    assert len(happenings(board.owner.monday)) == told


def test_a_changed_item_has_a_later_moment_of_update(board: Board) -> None:
    item = board.create_item("Fault")
    board.owner.monday.store.clock.advance(5)
    board.change(item, text="x")
    seen = board.item(item, "created_at updated_at")
    assert seen["updated_at"] > seen["created_at"]


@pytest.mark.parametrize(("mutation", "state"), [("archive_item", "archived"), ("delete_item", "deleted")])
def test_an_item_that_is_gone_is_read_by_id_but_can_not_be_changed(
    board: Board, mutation: str, state: str
) -> None:
    item = board.create_item("Fault")
    board.owner.ask(f"mutation ($i: ID) {{ {mutation}(item_id: $i) {{ id }} }}", i=item)
    assert board.item(item, "state name") == {"state": state, "name": "Fault"}
    (error,) = board.change(item, text="x").body["errors"]
    assert error["extensions"]["code"] == "InvalidItemIdException"
    assert names_of(board, {}) == []


@pytest.mark.parametrize(
    ("mutation", "event", "delivered"),
    [("archive_item", "item_archived", "archive_pulse"), ("delete_item", "item_deleted", "delete_pulse")],
)
def test_an_item_that_goes_is_told_by_item_id_without_a_pulse_id(
    board: Board, mutation: str, event: str, delivered: str
) -> None:
    item = board.create_item("Fault")
    board.owner.ask(f"mutation ($i: ID) {{ {mutation}(item_id: $i) {{ id }} }}", i=item)
    told, payload = happenings(board.owner.monday)[-1]
    assert (told, payload["type"]) == (event, delivered)
    assert payload["itemId"] == int(item)
    assert payload["itemName"] == "Fault"
    assert "pulseId" not in payload


def test_moving_to_a_group_is_told_with_both_groups(board: Board) -> None:
    item = board.create_item("Fault")
    source = board.item(item, "group { id }")["group"]["id"]
    group = board.owner.one(
        "mutation ($b: ID!) {"
        ' create_group(board_id: $b, group_name: "Other", group_color: "#cab641") { id } }',
        b=board.id,
    )["id"]
    move = "mutation ($i: ID, $g: String!) { move_item_to_group(item_id: $i, group_id: $g) { group { id } } }"
    assert board.owner.one(move, i=item, g=group) == {"group": {"id": group}}
    event, payload = happenings(board.owner.monday)[-1]
    assert event == "item_moved_to_any_group"
    assert payload["sourceGroupId"] == source
    assert payload["destGroup"] == {"id": group, "title": "Other", "color": "#cab641", "is_top_group": True}
    board.owner.one(move, i=item, g=group)
    assert len([one for one, _ in happenings(board.owner.monday) if one == event]) == 1


def test_only_25_items_come_without_a_limit_and_unknown_ids_are_left_out(board: Board) -> None:
    ids = [board.create_item(f"item {number}") for number in range(26)]
    read = "query ($ids: [ID!], $n: Int) { items(ids: $ids, limit: $n) { id } }"
    assert len(board.owner.one("query ($ids: [ID!]) { items(ids: $ids) { id } }", ids=ids)) == 25
    assert len(board.owner.one(read, ids=[*ids, "1"], n=100)) == 26


def test_more_than_a_hundred_ids_are_refused(board: Board) -> None:
    error = board.owner.refusal(
        "query ($ids: [ID!]) { items(ids: $ids, limit: 100) { id } }", ids=[str(n) for n in range(101)]
    )
    assert error["extensions"]["code"] == "InvalidArgumentException"


def test_pages_follow_each_other_without_doubles_or_gaps(board: Board) -> None:
    wanted = [f"item {number}" for number in range(7)]
    for name in wanted:
        board.create_item(name)
    (found,) = board.owner.one(PAGE, b=board.id, n=3)
    page, seen = found["items_page"], []
    while True:
        seen += [item["name"] for item in page["items"]]
        if page["cursor"] is None:
            break
        page = board.owner.one(NEXT, c=page["cursor"], n=3)
    assert seen == wanted


def test_a_cursor_lives_an_hour(board: Board) -> None:
    for number in range(3):
        board.create_item(f"item {number}")
    (found,) = board.owner.one(PAGE, b=board.id, n=1)
    cursor = found["items_page"]["cursor"]
    clock = board.owner.monday.store.clock
    clock.advance(59 * 60)
    further = board.owner.one(NEXT, c=cursor, n=1)["cursor"]
    clock.advance(2 * 60)
    # It counts from the first page, not from the last.
    error = board.owner.refusal(NEXT, c=further, n=1)
    assert "expired" in error["message"]


def test_items_are_found_by_the_exact_text_of_a_column(board: Board) -> None:
    board.create_item("one", text="SYN-1")
    board.create_item("two", text="SYN-10")
    found = board.owner.one(
        "query ($b: ID!) { items_page_by_column_values(board_id: $b,"
        ' columns: [{column_id: "text", column_values: ["SYN-1"]}]) { items { name } } }',
        b=board.id,
    )
    assert found == {"items": [{"name": "one"}]}


@pytest.mark.parametrize(
    ("rule", "names"),
    [
        ({"column_id": "status", "compare_value": [7]}, ["new"]),
        ({"column_id": "status", "compare_value": [5]}, ["empty"]),
        ({"column_id": "status", "compare_value": [], "operator": "is_empty"}, ["empty"]),
        ({"column_id": "status", "compare_value": [], "operator": "is_not_empty"}, ["new", "working"]),
        ({"column_id": "status", "compare_value": [7, 0], "operator": "not_any_of"}, ["empty"]),
        ({"column_id": "text", "compare_value": "AB", "operator": "contains_text"}, ["new"]),
        ({"column_id": "name", "compare_value": "work", "operator": "starts_with"}, ["working"]),
        ({"column_id": "numbers", "compare_value": [5], "operator": "greater_than"}, ["working"]),
        ({"column_id": "date", "compare_value": ["EXACT", "2026-05-02"]}, ["new"]),
        (
            {"column_id": "date", "compare_value": ["2026-05-01", "2026-05-03"], "operator": "between"},
            ["new"],
        ),
        ({"column_id": "people", "compare_value": ["person-81020334"]}, ["new"]),
        ({"column_id": "people", "compare_value": ["81020334"]}, []),
        ({"column_id": "nowhere", "compare_value": ["x"]}, []),
        (
            {
                "column_id": "__last_updated__",
                "compare_value": ["EXACT", "2020-01-01"],
                "operator": "greater_than_or_equals",
                "compare_attribute": "UPDATED_AT",
            },
            ["empty", "new", "working"],
        ),
    ],
)
def test_rules_choose_items(board: Board, rule: dict[str, Any], names: list[str]) -> None:
    board.create_item("empty")
    board.create_item(
        "new",
        status={"index": 7},
        text="abc",
        numbers="5",
        date={"date": "2026-05-02"},
        people="81020334",
    )
    board.create_item("working", status={"index": 0}, numbers="6")
    assert names_of(board, {"rules": [rule]}) == names


def test_rules_are_joined_by_or_when_asked(board: Board) -> None:
    for name in ("a", "b", "c"):
        board.create_item(name, text=name)
    rules = [{"column_id": "text", "compare_value": [one]} for one in ("a", "c")]
    assert names_of(board, {"rules": rules, "operator": "or"}) == ["a", "c"]
    assert names_of(board, {"rules": rules}) == []


def test_a_page_is_ordered_by_a_column(board: Board) -> None:
    for name, number in (("two", "2"), ("ten", "10"), ("none", "")):
        board.create_item(name, numbers=number)
    order = [{"column_id": "numbers", "direction": "desc"}]
    assert names_of(board, {"order_by": order}) == ["ten", "two", "none"]


@pytest.mark.parametrize("name", ["", "x" * 256])
def test_a_name_has_1_to_255_characters(board: Board, name: str) -> None:
    error = board.owner.refusal(
        "mutation ($b: ID!, $n: String!) { create_item(board_id: $b, item_name: $n) { id } }",
        b=board.id,
        n=name,
    )
    assert error["extensions"]["code"] == "ItemNameTooLongException"


def test_reading_many_items_costs_a_handful_of_statements(board: Board) -> None:
    for number in range(30):
        board.create_item(f"item {number}", text="x", status={"index": 0})
    statements: list[str] = []
    with board.owner.monday.store.reading() as connection:
        connection.set_trace_callback(statements.append)
        board.owner.ask(
            "query ($b: ID!) { boards(ids: [$b]) { items_page(limit: 100) { items { id group { id }"
            " creator { name } column_values { id text value }"
            " updates(limit: 5) { id replies { id } } } } } }",
            b=board.id,
        )
        connection.set_trace_callback(None)
    assert len(statements) < 15


def test_the_activity_log_tells_the_change_in_its_own_spelling(board: Board) -> None:
    item = board.create_item("Fault")
    board.change(item, text="x")
    (found,) = board.owner.one(
        "query ($b: ID!, $i: [ID!]) { boards(ids: [$b]) { activity_logs(item_ids: $i, limit: 1) {"
        " event entity data created_at user_id } } }",
        b=board.id,
        i=[item],
    )
    (entry,) = found["activity_logs"]
    data = json.loads(entry["data"])
    assert (entry["event"], entry["entity"]) == ("update_column_value", "pulse")
    assert len(entry["created_at"]) == 17
    assert data["column_id"] == "text"
    assert (data["value"], data["previous_value"]) == ({"value": "x"}, None)


def test_another_account_sees_nothing_of_it(board: Board) -> None:
    item = board.create_item("Secret")
    charlie = person(board.owner.monday, "customer-gold")
    assert charlie.one("query ($i: [ID!]) { items(ids: $i) { name } }", i=[item]) == []
    assert charlie.one("query ($b: [ID!]) { boards(ids: $b) { name } }", b=[board.id]) == []
    error = charlie.refusal("mutation ($i: ID) { delete_item(item_id: $i) { id } }", i=item)
    assert error["extensions"]["code"] == "InvalidItemIdException"
    assert board.item(item, "state")["state"] == "active"


def test_people_who_write_at_once_each_get_their_item(board: Board) -> None:
    with ThreadPoolExecutor(4) as pool:
        ids = list(pool.map(lambda number: board.create_item(f"item {number}"), range(24)))
    assert len(set(ids)) == 24
    assert len(names_of(board, {})) == 24


def test_linked_items_are_read_by_the_relation_and_the_board(board: Board) -> None:
    other = Board(board.owner, make_board(board.owner), ())
    relation = board.owner.one(
        'mutation ($b: ID!, $d: JSON) { create_column(board_id: $b, title: "To",'
        " column_type: board_relation, defaults: $d) { id } }",
        b=board.id,
        d=json.dumps({"boardIds": [int(other.id)], "allowMultipleItems": True}),
    )["id"]
    item, linked = board.create_item(), other.create_item("There")
    board.change(item, **{relation: {"item_ids": [int(linked)]}})
    fields = 'linked_items(link_to_item_column_id: "%s", linked_board_id: "%s") { name }'
    assert board.item(item, fields % (relation, other.id)) == {"linked_items": [{"name": "There"}]}
    assert board.item(item, fields % (relation, board.id)) == {"linked_items": []}
    error = board.owner.refusal(
        "query ($i: ID!) { items(ids: [$i]) { %s } }" % (fields % ("text", other.id)), i=item
    )
    assert error["extensions"]["code"] == "InvalidColumnTypeException"
