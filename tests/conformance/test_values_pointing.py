"""Cells that point at people, teams, tags and other items: whom and what they may."""

import json

import pytest

from tests.conformance.columns import add_column, error_of
from tests.conformance.people import Board, Person, make_board, make_team


def test_people_are_kept_by_id_and_shown_by_name(board: Board) -> None:
    disa = board.owner.colleagues["Disa Lindqvist"]
    tomas = board.owner.colleagues["Tomas Berg"]
    people = {"personsAndTeams": [{"id": disa, "kind": "person"}, {"id": str(tomas), "kind": "person"}]}
    item = board.create_item(people=people)
    assert board.cell(item, "people") == {
        "text": "Disa Lindqvist, Tomas Berg",
        "value": {"personsAndTeams": [{"id": disa, "kind": "person"}, {"id": tomas, "kind": "person"}]},
    }


def test_on_a_private_board_its_members_are_assigned_and_nobody_else(desk: Person) -> None:
    closed = Board(desk, make_board(desk, "private"), ())
    item = closed.create_item()
    disa = {"personsAndTeams": [{"id": desk.colleagues["Disa Lindqvist"], "kind": "person"}]}
    error = error_of(closed.change(item, person=disa))
    assert "invalidPersonAssignment" in error["message"]
    assert error["extensions"]["error_data"] == {"column_type": "multiple-person"}
    desk.ask(
        "mutation ($b: ID!, $u: [ID!]!) { add_users_to_board(board_id: $b, user_ids: $u) { id } }",
        b=closed.id,
        u=[desk.colleagues["Disa Lindqvist"]],
    )
    assert "errors" not in closed.change(item, person=disa).body
    assert closed.cell(item, "person")["text"] == "Disa Lindqvist"


@pytest.mark.parametrize("column", ["people", "team"])
def test_a_team_is_assigned_once_it_is_subscribed_to_the_board(wide: Board, column: str) -> None:
    team_id = int(make_team(wide.owner, wide.owner.caller.user_id, name=f"Team of {column}"))
    written = {"people": {"personsAndTeams": [{"id": team_id, "kind": "team"}]}, "team": {"team_id": team_id}}
    item = wide.create_item()
    error = error_of(wide.change(item, **{column: written[column]}))
    assert "invalidPersonAssignment" in error["message"]
    wide.owner.ask(
        "mutation ($b: ID!, $t: ID!) { add_teams_to_board(board_id: $b, team_ids: [$t]) { id } }",
        b=wide.id,
        t=team_id,
    )
    assert "errors" not in wide.change(item, **{column: written[column]}).body
    assert wide.cell(item, column)["text"] == f"Team of {column}"


def test_a_deactivated_user_is_not_assigned(board: Board) -> None:
    disa = board.owner.colleagues["Disa Lindqvist"]
    board.owner.ask("mutation ($u: [ID!]!) { deactivate_users(user_ids: $u) { __typename } }", u=[disa])
    error = error_of(
        board.change(board.create_item(), people={"personsAndTeams": [{"id": disa, "kind": "person"}]})
    )
    assert "invalidPersonAssignment" in error["message"]


def test_tags_are_those_of_the_account_and_of_the_board_itself(desk: Person, board: Board) -> None:
    tag = 'mutation ($b: ID) { create_or_get_tag(tag_name: "own", board_id: $b) { id } }'
    others = Board(desk, make_board(desk, "private"), ())
    strange, common = (int(desk.one(tag, b=board_id)["id"]) for board_id in (others.id, None))
    add_column(board, "tags")
    item = board.create_item(tags={"tag_ids": [common]})
    assert board.cell(item, "tags") == {"text": "own", "value": {"tag_ids": [common]}}
    error = error_of(board.change(item, tags={"tag_ids": [strange]}))
    assert error["extensions"]["error_data"] == {"column_type": "tag"}


def test_an_item_depends_on_items_of_its_own_board(board: Board) -> None:
    add_column(board, "dependency")
    first = board.create_item("First")
    elsewhere = Board(board.owner, make_board(board.owner), ()).create_item("Elsewhere")
    item = board.create_item()
    assert "errors" not in board.change(item, dependency={"item_ids": [int(first)]}).body
    error = error_of(board.change(item, dependency={"item_ids": [int(elsewhere)]}))
    assert error["extensions"]["error_data"] == {"column_type": "dependency"}


def test_a_connected_item_is_known_by_the_relation_but_not_by_its_raw_value(board: Board) -> None:
    first = board.create_item("First")
    board.owner.ask(
        'mutation ($b: ID!, $d: JSON) { create_column(board_id: $b, id: "link_to", title: "L",'
        " column_type: board_relation, defaults: $d) { id } }",
        b=board.id,
        d=json.dumps({"boardIds": [int(board.id)]}),
    )
    second = board.create_item("Second")
    assert "errors" not in board.change(second, link_to={"item_ids": [int(first)]}).body
    (cell,) = board.item(
        second,
        'column_values(ids: ["link_to"]) { text value'
        " ... on BoardRelationValue { linked_item_ids display_value linked_items { name } } }",
    )["column_values"]
    assert cell == {
        "text": None,
        "value": None,
        "linked_item_ids": [first],
        "display_value": "First",
        "linked_items": [{"name": "First"}],
    }
