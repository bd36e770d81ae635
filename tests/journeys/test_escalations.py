"""Escalations on the boards and by mail: asked for, called level by level, told to the customer, ended."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner

from app.access_grants.rules import read_until
from app.business_time import calendar
from app.cli import cli
from app.escalations import register
from app.escalations import service as escalations
from app.settings import EscalationLevel
from app.tickets import service as tickets
from local.people import Person
from tests.support.post import Post, Taken, lead_to, running_door, running_post
from tests.support.stage import PARTNER, Delivery, Kept, Stage, open_stage

FREE, SILVER, GOLD = "customer-free", "customer-silver", "customer-gold"
SUPPORT = calendar("support")
HALF_OF_A_CONSENT = timedelta(days=91)
CHECKED = {"checked": "true"}
NOTIFICATIONS = "query { notifications(limit: 100) { text } }"
EMAILS = "query { users { id email } }"
ARCHIVE = "mutation ($item: ID!) { archive_item(item_id: $item) { id } }"
#: Nobody at the customer's may ever read these words.
SECRET = "they always complain"


@dataclass
class Scene:
    """One customer's ticket, the people at Synerity, the post."""

    stage: Stage
    post: Post
    slug: str = GOLD
    theirs: str = ""
    ours: str = ""
    #: How deliveries are handed over: in order, or otherwise.
    shuffle: Callable[[list[Delivery]], list[Delivery]] = field(default=list)
    addresses: dict[str, str] = field(default_factory=dict)

    @property
    def customer(self) -> Person:
        return self.stage.people[self.slug][-1]

    @property
    def manager(self) -> Person:
        return self.stage.people[PARTNER][0]

    @property
    def desk(self) -> Person:
        return self.stage.people[PARTNER][1]

    @property
    def owner(self) -> Person:
        return self.stage.people[PARTNER][2]

    def now(self) -> datetime:
        return self.stage.product.clock.now()

    def settle(self) -> None:
        self.stage.work()
        while deliveries := self.stage.collect():
            for delivery in self.shuffle(deliveries):
                self.stage.hand_over(delivery)
            self.stage.work()

    def passes(self, **length: float) -> None:
        self.stage.tick(timedelta(**length).total_seconds())
        self.settle()

    def comes(self, at: datetime) -> None:
        """Time passes until a moment."""
        wait = at - self.now()
        self.stage.tick(wait.total_seconds())
        if wait > HALF_OF_A_CONSENT:
            # Consents last for half a year at monday.com.
            for slug in (PARTNER, FREE, SILVER, GOLD):
                self.stage.install(slug)
        self.settle()

    def asks(self, slug: str, **values: Any) -> None:
        """A customer makes a ticket."""
        self.slug = slug
        board = self.stage.board(slug, "tickets")
        self.theirs = self.customer.create_item(board, "The automation does nothing", values)
        self.settle()
        number = self.sees("number")
        items = self.desk.items(self.stage.board(PARTNER, "service_desk"))
        self.ours = next(item.id for item in items if item.texts["number"] == number)

    def checks(self, **values: Any) -> None:
        """The customer sets columns of its own."""
        self.stage.tick(2)
        self.customer.change(self.stage.board(self.slug, "tickets"), self.theirs, values)
        self.settle()

    def sets(self, **values: Any) -> None:
        """A technician sets columns on the desk; a status by its label's key."""
        self.stage.tick(2)
        board = self.stage.board(PARTNER, "service_desk")
        labels = {key: board.label(key, value) for key, value in values.items()}
        self.desk.change(board, self.ours, labels)
        self.settle()

    def decides(self, **values: Any) -> None:
        """The owner sets columns of the escalation."""
        self.stage.tick(2)
        board, statuses = self.stage.board(PARTNER, "escalations"), ("status", "outcome")
        written = {key: board.label(key, one) if key in statuses else one for key, one in values.items()}
        self.owner.change(board, self.item().id, written)
        self.settle()

    def items(self) -> list[Any]:
        return self.owner.items(self.stage.board(PARTNER, "escalations"))

    def item(self) -> Any:
        (one,) = self.items()
        return one

    def shows(self, key: str) -> str:
        """What the escalation's item shows."""
        return str(self.item().texts[key])

    def desk_shows(self, key: str) -> str:
        return self.desk.item(self.ours).texts[key]

    def sees(self, key: str) -> str:
        return self.customer.item(self.theirs).texts[key]

    def told_owner(self, words: str) -> int:
        """How often it was said on the escalation's item."""
        return sum(words in update.text for update in self.owner.updates(self.item().id))

    def told_desk(self, words: str) -> int:
        return sum(words in update.text for update in self.desk.updates(self.ours))

    def told_customer(self, words: str) -> int:
        return sum(words in update.text for update in self.customer.updates(self.theirs))

    def notified(self, person: Person, words: str) -> int:
        found = person.ask(NOTIFICATIONS)["notifications"]
        return sum(words in one["text"] for one in found)

    def mailed(self, person: Person, words: str = "") -> int:
        """How many letters have come for somebody."""
        to = self.addresses[person.id]
        return sum(to in one.envelope_to and words in one.text for one in self.post.letters)

    def offers(self, reason: str) -> bool:
        """A subject of the product offers to escalate the ticket."""
        (row,) = self.stage.rows("SELECT MAX(id) FROM tickets")
        with self.stage.product.database.transaction() as session:
            on = tickets.on_ticket(session, row[0])
            done = escalations.offer(session, on, reason, now=self.now())
        self.settle()
        return done

    def configure(self, *levels: EscalationLevel) -> None:
        """The operator configures who is called, and restarts the product."""
        self.stage.settings = replace(self.stage.settings, escalation_levels=levels)
        self.stage.restart()
        # After a start all is compared; who is called is looked up with the partner's boards.
        self.stage.sweep(PARTNER)

    def nothing_leaks(self) -> None:
        """Nothing internal stands on the customer's board."""
        item = self.customer.item(self.theirs)
        words = " ".join([*item.texts.values(), *(one.body for one in self.customer.updates(self.theirs))])
        addresses = self.addresses.values()
        for secret in (SECRET, *addresses, "acknowledge", "bekräfta", "ESCALATION_LEVELS"):
            assert secret.lower() not in words.lower()


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with running_post() as post, open_stage(tmp_path_factory.mktemp("stage"), (FREE, SILVER, GOLD)) as stage:
        stage.stop_sweeps()
        lead_to(stage, post)
        scene = Scene(stage, post)
        scene.addresses = {one["id"]: one["email"] for one in scene.manager.ask(EMAILS)["users"]}
        scene.configure(_level(scene, scene.owner), _level(scene, scene.manager))
        scene.settle()
        board = stage.board(PARTNER, "customers")
        for item in scene.manager.items(board):
            tier = item.texts["account"].removeprefix("customer-")
            people = {"personsAndTeams": [{"id": int(scene.manager.id), "kind": "person"}]}
            scene.manager.change(board, item.id, {"tier": board.label("tier", tier), "manager": people})
        scene.settle()
        # A Wednesday after which all is open for days.
        scene.comes(_morning(scene.now(), _is_ordinary) + timedelta(hours=2))
        stage.keep()
        yield scene


@pytest.fixture
def scene(standing: Scene) -> Scene:
    return _anew(standing)


def _anew(standing: Scene) -> Scene:
    """As it was in the beginning, whatever came before."""
    standing.stage.settings = replace(
        standing.stage.settings,
        escalation_levels=(_level(standing, standing.owner), _level(standing, standing.manager)),
    )
    standing.stage.reset()
    standing.stage.restart()
    standing.post.forget()
    return replace(standing)


@pytest.fixture(scope="module")
def after_asking(standing: Scene) -> tuple[Kept, Scene, Sequence[Taken]]:
    """All there is when GOLD has asked for an escalation, and the letters of it."""
    asked = _anew(standing)
    asked.asks(GOLD, escalate=CHECKED, escalation_reason="It is urgent")
    return standing.stage.as_it_is(), asked, tuple(standing.post.letters)


@pytest.fixture
def escalated(scene: Scene, after_asking: tuple[Kept, Scene, Sequence[Taken]]) -> None:
    """GOLD has a ticket, and has asked for an escalation because it is urgent."""
    kept, asked, letters = after_asking
    scene.stage.reset(kept)
    scene.post.letters[:] = letters
    scene.slug, scene.theirs, scene.ours = asked.slug, asked.theirs, asked.ours


def _level(scene: Scene, person: Person, minutes: int = 60) -> EscalationLevel:
    return EscalationLevel((scene.addresses[person.id].lower(),), minutes)


def _morning(after: datetime, fits: Callable[[date], bool]) -> datetime:
    """Eight o'clock on the first day that fits."""
    day = after.astimezone(SUPPORT.zone).date() + timedelta(days=1)
    while not fits(day):
        day += timedelta(days=1)
    return datetime.combine(day, datetime.min.time().replace(hour=8), SUPPORT.zone).astimezone(UTC)


def _is_open(day: date) -> bool:
    return bool(SUPPORT.hours_of(day))


def _is_ordinary(day: date) -> bool:
    return all(_is_open(day + timedelta(days=days)) for days in range(3))


def _is_before_weekend(day: date) -> bool:
    return _is_open(day) and day.weekday() == 4 and _is_open(day + timedelta(days=3))


def _is_before_holiday(day: date) -> bool:
    """The next day is a holiday on a weekday, between days that are open."""
    return all(
        (_is_open(day), day.weekday() < 3, not _is_open(day + timedelta(1)), _is_open(day + timedelta(2)))
    )


@pytest.mark.parametrize("slug", [SILVER, GOLD])
def test_an_escalation_goes_its_way(scene: Scene, slug: str) -> None:
    scene.asks(slug)
    scene.checks(escalate=CHECKED)
    assert (scene.items(), scene.sees("escalation")) == ([], "Skriv varför")
    assert scene.told_customer("Skriv gärna några rader") == 1
    assert scene.told_desk("has not written why") == 1
    scene.checks(escalation_reason="We can't invoice")
    assert (scene.sees("escalation"), scene.desk_shows("escalation")) == ("Eskalerat", "Escalated")
    assert scene.told_customer("är eskalerat till vår produktägare (E-1)") == 1
    assert scene.told_desk("Reason: We can't invoice") == 1
    number = scene.sees("number")
    assert (scene.shows("number"), scene.shows("ticket"), scene.shows("reason")) == (
        "E-1",
        number,
        "We can't invoice",
    )
    assert scene.shows("owner") == scene.owner.name
    assert (scene.shows("level"), scene.shows("tier")) == ("1 of 2", slug.removeprefix("customer-").upper())
    assert scene.shows("called").endswith("notified in monday.com; mail sent")
    assert scene.notified(scene.owner, f"E-1: {number}") == 1
    letter = scene.post.letter("E-1 escalated")
    board = scene.stage.board(PARTNER, "escalations")
    for words in (
        number,
        "We can't invoice",
        f"boards/{board.id}/pulses/{scene.item().id}",
        "No case",
        "0 days ago",
    ):
        assert words in letter.text
    scene.passes(minutes=30)
    scene.decides(status="acknowledged")
    assert (scene.sees("escalation"), scene.desk_shows("escalation")) == (
        "Produktägaren har det",
        "Acknowledged",
    )
    scene.passes(hours=4)
    assert scene.mailed(scene.manager) == scene.notified(scene.manager, "E-1") == 0
    _is_told_and_ends(scene)
    (seen,) = _report(scene)
    assert (seen.is_in_time, seen.outcome, seen.commitment) == (True, "committed", "A fix in week 40")
    scene.nothing_leaks()


def _is_told_and_ends(scene: Scene) -> None:
    scene.owner.post(scene.item().id, SECRET)
    scene.owner.post(scene.item().id, "@kund monday.com har svarat oss")
    scene.decides(customer_note={"text": "Vi har pratat med dem.\nDe letar."}, status="waiting_vendor")
    assert scene.told_customer("monday.com har svarat oss") == 1
    assert scene.told_customer("Om eskaleringen E-1: Vi har pratat med dem.") == 1
    assert scene.sees("escalation") == "Väntar på monday.com"
    day = scene.now().astimezone(SUPPORT.zone).date() + timedelta(days=1)
    scene.decides(next_contact={"date": day.isoformat()})
    assert scene.sees("next_contact") == day.isoformat()
    scene.decides(status="ended")
    assert scene.shows("status") == "Waiting for monday.com"
    assert scene.told_owner("It lacks: the outcome, what monday.com commits to") == 1
    scene.decides(outcome="committed", commitment={"text": "A fix in week 40"})
    scene.decides(status="ended")
    assert scene.sees("escalation") == "monday.com har åtagit sig"
    assert (scene.sees("commitment"), scene.sees("escalate"), scene.sees("escalation_reason")) == (
        "A fix in week 40",
        "",
        "",
    )
    assert scene.told_customer("Det lyder: A fix in week 40") == 1
    assert scene.desk_shows("escalation") == "monday.com has committed"
    scene.passes(days=5)
    assert scene.told_owner("was to hear from you") == 0


def _report(scene: Scene) -> list[register.EscalationSeen]:
    with scene.stage.product.database.reading() as session:
        since, until = scene.now() - timedelta(days=30), scene.now() + timedelta(days=1)
        rows = scene.stage.rows("SELECT DISTINCT customer_id FROM escalations")
        found = [register.escalations_of(session, row[0], since=since, until=until) for row in rows]
    return [one for some in found for one in some]


def test_a_free_customer_is_answered_and_nothing_begins(scene: Scene) -> None:
    scene.asks(FREE)
    scene.checks(escalate=CHECKED, escalation_reason="We can't invoice")
    assert (scene.sees("escalate"), scene.sees("escalation"), scene.items()) == ("", "", [])
    assert scene.told_customer("SILVER") == scene.told_desk("FREE") == 1
    scene.sets(escalation="ask")
    assert (scene.desk_shows("escalation"), scene.items()) == ("", [])
    assert not scene.offers("monday.com is silent")
    assert (scene.desk_shows("escalation"), scene.post.letters) == ("", [])


def test_it_is_offered_and_one_click_begins_it(scene: Scene) -> None:
    scene.asks(GOLD)
    assert scene.offers(f"monday.com is silent; {SECRET}")
    assert scene.offers(f"monday.com is silent; {SECRET}")
    assert (scene.desk_shows("escalation"), scene.sees("escalation"), scene.items()) == ("Offered", "", [])
    assert scene.told_desk("can be escalated: monday.com is silent") == 1
    scene.sets(escalation="ask")
    assert (scene.desk_shows("escalation"), scene.sees("escalation")) == ("Escalated", "Eskalerat")
    assert scene.sees("escalate") == "v"
    assert SECRET in scene.shows("reason")
    assert scene.mailed(scene.owner, "monday.com is silent") == 1
    scene.sets(escalation="ask")
    assert (scene.desk_shows("escalation"), scene.told_desk("escalated already (E-1)")) == ("Escalated", 1)
    scene.checks(escalation_reason="It stops our invoicing, too")
    scene.checks(escalation_reason="It stops our invoicing, too!")
    scene.checks(escalation_reason="It stops our invoicing, too")
    assert scene.told_owner("A further reason: It stops our invoicing, too") == 2
    assert scene.told_customer("är tillagt i eskaleringen (E-1)") == 2
    assert scene.mailed(scene.owner) == len(scene.items()) == 1
    scene.nothing_leaks()


@pytest.mark.parametrize("fits", [_is_before_weekend, _is_before_holiday])
def test_the_manager_is_called_when_nobody_acknowledges(scene: Scene, fits: Callable[[date], bool]) -> None:
    morning = _morning(scene.now(), fits)
    scene.comes(morning + timedelta(hours=8, minutes=30))
    scene.asks(GOLD, escalate=CHECKED, escalation_reason="It is urgent")
    assert (scene.mailed(scene.owner), scene.mailed(scene.manager)) == (1, 0)
    asked_at = read_until(_rows(scene, "opened_at")[0].replace(" ", "T"), SUPPORT.zone)
    due_at = SUPPORT.add(asked_at.replace(tzinfo=UTC), timedelta(hours=1))
    assert due_at.astimezone(SUPPORT.zone).hour == 8
    scene.comes(due_at - timedelta(seconds=5))
    assert (scene.mailed(scene.manager), scene.shows("level")) == (0, "1 of 2")
    scene.comes(due_at + timedelta(seconds=1))
    assert (scene.mailed(scene.manager, "was not acknowledged in time"), scene.mailed(scene.owner)) == (1, 1)
    assert scene.notified(scene.manager, "nobody has acknowledged the escalation") == 1
    assert scene.shows("level") == "2 of 2"
    assert {scene.owner.name, scene.manager.name} == set(scene.shows("owner").split(", "))
    scene.passes(hours=2)
    assert scene.told_owner("there is no further level") == scene.told_desk("Phone the product owner") == 1
    scene.passes(hours=2)
    assert scene.told_owner("there is no further level") == scene.mailed(scene.manager) == 1
    scene.decides(status="in_progress")
    assert scene.sees("escalation") == "Vi driver på monday.com"
    assert [seen.is_in_time for seen in _report(scene)] == [False]
    scene.nothing_leaks()


def _rows(scene: Scene, column: str) -> list[Any]:
    return [row[0] for row in scene.stage.rows(f"SELECT {column} FROM escalations ORDER BY id")]


@pytest.mark.usefixtures("escalated")
def test_a_day_on_which_the_customer_was_to_hear_more_is_minded(scene: Scene) -> None:
    today = scene.now().astimezone(SUPPORT.zone).date()
    scene.decides(status="acknowledged", next_contact={"date": today.isoformat()})
    tomorrow = _morning(scene.now(), _is_open)
    scene.comes(tomorrow - timedelta(minutes=1))
    assert scene.told_owner("was to hear from you") == 0
    scene.comes(tomorrow + timedelta(minutes=1))
    assert (
        scene.told_owner("was to hear from you") == scene.notified(scene.owner, "was to hear from you") == 1
    )
    scene.passes(hours=8)
    assert scene.told_owner("was to hear from you") == 1
    scene.comes(_morning(tomorrow, _is_open) + timedelta(minutes=1))
    assert scene.told_owner("was to hear from you") == 2
    scene.decides(customer_note={"text": "Vi väntar ännu"})
    scene.passes(days=4)
    assert scene.told_owner("was to hear from you") == 2
    assert scene.told_customer("Vi väntar ännu") == 1


@pytest.mark.usefixtures("escalated")
def test_the_customer_takes_it_back_and_asks_anew(scene: Scene) -> None:
    scene.checks(escalate=None)
    assert (scene.shows("status"), scene.shows("outcome")) == ("Ended", "Withdrawn")
    assert (
        scene.notified(scene.owner, "taken back the escalation") == scene.told_customer("är återtagen") == 1
    )
    scene.passes(days=1)
    assert scene.mailed(scene.manager) == 0
    scene.decides(status="acknowledged")
    assert (scene.shows("status"), scene.told_owner("has ended, and is not opened again")) == ("Ended", 1)
    scene.checks(escalate=CHECKED, escalation_reason="Now it is worse")
    assert sorted(one.texts["number"] for one in scene.items()) == ["E-1", "E-2"]
    assert scene.sees("escalation") == "Eskalerat"


@pytest.mark.usefixtures("escalated")
def test_what_becomes_of_the_ticket_the_item_and_the_agreement_loses_nothing(scene: Scene) -> None:
    customers = scene.stage.board(PARTNER, "customers")
    theirs = next(one for one in scene.manager.items(customers) if one.texts["account"] == GOLD)
    scene.manager.change(customers, theirs.id, {"tier": customers.label("tier", "free")})
    scene.settle()
    first = scene.item().id
    scene.owner.post(first, "@kund Vi ringer dem")
    scene.settle()
    scene.owner.ask(ARCHIVE, {"item": first})
    scene.settle()
    assert scene.item().id != first
    assert (scene.shows("number"), scene.shows("reason"), scene.shows("owner")) == (
        "E-1",
        "It is urgent",
        scene.owner.name,
    )
    assert (
        scene.told_desk("its board. The escalation goes on") == scene.told_owner("stands in its place") == 1
    )
    assert scene.told_customer("Vi ringer dem") == 1
    scene.sets(status="solved")
    assert (
        scene.told_owner("Decide whether this ends") == scene.notified(scene.owner, "is solved. Decide") == 1
    )
    scene.decides(status="ended", outcome="resolved", commitment={"text": "Mended"})
    assert scene.sees("commitment") == "Mended"
    scene.checks(escalate=CHECKED)
    assert (scene.sees("escalate"), scene.told_customer("SILVER")) == ("", 1)


@pytest.mark.usefixtures("escalated")
def test_columns_of_the_apps_are_set_back(scene: Scene) -> None:
    scene.decides(reason={"text": "Another"}, level="9 of 9")
    assert (scene.shows("reason"), scene.shows("level")) == ("It is urgent", "1 of 2")
    scene.sets(escalation="resolved")
    assert scene.desk_shows("escalation") == "Escalated"
    scene.customer.change(scene.stage.board(GOLD, "tickets"), scene.theirs, {"commitment": {"text": "Ours"}})
    scene.settle()
    assert scene.sees("commitment") == ""


@pytest.mark.parametrize(
    ("misbehave", "shown", "told"),
    [
        (lambda post: post.refuse(), "MAIL WAS NOT DELIVERED", "was not delivered"),
        (
            lambda post: post.break_after_data(),
            "UNCERTAIN WHETHER THE MAIL ARRIVED",
            "uncertain whether the mail",
        ),
    ],
)
def test_a_mail_that_does_not_arrive_is_shown(
    scene: Scene, misbehave: Callable[[Post], None], shown: str, told: str
) -> None:
    misbehave(scene.post)
    scene.asks(GOLD, escalate=CHECKED, escalation_reason="It is urgent")
    assert shown in scene.shows("called")
    assert scene.told_owner(told) == 1
    assert scene.notified(scene.owner, "E-1") == 1
    scene.nothing_leaks()


def test_somebody_who_is_no_user_gets_the_mail_all_the_same(scene: Scene) -> None:
    scene.configure(EscalationLevel(("owner@elsewhere.example",), 60))
    scene.asks(GOLD, escalate=CHECKED, escalation_reason="It is urgent")
    assert "no user of this account has that address" in scene.shows("called")
    assert scene.shows("called").endswith("mail sent")
    assert scene.post.letter().envelope_to == ("owner@elsewhere.example",)


@pytest.mark.usefixtures("escalated")
def test_an_answer_by_mail_stands_on_the_item_and_acknowledges_nothing(scene: Scene) -> None:
    with running_door(scene.stage.product) as door:
        door.answer(scene.post.letter(), f"@kund {SECRET}", files={"notes.txt": b"Asked them"})
    scene.settle()
    assert scene.told_owner(SECRET) == scene.told_owner("a mail acknowledges nothing") == 1
    assert (scene.shows("status"), scene.sees("escalation")) == ("New", "Eskalerat")
    scene.nothing_leaks()


@pytest.mark.usefixtures("escalated")
def test_operators_see_who_is_called_and_how_each_stands(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = scene.stage.settings
    monkeypatch.setenv("VAR_DIR", str(settings.var_dir))
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    monkeypatch.setenv("SECRET_KEYS", settings.secret_keys[0])
    told = {}
    for words in ("status", "escalations list", "escalations show E-1"):
        answer = CliRunner().invoke(cli, words.split())
        assert answer.exit_code == 0, answer.output
        told[words] = answer.output
    address = scene.addresses[scene.owner.id]
    assert f"level 1: {address} ({scene.owner.name})" in told["status"]
    assert scene.sees("number") in told["escalations list"]
    assert f"level 1: {address}, notified" in told["escalations show E-1"]
    assert "mail sent" in told["escalations show E-1"]
    with pytest.raises(register.EscalationMissingError), scene.stage.product.database.reading() as session:
        register.find(session, "E-99")


def test_where_nobody_is_configured_that_is_said(scene: Scene) -> None:
    scene.configure()
    scene.asks(GOLD, escalate=CHECKED, escalation_reason="It is urgent")
    assert scene.shows("called") == "Nobody is configured to be called (ESCALATION_LEVELS)."
    assert scene.told_owner("Nobody is configured") == scene.told_desk("Tell the product owner yourself") == 1
    assert scene.notified(scene.manager, "nobody is configured") == 1
    scene.configure(_level(scene, scene.owner))
    scene.passes(hours=1)
    assert scene.mailed(scene.owner) == 1
    assert scene.sees("escalation") == "Eskalerat"


def doubled(deliveries: list[Delivery]) -> list[Delivery]:
    """Twice each, the last first."""
    return [delivery for delivery in reversed(deliveries) for _ in range(2)]


def test_deliveries_twice_and_out_of_order_make_one_escalation(scene: Scene) -> None:
    scene.shuffle = doubled
    scene.asks(SILVER)
    scene.checks(escalate=CHECKED, escalation_reason="It is urgent")
    scene.decides(status="acknowledged", customer_note={"text": "Vi är på det"})
    assert len(scene.items()) == scene.mailed(scene.owner) == scene.notified(scene.owner, "E-1") == 1
    assert scene.told_customer("Vi är på det") == scene.told_customer("är eskalerat till") == 1


PLACES = (
    *(
        "inbox.before_commit",
        "inbox.committed",
        "outbox.before_call",
        "outbox.after_call",
        "outbox.before_commit",
    ),
    *("timers.before_commit", "timers.committed", "mail.before_commit"),
)


@pytest.mark.parametrize("place", PLACES)
def test_a_worker_killed_on_the_way_leaves_one_item_and_one_mail_a_level(scene: Scene, place: str) -> None:
    scene.asks(GOLD)
    died = [_dies(scene, place, lambda: scene.checks(escalate=CHECKED, escalation_reason="It is urgent"))]
    died.append(_dies(scene, place, lambda: scene.passes(hours=1, minutes=1)))
    assert any(died)
    assert len(scene.items()) == 1
    assert (scene.mailed(scene.owner), scene.mailed(scene.manager)) == (1, 1)
    assert (scene.notified(scene.owner, "E-1"), scene.notified(scene.manager, "E-1")) == (1, 1)
    assert scene.told_customer("är eskalerat till vår produktägare") == 1
    assert scene.shows("level") == "2 of 2"


def _dies(scene: Scene, place: str, act: Callable[[], None]) -> bool:
    """Let a worker die at a place while something happens; whether it did."""
    died = False
    work = scene.stage.work

    def once(*, crash: tuple[str, int] | None = None) -> bool:  # noqa: ARG001 - like the one it stands for
        nonlocal died
        if died:
            return work()
        died = work(crash=(place, 1))
        if died:
            work()
        return died

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scene.stage, "work", once)
        act()
    return died
