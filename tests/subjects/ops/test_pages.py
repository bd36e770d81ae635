"""The operator's page through its own address: the door, the links, what is parked, a ticket's story."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape

import pytest
from click.testing import CliRunner
from flask import request
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.agreements.models import Customer
from app.cli import cli
from app.factory import create_app
from app.inbox import filing
from app.inbox import service as inbox
from app.inbox.service import NewEvent
from app.operators import service as operators
from app.outbox.models import Change
from app.sweeps.models import SweepRun
from tests.support.passwords import cheap_hashes
from tests.support.stage import PARTNER, Stage, open_stage

GOLD = "customer-gold"
PAGES = (
    "/",
    "/parked/changes",
    "/parked/deliveries",
    "/tickets",
    "/tickets/SYN-1001",
    "/sla",
    "/actions",
    "/adopt",
    "/password",
)
JUNK = '<script>alert("tenant")</script>'


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with open_stage(tmp_path_factory.mktemp("stage"), (GOLD,)) as standing:
        customer, board = standing.people[GOLD][-1], standing.board(GOLD, "tickets")
        customer.create_item(board, f"Printer {JUNK}")
        standing.work()
        while deliveries := standing.collect():
            for delivery in deliveries:
                standing.hand_over(delivery)
            standing.work()
        yield standing


@pytest.fixture(autouse=True, scope="module")
def quick() -> Iterator[None]:
    with cheap_hashes():
        yield


@pytest.fixture(scope="module")
def password(stage: Stage) -> str:
    with stage.product.database.transaction() as session:
        operators.add(session, "anna", "anna@synerity.example", by="test", now=stage.product.clock.now())
        return operators.give_password(
            session, "anna", by="test", now=stage.product.clock.now(), must_choose=False
        )


@pytest.fixture
def guest(stage: Stage) -> FlaskClient:
    return create_app(stage.settings).test_client()


@pytest.fixture
def anna(guest: FlaskClient, password: str) -> FlaskClient:
    answer = sign_in(guest, password)
    assert answer.status_code == 302, answer.text
    return guest


def token_of(page: TestResponse) -> str:
    found = re.search(r'name="token" value="(\w+)"', page.text)
    assert found is not None, page.text
    return found[1]


def sign_in(client: FlaskClient, password: str, name: str = "anna") -> TestResponse:
    token = token_of(client.get("/ops/sign-in"))
    return client.post("/ops/sign-in", data={"token": token, "name": name, "password": password})


def post(client: FlaskClient, path: str, **fields: object) -> TestResponse:
    token = token_of(client.get("/ops/tickets"))
    return client.post(f"/ops{path}", data={"token": token, **fields}, follow_redirects=True)


def board_of(stage: Stage) -> tuple[str, str]:
    return stage.rows("SELECT account_id, board_id FROM links WHERE origin = 'own'")[0]


@pytest.fixture
def parked_change(stage: Stage) -> Iterator[int]:
    """A change that monday.com would not take, on the customer's board."""
    account_id, board_id = board_of(stage)
    with stage.product.database.transaction() as session:
        change = Change(
            account_id=account_id,
            board_id=board_id,
            kind="create_update",
            item_id="1",
            content={"body": JUNK, "access_token": "hush", "note": "eyJhbGciOiJI.eyJzdWIiOiIx.c2ln"},
            state="parked",
            reason="The item has too many updates. Archive it, then try again.",
            wanted_at=stage.product.clock.now(),
        )
        session.add(change)
        session.flush()
        change_id = change.id
    yield change_id
    with stage.product.database.transaction() as session:
        session.delete(session.get_one(Change, change_id))


@pytest.fixture
def set_aside(stage: Stage) -> Iterator[int]:
    """A delivery from the service desk that nothing could be done with."""
    [(account_id,)] = stage.rows(f"SELECT account_id FROM installations WHERE slug = '{PARTNER}'")
    lane = filing.set_aside_lane(account_id)
    content = json.dumps({"event": {"type": "odd", "boardId": 7, "textBody": "only for technicians"}})
    event = NewEvent(lane, "webhook", content, "odd", stage.product.clock.now(), "The event is odd.")
    with stage.product.database.transaction() as session:
        inbox.store(session, [event], lease_time=0.0)
    [(event_id,)] = stage.rows("SELECT id FROM inbox WHERE dedupe_key = 'odd'")
    yield event_id
    with stage.product.database.transaction() as session:
        session.connection().exec_driver_sql("DELETE FROM inbox WHERE dedupe_key = 'odd'")


def state_of(stage: Stage, table: str, row_id: int) -> tuple[str, str | None]:
    return stage.rows(f"SELECT state, reason FROM {table} WHERE id = {row_id}")[0]


# --- The door -------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
def test_nobody_who_is_not_signed_in_sees_a_page(guest: FlaskClient, page: str) -> None:
    answer = guest.get(f"/ops{page}")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/ops/sign-in"


def test_nothing_can_be_done_by_who_is_not_signed_in(
    guest: FlaskClient, stage: Stage, parked_change: int
) -> None:
    token = token_of(guest.get("/ops/sign-in"))
    rules = [rule for rule in guest.application.url_map.iter_rules() if rule.rule.startswith("/ops")]
    deeds = {rule.rule for rule in rules if "POST" in (rule.methods or ()) and "sign-in" not in rule.rule}
    assert len(deeds) > 4
    for rule in deeds:
        path = re.sub(r"<any\(.*\):what>", "changes", rule)
        path = re.sub(r"<[\w:]+>", "1", path)
        answer = guest.post(path, data={"token": token, "id": parked_change, "all": "1", "reason": "because"})
        assert answer.headers.get("Location") == "/ops/sign-in", path
    assert state_of(stage, "changes", parked_change)[0] == "parked"


@pytest.mark.parametrize("page", PAGES)
def test_who_is_signed_in_sees_every_page(anna: FlaskClient, page: str) -> None:
    answer = anna.get(f"/ops{page}")
    assert answer.status_code == 200
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert answer.headers["Cache-Control"] == "no-store"
    assert "style=" not in answer.text
    assert not re.search(r"<script(?![^>]*src=)|<style|\son\w+=", answer.text)


def test_the_cookie_can_be_read_by_no_script_and_is_not_sent_with_other_sites_forms(
    guest: FlaskClient, password: str
) -> None:
    [cookie] = [c for c in sign_in(guest, password).headers.getlist("Set-Cookie") if c.startswith("ops=")]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_a_form_without_its_token_is_refused(anna: FlaskClient, stage: Stage, parked_change: int) -> None:
    answer = anna.post("/ops/parked/changes/replay", data={"id": parked_change, "token": "0" * 64})
    assert answer.status_code == 403
    assert state_of(stage, "changes", parked_change)[0] == "parked"


def test_a_form_to_sign_in_from_elsewhere_is_refused(guest: FlaskClient, password: str) -> None:
    answer = guest.post("/ops/sign-in", data={"name": "anna", "password": password})
    assert answer.status_code == 400
    assert not [c for c in answer.headers.getlist("Set-Cookie") if c.startswith("ops=")]


def test_after_signing_out_the_old_cookie_is_worth_nothing(anna: FlaskClient) -> None:
    kept = anna.get_cookie("ops")
    assert kept is not None
    post(anna, "/sign-out")
    anna.set_cookie("ops", kept.value)
    assert anna.get("/ops/").status_code == 302


def test_who_was_given_a_password_chooses_another_first(guest: FlaskClient, stage: Stage) -> None:
    with stage.product.database.transaction() as session:
        given = operators.add(session, "bo", "bo@synerity.example", by="test", now=stage.product.clock.now())
    sign_in(guest, given, "bo")
    assert guest.get("/ops/").headers["Location"] == "/ops/password"
    token = token_of(guest.get("/ops/password"))
    chosen = {"old": given, "new": "correct horse battery", "again": "correct horse battery"}
    guest.post("/ops/password", data={"token": token, **chosen})
    assert sign_in(guest, "correct horse battery", "bo").headers["Location"] == "/ops/"
    assert guest.get("/ops/").status_code == 200


# --- Links ----------------------------------------------------------------------------------


def test_the_overview_shows_the_customers_board(anna: FlaskClient, stage: Stage) -> None:
    page = anna.get("/ops/").text
    assert board_of(stage)[1] in page
    assert "running" in page


def test_a_link_is_paused_with_a_reason_and_resumed(anna: FlaskClient, stage: Stage) -> None:
    account_id, board_id = board_of(stage)
    here = f"/links/{account_id}/{board_id}"
    paused = post(anna, f"{here}/pause", reason=f"They move offices {JUNK}")
    assert "They move offices &lt;script&gt;" in paused.text
    assert "By anna" in paused.text
    assert stage.rows("SELECT held_by FROM boards WHERE held_reason IS NOT NULL") == [("anna",)]
    post(anna, f"{here}/resume")
    assert stage.rows("SELECT held_by FROM boards WHERE held_reason IS NOT NULL") == []
    done = stage.rows(
        "SELECT by, action FROM operator_actions WHERE by = 'anna' AND action LIKE 'link%' ORDER BY id"
    )
    assert done == [("anna", "link paused"), ("anna", "link resumed")]


def test_a_pause_without_a_reason_is_not_taken(anna: FlaskClient, stage: Stage) -> None:
    account_id, board_id = board_of(stage)
    answer = post(anna, f"/links/{account_id}/{board_id}/pause", reason="  ")
    assert answer.status_code == 400
    assert "Say why" in answer.text


def test_a_sweep_is_asked_for(anna: FlaskClient, stage: Stage) -> None:
    account_id, board_id = board_of(stage)
    post(anna, f"/links/{account_id}/{board_id}/sweep")
    newest = f"SELECT cause FROM sweep_runs WHERE board_id = '{board_id}' ORDER BY id DESC LIMIT 1"
    assert stage.rows(newest) == [("asked",)]


@pytest.fixture
def unread_list(stage: Stage) -> Iterator[None]:
    """What stood on the customer's board before was listed in part only."""
    account_id, board_id = board_of(stage)
    with stage.product.database.transaction() as session:
        run = SweepRun(account_id=account_id, board_id=board_id, kind="full", cause="first", state="failed")
        run.begun_at, run.expected, run.items = stage.product.clock.now(), 40, 10
        session.add(run)
    yield
    with stage.product.database.transaction() as session:
        session.delete(session.merge(run))


@pytest.mark.usefixtures("unread_list")
def test_a_link_tells_how_far_its_older_items_have_come(anna: FlaskClient, stage: Stage) -> None:
    account_id, board_id = board_of(stage)
    page = anna.get(f"/ops/links/{account_id}/{board_id}").text
    assert "10 of 40 items have come" in page
    assert "the next sweep tries anew" in page


# --- What is parked -------------------------------------------------------------------------


def test_a_parked_change_is_shown_with_its_reason_and_without_secrets(
    anna: FlaskClient, parked_change: int
) -> None:
    page = anna.get("/ops/parked/changes").text
    assert "The item has too many updates. Archive it, then try again." in page
    assert f"number {parked_change}" in page
    assert "hush" not in page
    assert "eyJhbGciOiJI" not in page
    assert JUNK not in page
    assert JUNK in unescape(page).replace('\\"', '"')


@pytest.mark.usefixtures("set_aside")
def test_what_comes_from_the_service_desk_is_marked_as_internal(anna: FlaskClient) -> None:
    page = anna.get("/ops/parked/deliveries").text
    assert "only for technicians" in page
    assert '<span class="state internal">internal</span>' in page


def test_one_parked_change_is_tried_again(anna: FlaskClient, stage: Stage, parked_change: int) -> None:
    post(anna, "/parked/changes/replay", id=parked_change)
    assert state_of(stage, "changes", parked_change) == ("wanted", None)


def test_only_what_the_filter_finds_is_tried_again(
    anna: FlaskClient, stage: Stage, parked_change: int
) -> None:
    assert "0" in post(anna, "/parked/changes/replay", all="1", reason_part="something else").text
    assert state_of(stage, "changes", parked_change)[0] == "parked"
    post(anna, "/parked/changes/replay", all="1", reason_part="TOO MANY")
    assert state_of(stage, "changes", parked_change)[0] == "wanted"


def test_a_change_is_dropped_with_a_reason(anna: FlaskClient, stage: Stage, parked_change: int) -> None:
    assert post(anna, "/parked/changes/drop", id=parked_change, reason="").status_code == 400
    post(anna, "/parked/changes/drop", id=parked_change, reason="not needed")
    assert state_of(stage, "changes", parked_change) == ("dropped", "dropped by anna: not needed")


def test_a_delivery_is_dropped_with_a_reason(anna: FlaskClient, stage: Stage, set_aside: int) -> None:
    post(anna, "/parked/deliveries/drop", id=set_aside, reason="a joke")
    assert state_of(stage, "inbox", set_aside) == ("ignored", "dropped by anna: a joke")


# --- A ticket -------------------------------------------------------------------------------


def test_a_tickets_story_tells_what_came_in_and_what_went_out(anna: FlaskClient) -> None:
    page = anna.get("/ops/tickets?number=SYN-1001", follow_redirects=True).text
    assert "Item was created" in page
    assert "Make an item" in page
    assert JUNK not in page


def test_a_ticket_that_is_not_there_is_explained(anna: FlaskClient) -> None:
    answer = anna.get("/ops/tickets/SYN-9999")
    assert answer.status_code == 404
    assert "no ticket" in answer.text


# --- The same in a terminal -----------------------------------------------------------------


@pytest.fixture
def terminal(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    settings = stage.settings
    monkeypatch.setenv("APP_ENV", "development")
    monkeypatch.setenv("VAR_DIR", str(settings.var_dir))
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    monkeypatch.setenv("SECRET_KEYS", settings.secret_keys[0])
    return CliRunner()


def test_a_terminal_lists_links_as_json(terminal: CliRunner, stage: Stage) -> None:
    links = json.loads(terminal.invoke(cli, ["links", "--json"]).output)
    own = [link for link in links if link["origin"] == "own"]
    assert board_of(stage) in [(link["account_id"], link["board_id"]) for link in own]
    assert {link["state"] for link in own} == {"running"}


def test_a_terminal_pauses_and_resumes(terminal: CliRunner, stage: Stage) -> None:
    board_id = board_of(stage)[1]
    assert terminal.invoke(cli, ["link", "pause", board_id, "--reason", "a move"]).exit_code == 0
    assert "a move" in terminal.invoke(cli, ["links", "--state", "paused"]).output
    assert "Followed again" in terminal.invoke(cli, ["link", "resume", board_id]).output


def test_a_terminal_shows_and_drops_what_is_parked(
    terminal: CliRunner, stage: Stage, parked_change: int
) -> None:
    shown = terminal.invoke(cli, ["parked", "--account", GOLD, "--payload"]).output
    assert "The item has too many updates" in shown
    assert "hush" not in shown
    terminal.invoke(cli, ["drop", "--change", str(parked_change), "--reason", "not needed"])
    assert state_of(stage, "changes", parked_change)[0] == "dropped"


def test_a_terminal_tells_a_tickets_story(terminal: CliRunner) -> None:
    told = terminal.invoke(cli, ["ticket", "syn-1001"]).output
    assert "Item was created" in told
    assert "Make an item" in told


def test_a_terminal_adds_an_operator_whose_password_is_good(terminal: CliRunner, guest: FlaskClient) -> None:
    told = terminal.invoke(cli, ["operator", "add", "cleo", "--email", "cleo@synerity.example"]).output
    given = re.search(r"Password: (\S+)", told)
    assert given is not None
    assert sign_in(guest, given[1], "cleo").status_code == 302


# --- Adoption -------------------------------------------------------------------------------

CREATE_BOARD = """
mutation { create_board(board_name: "Our questions", board_kind: public, empty: true) { id } }
"""
CREATE_COLUMN = """
mutation ($board: ID!, $id: String!, $title: String!) {
  create_column(board_id: $board, id: $id, title: $title, column_type: long_text) { id }
}
"""


def test_a_board_is_adopted_with_what_the_operator_chose(anna: FlaskClient, stage: Stage) -> None:
    admin = stage.people[GOLD][0]
    board_id = str(admin.ask(CREATE_BOARD)["create_board"]["id"])
    for column_id, title in (("notes", "Notes"), ("more", "More")):
        admin.ask(CREATE_COLUMN, {"board": board_id, "id": column_id, "title": title})
    [(customer_id, account_id)] = stage.rows(f"SELECT id, account_id FROM customers WHERE slug = '{GOLD}'")
    chosen = {"customer": customer_id, "account": account_id, "board": board_id}
    asked = anna.get("/ops/adopt", query_string=chosen).text
    assert '<select name="column-description" required' in asked
    assert 'value="notes"' in asked
    unanswered = post(anna, "/adopt", **chosen)
    assert unanswered.status_code == 400
    assert "Which column serves as" in unanswered.text
    answer = post(anna, "/adopt", **chosen, **{"column-description": "more"})
    assert "The board is followed" in answer.text
    done = "SELECT COUNT(*) FROM operator_actions WHERE action = 'board adopted' AND by = 'anna'"
    assert stage.rows(done) == [(1,)]
    assert stage.rows(f"SELECT origin FROM links WHERE board_id = '{board_id}'") == [("adopted",)]


def test_a_board_in_the_account_of_another_customer_is_not_adopted(anna: FlaskClient, stage: Stage) -> None:
    with stage.product.database.transaction() as session:
        other = Customer(slug="another", name="Another customer")
        session.add(other)
        session.flush()
        other_id = other.id
    account_id, board_id = board_of(stage)
    answer = post(anna, "/adopt", customer=other_id, account=account_id, board=board_id)
    assert answer.status_code == 400
    assert "would read the tickets of Another customer" in answer.text


def test_a_form_that_names_no_customer_is_explained(anna: FlaskClient, stage: Stage) -> None:
    account_id, board_id = board_of(stage)
    answer = post(anna, "/adopt", customer="none", account=account_id, board=board_id)
    assert answer.status_code == 400
    assert "no customer" in answer.text


# --- Behind proxies -------------------------------------------------------------------------


@pytest.mark.parametrize(("proxies", "told"), [(0, "127.0.0.1"), (1, "198.51.100.7"), (2, "203.0.113.9")])
def test_only_our_own_proxies_are_believed(stage: Stage, proxies: int, told: str) -> None:
    app = create_app(replace(stage.settings, trusted_proxies=proxies))
    app.add_url_rule("/seen", view_func=lambda: request.remote_addr or "")
    forwarded = {"X-Forwarded-For": "192.0.2.1, 203.0.113.9, 198.51.100.7"}
    assert app.test_client().get("/seen", headers=forwarded).text == told
