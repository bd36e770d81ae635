"""Killed at every step of a request's way: nothing is lost, filed twice or told twice."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.post import running_post
from tests.support.wishes import ANSWERS, GOLD, RELEASE, SILVER, Scene, open_scene

_BY_CHANCE = re.compile(r"<[0-9a-f]{16,}@")
ADDRESS = "ideas@monday.example"
#: Steps after which another worker can tell what was done, as a piece of work comes to them.
STEPS = {
    "the inbox": ("inbox.claimed", "inbox.read", "inbox.before_commit", "inbox.committed"),
    "the outbox": ("outbox.before_call", "outbox.after_call", "outbox.before_commit", "outbox.committed"),
}
#: At which a mail server may have the letter, and nobody can tell.
UNKNOWABLE = ("mail.before_send", "mail.sent_unrecorded", "mail.before_commit")


@dataclass(frozen=True)
class Play:
    """Two customers' requests, of which one is all but ready to be filed by mail."""

    scene: Scene
    lead: str
    other: str


@pytest.fixture(scope="module")
def play(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Play]:
    folder = tmp_path_factory.mktemp("stage")
    with running_post() as post, open_scene(folder, post, SILVER, GOLD) as scene:
        scene.files_by("mail", ADDRESS)
        scene.of_customer(SILVER, contact_email="chef@silver.example")
        scene.stage.keep()
        # Not in the second in which the agreements began: moments at monday.com are whole seconds.
        scene.begin()
        lead = scene.is_written(SILVER)
        other = scene.wishes(GOLD, "Alla deluppgifter på en gång", **ANSWERS)
        scene.stage.keep()
        yield Play(scene, lead, other)


@pytest.fixture(scope="module")
def uninterrupted(play: Play) -> tuple[object, object]:
    play.scene.begin()
    live_through(play, ())
    return told(play.scene)


def live_through(play: Play, places: tuple[str, ...]) -> None:
    """A request of each customer, joined, filed by mail, released; workers die at each place in each act."""
    scene = play.scene
    acts: tuple[tuple[str, dict[str, Any]], ...] = (
        (play.lead, {"english": "ready"}),
        (play.other, {"joined_to": play.lead}),
        (play.lead, RELEASE),
        (play.lead, {"status": "released"}),
    )
    for wish, values in acts:
        scene.dooms = list(places)
        scene.desk_sets(wish, **values)
        # The words of a release are kept, and nobody is told of them yet.
        assert not scene.dooms or values is RELEASE, f"Nothing of {values} reaches {scene.dooms[0]}."


def letters(scene: Scene) -> list[tuple[str, str]]:
    return sorted((one.envelope_to[0], one.text) for one in scene.post.letters)


def told(scene: Scene) -> tuple[str, object]:
    """What the boards and the letters tell, but for what is chosen by chance: a mail's own key."""
    return _BY_CHANCE.sub("<key@", repr(scene.story())), letters(scene)


@pytest.mark.parametrize("steps", STEPS)
def test_workers_killed_at_their_steps_change_nothing(
    play: Play, uninterrupted: tuple[object, object], steps: str
) -> None:
    play.scene.begin()
    live_through(play, STEPS[steps])
    assert told(play.scene) == uninterrupted


@pytest.mark.parametrize("place", UNKNOWABLE)
def test_what_may_have_been_filed_is_shown_to_a_person_and_not_sent_again(play: Play, place: str) -> None:
    scene, lead = play.scene, play.lead
    scene.begin()
    sent = 0 if place == "mail.before_send" else 1
    scene.dooms = [place]
    scene.desk_sets(lead, english="ready")
    assert not scene.dooms
    assert scene.ours(lead).texts["filing"] == "Uncertain"
    assert len(scene.post.letters) == sent
    scene.desk_sets(lead, reference="Their number 77")
    scene.desk_sets(lead, status="filed")
    assert scene.statuses(SILVER, lead)[0] == "Filed"
    assert len(scene.post.letters) == sent
