"""A wish is filed once: by mail, in the forum through any weather and any death of a worker, or by hand."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import select, text

from app.crashpoints import FORUM_PLACES
from app.db import Database
from app.factory import Product, build
from app.feature_requests.filing import service
from app.feature_requests.filing.channels import Channel, ChannelKind
from app.feature_requests.filing.rules import MOST_TRIES, State
from app.feature_requests.filing.service import FilingSeen, FilingUnderWayError, UseCase
from app.inbox.models import InboxEvent
from app.lanes.models import Lane
from app.mail.models import Mail
from app.settings import ForumAccess, Settings
from tests.support import servers
from tests.support.forum import KEY, WEATHER, Forum, Topic, running_forum
from workers import forum_lanes

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
PARTNER = "1001"
BODY = "As a project manager I want to lock a single column, so that nobody overwrites a price."
_FORUM = Channel(ChannelKind.FORUM)
_wish_ids = count(1)


class Killed(BaseException):
    """The worker died here."""


@dataclass
class Office:
    """The product with a forum to file in."""

    product: Product
    forum: Forum

    def file(self, wish_id: int, channel: Channel = _FORUM, *, title: str | None = None) -> FilingSeen:
        """File a wish, as who approves it does."""
        case = UseCase(wish_id, title or f"Lock a single column, wish {wish_id}", BODY)
        with self.product.database.transaction() as session:
            return service.file(session, case, channel, account_id=PARTNER, now=NOW)

    def work(self, rounds: int = 1, *, crash: str | None = None) -> None:
        """Let a worker go round, each time when all waits are over; it dies at a crash point."""
        for _ in range(rounds):
            with self.product.database.transaction() as session:
                session.execute(text("UPDATE lanes SET not_before = 0, lease_until = 0"))
            with _dying(crash):
                forum_lanes.answer(self.product, service.ACCOUNT)

    def seen(self, wish_id: int) -> FilingSeen:
        """How far a wish has come."""
        with self.product.database.reading() as session:
            found = service.filing(session, wish_id)
        assert found is not None
        return found

    def told(self, wish_id: int) -> list[tuple[str, Mapping[str, Any]]]:
        """What a wish heard, in order."""
        query = select(InboxEvent).where(InboxEvent.lane_key == f"wish:{wish_id}").order_by(InboxEvent.id)
        with self.product.database.reading() as session:
            return [(event.source, json.loads(event.content)) for event in session.execute(query).scalars()]

    def posts(self) -> int:
        """How often the forum was asked to post."""
        return sum(asked.startswith("POST") for asked in self.forum.asked)

    def lead_to(self, access: ForumAccess | None) -> None:
        """Start anew with another forum, or none."""
        self.product = replace(self.product, settings=replace(self.product.settings, forum=access))


@contextmanager
def _dying(place: str | None) -> Iterator[None]:
    def reach(reached: str) -> None:
        if reached == place:
            raise Killed

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forum_lanes, "reach", reach)
        try:
            yield
        except Killed:
            return


@pytest.fixture(scope="module")
def one_forum() -> Iterator[Forum]:
    with running_forum() as running:
        yield running


@pytest.fixture(scope="module")
def one_office(one_forum: Forum, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("office")
    url = servers.sqlite_with_schema(folder / "office.db")
    database = Database(url)
    environment = {"VAR_DIR": str(folder), "DATABASE_URL": url, **one_forum.settings}
    yield Office(replace(build(Settings.from_env(environment)), database=database), one_forum)
    database.dispose()


@pytest.fixture
def office(one_office: Office) -> Iterator[Office]:
    """The product, towards a forum that has nothing yet and behaves."""
    product = one_office.product
    one_office.forum.reset()
    with product.database.transaction() as session:
        session.execute(text("DELETE FROM lanes"))
    yield one_office
    one_office.product = product


@pytest.fixture
def wish() -> int:
    return next(_wish_ids)


def test_a_wish_is_filed_in_the_forum(office: Office, wish: int) -> None:
    assert office.file(wish).state is State.WANTED
    office.work()
    seen, [topic] = office.seen(wish), office.forum.topics
    assert (seen.state, seen.reference) == (State.FILED, str(topic.id))
    assert seen.link == f"{office.forum.url}/t/{topic.slug}/{topic.id}"
    assert office.told(wish) == [("filing.filed", {"reference": seen.reference, "link": seen.link})]
    # Looked for first, then asked for.
    assert [asked.split()[0] for asked in office.forum.asked] == ["GET", "POST"]


def test_either_database_will_do(database: Database, one_forum: Forum, tmp_path: Path, wish: int) -> None:
    one_forum.reset()
    environment = {"VAR_DIR": str(tmp_path), "DATABASE_URL": database.url, **one_forum.settings}
    office = Office(replace(build(Settings.from_env(environment)), database=database), one_forum)
    office.file(wish)
    one_forum.weather += ["fair", "502_after"]
    office.work(crash="forum.before_commit")
    office.work(2)
    assert office.seen(wish).state is State.FILED
    assert len(one_forum.topics) == 1


def test_who_files_again_gets_what_is_filed(office: Office, wish: int) -> None:
    office.file(wish)
    office.work()
    assert office.file(wish, Channel(ChannelKind.HAND)).state is State.FILED
    office.work()
    assert office.posts() == len(office.told(wish)) == 1


@given(
    weather=st.lists(st.sampled_from(["fair", *WEATHER]), max_size=8),
    crashes=st.lists(st.sampled_from([None, *FORUM_PLACES]), max_size=4),
    has_moderators=st.booleans(),
)
@example(weather=["fair", "fair", "403_page"], crashes=["forum.before_call"], has_moderators=False)
@example(weather=["fair", "reset_after", "fair", "500"], crashes=[], has_moderators=True)
def test_no_weather_and_no_death_files_a_wish_twice(
    one_office: Office, weather: list[str], crashes: list[str | None], *, has_moderators: bool
) -> None:
    office, wish = one_office, next(_wish_ids)
    office.forum.reset()
    office.forum.has_moderators = has_moderators
    office.file(wish)
    office.forum.weather += weather
    for crash in crashes:
        office.work(crash=crash)
    # At most so many rounds meet weather.
    for _ in range(len(weather) + 3):
        if office.seen(wish).state in (State.WANTED, State.ASKED):
            office.work()
    assert office.forum.made() == [f"Lock a single column, wish {wish}"]
    office.forum.approve()
    office.work(1 + len(office.forum.weather))
    assert office.seen(wish).state is State.FILED
    assert [source for source, _ in office.told(wish)].count("filing.filed") == 1


@pytest.mark.parametrize("place", FORUM_PLACES)
def test_each_place_to_die_at_is_on_the_way(office: Office, wish: int, place: str) -> None:
    office.file(wish)
    office.work(crash=place)
    assert office.told(wish) == []
    assert len(office.forum.topics) == (place != "forum.before_call")
    office.work()
    assert office.seen(wish).state is State.FILED
    assert len(office.forum.topics) == len(office.told(wish)) == 1


def test_what_moderators_have_is_told_and_found_when_they_let_it_through(office: Office, wish: int) -> None:
    office.forum.has_moderators = True
    office.file(wish)
    office.work(3)
    assert office.seen(wish).state is State.QUEUED
    office.forum.approve()
    office.work()
    assert [source for source, _ in office.told(wish)] == ["filing.uncertain", "filing.filed"]
    assert office.posts() == 1


def test_a_person_decides_where_the_forum_does_not_show_its_queue(office: Office, wish: int) -> None:
    office.forum.has_moderators, office.forum.shows_queue = True, False
    office.forum.weather += ["fair", "silence_after"]
    office.file(wish)
    office.work(4)
    assert office.seen(wish).state is State.UNCERTAIN
    assert office.posts() == 1
    with office.product.database.transaction() as session:
        service.settle(session, wish, "12", "https://forum.example/t/12", now=NOW)
    office.work()
    assert office.seen(wish).reference == "12"
    assert office.posts() == 1


def test_what_a_person_lets_be_filed_again_is_still_looked_for_in_the_queue(
    office: Office, wish: int
) -> None:
    office.forum.has_moderators = True
    office.file(wish)
    office.work()
    with office.product.database.transaction() as session:
        service.release(session, wish, "Nobody finds it.", now=NOW)
    office.file(wish)
    office.work(2)
    assert office.posts() == 1
    assert office.seen(wish).state is State.QUEUED


def test_a_topic_that_was_removed_is_for_a_person(office: Office, wish: int) -> None:
    office.forum.weather += ["fair", "silence_after"]
    office.file(wish)
    office.work()
    office.forum.topics[0].is_deleted = True
    office.work()
    assert office.seen(wish).state is State.UNCERTAIN
    assert len(office.forum.topics) == 1


def test_a_refusal_says_why_and_may_be_mended(office: Office, wish: int) -> None:
    office.file(wish, title="Too short")
    office.work()
    [(source, told)] = office.told(wish)
    assert source == "filing.refused"
    assert told["reason"] == "The forum says: Title must be between 15 and 255 characters"
    office.file(wish, title=f"Long enough for a title, wish {wish}")
    office.work()
    assert office.seen(wish).state is State.FILED


def test_who_is_asked_to_wait_waits_with_all_posts(office: Office, wish: int) -> None:
    other = next(_wish_ids)
    office.forum.weather += ["fair", "429"]
    office.file(wish)
    office.file(other)
    office.work()
    with office.product.database.reading() as session:
        held = session.execute(select(Lane).where(Lane.kind == service.KIND)).scalars().all()
        assert [lane.attempts for lane in held] == [0, 0]
        assert len({lane.not_before for lane in held}) == 1
        assert held[0].not_before > 0
    office.work(2)
    assert {office.seen(one).state for one in (wish, other)} == {State.FILED}


def test_a_forum_that_is_away_for_good_is_told_to_a_person(office: Office, wish: int) -> None:
    office.forum.weather += ["503_page"] * MOST_TRIES
    office.file(wish)
    office.work(MOST_TRIES)
    assert office.seen(wish).state is State.REFUSED
    assert office.posts() == 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"key": "another"}, "You are not permitted"),
        ({"user": "nobody"}, "You are not permitted"),
        ({"category": 9}, "Category is invalid"),
    ],
)
def test_a_forum_that_lets_nobody_in_says_so(
    office: Office, wish: int, change: Mapping[str, Any], words: str
) -> None:
    access = office.product.settings.forum
    assert access is not None
    office.lead_to(replace(access, **change))
    office.file(wish)
    office.work()
    assert words in (office.seen(wish).reason or "")
    assert office.seen(wish).state is State.REFUSED


def test_only_the_forum_itself_is_asked(office: Office, wish: int) -> None:
    access = office.product.settings.forum
    assert access is not None
    with running_forum() as elsewhere:
        office.forum.weather += ["fair"]
        moved = f"{elsewhere.url}/t/a-topic/1.json"
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Forum, "look", lambda *_: (301, None, {"Location": moved}))
            office.file(wish)
            office.work()
        assert elsewhere.asked == []
    assert office.seen(wish).state is State.REFUSED
    assert office.posts() == 0


def test_a_forum_that_is_no_longer_set_is_told(office: Office, wish: int) -> None:
    office.lead_to(None)
    office.file(wish)
    office.work()
    assert office.seen(wish).state is State.REFUSED


def test_the_key_is_in_no_log_and_no_name(
    office: Office, wish: int, capsys: pytest.CaptureFixture[str]
) -> None:
    office.forum.weather += ["fair", "reset_after", "500"]
    office.file(wish)
    office.work(3)
    shown = capsys.readouterr()
    assert (
        KEY not in f"{office.product.settings!r}{shown.out}{shown.err}{office.told(wish)}{office.seen(wish)}"
    )


def test_by_hand_the_text_is_ready_and_a_technician_writes_where(office: Office, wish: int) -> None:
    seen = office.file(wish, Channel(ChannelKind.HAND))
    assert (seen.state, seen.body) == (State.BY_HAND, BODY)
    office.work()
    assert office.told(wish) == []
    with office.product.database.transaction() as session:
        service.settle(session, wish, "UC-7", None, now=NOW)
    assert office.told(wish) == [("filing.filed", {"reference": "UC-7", "link": None})]


def test_what_is_on_its_way_can_not_be_settled(office: Office, wish: int) -> None:
    office.file(wish)
    with pytest.raises(FilingUnderWayError), office.product.database.transaction() as session:
        service.settle(session, wish, "12", None, now=NOW)
    with pytest.raises(FilingUnderWayError), office.product.database.transaction() as session:
        service.release(session, wish, "Not there.", now=NOW)


def test_by_mail_the_wish_is_filed_when_the_mail_is_sent(office: Office, wish: int) -> None:
    channel = Channel(ChannelKind.MAIL, "requests@monday.example")
    office.file(wish, channel)
    office.file(wish, channel)
    with office.product.database.transaction() as session:
        mail = session.execute(select(Mail).where(Mail.key == f"wish:{wish}:filing")).scalar_one()
        mail.state, mail.message_id = "sent", "<1@desk.example>"
        assert service.on_mail(session, mail.id, now=NOW)
        assert not service.on_mail(session, 10**9, now=NOW)
    assert office.told(wish) == [("filing.filed", {"reference": "<1@desk.example>", "link": None})]


def test_a_mail_that_bounces_can_be_sent_again_as_another(office: Office, wish: int) -> None:
    channel = Channel(ChannelKind.MAIL, "requests@monday.example")
    office.file(wish, channel)
    for state in ("uncertain", "sent", "refused"):
        with office.product.database.transaction() as session:
            mail = session.execute(select(Mail).where(Mail.key == f"wish:{wish}:filing")).scalar_one()
            mail.state = state
            service.on_mail(session, mail.id, now=NOW)
    assert [source.rpartition(".")[2] for source, _ in office.told(wish)] == ["uncertain", "filed", "refused"]
    assert office.file(wish, channel).state is State.WANTED
    with office.product.database.reading() as session:
        keys = session.execute(select(Mail.key).where(Mail.key.startswith(f"wish:{wish}:"))).scalars().all()
    assert sorted(keys) == [f"wish:{wish}:filing", f"wish:{wish}:filing:2"]


def test_a_topic_of_somebody_else_with_that_title_is_not_ours(office: Office, wish: int) -> None:
    title = f"Lock a single column, wish {wish}"
    office.forum.topics.append(Topic(5, title, BODY, "another"))
    office.file(wish)
    office.work()
    assert office.seen(wish).reason == "The forum says: Title has already been used"
