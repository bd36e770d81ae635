"""An internal note that reaches a customer is the worst bug this product can have."""

from collections.abc import Iterator

import pytest

from tests.support.standing import StandingEstate, standing_estate
from tests.support.tickets import TicketCase, open_ticket

SECRET = "Their admin is difficult"


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandingEstate]:
    with standing_estate(tmp_path_factory.mktemp("estate")) as standing:
        yield standing


@pytest.fixture(scope="module")
def case(estate: StandingEstate) -> TicketCase:
    return open_ticket(estate)


def prove_it_stayed_home(case: TicketCase, secret: str) -> None:
    """Send something public after it; when that has arrived, the secret would have, too."""
    beacon = f"@kund Everything is fine, {abs(hash(secret))}."
    case.desk_writes(beacon)
    case.wait(lambda: case.customer_sees(beacon.removeprefix("@kund ")), "the public message")
    case.settle()
    assert not case.customer_sees(secret)


@pytest.mark.parametrize(
    "note",
    [
        f"{SECRET} 01",
        f"<p>{SECRET} 02</p>",
        f"kund {SECRET} 03",
        f"Hej @kund {SECRET} 04",
        f"@kundtjänst {SECRET} 05",
        f"@customers {SECRET} 06",
        f"<blockquote>@kund Hello</blockquote><p>{SECRET} 07</p>",
        f"<p></p><p>See: @customer {SECRET} 08</p>",
        f"&lt;p&gt;@kund {SECRET} 09",
    ],
)
def test_a_note_without_the_mark_stays_home(case: TicketCase, note: str) -> None:
    case.desk_writes(note)
    prove_it_stayed_home(case, SECRET + note[-7:-4] if note.endswith("</p>") else note[-27:])


@pytest.mark.parametrize(
    "mark",
    [
        "@kund",
        "@KUND",
        "@Customer",
        "  @kund",
        "<p>@kund</p>",
        "<p><strong>@kund</strong></p>",
        "&nbsp;@kund",
    ],
)
def test_a_marked_message_is_public_however_it_is_written(case: TicketCase, mark: str) -> None:
    words = f"Marked in way {abs(hash(mark))}"
    case.desk_writes(f"{mark} {words}")
    case.wait(lambda: case.customer_sees(words), "the public message")


def test_an_internal_reply_in_a_public_thread_stays_home(case: TicketCase) -> None:
    public = case.desk_writes("@kund We are looking into the thread.")
    case.wait(lambda: case.customer_sees("looking into the thread"), "the public message")
    case.desk_writes("Between us: nobody has looked yet", reply_to=public)
    prove_it_stayed_home(case, "nobody has looked yet")


def test_a_public_reply_in_an_internal_thread_brings_only_itself(case: TicketCase) -> None:
    note = case.desk_writes("The whole thread is only for us")
    case.desk_writes("@kund This line is for you.", reply_to=note)
    case.wait(lambda: case.customer_sees("This line is for you."), "the public reply")
    prove_it_stayed_home(case, "only for us")


def test_a_mark_added_by_an_edit_makes_a_note_public(case: TicketCase) -> None:
    note = case.desk_writes("At first between us, then for all")
    case.settle()
    assert not case.customer_sees("then for all")
    _edit(case, note, "@kund At first between us, then for all")
    case.wait(lambda: case.customer_sees("then for all"), "the note to become public")


def test_a_mark_removed_by_an_edit_takes_the_copy_back(case: TicketCase) -> None:
    note = case.desk_writes("@kund Sent by mistake to them")
    case.wait(lambda: case.customer_sees("Sent by mistake"), "the message")
    _edit(case, note, "Sent by mistake to them, and more that is secret")
    case.wait(lambda: not case.customer_sees("Sent by mistake"), "the copy to be withdrawn")
    prove_it_stayed_home(case, "more that is secret")


def test_a_public_message_that_is_deleted_is_withdrawn(case: TicketCase) -> None:
    note = case.desk_writes("@kund Please forget this sentence")
    case.wait(lambda: case.customer_sees("forget this sentence"), "the message")
    case.desk.ask("mutation ($id: ID!) { delete_update(id: $id) { id } }", {"id": note})
    case.wait(lambda: not case.customer_sees("forget this sentence"), "the copy to be withdrawn")


def test_nothing_but_the_mark_is_no_answer(estate: StandingEstate) -> None:
    fresh = open_ticket(estate)
    fresh.desk_writes("@kund")
    fresh.wait(lambda: fresh.desk_sees("nothing follows"), "the technician to be told")
    fresh.settle()
    assert fresh.customer_reads() == []
    assert fresh.ours().texts["sla_status"] == fresh.label_ours("sla_status", "on_track")


def test_the_customers_own_words_may_be_quoted_back(case: TicketCase) -> None:
    case.customer_writes("The green button on the planning board does nothing")
    case.wait(lambda: case.desk_sees("The green button"), "the message on the desk")
    case.desk_writes(
        "<p>@kund It does now.</p>"
        "<blockquote>The green button on the planning board does nothing</blockquote>"
    )
    case.wait(lambda: case.customer_sees("It does now."), "the answer")
    answers = [update for update in case.customer_reads() if "It does now." in update.text]
    assert "The green button" in answers[0].text


def test_a_quote_of_an_internal_note_is_left_out_and_the_technician_told(case: TicketCase) -> None:
    case.desk_writes("Root cause is our own deployment on Friday night")
    case.desk_writes(
        "<p>@kund We have found the cause and mended it.</p>"
        "<blockquote>Root cause is our own deployment on Friday night</blockquote>"
    )
    case.wait(lambda: case.customer_sees("found the cause and mended it"), "the public part")
    case.wait(lambda: case.desk_sees("left out"), "the technician to be told")
    prove_it_stayed_home(case, "our own deployment")


def _edit(case: TicketCase, update_id: str, body: str) -> None:
    case.desk.ask(
        "mutation ($id: ID!, $body: String!) { edit_update(id: $id, body: $body) { id } }",
        {"id": update_id, "body": body},
    )
