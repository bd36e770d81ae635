"""Access to a customer's environment, fixes and causes, on the boards alone: given, used, ended, told."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.access_grants import service as access_grants
from app.access_grants.rules import End
from app.agreements.rules.table import Capability
from app.agreements.rules.terms import entitlement
from app.agreements.terms import terms_of
from app.business_time import calendar
from app.fixes import service as fixes
from app.refusals import service as refusals
from app.tickets import service as tickets
from local.people import Person
from tests.support.stage import PARTNER, Delivery, Stage, open_stage

GOLD = "customer-gold"
SUPPORT = calendar("support")
DAY = 24 * 3600
NOTIFICATIONS = "query { notifications(limit: 100) { text } }"


@dataclass
class Case:
    """A ticket on both boards, in the middle of a business day."""

    stage: Stage
    customer: Person
    desk: Person
    theirs: str = ""
    ours: str = ""
    #: How deliveries are handed over: in order, or otherwise.
    shuffle: Callable[[list[Delivery]], list[Delivery]] = field(default=list)
    #: Whether each is worked on before the next one comes.
    is_one_by_one: bool = False

    @property
    def manager(self) -> Person:
        return self.stage.people[PARTNER][0]

    def settle(self) -> None:
        self.stage.work()
        while deliveries := self.stage.collect():
            for delivery in self.shuffle(deliveries):
                self.stage.hand_over(delivery)
                if self.is_one_by_one:
                    self.stage.work()
            self.stage.work()

    def passes(self, days: float) -> None:
        self.stage.tick(days * DAY)
        self.settle()

    def asks(self, **values: Any) -> None:
        board = self.stage.board(GOLD, "tickets")
        self.theirs = self.customer.create_item(board, "The automation does nothing", values)
        self.settle()
        number = self.customer.item(self.theirs).texts["number"]
        items = self.desk.items(self.stage.board(PARTNER, "service_desk"))
        self.ours = next(item.id for item in items if item.texts["number"] == number)

    def sets(self, **values: Any) -> None:
        """A technician sets columns; words for a status are its label's key."""
        self.stage.tick(2)
        board = self.stage.board(PARTNER, "service_desk")
        self.desk.change(board, self.ours, {key: _value(board, key, one) for key, one in values.items()})
        self.settle()

    def checks(self, **values: Any) -> None:
        """The customer sets columns of its own."""
        self.stage.tick(2)
        self.customer.change(self.stage.board(GOLD, "tickets"), self.theirs, values)
        self.settle()

    def desk_shows(self, key: str) -> str:
        return self.desk.item(self.ours).texts[key]

    def customer_sees(self, key: str) -> str:
        return self.customer.item(self.theirs).texts[key]

    def told_desk(self, words: str) -> int:
        """How often the desk was told something."""
        return sum(words in update.text for update in self.desk.updates(self.ours))

    def told_customer(self, words: str) -> int:
        return sum(words in update.text for update in self.customer.updates(self.theirs))

    def told_manager(self, words: str) -> int:
        found = self.manager.ask(NOTIFICATIONS)["notifications"]
        return sum(words in one["text"] for one in found)

    def agreement(self, **values: Any) -> None:
        """The manager changes the customer's agreement."""
        board = self.stage.board(PARTNER, "customers")
        item = next(item for item in self.manager.items(board) if item.texts["account"] == GOLD)
        self.manager.change(board, item.id, {k: _value(board, k, one) for k, one in values.items()})
        self.settle()


def _value(board: Any, key: str, value: Any) -> Any:
    statuses = {"status", "access", "fix", "cause", "tier"}
    return board.label(key, value) if key in statuses and value is not None else value


CHECKED = {"checked": "true"}


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    with open_stage(tmp_path_factory.mktemp("stage"), (GOLD,)) as stage:
        case = Case(stage, stage.people[GOLD][-1], stage.people[PARTNER][1])
        stage.stop_sweeps()
        case.settle()
        people = {"personsAndTeams": [{"id": int(case.manager.id), "kind": "person"}]}
        case.agreement(tier="gold", manager=people)
        opens = SUPPORT.add(SUPPORT.add(_now(case), timedelta(hours=9)), timedelta(hours=2))
        stage.tick((opens - _now(case)).total_seconds())
        case.settle()
        case.asks()
        stage.keep()
        yield case


@pytest.fixture
def case(standing: Case) -> Case:
    standing.stage.reset()
    return replace(standing)


def _now(case: Case) -> datetime:
    return case.stage.product.clock.now()


def _last_day(case: Case, days: int) -> str:
    """The so-many-eth business day after today, as boards show it."""
    day = _now(case).astimezone(SUPPORT.zone).date()
    while days:
        day += timedelta(days=1)
        days -= bool(SUPPORT.hours_of(day))
    return day.isoformat()


def doubled(deliveries: list[Delivery]) -> list[Delivery]:
    """Twice each, the last first."""
    return [delivery for delivery in reversed(deliveries) for _ in range(2)]


# Access


def test_access_is_asked_for_given_used_and_expires(case: Case) -> None:
    case.sets(access="ask")
    assert (case.desk_shows("access"), case.customer_sees("access")) == ("Asked", "Vi ber om åtkomst")
    assert case.told_customer("Kryssa för Ge åtkomst") == 1
    last_day = _last_day(case, 5)
    case.checks(access_grant=CHECKED, access_scope="Tavlan Fakturor")
    assert (case.desk_shows("access"), case.customer_sees("access")) == ("Granted", "Ni har gett åtkomst")
    assert [case.desk_shows(key) for key in ("access_scope", "access_until")] == ["Tavlan Fakturor", last_day]
    assert case.customer_sees("access_until") == last_day
    assert case.told_customer(f"till och med {last_day}. Den gäller: Tavlan Fakturor") == 1
    assert case.told_desk(f"access until {last_day}. It covers: Tavlan Fakturor") == 1
    case.sets(access_use="Looked at the rule of the automation")
    assert (case.desk_shows("access"), case.customer_sees("access")) == ("Used", "Vi har använt åtkomsten")
    assert case.desk_shows("access_use") == ""
    for _ in range(12):
        case.passes(1)
    assert (case.desk_shows("access"), case.customer_sees("access")) == ("Expired", "Åtkomsten har gått ut")
    assert (case.customer_sees("access_grant"), case.customer_sees("access_until")) == ("", "")
    assert case.told_customer("går ut: sista dag är") == case.told_desk("runs out; its last day is") == 1
    assert case.told_customer("har gått ut. Den användes 1 gång") == 1
    assert case.told_desk("has expired") == 1
    assert case.told_desk("without a valid grant") == 0
    (ended,) = case.stage.rows("SELECT ended_at, until FROM access_grants")
    assert ended[0] == ended[1]


def test_the_reminder_comes_on_the_business_day_before_the_last(case: Case) -> None:
    case.checks(access_grant=CHECKED, access_until={"date": _last_day(case, 3)})
    eve = datetime.fromisoformat(_last_day(case, 2)).replace(hour=8, tzinfo=SUPPORT.zone)
    case.stage.tick((eve - _now(case)).total_seconds() - 60)
    case.settle()
    assert case.told_customer("går ut: sista dag är") == 0
    case.stage.tick(120)
    case.settle()
    assert case.told_customer("går ut: sista dag är") == 1


def test_a_grant_that_comes_with_a_new_ticket_holds(case: Case) -> None:
    case.asks(access_grant=CHECKED, access_scope="Allt")
    assert (case.desk_shows("access"), case.desk_shows("access_scope")) == ("Granted", "Allt")
    assert case.told_customer("Ni har gett oss åtkomst") == 1


def test_a_customer_takes_its_access_back(case: Case) -> None:
    case.checks(access_grant=CHECKED)
    case.checks(access_grant=None)
    assert (case.desk_shows("access"), case.customer_sees("access")) == ("Revoked", "Åtkomsten är avslutad")
    assert case.told_customer("Ni har tagit tillbaka vår åtkomst") == 1
    assert case.told_desk("has taken back the access") == 1
    case.sets(access="used")
    assert case.told_desk("without a valid grant") == 1


def test_access_ends_when_the_ticket_is_solved(case: Case) -> None:
    case.checks(access_grant=CHECKED)
    case.sets(access="used", cause="question")
    case.sets(status="solved")
    assert (case.desk_shows("access"), case.customer_sees("access_grant")) == ("Revoked", "")
    assert case.told_customer("Ärendet är löst, och vår åtkomst till er miljö är avslutad") == 1
    case.passes(10)
    assert case.told_customer("har gått ut") == 0
    case.checks(access_grant=CHECKED)
    assert case.customer_sees("access_grant") == ""
    assert case.told_customer("så vi behöver ingen åtkomst") == 1


def test_technicians_give_back_what_they_need_no_more(case: Case) -> None:
    case.sets(access="ask")
    case.sets(access="revoked")
    assert (case.desk_shows("access"), case.customer_sees("access")) == ("", "")
    assert case.told_customer("Ni behöver inte göra något") == 1
    case.checks(access_grant=CHECKED)
    case.sets(access="revoked")
    assert (case.desk_shows("access"), case.customer_sees("access_grant")) == ("Revoked", "")
    assert case.told_customer("Vi behöver inte längre åtkomst till er miljö, och den är avslutad") == 1
    assert case.told_desk("has been given back") == 1


def test_an_end_that_is_told_late_flags_what_was_done_after_it(case: Case) -> None:
    case.checks(access_grant=CHECKED)
    case.stage.tick(2)
    case.customer.change(case.stage.board(GOLD, "tickets"), case.theirs, {"access_grant": None})
    late = case.stage.collect()
    case.sets(access="used")
    assert case.told_desk("without a valid grant") == 0
    for delivery in late:
        case.stage.hand_over(delivery)
    case.settle()
    assert case.told_desk("without a valid grant") == 1
    assert case.told_manager("without a valid grant") == 1
    assert case.told_customer("Den användes 0 gång(er)") == 1


def test_access_that_is_prolonged_after_its_end_begins_anew(case: Case) -> None:
    case.checks(access_grant=CHECKED, access_until={"date": _last_day(case, 1)})
    case.stage.tick(9 * DAY)
    now = _now(case)
    with case.stage.product.database.transaction() as session:
        on = tickets.on_ticket(session, 1)
        access_grants.give(session, on, scope=None, until=_last_day(case, 3), at=now, now=now)
    case.settle()
    (old, new) = case.stage.rows('SELECT given_at, until, "end" FROM access_grants ORDER BY id')
    assert (old[2], new[2]) == ("expired", None)
    assert old[1] < new[0]
    assert (case.desk_shows("access"), case.customer_sees("access_until")) == ("Granted", _last_day(case, 3))
    assert case.customer_sees("access_grant") != ""


def test_no_fix_begins_on_a_solved_ticket(case: Case) -> None:
    case.sets(status="solved")
    case.sets(fix="basic")
    assert case.desk_shows("fix") == ""
    assert case.told_desk("Open it again before you choose a fix") == 1
    assert case.told_customer("Vi föreslår") == 0


def test_without_a_support_manager_the_customers_item_says_it(case: Case) -> None:
    case.agreement(manager=None)
    case.sets(access="used")
    board = case.stage.board(PARTNER, "customers")
    item = next(item for item in case.manager.items(board) if item.texts["account"] == GOLD)
    assert any("without a valid grant" in update.text for update in case.manager.updates(item.id))


def test_work_without_a_grant_is_flagged_and_stays_in_the_log(case: Case) -> None:
    case.sets(access_use="Restarted the automation")
    assert case.told_desk("without a valid grant") == 1
    assert case.told_manager("SYN-1001: work in the customer's environment without a valid grant.") == 1
    assert case.desk_shows("access") == ""
    ((used_by, grant, flagged),) = case.stage.rows(
        "SELECT by_user_id, grant_id, flagged_at IS NOT NULL FROM access_uses"
    )
    assert (used_by, grant, flagged) == (case.desk.id, None, 1)


def test_a_technician_can_not_grant_what_is_the_customers_to_give(case: Case) -> None:
    case.sets(access="granted")
    assert case.desk_shows("access") == ""
    assert case.stage.rows("SELECT id FROM access_grants") == []


def test_the_log_is_shown_to_the_customer_when_a_technician_asks_for_it(case: Case) -> None:
    people = {"personsAndTeams": [{"id": int(case.desk.id), "kind": "person"}]}
    case.sets(technician=people)
    case.sets(access_use="Read <the> rules")
    case.checks(access_grant=CHECKED)
    case.sets(access_use="Changed a rule")
    case.sets(access="log")
    assert case.desk_shows("access") == "Used"
    (log,) = [u.text for u in case.customer.updates(case.theirs) if "så har vi använt" in u.text]
    assert f"{case.desk.name}: Read <the> rules (utan gällande åtkomst)" in log
    assert f"{case.desk.name}: Changed a rule" in log


def test_a_longer_or_shorter_access_is_told(case: Case) -> None:
    case.checks(access_grant=CHECKED)
    later = _last_day(case, 8)
    case.checks(access_until={"date": later})
    assert case.told_customer(f"gäller nu till och med {later}") == 1
    assert case.told_desk(f"It lasts until {later}") == 1
    yesterday = (_now(case) - timedelta(days=1)).date().isoformat()
    case.checks(access_until={"date": yesterday})
    assert case.desk_shows("access") == "Revoked"


def test_a_day_that_has_passed_gives_nothing(case: Case) -> None:
    yesterday = (_now(case) - timedelta(days=1)).date().isoformat()
    case.checks(access_grant=CHECKED, access_until={"date": yesterday})
    assert (case.customer_sees("access_grant"), case.desk_shows("access")) == ("", "")
    assert case.told_customer("redan passerat") == 1


def test_everything_is_told_once_when_deliveries_come_twice_and_backwards(case: Case) -> None:
    case.shuffle, case.is_one_by_one = doubled, True
    case.sets(access="ask")
    case.checks(access_grant=CHECKED, access_scope="Tavlan")
    case.sets(access_use="Looked")
    case.sets(fix="basic")
    case.checks(fix_consent=CHECKED)
    case.sets(status="solved")
    case.sets(fix_summary="Vi bytte regel.", cause="misconfiguration", status="solved")
    told = [
        case.told_customer("Kryssa för Ge åtkomst"),
        case.told_customer("Ni har gett oss åtkomst"),
        case.told_desk("The customer has granted access"),
        case.told_customer("Vi föreslår en enkel åtgärd"),
        case.told_desk("The customer agrees to the fix"),
        case.told_desk("can't be solved yet"),
        case.told_customer("vår åtkomst till er miljö är avslutad"),
        case.told_desk("the ticket is solved"),
    ]
    assert told == [1] * len(told)
    assert len(case.stage.rows("SELECT id FROM access_uses")) == 1
    assert case.told_desk("without a valid grant") == 0


def test_a_use_that_is_heard_of_before_its_grant_turns_out_to_be_covered(case: Case) -> None:
    case.stage.tick(2)
    case.customer.change(case.stage.board(GOLD, "tickets"), case.theirs, {"access_grant": CHECKED})
    late = case.stage.collect()
    case.sets(access="used")
    assert case.told_desk("was noted without a valid grant. It stays") == 1
    for delivery in late:
        case.stage.hand_over(delivery)
    case.settle()
    assert case.told_desk("was done while the customer had granted access") == 1
    assert case.desk_shows("access") == "Used"
    ((flagged,),) = case.stage.rows("SELECT flagged_at FROM access_uses")
    assert flagged is None


def test_the_same_access_is_given_and_taken_back_apart_from_the_boards(case: Case) -> None:
    now, day = _now(case), _last_day(case, 2)
    with case.stage.product.database.transaction() as session:
        on = tickets.on_ticket(session, 1)
        answer = access_grants.give(session, on, scope="Allt", until=day, at=now, now=now)
    assert f"till och med {day}. Den gäller: Allt" in answer
    case.settle()
    assert case.customer_sees("access_grant") != ""
    assert (case.desk_shows("access"), case.desk_shows("access_until")) == ("Granted", day)
    with case.stage.product.database.transaction() as session:
        on = tickets.on_ticket(session, 1)
        access_grants.end(session, on, End.REVOKED, at=_now(case), now=_now(case))
    case.settle()
    assert (case.desk_shows("access"), case.customer_sees("access_grant")) == ("Revoked", "")


# Fixes and causes


def test_a_basic_fix_is_agreed_to_summed_up_and_shown_when_the_ticket_is_solved(case: Case) -> None:
    case.sets(fix="basic")
    assert case.told_customer("Vi föreslår en enkel åtgärd") == 1
    case.checks(fix_consent=CHECKED)
    assert case.desk_shows("fix_consent") != ""
    case.sets(fix_summary="Vi bytte regel, för den gamla väntade på fel kolumn.", cause="misconfiguration")
    assert (case.customer_sees("fix_summary"), case.customer_sees("cause")) == ("", "")
    case.sets(status="solved")
    assert case.customer_sees("status") == "Löst"
    assert case.customer_sees("fix_summary") == "Vi bytte regel, för den gamla väntade på fel kolumn."
    assert case.customer_sees("cause") == "En inställning i er miljö"
    with case.stage.product.database.reading() as session:
        month = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
        (found,) = fixes.findings(session, 1, since=month[0], until=month[1])
    assert (found.fix, found.cause) == ("basic", "misconfiguration")
    case.sets(fix_summary="Vi bytte regel.")
    assert case.customer_sees("fix_summary") == "Vi bytte regel."


@pytest.mark.parametrize(
    ("consents", "done", "lacks"),
    [
        (False, {"fix_summary": "x", "cause": "bug"}, "the customer's consent"),
        (True, {"cause": "bug"}, "what was done and why"),
        (True, {"fix_summary": "x"}, "the cause"),
    ],
)
def test_a_fix_that_is_not_accounted_for_keeps_its_ticket_open(
    case: Case, consents: bool, done: dict[str, str], lacks: str
) -> None:
    case.sets(status="in_progress", fix="basic")
    if consents:
        case.checks(fix_consent=CHECKED)
    case.sets(**done)
    case.sets(status="solved")
    assert (case.desk_shows("status"), case.customer_sees("status")) == ("In progress", "Vi arbetar med det")
    assert case.told_desk(f"can't be solved yet. Missing: {lacks}") == 1
    assert case.stage.rows("SELECT status FROM tickets") == [("in_progress",)]
    assert case.stage.rows("SELECT id FROM sla_events WHERE kind = 'status' AND value = 'solved'") == []
    assert case.stage.rows("SELECT ticket_id FROM findings") == []
    assert case.customer_sees("fix_summary") == ""


def test_an_advanced_fix_is_reproduced_apart_from_production(case: Case) -> None:
    case.sets(fix="advanced")
    assert case.told_customer("återskapar felet utanför er produktion") == 1
    case.checks(fix_consent=CHECKED)
    case.sets(fix_summary="Vi skrev om automationen.", cause="handling_error", status="solved")
    assert case.told_desk("Missing: how it was reproduced outside production") == 1
    case.sets(reproduction="A copy of the board in our own account.", status="solved")
    assert (case.desk_shows("status"), case.customer_sees("status")) == ("Solved", "Löst")
    assert not any("A copy of the board" in shown for shown in case.customer.item(case.theirs).texts.values())
    assert case.told_customer("A copy of the board") == 0
    assert case.customer_sees("cause") == "Hur funktionen användes"
    assert case.stage.rows("SELECT fix, reproduction FROM findings") == [
        ("advanced", "A copy of the board in our own account.")
    ]


def test_who_agreed_to_a_basic_fix_is_asked_anew_for_an_advanced_one(case: Case) -> None:
    case.sets(fix="basic")
    case.checks(fix_consent=CHECKED)
    case.sets(fix="advanced")
    assert (case.customer_sees("fix_consent"), case.desk_shows("fix_consent")) == ("", "")
    assert case.told_customer("återskapar felet utanför er produktion") == 1


def test_a_ticket_on_which_access_was_used_has_its_cause(case: Case) -> None:
    case.checks(access_grant=CHECKED)
    case.sets(access_use="Looked", status="solved")
    assert case.told_desk("Missing: the cause") == 1
    assert case.customer_sees("status") != "Löst"
    assert case.customer_sees("access_grant") != ""
    case.sets(cause="bug", status="solved")
    assert (case.customer_sees("status"), case.customer_sees("cause")) == ("Löst", "Ett fel i monday.com")


def test_what_is_not_accounted_for_goes_into_no_other_ticket(case: Case) -> None:
    case.sets(fix="basic")
    case.sets(merged_into="SYN-9999")
    assert case.desk_shows("merged_into") == ""
    assert case.told_desk("can't be solved yet") == 1


def test_a_solution_that_was_set_back_stops_no_clock(case: Case) -> None:
    case.sets(fix="basic")
    case.sets(status="solved")
    assert case.customer_sees("sla_status") == "I tid"
    case.passes(3)
    assert case.customer_sees("sla_status") == "Överskriden"


def test_a_question_is_solved_as_ever(case: Case) -> None:
    case.sets(status="solved")
    assert case.customer_sees("status") == "Löst"
    assert case.told_desk("can't be solved yet") == 0


# What the agreement lacks


def test_an_advanced_fix_is_no_part_of_silver(case: Case) -> None:
    case.agreement(tier="silver")
    case.sets(fix="basic")
    case.sets(fix="advanced")
    assert case.desk_shows("fix") == "Basic"
    assert case.told_customer("ingår i avtalet GOLD") == 1
    assert case.stage.rows("SELECT capability, ticket FROM asks") == [("advanced_fix", "SYN-1001")]


def test_free_customers_are_told_which_agreement_has_it(case: Case) -> None:
    case.agreement(tier="free")
    case.sets(access="ask")
    assert (case.desk_shows("access"), case.customer_sees("access")) == ("", "")
    assert case.told_customer("För att komma vidare i ert ärende") == 1
    case.checks(access_grant=CHECKED)
    assert case.customer_sees("access_grant") == ""
    assert case.told_customer("har noterat att ni frågade") == 1
    case.sets(fix="basic")
    assert case.desk_shows("fix") == ""
    case.checks(fix_consent=CHECKED)
    assert (case.customer_sees("fix_consent"), case.desk_shows("fix_consent")) == ("", "")
    asked = [row[0] for row in case.stage.rows("SELECT capability FROM asks ORDER BY id")]
    assert asked == ["troubleshooting", "troubleshooting", "basic_fix", "basic_fix"]
    assert case.stage.rows("SELECT id FROM access_grants") == []


#: What the boards do with what technicians choose: taken or set back.
TAKEN = {
    "free": ("", "", ""),
    "silver": ("Asked", "Basic", ""),
    "gold": ("Asked", "Basic", "Advanced"),
}


@pytest.mark.parametrize("tier", list(TAKEN))
def test_each_agreement_gives_what_its_row_says(case: Case, tier: str) -> None:
    case.agreement(tier=tier)
    case.sets(access="ask")
    asked = case.desk_shows("access")
    case.sets(fix="basic")
    basic = case.desk_shows("fix")
    case.sets(fix=None)
    case.sets(fix="advanced")
    assert (asked, basic, case.desk_shows("fix")) == TAKEN[tier]
    refused = [row[0] for row in case.stage.rows("SELECT capability FROM asks ORDER BY id")]
    rows = ("troubleshooting", "basic_fix", "advanced_fix")
    assert refused == [row for row, taken in zip(rows, TAKEN[tier], strict=True) if not taken]


def test_who_agreed_to_more_than_its_tier_has_gets_it(case: Case) -> None:
    case.agreement(tier="silver", custom_terms="advanced_fix = yes\ntroubleshooting = no")
    case.sets(fix="advanced")
    assert case.desk_shows("fix") == "Advanced"
    case.sets(access="ask")
    assert case.desk_shows("access") == ""
    assert case.told_customer("inte ingår i ert avtal så som vi har kommit överens om det") == 1


def test_a_free_customer_who_asks_to_escalate_is_told_which_agreement_has_it(case: Case) -> None:
    case.agreement(tier="free")
    with case.stage.product.database.transaction() as session:
        now, on = _now(case), tickets.on_ticket(session, 1)
        found = entitlement(terms_of(session, on.customer.id), Capability.ESCALATION, now)
        assert not found.is_included
        refusals.refuse(session, on.asked(now), found, now=now)
    case.settle()
    assert case.told_customer("Eskalering ingår i avtalen SILVER och GOLD") == 1
    assert case.told_desk("what the agreement FREE does not include: Escalation") == 1
    assert case.stage.rows("SELECT capability, tier, ticket FROM asks") == [
        ("escalation", "free", "SYN-1001")
    ]
