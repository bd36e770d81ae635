"""Feature requests on the boards: taken in, approved, filed by hand, followed, joined, released, told."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from app.business_time import calendar
from app.feature_requests import service as feature_requests
from local.people import Board, Item, Person
from tests.support.stage import PARTNER, Stage, open_stage

FREE, GOLD, SILVER = "customer-free", "customer-gold", "customer-silver"
CUSTOMERS = (FREE, SILVER, GOLD)
CHECKED = {"checked": "true"}
DAY = 24 * 3600
ANSWERS = {
    "who": "Planerarna på kontoret",
    "goal": "Flytta alla deluppgifter på en gång",
    "frequency": "Varje måndag",
    "today": "Vi flyttar dem en och en",
    "cost": "Två timmar i veckan",
    "good": "En knapp som flyttar alla",
}
IN_ENGLISH = {
    "title_en": "Move all subitems at once",
    "use_case_en": "Planners move each subitem by hand, two hours a week. A button should move them all.",
}
RELEASE = {
    "released_what_sv": "Alla deluppgifter kan flyttas samtidigt.",
    "released_how_sv": "Markera dem och välj Flytta.",
    "released_what_en": "All subitems can be moved at once.",
    "released_how_en": "Select them and choose Move.",
}
_STATUSES = {"status", "english", "filing", "tier", "language", "wish"}


@dataclass
class Scene:
    """Customers of every agreement, each in the middle of a business day."""

    stage: Stage
    desk: Person

    @property
    def manager(self) -> Person:
        return self.stage.people[PARTNER][0]

    @property
    def now(self) -> datetime:
        return self.stage.product.clock.now()

    def person(self, slug: str) -> Person:
        return self.stage.people[slug][-1]

    def wishes(self, slug: str, title: str, **values: Any) -> str:
        """A customer makes an item; its number comes back."""
        board = self.stage.board(slug, "feature_requests")
        texts = {key: {"text": value} for key, value in values.items() if isinstance(value, str)}
        item_id = self.person(slug).create_item(board, title, {**values, **texts})
        self.settle()
        return self.person(slug).item(item_id).texts["number"] or item_id

    def settle(self) -> None:
        self.stage.settle()

    def passes(self, seconds: float) -> None:
        self.stage.tick(seconds)
        self.settle()

    def theirs(self, slug: str, number: str) -> Item:
        board = self.stage.board(slug, "feature_requests")
        return _numbered(self.person(slug).items(board), number)

    def ours(self, number: str) -> Item:
        return _numbered(self.desk.items(self.stage.board(PARTNER, "wishes")), number)

    def customer_sets(self, slug: str, number: str, **values: Any) -> None:
        self.stage.tick(2)
        board = self.stage.board(slug, "feature_requests")
        values = {
            key: {"text": one} if isinstance(one, str) and key in ANSWERS else one
            for key, one in values.items()
        }
        self.person(slug).change(board, self.theirs(slug, number).id, values)
        self.settle()

    def desk_sets(self, number: str, **values: Any) -> None:
        """A technician sets columns; words for a status are its label's key."""
        self.stage.tick(2)
        board = self.stage.board(PARTNER, "wishes")
        self.desk.change(
            board, self.ours(number).id, {key: _value(board, key, one) for key, one in values.items()}
        )
        self.settle()

    def told_customer(self, slug: str, number: str, words: str) -> int:
        updates = self.person(slug).updates(self.theirs(slug, number).id)
        return sum(words in update.text for update in updates)

    def told_desk(self, number: str, words: str) -> int:
        return sum(words in update.text for update in self.desk.updates(self.ours(number).id))

    def statuses(self, slug: str, number: str) -> tuple[str, str]:
        return self.ours(number).texts["status"], self.theirs(slug, number).texts["status"]

    def of_customer(self, slug: str, **values: Any) -> None:
        """The manager changes what is agreed with a customer."""
        board = self.stage.board(PARTNER, "customers")
        item = next(item for item in self.manager.items(board) if item.texts["account"] == slug)
        self.manager.change(board, item.id, {key: _value(board, key, one) for key, one in values.items()})
        self.settle()

    def reaches_filing(self, slug: str = SILVER, title: str = "Flytta deluppgifter") -> str:
        """A request that is ready for a technician to file by hand."""
        number = self.wishes(slug, title, **ANSWERS)
        self.customer_sets(slug, number, approved=CHECKED)
        self.desk_sets(number, **IN_ENGLISH)
        self.desk_sets(number, english="ready")
        return number

    def is_filed(self, number: str) -> None:
        self.desk_sets(number, reference="1234", link="https://community.example/t/1234")
        self.desk_sets(number, status="filed")


def _value(board: Board, key: str, value: Any) -> Any:
    if key in _STATUSES and value is not None:
        return board.label(key, value)
    if isinstance(value, str) and (key in RELEASE or key == "use_case_en"):
        return {"text": value}
    return value


def _numbered(items: list[Item], number: str) -> Item:
    return next(item for item in items if number in (item.texts["number"], item.id))


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with open_stage(tmp_path_factory.mktemp("stage"), CUSTOMERS) as stage:
        scene = Scene(stage, stage.people[PARTNER][1])
        scene.settle()
        scene.of_customer(SILVER, tier="silver")
        scene.of_customer(GOLD, tier="gold")
        stage.keep()
        yield scene


@pytest.fixture
def scene(standing: Scene) -> Scene:
    standing.stage.reset()
    support = calendar("support")
    opens = support.add(support.add(standing.now, timedelta(hours=9)), timedelta(hours=2))
    standing.passes((opens - standing.now).total_seconds())
    return standing


@pytest.mark.parametrize("slug", [SILVER, GOLD])
def test_a_request_goes_from_the_customers_board_to_monday_and_back(scene: Scene, slug: str) -> None:
    number = scene.wishes(slug, "Flytta deluppgifter", goal=ANSWERS["goal"])
    assert scene.statuses(slug, number) == ("Draft", "Utkast")
    assert scene.told_customer(slug, number, "Fyll gärna i här på tavlan: Vem behöver det, Hur ofta") == 1
    scene.customer_sets(slug, number, **ANSWERS)
    assert scene.statuses(slug, number) == ("For approval", "Väntar på ert godkännande")
    for answer in ANSWERS.values():
        assert answer in scene.theirs(slug, number).texts["use_case"]
        assert answer in scene.ours(number).texts["use_case_en"]
    scene.customer_sets(slug, number, approved=CHECKED)
    assert scene.ours(number).texts["filing"] == ""
    scene.desk_sets(number, **IN_ENGLISH)
    scene.desk_sets(number, english="ready")
    assert scene.ours(number).texts["filing"] == "File by hand"
    assert scene.told_desk(number, IN_ENGLISH["use_case_en"]) == 1
    scene.is_filed(number)
    assert scene.statuses(slug, number) == ("Filed", "Inlämnat till monday.com")
    assert scene.theirs(slug, number).texts["link"] == "https://community.example/t/1234"
    assert scene.told_customer(slug, number, "är inlämnat till monday.com. Vi följer") == 1
    scene.desk_sets(number, status="under_review")
    scene.desk_sets(number, status="planned")
    assert scene.told_customer(slug, number, "monday.com planerar att göra det") == 1
    scene.desk_sets(number, status="released")
    assert scene.statuses(slug, number)[0] == "Planned"
    assert scene.told_desk(number, "Write first: What changed (Swedish)") == 1
    scene.desk_sets(number, **RELEASE)
    scene.desk_sets(number, status="released")
    scene.desk_sets(number, status="planned")
    scene.desk_sets(number, status="released")
    assert scene.statuses(slug, number) == ("Released", "Släppt")
    assert scene.told_customer(slug, number, RELEASE["released_how_sv"]) == 1


def test_without_the_agreement_the_customer_is_answered_and_nothing_is_mirrored(scene: Scene) -> None:
    number = scene.wishes(FREE, "En önskan", **ANSWERS)
    assert scene.theirs(FREE, number).texts["status"] == "Ingår inte i ert avtal"
    assert scene.told_customer(FREE, number, "ingår i avtalen SILVER och GOLD") == 1
    assert scene.desk.items(scene.stage.board(PARTNER, "wishes")) == []
    assert scene.stage.rows("SELECT capability FROM asks") == [("feature_requests",)]
    scene.customer_sets(FREE, number, goal="Något annat")
    assert scene.stage.rows("SELECT capability FROM asks") == [("feature_requests",)]
    scene.of_customer(FREE, tier="silver")
    scene.customer_sets(FREE, number, goal="Nu ingår det")
    assert scene.theirs(FREE, number).texts["status"] == "Väntar på ert godkännande"
    [ours] = scene.desk.items(scene.stage.board(PARTNER, "wishes"))
    assert ours.texts["goal"] == "Nu ingår det"


@pytest.mark.parametrize("slug", [FREE, SILVER])
def test_a_ticket_becomes_a_request_by_one_status(scene: Scene, slug: str) -> None:
    board = scene.stage.board(slug, "tickets")
    theirs = scene.person(slug).create_item(
        board, "Kan man flytta alla?", {"description": {"text": "Alla på en gång"}}
    )
    scene.settle()
    desk = scene.stage.board(PARTNER, "service_desk")
    [ours] = scene.desk.items(desk)
    scene.stage.tick(2)
    scene.desk.change(desk, ours.id, {"wish": desk.label("wish", "make")})
    scene.settle()
    if slug == FREE:
        assert scene.desk.item(ours.id).texts["wish"] == ""
        assert scene.desk.items(scene.stage.board(PARTNER, "wishes")) == []
        assert any("SILVER och GOLD" in update.text for update in scene.person(slug).updates(theirs))
        return
    assert scene.desk.item(ours.id).texts["wish"] == "Feature request made"
    wish = scene.theirs(slug, "W-1")
    assert (wish.name, wish.texts["goal"], wish.texts["ticket"]) == (
        "Kan man flytta alla?",
        "Alla på en gång",
        "SYN-1001",
    )
    assert any("W-1" in update.text for update in scene.person(slug).updates(theirs))
    scene.desk.change(desk, ours.id, {"wish": desk.label("wish", "make")})
    scene.settle()
    assert len(scene.stage.rows("SELECT id FROM wishes")) == 1


def test_what_is_changed_after_the_approval_is_approved_anew(scene: Scene) -> None:
    number = scene.wishes(SILVER, "Flytta deluppgifter", **ANSWERS)
    scene.customer_sets(SILVER, number, approved=CHECKED)
    assert scene.ours(number).texts["approved"] != ""
    scene.customer_sets(SILVER, number, cost="Tre timmar i veckan")
    assert (scene.ours(number).texts["approved"], scene.theirs(SILVER, number).texts["approved"]) == ("", "")
    assert scene.told_customer(SILVER, number, "godkänner användningsfallet igen") == 1
    assert "Tre timmar" in scene.theirs(SILVER, number).texts["use_case"]
    scene.desk_sets(number, **IN_ENGLISH)
    scene.desk_sets(number, english="ready")
    assert scene.ours(number).texts["filing"] == ""
    scene.customer_sets(SILVER, number, approved=CHECKED)
    assert scene.ours(number).texts["filing"] == "File by hand"
    scene.customer_sets(SILVER, number, cost="Fyra timmar")
    assert scene.theirs(SILVER, number).texts["approved"] != ""
    assert scene.told_desk(number, "already handed over to be filed: What it costs them") == 1
    assert scene.stage.rows("SELECT COUNT(*) FROM filings") == [(1,)]


@pytest.mark.parametrize("who", ["Silver", "Anna.Berg@silver.example", "customer-silver.monday.com"])
def test_a_text_that_names_somebody_is_not_filed(scene: Scene, who: str) -> None:
    scene.of_customer(SILVER, name="Silver AB")
    number = scene.wishes(SILVER, "Flytta deluppgifter", **{**ANSWERS, "who": f"Alla hos Silver AB, {who}"})
    scene.customer_sets(SILVER, number, approved=CHECKED)
    assert who not in scene.ours(number).texts["use_case_en"]
    scene.desk_sets(number, title_en="Move all", use_case_en=f"Everybody at {who} moves subitems.")
    scene.desk_sets(number, english="ready")
    assert scene.ours(number).texts["english"] == "To check"
    assert scene.told_desk(number, "must not name a customer") == 1
    assert scene.stage.rows("SELECT COUNT(*) FROM filings") == [(0,)]


def test_joined_requests_go_together_and_know_nothing_of_each_other(scene: Scene) -> None:
    scene.of_customer(GOLD, language="en", contact_email="boss@gold.example", name="Golden Gate Ltd")
    scene.of_customer(SILVER, contact_email="chef@silver.example", name="Silverstjernan AB")
    lead = scene.wishes(SILVER, "Flytta deluppgifter", **ANSWERS)
    words = {key: f"{value} (our own words)" for key, value in ANSWERS.items()}
    other = scene.wishes(GOLD, "Moving of subitems", **words)
    scene.desk_sets(other, joined_to=lead)
    assert (scene.ours(lead).texts["votes"], scene.ours(other).texts["votes"]) == ("2", "")
    assert "Golden Gate Ltd" in scene.ours(lead).texts["requesters"]
    scene.desk_sets(other, joined_to="")
    assert scene.ours(lead).texts["votes"] == "1"
    scene.desk_sets(other, joined_to=lead)
    scene.desk_sets(other, status="declined")
    assert scene.told_desk(other, "This request follows another one") == 1
    scene.customer_sets(SILVER, lead, approved=CHECKED)
    scene.desk_sets(lead, **IN_ENGLISH)
    scene.desk_sets(lead, english="ready")
    scene.is_filed(lead)
    assert scene.ours(other).texts["status"] == "Filed"
    scene.desk_sets(other, joined_to="")
    assert scene.ours(other).texts["joined_to"] == lead
    assert scene.stage.rows("SELECT COUNT(*) FROM filings") == [(1,)]
    scene.desk_sets(lead, **RELEASE)
    for status in ("released", "planned", "released"):
        scene.desk_sets(lead, status=status)
    assert scene.told_customer(SILVER, lead, RELEASE["released_what_sv"]) == 1
    assert scene.told_customer(GOLD, other, RELEASE["released_what_en"]) == 1
    letters = scene.stage.rows("SELECT waiting, subject || body FROM mails ORDER BY id")
    assert sorted(to for to, _ in letters) == ['["boss@gold.example"]', '["chef@silver.example"]']
    seen = {slug: _everything(scene, slug) for slug in (SILVER, GOLD)}
    for slug, foreign in (
        (SILVER, ("Golden", "own words", lead and other, GOLD)),
        (GOLD, ("Silverstj", SILVER, ANSWERS["good"] + "\n", lead)),
    ):
        mails = "".join(words for to, words in letters if slug.removeprefix("customer-") in to)
        for words_of_others in foreign:
            assert words_of_others not in seen[slug] + mails, (slug, words_of_others)


def _everything(scene: Scene, slug: str) -> str:
    """Whatever a customer can read on its boards."""
    told = []
    for key in ("feature_requests", "tickets"):
        for item in scene.person(slug).items(scene.stage.board(slug, key)):
            told += [item.name, item.group, *item.texts.values()]
            told += [
                f"{one.text}\n{''.join(reply.text for reply in one.replies)}"
                for one in scene.person(slug).updates(item.id)
            ]
    return "\n".join(told)


def test_messages_cross_and_internal_ones_do_not(scene: Scene) -> None:
    number = scene.wishes(SILVER, "Flytta deluppgifter", goal="x")
    scene.person(SILVER).post(scene.theirs(SILVER, number).id, "Hur går det?")
    scene.desk.post(scene.ours(number).id, "Internal: they always ask")
    scene.desk.post(scene.ours(number).id, "@kund Det går bra")
    scene.settle()
    assert scene.told_desk(number, "Hur går det?") == 1
    assert scene.told_customer(SILVER, number, "Det går bra") == 1
    assert scene.told_customer(SILVER, number, "Internal") == 0
    scene.customer_sets(SILVER, number, number="W-99")
    assert scene.theirs(SILVER, number).texts["number"] == number
    assert scene.told_customer(SILVER, number, "sköts av Synerity") == 1


def test_technicians_are_reminded_once_a_quarter(scene: Scene) -> None:
    number = scene.reaches_filing()
    scene.is_filed(number)
    for _ in range(4):
        scene.passes(50 * DAY)
    quarters = {
        update.text[:7]
        for update in scene.desk.updates(scene.ours(number).id)
        if "look how this request" in update.text
    }
    reminders = scene.told_desk(number, "look how this request")
    assert reminders == len(quarters) == 2
    scene.desk_sets(number, status="declined")
    scene.passes(120 * DAY)
    assert scene.told_desk(number, "look how this request") == reminders


def test_reports_get_what_a_customer_wished_in_a_stretch_of_time(scene: Scene) -> None:
    number = scene.wishes(SILVER, "Flytta deluppgifter", goal="x")
    with scene.stage.product.database.reading() as session:
        [customer_id] = [row[0] for row in scene.stage.rows("SELECT customer_id FROM wishes")]
        day = timedelta(days=1)
        [seen] = feature_requests.wishes_of(
            session, customer_id, since=scene.now - day, until=scene.now + day
        )
        none = feature_requests.wishes_of(
            session, customer_id, since=scene.now + day, until=scene.now + 2 * day
        )
    assert (seen.number, seen.title, none) == (number, "Flytta deluppgifter", [])
