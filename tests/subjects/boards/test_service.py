"""An account's boards are made once and kept whole, on a monday.com where anything may go wrong."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from sqlalchemy import delete, update

from app.accounts import service as accounts
from app.accounts.service import Account, InstallationPausedError, NotInstalledError
from app.boards import provisioning, service, templates
from app.boards import site as sites
from app.boards.models import Board, BoardRun
from app.boards.provisioning import BoardMissingError, BoardReport, ProvisioningReport
from app.boards.service import BoardMap
from app.boards.subscriptions import EVENTS, SUBITEM_EVENTS
from app.monday.client import MondayFaultError, MondayUncertainError
from tests.subjects.boards.conftest import Site, echo_challenges
from tests.subjects.boards.killed import is_killed
from tests.subjects.monday.scripted import answers

GOLD = "customer-gold"
PARTNER = "synerity"
TICKETS = templates.load_all()["tickets"]
#: The product's part on each database is the same but for the few statements shown on both.
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def gold(site: Site) -> Account:
    """A customer whose admin has installed the app."""
    return site.install(GOLD)


def provision(site: Site, account: Account, **more: Any) -> ProvisioningReport:
    return provisioning.provision(site, account.account_id, now=site.now, **more)


def board_of(site: Site, account: Account, key: str = "tickets") -> BoardMap:
    with site.database.reading() as session:
        board = service.find_board(session, account.account_id, key)
    assert board is not None
    return board


def tickets_boards(site: Site) -> list[dict[str, Any]]:
    """The customer's boards of tickets; beside them it gets one of feature requests."""
    return [board for board in site.boards(GOLD) if "feature_requests" not in board["description"]]


def of_tickets(report: ProvisioningReport) -> BoardReport:
    """What was done about the board of tickets."""
    [found] = [board for board in report.boards if board.key == "tickets"]
    return found


def stored_row(site: Site, account: Account) -> Board:
    with site.database.reading() as session:
        return session.get_one(Board, (account.account_id, board_of(site, account).board_id))


def webhooks(site: Site, board_id: str, token: str | None = None) -> list[str]:
    """The events the app is told of on a board, as monday.com has them."""
    token = token or accounts.access_token(
        site.database, site.settings, site_account(site).account_id, now=site.now
    )
    query = "query ($id: ID!) { webhooks(board_id: $id, app_webhooks_only: true) { id event } }"
    found = site.sandbox.graphql(token, query, {"id": board_id}).json()["data"]["webhooks"]
    return sorted(webhook["event"] for webhook in found)


def site_account(site: Site) -> Account:
    with site.database.reading() as session:
        found = accounts.find_account_by_slug(session, GOLD)
    assert found is not None
    return found


def mutations(site: Site) -> int:
    return sum(entry["query"].startswith("mutation") for entry in site.log())


def assert_whole(site: Site, account: Account) -> None:
    """There is one tickets board, each column and group once, and each event told once."""
    (board,) = tickets_boards(site)
    assert [column["id"] for column in board["columns"]] == ["name", *(c.key for c in TICKETS.columns)]
    assert len(board["groups"]) == 1
    assert webhooks(site, board["id"]) == sorted(EVENTS)
    row = stored_row(site, account)
    assert (row.board_id, row.state, row.paused_reason) == (board["id"], "active", None)
    assert sorted(row.webhooks) == sorted(EVENTS)


def test_a_customer_gets_a_tickets_board_that_guests_can_be_invited_to(site: Site, gold: Account) -> None:
    report = provision(site, gold)
    assert report.faults == ()
    assert_whole(site, gold)
    (board,) = tickets_boards(site)
    assert (board["name"], board["board_kind"]) == ("Supportärenden", "public")
    assert [group["title"] for group in board["groups"]] == ["Ärenden"]
    assert [column["title"] for column in board["columns"]][1:3] == ["Ärendenummer", "Status"]


def test_provisioning_again_asks_little_and_changes_nothing(site: Site, gold: Account) -> None:
    first = provision(site, gold)
    calls, changes = len(site.log()), mutations(site)
    again = provision(site, gold)
    assert (len(of_tickets(first).made), of_tickets(again).made, again.faults) == (38, (), ())
    assert mutations(site) == changes
    # Two for each of its two boards.
    assert len(site.log()) - calls == 4


@on_sqlite
def test_a_board_is_made_in_few_calls(site: Site, gold: Account) -> None:
    before = len(site.log())
    provision(site, gold)
    # Nine for the tickets, eight for the feature requests.
    assert len(site.log()) - before == 17


@on_sqlite
def test_every_mutation_carries_a_key(site: Site, gold: Account) -> None:
    provision(site, gold)
    before = len(tickets_boards(site))
    with site.database.transaction() as session:
        session.execute(delete(Board))
    provision(site, gold)
    assert len(tickets_boards(site)) == before


@on_sqlite
def test_an_english_customer_reads_english(site: Site, gold: Account) -> None:
    provision(site, gold, language="en")
    (board,) = tickets_boards(site)
    assert board["name"] == "Support tickets"
    assert board_of(site, gold).columns["status"].label_texts["solved"] == "Solved"
    assert board_of(site, gold).language == "en"


@on_sqlite
def test_the_partner_gets_the_desk_and_the_customers(site: Site) -> None:
    partner = site.install("synerity")
    report = provision(site, partner)
    assert [board.key for board in report.boards] == [
        "customers",
        "escalations",
        "service_desk",
        "time_entries",
        "vendor_cases",
        "wishes",
    ]
    assert {board["board_kind"] for board in site.boards("synerity")} == {"public"}
    for key in ("customers", "service_desk"):
        wanted = {column.key for column in templates.load_all()[key].columns}
        assert set(board_of(site, partner, key).columns) == wanted


@on_sqlite
def test_label_ids_are_mondays_own(site: Site, gold: Account) -> None:
    provision(site, gold)
    (board,) = tickets_boards(site)
    shown = next(column for column in board["columns"] if column["id"] == "sla_status")
    ids = {label["label"]: label["id"] for label in shown["settings"]["labels"]}
    ours = board_of(site, gold).columns["sla_status"]
    assert {ours.label_texts[key]: id_ for key, id_ in ours.label_ids.items()} == ids


@on_sqlite
def test_a_webhooks_address_is_short_and_unguessable_and_leads_to_its_board(
    site: Site, gold: Account
) -> None:
    provision(site, gold)
    key = stored_row(site, gold).webhook_key
    assert len(key) >= 32
    called = {heard.path for heard in site.web.heard}
    assert f"/monday/webhooks/{key}" in called
    with site.database.reading() as session:
        assert service.by_webhook_key(session, key) == (gold.account_id, board_of(site, gold).board_id)
        assert service.by_webhook_key(session, key[:-1]) is None


@on_sqlite
def test_a_board_is_known_in_its_own_account_only(site: Site, gold: Account) -> None:
    charlie = site.install("customer-free")
    provision(site, gold)
    board_id = board_of(site, gold).board_id
    with site.database.reading() as session:
        assert service.board_map(session, gold.account_id, board_id) is not None
        assert service.board_map(session, charlie.account_id, board_id) is None
        assert service.find_board(session, charlie.account_id, "tickets") is None
        assert service.list_boards(session, charlie.account_id) == []


@on_sqlite
def test_nothing_that_people_renamed_is_renamed_back(site: Site, gold: Account) -> None:
    provision(site, gold)
    board = board_of(site, gold)
    rename = (
        "mutation ($b: ID!, $t: String!) "
        '{ change_column_title(board_id: $b, column_id: "status", title: $t) { id } }'
    )
    site.as_person(GOLD, rename, {"b": board.board_id, "t": "Läge"})
    rename_group(site, GOLD, board.board_id, board.groups["tickets"], "Frågor")
    relabel(site, board, "solved", "Klart")
    report = provision(site, gold)
    assert (of_tickets(report).made, report.faults) == ((), ())
    (shown,) = tickets_boards(site)
    assert [group["title"] for group in shown["groups"]] == ["Frågor"]
    status = board_of(site, gold).columns["status"]
    assert (status.title, status.label_texts["solved"]) == ("Läge", "Klart")
    assert status.label_ids == board.columns["status"].label_ids


def rename_group(site: Site, slug: str, board_id: str, group_id: str, title: str) -> None:
    change = (
        "mutation ($b: ID!, $g: String!, $t: String!) "
        "{ update_group(board_id: $b, group_id: $g, group_attribute: title, new_value: $t) { id } }"
    )
    site.as_person(slug, change, {"b": board_id, "g": group_id, "t": title})


def status_labels(site: Site) -> tuple[str, list[dict[str, Any]]]:
    """The status column's revision and labels, such as they are given back to monday.com."""
    query = 'query { boards { columns(ids: ["status"]) { revision settings } } }'
    (column,) = site.as_person(GOLD, query)["boards"][0]["columns"]
    names = ("id", "label", "color", "index", "is_done", "is_deactivated")
    return column["revision"], [
        {name: label[name] for name in names} for label in column["settings"]["labels"]
    ]


def set_labels(site: Site, board: BoardMap, labels: Sequence[dict[str, Any]]) -> None:
    revision, _ = status_labels(site)
    change = (
        "mutation ($b: ID!, $r: String!, $s: UpdateStatusColumnSettingsInput!) "
        '{ update_status_column(board_id: $b, id: "status", revision: $r, settings: $s) { id } }'
    )
    site.as_person(GOLD, change, {"b": board.board_id, "r": revision, "s": {"labels": list(labels)}})


def relabel(site: Site, board: BoardMap, key: str, text: str) -> None:
    wanted = board.columns["status"].label_ids[key]
    _, labels = status_labels(site)
    set_labels(site, board, [{**old, "label": text} if old["id"] == wanted else old for old in labels])


def texts(labels: Sequence[dict[str, Any]]) -> set[str]:
    return {label["label"] for label in labels}


@on_sqlite
def test_a_deleted_label_is_put_back(site: Site, gold: Account) -> None:
    provision(site, gold)
    board = board_of(site, gold)
    _, labels = status_labels(site)
    own = {"label": "Vår egen", "color": "sky", "index": 20}
    set_labels(site, board, [*(label for label in labels if label["label"] != "Löst"), own])
    assert provision(site, gold).faults == ()
    assert texts(status_labels(site)[1]) == texts(labels) | {"Vår egen"}
    assert set(board_of(site, gold).columns["status"].label_ids) == set(board.columns["status"].label_ids)


@on_sqlite
@pytest.mark.parametrize("column", ["status", "description", "sync_id"])
def test_a_deleted_column_is_made_again(site: Site, gold: Account, column: str) -> None:
    provision(site, gold)
    board = board_of(site, gold)
    remove = "mutation ($b: ID!, $c: String!) { delete_column(board_id: $b, column_id: $c) { id } }"
    site.as_person(GOLD, remove, {"b": board.board_id, "c": column})
    report = provision(site, gold)
    assert (of_tickets(report).made, report.faults) == ((column,), ())
    assert set(board_of(site, gold).columns) == set(board.columns)


@on_sqlite
def test_a_column_of_another_type_pauses_the_board_with_a_sentence(site: Site, gold: Account) -> None:
    provision(site, gold)
    board = board_of(site, gold)
    remove = 'mutation ($b: ID!) { delete_column(board_id: $b, column_id: "response_due") { id } }'
    site.as_person(GOLD, remove, {"b": board.board_id})
    other = (
        'mutation ($b: ID!) { create_column(board_id: $b, id: "response_due", '
        'title: "Due", column_type: text) { id } }'
    )
    site.as_person(GOLD, other, {"b": board.board_id})
    report = provision(site, gold)
    assert "of the type text; the app needs date" in report.faults[0]
    row = stored_row(site, gold)
    assert (row.state, row.paused_reason) == ("paused", report.faults[0])
    assert "response_due" not in board_of(site, gold).columns


@on_sqlite
@pytest.mark.parametrize("fate", ["archive_board", "delete_board"])
def test_a_board_that_is_gone_is_not_made_a_second_time(site: Site, gold: Account, fate: str) -> None:
    provision(site, gold)
    board = board_of(site, gold)
    site.as_person(GOLD, f"mutation ($b: ID!) {{ {fate}(board_id: $b) {{ id }} }}", {"b": board.board_id})
    report = provision(site, gold)
    assert "archived, deleted, or hidden" in report.faults[0]
    assert tickets_boards(site) == []
    assert stored_row(site, gold).state == "paused"


@on_sqlite
def test_a_board_that_is_forgotten_is_made_anew(site: Site, gold: Account) -> None:
    provision(site, gold)
    old = board_of(site, gold).board_id
    site.as_person(GOLD, "mutation ($b: ID!) { delete_board(board_id: $b) { id } }", {"b": old})
    with site.database.transaction() as session:
        assert service.forget_board(session, gold.account_id, "tickets")
        assert not service.forget_board(session, gold.account_id, "tickets")
    assert provision(site, gold).faults == ()
    assert_whole(site, gold)
    assert board_of(site, gold).board_id != old


@on_sqlite
def test_a_board_is_recognised_by_its_marker_when_our_records_are_lost(site: Site, gold: Account) -> None:
    provision(site, gold)
    board_id = board_of(site, gold).board_id
    with site.database.transaction() as session:
        session.execute(delete(Board))
        session.execute(delete(BoardRun))
    assert provision(site, gold).faults == ()
    assert board_of(site, gold).board_id == board_id
    # The webhooks of before called an address that nobody knows any more.
    assert_whole(site, gold)


@on_sqlite
def test_an_account_that_is_installed_again_during_a_provisioning_stays_connected(
    site: Site, gold: Account
) -> None:
    under_way = sites.Site(site, gold.account_id, site.now)
    site.weather(account=GOLD, acts=[{"do": "revoke_tokens"}])
    site.install(GOLD)
    fresh = accounts.access_token(site.database, site.settings, gold.account_id, now=site.now)
    assert under_way.ask("me", {})["me"]["account"]["id"] == gold.account_id
    assert accounts.access_token(site.database, site.settings, gold.account_id, now=site.now) == fresh


@on_sqlite
def test_a_webhook_that_is_gone_is_subscribed_again(site: Site, gold: Account) -> None:
    provision(site, gold)
    row = stored_row(site, gold)
    token = accounts.access_token(site.database, site.settings, gold.account_id, now=site.now)
    site.sandbox.graphql(
        token, "mutation ($i: ID!) { delete_webhook(id: $i) { id } }", {"i": row.webhooks["create_item"]}
    )
    report = provision(site, gold)
    assert of_tickets(report).made == ("webhook create_item",)
    assert_whole(site, gold)


@on_sqlite
def test_a_webhook_of_ours_that_nobody_knows_is_deleted(site: Site, gold: Account) -> None:
    provision(site, gold)
    token = accounts.access_token(site.database, site.settings, gold.account_id, now=site.now)
    stray = (
        "mutation ($b: ID!, $u: String!) { create_webhook(board_id: $b, url: $u, event: create_item) { id } }"
    )
    site.sandbox.graphql(token, stray, {"b": board_of(site, gold).board_id, "u": f"{site.web.url}/old"})
    assert len(webhooks(site, board_of(site, gold).board_id)) == len(EVENTS) + 1
    provision(site, gold)
    assert_whole(site, gold)


def desk_of(site: Site, partner: Account) -> tuple[str, list[str]]:
    """The service desk's id, and what the app is told of on it."""
    board_id = board_of(site, partner, "service_desk").board_id
    token = accounts.access_token(site.database, site.settings, partner.account_id, now=site.now)
    return board_id, webhooks(site, board_id, token)


def add_subitem(site: Site, slug: str, board_id: str) -> None:
    made = site.as_person(
        slug, 'mutation ($b: ID!) { create_item(board_id: $b, item_name: "A") { id } }', {"b": board_id}
    )
    item = made["create_item"]["id"]
    site.as_person(
        slug,
        'mutation ($i: ID!) { create_subitem(parent_item_id: $i, item_name: "B") { id } }',
        {"i": item},
    )


@on_sqlite
def test_subitems_of_the_desk_are_told_of_once_there_is_one(site: Site) -> None:
    partner = site.install(PARTNER)
    assert provision(site, partner).faults == ()
    board_id, told = desk_of(site, partner)
    assert told == sorted(EVENTS)
    add_subitem(site, PARTNER, board_id)
    report = provision(site, partner)
    assert report.faults == ()
    assert [board.made for board in report.boards if board.board_id == board_id] == [
        tuple(f"webhook {event}" for event in SUBITEM_EVENTS)
    ]
    assert desk_of(site, partner)[1] == sorted((*EVENTS, *SUBITEM_EVENTS))
    with site.database.reading() as session:
        assert service.hears_subitems(session, partner.account_id, board_id)


@on_sqlite
def test_a_customers_subitems_are_its_own(site: Site, gold: Account) -> None:
    provision(site, gold)
    board_id = board_of(site, gold).board_id
    add_subitem(site, GOLD, board_id)
    before = mutations(site)
    assert provision(site, gold).faults == ()
    assert mutations(site) == before
    assert webhooks(site, board_id) == sorted(EVENTS)


@on_sqlite
def test_subitems_that_monday_will_not_tell_of_are_no_fault(site: Site) -> None:
    partner = site.install(PARTNER)
    provision(site, partner)
    board_id, _ = desk_of(site, partner)
    add_subitem(site, PARTNER, board_id)
    refusal = {"code": "InvalidArgumentException", "names": [f"a{index}" for index in range(6)], "times": 6}
    site.weather(api={"partial": [refusal]})
    report = provision(site, partner)
    site.weather()
    assert report.faults == ()
    with site.database.reading() as session:
        row = session.get_one(Board, (partner.account_id, board_id))
        assert (row.state, row.paused_reason) == ("active", None)
        assert not service.hears_subitems(session, partner.account_id, board_id)
    provision(site, partner)
    assert desk_of(site, partner)[1] == sorted((*EVENTS, *SUBITEM_EVENTS))


@on_sqlite
def test_an_address_that_monday_can_not_reach_is_a_sentence_and_is_mended_later(
    site: Site, gold: Account
) -> None:
    site.web.script = answers({}, status=404)
    report = provision(site, gold)
    assert "See that BASE_URL can be reached" in report.faults[0]
    assert stored_row(site, gold).state == "paused"
    assert set(board_of(site, gold).columns) == {column.key for column in TICKETS.columns}
    site.web.script = echo_challenges
    assert provision(site, gold).faults == ()
    assert_whole(site, gold)


@on_sqlite
@pytest.mark.parametrize("kind", ["minute", "locked"])
@pytest.mark.parametrize("call", ["create_board", "create_status_column", "create_webhook"])
def test_what_monday_puts_off_is_done_later(site: Site, gold: Account, kind: str, call: str) -> None:
    trouble = {"kind": kind, "times": 1, "retry_in_seconds": 7, "operation": call}
    site.weather(api={"errors": [trouble]})
    with pytest.raises(MondayFaultError) as put_off:
        provision(site, gold)
    assert not put_off.value.permanent
    assert provision(site, gold).faults == ()
    assert_whole(site, gold)


@on_sqlite
@pytest.mark.parametrize("call", ["create_board", "create_status_column", "create_webhook"])
@pytest.mark.parametrize("kind", ["internal_500", "internal_200", "timeout_after"])
def test_what_may_have_happened_is_not_done_twice(site: Site, gold: Account, kind: str, call: str) -> None:
    site.weather(api={"errors": [{"kind": kind, "times": 1, "operation": call}]})
    with pytest.raises(MondayUncertainError):
        provision(site, gold)
    assert provision(site, gold).faults == ()
    assert_whole(site, gold)


@on_sqlite
@pytest.mark.parametrize("memory", ["remembers", "has_forgotten"])
def test_a_provisioning_killed_after_each_call_and_run_again_makes_everything_once(
    site: Site, gold: Account, environment: dict[str, str], memory: str
) -> None:
    for _ in range(3):
        assert is_killed(environment, gold.account_id, "provisioning.after_call:1")
        if memory == "has_forgotten":
            site.advance("31m")
            with site.database.transaction() as session:
                session.execute(update(BoardRun).values(started=BoardRun.started - 31 * 60))
    assert provision(site, gold).faults == ()
    assert_whole(site, gold)


@on_sqlite
@pytest.mark.parametrize("call", [1, 2, 3])
def test_a_provisioning_killed_before_a_call_and_run_again_is_whole(
    site: Site, gold: Account, environment: dict[str, str], call: int
) -> None:
    assert is_killed(environment, gold.account_id, f"provisioning.before_call:{call}")
    assert provision(site, gold).faults == ()
    assert_whole(site, gold)


def test_two_provisionings_at_once_make_one_board(site: Site, gold: Account) -> None:
    def patiently() -> None:
        for _ in range(20):
            try:
                provision(site, gold)
            except (MondayFaultError, MondayUncertainError):
                continue
            return
        raise AssertionError("It was put off twenty times.")

    with ThreadPoolExecutor(2) as pool:
        for running in [pool.submit(patiently), pool.submit(patiently)]:
            running.result()
    provision(site, gold)
    assert_whole(site, gold)


@on_sqlite
def test_an_account_that_removed_the_app_is_paused_with_a_sentence(site: Site, gold: Account) -> None:
    answer = site.as_person(GOLD, "query { me { id } }")
    assert answer
    uninstall(site)
    with pytest.raises(InstallationPausedError):
        provision(site, gold)
    with site.database.reading() as session:
        account = accounts.find_account(session, gold.account_id)
    assert account is not None
    assert account.state == "paused"
    assert "install the app again" in (account.pause_reason or "")


def uninstall(site: Site) -> None:
    url = f"{site.sandbox.url}/sandbox/uninstall"
    requests.post(url, json={"account": GOLD}, timeout=10).raise_for_status()


@on_sqlite
def test_an_account_that_never_installed_the_app_is_not_touched(site: Site) -> None:
    with pytest.raises(NotInstalledError):
        provisioning.provision(site, "31698058", now=site.now)
    assert site.log() == []


@on_sqlite
def test_a_paused_board_is_followed_again_after_provisioning(site: Site, gold: Account) -> None:
    provision(site, gold)
    board = board_of(site, gold)
    with site.database.transaction() as session:
        service.pause_board(session, gold.account_id, board.board_id, "A column is gone.")
    assert stored_row(site, gold).paused_reason == "A column is gone."
    provision(site, gold)
    assert stored_row(site, gold).state == "active"


@pytest.fixture
def partner(site: Site) -> Account:
    account = site.install("synerity")
    provision(site, account)
    return account


def ensure_group(site: Site, account: Account, title: str, marker: str) -> str:
    return provisioning.ensure_group(site, account.account_id, "service_desk", title, marker, now=site.now)


def desk_groups(site: Site) -> list[dict[str, Any]]:
    desk = next(board for board in site.boards("synerity") if "service_desk" in board["description"])
    groups: list[dict[str, Any]] = desk["groups"]
    return groups


@on_sqlite
def test_a_customer_has_one_group_on_the_desk_however_often_it_is_asked_for(
    site: Site, partner: Account
) -> None:
    ids = {ensure_group(site, partner, "Västkust Energi AB", "42") for _ in range(3)}
    assert len(ids) == 1
    titles = [group["title"] for group in desk_groups(site)]
    assert sorted(titles) == ["Utan kund", "Västkust Energi AB"]
    provision(site, partner)
    assert board_of(site, partner, "service_desk").groups["customer:42"] in ids


@on_sqlite
def test_two_customers_of_the_same_name_have_two_groups(site: Site, partner: Account) -> None:
    assert ensure_group(site, partner, "Acme", "42") != ensure_group(site, partner, "Acme", "43")


@on_sqlite
def test_a_group_that_a_technician_renamed_is_still_the_customers(site: Site, partner: Account) -> None:
    group_id = ensure_group(site, partner, "Acme", "42")
    board_id = board_of(site, partner, "service_desk").board_id
    rename_group(site, "synerity", board_id, group_id, "A")
    assert ensure_group(site, partner, "Acme", "42") == group_id


@on_sqlite
def test_a_group_that_was_made_but_never_stored_is_found_by_its_title(site: Site, partner: Account) -> None:
    group_id = ensure_group(site, partner, "Acme", "42")
    with site.database.transaction() as session:
        row = session.get_one(Board, (partner.account_id, board_of(site, partner, "service_desk").board_id))
        row.structure = {**row.structure, "groups": {}}
    assert ensure_group(site, partner, "Acme", "42") == group_id


@on_sqlite
def test_a_deleted_group_is_made_again(site: Site, partner: Account) -> None:
    group_id = ensure_group(site, partner, "Acme", "42")
    board_id = board_of(site, partner, "service_desk").board_id
    remove = "mutation ($b: ID!, $g: String!) { delete_group(board_id: $b, group_id: $g) { id } }"
    site.as_person("synerity", remove, {"b": board_id, "g": group_id})
    assert ensure_group(site, partner, "Acme", "42") != group_id


@on_sqlite
def test_a_group_needs_its_board(site: Site, gold: Account) -> None:
    with pytest.raises(BoardMissingError, match="synerity provision"):
        ensure_group(site, gold, "Acme", "42")
