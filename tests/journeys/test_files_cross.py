"""Files cross with their messages, and through the shared column: each once, and none that is internal."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
import requests
from sqlalchemy import text

from local.people import Person
from tests.support import papers
from tests.support.papers import hang_on, in_column, on_updates, put_in_column, take_from_column
from tests.support.stage import PARTNER, Stage, open_stage
from workers import jobs

GOLD = "customer-gold"
EDIT = "mutation ($id: ID!, $body: String!) { edit_update(id: $id, body: $body) { id } }"
DELETE = "mutation ($id: ID!) { delete_update(id: $id) { id } }"
LEAVE = "mutation ($item: ID!) { archive_item(item_id: $item) { id } }"
NUMBERED = """
query ($board: ID!, $number: String!) {
  items_page_by_column_values(board_id: $board, columns: [{column_id: "number", column_values: [$number]}]) {
    items { id }
  }
}
"""


@dataclass
class Case:
    """A ticket that stands on both boards."""

    stage: Stage
    theirs: str
    ours: str

    @property
    def customer(self) -> Person:
        return self.stage.people[GOLD][-1]

    @property
    def desk(self) -> Person:
        return self.stage.people[PARTNER][1]

    def settle(self) -> None:
        """Deliver and work until nothing more happens."""
        self.stage.settle()

    def customer_has(self) -> list[str]:
        """The names of all files that the customer can see on its item."""
        return sorted(p.name for p in (*on_updates(self.customer, self.theirs), *self.their_column()))

    def desk_has(self) -> list[str]:
        """The names of all files on the desk's item."""
        return sorted(p.name for p in (*on_updates(self.desk, self.ours), *in_column(self.desk, self.ours)))

    def their_column(self) -> list[papers.Paper]:
        return in_column(self.customer, self.theirs)


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    with open_stage(tmp_path_factory.mktemp("stage"), (GOLD,)) as stage:
        customer = stage.people[GOLD][-1]
        case = Case(stage, customer.create_item(stage.board(GOLD, "tickets"), "Files"), "")
        case.settle()
        (ours,) = case.desk.items(stage.board(PARTNER, "service_desk"))
        case.ours = ours.id
        stage.keep()
        yield case


@pytest.fixture
def case(standing: Case) -> Case:
    standing.stage.reset()
    return replace(standing)


@pytest.fixture
def stage(case: Case) -> Stage:
    return case.stage


def test_a_customers_file_hangs_beneath_its_message_on_the_desk(case: Case) -> None:
    message = case.customer.post(case.theirs, "Look at this")
    hang_on(case.customer, message, "åäö bild.png", b"\x89PNG" + bytes(3_000_000))
    case.settle()
    [copy] = on_updates(case.desk, case.ours)
    assert (copy.name, copy.size) == ("åäö bild.png", 3_000_004)
    assert copy.read() == b"\x89PNG" + bytes(3_000_000)
    [told] = [update for update in case.desk.updates(case.ours) if "Look at this" in update.text]
    assert [reply.id for reply in told.replies] == [copy.update_id]


def test_a_technicians_file_crosses_with_a_public_message_only(case: Case) -> None:
    hang_on(case.desk, case.desk.post(case.ours, "Their logs, for us"), "secret.log")
    hang_on(case.desk, case.desk.post(case.ours, "@kund Here it is"), "guide.pdf")
    case.settle()
    assert case.customer_has() == ["guide.pdf"]


def test_a_mark_without_words_is_said_with_a_file(case: Case) -> None:
    hang_on(case.desk, case.desk.post(case.ours, "@kund"), "guide.pdf")
    case.settle()
    assert case.customer_has() == ["guide.pdf"]


def test_a_file_that_comes_later_crosses_too_and_is_heard_once(case: Case) -> None:
    answer = case.desk.post(case.ours, "@kund Here it is")
    case.settle()
    hang_on(case.desk, answer, "later.pdf")
    case.settle()
    hang_on(case.desk, answer, "even later.pdf")
    case.settle()
    case.stage.sweep()
    case.settle()
    assert case.customer_has() == ["even later.pdf", "later.pdf"]


def test_a_withdrawn_message_takes_its_files_away(case: Case) -> None:
    answer = case.desk.post(case.ours, "@kund Here it is")
    hang_on(case.desk, answer, "guide.pdf")
    case.settle()
    case.desk.ask(EDIT, {"id": answer, "body": "Not for them after all"})
    case.settle()
    assert case.customer_has() == []


def test_an_internal_note_that_is_made_public_brings_its_files(case: Case) -> None:
    note = case.desk.post(case.ours, "A thought")
    hang_on(case.desk, note, "thought.txt")
    case.settle()
    assert case.customer_has() == []
    case.desk.ask(EDIT, {"id": note, "body": "@kund A thought"})
    case.settle()
    assert case.customer_has() == ["thought.txt"]
    case.desk.ask(EDIT, {"id": note, "body": "A thought, kept"})
    case.settle()
    assert case.customer_has() == []


def test_what_is_made_internal_while_its_copy_is_sent_sends_no_file(case: Case) -> None:
    answer = case.desk.post(case.ours, "@kund The logs")
    hang_on(case.desk, answer, "hasty.log")
    _hand_over(case)
    assert case.stage.work(crash=("outbox.after_call", 1))
    case.desk.ask(EDIT, {"id": answer, "body": "The logs, for us only"})
    _hand_over(case)
    [(partner,)] = case.stage.rows("SELECT account_id FROM installations WHERE role = 'partner'")
    jobs.answer(partner, "item", "")
    case.settle()
    assert case.customer_has() == []
    assert case.stage.rows("SELECT id FROM changes WHERE CAST(content AS TEXT) LIKE '%hasty.log%'") == []


def test_a_deleted_message_takes_its_files_away(case: Case) -> None:
    message = case.customer.post(case.theirs, "Wrong picture")
    hang_on(case.customer, message, "wrong.png")
    case.settle()
    assert case.desk_has() == ["wrong.png"]
    case.customer.ask(DELETE, {"id": message})
    case.settle()
    assert case.desk_has() == []


def test_a_copy_that_people_delete_stays_away(case: Case) -> None:
    hang_on(case.customer, case.customer.post(case.theirs, "See"), "see.png")
    case.settle()
    [copy] = on_updates(case.desk, case.ours)
    admin = case.stage.people[PARTNER][0]
    admin.ask(DELETE, {"id": copy.update_id})
    case.settle()
    case.stage.sweep()
    case.settle()
    assert (case.desk_has(), case.customer_has()) == ([], ["see.png"])


def test_files_in_the_column_stand_on_both_boards(case: Case) -> None:
    put_in_column(case.customer, case.theirs, "theirs.csv", b"a;b")
    put_in_column(case.desk, case.ours, "ours.csv", b"c;d")
    case.settle()
    case.stage.sweep()
    case.settle()
    assert case.customer_has() == case.desk_has() == ["ours.csv", "theirs.csv"]
    assert {p.name: p.read() for p in case.their_column()} == {"theirs.csv": b"a;b", "ours.csv": b"c;d"}


def test_who_takes_a_file_out_of_the_column_takes_the_copy_out_too(case: Case) -> None:
    mine = put_in_column(case.desk, case.ours, "mistake.csv")
    put_in_column(case.desk, case.ours, "kept.csv")
    put_in_column(case.customer, case.theirs, "theirs.csv")
    case.settle()
    take_from_column(case.desk, case.stage.board(PARTNER, "service_desk"), case.ours, mine)
    case.settle()
    assert case.customer_has() == ["kept.csv", "theirs.csv"]
    kept = next(p.id for p in in_column(case.desk, case.ours) if p.name == "kept.csv")
    theirs = next(p.id for p in in_column(case.desk, case.ours) if p.name == "theirs.csv")
    board = case.stage.board(PARTNER, "service_desk")
    take_from_column(case.desk, board, case.ours, kept)
    case.settle()
    assert case.customer_has() == ["theirs.csv"]
    # A copy that is taken away is missed on that side only.
    take_from_column(case.desk, board, case.ours, theirs)
    case.settle()
    case.stage.sweep()
    case.settle()
    assert (case.desk_has(), case.customer_has()) == ([], ["theirs.csv"])


def test_a_ticket_that_is_made_with_files_brings_them(case: Case, stage: Stage) -> None:
    theirs = case.customer.create_item(stage.board(GOLD, "tickets"), "With files from the start")
    put_in_column(case.customer, theirs, "first.csv")
    hang_on(case.customer, case.customer.post(theirs, "And this"), "second.png")
    case.settle()
    number = case.customer.item(theirs).texts["number"]
    board = stage.board(PARTNER, "service_desk").id
    page = case.desk.ask(NUMBERED, {"board": board, "number": number})
    ours = page["items_page_by_column_values"]["items"][-1]["id"]
    assert Case(stage, theirs, ours).desk_has() == ["first.csv", "second.png"]


def test_what_waits_for_an_item_that_was_put_away_comes_when_it_is_back(case: Case) -> None:
    case.customer.ask(LEAVE, {"item": case.theirs})
    case.settle()
    put_in_column(case.desk, case.ours, "later.csv")
    hang_on(case.desk, case.desk.post(case.ours, "@kund For later"), "later.pdf")
    case.settle()
    case.stage.restore(GOLD, case.theirs)
    case.settle()
    assert case.customer_has() == ["later.csv", "later.pdf"]


def test_a_new_item_of_the_desk_gets_the_customers_files(case: Case) -> None:
    put_in_column(case.customer, case.theirs, "theirs.csv")
    hang_on(case.customer, case.customer.post(case.theirs, "A question"), "theirs.png")
    hang_on(case.desk, case.desk.post(case.ours, "@kund An answer"), "ours.pdf")
    case.settle()
    case.desk.ask(LEAVE, {"item": case.ours})
    case.settle()
    case.customer.post(case.theirs, "Are you there?")
    case.settle()
    number = case.customer.item(case.theirs).texts["number"]
    board = case.stage.board(PARTNER, "service_desk").id
    page = case.desk.ask(NUMBERED, {"board": board, "number": number})
    [ours] = [item["id"] for item in page["items_page_by_column_values"]["items"]]
    assert ours != case.ours
    assert Case(case.stage, case.theirs, ours).desk_has() == ["theirs.csv", "theirs.png"]
    assert case.customer_has() == ["ours.pdf", "theirs.csv", "theirs.png"]


@pytest.fixture
def small_caps(stage: Stage) -> Iterator[None]:
    """Files of more than ten bytes are too large."""
    settings = replace(stage.settings, largest_file_bytes=10)
    stage.product = replace(stage.product, settings=settings)
    yield
    stage.restart()


@pytest.mark.usefixtures("small_caps")
def test_a_file_that_is_too_large_is_told_with_a_link_until_it_is_taken_back(case: Case) -> None:
    answer = case.desk.post(case.ours, "@kund The recording")
    hang_on(case.desk, answer, "recording.mp4", bytes(11))
    hang_on(case.desk, answer, "note.txt", bytes(9))
    column_file = put_in_column(case.desk, case.ours, "export.csv", bytes(11))
    case.settle()
    assert case.customer_has() == ["note.txt"]
    links = _links(case)
    assert sorted(links) == ["export.csv", "recording.mp4"]
    for name, address in links.items():
        response = case.stage.web.get(address)
        assert response.status_code == 302, name
        assert requests.get(response.headers["Location"], timeout=10).content == bytes(11)
    case.desk.ask(EDIT, {"id": answer, "body": "Not for them"})
    take_from_column(case.desk, case.stage.board(PARTNER, "service_desk"), case.ours, column_file)
    case.settle()
    assert (_links(case), case.customer_has()) == ({}, [])
    for address in links.values():
        page = case.stage.web.get(address, headers={"Accept-Language": "sv"})
        assert page.status_code == 404
        assert "Filen finns inte här längre" in page.text


def test_a_column_that_is_lost_and_made_again_takes_no_files_away(case: Case) -> None:
    put_in_column(case.desk, case.ours, "ours.csv")
    put_in_column(case.customer, case.theirs, "theirs.csv")
    case.settle()
    lose = 'mutation ($board: ID!) { delete_column(board_id: $board, column_id: "shared_files") { id } }'
    admin = case.stage.people[PARTNER][0]
    admin.ask(lose, {"board": case.stage.board(PARTNER, "service_desk").id})
    case.stage.install(PARTNER)
    case.settle()
    case.stage.sweep()
    case.settle()
    assert case.customer_has() == ["ours.csv", "theirs.csv"]
    assert case.desk_has() == ["theirs.csv"]


def test_a_file_column_of_the_technicians_own_stays_theirs(case: Case) -> None:
    """Also one with the id that monday.com gives to such columns."""
    board = case.stage.board(PARTNER, "service_desk").id
    admin = case.stage.people[PARTNER][0]
    make = """
    mutation ($board: ID!) {
      create_column(board_id: $board, id: "files", title: "Files", column_type: file) { id }
    }
    """
    admin.ask(make, {"board": board})
    case.stage.install(PARTNER)
    case.settle()
    put_in_column(case.desk, case.ours, "internal.csv", column="files")
    case.settle()
    case.stage.sweep()
    case.settle()
    assert case.customer_has() == []


def test_nobody_guesses_a_link(case: Case) -> None:
    assert case.stage.web.get("/files/x").status_code == 404


def test_an_account_that_did_not_let_the_app_read_files_keeps_its_messages(case: Case) -> None:
    with case.stage.product.database.transaction() as session:
        session.execute(text("UPDATE installations SET scopes = 'boards:read'"))
    message = case.customer.post(case.theirs, "Words only")
    hang_on(case.customer, message, "left.png")
    case.settle()
    assert case.desk_has() == []
    assert any("Words only" in update.text for update in case.desk.updates(case.ours))
    with case.stage.product.database.transaction() as session:
        session.execute(text("UPDATE installations SET scopes = 'boards:read assets:read'"))
    case.stage.sweep()
    case.customer.ask(EDIT, {"id": message, "body": "Words and a picture"})
    case.settle()
    assert case.desk_has() == ["left.png"]


def _hand_over(case: Case) -> None:
    for delivery in case.stage.collect():
        case.stage.hand_over(delivery)


def _links(case: Case) -> dict[str, str]:
    """Name → path of each link to a file that the customer is told."""
    updates = case.customer.updates(case.theirs)
    bodies = [one.body for top in updates for one in (top, *top.replies)]
    found = re.findall(r'href="[^"]*?(/files/[\w-]+)"[^>]*>([^<]+)</a>', " ".join(bodies))
    return {name: path for path, name in found}
