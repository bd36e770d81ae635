"""The customers board is where agreements are edited: good edits hold at once, bad ones are set back."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from app.agreements import service as agreements
from app.agreements.models import AgreedTerm
from app.agreements.rules.fees import monthly_fee
from app.agreements.rules.table import Capability
from app.agreements.rules.terms import ZONE, Terms, day_of, entitlement, in_force, midnight
from app.agreements.terms import terms_of
from app.business_time import calendar
from app.cli import cli
from local.people import Person
from tests.support.stage import PARTNER, Stage, open_stage

GOLD = "customer-gold"
SUPPORT = calendar("support")
NOTIFICATIONS = "query { notifications(limit: 100) { text } }"


@dataclass
class Desk:
    """The support manager at the customers board, and one customer with its item there."""

    stage: Stage
    manager: Person
    customer: Person
    item: str = ""

    def settle(self) -> None:
        self.stage.settle()

    def now(self) -> datetime:
        return self.stage.product.clock.now()

    def today(self) -> date:
        return day_of(self.now())

    def day(self, days: int) -> str:
        """A day so many days from now."""
        return (self.today() + timedelta(days=days)).isoformat()

    def edits(self, **columns: Any) -> None:
        """The manager edits the customer's item; a status by its key, a day by its text."""
        self.stage.tick(2)
        board = self.stage.board(PARTNER, "customers")
        values = {key: self._cell(board, key, value) for key, value in columns.items()}
        self.manager.change(board, self.item, values)
        self.settle()

    def _cell(self, board: Any, key: str, value: Any) -> Any:
        if value is None:
            return {}
        if key in ("tier", "next_tier"):
            return board.label(key, value)
        if key == "custom_terms":
            return {"text": value}
        if key == "licence_customer":
            return {"checked": "true"} if value else None
        return {"date": value} if key.endswith(("_on", "_from")) else value

    def shows(self, key: str) -> str:
        return self.manager.item(self.item).texts[key]

    def told(self) -> list[str]:
        return [update.text for update in self.manager.updates(self.item)]

    def passes_to(self, day: str, hour: int = 0) -> None:
        """Time goes by until an hour of a day in Stockholm."""
        later = midnight(date.fromisoformat(day)) + timedelta(hours=hour, seconds=2)
        self.stage.tick((later - self.now()).total_seconds())
        self.settle()

    def terms(self) -> Terms:
        with self.stage.product.database.reading() as session:
            customer = agreements.find_by_slug(session, GOLD)
            assert customer is not None
            return terms_of(session, customer.id)

    def tier_on(self, day: str) -> str:
        return in_force(self.terms(), midnight(date.fromisoformat(day)) + timedelta(hours=12)).tier

    def rows(self) -> int:
        """How many rows the history has, those that were taken back included."""
        with self.stage.product.database.reading() as session:
            return len(session.execute(select(AgreedTerm.id)).all())


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with open_stage(tmp_path_factory.mktemp("stage"), (GOLD,)) as stage:
        stage.stop_sweeps()
        manager = next(person for person in stage.people[PARTNER] if person.title == "Support manager")
        desk = Desk(stage, manager, stage.people[GOLD][-1])
        desk.settle()
        (item,) = manager.items(stage.board(PARTNER, "customers"))
        desk.item = item.id
        desk.edits(manager={"personsAndTeams": [{"id": int(manager.id), "kind": "person"}]})
        stage.keep()
        yield desk


@pytest.fixture
def desk(standing: Desk) -> Desk:
    standing.stage.reset()
    return standing


def test_a_customer_that_installs_has_no_agreement_yet(desk: Desk) -> None:
    assert (desk.shows("tier"), desk.shows("agreement_source"), desk.shows("price")) == (
        "FREE",
        "Not agreed",
        "",
    )


def test_an_agreement_holds_at_once_and_shows_its_price(desk: Desk) -> None:
    desk.edits(tier="silver")
    assert (desk.shows("agreement_source"), desk.shows("price")) == ("On this board", "7 500 SEK")
    assert desk.shows("starts_on") == desk.day(0)
    desk.edits(licence_customer=True)
    assert desk.shows("price") == "5 000 SEK"
    assert in_force(desk.terms(), desk.now()).is_licence_customer
    assert desk.told() == []


def test_an_agreement_may_have_begun_long_before_it_is_written(desk: Desk) -> None:
    desk.edits(tier="gold")
    desk.edits(starts_on="2026-01-15")
    assert [desk.tier_on(day) for day in ("2026-01-14", "2026-01-15")] == ["free", "gold"]
    assert desk.rows() == 2
    assert desk.told() == []


def test_the_first_day_may_be_written_before_the_agreement(desk: Desk) -> None:
    desk.edits(starts_on="2026-01-15")
    desk.edits(tier="gold", starts_on="2026-01-15")
    assert desk.shows("tier") == "GOLD"
    desk.edits(starts_on="2026-01-15")
    assert desk.tier_on("2026-01-15") == "gold"
    assert desk.told() == []


def test_another_agreement_follows_by_itself_at_midnight(desk: Desk) -> None:
    desk.edits(tier="silver", ends_on=desk.day(30))
    turn = desk.day(31)
    desk.edits(next_tier="gold")
    desk.edits(next_from=turn)
    assert [desk.tier_on(desk.day(days)) for days in (30, 31)] == ["silver", "gold"]
    desk.passes_to(turn)
    assert (desk.shows("tier"), desk.shows("starts_on"), desk.shows("ends_on")) == ("GOLD", turn, "")
    assert (desk.shows("next_tier"), desk.shows("next_from")) == ("", "")
    assert desk.shows("price") == "15 000 SEK"
    assert desk.told() == []


def test_an_agreement_ends_by_itself_and_leaves_free(desk: Desk) -> None:
    desk.edits(tier="gold")
    last = desk.day(10)
    desk.edits(ends_on=last)
    desk.passes_to(desk.day(10), hour=23)
    assert desk.shows("tier") == "GOLD"
    desk.passes_to(desk.day(1))
    assert (desk.shows("tier"), desk.shows("agreement_source"), desk.shows("ends_on")) == (
        "FREE",
        "Not agreed",
        "",
    )
    assert desk.tier_on(last) == "gold"


def test_an_agreement_that_begins_later_stands_under_the_next_one(desk: Desk) -> None:
    desk.edits(tier="gold", starts_on=desk.day(5))
    assert (desk.shows("tier"), desk.shows("starts_on")) == ("FREE", "")
    assert (desk.shows("next_tier"), desk.shows("next_from")) == ("GOLD", desk.day(5))
    assert "begins on" in desk.told()[0]
    desk.passes_to(desk.day(5))
    assert (desk.shows("tier"), desk.shows("next_tier")) == ("GOLD", "")


def test_an_upgrade_in_the_middle_of_a_month_has_the_prices_right_on_both_sides(desk: Desk) -> None:
    desk.edits(tier="silver", starts_on="2026-01-01")
    desk.edits(next_tier="gold", next_from="2027-07-11")
    july = monthly_fee(desk.terms(), 2027, 7)
    assert [(line.tier, line.days) for line in july.lines] == [("silver", 10), ("gold", 21)]
    assert july.amount == Decimal("2419.35") + Decimal("10161.29")


@pytest.mark.parametrize(
    ("edit", "back", "why"),
    [
        ({"ends_on": "2025-12-31"}, "", "before it begins on 2026-01-01"),
        ({"starts_on": None}, "2026-01-01", "An agreement begins some day"),
        ({"next_tier": "gold", "next_from": "2026-01-01"}, "", "can't begin before the present one"),
        ({"tier": None}, "SILVER", "Choose one of FREE, SILVER, GOLD"),
    ],
)
def test_an_edit_that_makes_no_sense_is_set_back_with_a_reason(
    desk: Desk, edit: dict[str, Any], back: str, why: str
) -> None:
    desk.edits(tier="silver", starts_on="2026-01-01")
    before = desk.terms()
    desk.edits(**edit)
    assert desk.shows(list(edit)[-1]) == back
    (told,) = desk.told()
    assert why.lower() in told.lower()
    assert desk.terms() == before


def test_agreements_that_would_overlap_are_set_back(desk: Desk) -> None:
    desk.edits(tier="silver", ends_on=desk.day(30))
    desk.edits(next_tier="gold", next_from=desk.day(30))
    (told,) = desk.told()
    assert "Two can't hold at once" in told
    assert (desk.shows("next_from"), desk.shows("next_tier")) == ("", "GOLD")
    desk.edits(next_from=desk.day(31))
    assert desk.tier_on(desk.day(31)) == "gold"


def test_a_beginning_before_the_agreement_before_is_set_back(desk: Desk) -> None:
    desk.edits(tier="silver", starts_on="2026-03-01")
    desk.edits(tier="gold")
    began = desk.shows("starts_on")
    desk.edits(starts_on="2026-02-28")
    assert desk.shows("starts_on") == began
    assert "SILVER holds from 2026-03-01" in desk.told()[0]
    desk.edits(starts_on="2026-07-01")
    assert [desk.tier_on(day) for day in ("2026-02-28", "2026-06-30", "2026-07-01")] == [
        "free",
        "silver",
        "gold",
    ]


def test_an_agreement_nobody_has_is_set_back(desk: Desk) -> None:
    desk.edits(tier="silver")
    board = desk.stage.board(PARTNER, "customers")
    desk.manager.ask(
        "mutation ($board: ID!, $item: ID!) { change_simple_column_value(board_id: $board, item_id: $item, "
        'column_id: "tier", value: "PLATINUM", create_labels_if_missing: true) { id } }',
        {"board": board.id, "item": desk.item},
    )
    desk.settle()
    assert desk.shows("tier") == "SILVER"
    assert "there is no such agreement" in desk.told()[0]


def test_custom_terms_hold_between_their_dates(desk: Desk) -> None:
    desk.edits(tier="silver")
    desk.edits(custom_terms=f"svarstid = 4 tim till {desk.day(3)}\nwebbinarier = nej")
    found = entitlement(desk.terms(), Capability.GUARANTEED_RESPONSE, desk.now())
    assert (found.limits.business_seconds, str(found.clause)[:7]) == (4 * 3600, "custom:")
    assert not entitlement(desk.terms(), Capability.WEBINARS, desk.now()).is_included
    assert desk.told() == []
    desk.edits(custom_terms="webbinarier = nej")
    assert (
        entitlement(desk.terms(), Capability.GUARANTEED_RESPONSE, desk.now()).limits.business_seconds
        == 8 * 3600
    )


def test_custom_terms_that_can_not_be_read_are_set_back_whole(desk: Desk) -> None:
    desk.edits(custom_terms="webbinarier = nej")
    before = desk.terms()
    desk.edits(custom_terms="webbinarier = nej\nsvarstid = -4 h\nmassage = ja\nthey are nice")
    assert desk.shows("custom_terms") == "webbinarier = nej"
    (told,) = desk.told()
    for part in ("-4 h is less than nothing", "no massage", "they are nice", "Write one line for each term"):
        assert part in told
    assert desk.terms() == before


def test_the_support_manager_is_reminded_sixty_and_thirty_days_before_once_each(desk: Desk) -> None:
    desk.edits(notice_on=desk.day(61), renews_on=desk.day(120))
    renewal, notice = desk.day(120), desk.day(61)
    assert reminders(desk) == []
    desk.passes_to(desk.day(1), hour=7)
    assert reminders(desk) == []
    desk.passes_to(desk.day(0), hour=8)
    assert reminders(desk) == [f"the last day to give notice is {notice}, in 60 days."]
    desk.passes_to(desk.day(30), hour=9)
    assert reminders(desk)[1:] == [f"the last day to give notice is {notice}, in 30 days."]
    late = (date.fromisoformat(renewal) - timedelta(days=20)).isoformat()
    desk.passes_to(late, hour=9)
    # Both moments of the renewal were missed: one word is enough. The notice date is over.
    assert reminders(desk)[2:] == [f"the agreement is renewed on {renewal}, in 20 days."]
    assert len(desk.told()) == len(reminders(desk))


@pytest.fixture
def terminal(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """The command line beside the stage."""
    settings = desk.stage.settings
    for name, value in (
        ("APP_ENV", "development"),
        ("DATABASE_URL", settings.database_url),
        ("VAR_DIR", str(settings.var_dir)),
    ):
        monkeypatch.setenv(name, value)

    def run(*arguments: str) -> str:
        return CliRunner().invoke(cli, arguments, catch_exceptions=False).output

    return run


def test_agreements_are_looked_at_from_a_terminal(desk: Desk, terminal: Callable[..., str]) -> None:
    desk.edits(tier="silver", starts_on="2026-01-01", ends_on="2026-05-31")
    desk.edits(tier="gold", starts_on="2026-07-01", custom_terms="akut = 1 tim", ends_on=None)
    assert "GOLD       on the board  2026-07-01" in terminal("agreements", "list")
    told = terminal("agreements", "show", GOLD, "--at", "2026-05-31")
    for part in ("SILVER, on the board", "from 2026-01-01 until 2026-06-01", "7,500.00 SEK", "yes, 8:00:00"):
        assert part in told
    assert "custom: akut = 1 tim" in terminal("agreements", "show", GOLD)
    assert "FREE, not agreed" in terminal("agreements", "show", GOLD, "--at", "2026-06-15")
    assert '"source": "board"' in terminal("agreements", "show", GOLD, "--json")
    assert '"tier": "gold"' in terminal("agreements", "list", "--json")


def test_what_was_asked_for_beyond_an_agreement_is_kept(desk: Desk, terminal: Callable[..., str]) -> None:
    desk.edits(tier="silver")
    board = desk.stage.board(GOLD, "tickets")
    item = desk.customer.create_item(board, "It is on fire")
    desk.settle()
    for _ in range(2):
        desk.stage.tick(2)
        desk.customer.change(board, item, {"acute": {"checked": "true"}})
        desk.settle()
        assert desk.customer.item(item).texts["acute"] == ""
    answers = [update.text for update in desk.customer.updates(item) if "ingår i avtalet GOLD" in update.text]
    assert len(answers) == 2
    (told,) = desk.told()
    assert "SILVER does not include: Faster response in acute incidents. Ticket: SYN-1001" in told
    assert terminal("agreements", "asks").count("acute") == 2
    assert terminal("agreements", "asks", "--customer", GOLD).count("SYN-1001") == 2
    assert '"capability": "acute"' in terminal("agreements", "asks", "--json")


def reminders(desk: Desk) -> list[str]:
    told = [one["text"] for one in desk.manager.ask(NOTIFICATIONS)["notifications"]]
    return [words.partition(": ")[2] for words in reversed(told) if "notice" in words or "renewed" in words]


def test_open_tickets_follow_their_agreement_at_midnight(desk: Desk) -> None:
    desk.edits(tier="silver")
    desk.edits(next_tier="gold", next_from=desk.day(3))
    board = desk.stage.board(GOLD, "tickets")
    desk.passes_to(desk.day(2), hour=16)
    item = desk.customer.create_item(board, "It is slow")
    desk.settle()
    opened = desk.now()
    slow = desk.customer.item(item).texts["response_due"]
    desk.passes_to(desk.day(1))
    fast = desk.customer.item(item).texts["response_due"]
    assert (slow, fast) == tuple(due(opened, hours) for hours in (8, 2))
    (tier,) = desk.stage.rows("SELECT at FROM sla_events WHERE kind = 'tier' AND value = 'gold'")
    assert tier


def test_an_upgrade_has_clocks_and_prices_right_on_both_sides(desk: Desk) -> None:
    desk.edits(tier="silver", next_tier="gold", next_from=desk.day(8))
    turn = date.fromisoformat(desk.day(8))
    early = desk.customer.create_item(desk.stage.board(GOLD, "tickets"), "Before it")
    desk.settle()
    technician = desk.stage.people[PARTNER][1]
    (ours,) = technician.items(desk.stage.board(PARTNER, "service_desk"))
    # In time for SILVER, too late for GOLD.
    desk.stage.tick((SUPPORT.add(desk.now(), timedelta(hours=5)) - desk.now()).total_seconds())
    technician.post(ours.id, "@kund We are on it.")
    desk.settle()
    desk.passes_to(turn.isoformat(), hour=9)
    late = desk.customer.create_item(desk.stage.board(GOLD, "tickets"), "After it")
    desk.settle()
    ((opened,),) = desk.stage.rows("SELECT at FROM sla_events WHERE kind = 'opened' AND ticket_id = 2")
    at = datetime.fromisoformat(opened).replace(tzinfo=UTC)
    assert desk.customer.item(late).texts["response_due"] == due(at, 2)
    kept = "SELECT status FROM sla_cycles WHERE ticket_id = 1 AND metric = 'first_response'"
    assert desk.stage.rows(kept) == [("met",)]
    assert desk.customer.item(early).texts["number"] == "SYN-1001"
    fee = monthly_fee(desk.terms(), turn.year, turn.month)
    assert (fee.lines[-1].tier, fee.lines[-1].first_on, fee.lines[-1].monthly_price) == (
        "gold",
        turn,
        Decimal(15_000),
    )
    assert all(line.tier == "silver" and line.monthly_price == Decimal(7_500) for line in fee.lines[:-1])


TERMS = {
    "free": {},
    "silver": {"tier": "silver"},
    "gold": {"tier": "gold"},
    "custom": {"tier": "silver", "custom_terms": "svarstid = 5 tim\nakut = 1 tim"},
    "custom none": {"tier": "gold", "custom_terms": "svarstid = ingen\nakut = nej"},
}


@pytest.mark.parametrize(
    ("terms", "hours"), list(zip(TERMS.values(), (None, 8, 2, 5, None), strict=True)), ids=list(TERMS)
)
def test_a_ticket_is_taken_in_and_promised_what_the_agreement_says(
    desk: Desk, terms: dict[str, Any], hours: int | None
) -> None:
    desk.edits(**terms)
    item = desk.customer.create_item(desk.stage.board(GOLD, "tickets"), "It is slow")
    desk.settle()
    assert desk.customer.item(item).texts["number"] == "SYN-1001"
    ((opened,),) = desk.stage.rows("SELECT at FROM sla_events WHERE kind = 'opened'")
    at = datetime.fromisoformat(opened).replace(tzinfo=UTC)
    assert desk.customer.item(item).texts["response_due"] == ("" if hours is None else due(at, hours))


@pytest.mark.parametrize(
    ("terms", "is_included"),
    list(zip(TERMS.values(), (False, False, True, True, False), strict=True)),
    ids=list(TERMS),
)
def test_acute_is_for_whose_agreement_has_it(desk: Desk, terms: dict[str, Any], is_included: bool) -> None:
    desk.edits(**terms)
    board = desk.stage.board(GOLD, "tickets")
    item = desk.customer.create_item(board, "It is on fire")
    desk.settle()
    desk.stage.tick(2)
    desk.customer.change(board, item, {"acute": {"checked": "true"}})
    desk.settle()
    assert bool(desk.customer.item(item).texts["acute"]) is is_included
    answered = any("har noterat att ni frågade" in one.text for one in desk.customer.updates(item))
    assert answered is not is_included


def test_a_custom_response_gives_open_tickets_another_promise_and_says_so(desk: Desk) -> None:
    desk.edits(tier="silver")
    item = desk.customer.create_item(desk.stage.board(GOLD, "tickets"), "It is slow")
    desk.settle()
    before = desk.customer.item(item).texts["response_due"]
    desk.edits(custom_terms="svarstid = 1 tim")
    assert desk.customer.item(item).texts["response_due"] < before
    technician = desk.stage.people[PARTNER][1]
    (ours,) = technician.items(desk.stage.board(PARTNER, "service_desk"))
    assert any("custom terms have changed" in update.text for update in technician.updates(ours.id))
    assert ours.texts["tier"] == "SILVER"


def test_a_solved_ticket_that_is_opened_again_has_the_promise_of_then(desk: Desk) -> None:
    desk.edits(tier="silver")
    board = desk.stage.board(PARTNER, "service_desk")
    item = desk.customer.create_item(desk.stage.board(GOLD, "tickets"), "It is slow")
    desk.settle()
    technician = desk.stage.people[PARTNER][1]
    (ours,) = technician.items(board)
    technician.change(board, ours.id, {"status": board.label("status", "solved")})
    desk.settle()
    desk.edits(tier="gold")
    desk.stage.tick(2)
    desk.customer.post(item, "It is slow again, what shall we do?")
    desk.settle()
    assert technician.item(ours.id).texts["tier"] == "GOLD"
    assert desk.stage.rows("SELECT value FROM sla_events WHERE kind = 'tier' ORDER BY at")[-1] == ("gold",)


def due(opened: datetime, hours: int) -> str:
    at = SUPPORT.add(opened, timedelta(hours=hours)).astimezone(ZONE)
    return f"{at:%Y-%m-%d %H:%M}"
