"""Promises on both boards, as tickets wait, are answered, and change under way; exact to the second."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml
from click.testing import CliRunner

from app import agreements, business_time
from app.business_time import calendar
from app.cli import cli
from app.errors import SupportError
from app.ops import promises
from app.sla import service as sla
from app.sla.rules.cycles import Metric
from app.sla.rules.ledger import Party
from local.people import Person
from tests.support.stage import PARTNER, Stage, open_stage

GOLD = "customer-gold"
SUPPORT = calendar("support")
TIERS = Path(agreements.__file__).with_name("tiers.yaml")
HOUR = 3600
EDIT = "mutation ($id: ID!, $body: String!) { edit_update(id: $id, body: $body) { id } }"


@dataclass
class Case:
    """A ticket on both boards, opened when a business day lies ahead."""

    stage: Stage
    customer: Person
    desk: Person
    theirs: str = ""
    ours: str = ""

    def now(self) -> datetime:
        return self.stage.product.clock.now()

    def settle(self) -> None:
        self.stage.settle()

    def passes(self, business_hours: float) -> None:
        """So much business time goes by, and a worker looks."""
        later = SUPPORT.add(self.now(), timedelta(hours=business_hours))
        self.stage.tick((later - self.now()).total_seconds())
        self.settle()

    def asks(self) -> None:
        board = self.stage.board(GOLD, "tickets")
        self.theirs = self.customer.create_item(board, "It is slow")
        self.settle()
        (item,) = self.desk.items(self.stage.board(PARTNER, "service_desk"))
        self.ours = item.id

    def writes(self, words: str) -> None:
        # monday.com gives the moments of messages in whole seconds.
        self.stage.tick(2)
        self.customer.post(self.theirs, words)
        self.settle()

    def answers(self, words: str = "We are on it.") -> str:
        posted = self.desk.post(self.ours, f"@kund {words}")
        self.settle()
        return posted

    def sets(self, status: str) -> None:
        board = self.stage.board(PARTNER, "service_desk")
        self.desk.change(board, self.ours, {"status": board.label("status", status)})
        self.settle()

    def status(self) -> str:
        """What both boards show; they must show the same."""
        desk, theirs = self.stage.board(PARTNER, "service_desk"), self.stage.board(GOLD, "tickets")
        shown = self.desk.item(self.ours).texts["sla_status"]
        told = self.customer.item(self.theirs).texts["sla_status"]
        keys = ("none", "on_track", "at_risk", "paused", "breached", "met")
        key = next(key for key in keys if desk.label("sla_status", key)["label"] == shown)
        assert theirs.label("sla_status", key)["label"] == told
        return key

    def due(self) -> datetime | None:
        text = self.desk.item(self.ours).texts["response_due"]
        # People read moments by their own clock.
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Stockholm")) if text else None

    def explained(self, now: datetime | None = None) -> sla.Explanation:
        with self.stage.product.database.transaction() as session:
            return sla.explain(session, 1, now=now or self.now())


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    with open_stage(tmp_path_factory.mktemp("stage"), (GOLD,)) as stage:
        stage.stop_sweeps()
        case = Case(stage, stage.people[GOLD][-1], stage.people[PARTNER][1])
        case.settle()
        set_tier(case, "gold")
        # Half an hour after a day's opening, whatever time it is now: what is due today is due today.
        tomorrow = case.now().astimezone(SUPPORT.zone).date() + timedelta(days=1)
        opens = SUPPORT.add(datetime.combine(tomorrow, time(), SUPPORT.zone), timedelta(seconds=1))
        stage.tick((opens - case.now()).total_seconds())
        case.passes(0.5)
        case.asks()
        stage.keep()
        yield case


@pytest.fixture
def case(standing: Case) -> Case:
    standing.stage.reset()
    return replace(standing)


def test_a_ticket_that_waits_for_its_customer_is_not_counted(case: Case) -> None:
    due = case.due()
    case.sets("waiting_customer")
    assert (case.status(), case.due()) == ("paused", None)
    since = case.now()
    case.passes(1.5)
    case.writes("The board of invoices.")
    assert case.status() == "on_track"
    waited = SUPPORT.elapsed(since, case.now())
    assert due is not None
    now_due = case.due()
    assert now_due is not None
    assert abs(now_due - SUPPORT.add(due, waited)) <= timedelta(minutes=1)


def test_each_further_message_waits_for_an_answer(case: Case) -> None:
    case.answers()
    assert case.status() == "met"
    case.writes("It is still slow.")
    assert case.status() == "on_track"
    case.passes(1.6)
    assert case.status() == "at_risk"
    case.answers("Try again, please.")
    assert case.status() == "met"


def test_thanks_after_the_solution_start_no_clock(case: Case) -> None:
    case.answers()
    case.sets("solved")
    case.writes("Tack så mycket för hjälpen!")
    case.passes(20)
    assert case.status() == "met"
    desk = case.stage.board(PARTNER, "service_desk")
    assert case.desk.item(case.ours).texts["status"] == desk.label("status", "solved")["label"]


def test_a_question_after_the_solution_opens_the_ticket_and_waits(case: Case) -> None:
    case.answers()
    case.sets("solved")
    case.writes("It is slow again.")
    assert case.status() == "on_track"


def test_an_answer_that_is_taken_back_was_none_and_that_is_seen(case: Case) -> None:
    case.stage.tick(2)
    said = case.answers()
    assert case.status() == "met"
    case.desk.ask(EDIT, {"id": said, "body": "We are on it."})
    case.settle()
    assert case.status() == "on_track"
    # It was the first response, and the word that the customer is promised from time to time.
    revisions = {(one.metric, one.was, one.became) for one in case.explained().revisions}
    assert revisions == {(metric, "met", "on_track") for metric in ("first_response", "periodic_update")}


def test_a_breach_that_nobody_was_awake_for_has_its_exact_moment(case: Case) -> None:
    due = case.due()
    case.stage.tick(20 * 24 * HOUR)
    case.settle()
    assert case.status() == "breached"
    broken = "SELECT breached_at FROM sla_cycles WHERE metric = 'first_response'"
    ((breached_at,),) = case.stage.rows(broken)
    # The board shows minutes.
    assert datetime.fromisoformat(breached_at).replace(tzinfo=UTC, second=0, microsecond=0) == due


def test_a_pause_is_not_forgotten_when_the_agreement_changes(case: Case) -> None:
    case.passes(0.5)
    case.sets("waiting_customer")
    case.passes(3)
    set_tier(case, "silver")
    assert case.status() == "paused"
    case.sets("in_progress")
    assert case.status() == "on_track"
    first = case.explained().cycles[0]
    assert first.target is not None
    assert first.target.business_seconds == 8 * HOUR
    assert first.due_at is not None
    assert first.due_at - SUPPORT.add(case.now(), timedelta(hours=7.5)) < timedelta(seconds=20)


def test_what_was_broken_stays_broken_when_the_agreement_changes(case: Case) -> None:
    case.passes(2.5)
    assert case.status() == "breached"
    set_tier(case, "free")
    assert case.status() == "breached"


def test_a_ledger_explains_every_second(case: Case) -> None:
    case.sets("waiting_customer")
    case.passes(2)
    case.sets("in_progress")
    case.passes(12)
    now = case.now()
    told = case.explained(now)
    (lines,) = [lines for cycle, lines in told.clocks if cycle.metric is Metric.FIRST_RESPONSE]
    reasons = {(line.reason, line.detail) for line in lines}
    assert {("open", ""), ("paused", "waiting_customer"), ("outside_hours", "")} <= reasons
    assert lines[0].start == told.cycles[0].started_at
    assert lines[-1].end == now
    assert sum(told.whose_time.values(), timedelta(0)) == now - told.cycles[0].started_at


def test_the_order_of_deliveries_does_not_matter(case: Case) -> None:
    case.sets("waiting_customer")
    case.passes(1)
    case.customer.post(case.theirs, "The board of invoices.")
    case.stage.tick(600)
    case.desk.post(case.ours, "@kund We have found it.")
    for delivery in reversed(case.stage.collect()):
        case.stage.hand_over(delivery)
        case.stage.work()
    case.settle()
    assert case.status() == "met"
    assert [r.became for r in case.explained().revisions] == []


@pytest.fixture
def terminal(case: Case, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """``synerity`` with these words, and what it said."""
    settings = case.stage.settings
    monkeypatch.setenv("APP_ENV", "development")
    monkeypatch.setenv("VAR_DIR", str(settings.var_dir))
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    monkeypatch.setenv("SECRET_KEYS", settings.secret_keys[0])

    def say(*words: str) -> str:
        answer = CliRunner().invoke(cli, list(words))
        if isinstance(answer.exception, SupportError):
            raise answer.exception
        assert answer.exit_code == 0, answer.output
        return answer.output

    return say


def test_a_terminal_explains_a_clock(case: Case, terminal: Callable[..., str]) -> None:
    case.sets("waiting_customer")
    case.passes(1)
    told = terminal("sla", "explain", "SYN-1001")
    assert "First response: paused" in told
    assert "promised 2:00:00 of business time" in told
    assert "paused: waiting for the customer" in told
    assert "the customer" in told.partition("Whose time it was")[2]
    (first, *_) = json.loads(terminal("sla", "explain", "SYN-1001", "--json"))
    assert (first["metric"], first["status"], first["due_at"]) == ("first_response", "paused", None)


def test_time_is_excused_with_a_reason_that_stays(case: Case, terminal: Callable[..., str]) -> None:
    opened = case.explained().cycles[0].started_at
    case.passes(2.5)
    assert case.status() == "breached"
    until = SUPPORT.add(opened, timedelta(hours=1))
    words = ("--from", opened.isoformat(), "--to", until.isoformat(), "--reason", "monday.com was down")
    terminal("sla", "excuse", "SYN-1001", *words)
    case.settle()
    assert case.status() == "at_risk"
    assert "monday.com was down" in terminal("sla", "explain", "SYN-1001")
    (revision,) = case.explained().revisions
    assert (revision.was, revision.became) == ("breached", "at_risk")


@pytest.mark.parametrize(
    ("start", "end", "reason", "complaint"),
    [
        ("soon", "2026-11-23T09:00", "x", "no moment"),
        ("2026-11-23T09:00", "2026-11-23T08:00", "x", "end after it begins"),
        ("2026-11-23T08:00", "2026-11-23T09:00", " ", "why"),
    ],
)
def test_what_can_not_be_excused_is_said(
    terminal: Callable[..., str], start: str, end: str, reason: str, complaint: str
) -> None:
    with pytest.raises((SupportError, AssertionError), match=complaint):
        terminal("sla", "excuse", "SYN-1001", "--from", start, "--to", end, "--reason", reason)


def test_the_clocks_that_run_are_listed_by_what_is_left(case: Case, terminal: Callable[..., str]) -> None:
    case.passes(1)
    (first, *_) = json.loads(terminal("sla", "open", "--json"))
    assert (first["ticket"], first["metric"], first["status"]) == ("SYN-1001", "first_response", "on_track")
    assert 0 < first["left_seconds"] <= HOUR
    case.answers()
    with case.stage.product.database.reading() as session:
        (of_all, *_) = promises.kept(session, now=case.now())
    assert (of_all.customer, of_all.tier, of_all.met, of_all.breached) == ("", "gold", 1, 0)


def set_tier(case: Case, tier: str) -> None:
    """The manager changes the agreement on the customers board."""
    board = case.stage.board(PARTNER, "customers")
    manager = case.stage.people[PARTNER][0]
    item = next(item for item in manager.items(board) if item.texts["account"] == GOLD)
    manager.change(board, item.id, {"tier": board.label("tier", tier)})
    case.settle()


NOTIFICATIONS = "query { notifications(limit: 100) { text } }"


def notices(person: Person) -> list[str]:
    """What a person was notified of about promises, the latest last."""
    found = person.ask(NOTIFICATIONS)["notifications"]
    return [one["text"] for one in reversed(found) if one["text"].startswith("SYN-")]


def gives(case: Case, key: str, person: Person) -> None:
    """The manager writes who is on duty, or the support manager, on the customer's item."""
    board, manager = case.stage.board(PARTNER, "customers"), case.stage.people[PARTNER][0]
    item = next(item for item in manager.items(board) if item.texts["account"] == GOLD)
    people = {"personsAndTeams": [{"id": int(person.id), "kind": "person"}]}
    manager.change(board, item.id, {key: people})
    case.settle()


def takes(case: Case, person: Person) -> None:
    """A technician takes the ticket."""
    people = {"personsAndTeams": [{"id": int(person.id), "kind": "person"}]}
    case.desk.change(case.stage.board(PARTNER, "service_desk"), case.ours, {"technician": people})
    case.settle()


def test_whoever_has_the_ticket_is_told_before_the_time_is_up(case: Case) -> None:
    takes(case, case.desk)
    for hours in (1.1, 0.5, 0.25):
        case.passes(hours)
    assert [words.partition(" %")[0] for words in notices(case.desk)] == [
        "SYN-1001: 50",
        "SYN-1001: 75",
        "SYN-1001: 90",
    ]
    case.answers()
    case.passes(8)
    assert len(notices(case.desk)) == 3


def test_the_manager_is_told_of_a_breach_and_each_hour_after(case: Case) -> None:
    manager = case.stage.people[PARTNER][0]
    gives(case, "manager", manager)
    before = len(notices(manager))
    for _ in range(4):
        case.passes(1)
    told = notices(manager)[before:]
    assert len(told) == 3
    assert all("the time was up at" in words for words in told)


def test_a_ticket_that_nobody_has_taken_goes_to_who_is_on_duty(case: Case) -> None:
    gives(case, "duty", case.desk)
    case.passes(1.9)
    assert case.desk.item(case.ours).texts["technician"] == case.desk.name


def test_after_an_outage_one_warning_stands_for_all(case: Case) -> None:
    takes(case, case.desk)
    case.stage.tick(30 * 24 * HOUR)
    case.settle()
    assert len([words for words in notices(case.desk) if "first response" in words]) == 1


def test_nobody_at_the_customers_is_told(case: Case) -> None:
    takes(case, case.desk)
    case.passes(6)
    assert [notices(person) for person in case.stage.people[GOLD]] == [[] for _ in case.stage.people[GOLD]]


def says_acute(case: Case, *, checked: bool = True) -> None:
    """The customer checks the box, or unchecks it."""
    value = {"checked": "true"} if checked else None
    case.customer.change(case.stage.board(GOLD, "tickets"), case.theirs, {"acute": value})
    case.settle()


def acute_on_the_desk(case: Case) -> str:
    return case.desk.item(case.ours).texts["acute"]


def judges(case: Case, verdict: str) -> None:
    desk = case.stage.board(PARTNER, "service_desk")
    case.desk.change(desk, case.ours, {"acute": desk.label("acute", verdict)})
    case.settle()


def test_an_acute_ticket_is_told_at_once_and_waits_half_an_hour(case: Case) -> None:
    takes(case, case.desk)
    says_acute(case)
    assert acute_on_the_desk(case) == "Customer says acute"
    assert "the customer says that it is acute" in notices(case.desk)[-1]
    judges(case, "confirmed")
    assert any("behandlar ärendet som akut" in update.text for update in case.customer.updates(case.theirs))
    case.passes(0.6)
    assert case.status() == "breached"


def test_what_is_not_acute_waits_as_ever(case: Case) -> None:
    due = case.due()
    says_acute(case)
    judges(case, "refused")
    assert case.customer.item(case.theirs).texts["acute"] == ""
    assert any("inte är akut" in update.text for update in case.customer.updates(case.theirs))
    case.passes(0.6)
    assert (case.status(), case.due()) == ("on_track", due)


def test_a_claim_that_is_taken_back_was_none(case: Case) -> None:
    says_acute(case)
    says_acute(case, checked=False)
    assert acute_on_the_desk(case) == ""
    case.passes(0.6)
    assert case.status() == "on_track"


def test_an_agreement_without_it_says_which_has_it(case: Case) -> None:
    set_tier(case, "silver")
    says_acute(case)
    assert case.customer.item(case.theirs).texts["acute"] == ""
    assert any("ingår i avtalet GOLD" in update.text for update in case.customer.updates(case.theirs))
    assert any("include: Faster response in acute" in update.text for update in case.desk.updates(case.ours))
    assert acute_on_the_desk(case) == ""


def test_a_technician_lets_the_time_be_explained_to_the_customer(case: Case) -> None:
    case.sets("waiting_customer")
    case.passes(1)
    case.writes("The board of invoices.")
    desk = case.stage.board(PARTNER, "service_desk")
    case.desk.change(desk, case.ours, {"explain": desk.label("explain", "ask")})
    case.settle()
    (told,) = [u.text for u in case.customer.updates(case.theirs) if "Så räknas svarstiden" in u.text]
    assert "Avtalad tid: 2:00:00 arbetstid." in told
    assert "väntar på ert svar" in told
    assert case.desk.item(case.ours).texts["explain"] == ""


def test_who_excused_time_is_not_told_to_the_customer(case: Case, terminal: Callable[..., str]) -> None:
    opened = case.explained().cycles[0].started_at
    words = ("--from", opened.isoformat(), "--to", (opened + timedelta(minutes=1)).isoformat())
    case.passes(0.5)
    terminal("sla", "excuse", "SYN-1001", *words, "--reason", "their admin deleted the board")
    desk = case.stage.board(PARTNER, "service_desk")
    case.desk.change(desk, case.ours, {"explain": desk.label("explain", "ask")})
    case.settle()
    (told,) = [u.text for u in case.customer.updates(case.theirs) if "Så räknas svarstiden" in u.text]
    assert "räknas inte" in told
    assert "their admin" not in told


def test_another_promise_is_tried_before_it_is_saved(
    case: Case, terminal: Callable[..., str], tmp_path: Path
) -> None:
    case.passes(1.2)
    shorter = tmp_path / "tiers.yaml"
    known = yaml.safe_load(TIERS.read_text())
    known["tiers"]["gold"]["capabilities"]["guaranteed_response"] = {"hours": 1}
    shorter.write_text(yaml.safe_dump(known))
    told = terminal("sla", "preview", "--tiers", str(shorter))
    assert "SYN-1001" in told
    assert "would be breached at once" in told
    assert case.status() == "on_track"
    assert "No open ticket's clock would move." in terminal("sla", "preview", "--tiers", str(TIERS))


def test_a_merged_ticket_breaks_no_promise(case: Case) -> None:
    board = case.stage.board(GOLD, "tickets")
    case.customer.create_item(board, "It is slow, too")
    case.settle()
    case.desk.change(case.stage.board(PARTNER, "service_desk"), case.ours, {"merged_into": "syn-1002"})
    case.settle()
    assert any("slagits ihop med SYN-1002" in update.text for update in case.customer.updates(case.theirs))
    solved = board.label("status", "solved")["label"]
    assert case.customer.item(case.theirs).texts["status"] == solved
    case.passes(20)
    assert case.status() == "paused"


@pytest.mark.parametrize("written", ["SYN-1001", "SYN-9999", "the other one"])
def test_a_ticket_goes_into_no_ticket_that_is_none(case: Case, written: str) -> None:
    case.desk.change(case.stage.board(PARTNER, "service_desk"), case.ours, {"merged_into": written})
    case.settle()
    assert case.desk.item(case.ours).texts["merged_into"] == ""
    assert any("no other ticket of the same customer" in u.text for u in case.desk.updates(case.ours))
    assert case.status() == "on_track"


def test_whose_time_it_was_is_summed_up_for_the_month(case: Case) -> None:
    case.sets("waiting_customer")
    case.passes(1)
    with case.stage.product.database.reading() as session:
        shares = promises.whose_time(session, now=case.now())
    assert timedelta(hours=1) <= shares[Party.CUSTOMER] < timedelta(hours=1, minutes=1)


def test_a_day_off_is_seen_before_it_is_saved(
    case: Case, terminal: Callable[..., str], tmp_path: Path
) -> None:
    described = Path(business_time.__file__).with_name("calendars.yaml").read_text()
    today = case.now().date().isoformat()
    closed = f'support:\n  closed: {{"{today}": Planeringsdag}}\n'
    other = tmp_path / "calendars.yaml"
    other.write_text(described.replace("support:\n", closed, 1))
    told = terminal("sla", "preview", "--calendars", str(other))
    (line,) = [row for row in told.splitlines() if "First response" in row]
    assert line.count(today) == 1
