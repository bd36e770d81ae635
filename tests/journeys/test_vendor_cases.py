"""What is monday.com's to mend: reported, followed up, answered and told, on boards, by mail and in time."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
from click.testing import CliRunner

from app.cli import cli
from app.vendor_cases import service as cases
from tests.support.papers import on_updates
from tests.support.post import Taken, answer_to, bounce_of, lead_to
from tests.support.stage import PARTNER, Kept
from tests.support.vendor import CHECKED, FREE, GOLD, SILVER, WRITTEN, Office, Ticket, open_office

RECEIPT = {"Auto-Submitted": "auto-replied", "Subject": "[Request received] Request #7654321"}
RESOLUTION: dict[str, Any] = {
    "resolution_sv": {"text": "Automationen kör en gång."},
    "resolution_en": {"text": "It runs once."},
}


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with open_office(tmp_path_factory.mktemp("stage")) as office:
        yield office


@pytest.fixture
def office(standing: Office) -> Office:
    return _anew(standing)


def _anew(office: Office) -> Office:
    """As it was in the beginning, whatever came before."""
    office.stage.reset()
    office.post.forget()
    if office.stage.settings.mail_server is None:
        lead_to(office.stage, office.post)
    return office


@pytest.fixture(scope="module")
def after_report(standing: Office) -> tuple[Kept, Ticket, Sequence[Taken]]:
    """All there is when GOLD's ticket has a case that is sent, and the letters of it."""
    ticket = _anew(standing).reported(GOLD)
    return standing.stage.as_it_is(), ticket, tuple(standing.post.letters)


@pytest.fixture
def ticket(office: Office, after_report: tuple[Kept, Ticket, Sequence[Taken]]) -> Ticket:
    """A ticket of GOLD's whose case is sent."""
    kept, reported, letters = after_report
    office.stage.reset(kept)
    office.post.letters[:] = letters
    return reported


@pytest.mark.parametrize("slug", [SILVER, GOLD])
def test_a_bug_is_reported_at_once_and_followed_to_its_solution(office: Office, slug: str) -> None:
    ticket = office.asks(slug, description={"text": "It began on Monday."})
    office.edits(ticket, cause="bug", status="in_progress")
    assert (office.desk_shows(ticket, "vendor_case"), office.case("status")) == ("V-1", "Prepared")
    assert office.told(ticket, "Vi förbereder en rapport") == 1
    office.writes(status="send")
    assert (office.case("status"), office.post.letters) == ("Prepared", [])
    assert office.case_told("can't be sent yet. Missing: Steps to reproduce, Expected, Where") == 1
    office.writes(**WRITTEN)
    assert office.case("lacks") == ""
    office.writes(status="send")
    letter = office.post.letter("V-1")
    for words in (*WRITTEN.values(), f"{slug}.monday.com", "1 ticket of 1 customer", " UTC"):
        assert words in letter.text
    assert (office.case("status"), office.sees(ticket, "vendor_status")) == (
        "Sent",
        "Skickad till monday.com",
    )
    assert office.told(ticket, "Vi har rapporterat felet") == 1
    assert office.sees(ticket, "status") == "Väntar på monday.com"
    office.answers("We have received your request.", headers=RECEIPT)
    assert (office.case("status"), office.case("vendor_reference")) == ("Waiting for monday.com", "7654321")
    assert office.told(ticket, "har bekräftat") == 1
    office.passes(1.5)
    office.answers("Which automation is it?", files={"look.har": b"{}"})
    assert (office.case("status"), office.case_told("Which automation is it?")) == ("Answered", 1)
    assert (office.told(ticket, "har svarat"), office.told(ticket, "Which automation")) == (1, 0)
    assert [paper.name for paper in on_updates(office.desk, office.item())] == ["look.har"]
    assert on_updates(ticket.customer, ticket.theirs) == []
    assert office.sees(ticket, "status") == "Vi arbetar med det"
    assert office.desk_shows(ticket, "vendor_time") == "1 d 4 h with monday.com"
    assert office.sees(ticket, "vendor_time") == "1 d 4 h hos monday.com"
    office.says("@monday It is automation 456.")
    assert office.post.letters[-1].text.strip() == "It is automation 456."
    assert office.case("status") == "Waiting for monday.com"
    office.says("@kund monday.com frågar, och vi svarar.")
    assert office.told(ticket, "monday.com frågar, och vi svarar.") == 1
    office.passes(1)
    office.answers("It is mended.")
    office.writes(status="solved")
    assert (office.case("status"), office.case_told("Swedish")) == ("Answered", 1)
    office.writes(**RESOLUTION)
    office.writes(status="solved")
    assert office.sees(ticket, "vendor_status") == "Löst av monday.com"
    assert office.told(ticket, "Automationen kör en gång.") == 1
    assert office.desk_told(ticket, "may be solved now") == 1
    assert office.desk_shows(ticket, "status") == "In progress"
    with office.stage.product.database.reading() as session:
        (seen,) = cases.list_cases(session, now=office.now())
    assert seen.vendor_business_seconds == pytest.approx(2.5 * 9 * 3600, abs=120)


def test_times_with_the_vendor_are_summed_and_shown_to_operators(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    began, ticket = office.now(), office.reported(GOLD)
    office.passes(1)
    middle, late = office.now(), office.asks(SILVER)
    office.edits(late, vendor_case="V-1")
    office.passes(2)
    office.answers("Here is an answer.")
    office.passes(3)
    ids = {str(slug): int(ident) for slug, ident in office.stage.rows("SELECT slug, id FROM customers")}
    spans = ((began, middle), (middle, office.now()), (began, office.now()))
    with office.stage.product.database.reading() as session:
        first, second, whole, none, late_second, late_whole = (
            sum(one.business_seconds for one in cases.vendor_times(session, ids[slug], *span))
            for slug in (GOLD, SILVER)
            for span in spans
        )
    assert abs(first + second - whole) <= 1
    assert (none, late_second) == (0, late_whole)
    assert [round(one / 9 / 3600, 2) for one in (whole, late_whole)] == [3.0, 2.0]
    settings = office.stage.settings
    monkeypatch.setenv("VAR_DIR", str(settings.var_dir))
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    run = CliRunner()
    listed = run.invoke(cli, ["cases", "list", "--open"], catch_exceptions=False).output
    shown = run.invoke(cli, ["cases", "show", "v-1"], catch_exceptions=False).output
    assert all(words in listed for words in ("V-1", "answered", "3 d"))
    assert all(words in shown for words in ("answered", ticket.number, late.number, "3 d of business time"))


def test_what_nobody_may_change_is_set_back_and_events_told_twice_change_nothing(
    office: Office, ticket: Ticket
) -> None:
    letters, read = len(office.post.letters), office.reads(ticket)
    office.stage.tick(2)
    board = office.stage.board(GOLD, "tickets")
    wrong = {"vendor_time": "99 d", "vendor_status": board.label("vendor_status", "solved")}
    ticket.customer.change(board, ticket.theirs, wrong)
    office.desk.change(office.stage.board(PARTNER, "vendor_cases"), office.item(), {"lacks": "nothing"})
    office.desk.post(office.item(), "@monday One word more.")
    office.desk.post(office.item(), "@kund Ett ord till.")
    deliveries = office.stage.collect()
    assert len(deliveries) >= 5
    for delivery in [*deliveries, *reversed(deliveries)]:
        office.stage.hand_over(delivery)
        office.stage.work()
    office.settle()
    office.stage.sweep()
    office.settle()
    assert office.sees(ticket, "vendor_status") == "Skickad till monday.com"
    assert office.sees(ticket, "vendor_time") == "0 h hos monday.com"
    assert (office.case("status"), office.case("lacks")) == ("Sent", "")
    assert len(office.post.letters) == letters + 1
    assert (
        office.told(ticket, "Ett ord till.")
        == office.told(ticket, "Vi har skrivit till monday.com igen")
        == 1
    )
    # One notice more, of what was set back.
    assert len(office.reads(ticket)) == len(read) + 3
    assert len(office.cases()) == 1


def test_where_no_mail_can_be_sent_it_is_said_and_reported_by_hand(office: Office) -> None:
    office.stage.settings = replace(office.stage.settings, mail_server=None)
    office.stage.restart()
    ticket = office.reported(GOLD)
    assert (office.case("status"), office.case_told("is not set up")) == ("Prepared", 1)
    assert (office.case("steps"), office.told(ticket, "Vi har rapporterat")) == (WRITTEN["steps"], 0)
    office.writes(status="sent")
    assert (office.case("status"), office.told(ticket, "Vi har rapporterat")) == ("Sent", 1)
    office.passes(1)
    office.writes(status="answered")
    assert office.desk_shows(ticket, "vendor_time") == "1 d with monday.com"
    office.writes(status="prepared")
    assert (office.case("status"), office.case_told("That makes no sense")) == ("Answered", 1)
    office.writes(status="waiting")
    assert (office.case("status"), office.told(ticket, "Vi har skrivit till monday.com igen")) == (
        "Waiting for monday.com",
        1,
    )


def test_a_free_ticket_is_reported_when_its_customer_asks(office: Office) -> None:
    ticket = office.asks(FREE)
    office.edits(ticket, cause="bug")
    assert office.cases() == []
    assert (office.told(ticket, "Kryssa för Rapportera"), office.desk_told(ticket, "on request")) == (1, 1)
    office.edits(ticket, vendor_case="new")
    assert (office.cases(), office.desk_shows(ticket, "vendor_case")) == ([], "")
    office.checks(ticket)
    assert office.desk_shows(ticket, "vendor_case") == "V-1"
    other = office.asks(FREE)
    office.checks(other)
    assert (office.desk_shows(other, "vendor_status"), office.told(other, "En tekniker tittar")) == (
        "Customer asks for it",
        1,
    )
    office.checks(other, None)
    assert (office.desk_shows(other, "vendor_status"), office.sees(other, "vendor_status")) == ("", "")
    office.checks(other, CHECKED)
    office.edits(other, vendor_case="v-1")
    assert office.desk_shows(other, "vendor_case") == "V-1"
    assert office.case("same_fault") == "2 tickets of 1 customer"
    office.edits(other, vendor_case="V-77")
    assert (office.desk_shows(other, "vendor_case"), office.desk_told(other, "no vendor case V-77")) == (
        "V-1",
        1,
    )


def test_silence_is_followed_up_and_offered_to_be_escalated(office: Office, ticket: Ticket) -> None:
    free = office.asks(FREE)
    office.checks(free)
    office.edits(free, vendor_case="V-1")
    office.passes(1.9)
    assert office.case_told("Follow-up") == 0
    office.passes(0.1)
    assert (office.case_told("Follow-up 1 is due"), "2 business days ago" in office.case("reminder")) == (
        1,
        True,
    )
    office.writes(status="remind")
    assert "Reminder: V-1" in str(office.post.letters[-1].message["Subject"])
    assert (office.case("status"), office.told(ticket, "Vi har påmint dem")) == ("Waiting for monday.com", 1)
    office.answers("We are on leave.", headers={**RECEIPT, "Subject": "Out of office"})
    office.passes(2)
    assert office.case_told("Follow-up 2 is due") == 1
    office.passes(2)
    assert (office.case_told("Follow-up 3 is due"), office.case_told("silent past the limit")) == (1, 1)
    assert office.desk_told(ticket, "silent about V-1") == 1
    assert office.desk_told(free, "silent about V-1") == 0
    assert office.told(ticket, "kort lägesrapport") == 0
    office.passes(1.5)
    assert office.told(ticket, "kort lägesrapport") == 1
    office.answers("Sorry, here we are.")
    office.passes(4)
    assert office.case_told("Follow-up") == 3
    assert office.case("follow_up") == ""


def test_a_case_tells_each_of_its_customers_and_none_of_the_others(office: Office) -> None:
    office.speaks(SILVER, "en")
    gold, silver = office.reported(GOLD, title="A gold secret"), office.asks(SILVER)
    office.edits(silver, vendor_case="V-1")
    office.desk.post(office.item(), "Internal: Kund Guld pays for haste.")
    office.desk.post(gold.ours, "An internal note of the ticket.")
    office.answers("An internal answer of the vendor.", files={"internal.txt": b"x"})
    assert [office.desk_shows(one, "sla_status") for one in (gold, silver)] == ["On track"] * 2
    public = office.says("@customer It is known to them.")
    assert [office.desk_shows(one, "sla_status") for one in (gold, silver)] == ["Met"] * 2
    name = _name_of(office, SILVER)
    office.says(f"@customer The same fault was met by {name}.")
    assert office.case_told(gold.number) >= 1
    office.writes(resolution_sv={"text": f"Tack, {name}!"}, status="solved")
    assert (office.case("status"), office.case_told("words on how it ended in English")) == ("Answered", 1)
    office.writes(resolution_en={"text": "It is mended."}, status="solved")
    assert (office.case("status"), office.case_told("would tell customers of each other")) == ("Answered", 1)
    office.writes(resolution_sv={"text": "Det är lagat."})
    office.writes(status="wont_fix")
    said = [office.told(one, words) for one in (gold, silver) for words in ("Det är lagat.", "It is mended.")]
    assert said == [1, 0, 0, 1]
    assert (office.told(gold, "har svarat"), office.told(silver, "has answered our report")) == (1, 1)
    for ticket, other in ((gold, silver), (silver, gold)):
        assert office.told(ticket, "It is known to them.") == 1
        read = " ".join([*office.reads(ticket), *ticket.customer.item(ticket.theirs).texts.values()])
        for words in ("nternal", "secret" if ticket is silver else "-", other.number, other.slug):
            assert words == "-" or words.lower() not in read.lower()
    assert office.told(silver, name) == office.told(silver, "The same fault was met by") == 1
    assert office.told(gold, "The same fault was met by") == 0
    assert _name_of(office, GOLD) not in " ".join(office.reads(silver))
    _edit(office, public, "@customer It is better known.")
    assert [office.told(one, "It is better known.") for one in (gold, silver)] == [1, 1]
    _edit(office, public, "Not for customers any more.")
    assert [office.told(one, "better known") for one in (gold, silver)] == [0, 0]
    # The other public words, which went to one of them only, still answer it.
    assert [office.desk_shows(one, "sla_status") for one in (gold, silver)] == ["On track", "Met"]


def test_mail_that_comes_back_or_comes_late_is_told(office: Office) -> None:
    office.post.refuse()
    ticket = office.reported(SILVER)
    assert (office.case("status"), office.case_told("could not be delivered")) == ("Prepared", 1)
    assert office.told(ticket, "Vi har rapporterat") == 0
    office.post.behave()
    office.writes(status="send")
    office.door.bring(bounce_of(office.post.letters[-1]), office.post.letters[-1].envelope_from)
    office.settle()
    assert (office.case("status"), office.told(ticket, "kom inte fram")) == ("Prepared", 1)
    assert office.sees(ticket, "vendor_time") == "0 h hos monday.com"
    office.post.break_after_data()
    office.writes(status="send")
    assert (office.case("status"), office.case_told("Nobody knows whether")) == ("Send", 1)
    office.writes(status="prepared")
    assert (office.case("status"), office.case_told("on its way")) == ("Send", 1)
    office.post.behave()
    letters = len(office.post.letters)
    office.answers("We have it.")
    assert (office.case("status"), len(office.post.letters)) == ("Answered", letters)
    office.answers("And here is more.")
    assert (office.case_told("And here is more."), office.told(ticket, "har svarat")) == (1, 1)


def test_answers_out_of_order_stand_once_each_and_the_receipt_last_undoes_nothing(office: Office) -> None:
    ticket = office.reported(SILVER)
    office.says("@monday Is there a way around it?")
    package, question = office.post.letters
    for letter, words in ((question, "Use a formula meanwhile."), (package, "Which browser is it?")):
        office.stage.tick(2)
        office.door.answer(letter, words)
        office.settle()
    office.answers("We have got your report.", headers=RECEIPT)
    assert office.case("status") == "Answered"
    assert office.case("vendor_reference") == "7654321"
    assert [office.case_told(one) for one in ("a formula", "Which browser", "have got your")] == [1, 1, 1]
    assert (office.told(ticket, "har svarat"), office.told(ticket, "har bekräftat")) == (1, 0)
    spent = office.sees(ticket, "vendor_time")
    office.passes(3)
    assert (office.sees(ticket, "vendor_time"), office.case_told("Follow-up")) == (spent, 0)


def test_an_answer_with_another_cases_token_reaches_nobody(office: Office, ticket: Ticket) -> None:
    silver = office.asks(SILVER)
    office.edits(silver, cause="bug")
    office.writes("V-2", **WRITTEN)
    office.writes("V-2", status="send")
    one, two = (office.post.letter(number) for number in ("V-1", "V-2"))
    office.door.bring(answer_to(one, "A secret of gold."), two.answer_address)
    office.settle()
    assert [office.told(told, "har svarat") for told in (ticket, silver)] == [0, 0]
    assert [office.case("status", number) for number in ("V-1", "V-2")] == ["Sent", "Sent"]
    assert [office.case_told("secret", number) for number in ("V-1", "V-2")] == [0, 0]


def test_a_case_outlives_its_item_and_its_tickets_may_leave(office: Office, ticket: Ticket) -> None:
    office.says("@customer We are on it.")
    first = office.item()
    office.desk.ask("mutation ($id: ID!) { delete_item(item_id: $id) { id } }", {"id": first})
    office.settle()
    office.answers("Here is an answer.")
    assert office.item() != first
    assert (office.case("status"), office.case("steps")) == ("Answered", WRITTEN["steps"])
    assert (office.case_told("Here is an answer."), office.case_told("had left the board")) == (1, 1)
    assert office.told(ticket, "We are on it.") == 1
    office.edits(ticket, vendor_case="")
    assert (office.sees(ticket, "vendor_status"), office.case("same_fault")) == (
        "",
        "0 tickets of 0 customers",
    )
    told = len(office.reads(ticket))
    office.answers("Another answer.")
    office.passes(6)
    assert len(office.reads(ticket)) == told
    late = office.asks(SILVER)
    office.writes(status="solved", **RESOLUTION)
    office.edits(late, vendor_case="V-1")
    assert office.told(late, "Automationen kör en gång.") == 1
    office.writes(status="answered")
    assert (office.told(late, "öppen igen"), office.sees(late, "vendor_status")) == (
        1,
        "monday.com har svarat",
    )


def test_a_solved_ticket_is_told_how_it_ended_and_no_more(office: Office, ticket: Ticket) -> None:
    office.edits(ticket, status="solved")
    office.passes(6)
    office.writes(status="remind")
    assert office.told(ticket, "påmint") == office.told(ticket, "lägesrapport") == 0
    office.writes(**RESOLUTION)
    office.writes(status="solved")
    assert office.told(ticket, "Automationen kör en gång.") == 1
    assert office.desk_shows(ticket, "status") == "Solved"


def _name_of(office: Office, slug: str) -> str:
    found = office.stage.rows(f"SELECT name FROM customers WHERE slug = '{slug}'")
    return str(found[0][0])


def _edit(office: Office, update_id: str, words: str) -> None:
    office.stage.tick(2)
    query = "mutation ($id: ID!, $body: String!) { edit_update(id: $id, body: $body) { id } }"
    office.desk.ask(query, {"id": update_id, "body": words})
    office.settle()
