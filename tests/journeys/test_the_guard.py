"""What no single person does by hand is not carried across before an operator has looked."""

from collections.abc import Iterator, Sequence

import pytest

from app.boards.service import Hold
from app.links import service as links
from app.mirror import guard
from app.mirror.rules import masses
from local.people import Person
from tests.support.stage import PARTNER, Kept, Stage, open_stage

GOLD = "customer-gold"
DELETE = "mutation ($item: ID!) { delete_item(item_id: $item) { id } }"
#: As in rules.masses, but for fewer tickets.
FEW, MANY = 3, 6


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with open_stage(tmp_path_factory.mktemp("stage"), (GOLD,)) as stage:
        stage.settle()
        stage.keep()
        yield stage


@pytest.fixture
def stage(standing: Stage, monkeypatch: pytest.MonkeyPatch) -> Stage:
    monkeypatch.setattr(masses, "FEW", FEW)
    standing.reset()
    return standing


@pytest.fixture
def customer(stage: Stage) -> Person:
    return stage.people[GOLD][-1]


@pytest.fixture
def technician(stage: Stage) -> Person:
    return stage.people[PARTNER][1]


@pytest.fixture(scope="module")
def after_asking(standing: Stage) -> tuple[Kept, Sequence[str]]:
    """All there is when the customer has asked many things in all detail, and the items of these."""
    standing.reset()
    customer, board = standing.people[GOLD][-1], standing.board(GOLD, "tickets")
    items = [customer.create_item(board, f"Ask {number}") for number in range(MANY)]
    for item in items:
        customer.change(board, item, {"description": {"text": "In all detail."}})
    standing.settle()
    return standing.as_it_is(), items


@pytest.fixture
def items(stage: Stage, after_asking: tuple[Kept, Sequence[str]]) -> Sequence[str]:
    """The items of a customer that has asked many things."""
    kept, asked = after_asking
    stage.reset(kept)
    return asked


def place(stage: Stage) -> tuple[str, str]:
    account = stage.rows(f"SELECT account_id FROM installations WHERE slug = '{GOLD}'")[0][0]
    return str(account), stage.board(GOLD, "tickets").id


def find_hold(stage: Stage) -> Hold | None:
    account_id, board_id = place(stage)
    with stage.product.database.reading() as session:
        return links.find_link(session, board_id, account_id).hold


def resume(stage: Stage) -> None:
    with stage.product.database.transaction() as session:
        assert links.resume(session, *place(stage), now=stage.product.clock.now())
    stage.settle()


def described(stage: Stage, technician: Person) -> int:
    items = technician.items(stage.board(PARTNER, "service_desk"))
    return sum(bool(item.texts["description"]) for item in items)


def test_a_mass_of_emptied_values_waits_for_an_operator(
    stage: Stage, customer: Person, technician: Person, items: Sequence[str]
) -> None:
    board = stage.board(GOLD, "tickets")
    for item in items:
        customer.change(board, item, {"description": None})
    stage.settle()
    hold = find_hold(stage)
    assert hold is not None
    assert hold.by == "guard"
    assert f"{FEW + 1} of {MANY} tickets" in hold.reason
    assert described(stage, technician) == MANY - FEW
    resume(stage)
    assert find_hold(stage) is None
    assert described(stage, technician) == 0
    customer.change(board, items[0], {"description": {"text": "After all."}})
    stage.settle()
    customer.change(board, items[0], {"description": None})
    stage.settle()
    assert find_hold(stage) is None


def test_what_was_mended_meanwhile_is_never_carried_across(
    stage: Stage, customer: Person, technician: Person, items: Sequence[str]
) -> None:
    board = stage.board(GOLD, "tickets")
    for item in items:
        customer.change(board, item, {"description": None})
    stage.settle()
    for item in items:
        customer.change(board, item, {"description": {"text": "In all detail."}})
    stage.settle()
    assert find_hold(stage) is not None
    resume(stage)
    assert described(stage, technician) == MANY


def test_a_mass_of_deletions_waits_for_an_operator(
    stage: Stage, customer: Person, items: Sequence[str]
) -> None:
    for item in items:
        customer.ask(DELETE, {"item": item})
    stage.settle()
    assert find_hold(stage) is not None
    gone = "SELECT count(*) FROM sides WHERE role = 'customer' AND state = 'deleted'"
    assert stage.rows(gone) == [(FEW,)]
    resume(stage)
    assert stage.rows(gone) == [(MANY,)]


def test_a_few_emptied_values_are_a_mornings_work(
    stage: Stage, customer: Person, technician: Person, items: Sequence[str]
) -> None:
    for item in items[:FEW]:
        customer.change(stage.board(GOLD, "tickets"), item, {"description": None})
    stage.settle()
    assert find_hold(stage) is None
    assert described(stage, technician) == MANY - FEW


def test_two_boards_that_answer_each_other_are_parted(
    stage: Stage, customer: Person, technician: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "MOST_WRITES", 6)
    board, desk = stage.board(GOLD, "tickets"), stage.board(PARTNER, "service_desk")
    item = customer.create_item(board, "Named round and round")
    stage.settle()
    ours = technician.items(desk)[0].id
    for turn in range(20):
        if find_hold(stage) is not None:
            break
        customer.change(board, item, {"name": f"The customer's automation {turn}"})
        stage.settle()
        technician.change(desk, ours, {"name": f"The desk's automation {turn}"})
        stage.settle()
    hold = find_hold(stage)
    assert hold is not None
    assert "Column name" in hold.reason
    assert turn == 7
    resume(stage)
    assert find_hold(stage) is None
    assert [seen.name for seen in customer.items(board)] == [seen.name for seen in technician.items(desk)]
