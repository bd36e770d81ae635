"""Killed at every step of a request's way: nothing is lost, filed twice or told twice."""

import re
from collections.abc import Iterator

import pytest

from tests.support.post import running_post
from tests.support.wishes import ANSWERS, GOLD, RELEASE, SILVER, Scene, open_scene

_BY_CHANCE = re.compile(r"<[0-9a-f]{16,}@")
ADDRESS = "ideas@monday.example"
#: Steps after which another worker can tell what was done.
PLACES = (
    *("inbox.claimed", "inbox.read", "inbox.before_commit", "inbox.committed"),
    *("outbox.before_call", "outbox.after_call", "outbox.before_commit", "outbox.committed"),
)
#: At which a mail server may have the letter, and nobody can tell.
UNKNOWABLE = ("mail.before_send", "mail.sent_unrecorded", "mail.before_commit")


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("stage")
    with running_post() as post, open_scene(folder, post, SILVER, GOLD) as scene:
        scene.files_by("mail", ADDRESS)
        scene.of_customer(SILVER, contact_email="chef@silver.example")
        scene.stage.keep()
        yield scene


@pytest.fixture(scope="module")
def uninterrupted(scene: Scene) -> tuple[object, object]:
    scene.begin()
    live_through(scene, None)
    return told(scene)


def live_through(scene: Scene, doom: str | None) -> None:
    """A request of each customer, joined, filed by mail, released; the worker dies at each act in turn."""
    lead = scene.is_ready(SILVER)
    other = scene.wishes(GOLD, "Alla deluppgifter på en gång", **ANSWERS)
    scene.doom = doom
    scene.desk_sets(other, joined_to=lead)
    scene.doom = doom
    scene.desk_sets(lead, **RELEASE)
    scene.doom = doom
    scene.desk_sets(lead, status="released")


def letters(scene: Scene) -> list[tuple[str, str]]:
    return sorted((one.envelope_to[0], one.text) for one in scene.post.letters)


def told(scene: Scene) -> tuple[str, object]:
    """What the boards and the letters tell, but for what is chosen by chance: a mail's own key."""
    return _BY_CHANCE.sub("<key@", repr(scene.story())), letters(scene)


@pytest.mark.parametrize("place", PLACES)
def test_a_worker_killed_at_a_step_changes_nothing(
    scene: Scene, uninterrupted: tuple[object, object], place: str
) -> None:
    scene.begin()
    live_through(scene, place)
    assert scene.doom is None, f"Nothing of the day reaches {place}."
    assert told(scene) == uninterrupted


@pytest.mark.parametrize("place", UNKNOWABLE)
def test_what_may_have_been_filed_is_shown_to_a_person_and_not_sent_again(scene: Scene, place: str) -> None:
    scene.begin()
    sent = 0 if place == "mail.before_send" else 1
    scene.doom = place
    lead = scene.is_ready(SILVER)
    assert scene.doom is None
    assert scene.ours(lead).texts["filing"] == "Uncertain"
    assert len(scene.post.letters) == sent
    scene.desk_sets(lead, reference="Their number 77")
    scene.desk_sets(lead, status="filed")
    assert scene.statuses(SILVER, lead)[0] == "Filed"
    assert len(scene.post.letters) == sent
