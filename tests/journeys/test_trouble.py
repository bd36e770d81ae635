"""What people break: the link concerned waits, with a sentence an operator understands; the rest goes on."""

import json
from collections.abc import Iterator
from uuid import uuid4

import jwt
import pytest

from app.clock import lease_time
from local.people import Board
from tests.support import story
from tests.support.standing import StandingEstate, standing_estate
from tests.support.tickets import PARTNER, TicketCase, open_ticket

PARKED_EVENTS = "SELECT reason FROM inbox WHERE state = 'parked'"
DELETE_COLUMN = """
mutation ($board: ID!, $column: String!) { delete_column(board_id: $board, column_id: $column) { id } }
"""
COLUMN = "query ($board: [ID!]) { boards(ids: $board) { columns { id settings revision } } }"
UPDATE_LABELS = """
mutation ($board: ID!, $id: String!, $revision: String!, $settings: UpdateStatusColumnSettingsInput) {
  update_status_column(board_id: $board, id: $id, revision: $revision, settings: $settings) { id }
}
"""


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandingEstate]:
    with standing_estate(tmp_path_factory.mktemp("estate")) as standing:
        yield standing


def parked(estate: StandingEstate) -> list[str]:
    return [row[0] for row in estate.rows("SELECT reason FROM changes WHERE state = 'parked'")]


def take(case: TicketCase) -> dict[str, object]:
    return {"technician": {"personsAndTeams": [{"id": int(case.desk.id), "kind": "person"}]}}


def test_a_deleted_column_parks_its_values_and_nothing_else(estate: StandingEstate) -> None:
    case = open_ticket(estate, "customer-silver")
    case.settle()
    admin = estate.as_admin("customer-silver")
    board = estate.board("customer-silver", "tickets")
    admin.ask(DELETE_COLUMN, {"board": board.id, "column": "technician"})
    case.change_ours({**take(case), "status": {"label": case.label_ours("status", "in_progress")}})
    in_progress = board.label("status", "in_progress")["label"]
    case.wait(lambda: case.theirs().texts["status"] == in_progress, "the status, whatever became of the name")
    case.wait(lambda: parked(estate), "the technician's name to be parked")
    told = estate.synerity("status").stdout
    assert "technician" in told
    assert "synerity provision" in told
    other = open_ticket(estate, "customer-gold")
    other.settle()
    assert other.theirs().texts["number"]

    repaired = estate.synerity("provision", "--account", "customer-silver")
    assert repaired.returncode == 0, repaired.stderr
    estate.synerity("replay", "--all")
    case.wait(lambda: case.theirs().texts.get("technician") == case.desk.name, "the name after the repair")
    assert parked(estate) == []


def test_a_shared_column_that_is_made_again_clears_nothing(estate: StandingEstate) -> None:
    case = open_ticket(estate, "customer-gold")
    case.change_theirs({"priority": {"label": case.label_theirs("priority", "high")}})
    high = case.label_ours("priority", "high")
    case.wait(lambda: case.ours().texts["priority"] == high, "the priority on the desk")
    case.settle()
    board = estate.board("customer-gold", "tickets")
    estate.as_admin("customer-gold").ask(DELETE_COLUMN, {"board": board.id, "column": "priority"})
    case.change_theirs({"name": "Still about the same"})
    case.wait(lambda: case.ours().name == "Still about the same", "the new name on the desk")
    case.settle()
    assert case.ours().texts["priority"] == high
    assert estate.synerity("provision", "--account", "customer-gold").returncode == 0
    case.wait(lambda: case.theirs().texts.get("priority"), "the priority to be written back")
    case.settle()
    assert case.ours().texts["priority"] == high
    assert case.theirs().texts["priority"] == case.label_theirs("priority", "high")


def test_a_renamed_label_keeps_its_meaning(estate: StandingEstate) -> None:
    case = open_ticket(estate, "customer-free")
    case.settle()
    change_labels(estate, "customer-free", "status", {case.label_theirs("status", "in_progress"): "På gång"})
    case.change_ours({"status": {"label": case.label_ours("status", "in_progress")}})
    case.wait(lambda: case.theirs().texts["status"] == "På gång", "the renamed label")


def test_a_removed_label_parks_its_column_and_nothing_else(estate: StandingEstate) -> None:
    case = open_ticket(estate, "customer-silver")
    case.settle()
    waiting = case.label_theirs("status", "waiting_vendor")
    change_labels(estate, "customer-silver", "status", {waiting: ""})
    case.change_ours({**take(case), "status": {"label": case.label_ours("status", "waiting_vendor")}})
    case.wait(lambda: case.theirs().texts["technician"] == case.desk.name, "the technician's name")
    case.wait(lambda: parked(estate), "the status to be parked")
    case.settle()
    [reason] = parked(estate)
    assert "'status'" in reason
    assert reason in estate.synerity("status").stdout

    repaired = estate.synerity("provision", "--account", "customer-silver")
    assert repaired.returncode == 0, repaired.stderr
    estate.synerity("replay", "--all")
    case.wait(lambda: case.theirs().texts["status"] == waiting, "the status after the repair")
    assert parked(estate) == []


def change_labels(estate: StandingEstate, slug: str, column_id: str, new_names: dict[str, str]) -> None:
    """An admin renames labels of a status column; one whose new name is empty is removed."""
    admin, board = estate.as_admin(slug), estate.board(slug, "tickets")
    columns = admin.ask(COLUMN, {"board": [board.id]})["boards"][0]["columns"]
    column = next(column for column in columns if column["id"] == column_id)
    settings = column["settings"]
    labels = (json.loads(settings) if isinstance(settings, str) else settings)["labels"]
    wanted = [
        {
            "id": label["id"],
            "label": new_names.get(label["label"], label["label"]),
            "color": color_name(label),
            "index": label["index"],
            "is_done": label.get("is_done", False),
        }
        for label in labels
        if new_names.get(label["label"]) != ""
    ]
    variables = {"board": board.id, "id": column_id, "revision": column["revision"]}
    admin.ask(UPDATE_LABELS, {**variables, "settings": {"labels": wanted}})


def color_name(label: dict[str, object]) -> object:
    color = label["color"]
    return color["name"] if isinstance(color, dict) else color


def test_a_revoked_token_pauses_one_customer_until_it_installs_again(estate: StandingEstate) -> None:
    case = open_ticket(estate, "customer-free")
    case.settle()
    estate.control("uninstall", {"account": "customer-free"})
    case.desk_writes("@kund Is it better now?")
    case.wait(lambda: paused_reason(estate, "customer-free"), "the account to be paused with a reason")
    assert "install the app again" in paused_reason(estate, "customer-free")
    other = open_ticket(estate, "customer-gold")
    other.desk_writes("@kund We are here.")
    other.wait(lambda: other.customer_sees("We are here."), "another customer's answer")
    case.customer_writes("Nobody hears this yet")
    case.customer.create_item(estate.board("customer-free", "tickets"), "Asked while nobody listened")

    estate.install("customer-free")
    case.wait(lambda: case.customer_sees("Is it better now?"), "what waited for the customer")
    case.wait(lambda: case.desk_sees("Nobody hears this yet"), "what the customer wrote meanwhile")
    case.wait(lambda: story.desk_items(estate, "Asked while nobody listened"), "the ticket made meanwhile")
    case.settle()
    assert len([u for u in case.customer_reads() if "Is it better now?" in u.text]) == 1
    assert len([u for u in case.desk_reads() if "Nobody hears this yet" in u.text]) == 1
    assert len(story.desk_items(estate, "Asked while nobody listened")) == 1
    assert "paused" not in estate.synerity("status").stdout


def paused_reason(estate: StandingEstate, slug: str) -> str:
    """What `synerity status` says of a paused account; nothing while it is active."""
    lines = estate.synerity("status").stdout.splitlines()
    return next((line for line in lines if line.split()[:3] == [slug, "customer", "paused"]), "")


def test_of_two_changes_at_the_same_moment_one_stands_and_the_other_is_kept(estate: StandingEstate) -> None:
    case = open_ticket(estate, "customer-gold")
    case.settle()
    case.change_theirs({"priority": {"label": case.label_theirs("priority", "low")}})
    case.change_ours({"priority": {"label": case.label_ours("priority", "urgent")}})
    case.wait(
        lambda: (
            case.theirs().texts["priority"] == case.label_theirs("priority", "urgent")
            and case.ours().texts["priority"] == case.label_ours("priority", "urgent")
        ),
        "the later priority on both boards",
    )
    case.settle()
    said = [update.text for update in (*case.customer_reads(), *case.desk_reads())]
    assert any("Low" in text or "Låg" in text for text in said), said


def test_a_second_item_for_the_same_account_is_parked(estate: StandingEstate) -> None:
    manager, board = estate.as_user(PARTNER, "Maria"), estate.board(PARTNER, "customers")
    manager.create_item(board, "The same customer again", {"account": "customer-gold"})
    reason = "already has the account 'customer-gold'"
    estate.wait_until(
        lambda: any(reason in row[0] for row in estate.rows(PARKED_EVENTS)) or None, "the item to be parked"
    )
    assert reason in estate.synerity("status").stdout


def test_the_connection_column_is_the_apps(estate: StandingEstate) -> None:
    manager, board = estate.as_user(PARTNER, "Maria"), estate.board(PARTNER, "customers")
    item = next(item for item in manager.items(board) if item.texts["account"] == "customer-silver")
    connected = board.label("connection", "connected")
    assert item.texts["connection"] == connected["label"]
    manager.change(board, item.id, {"connection": board.label("connection", "paused")})
    estate.wait_until(
        lambda: manager.updates(item.id) and manager.item(item.id).texts["connection"] == connected["label"],
        "the column to be set back with a reason",
    )


def deliver(estate: StandingEstate, slug: str, address: str, board_id: str, item_id: str) -> None:
    """A delivery that monday.com signed for an address that the product may not know."""
    path = f"/monday/webhooks/{address}"
    now = int(lease_time())
    claims: dict[str, object] = {
        "accountId": int(estate.account(slug)["id"]),
        "userId": 7,
        "iat": now,
        "exp": now + 300,
    }
    settings = estate.stage.settings
    claims |= {"aud": f"{settings.base_url}{path}"}
    token = jwt.encode(claims, settings.monday_signing_secret, algorithm="HS256")
    happened = {"type": "update_column_value", "columnId": "priority", "columnType": "color", "userId": 7}
    where = {"boardId": int(board_id), "pulseId": int(item_id), "triggerUuid": uuid4().hex}
    event = {**happened, **where, "triggerTime": estate.control("clock")["now"]}
    answer = estate.stage.web.post(path, json={"event": event}, headers={"Authorization": token})
    assert answer.status_code == 200


def test_an_event_at_an_unknown_address_is_kept_and_can_be_replayed(estate: StandingEstate) -> None:
    case = open_ticket(estate, "customer-gold")
    case.settle()
    normal, high = case.label_ours("priority", "normal"), case.label_ours("priority", "high")
    estate.control("faults", {"account": "customer-gold", "seed": 1, "webhooks": {"drop": 1}})
    try:
        case.change_theirs({"priority": {"label": case.label_theirs("priority", "high")}})
        board_id = estate.board("customer-gold", "tickets").id
        deliver(estate, "customer-gold", "nobody-made-this", board_id, case.their_item_id)
    finally:
        estate.control_delete("faults")
    case.settle()
    assert "No board is registered" in estate.synerity("status").stdout
    assert case.ours().texts["priority"] == normal
    estate.synerity("replay", "--all")
    case.wait(lambda: case.ours().texts["priority"] == high, "the event's consequence on the desk")
    case.settle()
    assert "No board is registered" not in estate.synerity("status").stdout


def test_an_event_of_a_foreign_board_is_parked_again_when_replayed(estate: StandingEstate) -> None:
    deliver(estate, "customer-gold", "nor-this", "424242", "515151")
    estate.wait_until_settled()
    assert "No board is registered" in estate.synerity("status").stdout
    estate.synerity("replay", "--all")
    estate.wait_until_settled()
    told = estate.synerity("status").stdout
    assert "Board 424242 of account" in told
    assert "is not one of ours" in told
    case = open_ticket(estate, "customer-gold")
    assert case.theirs().texts["number"]


def test_boards_speak_the_language_of_the_agreement(estate: StandingEstate) -> None:
    languages: dict[str, Board] = {
        slug: estate.board(slug, "tickets") for slug in ("customer-free", "customer-gold")
    }
    assert (languages["customer-free"].language, languages["customer-gold"].language) == ("sv", "en")
