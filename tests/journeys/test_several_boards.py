"""A customer may follow its tickets on several boards, in its own account or in the partner's."""

from collections.abc import Iterator
from typing import Any

import pytest

from app.agreements import service as agreements
from app.links import service as links
from app.links.rules import MappingError
from app.onboarding import further
from local.people import Board, Item, Person
from tests.support.stage import PARTNER, Stage, open_stage

GOLD = "customer-gold"
CREATE_BOARD = """
mutation ($name: String!) { create_board(board_name: $name, board_kind: public, empty: true) { id } }
"""
CREATE_GROUP = 'mutation ($board: ID!) { create_group(board_id: $board, group_name: "Ours") { id } }'
CREATE_COLUMN = """
mutation ($board: ID!, $id: String!, $title: String!, $type: ColumnType!, $settings: JSON) {
  create_column(board_id: $board, id: $id, title: $title, column_type: $type, defaults: $settings) { id }
}
"""
COLUMNS = "query ($board: ID!) { boards(ids: [$board]) { board_kind name columns { id title type } } }"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with open_stage(tmp_path_factory.mktemp("stage"), (GOLD,)) as standing:
        yield standing


@pytest.fixture
def customer(stage: Stage) -> Person:
    return stage.people[GOLD][-1]


@pytest.fixture
def desk(stage: Stage) -> Person:
    return stage.people[PARTNER][1]


def customer_id(stage: Stage, name: str = GOLD) -> int:
    with stage.product.database.reading() as session:
        found = agreements.find_by_item(session, name)
    assert found is not None
    return found.id


def account_id(stage: Stage, slug: str) -> str:
    return str(stage.rows(f"SELECT account_id FROM installations WHERE slug = '{slug}'")[0][0])


def on_the_desk(stage: Stage, desk: Person, name: str) -> Item:
    [found] = [i for i in desk.items(stage.board(PARTNER, "service_desk")) if i.name == name]
    return found


def adopt(stage: Stage, board_id: str, **answers: str) -> None:
    account, now = account_id(stage, GOLD), stage.product.clock.now()
    further.adopt_board(stage.product, customer_id(stage), account, board_id, answers=answers, now=now)
    stage.settle()


def peoples_board(person: Person, name: str, *columns: tuple[str, str, str, Any]) -> str:
    """A board that people made for their own questions: id, title, type and settings of its columns."""
    board_id = str(person.ask(CREATE_BOARD, {"name": name})["create_board"]["id"])
    person.ask(CREATE_GROUP, {"board": board_id})
    for column_id, title, kind, given in columns:
        variables = {"board": board_id, "id": column_id, "title": title, "type": kind, "settings": given}
        person.ask(CREATE_COLUMN, variables)
    return board_id


def test_a_further_board_of_the_account_is_followed_like_the_first(
    stage: Stage, customer: Person, desk: Person
) -> None:
    now = stage.product.clock.now()
    report = further.add_board(
        stage.product, customer_id(stage), account_id(stage, GOLD), title="IT", now=now
    )
    stage.settle()
    item_id = customer.create_item(Board(report.board_id, "tickets", "sv"), "Printer on floor 2")
    stage.settle()
    ours = on_the_desk(stage, desk, "Printer on floor 2")
    assert customer.item(item_id).texts["number"] == ours.texts["number"] != ""
    desk.post(ours.id, "@kund Which printer?")
    stage.settle()
    assert ["Which printer?" in update.text for update in customer.updates(item_id)] == [True]


def test_a_further_board_asked_for_twice_is_made_once(stage: Stage) -> None:
    reports = [
        further.add_board(
            stage.product,
            customer_id(stage),
            account_id(stage, GOLD),
            title="Finance",
            now=stage.product.clock.now(),
        )
        for _ in range(2)
    ]
    assert reports[0].board_id == reports[1].board_id
    assert reports[1].made == ()


def test_tickets_of_both_boards_stand_in_the_customers_one_group(
    stage: Stage, customer: Person, desk: Person
) -> None:
    report = further.add_board(
        stage.product,
        customer_id(stage),
        account_id(stage, GOLD),
        title="Sales",
        now=stage.product.clock.now(),
    )
    stage.settle()
    customer.create_item(stage.board(GOLD, "tickets"), "From the first board")
    customer.create_item(Board(report.board_id, "tickets", "sv"), "From the further board")
    stage.settle()
    groups = {
        on_the_desk(stage, desk, name).group for name in ("From the first board", "From the further board")
    }
    assert len(groups) == 1


def test_a_customer_without_an_account_gets_a_shareable_board_with_us(stage: Stage, desk: Person) -> None:
    manager, agreements_board = stage.people[PARTNER][0], stage.board(PARTNER, "customers")
    values = {"shared_board": {"checked": "true"}, "tier": agreements_board.label("tier", "gold")}
    manager.create_item(agreements_board, "Fjällbyn Bageri", values)
    stage.settle()
    with stage.product.database.reading() as session:
        [link] = [seen for seen in links.list_links(session) if seen.origin == "shared"]
    [seen] = manager.ask(COLUMNS, {"board": link.board.board_id})["boards"]
    assert (seen["board_kind"], seen["name"]) == ("share", "Supportärenden: Fjällbyn Bageri")
    item_id = manager.create_item(Board(link.board.board_id, "tickets", "sv"), "The oven list is empty")
    stage.settle()
    ours = on_the_desk(stage, desk, "The oven list is empty")
    assert (ours.group, ours.texts["tier"]) == ("Fjällbyn Bageri", "GOLD")
    assert manager.item(item_id).texts["number"] == ours.texts["number"]
    desk.post(ours.id, "Internal: they are our neighbours.")
    desk.post(ours.id, "@kund We look into it.")
    stage.settle()
    assert ["We look into it." in update.text for update in manager.updates(item_id)] == [True]


def test_a_board_that_people_made_is_taken_over_with_its_columns(
    stage: Stage, customer: Person, desk: Person
) -> None:
    board_id = peoples_board(customer, "Our questions", ("text9", "Description", "long_text", None))
    item_id = customer.create_item(
        Board(board_id, "tickets", "sv"), "Asked long ago", {"text9": {"text": "Why is it grey?"}}
    )
    adopt(stage, board_id)
    assert on_the_desk(stage, desk, "Asked long ago").texts["description"] == "Why is it grey?"
    assert customer.item(item_id).texts["text9"] == "Why is it grey?"
    columns = customer.ask(COLUMNS, {"board": board_id})["boards"][0]["columns"]
    assert [column["id"] for column in columns].count("text9") == 1
    assert "description" not in [column["id"] for column in columns]


def test_a_column_kept_for_something_else_is_left_alone(stage: Stage, customer: Person, desk: Person) -> None:
    labels = {"labels": {"1": "Baking", "2": "Baked"}}
    board_id = peoples_board(customer, "Orders", ("status", "Baking status", "status", labels))
    board = Board(board_id, "tickets", "sv")
    item_id = customer.create_item(board, "Twelve loaves", {"status": {"label": "Baking"}})
    adopt(stage, board_id, status="new", priority="new")
    ours = on_the_desk(stage, desk, "Twelve loaves")
    desk_board = stage.board(PARTNER, "service_desk")
    desk.change(desk_board, ours.id, {"status": desk_board.label("status", "in_progress")})
    stage.settle()
    texts = customer.item(item_id).texts
    assert texts["status"] == "Baking"
    assert texts["synerity_status"] == "Vi arbetar med det"


def test_what_could_serve_as_two_columns_is_asked(stage: Stage, customer: Person) -> None:
    board_id = peoples_board(
        customer,
        "Two of them",
        ("long1", "Description", "long_text", None),
        ("long2", "Beskrivning", "long_text", None),
    )
    with pytest.raises(MappingError, match="description=new"):
        adopt(stage, board_id)
    adopt(stage, board_id, description="long2")
    with stage.product.database.reading() as session:
        found = links.find_link(session, board_id, account_id(stage, GOLD))
        assert found.board.columns["description"].id == "long2"


def test_a_paused_board_waits_and_catches_up_when_resumed(
    stage: Stage, customer: Person, desk: Person
) -> None:
    board = stage.board(GOLD, "tickets")
    item_id = customer.create_item(board, "Before the pause")
    stage.settle()
    ours = on_the_desk(stage, desk, "Before the pause")
    account, now = account_id(stage, GOLD), stage.product.clock.now()
    with stage.product.database.transaction() as session:
        links.pause(session, account, board.id, reason="The customer rebuilds its board.", by="anna", now=now)
    customer.post(item_id, "Written during the pause.")
    desk.change(stage.board(PARTNER, "service_desk"), ours.id, {"name": "Renamed during the pause"})
    for delivery in stage.collect():
        stage.hand_over(delivery)
    stage.work()
    assert customer.item(item_id).name == "Before the pause"
    assert desk.updates(ours.id) == []
    with stage.product.database.transaction() as session:
        assert links.resume(session, account, board.id, now=now)
    stage.settle()
    assert customer.item(item_id).name == "Renamed during the pause"
    assert ["Written during the pause." in update.text for update in desk.updates(ours.id)] == [True]
