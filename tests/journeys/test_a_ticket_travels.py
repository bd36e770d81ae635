"""From the customer's board to the service desk and back, with real processes, through HTTP alone."""

import re

import pytest
import requests

from tests.support.estate import PARTNER, Estate
from tests.support.tickets import open_ticket


def test_a_customers_item_becomes_a_ticket_in_its_group(estate: Estate) -> None:
    case = open_ticket(
        estate,
        "customer-silver",
        title="The invoice automation has stopped",
        values={"description": {"text": "Since Monday nothing happens."}},
    )
    ours = case.ours()
    assert ours.texts["number"].startswith("SYN-")
    assert ours.texts["tier"] == "SILVER"
    assert ours.texts["channel"] == case.label_ours("channel", "board")
    assert ours.texts["requester"] == case.customer.name
    assert ours.texts["description"] == "Since Monday nothing happens."
    assert ours.texts["priority"] == case.label_ours("priority", "normal")
    assert ours.group == estate.account("customer-silver")["name"]


def test_the_customers_item_gets_its_number_status_and_clock(estate: Estate) -> None:
    case = open_ticket(estate, "customer-gold")
    case.settle()
    theirs = case.theirs()
    assert theirs.texts["number"] == case.ours().texts["number"]
    assert theirs.texts["status"] == case.label_theirs("status", "new")
    assert theirs.texts["sla_status"] == case.label_theirs("sla_status", "on_track")
    assert theirs.texts["response_due"]


def test_a_free_customer_is_promised_no_time(estate: Estate) -> None:
    case = open_ticket(estate, "customer-free")
    case.settle()
    assert case.theirs().texts["sla_status"] == case.label_theirs("sla_status", "none")
    assert case.theirs().texts["response_due"] == ""


def test_numbers_are_never_given_twice(estate: Estate) -> None:
    numbers = [
        open_ticket(estate, slug).ours().texts["number"] for slug in ("customer-gold", "customer-free")
    ]
    assert len(set(numbers)) == 2


def test_a_technicians_status_and_name_reach_the_customer(estate: Estate) -> None:
    case = open_ticket(estate)
    case.change_ours(
        {
            "status": {"label": case.label_ours("status", "in_progress")},
            "technician": {"personsAndTeams": [{"id": int(case.desk.id), "kind": "person"}]},
        }
    )
    in_progress = case.label_theirs("status", "in_progress")
    case.wait(lambda: case.theirs().texts["status"] == in_progress, "the status on the customer's board")
    case.wait(lambda: case.theirs().texts["technician"] == case.desk.name, "the technician's name")


def test_a_new_name_and_description_reach_the_desk(estate: Estate) -> None:
    case = open_ticket(estate)
    case.change_theirs({"name": "Renamed by the customer", "description": {"text": "More to tell."}})
    case.wait(lambda: case.ours().name == "Renamed by the customer", "the new name on the desk")
    case.wait(lambda: case.ours().texts["description"] == "More to tell.", "the description on the desk")


@pytest.mark.parametrize("changed_on", ["desk", "customer"])
def test_priority_belongs_to_both(estate: Estate, changed_on: str) -> None:
    case = open_ticket(estate)
    if changed_on == "desk":
        case.change_ours({"priority": {"label": case.label_ours("priority", "urgent")}})
    else:
        case.change_theirs({"priority": {"label": case.label_theirs("priority", "urgent")}})
    case.wait(
        lambda: (
            (case.ours().texts["priority"], case.theirs().texts["priority"])
            == (case.label_ours("priority", "urgent"), case.label_theirs("priority", "urgent"))
        ),
        "the priority on both boards",
    )


def test_a_status_the_customer_sets_is_set_back_with_a_reason(estate: Estate) -> None:
    case = open_ticket(estate)
    case.settle()
    case.change_theirs({"status": {"label": case.label_theirs("status", "solved")}})
    new = case.label_theirs("status", "new")
    case.wait(lambda: len(case.customer_reads()) == 1, "the reason on the customer's item")
    case.wait(lambda: case.theirs().texts["status"] == new, "the status to be set back")
    case.settle()
    assert case.ours().texts["status"] == case.label_ours("status", "new")
    assert len(case.customer_reads()) == 1


def test_what_the_customer_writes_reaches_the_desk_under_their_name(estate: Estate) -> None:
    case = open_ticket(estate)
    case.customer_writes("It happened again at nine.")
    case.wait(lambda: case.desk_sees("It happened again at nine."), "the message on the desk")
    assert case.desk_sees(case.customer.name)


def test_a_public_answer_reaches_the_customer_without_its_mark(estate: Estate) -> None:
    case = open_ticket(estate)
    case.desk_writes("@kund We have found the cause.")
    case.wait(lambda: case.customer_sees("We have found the cause."), "the answer on the customer's board")
    assert not case.customer_sees("@kund")
    assert case.customer_sees(case.desk.name)


def test_an_answer_to_a_message_is_a_reply_to_it_on_the_other_side(estate: Estate) -> None:
    case = open_ticket(estate)
    case.customer_writes("Which board do you need?")
    case.wait(lambda: case.desk_sees("Which board do you need?"), "the question on the desk")
    copy = next(update for update in case.desk.updates(case.desk_item_id) if "Which board" in update.text)
    case.desk_writes("@customer The one called Planning.", reply_to=copy.id)
    case.wait(lambda: case.customer_sees("The one called Planning."), "the answer")
    question = next(u for u in case.customer.updates(case.their_item_id) if "Which board" in u.text)
    assert any("The one called Planning." in reply.text for reply in question.replies)


def test_a_solved_ticket_reopens_when_its_customer_writes(estate: Estate) -> None:
    case = open_ticket(estate)
    case.change_ours({"status": {"label": case.label_ours("status", "solved")}})
    solved, open_again = case.label_theirs("status", "solved"), case.label_theirs("status", "in_progress")
    case.wait(lambda: case.theirs().texts["status"] == solved, "the ticket to be solved")
    case.settle()
    case.customer_writes("I am afraid it is back.")
    case.wait(lambda: case.theirs().texts["status"] == open_again, "the ticket to be open again")
    assert case.ours().texts["status"] == case.label_ours("status", "in_progress")


def test_messages_never_bounce(estate: Estate) -> None:
    case = open_ticket(estate)
    case.customer_writes("Only once, please.")
    case.desk_writes("@kund Of course.")
    case.wait(lambda: case.customer_sees("Of course."), "the answer")
    case.settle()
    assert len(case.customer_reads()) == 2
    assert len(case.desk_reads()) == 2


def test_an_item_the_customer_deletes_stays_on_the_desk(estate: Estate) -> None:
    case = open_ticket(estate)
    case.settle()
    case.customer.ask("mutation ($id: ID!) { delete_item(item_id: $id) { id } }", {"id": case.their_item_id})
    case.wait(lambda: len(case.desk_reads()) == 1, "the desk to be told")
    assert case.ours().texts["number"]


def test_one_customers_tickets_are_no_other_customers(estate: Estate) -> None:
    open_ticket(estate, "customer-gold", title="Only ours to see")
    charlie = estate.as_user("customer-silver")
    titles = [item.name for item in charlie.items(estate.board("customer-silver", "tickets"))]
    assert "Only ours to see" not in titles


def test_operators_see_that_all_is_well(estate: Estate) -> None:
    answer = estate.synerity("status")
    assert answer.returncode == 0, answer.stderr
    assert PARTNER in answer.stdout
    assert "customer-gold" in answer.stdout


def test_operators_see_what_an_account_has_used_of_its_budget(estate: Estate) -> None:
    open_ticket(estate, "customer-gold").settle()
    lines = estate.synerity("status").stdout.splitlines()
    account = next(number for number, line in enumerate(lines) if line.split()[:1] == ["customer-gold"])
    assert "of what may be written" in lines[account + 1]
    metrics = requests.get(f"{estate.place.app_url}/metrics", timeout=10).text
    used = re.search(r'synerity_budget_used{account="customer-gold",what="writes"} ([\d.e+]+)', metrics)
    assert used is not None
    assert float(used[1]) > 0
